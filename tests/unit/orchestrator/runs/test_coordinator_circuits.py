"""Breakers in the coordinator: one door per agent, who waits in front of it, and who is let in."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
import trio
from trio.testing import MockClock

from copy_that_orch import (
    AgentPool,
    CircuitBreaker,
    CircuitOpenError,
    CircuitState,
    ConfigurationError,
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

COLLECT = Stage(name="s", on_failure=FailurePolicy.COLLECT)
RETRIES = Stage(name="s", retry=RetryPolicy(attempts=9, initial=1, jitter=0))


def task(*items: Any, task_id: str = "shop", priority: int = 0) -> PipelineTask[Any]:
    """Return a task with these items."""
    return PipelineTask(task_id=task_id, items=items, priority=priority)


# Which breaker guards whom


async def test_every_agent_has_a_breaker_of_its_own(autojump_clock: MockClock) -> None:
    """By default one per agent, named after it; one agent's dead dependency never closes another's door."""
    dead = FakeAgent("dead", "s", fails=range(100))
    alive = FakeAgent("alive", "s")
    coordinator = PipelineCoordinator([dead, alive], stages=[COLLECT], when_open=WhenOpen.FAIL)
    result = await coordinator.execute(task(*range(100)))

    assert result.outputs == tuple(range(100))
    assert len(alive.calls) == 100
    assert {name: breaker.name for name, breaker in coordinator.breakers.items()} == {"dead": "dead", "alive": "alive"}
    assert coordinator.breakers["dead"].state is CircuitState.OPEN
    assert coordinator.breakers["alive"].state is CircuitState.CLOSED
    assert_nothing_held(coordinator)


def test_breakers_come_from_a_mapping_or_a_factory() -> None:
    """A mapping may name some agents, and one breaker for several; a function is called with each agent type."""
    agents = [FakeAgent(name, "s") for name in "abc"]
    shared = CircuitBreaker("api", 3)
    by_mapping = PipelineCoordinator(agents, stages=[COLLECT], breakers={"a": shared, "b": shared}).breakers
    assert by_mapping["a"] is by_mapping["b"] is shared
    assert by_mapping["c"].name == "c"

    by_factory = PipelineCoordinator(agents, stages=[COLLECT], breakers=CircuitBreaker).breakers
    assert [breaker.name for breaker in by_factory.values()] == ["a", "b", "c"]


@pytest.mark.parametrize(
    "breakers", [{"x": CircuitBreaker("x")}, {"a": "text"}, {"a": CircuitBreaker}, lambda name: None]
)
def test_breakers_that_fit_no_agent_are_refused(breakers: Any) -> None:
    """A key that is no agent, and a value that is no breaker, are found before anything runs."""
    with pytest.raises(ConfigurationError, match="breaker"):
        PipelineCoordinator([FakeAgent("a", "s")], stages=[COLLECT], breakers=breakers)


async def test_agents_that_share_a_breaker_share_its_fate(autojump_clock: MockClock) -> None:
    """When one agent opens the shared circuit, calls of the other wait as well, and both go on together."""
    breaker = CircuitBreaker("api", 1, 10.0)
    bad = FakeAgent("bad", "s", outages=[(0, 5)])
    good = FakeAgent("good", "s", latency=1.0)
    coordinator = PipelineCoordinator(
        [bad, good], stages=[RETRIES], pool=AgentPool({"s": 1}), breakers={"bad": breaker, "good": breaker}
    )
    result = await coordinator.execute(task("a"))

    assert result.outputs == ("a", "a")
    assert [call.started for call in bad.calls] == [0, 11]
    assert [call.started for call in good.calls] == [10]
    assert_nothing_held(coordinator)


# WhenOpen.FAIL


async def test_fail_refuses_at_once_without_calling_the_agent(autojump_clock: MockClock) -> None:
    """Past the threshold calls end as rejected with CircuitOpenError, in the same instant, queued ones included."""
    agent = FakeAgent("x", "s", latency=1.0, fails=range(100))
    coordinator = PipelineCoordinator([agent], stages=[COLLECT], pool=AgentPool({"s": 2}), when_open=WhenOpen.FAIL)
    [result] = await coordinator.execute_batch([task(*range(20))])

    assert trio.current_time() == 3  # five failures, two at a time
    assert 5 <= len(agent.calls) <= 6
    assert result.error is not None
    refused = [failure for failure in result.error.failures if isinstance(failure.exception, CircuitOpenError)]
    assert len(refused) == 20 - len(agent.calls)
    assert {failure.attempts for failure in refused} == {0}
    assert refused[0].note in (refused[0].exception.__notes__)
    assert "never called" in refused[0].note
    books = coordinator.pool.statistics("s")
    assert (books.rejected, books.failed) == (len(refused), len(agent.calls))
    assert result.stages["s"]["rejected"] == len(refused)  # type: ignore[index]  # a StrEnum is its text
    assert_nothing_held(coordinator)


async def test_fail_under_cancel_fails_the_task(autojump_clock: MockClock) -> None:
    """A refused call is a failure of the task like any other; under CANCEL the first one ends it."""
    breaker = CircuitBreaker("x")
    breaker.isolate()
    coordinator = PipelineCoordinator(
        [FakeAgent("x", "s")], stages=[Stage(name="s")], breakers={"x": breaker}, when_open=WhenOpen.FAIL
    )
    with pytest.raises(PipelineErrorGroup) as caught:
        await coordinator.execute(task("a", "b"))
    assert [type(leaf) for leaf in caught.value.exceptions] == [CircuitOpenError, CircuitOpenError]
    assert_nothing_held(coordinator)


async def test_refused_call_is_not_retried(autojump_clock: MockClock) -> None:
    """A retry policy repeats failed attempts, not refusals."""
    breaker = CircuitBreaker("x")
    breaker.isolate()
    coordinator = PipelineCoordinator(
        [FakeAgent("x", "s")], stages=[RETRIES], breakers={"x": breaker}, when_open=WhenOpen.FAIL
    )
    with pytest.raises(PipelineErrorGroup):
        await coordinator.execute(task("a"))
    assert trio.current_time() == 0


# WhenOpen.WAIT


async def long_outage(when_open: WhenOpen) -> tuple[FakeAgent, Any]:
    """Run a batch of 10,000 items through an outage of 60 seconds; return the agent and the results."""
    agent = FakeAgent("x", "s", latency=0.1, outages=[(5, 65)])
    stage = Stage(name="s", on_failure=FailurePolicy.COLLECT, retry=RetryPolicy(attempts=4, initial=1.0, jitter=0))
    coordinator = PipelineCoordinator(
        [agent],
        stages=[stage],
        pool=AgentPool({"s": 20}),
        breakers=lambda name: CircuitBreaker(name, 5, 10.0),
        when_open=when_open,
    )
    results = await coordinator.execute_batch(
        [task(*range(n * 100, n * 100 + 100), task_id=str(n)) for n in range(100)]
    )
    assert_nothing_held(coordinator)
    return agent, results


async def test_outage_of_a_minute_costs_no_item_when_calls_wait(autojump_clock: MockClock) -> None:
    """With WAIT all 10,000 items succeed, and no more calls reach the dead agent than were on their way, and probes."""
    agent, results = await long_outage(WhenOpen.WAIT)

    assert [result.status for result in results] == [TaskStatus.COMPLETED] * 100
    assert [output for result in results for output in result.outputs] == list(range(10_000))
    probes = 6
    assert len(agent.ended("failed")) <= 20 + probes  # twenty slots: all of those calls began before the threshold


async def test_outage_of_a_minute_burns_items_when_calls_fail(autojump_clock: MockClock) -> None:
    """With FAIL the same batch is over in seconds, and thousands of items are lost; the agent is spared as well."""
    agent, results = await long_outage(WhenOpen.FAIL)

    assert sum(len(result.outputs) for result in results) < 2_000
    assert len(agent.ended("failed")) <= 20 + 6
    assert trio.current_time() < 60


async def test_no_more_than_threshold_and_probes_reach_a_dead_agent(autojump_clock: MockClock) -> None:
    """With one call at a time, exactly threshold calls fail, then one per probe."""
    agent = FakeAgent("x", "s", outages=[(0, 60)])
    coordinator = PipelineCoordinator(
        [agent], stages=[RETRIES], pool=AgentPool({"s": 1}), breakers={"x": CircuitBreaker("x", 3, 25.0)}
    )
    result = await coordinator.execute(task(*range(10)))

    assert result.outputs == tuple(range(10))
    failed = [call.started for call in agent.calls if call.outcome == "failed"]
    assert len(failed) == 3 + 2
    assert trio.current_time() < 60 + 25 + 5


async def test_every_recovery_time_has_its_probe(autojump_clock: MockClock) -> None:
    """A probe that fails for good leaves the others waiting for the next one, and not for their patience."""
    agent = FakeAgent("x", "s", outages=[(0, 25)])
    breaker = CircuitBreaker("x", 1, 10.0)
    coordinator = PipelineCoordinator([agent], stages=[COLLECT], pool=AgentPool({"s": 1}), breakers={"x": breaker})
    results = await coordinator.execute_batch([task(name, task_id=name) for name in "abcde"], max_in_flight=5)

    assert [call.started for call in agent.calls] == [0, 10, 20, 30, 30]
    assert [result.status.value for result in results] == ["failed", "failed", "failed", "completed", "completed"]
    assert_nothing_held(coordinator)


async def test_waiting_calls_hold_no_slot(autojump_clock: MockClock) -> None:
    """While an agent's circuit is open, its stage's slots serve the other agents."""
    breaker = CircuitBreaker("down", 1, 100.0)
    down = FakeAgent("down", "s", outages=[(0, 50)])
    other = FakeAgent("other", "s", latency=1.0)
    pool = AgentPool({"s": 1})
    coordinator = PipelineCoordinator([down, other], stages=[RETRIES], pool=pool, breakers={"down": breaker})
    async with trio.open_nursery() as nursery:
        nursery.start_soon(coordinator.execute, task("a", task_id="one"))
        nursery.start_soon(coordinator.execute, task("b", task_id="two"))
        await trio.sleep(40)
        assert pool.statistics("s").running == 0
        assert pool.statistics("s").waiting == 2
        assert sorted(other.ended("completed")) == ["a", "b"]

    assert len(down.calls) == 3
    assert_nothing_held(coordinator)


async def test_recovery_lets_everybody_in_in_order(autojump_clock: MockClock) -> None:
    """The call that comes first is the probe; its success lets the rest in, by priority and age."""
    breaker = CircuitBreaker("x", 1, 10.0)
    agent = FakeAgent("x", "s", latency=1.0, outages=[(0, 5)])
    coordinator = PipelineCoordinator([agent], stages=[RETRIES], pool=AgentPool({"s": 1}), breakers={"x": breaker})
    tasks = [task(name, task_id=name, priority=priority) for name, priority in (("a", 2), ("b", 0), ("c", 1), ("d", 1))]
    await coordinator.execute_batch(tasks, max_in_flight=4)

    assert [(call.started, call.item) for call in agent.calls] == [(0, "a"), (11, "c"), (12, "a"), (13, "d"), (14, "b")]
    assert_nothing_held(coordinator)


async def test_patience_ends_the_wait(autojump_clock: MockClock) -> None:
    """After `patience` seconds without an answer a call fails with CircuitOpenError, booked as rejected."""
    breaker = CircuitBreaker("x")
    breaker.isolate()
    agent = FakeAgent("x", "s")
    coordinator = PipelineCoordinator([agent], stages=[COLLECT], breakers={"x": breaker}, patience=42.0)
    [result] = await coordinator.execute_batch([task("a", "b")])

    assert trio.current_time() == 42
    assert agent.calls == []
    assert result.error is not None
    assert [type(leaf) for leaf in result.error.exceptions] == [CircuitOpenError, CircuitOpenError]
    assert coordinator.pool.statistics("s").rejected == 2
    assert_nothing_held(coordinator)


async def test_patience_is_counted_from_the_first_wait(autojump_clock: MockClock) -> None:
    """A call sent ahead as the probe, which waited for a slot and found the circuit open again, waits no longer."""
    breaker = CircuitBreaker("x", 1, 8.0)
    agent = FakeAgent("x", "s")
    blocker = FakeAgent("blocker", "s", latency=lambda item: 6.0 if item == "c" else 0.0)
    pool = AgentPool({"s": 1})
    coordinator = PipelineCoordinator(
        [blocker, agent], stages=[COLLECT], pool=pool, breakers={"x": breaker}, patience=10
    )
    results: dict[str, Any] = {}

    async def run(name: str) -> None:
        [results[name]] = await coordinator.execute_batch([task(name, task_id=name)])

    async def fail() -> None:
        with pytest.raises(OSError, match="down"):
            async with breaker:
                raise OSError("down")

    await fail()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(run, "b")  # waits from 0 to 10 at most
        await trio.sleep(7)
        nursery.start_soon(run, "c")  # has the slot from 7 to 13, when the probe is sent ahead at 8
        await trio.sleep(5)
        await fail()  # the circuit is open again, from 12 to 20

    assert results["b"].ended == 12
    assert isinstance(results["b"].error.exceptions[0], CircuitOpenError)
    assert [call.item for call in agent.calls] == ["c"]
    assert_nothing_held(coordinator)


async def test_patience_is_each_calls_own(autojump_clock: MockClock) -> None:
    """Calls that began to wait at different times lose patience at different times."""
    breaker = CircuitBreaker("x")
    breaker.isolate()
    coordinator = PipelineCoordinator([FakeAgent("x", "s")], stages=[COLLECT], breakers={"x": breaker}, patience=10)

    async def source() -> AsyncIterator[PipelineTask[Any]]:
        for name in "abc":
            yield task(name, task_id=name)
            await trio.sleep(3)

    async with coordinator.stream(source()) as results:
        ended = [result.ended async for result in results]
    assert ended == [10, 13, 16]
    assert_nothing_held(coordinator)


async def test_next_one_probes_when_a_probe_is_cancelled(autojump_clock: MockClock) -> None:
    """A probe whose task ends meanwhile gives its place to the next call that waits."""
    breaker = CircuitBreaker("x", 1, 10.0)
    agent = FakeAgent("x", "s", outages=[(0, 5)], hangs=["hang"])
    coordinator = PipelineCoordinator([agent], stages=[COLLECT], breakers={"x": breaker})
    await coordinator.execute_batch([task("opens")])
    async with trio.open_nursery() as nursery:
        with trio.move_on_after(20):
            async with trio.open_nursery() as first:
                first.start_soon(coordinator.execute, task("hang"))
                await trio.sleep(12)
                nursery.start_soon(coordinator.execute, task("next"))

    assert agent.ended("cancelled") == ["hang"]
    assert [call.started for call in agent.calls if call.item == "next"] == [20]
    assert breaker.state is CircuitState.CLOSED
    assert_nothing_held(coordinator)


async def test_next_one_probes_when_a_probe_is_cancelled_before_its_slot(autojump_clock: MockClock) -> None:
    """A call sent ahead as the probe that loses its task while it waits for a slot is replaced by the next."""
    breaker = CircuitBreaker("x", 1, 10.0)
    agent = FakeAgent("x", "s", outages=[(0, 5)])
    blocker = FakeAgent("blocker", "s", latency=lambda item: 30.0 if item == "block" else 0.0)
    isolate = Stage(name="s", on_failure=FailurePolicy.ISOLATE)
    pool = AgentPool({"s": 1})
    coordinator = PipelineCoordinator([blocker, agent], stages=[isolate], breakers={"x": breaker}, pool=pool)
    async with trio.open_nursery() as nursery:
        await coordinator.execute_batch([task("opens")])
        with trio.move_on_after(15):
            async with trio.open_nursery() as first:
                first.start_soon(coordinator.execute, task("first"))
                await trio.sleep(1)
                nursery.start_soon(coordinator.execute, task("second"))
                await trio.sleep(1)
                nursery.start_soon(coordinator.execute, task("block"))  # has the slot from 2 to 32
                await trio.sleep_forever()
    # The probe's time came at 10, for "first" in its run and "second" in the other; "first" went at 15.
    assert [call.item for call in agent.calls][1:] == ["second", "block"]
    assert trio.current_time() == 32
    assert_nothing_held(coordinator)


async def test_waiting_calls_of_one_run_replace_a_probe_that_left_the_queue(autojump_clock: MockClock) -> None:
    """The same inside one run: the item of the waiting probe is dropped, and its next one probes."""
    breaker = CircuitBreaker("x", 1, 10.0)
    agent = FakeAgent("x", "s", outages=[(0, 5)])
    blocker = FakeAgent(
        "blocker", "s", latency={"opens": 0.0, "first": 15.0, "second": 20.0}.__getitem__, fails=["first"]
    )
    isolate = Stage(name="s", on_failure=FailurePolicy.ISOLATE)
    coordinator = PipelineCoordinator(
        [agent, blocker], stages=[isolate], breakers={"x": breaker}, pool=AgentPool({"s": 2})
    )
    await coordinator.execute_batch([task("opens")])
    [_, result] = await coordinator.execute_batch([task("first"), task("second", task_id="two")])

    assert result.outputs == ("second", "second")
    assert [(call.item, call.started) for call in agent.calls[1:]] == [("second", 15)]
    assert trio.current_time() == 20
    assert_nothing_held(coordinator)


async def test_call_withdrawn_as_its_circuit_closes_does_not_run(autojump_clock: MockClock) -> None:
    """A task that fails in the very instant in which a probe lets its waiting calls in does not get them back."""
    breaker = CircuitBreaker("x", 1, 10.0)
    agent = FakeAgent("x", "s", latency=1.0, outages=[(0, 5)])
    bad = FakeAgent("bad", "s", latency=lambda item: 12.0 - trio.current_time(), fails=["doomed"])
    first = FakeAgent("first", "first", latency=lambda item: 2.5 if item == "doomed" else 0.0)
    stages = [Stage(name="first"), Stage(name="s")]
    coordinator = PipelineCoordinator([first, bad, agent], stages=stages, breakers={"x": breaker})
    await coordinator.execute_batch([task("opens")])
    await trio.sleep_until(9)
    # From 11 to 12 the probe runs, in the second task; the first one waits for it from 11.5, and fails at 12.
    results = await coordinator.execute_batch([task("doomed", task_id="one"), task("good", task_id="two")])

    assert [result.status for result in results] == [TaskStatus.FAILED, TaskStatus.COMPLETED]
    assert [call.item for call in agent.calls] == ["opens", "good"]
    assert_nothing_held(coordinator)


async def test_probe_that_hangs_past_its_lease_is_replaced(autojump_clock: MockClock) -> None:
    """A probe that does not end at its `probe_timeout`, not even cancelled, does not keep the others waiting."""
    breaker = CircuitBreaker("x", 1, 10.0, probe_timeout=5.0)
    agent = FakeAgent("x", "s", outages=[(0, 5)], hangs=["hang"], cleanup=1000.0)
    coordinator = PipelineCoordinator([agent], stages=[COLLECT], breakers={"x": breaker})
    await coordinator.execute_batch([task("opens")])
    results = await coordinator.execute_batch([task("hang"), task("next", task_id="two")])

    assert results[1].outputs == ("next",)
    assert results[1].ended < 100
    assert results[0].status is TaskStatus.FAILED
    assert_nothing_held(coordinator)


# The breaker's own settings, through the coordinator


async def test_cancel_on_open_ends_calls_in_flight(autojump_clock: MockClock) -> None:
    """When the circuit opens, calls behind it are cancelled and fail with CircuitOpenError instead of running on."""
    breaker = CircuitBreaker("x", 1, cancel_on_open=True)
    agent = FakeAgent("x", "s", latency={"bad": 1.0, "slow": 60.0}.__getitem__, fails=["bad"])
    coordinator = PipelineCoordinator([agent], stages=[COLLECT], breakers={"x": breaker})
    [result] = await coordinator.execute_batch([task("slow", "bad")])

    assert trio.current_time() == 1
    assert agent.ended("cancelled") == ["slow"]
    assert result.error is not None
    assert {type(leaf).__name__ for leaf in result.error.exceptions} == {"CircuitOpenError", "FakeAgentError"}
    assert_nothing_held(coordinator)


async def test_call_timeout_of_the_breaker_is_a_failure(autojump_clock: MockClock) -> None:
    """Past the guard's own deadline a call fails with TooSlowError and counts against the circuit."""
    breaker = CircuitBreaker("x", 1, call_timeout=3.0)
    agent = FakeAgent("x", "s", latency=60.0)
    stage = Stage(name="s", timeout=10.0)
    coordinator = PipelineCoordinator([agent], stages=[stage], breakers={"x": breaker})
    with pytest.raises(PipelineErrorGroup) as caught:
        await coordinator.execute(task("a"))

    assert trio.current_time() == 3
    assert type(caught.value.exceptions[0]) is trio.TooSlowError
    assert breaker.state is CircuitState.OPEN
    assert_nothing_held(coordinator)


async def test_probe_timeout_ends_a_probe_that_hangs(autojump_clock: MockClock) -> None:
    """A probe that does not answer is cancelled at the end of its lease, and has failed."""
    breaker = CircuitBreaker("x", 1, 10.0, probe_timeout=5.0)
    agent = FakeAgent("x", "s", outages=[(0, 1)], latency=lambda item: 600.0 if 10 <= trio.current_time() < 20 else 0.0)
    coordinator = PipelineCoordinator([agent], stages=[RETRIES], breakers={"x": breaker})
    result = await coordinator.execute(task("a"))

    assert result.outputs == ("a",)
    assert [call.started for call in agent.calls] == [0, 10, 25]
    assert_nothing_held(coordinator)


async def test_excluded_exceptions_do_not_open_the_circuit(autojump_clock: MockClock) -> None:
    """What the breaker was told to look past fails its call and nothing else."""
    breaker = CircuitBreaker("x", 1, excluded_exceptions=(ValueError,))
    agent = FakeAgent("x", "s", fails=lambda item: ValueError(item) if item else None)
    coordinator = PipelineCoordinator([agent], stages=[COLLECT], breakers={"x": breaker}, when_open=WhenOpen.FAIL)
    result = await coordinator.execute(task(1, 2, 3, 0))

    assert result.outputs == (0,)
    assert len(agent.calls) == 4
    assert breaker.state is CircuitState.CLOSED


@pytest.mark.parametrize("bug", [RuntimeError("bug"), KeyboardInterrupt()])
async def test_predicate_that_raises_comes_out(autojump_clock: MockClock, bug: BaseException) -> None:
    """A bug in the breaker's own predicate ends the run and is seen by its author; nothing hangs, nothing is held."""

    def judge(error: Exception) -> bool:
        raise bug

    breaker = CircuitBreaker("x", exclude=judge)
    agent = FakeAgent("x", "s", latency={"a": 60.0, "b": 1.0}.__getitem__, fails=["b"])
    coordinator = PipelineCoordinator([agent], stages=[COLLECT], breakers={"x": breaker})
    with pytest.raises(type(bug)) as caught:
        await coordinator.execute(task("a", "b"))

    assert caught.value is bug
    assert trio.current_time() == 1
    assert_nothing_held(coordinator)


@pytest.mark.parametrize("when", list(CircuitState)[:3])
async def test_listener_that_ends_the_program_ends_the_run(autojump_clock: MockClock, when: CircuitState) -> None:
    """Whatever change it was told of, also the one that a call has brought about by coming to its slot."""

    def leave(_name: str, _old: CircuitState, new: CircuitState) -> None:
        if new is when:
            raise SystemExit(3)

    breaker = CircuitBreaker("x", 2, recovery_timeout=5.0, on_state_change=leave)
    agent = FakeAgent("x", "s", latency=1.0, fails=[0, 1])
    coordinator = PipelineCoordinator([agent], stages=[COLLECT], pool=AgentPool({"s": 2}), breakers={"x": breaker})
    with pytest.raises(SystemExit):
        await coordinator.execute(task(*range(6)))

    assert trio.current_time() == {CircuitState.OPEN: 1, CircuitState.HALF_OPEN: 6, CircuitState.CLOSED: 7}[when]
    assert_nothing_held(coordinator)


async def test_circuit_that_opens_in_the_instant_of_a_rate_limited_start(
    autojump_clock: MockClock, caplog: pytest.LogCaptureFixture
) -> None:
    """To hold one call back gives its time to the next, which comes to its slot and is held back meanwhile."""
    breaker = CircuitBreaker("x")
    agent = FakeAgent("x", "s")
    stage = Stage(name="s", rate_limit=RateLimit(calls=1, per=1.0))
    coordinator = PipelineCoordinator([agent], stages=[stage], breakers={"x": breaker})
    async with trio.open_nursery() as nursery:
        nursery.start_soon(coordinator.execute, task("a", "b", "c"))
        await trio.sleep(0.5)
        autojump_clock.jump(0.5)  # it is the second call's time now, and nobody has noticed
        breaker.isolate()
        await trio.sleep(2)
        breaker.reset()

    assert [(call.item, call.started) for call in agent.calls] == [("a", 0), ("b", 3), ("c", 4)]
    assert caplog.records == []
    assert_nothing_held(coordinator)


async def test_breaker_that_somebody_else_uses_lets_runs_go_on(autojump_clock: MockClock) -> None:
    """A circuit that is reset, or closed by a call outside of the run, lets the run's waiting calls in at once."""
    breaker = CircuitBreaker("x")
    agent = FakeAgent("x", "s", latency=1.0)
    coordinator = PipelineCoordinator([agent], stages=[COLLECT], pool=AgentPool({"s": 1}), breakers={"x": breaker})
    breaker.isolate()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(coordinator.execute, task("a", "b"))
        await trio.sleep(3)
        breaker.reset()
        await trio.sleep(0.5)
        breaker.isolate()
        await trio.sleep(3.5)
        breaker.reset()

    assert [(call.item, call.started) for call in agent.calls] == [("a", 3), ("b", 7)]
    assert_nothing_held(coordinator)
