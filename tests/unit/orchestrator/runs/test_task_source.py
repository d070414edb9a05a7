"""Tasks are read as they are asked for, whatever they come from."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import trio
from trio.testing import MockClock

from copy_that_orch import PipelineTask
from copy_that_orch.orchestrator.runs.passes import Passes
from copy_that_orch.orchestrator.runs.task_source import TaskSource


def task(number: int) -> PipelineTask[Any]:
    """Return a task."""
    return PipelineTask(task_id=str(number), items=())


async def test_plain_iterable_is_read_one_by_one(autojump_clock: MockClock) -> None:
    """Each `take` reads one task; after the last one the source is exhausted, and is not asked again."""
    read: list[int] = []

    def tasks() -> Any:
        for number in range(2):
            read.append(number)
            yield task(number)

    source = TaskSource(tasks())
    assert source.take(5) == task(0)
    assert read == [0]
    assert source.take(5) == task(1)
    assert [source.exhausted, source.take(5), source.exhausted, source.take(5)] == [False, None, True, None]
    assert not source.has_fresh
    assert source.take_error() is None


async def test_no_more_is_read_than_was_asked_for(autojump_clock: MockClock) -> None:
    """Whenever an async iterable is asked, while its reader is at work too, it reads as many tasks as there is room."""
    for _ in range(20):
        read = 0

        async def tasks() -> AsyncIterator[PipelineTask[Any]]:
            nonlocal read
            while True:
                read += 1
                yield task(read)

        passes = Passes.here()
        with passes.counted():
            source = TaskSource(tasks())
            taken = 0
            async with trio.open_nursery() as nursery:
                source.open(nursery, passes, lambda: None)
                for _ in range(12):
                    while taken < 6 and source.take(6 - taken) is not None:
                        taken += 1
                    assert read <= 6
                    await trio.lowlevel.checkpoint()
                nursery.cancel_scope.cancel()
        assert taken == 6
