"""Where the tasks of a run come from: an iterable or an async iterable, read only as fast as there is room."""

from __future__ import annotations

import enum
from collections.abc import AsyncGenerator, AsyncIterable, Callable, Iterable, Iterator
from typing import Any, TypeAlias, final

import trio

from copy_that_orch.orchestrator.errors import ConfigurationError
from copy_that_orch.orchestrator.interfaces import PipelineTask
from copy_that_orch.orchestrator.runs.interruptions import is_meant_here, split_cancelled
from copy_that_orch.orchestrator.runs.passes import Mailbox, Passes


class _Mark(enum.Enum):
    END = enum.auto()


Letter: TypeAlias = "PipelineTask[Any] | _Mark"


@final
class TaskSource:
    """The tasks of a run, in the order of the iterable that they come from.

    An async iterable is read in a Trio task of its own, which is told how many are wanted, and sends them as mail.

    Attributes:
      exhausted: Whether no more task will come.
    """

    __slots__ = ("_async", "_error", "_expected", "_mail", "_sync", "_wanted", "_wanted_more", "exhausted")

    def __init__(self, tasks: Iterable[PipelineTask[Any]] | AsyncIterable[PipelineTask[Any]]) -> None:
        self._sync: Iterator[PipelineTask[Any]] = iter(())
        self._async: AsyncIterable[PipelineTask[Any]] | None = None
        if isinstance(tasks, AsyncIterable):
            self._async = tasks
        elif isinstance(tasks, Iterable):
            self._sync = iter(tasks)
        else:
            raise ConfigurationError(f"tasks must be an iterable or an async iterable, not {type(tasks).__name__}")
        self._mail: Mailbox[Letter] | None = None
        self._error: BaseException | None = None
        self._wanted = self._expected = 0
        self._wanted_more = trio.lowlevel.ParkingLot()
        self.exhausted = False

    @property
    def has_fresh(self) -> bool:
        """Whether something has come in this pass; it can be taken from the next one on."""
        return self._mail is not None and self._mail.has_fresh

    def open(self, nursery: trio.Nursery, passes: Passes, wake: Callable[[], None]) -> None:
        """Begin to read, in `nursery` if reading waits; `wake` is called whenever there is something to take."""
        if self._async is not None:
            self._mail = Mailbox(passes)
            nursery.start_soon(self._read, self._async, self._mail, wake, name="tasks")

    def take(self, room: int) -> PipelineTask[Any] | None:
        """Return the next task if there is one now, of the `room` many that could be taken.

        Raises:
          ConfigurationError: if the iterable yields something else than tasks.
          BaseException: what the iterable raises.
        """
        if self.exhausted:
            return None
        letter: Letter | None = _checked(next(self._sync, _Mark.END)) if self._mail is None else self._mail.take()
        if letter is None:
            self._ask_for(room)
        elif letter is _Mark.END:
            self.exhausted = True
            error = self.take_error()
            if error is not None:
                raise error
        else:
            self._expected -= 1
            return letter
        return None

    def take_error(self) -> BaseException | None:
        """Return what an async iterable raised, if nobody has seen it yet."""
        error, self._error = self._error, None
        return error

    def _ask_for(self, room: int) -> None:
        """Have that many tasks read, unless some that were asked for are still to come.

        Not before the last of them was taken: by then their reader waits. Asked while it is at work, it would go on
        at once or later, as Trio happens to run the two.
        """
        if self._expected == 0:
            self._expected = self._wanted = room
            self._wanted_more.unpark_all()

    async def _read(
        self, tasks: AsyncIterable[PipelineTask[Any]], mail: Mailbox[Letter], wake: Callable[[], None]
    ) -> None:
        try:
            iterator = aiter(tasks)
            try:
                if self._wanted == 0:
                    await self._wanted_more.park()
                async for task in iterator:
                    mail.put(_checked(task))
                    del task  # it would live here until the next one comes
                    wake()
                    self._wanted -= 1
                    if self._wanted == 0:
                        await self._wanted_more.park()
            finally:
                if isinstance(iterator, AsyncGenerator):
                    await iterator.aclose()  # in the middle of it, if the run was ended there
        except BaseException as error:  # the caller's own iterable raised: it goes to the caller
            cancelled, self._error = split_cancelled(error)
            if cancelled is not None and is_meant_here():
                raise cancelled from None
            if self._error is None:  # passed on, it would end the run as if that had been wanted, and lose its tasks
                self._error = RuntimeError("the tasks raised a trio.Cancelled that was not meant for them")
                self._error.__cause__ = cancelled
        finally:
            mail.put(_Mark.END)
            wake()


def _checked(task: Letter) -> Letter:
    if not isinstance(task, (PipelineTask, _Mark)):
        raise ConfigurationError(f"the tasks must be PipelineTasks, not {type(task).__name__}")
    return task
