"""Where the tasks of a run come from: an iterable or an async iterable, read only as fast as there is room."""

from __future__ import annotations

import collections
from collections.abc import AsyncGenerator, AsyncIterable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, final

import trio

from copy_that_orch.orchestrator.errors import ConfigurationError
from copy_that_orch.orchestrator.interfaces import PipelineTask

if TYPE_CHECKING:
    from copy_that_orch.orchestrator.reports import PipelineResult
    from copy_that_orch.orchestrator.run import PipelineRun


@final
class TaskSource:
    """The tasks of a run.

    Args:
      tasks: The tasks. Of a sequence the highest priority comes first; anything else is read in its own order.
      streams: Whether results are taken one by one while the run goes on; those not yet taken then count as in
        flight, so that a slow consumer slows the source.
    """

    __slots__ = ("_async", "_pulled", "_read_all", "_streams", "_sync", "_wanted")

    def __init__(self, tasks: Iterable[PipelineTask[Any]] | AsyncIterable[PipelineTask[Any]], *, streams: bool) -> None:
        self._streams = streams
        self._sync: Iterator[PipelineTask[Any]] | None = None
        self._async: AsyncIterable[PipelineTask[Any]] | None = None
        if isinstance(tasks, AsyncIterable):
            self._async = tasks
        elif isinstance(tasks, Iterable):
            self._sync = iter(tasks)
        else:
            raise ConfigurationError(f"tasks must be an iterable or an async iterable, not {type(tasks).__name__}")
        self._pulled: collections.deque[PipelineTask[Any]] = collections.deque()
        self._wanted = trio.lowlevel.ParkingLot()
        self._read_all = False

    @property
    def exhausted(self) -> bool:
        """Whether no more task will come."""
        return self._read_all and not self._pulled

    def undelivered(self, ready: Mapping[int, PipelineResult]) -> int:
        """Return how many of the `ready` results count as in flight."""
        return len(ready) if self._streams else 0

    def open(self, nursery: trio.Nursery, run: PipelineRun) -> None:
        """Begin to read, in `nursery` if reading waits."""
        if self._async is not None:
            nursery.start_soon(self._pull, self._async, run, name="tasks")

    def take(self) -> PipelineTask[Any] | None:
        """Return the next task if there is one now.

        Raises:
          ConfigurationError: if the iterable yields something else than tasks.
          Exception: what the iterable raises.
        """
        if self._sync is not None:
            task = next(self._sync, None)
            if task is None:
                self._read_all = True
                self._sync = None
        else:
            task = self._pulled.popleft() if self._pulled else None
            self._wanted.unpark_all()
        if task is not None and not isinstance(task, PipelineTask):
            raise ConfigurationError(f"the tasks must be PipelineTasks, not {type(task).__name__}")
        return task

    async def _pull(self, tasks: AsyncIterable[PipelineTask[Any]], run: PipelineRun) -> None:
        iterator = aiter(tasks)
        try:
            try:
                async for task in iterator:
                    self._pulled.append(task)
                    run.wake()
                    while not run.has_room(len(self._pulled)):
                        await self._wanted.park()
            finally:
                if isinstance(iterator, AsyncGenerator):
                    await iterator.aclose()  # in the middle of it, if the run was ended there
        except Exception as error:  # the caller's own iterable raised: it goes to the caller
            run.halt(error)
        else:
            self._read_all = True
            run.wake()
