"""The timelines of products that are under way."""

from __future__ import annotations

from typing import Any

from copy_that_orch import (
    BreakerChanged,
    CallCached,
    CallEnded,
    CallOutcome,
    CallQueued,
    CallStarted,
    CircuitState,
    StageStarted,
    TaskStarted,
)
from copy_that_orch.cli.timelines import Timelines
from copy_that_orch.orchestrator.events import Event

CALL = {"stage": "extract", "agent": "a", "item": 0, "label": "x", "attempt": 1}


def call(task_id: str, time: float) -> list[Event]:
    """A call from its arrival to its end."""
    told: dict[str, Any] = {"task_id": task_id, **CALL}
    return [
        CallQueued(time=time, **told),
        CallStarted(time=time + 1, **told),
        CallEnded(time=time + 2, outcome=CallOutcome.COMPLETED, seconds=1, error=None, **told),
    ]


def change(time: float, old: CircuitState, new: CircuitState) -> BreakerChanged:
    """A circuit changes."""
    return BreakerChanged(time=time, agent="a", name="a", old=old, new=new)


def seen_by(*events: Event) -> Timelines:
    """What has seen these events."""
    timelines = Timelines()
    for event in events:
        timelines.on_event(event)
    return timelines


def test_each_product_has_its_own_calls() -> None:
    """And is forgotten once its timeline is taken."""
    starts = [TaskStarted(time=0, task_id=name, items=1) for name in ("one", "two")]
    stage = StageStarted(time=0, task_id="one", stage="extract")
    timelines = seen_by(*starts, stage, *call("one", 0), *call("two", 5))
    taken = timelines.take("one")
    assert [(span.task_id, span.queued, span.ended) for span in taken.calls] == [("one", 0, 2)]
    assert timelines.take("one").calls == ()
    assert [span.queued for span in timelines.take("two").calls] == [5]


def test_calls_that_were_known_before_are_among_them() -> None:
    """A run that made nothing has them only."""
    start = TaskStarted(time=0, task_id="one", items=1)
    taken = seen_by(start, CallCached(time=1, task_id="one", **CALL)).take("one")  # type: ignore[arg-type]
    assert [span.outcome for span in taken.calls] == [CallOutcome.CACHED]


def test_a_product_knows_of_circuits_that_opened_before_it_began() -> None:
    """And not of those that were closed again."""
    opened = change(1, CircuitState.CLOSED, CircuitState.OPEN)
    closed = change(3, CircuitState.OPEN, CircuitState.CLOSED)
    start = TaskStarted(time=2, task_id="one", items=1)
    during = seen_by(opened, start, closed).take("one")
    assert [(span.state, span.started, span.ended) for span in during.circuits] == [
        (CircuitState.OPEN, 1, 3),
        (CircuitState.CLOSED, 3, None),
    ]
    assert seen_by(opened, closed, start).take("one").circuits == ()


def test_of_a_product_nobody_has_heard_of_nothing_is_known() -> None:
    """It was cancelled before it began."""
    assert Timelines().take("never").calls == ()
