"""Cancellation from outside, and what is no `Exception`: it passes through untouched, and nothing is left behind."""

from __future__ import annotations

import signal
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest
import trio
import trio.lowlevel
from trio.testing import MockClock

from copy_that_orch import (
    AgentPool,
    CircuitBreaker,
    CircuitState,
    FailurePolicy,
    PipelineCoordinator,
    PipelineErrorGroup,
    PipelineTask,
    RateLimit,
    RetryPolicy,
    Stage,
    TaskStatus,
    WhenOpen,
)
from copy_that_orch.testing import FakeAgent, assert_nothing_held


def task(*items: Any, task_id: str = "shop") -> PipelineTask[Any]:
    """Return a task with these items."""
    return PipelineTask(task_id=task_id, items=items)


def trio_tasks() -> int:
    """Return how many Trio tasks live."""
    return trio.lowlevel.current_statistics().tasks_living


async def cancelled_at(seconds: float, coordinator: PipelineCoordinator, given: PipelineTask[Any]) -> float:
    """Run a task, cancel it from outside, and return the time at which that ended."""
    begun = trio.current_time()
    living = trio_tasks()
    seen: list[BaseException] = []
    with trio.move_on_after(seconds) as scope:
        try:
            await coordinator.execute(given)
        except BaseException as error:
            seen.append(error)
            raise
    assert [type(error) for error in seen] == [trio.Cancelled]  # bare, not in a group
    assert scope.cancelled_caught
    assert trio_tasks() == living
    assert_nothing_held(coordinator)
    assert coordinator.statistics().tasks[TaskStatus.CANCELLED] == (1 if seconds else 0)  # it was not taken up
    return trio.current_time() - begun


async def test_cancelled_while_calls_run_and_wait(autojump_clock: MockClock) -> None:
    """Running agents get Cancelled, waiting ones are never called, and it ends at that instant."""
    agent = FakeAgent("x", "s", latency=10.0)
    pool = AgentPool({"s": 2})
    coordinator = PipelineCoordinator([agent, FakeAgent("y", "s", latency=10)], stages=[Stage(name="s")], pool=pool)

    assert await cancelled_at(15, coordinator, task(*"abcd")) == 15

    books = pool.statistics("s")
    assert (books.completed, books.cancelled, books.failed) == (2, 4, 0)
    assert books.submitted == 6
    assert agent.ended("cancelled") == ["b"]


async def test_cancelled_before_it_begins(autojump_clock: MockClock) -> None:
    """With its deadline in the past, no agent is called."""
    agent = FakeAgent("x", "s")
    coordinator = PipelineCoordinator([agent], stages=[Stage(name="s")])

    assert await cancelled_at(0, coordinator, task("a", "b")) == 0

    assert agent.calls == []


@pytest.mark.parametrize("items", [1, 4])
async def test_cancelled_in_the_instant_of_completion(autojump_clock: MockClock, items: int) -> None:
    """A deadline at the very moment at which a call ends, and the next is granted its slot, loses nothing."""
    agent = FakeAgent("x", "s", latency=1.0)
    coordinator = PipelineCoordinator([agent], stages=[Stage(name="s")], pool=AgentPool({"s": 1}))
    ended: set[str] = set()
    for number in range(40):
        with trio.move_on_after(1):
            await coordinator.execute(task(*range(items), task_id=str(number)))
        assert trio.current_time() == number + 1
        assert_nothing_held(coordinator)
        ended.update(status for status, count in coordinator.statistics().tasks.items() if count)
    assert ended <= {"completed", "cancelled"}
    assert len(agent.calls) <= 80


async def test_cancelled_in_the_pass_in_which_it_was_woken(autojump_clock: MockClock) -> None:
    """A run that has just been woken, and is then cancelled, knows of it before it looks at what was cancelled."""
    agent = FakeAgent("x", "s", latency=1.0)
    pool = AgentPool({"s": 1})
    coordinator = PipelineCoordinator([agent], stages=[Stage(name="s")], pool=pool)

    async def wake_and_cancel(scope: trio.CancelScope) -> None:
        await trio.sleep(1)
        pool.resize("s", 3 - int(pool.limiter("s").total_tokens))
        scope.cancel()

    for _ in range(30):
        async with trio.open_nursery() as nursery:
            with trio.CancelScope() as scope:
                nursery.start_soon(wake_and_cancel, scope)
                await coordinator.execute(task("a"))
        assert_nothing_held(coordinator)


async def test_cancelled_while_waiting_for_a_total_slot(autojump_clock: MockClock) -> None:
    """A call that has a stage slot to itself and waits for a total one leaves both queues."""
    agents = [FakeAgent(name, name, latency=10) for name in "ab"]
    pool = AgentPool(total_limit=1)
    coordinator = PipelineCoordinator(agents, stages=[Stage(name=name) for name in "ab"], pool=pool)

    assert await cancelled_at(12, coordinator, task("i", "j")) == 12

    assert pool.statistics().running == 0
    async with pool.slot("a"):
        assert pool.statistics().running == 1


async def test_cancelled_in_the_back_off_of_a_retry(autojump_clock: MockClock) -> None:
    """Nobody waits for the rest of the back-off."""
    agent = FakeAgent("x", "s", latency=1.0, fails="a")
    stage = Stage(name="s", retry=RetryPolicy(initial=100, maximum=100, jitter=0))
    assert await cancelled_at(50, PipelineCoordinator([agent], stages=[stage]), task("a")) == 50
    assert len(agent.calls) == 1


async def test_cancelled_while_rate_limited(autojump_clock: MockClock) -> None:
    """Attempts that wait for their time go, and their time goes to the next run."""
    agent = FakeAgent("x", "s")
    stage = Stage(name="s", rate_limit=RateLimit(calls=1, per=10))
    coordinator = PipelineCoordinator([agent], stages=[stage])
    assert await cancelled_at(15, coordinator, task(*"abcd")) == 15
    assert [call.started for call in agent.calls] == [0, 10]

    await coordinator.execute(task("e"))
    assert agent.calls[-1].started == 20


async def test_cancelled_while_waiting_for_a_circuit(autojump_clock: MockClock) -> None:
    """Calls that an open circuit holds back go, and the circuit is left as it was."""
    agent = FakeAgent("x", "s", outages=[(0, 1000)])
    breaker = CircuitBreaker("x", 1, 100.0)
    stage = Stage(name="s", on_failure=FailurePolicy.COLLECT)
    coordinator = PipelineCoordinator([agent], stages=[stage], breakers={"x": breaker}, pool=AgentPool({"s": 1}))

    assert await cancelled_at(50, coordinator, task(*"abc")) == 50

    assert len(agent.calls) == 1
    assert breaker.state is CircuitState.OPEN


async def test_cancelled_probe_leaves_the_circuit_half_open_and_free(autojump_clock: MockClock) -> None:
    """A cancelled probe is no verdict: the next caller probes."""
    agent = FakeAgent("x", "s", latency=10, outages=[(0, 5)])
    breaker = CircuitBreaker("x", 1, 100.0)
    stage = Stage(name="s", on_failure=FailurePolicy.COLLECT)
    coordinator = PipelineCoordinator([agent], stages=[stage], breakers={"x": breaker}, pool=AgentPool({"s": 1}))

    assert await cancelled_at(115, coordinator, task(*"abc")) == 115
    assert str(breaker.state) == "half_open"
    assert (await coordinator.execute(task("d"))).outputs == ("d",)
    assert str(breaker.state) == "closed"


async def test_cancelled_during_shielded_cleanup_of_a_failed_batch(autojump_clock: MockClock) -> None:
    """While a failed batch waits for its cleanup, a cancellation does not abandon it."""
    agent = FakeAgent("x", "s", latency={"a": 60.0, "b": 1.0}.__getitem__, fails="b", cleanup=10)
    coordinator = PipelineCoordinator([agent], stages=[Stage(name="s")])
    with trio.move_on_after(5), pytest.raises(PipelineErrorGroup):
        await coordinator.execute(task("a", "b"))

    assert trio.current_time() == 11
    assert_nothing_held(coordinator)


async def test_cleanup_of_agents_is_awaited(autojump_clock: MockClock) -> None:
    """A cancelled run ends when the last agent has cleaned up, and not before."""
    agent = FakeAgent("x", "s", latency=60, cleanup=7)
    assert await cancelled_at(5, PipelineCoordinator([agent], stages=[Stage(name="s")]), task("a", "b")) == 12
    assert agent.running == 0


async def test_error_in_the_cleanup_of_a_cancelled_run_is_told(autojump_clock: MockClock) -> None:
    """What an agent raises while it is cancelled from outside is not lost: it comes out as a group."""

    async def process(task: PipelineTask[Any], item: Any) -> None:
        try:
            await trio.sleep_forever()
        finally:
            raise OSError(item)

    coordinator = PipelineCoordinator([FakeAgent("x", "s", does=process)], stages=[Stage(name="s")])
    with trio.move_on_after(5), pytest.raises(PipelineErrorGroup) as caught:
        await coordinator.execute(task("a", "b"))
    assert [str(leaf) for leaf in caught.value.exceptions] == ["a", "b"]

    with trio.move_on_after(5), pytest.raises(PipelineErrorGroup) as caught:
        await coordinator.execute_batch([task("a"), task("b")])
    assert [failure.label for failure in caught.value.failures] == ["a", "b"]
    assert all(isinstance(member, PipelineErrorGroup) for member in caught.value.exceptions)
    assert_nothing_held(coordinator)


async def test_refusal_in_the_instant_of_a_cancellation_is_not_told(autojump_clock: MockClock) -> None:
    """Only what an agent raises turns a cancellation into a group; a call that was refused reached none."""
    breaker = CircuitBreaker("y")
    agents = [FakeAgent("x", "s", latency=60.0), FakeAgent("y", "s")]
    coordinator = PipelineCoordinator(
        agents, stages=[Stage(name="s")], breakers={"y": breaker}, pool=AgentPool({"s": 1}), when_open=WhenOpen.FAIL
    )
    async with trio.open_nursery() as nursery:
        nursery.start_soon(coordinator.execute, task("a"))
        await trio.sleep(5)
        breaker.isolate()
        nursery.cancel_scope.cancel()

    assert coordinator.pool.statistics("s").rejected == 1
    assert_nothing_held(coordinator)


async def test_cancelled_batch_ends_with_all_its_tasks(autojump_clock: MockClock) -> None:
    """All tasks of a batch are cancelled; those that were done are counted as done."""
    agent = FakeAgent("x", "s", latency=lambda item: item)
    coordinator = PipelineCoordinator([agent], stages=[Stage(name="s")])
    with trio.move_on_after(5) as scope:
        await coordinator.execute_batch([task(seconds, task_id=str(seconds)) for seconds in (1, 9, 3, 8, 7, 6)])

    assert scope.cancelled_caught
    assert trio.current_time() == 5
    counts = coordinator.statistics().tasks
    assert (counts[TaskStatus.COMPLETED], counts[TaskStatus.CANCELLED]) == (2, 4)
    assert_nothing_held(coordinator)


async def test_one_of_two_runs_cancelled_costs_the_other_nothing(autojump_clock: MockClock) -> None:
    """Slots that a cancelled run gives back go to another one at once."""
    agent = FakeAgent("x", "s", latency=10)
    coordinator = PipelineCoordinator([agent], stages=[Stage(name="s")], pool=AgentPool({"s": 1}))
    results: list[Any] = []

    async def other() -> None:
        results.append(await coordinator.execute(task("b", task_id="other")))

    async with trio.open_nursery() as nursery:
        with trio.move_on_after(3):
            nursery.start_soon(other)
            async with trio.open_nursery() as inner:
                inner.start_soon(coordinator.execute, task("a"))
    assert results[0].outputs == ("b",)
    assert trio.current_time() <= 20
    assert_nothing_held(coordinator)


# What is neither an Exception nor a cancellation


@pytest.mark.parametrize("kind", [KeyboardInterrupt, SystemExit, GeneratorExit])
@pytest.mark.parametrize("policy", list(FailurePolicy))
async def test_interrupt_that_an_agent_raises_comes_out_bare(
    autojump_clock: MockClock, kind: type[BaseException], policy: FailurePolicy
) -> None:
    """It ends the whole run at once, whatever the policy; siblings are awaited; nothing is held; it is no failure."""
    error = kind("enough")

    def interrupt(item: Any) -> BaseException | None:
        return error if item == "bad" else None

    agent = FakeAgent("x", "s", latency={"bad": 1.0, "a": 60.0}.__getitem__, fails=interrupt, cleanup=2)
    breaker = CircuitBreaker("x", 1)
    coordinator = PipelineCoordinator([agent], stages=[Stage(name="s", on_failure=policy)], breakers={"x": breaker})
    living = trio_tasks()
    with pytest.raises(kind) as caught:
        await coordinator.execute_batch([task("a"), task("bad")])

    assert caught.value is error
    assert trio.current_time() == 3
    assert agent.ended("cancelled") == ["a"]
    assert coordinator.pool.statistics("s").failed == 0
    assert breaker.statistics().failed == 0
    assert trio_tasks() == living
    assert_nothing_held(coordinator)


async def test_interrupt_wins_over_failures_and_cancellation(autojump_clock: MockClock) -> None:
    """An interrupt in the cleanup of a cancelled run is not taken for a part of the cancellation."""

    async def process(task: PipelineTask[Any], item: Any) -> None:
        try:
            await trio.sleep_forever()
        except trio.Cancelled:
            if item == "a":
                raise KeyboardInterrupt from None
            raise OSError(item) from None

    coordinator = PipelineCoordinator([FakeAgent("x", "s", does=process)], stages=[Stage(name="s")])
    with trio.move_on_after(5), pytest.raises(KeyboardInterrupt):
        await coordinator.execute(task("b", "a"))
    assert_nothing_held(coordinator)


@pytest.fixture
def coordinator() -> Iterator[PipelineCoordinator]:
    """A coordinator for a real clock; whatever happened, nothing must be held when the test is over."""
    agent = FakeAgent("x", "s", hangs=["hang"])
    coordinator = PipelineCoordinator([agent], stages=[Stage(name="s"), Stage(name="t")])
    yield coordinator
    assert agent.running == 0
    assert_nothing_held(coordinator)


def interrupt_when(condition: Callable[[], bool]) -> Callable[[], Any]:
    """Return an async function that raises SIGINT once, as soon as `condition` holds."""

    async def wait_and_raise() -> None:
        while not condition():
            await trio.lowlevel.checkpoint()
        signal.raise_signal(signal.SIGINT)

    return wait_and_raise


def test_control_c_while_agents_run(coordinator: PipelineCoordinator) -> None:
    """A SIGINT while everything waits for agents ends them, and comes out as KeyboardInterrupt."""

    async def main() -> None:
        with trio.fail_after(10):
            await coordinator.execute(task("hang", "hang"))

    async def with_signal() -> None:
        trio.lowlevel.spawn_system_task(interrupt_when(lambda: coordinator.pool.statistics("s").running == 2))
        await main()

    with pytest.raises(KeyboardInterrupt):
        trio.run(with_signal)


def test_control_c_in_an_agent(coordinator: PipelineCoordinator) -> None:
    """A SIGINT in the code of an agent is raised there, and comes out."""

    async def process(task: PipelineTask[Any], item: Any) -> None:
        signal.raise_signal(signal.SIGINT)
        await trio.sleep_forever()

    coordinator = PipelineCoordinator([FakeAgent("x", "s", does=process)], stages=[Stage(name="s")])

    async def main() -> None:
        with trio.fail_after(10):
            await coordinator.execute(task("a", "b"))

    with pytest.raises(KeyboardInterrupt):
        trio.run(main)
    assert_nothing_held(coordinator)


def test_second_control_c_during_cleanup() -> None:
    """A SIGINT while a first one is being carried out neither hangs nor leaves anything behind."""
    agent = FakeAgent("x", "s", hangs=["hang"], cleanup=0.2)
    coordinator = PipelineCoordinator([agent], stages=[Stage(name="s")])

    async def interrupt_twice() -> None:
        await interrupt_when(lambda: agent.running == 2)()
        await trio.sleep(0.05)
        signal.raise_signal(signal.SIGINT)

    async def main() -> None:
        trio.lowlevel.spawn_system_task(interrupt_twice)
        with trio.fail_after(10):
            await coordinator.execute(task("hang", "hang"))

    with pytest.raises(BaseException) as caught:  # noqa: PT011 -- bare, or in a group with the second one
        trio.run(main)
    assert isinstance(caught.value, KeyboardInterrupt)
    assert agent.running == 0
    assert_nothing_held(coordinator)


def test_control_c_after_a_cancellation() -> None:
    """A SIGINT while a cancelled run waits for cleanup is not swallowed by the cancellation."""
    agent = FakeAgent("x", "s", hangs=["hang"], cleanup=0.3)
    coordinator = PipelineCoordinator([agent], stages=[Stage(name="s")])

    async def interrupt() -> None:
        await trio.sleep(0.2)
        signal.raise_signal(signal.SIGINT)

    async def main() -> None:
        trio.lowlevel.spawn_system_task(interrupt)
        with trio.move_on_after(0.1):
            await coordinator.execute(task("hang"))

    with pytest.raises(KeyboardInterrupt):
        trio.run(main)
    assert agent.running == 0
    assert_nothing_held(coordinator)


def test_control_c_while_a_source_cleans_up() -> None:
    """A SIGINT that comes when all tasks have ended, and only their source has not, comes out bare."""
    cleaning = trio.Event()
    coordinator = PipelineCoordinator([FakeAgent("x", "s")], stages=[Stage(name="s")])

    async def source() -> AsyncIterator[PipelineTask[Any]]:
        try:
            yield task("a")
            await trio.sleep_forever()
        finally:
            cleaning.set()
            with trio.CancelScope(shield=True):
                await trio.sleep(0.2)

    async def interrupt() -> None:
        await cleaning.wait()
        await trio.sleep(0.05)
        signal.raise_signal(signal.SIGINT)

    async def main() -> None:
        trio.lowlevel.spawn_system_task(interrupt)
        async with coordinator.stream(source()) as results:
            await anext(results)

    with pytest.raises(KeyboardInterrupt):
        trio.run(main)
    assert_nothing_held(coordinator)


def test_control_c_at_any_step_is_never_swallowed() -> None:
    """Whenever a SIGINT comes, it comes out, and nothing is left behind."""
    for steps in range(25):
        agent = FakeAgent("x", "s", latency=0.0)
        last = FakeAgent("y", "t", latency=0.0)
        coordinator = PipelineCoordinator([agent, last], stages=[Stage(name="s"), Stage(name="t")])

        async def main(steps: int = steps, coordinator: PipelineCoordinator = coordinator) -> None:
            async def interrupt() -> None:
                for _ in range(steps):
                    await trio.lowlevel.checkpoint()
                signal.raise_signal(signal.SIGINT)

            trio.lowlevel.spawn_system_task(interrupt)
            with trio.fail_after(10):
                while True:
                    await coordinator.execute(task(*"abc"))

        with pytest.raises(BaseException) as caught:  # noqa: PT011 -- Trio's nurseries may put it in a group
            trio.run(main)
        error = caught.value
        assert isinstance(error, KeyboardInterrupt) or (
            isinstance(error, BaseExceptionGroup) and error.subgroup(KeyboardInterrupt) is not None
        )
        assert agent.running == last.running == 0
        assert_nothing_held(coordinator)


# Streams


async def test_cancelled_while_the_source_waits(autojump_clock: MockClock) -> None:
    """A source that waits for its next task is cancelled, and closed."""
    closed: list[float] = []

    async def source() -> AsyncIterator[PipelineTask[Any]]:
        try:
            yield task("a")
            await trio.sleep_forever()
        finally:
            closed.append(trio.current_time())

    coordinator = PipelineCoordinator([FakeAgent("x", "s")], stages=[Stage(name="s")])
    outputs: list[Any] = []
    with trio.move_on_after(5) as scope:
        async with coordinator.stream(source()) as stream:
            async for result in stream:
                outputs.extend(result.outputs)

    assert scope.cancelled_caught
    assert closed == [5]
    assert outputs == ["a"]
    assert_nothing_held(coordinator)


async def test_cancelled_while_the_consumer_works(autojump_clock: MockClock) -> None:
    """A consumer that is cancelled in the body ends the run with it."""
    agent = FakeAgent("x", "s", latency=lambda item: 1.0 if item == "a" else 60.0)
    coordinator = PipelineCoordinator([agent], stages=[Stage(name="s")])
    seen: list[BaseException] = []
    with trio.move_on_after(5) as scope:
        try:
            async with coordinator.stream([task("a"), task("b")]) as stream:
                async for _ in stream:
                    await trio.sleep_forever()
        except BaseException as error:
            seen.append(error)
            raise

    assert scope.cancelled_caught
    assert [type(error) for error in seen] == [trio.Cancelled]
    assert trio.current_time() == 5
    assert agent.ended("cancelled") == ["b"]
    assert_nothing_held(coordinator)
