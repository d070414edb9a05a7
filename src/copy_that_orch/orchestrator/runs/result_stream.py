"""The results of a stream, as they come, and the group of a batch that was ended by a failure."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from typing import TYPE_CHECKING, Self, TypeAlias, final

import trio

from copy_that_orch.orchestrator.errors import PipelineErrorGroup
from copy_that_orch.orchestrator.reports import PipelineResult, TaskStatus
from copy_that_orch.orchestrator.runs.passes import Mailbox, Passes

if TYPE_CHECKING:
    from copy_that_orch.orchestrator.runs.run import PipelineRun


class _Mark(enum.Enum):
    END = enum.auto()


Letter: TypeAlias = "tuple[int, PipelineResult] | _Mark"


@final
class ResultStream:
    """The results of a stream, in the order in which their tasks end."""

    __slots__ = ("_error", "_kept", "_letters", "_over", "_run", "_waiting")

    def __init__(self) -> None:
        self._run: PipelineRun
        self._letters: Mailbox[Letter] = Mailbox(Passes.here())
        self._waiting = trio.lowlevel.ParkingLot()
        self._kept: dict[int, PipelineResult] = {}
        self._error: BaseException | None = None
        self._over = False

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> PipelineResult:
        waited = False
        while not self._over:
            letter = self._letters.take() if waited else None
            if letter is not None:
                result = self._open(letter)
                if result is not None:
                    return result
            elif self._letters:
                await trio.lowlevel.checkpoint()
            else:
                await self._waiting.park()
            waited = True
        error = self.take_error()
        if error is None:
            raise StopAsyncIteration
        try:
            raise error
        finally:
            del error  # its traceback holds this frame: that would be a cycle

    # For the coordinator.

    def attach(self, run: PipelineRun) -> None:
        """Be the stream of `run`."""
        self._run = run

    def put(self, number: int, result: PipelineResult) -> None:
        """Add the result of a task."""
        self._letters.put((number, result))
        if self._waiting:
            self._waiting.unpark_all()

    async def drive(self) -> None:
        """Run the tasks; what goes wrong is raised to whoever iterates."""
        try:
            await self._run.drive()
        except trio.Cancelled:
            raise
        except BaseException as error:  # raised to whoever iterates, or when the block is left
            self._error = error
        finally:
            self._letters.put(_Mark.END)
            self._waiting.unpark_all()

    def take_error(self) -> BaseException | None:
        """Return what went wrong and was not raised yet; nobody wants results any more."""
        for letter in self._letters.take_all():
            self._open(letter)
        error, self._error = self._error, None
        kept, self._kept = self._kept, {}
        if error is None and self._run.failed and any(result.status is TaskStatus.FAILED for result in kept.values()):
            error = group_of(kept)
        return error

    def _open(self, letter: Letter) -> PipelineResult | None:
        """Return the result in a letter, unless it belongs to the group in which a failed stream ends."""
        if isinstance(letter, _Mark):
            self._over = True
            return None
        number, result = letter
        if self._run.failed:
            self._kept[number] = result
            return None
        self._run.delivered()
        return result


def group_of(results: Mapping[int, PipelineResult]) -> PipelineErrorGroup:
    """Return the group that ends a batch: of the failed tasks, the first to fail in front, with the other results.

    Args:
      results: By place in the input, in the order in which their tasks ended.
    """
    failed = [result.error for result in results.values() if result.status is TaskStatus.FAILED and result.error]
    finished = [result for _place, result in sorted(results.items()) if result.status is not TaskStatus.FAILED]
    return PipelineErrorGroup.of_batch(failed, finished)
