"""Results as they finish: how fast the source is read, who is told of its errors, and how the block ends."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
import trio
import trio.testing
from trio.testing import MockClock

from copy_that_orch import (
    AgentPool,
    ConfigurationError,
    FailurePolicy,
    PipelineCoordinator,
    PipelineErrorGroup,
    PipelineResult,
    PipelineTask,
    Stage,
    TaskStatus,
)
from copy_that_orch.testing import FakeAgent, assert_nothing_held

STAGES = [Stage(name="s")]


def task(*items: Any, task_id: str = "shop", priority: int = 0) -> PipelineTask[Any]:
    """Return a task with these items."""
    return PipelineTask(task_id=task_id, items=items, priority=priority)


def each(names: str) -> list[PipelineTask[Any]]:
    """Return a task for each letter, which is its only item."""
    return [task(name, task_id=name) for name in names]


class Counter:
    """A source of a thousand tasks, in both forms, that counts how many were read."""

    def __init__(self, *, waits: bool) -> None:
        self.read = 0
        self.waits = waits
        self.closed = False

    def __call__(self) -> Any:
        """Return the iterable, or the async one."""
        return self.waiting() if self.waits else self.plain()

    def plain(self) -> Iterator[PipelineTask[Any]]:
        """Yield the tasks."""
        for number in range(1000):
            self.read += 1
            yield task(number, task_id=str(number))

    async def waiting(self) -> AsyncIterator[PipelineTask[Any]]:
        """Yield the tasks, with a checkpoint before each."""
        try:
            for given in self.plain():
                await trio.lowlevel.checkpoint()
                yield given
        finally:
            self.closed = True


async def test_results_come_as_they_finish(autojump_clock: MockClock) -> None:
    """The first to finish is the first to come, whatever the order of the tasks."""
    agent = FakeAgent("x", "s", latency={"a": 3.0, "b": 1.0, "c": 2.0}.__getitem__)
    coordinator = PipelineCoordinator([agent], stages=STAGES)
    async with coordinator.stream(each("abc")) as results:
        seen = [(trio.current_time(), result.task_id) async for result in results]

    assert seen == [(1, "b"), (2, "c"), (3, "a")]
    assert_nothing_held(coordinator)


async def test_failed_results_come_like_others(autojump_clock: MockClock) -> None:
    """Under COLLECT a failed task is a result with its error, and the stream goes on."""
    agent = FakeAgent("x", "s", fails=["b"])
    async with PipelineCoordinator([agent], stages=STAGES).stream(each("abc")) as results:
        seen = {result.task_id: result async for result in results}

    assert {name: result.status.value for name, result in seen.items()} == {
        "a": "completed",
        "b": "failed",
        "c": "completed",
    }
    assert isinstance(seen["b"].error, PipelineErrorGroup)


async def test_cancel_ends_the_stream_with_a_group(autojump_clock: MockClock) -> None:
    """Under CANCEL the iteration raises one group when a task fails, with the results that nobody has taken."""
    agent = FakeAgent("x", "s", latency={"a": 1.0, "b": 2.0, "c": 3.0, "d": 60.0}.__getitem__, fails=["c"])
    coordinator = PipelineCoordinator([agent], stages=STAGES)
    taken: list[str] = []

    async def consume() -> None:
        async with coordinator.stream(each("abcd"), on_failure=FailurePolicy.CANCEL) as results:
            async for result in results:
                taken.append(result.task_id)
                await trio.sleep(5)

    with pytest.raises(PipelineErrorGroup) as caught:
        await consume()

    assert taken == ["a"]
    assert [result.task_id for result in caught.value.results] == ["b"]
    assert [failure.label for failure in caught.value.failures] == ["c"]
    assert agent.ended("cancelled") == ["d"]
    assert trio.current_time() == 6  # at 3 it failed; at 6 the consumer came back for more
    assert_nothing_held(coordinator)


async def test_group_of_a_failed_stream_is_not_lost(autojump_clock: MockClock) -> None:
    """A body that leaves the block without having seen the failure gets the group when it does."""
    coordinator = PipelineCoordinator([FakeAgent("x", "s", latency=1.0, fails=["a"])], stages=STAGES)

    async def wait() -> None:
        async with coordinator.stream(each("a"), on_failure=FailurePolicy.CANCEL):
            await trio.sleep(5)

    with pytest.raises(PipelineErrorGroup):
        await wait()
    assert_nothing_held(coordinator)


@pytest.mark.parametrize("waits", [False, True])
async def test_slow_consumer_slows_the_source(autojump_clock: MockClock, waits: bool) -> None:
    """No more tasks are read than may be in flight, results that nobody has taken included."""
    source = Counter(waits=waits)
    agent = FakeAgent("x", "s", latency=0.1)
    coordinator = PipelineCoordinator([agent], stages=STAGES)
    taken = 0
    async with coordinator.stream(source(), max_in_flight=7) as results:
        async for _ in results:
            await trio.sleep(1)
            taken += 1
            assert source.read <= taken + 7
            if taken == 30:
                break
    assert source.read <= 30 + 8
    assert len(agent.calls) <= 30 + 8
    assert source.closed == waits
    assert_nothing_held(coordinator)


@pytest.mark.parametrize("waits", [False, True])
async def test_full_run_slows_the_source(autojump_clock: MockClock, waits: bool) -> None:
    """With slow agents and a fast consumer as well; by default there is a task for every slot."""
    source = Counter(waits=waits)
    coordinator = PipelineCoordinator([FakeAgent("x", "s", latency=10.0)], stages=STAGES, pool=AgentPool({"s": 5}))
    async with coordinator.stream(source()) as results:
        for number in range(1, 21):
            await anext(results)
            assert source.read <= number + 5
    assert trio.current_time() == 40
    assert_nothing_held(coordinator)


@pytest.mark.parametrize("waits", [False, True])
async def test_all_tasks_of_a_source_are_run(autojump_clock: MockClock, waits: bool) -> None:
    """None is lost or run twice, with one in flight or with many."""
    for max_in_flight in (1, 2, 100, None):
        source = Counter(waits=waits)
        coordinator = PipelineCoordinator([FakeAgent("x", "s")], stages=STAGES)
        async with coordinator.stream(source(), max_in_flight=max_in_flight) as results:
            outputs = [result.outputs[0] async for result in results]
        assert sorted(outputs) == list(range(1000))


async def test_leaving_early_cancels_what_runs(autojump_clock: MockClock) -> None:
    """After a break everything has ended, cleanup included; nothing is read or run after it."""
    agent = FakeAgent("x", "s", latency={"a": 1.0, "b": 60.0, "c": 60.0}.__getitem__, cleanup=2.0)
    coordinator = PipelineCoordinator([agent], stages=STAGES)
    async with coordinator.stream(each("abc")) as results:
        async for _ in results:
            break
    assert trio.current_time() == 3
    assert sorted(agent.ended("cancelled")) == ["b", "c"]
    assert coordinator.statistics().tasks[TaskStatus.CANCELLED] == 2
    assert [result async for result in results] == []
    assert_nothing_held(coordinator)


async def test_error_of_the_body_comes_out_bare(autojump_clock: MockClock) -> None:
    """What the body raises is not wrapped, and what runs is ended first."""
    agent = FakeAgent("x", "s", latency={"a": 1.0, "b": 60.0}.__getitem__)
    coordinator = PipelineCoordinator([agent], stages=STAGES)
    error = KeyError("mine")

    async def fail() -> None:
        async with coordinator.stream(each("ab")) as results:
            async for _ in results:
                raise error

    with pytest.raises(KeyError) as caught:
        await fail()
    assert caught.value is error
    assert agent.ended("cancelled") == ["b"]
    assert_nothing_held(coordinator)


async def test_error_of_an_agents_cleanup_after_a_break_is_told(autojump_clock: MockClock) -> None:
    """What fails while the run is ended because its results are not wanted comes out of the block."""

    async def process(task_in: PipelineTask[Any], item: Any) -> Any:
        try:
            await trio.sleep(1 if item == "a" else 60)
        finally:
            if item == "b":
                raise OSError(item)

    coordinator = PipelineCoordinator([FakeAgent("x", "s", does=process)], stages=STAGES)

    async def leave() -> None:
        async with coordinator.stream(each("ab")) as results:
            await anext(results)

    with pytest.raises(PipelineErrorGroup) as caught:
        await leave()
    assert [str(leaf) for leaf in caught.value.exceptions] == ["b"]
    assert_nothing_held(coordinator)


async def test_failures_of_the_past_do_not_come_out_of_a_break(autojump_clock: MockClock) -> None:
    """Tasks that failed twice in one instant were told as results; leaving the block later raises nothing."""
    agent = FakeAgent("x", "s", latency=lambda item: 60.0 if item == "d" else 1.0, fails="ab")
    coordinator = PipelineCoordinator([agent], stages=STAGES)
    async with coordinator.stream([task("a", "b"), *each("cd")]) as results:
        assert {(await anext(results)).task_id, (await anext(results)).task_id} == {"shop", "c"}
    assert agent.ended("cancelled") == ["d"]
    assert_nothing_held(coordinator)


async def test_stray_cancellation_of_the_source_is_an_error(autojump_clock: MockClock) -> None:
    """Passed on, it would end the stream as if nobody wanted its results any more, without a word."""

    async def tasks() -> AsyncIterator[PipelineTask[Any]]:
        yield task("a")
        with trio.CancelScope() as scope:
            scope.cancel()
            try:
                await trio.lowlevel.checkpoint()
            except trio.Cancelled as error:
                kept = error
        raise kept

    agent = FakeAgent("x", "s", latency=1.0)
    coordinator = PipelineCoordinator([agent], stages=STAGES)

    async def consume() -> list[PipelineResult]:
        async with coordinator.stream(tasks()) as results:
            return [result async for result in results]

    with pytest.raises(RuntimeError, match="not meant for them"):
        await consume()
    assert agent.ended("cancelled") == ["a"]
    assert_nothing_held(coordinator)


@pytest.mark.parametrize("kind", [ValueError, KeyboardInterrupt])
@pytest.mark.parametrize("waits", [False, True])
async def test_error_of_the_source_comes_out_of_the_iteration(
    autojump_clock: MockClock, waits: bool, kind: type[BaseException]
) -> None:
    """It is the same object, bare; tasks in flight are cancelled; results that came before were delivered."""
    error = kind("source is gone")

    class Source:
        """Three tasks and an error, in both forms."""

        def __init__(self) -> None:
            self.left = each("abc")

        def __iter__(self) -> Source:
            return self

        def __next__(self) -> PipelineTask[Any]:
            if not self.left:
                raise error
            return self.left.pop(0)

    class WaitingSource:
        """The same, waiting."""

        def __init__(self) -> None:
            self.plain = Source()

        def __aiter__(self) -> WaitingSource:
            return self

        async def __anext__(self) -> PipelineTask[Any]:
            await trio.sleep(1)
            return next(self.plain)

    agent = FakeAgent("x", "s", latency={"a": 0.0, "b": 60.0, "c": 60.0}.__getitem__)
    coordinator = PipelineCoordinator([agent], stages=STAGES)
    seen: dict[str, float] = {}

    async def consume() -> None:
        async with coordinator.stream(WaitingSource() if waits else Source()) as results:
            async for result in results:
                seen[result.task_id] = result.ended

    with pytest.raises(kind) as caught:
        await consume()
    assert caught.value is error
    assert trio.current_time() == (4 if waits else 0)
    assert seen == ({"a": 1} if waits else {})
    assert_nothing_held(coordinator)


async def test_source_that_cannot_begin_is_told(autojump_clock: MockClock) -> None:
    """An async iterable whose `__aiter__` raises fails the iteration with that error."""

    class Source:
        """No source at all."""

        def __aiter__(self) -> AsyncIterator[PipelineTask[Any]]:
            raise OSError("no such queue")

    coordinator = PipelineCoordinator([FakeAgent("x", "s")], stages=STAGES)
    with pytest.raises(OSError, match="no such queue"):
        async with coordinator.stream(Source()) as results:
            await anext(results)


@pytest.mark.parametrize("rubbish", [None, "text", 0])
@pytest.mark.parametrize("waits", [False, True])
async def test_source_that_yields_rubbish_is_told(autojump_clock: MockClock, waits: bool, rubbish: Any) -> None:
    """Anything but a task ends the stream with a ConfigurationError, also what is false; the source is closed."""
    closed: list[bool] = []

    async def waiting() -> AsyncIterator[Any]:
        try:
            yield task("a")
            yield rubbish
            yield task("b")
        finally:
            closed.append(True)

    agent = FakeAgent("x", "s")
    coordinator = PipelineCoordinator([agent], stages=STAGES)

    async def consume() -> None:
        async with coordinator.stream(waiting() if waits else iter([task("a"), rubbish, task("b")])) as results:
            async for _ in results:
                pass

    with pytest.raises(ConfigurationError, match="must be PipelineTasks, not"):
        await consume()
    assert "b" not in agent.items
    assert closed == [True] * waits
    assert_nothing_held(coordinator)


@pytest.mark.parametrize("wrong", [7, None, [task("a"), "b"]])
async def test_what_is_no_source_is_refused(autojump_clock: MockClock, wrong: Any) -> None:
    """A sequence is checked before anything runs; what cannot be iterated over is refused at once."""
    agent = FakeAgent("x", "s")
    with pytest.raises(ConfigurationError):
        async with PipelineCoordinator([agent], stages=STAGES).stream(wrong):
            pass  # pragma: no cover -- it is not entered
    assert agent.calls == []


async def test_error_in_the_cleanup_of_a_source_is_told(autojump_clock: MockClock) -> None:
    """A source that fails while it is closed is heard of, whether the block was left, cancelled or run to its end."""

    async def source(forever: bool) -> AsyncIterator[PipelineTask[Any]]:
        try:
            yield task("a")
            if forever:
                await trio.sleep_forever()
        finally:
            raise OSError("cannot close")

    coordinator = PipelineCoordinator([FakeAgent("x", "s")], stages=STAGES)

    async def consume(forever: bool, leave: bool) -> None:
        async with coordinator.stream(source(forever)) as results:
            async for _ in results:
                if leave:
                    break

    for forever, leave in ((False, False), (False, True), (True, True)):
        with pytest.raises(OSError, match="cannot close"):
            await consume(forever, leave)
    with trio.move_on_after(5), pytest.raises(OSError, match="cannot close"):
        await consume(forever=True, leave=False)
    assert_nothing_held(coordinator)


async def test_source_with_a_nursery_of_its_own_is_ended_cleanly(autojump_clock: MockClock) -> None:
    """A source that mixes an error into its cancellation tells the error only; one that does not tells nothing."""

    async def source(fails: bool) -> AsyncIterator[PipelineTask[Any]]:
        async def child() -> None:
            try:
                await trio.sleep_forever()
            finally:
                if fails:
                    raise OSError("child")

        async with trio.open_nursery() as nursery:
            nursery.start_soon(child)
            yield task("a")
            await trio.sleep_forever()

    coordinator = PipelineCoordinator([FakeAgent("x", "s")], stages=STAGES)

    async def consume(fails: bool) -> None:
        async with coordinator.stream(source(fails)) as results:
            await anext(results)
            await trio.sleep(1)

    await consume(fails=False)
    with pytest.raises(ExceptionGroup) as caught:
        await consume(fails=True)
    assert [str(leaf) for leaf in caught.value.exceptions] == ["child"]


async def test_tasks_may_come_through_a_channel(autojump_clock: MockClock) -> None:
    """A memory channel is an async iterable like any other, and is not closed by its reader."""
    send, receive = trio.open_memory_channel[PipelineTask[Any]](0)
    coordinator = PipelineCoordinator([FakeAgent("x", "s")], stages=STAGES)

    async def produce() -> None:
        async with send:
            for given in each("abc"):
                await send.send(given)
                await trio.sleep(1)

    async with trio.open_nursery() as nursery:
        nursery.start_soon(produce)
        async with coordinator.stream(receive) as results:
            ended = [result.ended async for result in results]
    assert ended == [0, 1, 2]
    receive.close()


async def test_sequence_is_read_by_priority_and_an_iterator_in_its_order(autojump_clock: MockClock) -> None:
    """Of a list the highest priority starts first; of anything else, what comes first."""
    agent = FakeAgent("x", "s")
    coordinator = PipelineCoordinator([agent], stages=STAGES)
    tasks = [task("low"), task("high", priority=1)]
    for given in (tasks, iter(tasks)):
        async with coordinator.stream(given, max_in_flight=1) as results:
            async for _ in results:
                pass
    assert agent.items == ["high", "low", "low", "high"]


async def test_results_may_be_taken_by_several(autojump_clock: MockClock) -> None:
    """Each result goes to one of those who iterate, and all of them are told of the end."""
    coordinator = PipelineCoordinator([FakeAgent("x", "s", latency=1.0)], stages=STAGES)
    seen: list[str] = []
    async with coordinator.stream(each("abcdefgh")) as results:

        async def take() -> None:
            async for result in results:
                seen.append(result.task_id)
                await trio.sleep(0.1)

        async with trio.open_nursery() as nursery:
            for _ in range(3):
                nursery.start_soon(take)
    assert sorted(seen) == list("abcdefgh")


async def test_taking_a_result_is_a_checkpoint(autojump_clock: MockClock) -> None:
    """A consumer that never waits itself can still be cancelled, and lets others run."""
    coordinator = PipelineCoordinator([FakeAgent("x", "s")], stages=STAGES)
    async with coordinator.stream(each("abc")) as results:
        await trio.sleep(1)
        for _ in range(3):
            with trio.testing.assert_checkpoints():
                await anext(results)


async def test_stream_and_batch_share_the_slots(autojump_clock: MockClock) -> None:
    """Several runs at once keep the limits together."""
    agent = FakeAgent("x", "s", latency=1.0)
    coordinator = PipelineCoordinator([agent], stages=STAGES, pool=AgentPool({"s": 2}))
    async with trio.open_nursery() as nursery:
        nursery.start_soon(coordinator.execute_batch, each("abcd"))
        async with coordinator.stream(each("efgh")) as results:
            seen = [result.task_id async for result in results]
    assert sorted(seen) == list("efgh")
    assert agent.peak == 2
    assert trio.current_time() == 4
    assert_nothing_held(coordinator)
