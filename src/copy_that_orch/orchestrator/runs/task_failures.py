"""What failed in one task, and in which order it is told."""

from __future__ import annotations

import contextlib
from typing import TypeAlias, final

from copy_that_orch.orchestrator.errors import CallFailure, PipelineErrorGroup

Place: TypeAlias = "tuple[int, int, int]"
"""Item, stage and agent: the order of failures, but for the one that ended the task."""


@final
class TaskFailures:
    """The failures of one task; false while there are none.

    Attributes:
      culprit: The one that ended the task, if one has.
    """

    __slots__ = ("_placed", "culprit")

    def __init__(self) -> None:
        self.culprit: CallFailure | None = None
        self._placed: list[tuple[Place, CallFailure]] = []

    def __bool__(self) -> bool:
        return bool(self._placed)

    def note(self, failure: CallFailure, place: Place) -> None:
        """Keep a failure, and have its exception tell a reader where it was."""
        with contextlib.suppress(Exception):  # a frozen data class takes none
            failure.exception.add_note(failure.note)
        self._placed.append((place, failure))

    def blame(self, failure: CallFailure) -> None:
        """Note that `failure`, if it is the first that does so, ends the task."""
        if self.culprit is None:
            self.culprit = failure

    def first_of(self, position: int) -> CallFailure:
        """Return the first failure of the stage at `position`, which has one."""
        return min((entry for entry in self._placed if entry[0][1] == position), key=_by_place)[1]

    def group(self, task_id: str) -> PipelineErrorGroup | None:
        """Return all failures as the group that the task ends in, the culprit in front; None if there are none."""
        if not self._placed:
            return None
        ordered = [failure for _place, failure in sorted(self._placed, key=_by_place)]
        if self.culprit is not None:
            ordered = [self.culprit, *(failure for failure in ordered if failure is not self.culprit)]
        return PipelineErrorGroup.of_task(task_id, ordered)


def _by_place(entry: tuple[Place, CallFailure]) -> Place:
    return entry[0]
