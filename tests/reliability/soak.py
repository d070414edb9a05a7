"""Many items for long, with everything that can go wrong on its way: what is lost, and what is left behind?"""

from __future__ import annotations

import contextlib
import gc
import math
import os
import random
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final, final

import attrs
import trio
import trio.testing

from copy_that_orch import (
    AgentPool,
    BasePipelineAgent,
    CallEnded,
    CallOutcome,
    CallQueued,
    CallRetried,
    CircuitBreaker,
    Event,
    FailurePolicy,
    PipelineCoordinator,
    PipelineErrorGroup,
    PipelineTask,
    RetryPolicy,
    SQLiteResultStore,
    Stage,
)
from copy_that_orch.agents.offload import offload
from copy_that_orch.testing import assert_nothing_held

SLOTS: Final = 500
TIMEOUT: Final = 5.0
LATENCY: Final = 0.1
TASK_SIZE: Final = 1000
OUTAGE_SECONDS: Final = 5.0
FAILING, HANGING = 7, 13
"""Of each hundred items five end in `FAILING` modulo 20 and fail, and one is `HANGING` and never answers."""


@final
@attrs.frozen
class Remote(BasePipelineAgent[int, int]):
    """Plays a remote service, in virtual time.

    Attributes:
      outages: When it is down: start and end, Trio seconds.
      refused: How many calls it did not answer then.
    """

    outages: tuple[tuple[float, float], ...]
    refused: list[int] = attrs.field(factory=lambda: [0])

    agent_type = "remote"
    stage_name = "work"

    async def process(self, task: PipelineTask[Any], item: int) -> int:
        """Return the item after a while; or fail, or hang, or be down."""
        await trio.sleep(LATENCY * (0.5 + item % 11 / 10))
        if any(start <= trio.current_time() < end for start, end in self.outages):
            self.refused[0] += 1
            raise ConnectionError("503")
        if item % 100 == HANGING:
            await trio.sleep_forever()
        if item % 20 == FAILING:
            raise ValueError("no good")
        return item


@final
class Ends:
    """An observer that counts how often each item has ended for good, in a byte each.

    Attributes:
      times: How often each item has ended.
      begun: Whether each item has begun.
      outcomes, given_up: How items ended, those of tasks that are given up apart.
    """

    def __init__(self, items: int, beside: int) -> None:
        self._items = items
        self.times, self.begun = bytearray(items + beside), bytearray(items + beside)
        self.outcomes: Counter[str] = Counter()
        self.given_up: Counter[str] = Counter()

    def on_event(self, event: Event, /) -> None:
        """Count an attempt that has ended, unless another one follows."""
        match event:
            case CallQueued():
                self.begun[int(event.label)] = 1
            case CallEnded():
                self._count(int(event.label), event.outcome, 1)
            case CallRetried():
                self._count(int(event.label), CallOutcome.FAILED, -1)
            case _:
                pass

    def _count(self, item: int, outcome: CallOutcome, times: int) -> None:
        self.times[item] += times
        (self.outcomes if item < self._items else self.given_up)[outcome] += times

    @property
    def not_once(self) -> int:
        """Items that ended not exactly once; of those of tasks that were given up, some have not even begun."""
        wrong = sum(ended != begun for ended, begun in zip(self.times, self.begun, strict=True))
        return wrong + self._items - sum(self.begun[: self._items])


@attrs.frozen(kw_only=True)
class Soak:
    """What came of a soak in virtual time.

    Attributes:
      items: How many there were.
      ends: How items ended.
      given_up: The same of items beside these, whose tasks were cancelled midway.
      not_once: Items that did not end exactly once.
      refused: Calls that were made while the service was down.
      opened: How often the circuit opened.
      virtual_seconds, real_seconds: How long it took.
      memory: Resident memory of the process in MB after each tenth.
    """

    items: int
    ends: dict[str, int]
    given_up: dict[str, int]
    not_once: int
    refused: int
    opened: int
    virtual_seconds: float
    real_seconds: float
    memory: tuple[float, ...]


def virtual_soak(items: int) -> Soak:
    """Send items through a service that fails on 5 %, hangs on 1 %, and is down three times; in virtual time.

    Beside them others are sent and given up after a while, a task for each twenty of the rest.
    """
    expected = items * (LATENCY + TIMEOUT / 100) / SLOTS
    outages = tuple((expected * part, expected * part + OUTAGE_SECONDS) for part in (0.2, 0.5, 0.8))
    size = min(TASK_SIZE, items)
    beside = max(1, items // size // 20)
    remote, ends = Remote(outages), Ends(items, beside * size)
    breaker = CircuitBreaker("remote", 5, recovery_timeout=1.0, exclude=lambda error: not isinstance(error, OSError))
    coordinator = PipelineCoordinator(
        [remote],
        stages=[
            Stage(
                name="work",
                timeout=TIMEOUT,
                on_failure=FailurePolicy.COLLECT,
                retry=RetryPolicy(attempts=100, initial=0.1, maximum=1.0, on=(ConnectionError,)),
            )
        ],
        pool=AgentPool({"work": SLOTS}),
        breakers={"remote": breaker},
        observers=[ends],
        seed=1,
    )
    memory: list[float] = []
    counts: Counter[str] = Counter()

    async def give_up() -> None:
        rng = random.Random(2)
        for start in range(items, items + beside * size, size):
            await trio.sleep(expected / (beside + 1))
            with contextlib.suppress(PipelineErrorGroup), trio.move_on_after(rng.uniform(1.0, 8.0)):
                # The group is of what failed while it was being cancelled.
                await coordinator.execute(PipelineTask(task_id=f"{start}", items=range(start, start + size)))

    async def run() -> float:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(give_up)
            await stream()
        assert_nothing_held(coordinator)
        return trio.current_time()

    async def stream() -> None:
        tasks = (PipelineTask(task_id=f"{start}", items=range(start, start + size)) for start in range(0, items, size))
        done = 0
        async with coordinator.stream(tasks, max_in_flight=4) as results:
            async for result in results:
                counts.update({str(outcome): calls for outcome, calls in result.stages["work"].items()})
                done += size
                if done * 10 // items > len(memory):
                    memory.append(resident_megabytes())

    began = time.perf_counter()
    seconds = trio.run(run, clock=trio.testing.MockClock(autojump_threshold=0))
    if counts != +ends.outcomes:
        raise AssertionError(f"results tell {counts}, events {ends.outcomes}")
    return Soak(
        items=items,
        ends=dict(counts),
        given_up=dict(ends.given_up),
        not_once=ends.not_once,
        refused=remote.refused[0],
        opened=breaker.statistics().times_opened,
        virtual_seconds=seconds,
        real_seconds=time.perf_counter() - began,
        memory=tuple(memory),
    )


def resident_megabytes() -> float:
    """Return the memory that this process has in use now, where the system tells; else 0."""
    try:
        pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    except OSError:
        return 0.0
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


@final
@attrs.frozen
class Threaded(BasePipelineAgent[int, int]):
    """Works in a thread, now and then fails, or takes too long."""

    agent_type = "threaded"
    stage_name = "threads"

    async def process(self, task: PipelineTask[Any], item: int) -> int:
        """Return the item, from a thread."""
        return await trio.to_thread.run_sync(_work, item, abandon_on_cancel=item % 2 == 0)


@final
@attrs.frozen
class Offloaded(BasePipelineAgent[int, int]):
    """Works in a process, as the built-in agents do."""

    agent_type = "offloaded"
    stage_name = "processes"

    async def process(self, task: PipelineTask[Any], item: int) -> int:
        """Return the item, from a process."""
        return await offload(_work_or_die, item)


def _work_or_die(item: int) -> int:
    if item % 50 == 1:
        os._exit(3)
    return _work(item)


def _work(item: int) -> int:
    rng = random.Random(item)
    time.sleep(rng.random() / 100 if item % 50 else 0.2)
    if item % 20 == FAILING:
        raise ValueError("no good")
    return item


@attrs.frozen(kw_only=True)
class Leaks:
    """What was left behind by many runs in real time: nothing, or there is a bug.

    Attributes:
      seconds: How long they took.
      runs, cancelled: How many there were, and how many of them were cancelled from outside.
      calls: Calls that ended, by stage and outcome, and failures by type.
      threads, descriptors, trio_tasks, processes: How many there were more at the end than at the beginning.
    """

    seconds: float
    runs: int
    cancelled: int
    calls: dict[str, int]
    threads: int
    descriptors: int
    trio_tasks: int
    processes: int


def real_soak(seconds: float, *, processes: bool = True) -> Leaks:
    """Run batches for so long, with a store in a file, in threads and processes, and cancel every third one midway.

    Without `processes` only threads, which are there at once.
    """
    agents: list[BasePipelineAgent[int, int]] = [Threaded(), Offloaded()] if processes else [Threaded()]
    rng = random.Random(1)
    counts: Counter[str] = Counter()
    runs = cancelled = 0
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        trio.run(_batch, agents, Path(folder, "warm"), None, counts)
        before = _held()
        while runs < 4 or time.monotonic() - began < seconds:
            limit = rng.uniform(0.01, 1.0) if runs % 3 == 2 else None
            trio.run(_batch, agents, Path(folder, f"store-{runs}"), limit, counts)
            runs += 1
            cancelled += limit is not None
        after = _held(before)
    living = trio.run(_living_tasks)
    return Leaks(
        seconds=time.monotonic() - began,
        runs=runs,
        cancelled=cancelled,
        calls=dict(counts),
        threads=after[0] - before[0],
        descriptors=after[1] - before[1],
        trio_tasks=living - trio.run(_living_tasks),
        processes=after[2] - before[2],
    )


async def _batch(
    agents: Sequence[BasePipelineAgent[int, int]], store: Path, limit: float | None, counts: Counter[str]
) -> None:
    living = trio.lowlevel.current_statistics().tasks_living
    with SQLiteResultStore(store) as kept:
        coordinator = PipelineCoordinator(
            agents,
            stages=[
                Stage(name="threads", timeout=0.1, on_failure=FailurePolicy.ISOLATE),
                Stage(name="processes", timeout=10.0, on_failure=FailurePolicy.ISOLATE),
            ],
            pool=AgentPool({"threads": 16}),
            store=kept,
        )
        with contextlib.suppress(PipelineErrorGroup), trio.move_on_after(math.inf if limit is None else limit):
            # The group is of what failed while it was being cancelled.
            (result,) = await coordinator.execute_batch([PipelineTask(task_id="batch", items=range(100))])
            failures = () if result.error is None else result.error.failures
            counts.update(type(failure.exception).__name__ for failure in failures)
        assert_nothing_held(coordinator)
        for stage, books in coordinator.statistics().stages.items():
            for outcome in (CallOutcome.COMPLETED, CallOutcome.FAILED, CallOutcome.CANCELLED):
                counts[f"{stage} {outcome}"] += getattr(books, outcome)
    more = trio.lowlevel.current_statistics().tasks_living - living
    if more > 1:  # whoever ends the worker processes with the run
        raise AssertionError(f"{more} Trio tasks live on")


async def _living_tasks() -> int:
    return trio.lowlevel.current_statistics().tasks_living


def _held(at_least: tuple[int, int, int] | None = None) -> tuple[int, int, int]:
    """Return how many threads, file descriptors and child processes there are, once those that end have ended.

    Trio keeps a thread for ten idle seconds, in case that it is needed again.
    """
    for _ in range(150):
        gc.collect()
        now = (threading.active_count(), _descriptors(), sum(1 for _ in _children()))
        if at_least is None or all(one <= other for one, other in zip(now, at_least, strict=True)):
            break
        time.sleep(0.1)
    return now


def _descriptors() -> int:
    try:
        return sum(1 for _ in Path("/proc/self/fd").iterdir())
    except OSError:
        return 0


def _children() -> Iterator[int]:
    """Yield the ids of this process's children, where the system tells."""
    for tasks in Path("/proc/self/task").glob("*/children"):
        try:
            yield from map(int, tasks.read_text("ascii").split())
        except OSError:  # the thread has ended meanwhile
            continue
