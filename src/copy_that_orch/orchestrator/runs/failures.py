"""What failed in one task, and the group that comes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, final

from copy_that_orch.orchestrator.errors import CallFailure, PipelineErrorGroup

if TYPE_CHECKING:
    from copy_that_orch.orchestrator.runs.calls import Call
    from copy_that_orch.orchestrator.runs.stage_batch import StageBatch

NO_AGENT = -1
"""Stands for the place of an agent where none was called: such failures come before those of agents."""


@final
class Failures:
    """The failures of one task.

    Attributes:
      culprit: The one that the task fails with.
    """

    __slots__ = ("_entries", "_task_id", "culprit")

    def __init__(self, task_id: str) -> None:
        self._task_id = task_id
        self._entries: list[tuple[tuple[int, int, int], CallFailure]] = []
        self.culprit: CallFailure | None = None

    def of_call(self, call: Call, error: Exception, seconds: float) -> CallFailure:
        """Note that the agent of `call` failed after so many seconds."""
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
        return self._note(failure, (item.index, batch.position, call.agent_index))

    def of_reading(self, index: int, error: Exception, batch: StageBatch | None) -> CallFailure:
        """Note that an item, or how many there are, could not be read.

        Args:
          index: The item.
          error: What the sequence raised.
          batch: The stage that it was read for; None: no stage has begun.
        """
        failure = CallFailure(
            task_id=self._task_id,
            stage="" if batch is None else batch.settings.name,
            agent="",
            item=index,
            label="unread",
            attempts=0,
            seconds=0.0,
            exception=error,
        )
        return self._note(failure, (index, 0 if batch is None else batch.position, NO_AGENT))

    def first_of(self, batch: StageBatch) -> CallFailure:
        """Return the first failure of a stage, by item and agent."""
        return min((entry for entry in self._entries if entry[0][1] == batch.position), key=_place)[1]

    def group(self) -> PipelineErrorGroup:
        """Return the group of all, the culprit first, and forget them."""
        ordered = [failure for _, failure in sorted(self._entries, key=_place)]
        if self.culprit is not None:
            ordered = [self.culprit, *(failure for failure in ordered if failure is not self.culprit)]
        self._entries = []
        return PipelineErrorGroup.of_task(self._task_id, ordered)

    def _note(self, failure: CallFailure, place: tuple[int, int, int]) -> CallFailure:
        failure.exception.add_note(failure.note)
        self._entries.append((place, failure))
        return failure


def _place(entry: tuple[tuple[int, int, int], CallFailure]) -> tuple[int, int, int]:
    return entry[0]
