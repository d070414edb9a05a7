"""Fakes and checks for tests of pipelines: ours, and those of the programs that use us.

Everything takes its time from Trio's clock, so under `trio.testing.MockClock` an hour of a test passes at once:

```python
async def test_a_short_outage_costs_nothing(autojump_clock: trio.testing.MockClock) -> None:
    reads = FakeAgent("read", "extract", latency=1.0, outages=[(0.0, 3.0)])
    stage = Stage(name="extract", retry=RetryPolicy(attempts=5, initial=1.0))
    coordinator = PipelineCoordinator([reads], stages=[stage])

    result = await coordinator.execute(PipelineTask(task_id="shop", items=["a.png", "b.png"]))

    assert result.outputs == ("a.png", "b.png")
    assert reads.peak == 2
    assert_nothing_held(coordinator)
```
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping
from typing import Any, TypeAlias, TypeVar, final

import attrs
import trio

from copy_that_orch.orchestrator.agent_pool import AgentPool
from copy_that_orch.orchestrator.circuit_breaker import CircuitBreaker, CircuitState
from copy_that_orch.orchestrator.coordinator import PipelineCoordinator
from copy_that_orch.orchestrator.events import Event
from copy_that_orch.orchestrator.interfaces import BasePipelineAgent, PipelineTask
from copy_that_orch.orchestrator.reports import CallOutcome
from copy_that_orch.orchestrator.result_store import ResultKey

__all__ = [
    "FakeAgent",
    "FakeAgentError",
    "FakeCall",
    "MemoryResultStore",
    "RecordingObserver",
    "assert_nothing_held",
]

EventT = TypeVar("EventT", bound=Event)
Items: TypeAlias = "Collection[Any] | Callable[[Any], bool]"
Failures: TypeAlias = "Collection[Any] | Callable[[Any], BaseException | None]"


class FakeAgentError(Exception):
    """What a `FakeAgent` raises that was only told which items fail."""


@attrs.define
class FakeCall:
    """One call of a `FakeAgent`.

    Attributes:
      task_id: The task.
      item: The item, as it came.
      started: Trio time at which it began.
      ended: Trio time at which it ended, cleanup included; None while it runs.
      outcome: How it ended; None while it runs.
    """

    task_id: str
    item: Any
    started: float
    ended: float | None = None
    outcome: CallOutcome | None = None


@final
class FakeAgent(BasePipelineAgent[Any, Any]):
    """An agent that does what its test wants, and remembers what was asked of it.

    A call takes `latency` seconds, then an outage, a failure or the result ends it. Every call is a checkpoint.

    Args:
      agent_type, stage_name: As for every agent.
      latency: Seconds that a call takes, or a function from the item to them.
      result: What a call returns, or a function from the item to it; the item itself unless given.
      fails: The items whose calls fail, with `FakeAgentError`, or with their value if this is a mapping; or a function
        from the item to what its call raises, None if it does not.
      failures: How many calls of an item that fails do so before one succeeds; None: all of them.
      outages: Times, as (start, end) in Trio seconds, start included; calls begun in one raise `ConnectionError`.
      hangs: The items whose calls never end by themselves, or a function that picks them out.
      cleanup: Seconds of cleanup, shielded from cancellation, at the end of a call that is cancelled.
      does: An async function of task and item that is awaited in the place of all the above but `cleanup`.
      healthy: What its health check says, or raises; None: it never answers.

    Attributes:
      calls: Its calls, in the order in which they began.
      running, peak: Number of calls under way now, and the most there were at once.
    """

    agent_type: str
    stage_name: str

    def __init__(
        self,
        agent_type: str,
        stage_name: str,
        *,
        latency: float | Callable[[Any], float] = 0.0,
        result: Any = lambda item: item,
        fails: Failures = (),
        failures: int | None = None,
        outages: Iterable[tuple[float, float]] = (),
        hangs: Items = (),
        cleanup: float = 0.0,
        does: Callable[[PipelineTask[Any], Any], Awaitable[Any]] | None = None,
        healthy: bool | Exception | None = True,
    ) -> None:
        self.agent_type = agent_type
        self.stage_name = stage_name
        self.calls: list[FakeCall] = []
        self.running = self.peak = 0
        self._latency = latency
        self._result = result
        self._fails = fails
        self._failures = failures
        self._outages = tuple(outages)
        self._hangs = hangs
        self._cleanup = cleanup
        self._does = does
        self._healthy = healthy
        self._failed: dict[Any, int] = {}

    @property
    def items(self) -> list[Any]:
        """The items of its calls, in the order in which they began."""
        return [call.item for call in self.calls]

    def ended(self, outcome: CallOutcome | str) -> list[Any]:
        """Return the items of its calls that ended so, in the order in which they began."""
        return [call.item for call in self.calls if call.outcome == outcome]

    async def process(self, task: PipelineTask[Any], item: Any) -> Any:
        """Do what the script says, and take note of it."""
        call = FakeCall(task.task_id, item, trio.current_time())
        self.calls.append(call)
        self.running += 1
        self.peak = max(self.peak, self.running)
        outcome = CallOutcome.FAILED
        try:
            result = await (self._play(item, call.started) if self._does is None else self._does(task, item))
            outcome = CallOutcome.COMPLETED
        except trio.Cancelled:
            outcome = CallOutcome.CANCELLED
            if self._cleanup:
                with trio.CancelScope(shield=True):
                    await trio.sleep(self._cleanup)
            raise
        finally:
            self.running -= 1
            call.ended = trio.current_time()
            call.outcome = outcome
        return result

    async def health_check(self) -> bool:
        """Return or raise what the script says."""
        if self._healthy is None:
            await trio.sleep_forever()
        await trio.lowlevel.checkpoint()
        if isinstance(self._healthy, Exception):
            raise self._healthy
        return bool(self._healthy)

    async def _play(self, item: Any, started: float) -> Any:
        await trio.sleep(self._latency(item) if callable(self._latency) else self._latency)
        if self._hangs(item) if callable(self._hangs) else item in self._hangs:
            await trio.sleep_forever()
        if any(start <= started < end for start, end in self._outages):
            raise ConnectionError(f"{self.agent_type} is down")
        error = self._failure_of(item)
        if error is not None:
            raise error
        return self._result(item) if callable(self._result) else self._result

    def _failure_of(self, item: Any) -> BaseException | None:
        fails = self._fails
        error: BaseException | None
        if callable(fails):
            error = fails(item)
        elif item not in fails:
            error = None
        else:
            error = fails[item] if isinstance(fails, Mapping) else FakeAgentError(f"{self.agent_type} failed on {item}")
        if error is None or self._failures is None:
            return error
        failed = self._failed[item] = self._failed.get(item, 0) + 1
        return error if failed <= self._failures else None


@final
class MemoryResultStore:
    """A result store that lives as long as it is held; every call of it is a checkpoint.

    Args:
      latency: Seconds that each call takes.

    Attributes:
      results: What it keeps.
      lookups, hits: How often it was asked, and how often it knew.
    """

    def __init__(self, *, latency: float = 0.0) -> None:
        self.results: dict[ResultKey, Any] = {}
        self.lookups = self.hits = 0
        self._latency = latency

    async def lookup(self, key: ResultKey, /) -> Any:
        """Return what is kept for `key`, else None."""
        await trio.sleep(self._latency)
        self.lookups += 1
        self.hits += key in self.results
        return self.results.get(key)

    async def record(self, key: ResultKey, value: Any, /) -> None:
        """Keep `value`."""
        await trio.sleep(self._latency)
        self.results[key] = value


@final
class RecordingObserver:
    """Keeps every event, in order.

    Attributes:
      events: The events.
    """

    def __init__(self) -> None:
        self.events: list[Event] = []

    def on_event(self, event: Event, /) -> None:
        """Keep `event`."""
        self.events.append(event)

    def of(self, kind: type[EventT], **attributes: Any) -> list[EventT]:
        """Return the events of one kind whose attributes have the given values, in order."""
        return [
            event
            for event in self.events
            if isinstance(event, kind) and all(getattr(event, name) == value for name, value in attributes.items())
        ]


def assert_nothing_held(*things: PipelineCoordinator | AgentPool | CircuitBreaker) -> None:
    """Check that nothing is under way any more, and that everything that was is accounted for.

    Of a coordinator: no task is in flight, and the same of its pool, its stages and its breakers. Of a pool: no call
    waits or runs, every slot is back, and submitted = completed + failed + cancelled + rejected. Of a breaker: no call
    is in flight, and no probe's slot is taken.

    Raises:
      AssertionError: if not; it lists all that is wrong.
    """
    wrong: list[str] = []
    for thing in things:
        if isinstance(thing, PipelineCoordinator):
            seen = thing.statistics()
            if seen.in_flight:
                wrong.append(f"{seen.in_flight} tasks are in flight")
            wrong += _wrong_in_pool(thing.pool, seen.stages)
            for breaker in thing.breakers.values():
                wrong += _wrong_in_breaker(breaker)
        elif isinstance(thing, AgentPool):
            wrong += _wrong_in_pool(thing, thing.configured)
        else:
            wrong += _wrong_in_breaker(thing)
    if wrong:
        raise AssertionError("; ".join(wrong))


def _wrong_in_pool(pool: AgentPool, stages: Iterable[str]) -> list[str]:
    wrong: list[str] = []
    books = {"the pool": pool.statistics(), **{f"stage {stage!r}": pool.statistics(stage) for stage in stages}}
    for name, seen in books.items():
        ended = seen.completed + seen.failed + seen.cancelled + seen.rejected
        if seen.waiting or seen.running:
            wrong.append(f"{name}: {seen.waiting} calls wait and {seen.running} run")
        if seen.submitted != ended + seen.waiting + seen.running:
            wrong.append(f"{name}: {seen.submitted} calls were handed in, {ended} have ended")
    for stage in stages:
        taken = pool.limiter(stage).borrowed_tokens
        if taken:
            wrong.append(f"stage {stage!r}: {taken} slots are taken")
    return wrong


def _wrong_in_breaker(breaker: CircuitBreaker) -> list[str]:
    wrong: list[str] = []
    in_flight = breaker.statistics().in_flight
    if in_flight:
        wrong.append(f"circuit {breaker.name!r}: {in_flight} calls are in flight")
    if breaker.state is CircuitState.HALF_OPEN and breaker.retry_after is None:
        wrong.append(f"circuit {breaker.name!r}: a probe's slot is taken")
    return wrong
