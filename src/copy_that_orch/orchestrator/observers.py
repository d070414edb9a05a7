"""Observers that ship with the engine: events as JSON lines, and the timeline of a run."""

from __future__ import annotations

import collections
import json
import re
from typing import Any, Protocol, final

import attrs

from copy_that_orch.orchestrator.breaker.state import CircuitState
from copy_that_orch.orchestrator.errors import ConfigurationError
from copy_that_orch.orchestrator.events import BreakerChanged, CallCached, CallEnded, CallQueued, CallStarted, Event
from copy_that_orch.orchestrator.reports import CallOutcome


class TextSink(Protocol):
    """Something that text is written to, such as an open file."""

    def write(self, text: str, /) -> object:
        """Take `text`."""


@final
class JsonLinesObserver:
    """Writes every event as one line of JSON: `{"event": "call_ended", "time": 12.5, "task_id": ..., ...}`.

    Args:
      sink: Where the lines go, e.g. an open file. It is written to from the event loop, so let it buffer, and close
        it after the run.
    """

    __slots__ = ("_sink",)

    def __init__(self, sink: TextSink) -> None:
        self._sink = sink

    def on_event(self, event: Event) -> None:
        """Write `event`."""
        fields = attrs.asdict(event, recurse=False)
        self._sink.write(json.dumps({"event": event_name(event), **fields}) + "\n")


def event_name(event: Event) -> str:
    """Return the name of an event's kind as it stands in JSON lines, e.g. "call_ended"."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", type(event).__name__).lower()


@attrs.frozen(kw_only=True)
class CallSpan:
    """One attempt on the timeline; times are Trio seconds.

    Attributes:
      started: When it got its slot; None if it never did.
      ended, outcome: When and how it ended; None while it waits or runs.
      error: Why it failed or was rejected.
    """

    task_id: str
    stage: str
    agent: str
    item: int
    label: str
    attempt: int
    queued: float
    started: float | None = None
    ended: float | None = None
    outcome: CallOutcome | None = None
    error: str | None = None


@attrs.frozen(kw_only=True)
class CircuitSpan:
    """A time that an agent's circuit spent in one state, from one change to the next; `ended` is None for the last."""

    agent: str
    state: CircuitState
    started: float
    ended: float | None = None


@attrs.frozen(kw_only=True)
class Timeline:
    """What a picture of a run needs.

    Attributes:
      calls: Attempts in the order in which they were queued.
      circuits: Times in a state, in the order in which they began; an agent whose circuit never changed has none.
      forgotten: Number of older attempts that are not in `calls`.
    """

    calls: tuple[CallSpan, ...]
    circuits: tuple[CircuitSpan, ...]
    forgotten: int


@final
class TimelineObserver:
    """Collects the attempts of a run and the states of its circuits.

    Args:
      max_spans: How many attempts, and how many circuit states, are kept: the newest ones.

    Raises:
      ConfigurationError: if `max_spans` is below 1.
    """

    __slots__ = ("_circuit_now", "_circuits", "_ended", "_forgotten", "_max_spans", "_under_way")

    def __init__(self, max_spans: int = 100_000) -> None:
        if max_spans < 1:
            raise ConfigurationError(f"max_spans must be at least 1, not {max_spans!r}")
        self._max_spans = max_spans
        self._under_way: dict[tuple[Any, ...], CallSpan] = {}
        self._ended: collections.deque[CallSpan] = collections.deque(maxlen=max_spans)
        self._circuits: collections.deque[CircuitSpan] = collections.deque(maxlen=max_spans)
        self._circuit_now: dict[str, CircuitSpan] = {}
        self._forgotten = 0

    def on_event(self, event: Event) -> None:
        """Take note of `event`."""
        match event:
            case CallQueued():
                self._under_way[_key(event)] = _span(event)
            case CallStarted():
                span = self._under_way.get(_key(event))
                if span is not None:
                    self._under_way[_key(event)] = attrs.evolve(span, started=event.time)
            case CallEnded():
                span = self._under_way.pop(_key(event), None)
                if span is not None:  # None: another task of the same id ended the same call
                    self._keep(attrs.evolve(span, ended=event.time, outcome=event.outcome, error=event.error))
            case CallCached():
                self._keep(attrs.evolve(_span(event), ended=event.time, outcome=CallOutcome.CACHED))
            case BreakerChanged():
                self._change_circuit(event)
            case _:
                pass  # tasks and stages begin and end with their calls

    def _keep(self, span: CallSpan) -> None:
        self._forgotten += len(self._ended) == self._max_spans
        self._ended.append(span)

    def timeline(self) -> Timeline:
        """Return what was collected so far."""
        calls = sorted([*self._ended, *self._under_way.values()], key=lambda span: span.queued)
        circuits = sorted([*self._circuits, *self._circuit_now.values()], key=lambda span: span.started)
        return Timeline(calls=tuple(calls), circuits=tuple(circuits), forgotten=self._forgotten)

    def _change_circuit(self, event: BreakerChanged) -> None:
        before = self._circuit_now.get(event.agent)
        if before is not None:
            self._circuits.append(attrs.evolve(before, ended=event.time))
        self._circuit_now[event.agent] = CircuitSpan(agent=event.agent, state=event.new, started=event.time)


def _key(event: CallQueued | CallStarted | CallEnded) -> tuple[Any, ...]:
    return event.task_id, event.stage, event.agent, event.item, event.attempt


def _span(event: CallQueued | CallCached) -> CallSpan:
    """Return a call as it is when it is first heard of."""
    return CallSpan(
        task_id=event.task_id,
        stage=event.stage,
        agent=event.agent,
        item=event.item,
        label=event.label,
        attempt=event.attempt,
        queued=event.time,
    )
