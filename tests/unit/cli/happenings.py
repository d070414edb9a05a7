"""Events of one product, `shop`, in one stage, `extract`, for tests of what is counted and shown."""

from __future__ import annotations

from copy_that_orch import (
    BreakerChanged,
    CallEnded,
    CallOutcome,
    CallQueued,
    CallRetried,
    CallStarted,
    CircuitState,
    Event,
    Observer,
    StageEnded,
    TaskEnded,
    TaskStarted,
    TaskStatus,
)


def queued(item: int = 0, attempt: int = 1) -> Event:
    """A call waits."""
    return CallQueued(time=1, task_id="shop", stage="extract", agent="a", item=item, label="x", attempt=attempt)


def started(item: int = 0, attempt: int = 1) -> Event:
    """It runs."""
    return CallStarted(time=1, task_id="shop", stage="extract", agent="a", item=item, label="x", attempt=attempt)


def ended(outcome: CallOutcome, item: int = 0, attempt: int = 1) -> Event:
    """It has ended so."""
    return CallEnded(
        time=2, task_id="shop", stage="extract", agent="a", item=item, label="x", attempt=attempt, outcome=outcome,
        seconds=1, error=None,
    )  # fmt: skip


def retried(item: int = 0) -> Event:
    """It will be repeated."""
    return CallRetried(time=2, task_id="shop", stage="extract", agent="a", item=item, label="x", attempt=1, delay=1)


def task_started(task_id: str = "shop") -> Event:
    """A product is taken up."""
    return TaskStarted(time=1, task_id=task_id, items=3)


def task_ended(task_id: str = "shop", status: TaskStatus = TaskStatus.COMPLETED) -> Event:
    """It has ended."""
    return TaskEnded(time=3.25, task_id=task_id, status=status, seconds=2.25, error=None)


def stage_ended(stage: str = "extract", task_id: str = "shop") -> Event:
    """It is through a stage."""
    return StageEnded(time=3, task_id=task_id, stage=stage)


def opened(new: CircuitState = CircuitState.OPEN) -> Event:
    """A circuit has changed."""
    return BreakerChanged(time=2, agent="a", name="a", old=CircuitState.CLOSED, new=new)


def feed(observer: Observer, *events: Event) -> None:
    """Send events."""
    for event in events:
        observer.on_event(event)
