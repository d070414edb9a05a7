"""What failed in one task, and in which order it is told."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, TypeAlias, final

from copy_that_orch.orchestrator.errors import CallFailure, PipelineErrorGroup
from copy_that_orch.orchestrator.runs.item_source import UNREAD

if TYPE_CHECKING:
    from copy_that_orch.orchestrator.runs.calls import Call

Place: TypeAlias = "tuple[int, int, int]"
"""Item, stage and agent: the order of failures, but for the one that ended the task."""


@final
class TaskFailures:
    """The failures of one task; false while there are none.

    Args:
      task_id: The task.

    Attributes:
      culprit: The one that ended the task, if one has.
    """

    __slots__ = ("_placed", "_task_id", "culprit")

    def __init__(self, task_id: str) -> None:
        self._task_id = task_id
        self.culprit: CallFailure | None = None
        self._placed: list[tuple[Place, CallFailure]] = []

    def __bool__(self) -> bool:
        return bool(self._placed)

    def add(self, call: Call, error: Exception, seconds: float) -> CallFailure:
        """Keep and return the failure of a call, which ran for so long the last time."""
        batch, item = call.batch, call.work
        failure = CallFailure(
            task_id=self._task_id,
            stage=batch.settings.name,
            agent=call.circuit.agent_type,
            item=item.index,
            label=call.label,
            attempts=call.attempts_run,
            seconds=seconds,
            exception=error,
        )
        return self._keep(failure, (item.index, batch.position, call.agent_index))

    def add_unread(self, stage: str, position: int, index: int, error: Exception) -> CallFailure:
        """Keep and return the failure of an item that could not be read, on its way into a stage."""
        failure = CallFailure(
            task_id=self._task_id,
            stage=stage,
            agent="",
            item=index,
            label=UNREAD,
            attempts=0,
            seconds=0.0,
            exception=error,
        )
        return self._keep(failure, (index, position, -1))

    def _keep(self, failure: CallFailure, place: Place) -> CallFailure:
        with contextlib.suppress(Exception):  # a frozen data class takes none
            failure.exception.add_note(failure.note)  # it tells a reader where it was
        self._placed.append((place, failure))
        return failure

    def blame(self, failure: CallFailure) -> None:
        """Note that `failure`, if it is the first that does so, ends the task."""
        if self.culprit is None:
            self.culprit = failure

    def first_of(self, position: int) -> CallFailure:
        """Return the first failure of the stage at `position`, which has one."""
        return min((entry for entry in self._placed if entry[0][1] == position), key=_by_place)[1]

    def group(self) -> PipelineErrorGroup | None:
        """Return all failures as the group that the task ends in, the culprit in front; None if there are none."""
        if not self._placed:
            return None
        ordered = [failure for _place, failure in sorted(self._placed, key=_by_place)]
        if self.culprit is not None:
            ordered = [self.culprit, *(failure for failure in ordered if failure is not self.culprit)]
        return PipelineErrorGroup.of_task(self._task_id, ordered)


def _by_place(entry: tuple[Place, CallFailure]) -> Place:
    return entry[0]
