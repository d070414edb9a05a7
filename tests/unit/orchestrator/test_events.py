"""Events are frozen values, and an observer is whoever has `on_event`."""

from __future__ import annotations

import pickle
from typing import Any

import attrs
import pytest

from copy_that_orch import CallOutcome, CircuitState, Event, Observer, TaskStatus
from copy_that_orch.orchestrator import events
from copy_that_orch.testing import RecordingObserver

VALUES: dict[str, Any] = {
    "time": 1.5,
    "task_id": "shop",
    "items": 3,
    "status": TaskStatus.PARTIAL,
    "seconds": 0.5,
    "error": "ValueError: bad answer",
    "stage": "extract",
    "agent": "read",
    "item": 2,
    "label": "a.png",
    "attempt": 1,
    "outcome": CallOutcome.FAILED,
    "delay": 0.25,
    "name": "read",
    "operation": "lookup",
    "old": 1,
    "new": 2,
}

KINDS = [kind for kind in vars(events).values() if isinstance(kind, type) and issubclass(kind, Event)]


def made(kind: type[Event]) -> Event:
    """Return an event of that kind."""
    states = {"old": CircuitState.CLOSED, "new": CircuitState.OPEN} if kind is events.BreakerChanged else {}
    return kind(**{field.name: {**VALUES, **states}[field.name] for field in attrs.fields(kind)})


@pytest.mark.parametrize("kind", KINDS)
def test_events_are_values_with_a_time(kind: type[Event]) -> None:
    """They compare, hash, travel, and cannot be changed."""
    event = made(kind)
    assert event.time == 1.5
    assert made(kind) == event
    assert hash(made(kind)) == hash(event)
    assert pickle.loads(pickle.dumps(event)) == event
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        event.time = 0.0  # type: ignore[misc]


@pytest.mark.parametrize("kind", KINDS)
def test_events_hold_texts_and_numbers_only(kind: type[Event]) -> None:
    """So that whoever keeps them keeps no payload and no exception alive."""
    assert all(isinstance(value, (str, int, float, CircuitState)) for value in attrs.astuple(made(kind)))


def test_an_observer_is_whoever_takes_events() -> None:
    """The protocol can be checked at run time."""
    assert isinstance(RecordingObserver(), Observer)
    assert not isinstance(object(), Observer)
