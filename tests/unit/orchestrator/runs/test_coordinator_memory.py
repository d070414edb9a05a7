"""What the engine holds on to: nothing that has ended, and no more than fits into the stages at once."""

from __future__ import annotations

import gc
import sys
import tracemalloc
import weakref
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from typing import Any, ClassVar

import pytest
import trio
import trio.lowlevel
from trio.testing import MockClock

from copy_that_orch import (
    AgentPool,
    BasePipelineAgent,
    CircuitBreaker,
    FailurePolicy,
    PipelineCoordinator,
    PipelineErrorGroup,
    PipelineTask,
    RetryPolicy,
    Stage,
)
from copy_that_orch.testing import MemoryResultStore, assert_nothing_held


class Payload:
    """An item that can be watched; all that live are counted."""

    alive: ClassVar[weakref.WeakSet[Payload]] = weakref.WeakSet()

    def __init__(self, number: int = 0) -> None:
        self.number = number
        self.fingerprint = f"number {number}"
        Payload.alive.add(self)


class Shelf(Sequence[Payload]):
    """Makes its items when they are asked for, and keeps none."""

    def __init__(self, length: int) -> None:
        self.length = length

    def __len__(self) -> int:
        return self.length

    def __getitem__(self, index: Any) -> Any:
        if index >= self.length:
            raise IndexError(index)
        return Payload(index)


class Agent(BasePipelineAgent[Any, Any]):
    """An agent that, unlike a `FakeAgent`, remembers nothing."""

    def __init__(self, stage_name: str, does: Callable[[Any], Any], latency: float | None = None) -> None:
        self.agent_type = self.stage_name = stage_name
        self.does = does
        self.latency = latency

    agent_type: str
    stage_name: str

    async def process(self, task: PipelineTask[Any], item: Any) -> Any:
        """Do it."""
        if self.latency is not None:
            await trio.sleep(self.latency)
        return self.does(item)


@pytest.fixture(autouse=True)
def no_collector() -> Iterator[None]:
    """Without the cycle collector, what is freed is freed by reference counting."""
    gc.collect()
    Payload.alive.clear()
    gc.disable()
    yield
    gc.enable()


def fail(item: Any) -> None:
    """Fail, with the item in a local variable of the frame, and of those of a cause and of a group."""

    def deeper(item: Any) -> None:
        raise KeyError("cause")

    try:
        deeper(item)
    except KeyError as cause:
        try:
            deeper(item)
        except KeyError as other:
            raise ExceptionGroup("bad", [other]) from cause


async def test_item_is_freed_when_its_last_call_ends(autojump_clock: MockClock) -> None:
    """In every moment only the items live that are inside the stages, although the task has a thousand."""
    most = 0

    def look(item: Payload) -> int:
        nonlocal most
        most = max(most, len(Payload.alive))
        return item.number

    coordinator = PipelineCoordinator([Agent("s", look, 1.0)], stages=[Stage(name="s")], pool=AgentPool({"s": 3}))
    result = await coordinator.execute(PipelineTask(task_id="lazy", items=Shelf(1000)))

    assert result.outputs == tuple(range(1000))
    assert most <= 3
    assert len(Payload.alive) == 0


@pytest.mark.parametrize("latency", [0.0, 0.5])
async def test_item_is_freed_with_a_store(autojump_clock: MockClock, latency: float) -> None:
    """Whether its call was made and recorded, or answered."""
    most = 0
    store = MemoryResultStore(latency=latency)

    def look(item: Payload) -> int:
        nonlocal most
        most = max(most, len(Payload.alive))
        return item.number + 1

    for cached in (0, 200):
        coordinator = PipelineCoordinator(
            [Agent("s", look, 1.0)], stages=[Stage(name="s")], pool=AgentPool({"s": 3}), store=store
        )
        result = await coordinator.execute(PipelineTask(task_id="lazy", items=Shelf(200)))
        assert result.outputs == tuple(range(1, 201))
        assert coordinator.statistics().cached == {"s": cached}
        assert len(Payload.alive) == 0
    assert most <= 3


async def test_item_is_freed_although_the_next_stage_is_stuck(autojump_clock: MockClock) -> None:
    """What came of an item waits for room, the item itself does not."""
    agents = [Agent("s", lambda item: item.number), Agent("t", lambda item: item, 1000.0)]
    coordinator = PipelineCoordinator(
        agents, stages=[Stage(name="s"), Stage(name="t")], pool=AgentPool(default_limit=2)
    )
    with trio.move_on_after(500):
        async with trio.open_nursery() as nursery:
            nursery.start_soon(coordinator.execute, PipelineTask(task_id="lazy", items=Shelf(100)))
            await trio.sleep(100)
            assert len(Payload.alive) == 0
            await trio.sleep_forever()


@pytest.mark.parametrize("policy", [FailurePolicy.ISOLATE, FailurePolicy.COLLECT])
@pytest.mark.parametrize("retry", [None, RetryPolicy(attempts=2, initial=1.0)])
async def test_item_is_freed_when_its_call_failed(
    autojump_clock: MockClock, policy: FailurePolicy, retry: RetryPolicy | None
) -> None:
    """A failure that is kept for the task's error keeps its traceback, and not what was in its frames."""
    stage = Stage(name="s", on_failure=policy, retry=retry)

    def check(item: Payload) -> int:
        assert len(Payload.alive) <= 2 * 2 + 1
        if item.number % 2:
            fail(item)
        return item.number

    coordinator = PipelineCoordinator([Agent("s", check, 0.1)], stages=[stage], pool=AgentPool({"s": 2}))
    coordinator.breakers["s"].isolate()
    coordinator.breakers["s"].reset()
    result = await coordinator.execute(PipelineTask(task_id="lazy", items=Shelf(60)))

    assert len(Payload.alive) == 0
    assert len(result.outputs) == 30
    assert result.error is not None
    assert len(result.error.exceptions) == 30
    traceback = result.error.exceptions[0].__traceback__
    assert traceback is not None
    assert traceback.tb_next is not None


async def test_task_is_freed_when_its_results_are(autojump_clock: MockClock) -> None:
    """Tasks, items and outputs of a stream live no longer than somebody wants them, whatever became of them."""

    def work(item: Payload) -> Payload:
        if item.number % 3 == 1:
            fail(item)
        return Payload(item.number)

    agents = [Agent("s", work), Agent("all", tuple)]
    stages = [Stage(name="s", on_failure=FailurePolicy.CANCEL), Stage(name="all", gather=True)]
    coordinator = PipelineCoordinator(agents, stages=stages, breakers=lambda name: CircuitBreaker(name, 10_000))

    async def source() -> AsyncIterator[PipelineTask[Any]]:
        for number in range(200):
            yield PipelineTask(task_id=str(number), items=[Payload(number), Payload(number)])

    async with coordinator.stream(source(), max_in_flight=2) as results:
        async for result in results:
            error = result.error
            # Of two tasks in flight and two on their way in: the items, and what came of them.
            assert len(Payload.alive) <= 16
            del error, result
    assert_nothing_held(coordinator)
    assert len(Payload.alive) == 0


@pytest.mark.parametrize("store", [None, MemoryResultStore(latency=0.1), MemoryResultStore(latency=0.9)])
async def test_failed_and_cancelled_executes_leave_no_garbage(
    autojump_clock: MockClock, store: MemoryResultStore | None
) -> None:
    """However `execute` ends, the task and its items are freed with the last reference of the caller."""
    coordinator = PipelineCoordinator([Agent("s", fail, 1.0)], stages=[Stage(name="s")], store=store)
    for _ in range(3):
        with pytest.raises(PipelineErrorGroup):
            await coordinator.execute(PipelineTask(task_id="t", items=[Payload()]))
        with trio.move_on_after(0.5):
            await coordinator.execute(PipelineTask(task_id="t", items=[Payload()]))
        with trio.move_on_after(0.5):
            async with coordinator.stream([PipelineTask(task_id="t", items=[Payload()])]) as results:
                await anext(results)
        tasks = [PipelineTask(task_id="t", items=[Payload()])]
        with pytest.raises(PipelineErrorGroup):
            async with coordinator.stream(tasks, on_failure=FailurePolicy.CANCEL) as results:
                await anext(results)
        del results, tasks
    await trio.lowlevel.checkpoint()
    assert len(Payload.alive) == 0


async def test_calls_that_waited_for_their_circuit_are_forgotten(autojump_clock: MockClock) -> None:
    """No timer of patience, and no back-off that was cancelled, keeps tasks that have ended."""
    breaker = CircuitBreaker("s", 1, 10.0)
    agent = Agent("s", lambda item: fail(item) if trio.current_time() < 5 else None)
    stage = Stage(name="s", on_failure=FailurePolicy.COLLECT)
    coordinator = PipelineCoordinator([agent], stages=[stage], breakers={"s": breaker}, patience=1e5)

    async def source() -> AsyncIterator[PipelineTask[Any]]:
        for number in range(20):
            yield PipelineTask(task_id=str(number), items=[Payload(number)])
        await trio.sleep(1000)
        assert len(Payload.alive) == 0

    async with coordinator.stream(source(), max_in_flight=30) as results:
        async for result in results:
            del result


async def test_frames_that_are_still_in_use_are_left_alone(autojump_clock: MockClock) -> None:
    """An error that a coroutine elsewhere has caught, and goes on after, may be raised again by an agent.

    Its frames are in the traceback of the agent's error; to clear them would end that coroutine from within.
    """
    kept: list[BaseException] = []
    progress: list[str] = []

    async def connection() -> None:
        try:
            fail("connection")
        except ExceptionGroup as error:
            kept.append(error)
        await trio.sleep(10)
        progress.append("went on")

    def work(item: Any) -> None:
        raise OSError("no connection") from kept[0]

    def numbers() -> Iterator[int]:
        try:
            yield 1
            raise ValueError("in a generator")
        except ValueError as error:
            kept.append(error)
            yield 2
            progress.append("generator went on")

    counting = numbers()
    stage = Stage(name="s", on_failure=FailurePolicy.COLLECT)
    coordinator = PipelineCoordinator([Agent("s", work)], stages=[stage])
    async with trio.open_nursery() as nursery:
        nursery.start_soon(connection)
        await trio.sleep(1)
        [result] = await coordinator.execute_batch([PipelineTask(task_id="t", items=["a"])])
        assert [next(counting), next(counting)] == [1, 2]
        kept.reverse()
        await coordinator.execute_batch([PipelineTask(task_id="t", items=["a"])])
        assert list(counting) == []

    assert sorted(progress) == ["generator went on", "went on"]
    assert result.error is not None


def two_stages(look: Callable[[Any], Any]) -> PipelineCoordinator:
    """Return a coordinator of a map stage and a gathering one."""
    agents = [Agent("a", look), Agent("b", len)]
    return PipelineCoordinator(agents, stages=[Stage(name="a"), Stage(name="b", gather=True)])


class Blocks:
    """Counts the blocks of memory in use, every thousandth time that it is asked."""

    def __init__(self) -> None:
        self.asked = 0
        self.seen: list[int] = []

    def look(self, _item: Any = None) -> None:
        """Count, if it is time."""
        self.asked += 1
        if self.asked % 1000 == 0:
            self.seen.append(sys.getallocatedblocks())

    @property
    def growth(self) -> int:
        """How many more were in use in the last tenth than in the second one."""
        tenth = len(self.seen) // 10
        return max(self.seen[-tenth:]) - max(self.seen[tenth : 2 * tenth])


@pytest.mark.usefixtures("untraced")
def test_memory_of_a_task_does_not_grow_with_its_items() -> None:
    """A hundred thousand items in one task: the only thing that grows is the list of outputs, which is one block."""
    blocks = Blocks()
    coordinator = two_stages(blocks.look)
    given = PipelineTask(task_id="t", items=range(100_000))
    result = trio.run(coordinator.execute, given, clock=MockClock(autojump_threshold=0))

    assert result.outputs == (100_000,)
    assert len(blocks.seen) == 100
    assert blocks.growth < 1000


@pytest.mark.usefixtures("untraced")
def test_memory_of_a_stream_does_not_grow_with_its_tasks() -> None:
    """A hundred thousand tasks from an async generator take what the first thousands take."""
    blocks = Blocks()

    async def source() -> AsyncIterator[PipelineTask[Any]]:
        for number in range(100_000):
            yield PipelineTask(task_id="t", items=(number,))

    async def main() -> int:
        taken = 0
        async with two_stages(blocks.look).stream(source(), max_in_flight=20) as results:
            async for _ in results:
                taken += 1
        return taken

    assert trio.run(main, clock=MockClock(autojump_threshold=0)) == 100_000
    assert blocks.growth < 1000


@pytest.mark.usefixtures("untraced")
def test_bytes_of_a_stream_do_not_grow_with_its_tasks() -> None:
    """The same in bytes, for fewer tasks: ten times as many take no more at their peak."""

    def peak(tasks: int) -> int:
        async def main() -> None:
            async with two_stages(repr).stream(
                (PipelineTask(task_id="t", items=(number,)) for number in range(tasks)), max_in_flight=20
            ) as results:
                async for _ in results:
                    pass

        tracemalloc.start()
        try:
            trio.run(main, clock=MockClock(autojump_threshold=0))
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    few = peak(800)  # by then the pool's history, of a thousand calls, is full
    assert peak(3200) < few + 50_000
