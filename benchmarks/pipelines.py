"""Contenders of the pipeline benchmark: 5 stages, 3 extractors, 7 calls that do nothing per image.

At most 100 images are in flight, 20 calls of a stage run at once, 60 of the extractors. Every contender counts its
calls and its results, and fails if one is missing.
"""

from __future__ import annotations

import asyncio
import functools
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from typing import Any

import aiometer
import aiostream
import pypeln
import trio

from copy_that_orch import AgentPool, BasePipelineAgent, Event, Observer, PipelineCoordinator, PipelineTask

IN_FLIGHT = 100
PER_STAGE = 20
EXTRACTORS = 3


class Counter:
    """Counts calls."""

    def __init__(self) -> None:
        self.calls = 0
        self.results = 0

    async def agent(self, item: Any) -> Any:
        """Do nothing, as every agent does here."""
        self.calls += 1
        return item

    def check(self, images: int) -> None:
        """Raise unless every call was made and every image came out."""
        if (self.calls, self.results) != (images * 7, images):
            raise AssertionError(f"{self.calls} calls and {self.results} results for {images} images")


class NoOp(BasePipelineAgent[Any, Any]):
    """An agent of ours that does nothing."""

    def __init__(self, agent_type: str, stage_name: str, counter: Counter) -> None:
        self.agent_type = agent_type
        self.stage_name = stage_name
        self.counter = counter

    async def process(self, task: PipelineTask[Any], item: Any) -> Any:
        """Count the call."""
        self.counter.calls += 1
        return item


class Watcher:
    """An observer that does nothing."""

    def on_event(self, event: Event) -> None:
        """Let it pass."""


def ours(images: int, *, observers: Sequence[Observer] = ()) -> None:
    """This project with every default on: limits, books, history, a breaker per agent."""
    counter = Counter()
    agents = [
        NoOp("preprocess", "preprocess", counter),
        *(NoOp(f"extract.{number}", "extract", counter) for number in range(EXTRACTORS)),
        *(NoOp(stage, stage, counter) for stage in ("aggregate", "validate", "generate")),
    ]
    pool = AgentPool({"extract": PER_STAGE * EXTRACTORS}, default_limit=PER_STAGE)
    coordinator = PipelineCoordinator(agents, pool=pool, observers=observers)

    def tasks() -> Iterator[PipelineTask[int]]:
        for number in range(images):
            yield PipelineTask(task_id="image", items=(number,))

    async def main() -> None:
        async with coordinator.stream(tasks(), max_in_flight=IN_FLIGHT) as results:
            async for _result in results:
                counter.results += 1

    trio.run(main)
    counter.check(images)


def expert_channels(images: int) -> None:
    """What an expert writes by hand on Trio: bounded channels, fixed workers, a nursery per extraction."""
    counter = Counter()

    async def worker(receive: trio.MemoryReceiveChannel[Any], send: trio.MemorySendChannel[Any], stage: Any) -> None:
        async with receive, send:
            async for item in receive:
                await send.send(await stage(item))

    async def extract(item: Any) -> Any:
        results: list[Any] = [None] * EXTRACTORS

        async def one(place: int) -> None:
            results[place] = await counter.agent(item)

        async with trio.open_nursery() as nursery:
            for place in range(EXTRACTORS):
                nursery.start_soon(one, place)
        return results

    async def main() -> None:
        stages = [counter.agent, extract, counter.agent, counter.agent, counter.agent]
        first, receive = trio.open_memory_channel[Any](PER_STAGE)
        async with trio.open_nursery() as nursery:
            for stage in stages:
                send, next_receive = trio.open_memory_channel[Any](PER_STAGE)
                async with receive, send:
                    for _ in range(PER_STAGE):
                        nursery.start_soon(worker, receive.clone(), send.clone(), stage)
                receive = next_receive
            nursery.start_soon(feed, first)
            async with receive:
                async for _result in receive:
                    counter.results += 1

    async def feed(send: trio.MemorySendChannel[Any]) -> None:
        async with send:
            for number in range(images):
                await send.send(number)

    trio.run(main)
    counter.check(images)


def nursery_and_limiters(images: int) -> None:
    """The textbook: a Trio task per image, a CapacityLimiter per stage."""
    counter = Counter()

    async def main() -> None:
        limiters = [trio.CapacityLimiter(PER_STAGE) for _ in range(5)]
        limiters[1].total_tokens = PER_STAGE * EXTRACTORS

        async def guarded(stage: int, item: Any) -> Any:
            async with limiters[stage]:
                return await counter.agent(item)

        async def image(item: Any) -> None:
            item = await guarded(0, item)
            async with trio.open_nursery() as nursery:
                for _ in range(EXTRACTORS):
                    nursery.start_soon(guarded, 1, item)
            for stage in (2, 3, 4):
                item = await guarded(stage, item)
            counter.results += 1

        async with trio.open_nursery() as nursery:
            for number in range(images):
                nursery.start_soon(image, number)

    trio.run(main)
    counter.check(images)


def asyncio_semaphores(images: int) -> None:
    """The same on asyncio: a task per image, a Semaphore per stage."""
    counter = Counter()

    async def main() -> None:
        semaphores = [asyncio.Semaphore(PER_STAGE) for _ in range(5)]
        semaphores[1] = asyncio.Semaphore(PER_STAGE * EXTRACTORS)

        async def guarded(stage: int, item: Any) -> Any:
            async with semaphores[stage]:
                return await counter.agent(item)

        async def image(item: Any) -> None:
            item = await guarded(0, item)
            async with asyncio.TaskGroup() as group:
                for _ in range(EXTRACTORS):
                    group.create_task(guarded(1, item))
            for stage in (2, 3, 4):
                item = await guarded(stage, item)
            counter.results += 1

        async with asyncio.TaskGroup() as group:
            for number in range(images):
                group.create_task(image(number))

    asyncio.run(main())
    counter.check(images)


def with_aiometer(images: int) -> None:
    """aiometer on Trio: `amap` over images, `run_all` over extractors."""
    counter = Counter()

    async def image(item: Any) -> Any:
        item = await counter.agent(item)
        await aiometer.run_all([functools.partial(counter.agent, item)] * EXTRACTORS)
        for _ in range(3):
            item = await counter.agent(item)
        return item

    async def main() -> None:
        async with aiometer.amap(image, list(range(images)), max_at_once=IN_FLIGHT) as results:
            async for _result in results:
                counter.results += 1

    trio.run(main)
    counter.check(images)


def with_aiostream(images: int) -> None:
    """Aiostream on asyncio: five maps, gather over extractors."""
    counter = Counter()

    async def extract(item: Any, *_: Any) -> Any:
        return await asyncio.gather(*(counter.agent(item) for _ in range(EXTRACTORS)))

    async def agent(item: Any, *_: Any) -> Any:
        return await counter.agent(item)

    async def main() -> None:
        stream = aiostream.stream.iterate(range(images))
        for stage in (agent, extract, agent, agent, agent):
            stream = aiostream.stream.map(stream, stage, ordered=False, task_limit=PER_STAGE)
        async with stream.stream() as results:
            async for _result in results:
                counter.results += 1

    asyncio.run(main())
    counter.check(images)


def with_pypeln(images: int) -> None:
    """pypeln.task on asyncio: five maps, gather over extractors."""
    counter = Counter()

    async def extract(item: Any) -> Any:
        return await asyncio.gather(*(counter.agent(item) for _ in range(EXTRACTORS)))

    async def numbers() -> AsyncIterator[int]:
        for number in range(images):
            yield number

    async def main() -> None:
        stream: Any = numbers()
        for stage in (counter.agent, extract, counter.agent, counter.agent, counter.agent):
            stream = pypeln.task.map(stage, stream, workers=PER_STAGE, maxsize=PER_STAGE)
        async for _result in stream:
            counter.results += 1

    asyncio.run(main())
    counter.check(images)


CONTENDERS: dict[str, Callable[[int], None]] = {
    "copy_that_orch": ours,
    "copy_that_orch, observed": functools.partial(ours, observers=[Watcher()]),
    "Trio channels, by hand": expert_channels,
    "Trio nursery + CapacityLimiter": nursery_and_limiters,
    "asyncio TaskGroup + Semaphore": asyncio_semaphores,
    "aiometer (Trio)": with_aiometer,
    "aiostream": with_aiostream,
    "pypeln.task": with_pypeln,
}
