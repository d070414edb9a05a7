"""What observers are told: everything, in order, the same each time; and what they cannot do to a run."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from typing import Any

import attrs
import pytest
import trio
import trio.testing
from trio.testing import MockClock

from copy_that_orch import (
    AgentPool,
    BreakerChanged,
    CallEnded,
    CallQueued,
    CallRetried,
    CallStarted,
    CircuitBreaker,
    ConfigurationError,
    Event,
    FailurePolicy,
    Observer,
    PipelineCoordinator,
    PipelineTask,
    PoolResized,
    RateLimit,
    RetryPolicy,
    Stage,
    StageEnded,
    StageStarted,
    TaskEnded,
    TaskStarted,
    WhenOpen,
)
from copy_that_orch.testing import FakeAgent, RecordingObserver, assert_nothing_held


def task(*items: Any, task_id: str = "shop", priority: int = 0) -> PipelineTask[Any]:
    """Return a task with these items."""
    return PipelineTask(task_id=task_id, items=items, priority=priority)


def told(event: Event) -> str:
    """Return an event as a short text."""
    parts = [f"{event.time:g}", type(event).__name__]
    parts += [str(getattr(event, name)) for name in ("stage", "agent", "label", "outcome") if hasattr(event, name)]
    return " ".join(parts)


async def test_events_of_a_task_in_order(autojump_clock: MockClock) -> None:
    """From TaskStarted to TaskEnded, every call queued, started and ended, every stage begun and closed."""
    observer = RecordingObserver()
    agents = [FakeAgent("a", "one", latency=1.0), FakeAgent("b", "two", latency=2.0)]
    stages = [Stage(name="one"), Stage(name="two")]
    pool = AgentPool(default_limit=1)
    await PipelineCoordinator(agents, stages=stages, pool=pool, observers=[observer]).execute(task("x", "y"))

    assert [told(event) for event in observer.events] == [
        "0 TaskStarted",
        "0 StageStarted one",
        "0 CallQueued one a x",
        "0 CallStarted one a x",
        "1 CallEnded one a x completed",
        "1 StageStarted two",
        "1 CallQueued two b x",
        "1 CallStarted two b x",
        "1 CallQueued one a y",
        "1 CallStarted one a y",
        "2 CallEnded one a y completed",
        "2 StageEnded one",
        "3 CallEnded two b x completed",
        "3 CallQueued two b y",
        "3 CallStarted two b y",
        "5 CallEnded two b y completed",
        "5 StageEnded two",
        "5 TaskEnded",
    ]
    assert observer.of(TaskStarted)[0].items == 2
    assert observer.of(TaskEnded)[0].seconds == 5


async def test_events_of_a_failure(autojump_clock: MockClock) -> None:
    """A failure tells its text, a retry its delay; cancelled calls and the stage are closed too."""
    observer = RecordingObserver()
    agent = FakeAgent("a", "s", latency={"x": 1.0, "y": 9.0, "z": 1.0}.__getitem__, fails={"x": ValueError("no\n  x")})
    stage = Stage(name="s", retry=RetryPolicy(attempts=2, initial=1, jitter=0))
    coordinator = PipelineCoordinator([agent], stages=[stage], pool=AgentPool({"s": 2}), observers=[observer])
    [result] = await coordinator.execute_batch([task("x", "y")])

    assert [told(event) for event in observer.events] == [
        "0 TaskStarted",
        "0 StageStarted s",
        "0 CallQueued s a x",
        "0 CallStarted s a x",
        "0 CallQueued s a y",
        "0 CallStarted s a y",
        "1 CallEnded s a x failed",
        "1 CallRetried s a x",
        "2 CallQueued s a x",
        "2 CallStarted s a x",
        "3 CallEnded s a x failed",
        "3 CallEnded s a y cancelled",
        "3 StageEnded s",
        "3 TaskEnded",
    ]
    assert [event.attempt for event in observer.of(CallStarted, label="x")] == [1, 2]
    assert [event.delay for event in observer.of(CallRetried)] == [1]
    assert [(event.error, event.seconds) for event in observer.of(CallEnded, label="x")] == [
        ("ValueError: no x", 1),
        ("ValueError: no x", 1),
    ]
    assert observer.of(CallEnded, label="y")[0].error is None
    assert observer.of(TaskEnded)[0].error == str(result.error)
    assert observer.of(TaskEnded)[0].status == "failed"


async def test_long_error_is_told_short(autojump_clock: MockClock) -> None:
    """An error's text is cut: events are kept, and must not grow with what failed."""
    observer = RecordingObserver()
    agent = FakeAgent("a", "s", fails={"x": ValueError("y" * 10_000), "z": ValueError()})
    stage = Stage(name="s", on_failure=FailurePolicy.COLLECT)
    coordinator = PipelineCoordinator([agent], stages=[stage], observers=[observer])
    await coordinator.execute_batch([task("x", "z")])

    [long, none] = [event.error for event in observer.of(CallEnded)]
    assert long is not None
    assert len(long) == 200
    assert long.endswith("yy…")
    assert none == "ValueError"


async def test_circuits_and_limits_are_told(autojump_clock: MockClock) -> None:
    """Each change of an agent's circuit, and of a stage's limit, while a run is under way."""
    observer = RecordingObserver()
    agent = FakeAgent("a", "s", latency=1.0, outages=[(0, 5)])
    breaker = CircuitBreaker("api", 1, 10.0)
    pool = AgentPool({"s": 1})
    stage = Stage(name="s", on_failure=FailurePolicy.COLLECT)
    coordinator = PipelineCoordinator([agent], stages=[stage], pool=pool, breakers={"a": breaker}, observers=[observer])
    pool.resize("s", 2)
    pool.resize("s", 1)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(coordinator.execute, task("x", "y"))
        await trio.sleep(3)
        pool.resize("s", 4)
    breaker.isolate()
    breaker.reset()

    assert [(event.time, event.agent, event.name, event.old, event.new) for event in observer.of(BreakerChanged)] == [
        (1, "a", "api", "closed", "open"),
        (11, "a", "api", "open", "half_open"),
        (12, "a", "api", "half_open", "closed"),
    ]
    assert [(event.time, event.stage, event.old, event.new) for event in observer.of(PoolResized)] == [(3, "s", 1, 4)]


async def test_rejected_calls_tell_why(autojump_clock: MockClock) -> None:
    """A call that its circuit refuses ends as rejected, with the refusal as text, and never starts."""
    observer = RecordingObserver()
    breaker = CircuitBreaker("api")
    breaker.isolate()
    agent = FakeAgent("a", "s")
    coordinator = PipelineCoordinator(
        [agent],
        stages=[Stage(name="s")],
        breakers={"a": breaker},
        when_open=WhenOpen.FAIL,
        observers=[observer],
    )
    await coordinator.execute_batch([task("x")])

    [ended] = observer.of(CallEnded)
    assert ended.outcome == "rejected"
    assert ended.error is not None
    assert ended.error.startswith("CircuitOpenError: circuit 'api' is open")
    assert observer.of(CallStarted) == []


class BadObserver:
    """An observer that raises at its third event."""

    def __init__(self, error: BaseException) -> None:
        self.error = error
        self.events = 0

    def on_event(self, event: Event, /) -> None:
        """Raise at the third event."""
        self.events += 1
        if self.events == 3:
            raise self.error


@pytest.mark.parametrize("error", [ValueError("disk is full"), SystemExit(1)])
async def test_observer_that_raises_is_logged_once_and_dropped(
    autojump_clock: MockClock, caplog: pytest.LogCaptureFixture, error: BaseException
) -> None:
    """Whatever it raises, as of a Trio instrument: the run and the other observers go on."""
    bad, good = BadObserver(error), RecordingObserver()
    agent = FakeAgent("a", "s")
    coordinator = PipelineCoordinator([agent], stages=[Stage(name="s")], observers=[bad, good])
    with caplog.at_level(logging.ERROR):
        result = await coordinator.execute(task("x", "y"))

    assert result.outputs == ("x", "y")
    assert bad.events == 3
    assert len(good.events) == 10
    assert len(caplog.records) == 1
    assert "gets no more events" in caplog.text
    assert_nothing_held(coordinator)


async def test_observer_may_use_the_coordinator(autojump_clock: MockClock) -> None:
    """An observer that reads statistics, resizes the pool and resets breakers in the middle of it all is fine."""

    class Busy:
        def on_event(self, event: Event, /) -> None:
            coordinator.statistics()
            repr(coordinator)
            if isinstance(event, CallStarted):
                coordinator.pool.resize("s", 1 + coordinator.pool.statistics("s").limit % 3)  # type: ignore[operator]  # a stage has one
            if isinstance(event, CallEnded):
                coordinator.breakers["a"].reset()

    agent = FakeAgent("a", "s", latency=1.0, fails=[3, 4, 5])
    stage = Stage(name="s", on_failure=FailurePolicy.COLLECT)
    coordinator = PipelineCoordinator([agent], stages=[stage], observers=[Busy()])
    result = await coordinator.execute(task(*range(20)))

    assert len(result.outputs) == 17
    assert_nothing_held(coordinator)


@pytest.mark.parametrize("broken_first", [True, False])
async def test_observers_may_raise_at_what_observers_do(
    autojump_clock: MockClock, caplog: pytest.LogCaptureFixture, broken_first: bool
) -> None:
    """One resizes the pool, another, or the same, raises at that event and at the one that it was told within."""

    class Busy:
        def on_event(self, event: Event, /) -> None:
            if isinstance(event, CallStarted):
                coordinator.pool.resize("s", 1 + coordinator.pool.statistics("s").limit % 3)  # type: ignore[operator]  # a stage has one

    class Broken(Busy):
        events = 0

        def on_event(self, event: Event, /) -> None:
            self.events += 1
            super().on_event(event)
            if type(event) in {CallStarted, PoolResized}:
                raise ValueError("disk is full")

    broken, good = Broken(), RecordingObserver()
    observers: list[Observer] = [broken, Busy(), good] if broken_first else [Busy(), broken, good]
    coordinator = PipelineCoordinator([FakeAgent("a", "s")], stages=[Stage(name="s")], observers=observers)
    with caplog.at_level(logging.ERROR):
        result = await coordinator.execute(task("x", "y"))

    assert result.outputs == ("x", "y")
    assert broken.events == (5 if broken_first else 4)  # task, stage and call; the resizing; its own call's start
    assert len(good.of(CallEnded)) == 2
    assert len(caplog.records) == 1
    assert_nothing_held(coordinator)


async def test_of_observers_that_are_equal_the_one_that_raises_is_dropped(autojump_clock: MockClock) -> None:
    """Whatever they call equal to themselves."""

    @attrs.define
    class Counter:
        name: str
        limit: int = attrs.field(eq=False)
        events: int = attrs.field(default=0, eq=False)

        def on_event(self, _event: Event, /) -> None:
            self.events += 1
            if self.events == self.limit:
                raise ValueError("disk is full")

    good, bad = Counter("log", 1000), Counter("log", 3)
    coordinator = PipelineCoordinator([FakeAgent("a", "s")], stages=[Stage(name="s")], observers=[good, bad])
    await coordinator.execute(task("x", "y"))
    assert (good.events, bad.events) == (10, 3)


def test_observer_without_on_event_is_refused() -> None:
    """What is no observer is found before anything runs."""
    with pytest.raises(ConfigurationError, match="on_event"):
        PipelineCoordinator([], observers=[print])  # type: ignore[list-item]  # that it fits not is the point


class Restless:
    """Latencies and failures by item that collide in time, and differ in how many scheduler passes they take."""

    def __init__(self, salt: int) -> None:
        self.salt = salt

    async def __call__(self, task: PipelineTask[Any], item: Any) -> Any:
        """Wait, take some checkpoints, fail or return."""
        number = hash((self.salt, str(item).count("*"), sum(map(ord, str(item))))) % 97
        if number % 3:
            await trio.sleep(number % 4)
        for _ in range(number % 5):
            await trio.lowlevel.checkpoint()
        if number % 4 == 0:
            raise ValueError(item)
        return f"{item}*"


async def noted_run() -> list[str]:
    """Return the events of a run with failures, retries, circuits, rate limits, and more tasks than fit."""
    observer = RecordingObserver()
    agents = [
        FakeAgent(f"{stage}{number}", stage, does=Restless(ord(stage) + number)) for stage in "abc" for number in (0, 1)
    ]
    agents.append(FakeAgent("all", "all", latency=1.0, result="all"))
    stages = [
        Stage(name="a", on_failure=FailurePolicy.ISOLATE, retry=RetryPolicy(attempts=2, initial=1.0)),
        Stage(name="b", on_failure=FailurePolicy.COLLECT, rate_limit=RateLimit(calls=2, per=1.0), timeout=3.0),
        Stage(name="c", on_failure=FailurePolicy.CANCEL, retry=RetryPolicy(attempts=3, initial=1.0, jitter=0)),
        Stage(name="all", gather=True),
    ]
    coordinator = PipelineCoordinator(
        agents,
        stages=stages,
        pool=AgentPool({"a": 2}, total_limit=6),
        breakers=lambda name: CircuitBreaker(name, 1, 2.0),
        patience=20.0,
        observers=[observer],
        seed=7,
    )
    tasks = [task(*(f"{name}{n}" for n in range(2)), task_id=name, priority=int(name == "y")) for name in "xyz"]

    async def source() -> AsyncIterator[PipelineTask[Any]]:
        for one in tasks:
            yield one
            await trio.lowlevel.checkpoint()

    async with coordinator.stream(source(), max_in_flight=3) as results:
        async for _ in results:
            await trio.sleep(1)
    await coordinator.execute_batch(tasks, max_in_flight=3)
    assert_nothing_held(coordinator)
    return [str(event) for event in observer.events]


def test_same_input_and_seed_give_the_same_events() -> None:
    """A hundred runs tell the same events in the same order, although Trio shuffles who runs first."""
    histories = {tuple(trio.run(noted_run, clock=MockClock(autojump_threshold=0))) for _ in range(100)}

    [history] = histories
    for kind in (CallRetried, BreakerChanged, CallQueued, StageStarted, StageEnded):
        assert any(line.startswith(kind.__name__) for line in history)
    for outcome in ("failed", "cancelled", "completed"):
        assert any(outcome in line for line in history)
