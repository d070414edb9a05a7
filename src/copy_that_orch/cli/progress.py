"""How far work is: counted from what the engine tells, apart from how it is shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import final

import attrs

from copy_that_orch.orchestrator.breaker.state import CircuitState
from copy_that_orch.orchestrator.events import (
    BreakerChanged,
    CallCached,
    CallEnded,
    CallQueued,
    CallRetried,
    CallStarted,
    Event,
    StageEnded,
    TaskEnded,
    TaskStarted,
)
from copy_that_orch.orchestrator.reports import CallOutcome


@attrs.define(eq=False, kw_only=True)
class StageRow:
    """How far one stage is, over all products.

    Attributes:
      name: The stage.
      planned: Calls it will have if nothing fails before it.
      waiting: Calls that wait for a slot, for their circuit or for another attempt.
      running, completed, failed, cancelled: Calls in that state; a failed attempt that is repeated is not counted.
      cached: Those of the completed ones that the result store answered.
      open_batches: Products that are not through this stage.
    """

    name: str
    planned: int
    open_batches: int
    waiting: int = 0
    running: int = 0
    completed: int = 0
    failed: int = 0
    cancelled: int = 0
    cached: int = 0

    @property
    def ended(self) -> int:
        """Calls that are over, however they ended."""
        return self.completed + self.failed + self.cancelled

    @property
    def state(self) -> str:
        """The stage in one word: waiting, running, completed, failed or cancelled."""
        if self.open_batches and not (self.ended or self.running or self.waiting):
            return "waiting"
        if self.open_batches:
            return "running"
        if self.failed:
            return "failed"
        return "cancelled" if self.cancelled or (self.planned and not self.completed) else "completed"


@attrs.frozen(kw_only=True)
class Circuit:
    """Where an agent's circuit stands: its state, the Trio time when that began, and how often it has opened."""

    state: str
    since: float
    times_opened: int


@final
class Progress:
    """An observer that counts: how far each stage is, and which circuits are not as they began.

    What it keeps grows with what runs at once, never with the number of screenshots.
    """

    def __init__(self, planned: Mapping[str, int], products: int) -> None:
        """Count towards `planned` calls per stage, for this many products."""
        self.rows = {name: StageRow(name=name, planned=calls, open_batches=products) for name, calls in planned.items()}
        self.circuits: dict[str, Circuit] = {}  #: By agent; only those that have changed.
        self._running: set[tuple[str, str, str, int]] = set()
        self._backing_off: dict[str, dict[str, int]] = {}  # by product and stage that it is not through

    def on_event(self, event: Event) -> None:
        """Count `event`."""
        if isinstance(event, BreakerChanged):
            before = self.circuits[event.agent].times_opened if event.agent in self.circuits else 0
            opened = before + (event.new is CircuitState.OPEN)
            self.circuits[event.agent] = Circuit(state=event.new, since=event.time, times_opened=opened)
        elif isinstance(event, TaskStarted):
            self._backing_off[event.task_id] = dict.fromkeys(self.rows, 0)
        elif isinstance(event, StageEnded):
            self._leave(event.task_id, event.stage)
        elif isinstance(event, TaskEnded):
            for stage in tuple(self._backing_off[event.task_id]):  # a failed task never ends its last stages
                self._leave(event.task_id, stage)
            del self._backing_off[event.task_id]
        elif isinstance(event, CallCached):
            self.rows[event.stage].completed += 1
            self.rows[event.stage].cached += 1
        elif isinstance(event, (CallQueued, CallStarted, CallEnded, CallRetried)):
            self._count(event, self.rows[event.stage])

    def _leave(self, task_id: str, stage: str) -> None:
        row = self.rows[stage]
        row.open_batches -= 1
        dropped = self._backing_off[task_id].pop(stage)  # calls that were cancelled before their next attempt
        row.waiting -= dropped
        row.cancelled += dropped

    def _count(self, event: CallQueued | CallStarted | CallEnded | CallRetried, row: StageRow) -> None:
        call = (event.task_id, event.stage, event.agent, event.item)
        if isinstance(event, CallQueued):
            if event.attempt == 1:
                row.waiting += 1
            else:  # it has waited since the attempt before it failed
                self._backing_off[event.task_id][event.stage] -= 1
        elif isinstance(event, CallStarted):
            self._running.add(call)
            row.waiting -= 1
            row.running += 1
        elif isinstance(event, CallRetried):
            row.failed -= 1
            row.waiting += 1
            self._backing_off[event.task_id][event.stage] += 1
        else:
            if call in self._running:
                self._running.discard(call)
                row.running -= 1
            else:
                row.waiting -= 1
            row.completed += event.outcome is CallOutcome.COMPLETED
            row.failed += event.outcome in (CallOutcome.FAILED, CallOutcome.REJECTED)
            row.cancelled += event.outcome is CallOutcome.CANCELLED
