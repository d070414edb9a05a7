"""The timelines of products that are under way: each is handed out, and forgotten, when its product is done."""

from __future__ import annotations

from typing import final

import attrs

from copy_that_orch.orchestrator.breaker.state import CircuitState
from copy_that_orch.orchestrator.events import (
    BreakerChanged,
    CallCached,
    CallEnded,
    CallQueued,
    CallStarted,
    Event,
    TaskStarted,
)
from copy_that_orch.orchestrator.observers import Timeline, TimelineObserver


@final
@attrs.define(eq=False, kw_only=True)
class Timelines:
    """An observer that keeps a timeline for each product that is under way, and for no other.

    Attributes:
      max_spans: Attempts that are kept of one product: the newest ones.
    """

    max_spans: int = 10_000
    _products: dict[str, TimelineObserver] = attrs.field(init=False, factory=dict)
    _circuits: dict[str, BreakerChanged] = attrs.field(init=False, factory=dict)  # those that are not closed

    def on_event(self, event: Event) -> None:
        """Take note of `event`."""
        if isinstance(event, TaskStarted):
            observer = TimelineObserver(self.max_spans)
            for change in self._circuits.values():  # a product may begin while a circuit is open
                observer.on_event(change)
            self._products[event.task_id] = observer
        elif isinstance(event, BreakerChanged):
            self._circuits[event.agent] = event
            if event.new is CircuitState.CLOSED:
                del self._circuits[event.agent]
            for observer in self._products.values():
                observer.on_event(event)
        elif isinstance(event, (CallCached, CallQueued, CallStarted, CallEnded)):
            self._products[event.task_id].on_event(event)

    def take(self, task_id: str) -> Timeline:
        """Return the timeline of a product that is done, and forget it; an empty one if nothing is known of it."""
        return self._products.pop(task_id, TimelineObserver(1)).timeline()
