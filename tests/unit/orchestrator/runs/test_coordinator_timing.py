"""Retries, timeouts and rate limits: when an attempt begins, and what it holds until then."""

from __future__ import annotations

from typing import Any

import pytest
import trio
from trio.testing import MockClock

from copy_that_orch import (
    AgentPool,
    AttemptTimeoutError,
    CallRetried,
    CircuitBreaker,
    FailurePolicy,
    PipelineCoordinator,
    PipelineErrorGroup,
    PipelineTask,
    PoolClosedError,
    RateLimit,
    RetryPolicy,
    Stage,
    WhenOpen,
)
from copy_that_orch.testing import FakeAgent, FakeAgentError, RecordingObserver, assert_nothing_held


def task(*items: Any, task_id: str = "shop", priority: int = 0) -> PipelineTask[Any]:
    """Return a task with these items."""
    return PipelineTask(task_id=task_id, items=items, priority=priority)


def starts(agent: FakeAgent) -> list[float]:
    """Return the times at which an agent's calls began."""
    return [call.started for call in agent.calls]


# Retries


async def test_failed_attempts_are_repeated_after_a_growing_pause(autojump_clock: MockClock) -> None:
    """Each attempt counts, the first one too; pauses double up to the maximum."""
    agent = FakeAgent("x", "s", latency=1.0, fails="a")
    retry = RetryPolicy(attempts=5, initial=1, maximum=3, jitter=0)
    coordinator = PipelineCoordinator([agent], stages=[Stage(name="s", retry=retry)])
    with pytest.raises(PipelineErrorGroup) as caught:
        await coordinator.execute(task("a"))

    assert starts(agent) == [0, 2, 5, 9, 13]
    [failure] = caught.value.failures
    assert failure.attempts == 5
    assert [record.attempt for record in coordinator.pool.recent] == [1, 2, 3, 4, 5]
    assert coordinator.pool.statistics("s").failed == 5
    assert_nothing_held(coordinator)


async def test_attempt_that_succeeds_ends_the_retries(autojump_clock: MockClock) -> None:
    """One success is enough: the task is COMPLETED, and earlier failures are not told as its error."""
    agent = FakeAgent("x", "s", fails="a", failures=2)
    result = await PipelineCoordinator([agent], stages=[Stage(name="s", retry=RetryPolicy())]).execute(task("a"))

    assert result.status == "completed"
    assert result.error is None
    assert result.stages["s"] == {"completed": 1}
    assert len(agent.calls) == 3


async def test_only_what_the_policy_names_is_repeated(autojump_clock: MockClock) -> None:
    """Another error fails the call at its first attempt."""
    agent = FakeAgent("x", "s", fails={"a": ValueError("a"), "b": OSError("b")})
    stage = Stage(name="s", on_failure=FailurePolicy.COLLECT, retry=RetryPolicy(on=(OSError,)))
    [result] = await PipelineCoordinator([agent], stages=[stage]).execute_batch([task("a", "b")])

    assert result.error is not None
    assert [failure.attempts for failure in result.error.failures] == [1, 3]


async def test_back_off_holds_no_slot(autojump_clock: MockClock) -> None:
    """While a call waits for its next attempt, its slot serves others; it comes back at its old place in line."""
    agent = FakeAgent("x", "s", latency=1.0, fails="a", failures=1)
    stage = Stage(name="s", retry=RetryPolicy(initial=1.5, jitter=0))
    coordinator = PipelineCoordinator([agent], stages=[stage], pool=AgentPool({"s": 1}))
    await coordinator.execute_batch([task(name, task_id=name) for name in "abcde"], max_in_flight=5)

    assert agent.items == ["a", "b", "c", "a", "d", "e"]
    assert trio.current_time() == 6
    assert_nothing_held(coordinator)


async def test_back_off_waits_out_what_the_error_asks_for(autojump_clock: MockClock) -> None:
    """An error's own `retry_after` seconds are waited for at least."""
    error = OSError("busy")
    error.retry_after = 30.0  # type: ignore[attr-defined]  # as HTTP clients do
    agent = FakeAgent("x", "s", fails={"a": error}, failures=1)
    await PipelineCoordinator([agent], stages=[Stage(name="s", retry=RetryPolicy())]).execute(task("a"))

    assert starts(agent) == [0, 30]


async def test_error_that_cannot_say_when_to_come_back_ends_the_run(autojump_clock: MockClock) -> None:
    """A `retry_after` that raises is a bug of the error's author, who sees it; nothing waits for ever."""

    class OddError(ValueError):
        @property
        def retry_after(self) -> float:
            raise LookupError("no such header")

    agent = FakeAgent("a", "s", latency=1.0, fails=lambda _item: OddError())
    stage = Stage(name="s", retry=RetryPolicy(), on_failure=FailurePolicy.COLLECT)
    coordinator = PipelineCoordinator(
        [agent], stages=[stage], breakers={"a": CircuitBreaker("a", excluded_exceptions=(OddError,))}
    )
    with pytest.raises(LookupError, match="no such header"):
        await coordinator.execute(task("x", "y"))
    assert trio.current_time() == 1
    assert_nothing_held(coordinator)


async def test_jitter_comes_from_the_seed(autojump_clock: MockClock) -> None:
    """The same seed gives the same pauses, in each run anew; another seed gives others."""

    async def pauses(coordinator: PipelineCoordinator, observer: RecordingObserver) -> list[float]:
        observer.events.clear()
        await coordinator.execute_batch([task("a", "b")])
        return [event.delay for event in observer.of(CallRetried)]

    def make(seed: int | None) -> tuple[PipelineCoordinator, RecordingObserver]:
        observer = RecordingObserver()
        agent = FakeAgent("x", "s", fails="ab")
        stage = Stage(name="s", on_failure=FailurePolicy.COLLECT, retry=RetryPolicy(attempts=4))
        return PipelineCoordinator([agent], stages=[stage], observers=[observer], seed=seed), observer

    first = make(1)
    seen = await pauses(*first)
    assert len(set(seen)) == 6
    first[0].breakers["x"].reset()
    assert await pauses(*first) == seen
    assert await pauses(*make(1)) == seen
    assert await pauses(*make(2)) != seen


async def test_each_attempt_passes_the_breaker_anew(autojump_clock: MockClock) -> None:
    """Failed attempts open the circuit, and the next attempt waits for it like any call."""
    breaker = CircuitBreaker("x", 2, 100.0)
    agent = FakeAgent("x", "s", fails="a", failures=2)
    stage = Stage(name="s", retry=RetryPolicy(attempts=3, initial=1, jitter=0))
    await PipelineCoordinator([agent], stages=[stage], breakers={"x": breaker}).execute(task("a"))

    assert starts(agent) == [0, 1, 101]
    assert breaker.statistics().failed == 2


async def test_retry_that_is_refused_fails_with_the_refusal(autojump_clock: MockClock) -> None:
    """Under FAIL the attempt after the one that opened the circuit is rejected; attempts made are counted."""
    agent = FakeAgent("x", "s", fails="a")
    stage = Stage(name="s", retry=RetryPolicy(attempts=3))
    coordinator = PipelineCoordinator(
        [agent], stages=[stage], breakers={"x": CircuitBreaker("x", 1)}, when_open=WhenOpen.FAIL
    )
    with pytest.raises(PipelineErrorGroup) as caught:
        await coordinator.execute(task("a"))

    assert len(agent.calls) == 1
    assert [(type(f.exception).__name__, f.attempts) for f in caught.value.failures] == [("CircuitOpenError", 1)]
    assert_nothing_held(coordinator)


async def test_retry_into_a_drained_pool_is_not_repeated(autojump_clock: MockClock) -> None:
    """A pool that takes no more calls fails the next attempt at once and for good."""
    agent = FakeAgent("x", "s", fails="a")
    coordinator = PipelineCoordinator([agent], stages=[Stage(name="s", retry=RetryPolicy(initial=10, jitter=0))])
    results: list[Any] = []

    async def run() -> None:
        results.extend(await coordinator.execute_batch([task("a")]))

    async with trio.open_nursery() as nursery:
        nursery.start_soon(run)
        await trio.sleep(1)
        await coordinator.pool.drain()

    assert trio.current_time() == 10
    assert [type(leaf) for leaf in results[0].error.exceptions] == [PoolClosedError]
    assert_nothing_held(coordinator)


async def test_failure_in_the_instant_of_another_ones_cancellation_is_not_repeated(autojump_clock: MockClock) -> None:
    """A call that fails when its task has just failed joins the group instead of being repeated."""
    agent = FakeAgent("x", "s", latency=1.0, fails={"a": ValueError("a"), "b": OSError("b")})
    stage = Stage(name="s", retry=RetryPolicy(on=(OSError,)))
    with pytest.raises(PipelineErrorGroup) as caught:
        await PipelineCoordinator([agent], stages=[stage]).execute(task("a", "b"))
    assert [type(leaf) for leaf in caught.value.exceptions] == [ValueError, OSError]
    assert trio.current_time() == 1

    with pytest.raises(PipelineErrorGroup) as caught:  # the other way round: what was to be repeated is withdrawn
        await PipelineCoordinator([agent], stages=[stage]).execute(task("b", "a"))
    assert [type(leaf) for leaf in caught.value.exceptions] == [ValueError]
    assert trio.current_time() == 2


# Timeouts


async def test_timeout_ends_an_attempt_and_not_the_wait_for_a_slot(autojump_clock: MockClock) -> None:
    """Each attempt may run that long; how long it waited before does not matter."""
    agent = FakeAgent("x", "s", latency=4.0)
    stage = Stage(name="s", timeout=5)
    coordinator = PipelineCoordinator([agent], stages=[stage], pool=AgentPool({"s": 1}))
    result = await coordinator.execute(task(*"abc"))

    assert result.outputs == ("a", "b", "c")
    assert trio.current_time() == 12


async def test_timeout_is_repeated_and_counts_against_the_circuit(autojump_clock: MockClock) -> None:
    """An attempt that takes too long has failed: for its retry policy, its breaker and the books."""
    agent = FakeAgent("x", "s", latency=lambda item: 60.0 if trio.current_time() < 10 else 1.0)
    breaker = CircuitBreaker("x", 2, 20.0)
    stage = Stage(name="s", timeout=5, retry=RetryPolicy(initial=1, jitter=0))
    coordinator = PipelineCoordinator([agent], stages=[stage], breakers={"x": breaker})
    result = await coordinator.execute(task("a"))

    assert result.outputs == ("a",)
    assert starts(agent) == [0, 6, 31]
    assert breaker.statistics().failed == 2
    assert coordinator.pool.statistics("s").failed == 2


async def test_timeout_of_an_agent_that_returns_is_none(autojump_clock: MockClock) -> None:
    """An agent that returns in spite of its cancellation, however late, has returned."""

    async def stubborn(task: PipelineTask[Any], item: Any) -> Any:
        with trio.CancelScope(shield=True):
            await trio.sleep(9)
        return item

    coordinator = PipelineCoordinator([FakeAgent("x", "s", does=stubborn)], stages=[Stage(name="s", timeout=5)])
    assert (await coordinator.execute(task("a"))).outputs == ("a",)
    assert trio.current_time() == 9


async def test_deadline_of_the_caller_is_not_ours(autojump_clock: MockClock) -> None:
    """A deadline around `execute` that passes first cancels; it is no AttemptTimeoutError."""
    agent = FakeAgent("x", "s", latency=60.0)
    coordinator = PipelineCoordinator([agent], stages=[Stage(name="s", timeout=5)])
    with pytest.raises(trio.TooSlowError) as caught:
        with trio.fail_after(3):
            await coordinator.execute(task("a"))
    assert not isinstance(caught.value, AttemptTimeoutError)
    assert coordinator.pool.statistics("s").cancelled == 1
    assert_nothing_held(coordinator)


# Rate limits


async def test_rate_limit_admits_evenly(autojump_clock: MockClock) -> None:
    """Attempts start one interval apart, from the first one on, however many wait."""
    agent = FakeAgent("x", "s", latency=30.0)
    stage = Stage(name="s", rate_limit=RateLimit(calls=4, per=2))
    coordinator = PipelineCoordinator([agent], stages=[stage], pool=AgentPool({"s": 100}))
    await coordinator.execute(task(*range(10)))

    assert starts(agent) == [0.5 * number for number in range(10)]
    assert agent.items == list(range(10))


async def test_rate_limit_holds_over_tasks_agents_and_retries(autojump_clock: MockClock) -> None:
    """All attempts of the stage count together: of all agents, tasks and runs, repeated ones too."""
    agents = [FakeAgent(name, "s", latency=0.1, fails=[3], failures=1) for name in "ab"]
    stage = Stage(name="s", rate_limit=RateLimit(calls=1, per=1), retry=RetryPolicy(initial=0.1, jitter=0))
    coordinator = PipelineCoordinator(agents, stages=[stage], pool=AgentPool({"s": 100}))
    async with trio.open_nursery() as nursery:
        nursery.start_soon(coordinator.execute_batch, [task(1, 2), task(3)])
        nursery.start_soon(coordinator.execute_batch, [task(4), task(5)])

    assert sorted(starts(agents[0]) + starts(agents[1])) == list(range(12))
    assert_nothing_held(coordinator)


async def test_rate_limit_holds_when_slots_come_late(autojump_clock: MockClock) -> None:
    """Attempts that waited long for a slot, or for their circuit, do not start in a burst."""
    agent = FakeAgent("x", "s", latency=lambda item: 10.0 if item == 0 else 0.0)
    stage = Stage(name="s", rate_limit=RateLimit(calls=1, per=1))
    pool = AgentPool({"s": 6})
    coordinator = PipelineCoordinator([agent], stages=[stage], pool=pool)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(coordinator.execute, task(*range(6)))
        await trio.sleep(0.5)
        pool.resize("s", 1)
    assert starts(agent) == [0, 10, 11, 12, 13, 14]

    breaker = CircuitBreaker("y")
    breaker.isolate()
    other = FakeAgent("y", "s")
    coordinator = PipelineCoordinator([other], stages=[stage], breakers={"y": breaker}, pool=AgentPool({"s": 6}))
    async with trio.open_nursery() as nursery:
        nursery.start_soon(coordinator.execute, task(*range(4)))
        await trio.sleep(36)
        breaker.reset()
    assert starts(other) == [50, 51, 52, 53]
    assert_nothing_held(coordinator)


async def test_time_of_a_call_that_its_circuit_refuses_goes_to_the_next(autojump_clock: MockClock) -> None:
    """An attempt whose time has come, and whose circuit is open, does not use it up."""
    breaker = CircuitBreaker("down")
    breaker.isolate()
    agents = [FakeAgent(name, "s") for name in ("first", "down", "last")]
    stage = Stage(name="s", rate_limit=RateLimit(calls=1, per=1))
    coordinator = PipelineCoordinator(agents, stages=[stage], breakers={"down": breaker})
    async with trio.open_nursery() as nursery:
        nursery.start_soon(coordinator.execute, task("a"))
        await trio.sleep(5)
        breaker.reset()

    assert [starts(agent) for agent in agents] == [[0], [5], [1]]
    assert_nothing_held(coordinator)


async def test_time_of_a_call_that_is_held_back_in_line_goes_to_the_next(autojump_clock: MockClock) -> None:
    """An attempt whose time had come, and whose circuit opens while it waits for a slot, gives way to another."""
    breaker = CircuitBreaker("down")
    blocker = FakeAgent("blocker", "s", latency=5.0)
    down, last = FakeAgent("down", "s"), FakeAgent("last", "s")
    stage = Stage(name="s", rate_limit=RateLimit(calls=1, per=1))
    pool = AgentPool({"s": 2})
    coordinator = PipelineCoordinator([blocker, down, last], stages=[stage], breakers={"down": breaker}, pool=pool)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(coordinator.execute, task("a"))
        await trio.sleep(0.5)
        pool.resize("s", 1)
        await trio.sleep(1.5)
        breaker.isolate()
        await trio.sleep(8)
        breaker.reset()

    assert (starts(last), starts(down)) == ([5], [10])
    assert_nothing_held(coordinator)


async def test_rate_limited_attempts_hold_no_slot(autojump_clock: MockClock) -> None:
    """An attempt whose time has not come leaves its slot to whoever may use it."""
    stage = Stage(name="s", rate_limit=RateLimit(calls=1, per=10))
    pool = AgentPool({"s": 1}, total_limit=1)
    coordinator = PipelineCoordinator([FakeAgent("x", "s")], stages=[stage, Stage(name="t")], pool=pool)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(coordinator.execute, task(*range(3)))
        await trio.sleep(5)
        for name in "ts":
            async with pool.slot(name):
                assert trio.current_time() == 5
    assert trio.current_time() == 20
    assert_nothing_held(coordinator)


async def test_rate_limit_goes_by_priority(autojump_clock: MockClock) -> None:
    """Of those that wait for their time, the highest priority goes first."""
    agent = FakeAgent("x", "s")
    stage = Stage(name="s", rate_limit=RateLimit(calls=1, per=1))
    coordinator = PipelineCoordinator([agent], stages=[stage])
    await coordinator.execute_batch([task("a", "b"), task("x", "y", task_id="urgent", priority=1)])

    assert agent.items == ["x", "y", "a", "b"]


async def test_time_of_a_cancelled_attempt_goes_to_the_next(autojump_clock: MockClock) -> None:
    """Attempts that are withdrawn while they wait for their time do not use it up."""
    agent = FakeAgent("x", "s", latency=0.5, fails=["bad"])
    stage = Stage(name="s", rate_limit=RateLimit(calls=1, per=1))
    coordinator = PipelineCoordinator([agent], stages=[stage])
    await coordinator.execute_batch([task("bad", "b", "c", "d"), task("e", "f", task_id="other")])

    assert [(call.item, call.started) for call in agent.calls] == [("bad", 0), ("e", 1), ("f", 2)]
    assert_nothing_held(coordinator)


def test_rate_limit_of_an_earlier_trio_run_is_forgotten() -> None:
    """Another Trio run has another clock: what the last one left behind says nothing about when to start."""
    agent = FakeAgent("x", "s")
    stage = Stage(name="s", rate_limit=RateLimit(calls=1, per=10))
    coordinator = PipelineCoordinator([agent], stages=[stage])

    async def run(wait: float) -> list[float]:
        await trio.sleep(wait)
        agent.calls.clear()
        await coordinator.execute(task("a", "b"))
        return starts(agent)

    assert trio.run(run, 1e5, clock=MockClock(autojump_threshold=0)) == [1e5, 1e5 + 10]
    assert trio.run(run, 0, clock=MockClock(autojump_threshold=0)) == [0, 10]


async def test_jitter_never_outlasts_the_errors(autojump_clock: MockClock) -> None:
    """A policy of one attempt repeats nothing."""
    agent = FakeAgent("x", "s", fails="a")
    stage = Stage(name="s", retry=RetryPolicy(attempts=1))
    with pytest.raises(PipelineErrorGroup) as caught:
        await PipelineCoordinator([agent], stages=[stage]).execute(task("a"))
    assert isinstance(caught.value.exceptions[0], FakeAgentError)
    assert len(agent.calls) == 1
