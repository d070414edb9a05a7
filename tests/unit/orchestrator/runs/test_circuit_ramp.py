"""After a circuit closes, the calls that waited for it come back gradually."""

from __future__ import annotations

import contextvars

import trio
from trio.testing import MockClock

from copy_that_orch import (
    AgentPool,
    CircuitBreaker,
    FailurePolicy,
    PipelineCoordinator,
    PipelineTask,
    RetryPolicy,
    Stage,
)
from copy_that_orch.testing import FakeAgent, assert_nothing_held

STAGES = [Stage(name="ask", retry=RetryPolicy(attempts=3, initial=1.0, jitter=0.0), on_failure=FailurePolicy.COLLECT)]


def pipeline(agent: FakeAgent, patience: float = 300.0) -> PipelineCoordinator:
    """Return sixteen slots behind a breaker that opens at the first failure, for ten seconds."""
    return PipelineCoordinator(
        [agent],
        stages=STAGES,
        pool=AgentPool({"ask": 16}),
        breakers={"service": CircuitBreaker("service", failure_threshold=1, recovery_timeout=10.0)},
        patience=patience,
        seed=1,
    )


def started_per_second(agent: FakeAgent, since: float) -> list[int]:
    """Return how many calls began in each second from `since` on."""
    seconds = [int(call.started - since) for call in agent.calls if call.started >= since]
    return [seconds.count(second) for second in range(max(seconds) + 1)]


async def test_calls_that_waited_come_back_two_for_each_that_succeeds(autojump_clock: MockClock) -> None:
    """The probe goes alone; behind it come three, then six, and so on, and not all sixteen at once."""
    agent = FakeAgent("service", "ask", latency=1.0, outages=[(0.0, 5.0)])
    coordinator = pipeline(agent)

    result = await coordinator.execute(PipelineTask(task_id="t", items=range(16)))

    assert result.status == "completed"
    assert started_per_second(agent, since=11.0)[:3] == [1, 3, 6]
    assert_nothing_held(coordinator)


async def test_a_failure_on_the_way_back_does_not_end_the_flow(autojump_clock: MockClock) -> None:
    """A call that fails without opening the circuit is followed by another one: nobody is left behind."""
    agent = FakeAgent("service", "ask", latency=1.0, outages=[(0.0, 5.0)], fails=[0, 3, 7], failures=1)
    coordinator = PipelineCoordinator(
        [agent],
        stages=STAGES,
        pool=AgentPool({"ask": 4}),
        breakers={"service": CircuitBreaker("service", failure_threshold=3, recovery_timeout=10.0)},
        seed=1,
    )

    result = await coordinator.execute(PipelineTask(task_id="t", items=range(12)))

    assert result.status == "completed"
    assert_nothing_held(coordinator)


async def test_patience_is_for_circuits_that_are_open(autojump_clock: MockClock) -> None:
    """A call whose circuit has closed waits for its turn only: it is let in when its patience ends, not rejected."""
    agent = FakeAgent("service", "ask", latency=5.0, outages=[(0.0, 5.0)])
    coordinator = pipeline(agent, patience=16.0)

    result = await coordinator.execute(PipelineTask(task_id="t", items=range(16)))

    assert result.status == "completed"
    assert_nothing_held(coordinator)


async def test_agents_see_the_context_variables_of_whoever_began_their_run(autojump_clock: MockClock) -> None:
    """A slot that another task's run gives back does not bring that task's context variables with it."""
    request: contextvars.ContextVar[str] = contextvars.ContextVar("request", default="none")
    seen: list[tuple[str, str]] = []

    async def remember(task: PipelineTask[int], item: int) -> int:
        seen.append((task.task_id, request.get()))
        await trio.sleep(1)
        return item

    pool = AgentPool({"ask": 1})

    async def serve(name: str) -> None:
        request.set(name)
        coordinator = PipelineCoordinator([FakeAgent("service", "ask", does=remember)], stages=STAGES, pool=pool)
        await coordinator.execute(PipelineTask(task_id=name, items=range(3)))

    async with trio.open_nursery() as nursery:
        nursery.start_soon(serve, "first")
        nursery.start_soon(serve, "second")

    assert sorted(seen) == [("first", "first")] * 3 + [("second", "second")] * 3
