"""What happens, as it happens: frozen events, and the protocol of those who watch.

Every event has `time`, seconds of Trio's clock. Items are told by index and label, errors by text: no event keeps a
payload or an exception alive.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

import attrs

if TYPE_CHECKING:
    from copy_that_orch.orchestrator.breaker.state import CircuitState
    from copy_that_orch.orchestrator.reports import CallOutcome, TaskStatus


@attrs.frozen(kw_only=True)
class Event:
    """Something that happened."""

    time: float


@attrs.frozen(kw_only=True)
class TaskStarted(Event):
    """A task was taken up; `items` is the number of its items."""

    task_id: str
    items: int


@attrs.frozen(kw_only=True)
class TaskEnded(Event):
    """A task has ended, with everything it started; `error` tells what failed."""

    task_id: str
    status: TaskStatus
    seconds: float
    error: str | None


@attrs.frozen(kw_only=True)
class StageStarted(Event):
    """A stage batch has its first call."""

    task_id: str
    stage: str


@attrs.frozen(kw_only=True)
class StageEnded(Event):
    """The last call of a stage batch has ended."""

    task_id: str
    stage: str


@attrs.frozen(kw_only=True)
class _CallEvent(Event):
    task_id: str
    stage: str
    agent: str
    item: int
    label: str
    attempt: int


@attrs.frozen(kw_only=True)
class CallQueued(_CallEvent):
    """An attempt waits for a slot."""


@attrs.frozen(kw_only=True)
class CallStarted(_CallEvent):
    """An attempt holds a slot and runs."""


@attrs.frozen(kw_only=True)
class CallEnded(_CallEvent):
    """An attempt has ended; `seconds` it ran, `error` tells why it failed or was rejected."""

    outcome: CallOutcome
    seconds: float
    error: str | None


@attrs.frozen(kw_only=True)
class CallCached(_CallEvent):
    """A call was answered from the result store: its agent was not called, and it took no slot."""


@attrs.frozen(kw_only=True)
class CallRetried(_CallEvent):
    """A failed attempt will be repeated after `delay` seconds; `attempt` is the one that failed."""

    delay: float


@attrs.frozen(kw_only=True)
class BreakerChanged(Event):
    """The circuit of an agent changed its state."""

    agent: str
    name: str
    old: CircuitState
    new: CircuitState


@attrs.frozen(kw_only=True)
class PoolResized(Event):
    """A stage's limit changed."""

    stage: str
    old: int
    new: int


@attrs.frozen(kw_only=True)
class StoreFailed(Event):
    """The result store raised; for the rest of the run it is not asked again for this `operation`.

    Attributes:
      operation: "lookup": all calls are made. "record": their results are not kept. Both go on as without a store.
      error: What it raised, as text.
    """

    operation: str
    error: str


@runtime_checkable
class Observer(Protocol):
    """Gets every event, synchronously and in order.

    One that raises is logged once and gets no more events; the run goes on.
    """

    def on_event(self, event: Event, /) -> None:
        """Take note of `event`; must not wait."""
