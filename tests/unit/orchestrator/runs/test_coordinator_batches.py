"""Many tasks at once: results in input order, what one failure costs, draining, health, and the books."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
import trio
from trio.testing import MockClock

from copy_that_orch import (
    AgentPool,
    BasePipelineAgent,
    ConfigurationError,
    FailurePolicy,
    PipelineCoordinator,
    PipelineErrorGroup,
    PipelineTask,
    PoolClosedError,
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


async def test_failed_task_costs_no_other_one(autojump_clock: MockClock) -> None:
    """By default every task runs to its own end; results come in input order, with the group in the failed one."""
    agent = FakeAgent("x", "s", latency={"a": 3.0, "b": 1.0, "c": 2.0}.__getitem__, fails=["b"])
    coordinator = PipelineCoordinator([agent], stages=STAGES)
    results = await coordinator.execute_batch(each("abc"))

    assert [result.task_id for result in results] == ["a", "b", "c"]
    assert [result.status.value for result in results] == ["completed", "failed", "completed"]
    assert isinstance(results[1].error, PipelineErrorGroup)
    assert results[1].outputs == ()
    assert [result.ended for result in results] == [3, 1, 2]
    assert [result.seconds for result in results] == [3, 1, 2]
    assert_nothing_held(coordinator)


async def test_cancel_ends_the_batch_with_its_first_failure(autojump_clock: MockClock) -> None:
    """The rest is cancelled and awaited; the group has the results that were finished before."""
    seconds = {"a": 3.0, "b": 2.0, "c": 1.5, "d": 1.0}
    agent = FakeAgent("x", "s", latency=seconds.__getitem__, fails=["b"], cleanup=4)
    coordinator = PipelineCoordinator([agent], stages=STAGES)
    with pytest.raises(PipelineErrorGroup) as caught:
        await coordinator.execute_batch(each("abcd"), on_failure=FailurePolicy.CANCEL)

    assert trio.current_time() == 6
    assert agent.ended("cancelled") == ["a"]
    assert [result.task_id for result in caught.value.results] == ["c", "d"]
    assert [getattr(member, "task_id", None) for member in caught.value.exceptions] == ["b"]
    assert_nothing_held(coordinator)


async def test_cancel_takes_up_no_more_tasks(autojump_clock: MockClock) -> None:
    """Tasks that were not taken up when the batch failed are never started."""
    agent = FakeAgent("x", "s", latency=1.0, fails=["b"])
    coordinator = PipelineCoordinator([agent], stages=STAGES)
    with pytest.raises(PipelineErrorGroup):
        await coordinator.execute_batch(each("abcd"), on_failure=FailurePolicy.CANCEL, max_in_flight=1)
    assert agent.items == ["a", "b"]


async def test_cancelled_batch_without_a_failure_returns_its_results(autojump_clock: MockClock) -> None:
    """CANCEL changes nothing as long as no task fails."""
    coordinator = PipelineCoordinator([FakeAgent("x", "s")], stages=STAGES)
    results = await coordinator.execute_batch(each("abc"), on_failure=FailurePolicy.CANCEL)
    assert [result.outputs for result in results] == [("a",), ("b",), ("c",)]


async def test_empty_batch_has_no_results(autojump_clock: MockClock) -> None:
    """Nothing in, nothing out."""
    assert await PipelineCoordinator([FakeAgent("x", "s")], stages=STAGES).execute_batch([]) == []


async def test_same_task_may_be_in_a_batch_twice(autojump_clock: MockClock) -> None:
    """Results are told apart by place, not by id."""
    agent = FakeAgent("x", "s")
    one = task("a")
    results = await PipelineCoordinator([agent], stages=STAGES).execute_batch(iter([one, one]))
    assert [result.outputs for result in results] == [("a",), ("a",)]
    assert len(agent.calls) == 2


async def each_later() -> AsyncIterator[PipelineTask[Any]]:
    """Would yield a task, if somebody could read it."""
    yield task("a")  # pragma: no cover -- nobody does


async def test_what_is_no_task_is_refused_before_anything_runs(autojump_clock: MockClock) -> None:
    """One wrong entry refuses the batch, whatever else is in it; so does a limit below one."""
    agent = FakeAgent("x", "s")
    coordinator = PipelineCoordinator([agent], stages=STAGES)
    with pytest.raises(ConfigurationError, match="must be PipelineTasks, not str"):
        await coordinator.execute_batch([task("a", priority=9), "b"])  # type: ignore[list-item]
    with pytest.raises(ConfigurationError, match="tasks must be an iterable, not PipelineTask"):
        await coordinator.execute_batch(task("a"))  # type: ignore[arg-type]
    with pytest.raises(ConfigurationError, match="tasks must be an iterable, not async_generator; stream"):
        await coordinator.execute_batch(each_later())  # type: ignore[arg-type]
    for most in (0, 1.5, "3", True):
        with pytest.raises(ConfigurationError, match=f"max_in_flight must be a whole number from 1, not {most!r}"):
            await coordinator.execute_batch([task("a")], max_in_flight=most)  # type: ignore[arg-type]
    assert agent.calls == []
    assert_nothing_held(coordinator)


# Draining


async def test_drain_finishes_what_runs_and_takes_no_more(autojump_clock: MockClock) -> None:
    """Tasks in flight finish, the others are CANCELLED in the results; the drain ends with the last one."""
    agent = FakeAgent("x", "s", latency=10.0)
    coordinator = PipelineCoordinator([agent], stages=STAGES)
    results: list[Any] = []

    async def run() -> None:
        results.extend(await coordinator.execute_batch(each("abcd"), max_in_flight=2))

    async with trio.open_nursery() as nursery:
        nursery.start_soon(run)
        await trio.sleep(5)
        await coordinator.drain()
        assert trio.current_time() == 10

    assert [result.status.value for result in results] == ["completed", "completed", "cancelled", "cancelled"]
    assert results[2].outputs == ()
    assert sorted(agent.items) == ["a", "b"]
    with pytest.raises(PoolClosedError, match="draining"):
        await coordinator.execute(task("e"))
    await coordinator.drain()
    assert trio.current_time() == 10
    assert_nothing_held(coordinator)


async def test_agent_that_drains_its_own_coordinator_gets_an_error(autojump_clock: MockClock) -> None:
    """It would wait for its own end; the coordinator takes tasks as before."""

    async def drain(given: PipelineTask[Any], item: Any) -> Any:
        if item == "a":
            await coordinator.drain()
        return item

    coordinator = PipelineCoordinator([FakeAgent("x", "s", does=drain)], stages=STAGES)
    with pytest.raises(PipelineErrorGroup) as caught:
        await coordinator.execute(task("a"))
    [error] = caught.value.exceptions
    assert isinstance(error, ConfigurationError)
    assert "drains the coordinator; do that from outside" in str(error)
    assert (await coordinator.execute(task("b"))).outputs == ("b",)
    assert_nothing_held(coordinator)


async def test_drain_ends_a_stream(autojump_clock: MockClock) -> None:
    """A stream whose coordinator drains just ends, although its source has more; the source is closed."""
    closed: list[float] = []

    async def source() -> Any:
        try:
            for number in range(100):
                yield task(number)
                await trio.sleep(1)
        finally:
            closed.append(trio.current_time())

    coordinator = PipelineCoordinator([FakeAgent("x", "s", latency=3.0)], stages=STAGES)
    async with trio.open_nursery() as nursery, coordinator.stream(source()) as results:
        await trio.sleep(2.5)
        nursery.start_soon(coordinator.drain)
        outputs = [result.outputs for result in [one async for one in results]]

    assert outputs == [(0,), (1,), (2,)]
    assert closed == [5]
    assert_nothing_held(coordinator)


async def test_drain_before_a_stream_has_begun(autojump_clock: MockClock) -> None:
    """A stream that is drained at its very start ends without having read its source."""
    read: list[str] = []

    async def source() -> Any:
        read.append("begun")
        yield task("a")

    coordinator = PipelineCoordinator([FakeAgent("x", "s")], stages=STAGES)
    async with coordinator.stream(source()) as results:
        await coordinator.drain()
        assert [result async for result in results] == []
    assert read == []


async def test_drained_pool_fails_calls_that_come_later(autojump_clock: MockClock) -> None:
    """A pool that is drained under a run refuses its further calls; those under way finish."""
    agent = FakeAgent("x", "s", latency=10.0)
    coordinator = PipelineCoordinator([agent], stages=STAGES, pool=AgentPool({"s": 1}))
    results: list[Any] = []

    async def run() -> None:
        results.extend(await coordinator.execute_batch(each("ab"), max_in_flight=1))

    async with trio.open_nursery() as nursery:
        nursery.start_soon(run)
        await trio.sleep(5)
        await coordinator.pool.drain()

    assert [result.status.value for result in results] == ["completed", "failed"]
    [leaf] = results[1].error.exceptions
    assert isinstance(leaf, PoolClosedError)
    assert results[1].error.failures[0].attempts == 0
    assert_nothing_held(coordinator)


async def test_drain_that_is_cancelled_leaves_the_coordinator_draining(autojump_clock: MockClock) -> None:
    """Whoever waits for the end may lose patience; what runs is not hurt by it."""
    agent = FakeAgent("x", "s", latency=10.0)
    coordinator = PipelineCoordinator([agent], stages=STAGES)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(coordinator.execute, task("a"))
        await trio.sleep(1)
        with trio.move_on_after(2):
            await coordinator.drain()
        with pytest.raises(PoolClosedError):
            await coordinator.execute(task("b"))
    assert agent.ended("completed") == ["a"]


# Health, books, names


async def test_health_check_asks_all_at_once_and_reports_each(autojump_clock: MockClock) -> None:
    """An agent that says no, raises or hangs costs no other its answer, and each has its reason."""
    agents = [
        FakeAgent("good", "s"),
        FakeAgent("sick", "s", healthy=False),
        FakeAgent("silent", "s", healthy=None),
        FakeAgent("bad", "t", healthy=OSError("no")),
    ]
    coordinator = PipelineCoordinator(agents, stages=[Stage(name="t"), Stage(name="s")])
    report = await coordinator.health_check(timeout=3)

    assert trio.current_time() == 3
    assert [(one.agent, one.healthy, one.reason) for one in report.agents] == [
        ("bad", False, "OSError: no"),
        ("good", True, ""),
        ("sick", False, "says that it is not healthy"),
        ("silent", False, "no answer within 3 s"),
    ]
    assert not report.healthy
    assert (await PipelineCoordinator(agents[:1], stages=STAGES).health_check()).healthy


async def test_wrong_time_limit_of_a_health_check_is_no_finding_about_agents() -> None:
    """It is the caller's mistake, and no agent is called ill for it."""
    coordinator = PipelineCoordinator([FakeAgent("good", "s")], stages=STAGES)
    for timeout in (0, "10"):
        with pytest.raises(ConfigurationError, match=f"timeout must be more than 0 seconds, not {timeout!r}"):
            await coordinator.health_check(timeout=timeout)  # type: ignore[arg-type]


async def test_control_c_in_a_health_check_comes_out_as_it_is(autojump_clock: MockClock) -> None:
    """Not in a group, as from everywhere else; and it ends the others' checks."""

    class Asked(BasePipelineAgent[Any, Any]):
        agent_type: str
        stage_name = "s"

        def __init__(self, agent_type: str) -> None:
            self.agent_type = agent_type

        async def process(self, task: PipelineTask[Any], item: Any) -> Any:
            pytest.fail("it is only asked how it is")  # pragma: no cover -- it is

        async def health_check(self) -> bool:
            await trio.sleep(1 if self.agent_type == "interrupted" else 60)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await PipelineCoordinator([Asked("busy"), Asked("interrupted")], stages=STAGES).health_check(timeout=100)
    assert trio.current_time() == 1
    with trio.move_on_after(2) as scope:  # and a cancellation from outside is one
        await PipelineCoordinator([Asked("busy")], stages=STAGES).health_check(timeout=100)
    assert scope.cancelled_caught


async def test_agent_that_fails_while_its_health_check_is_ended_is_reported(autojump_clock: MockClock) -> None:
    """Its time is over, and what a nursery of its own raises then is about that agent, too."""

    class Busy(BasePipelineAgent[Any, Any]):
        agent_type, stage_name = "busy", "s"

        async def process(self, task: PipelineTask[Any], item: Any) -> Any:
            raise NotImplementedError  # pragma: no cover -- it is not called

        async def health_check(self) -> bool:
            async with trio.open_nursery() as nursery:
                nursery.start_soon(self._connect)
                await trio.sleep_forever()

        async def _connect(self) -> None:
            try:
                await trio.sleep_forever()
            finally:
                raise OSError("no answer to a goodbye")

    report = await PipelineCoordinator([Busy(), FakeAgent("good", "s")], stages=STAGES).health_check(timeout=3)

    assert trio.current_time() == 3
    assert [(one.agent, one.healthy) for one in report.agents] == [("busy", False), ("good", True)]
    assert report.agents[0].reason.startswith("ExceptionGroup: ")


async def test_agent_that_calls_its_own_coordinator_gets_an_error(autojump_clock: MockClock) -> None:
    """Inside a slot of the pool `execute` and `pool.run` raise, where waiting could wait for itself."""

    async def nests(task_in: PipelineTask[Any], item: Any) -> Any:
        if item == "execute":
            await coordinator.execute(task("inner"))
        else:
            await coordinator.pool.run(FakeAgent("y", "s"), task_in, "inner")

    coordinator = PipelineCoordinator([FakeAgent("x", "s", does=nests)], stages=STAGES, pool=AgentPool({"s": 1}))
    results = await coordinator.execute_batch([task("execute"), task("run")])

    assert [[type(leaf) for leaf in result.error.exceptions] for result in results if result.error] == [
        [ConfigurationError],
        [ConfigurationError],
    ]
    assert trio.current_time() == 0
    assert_nothing_held(coordinator)


async def test_work_that_an_agent_left_behind_may_use_the_pool(autojump_clock: MockClock) -> None:
    """A Trio task that an agent started in an outer nursery is free once its call has ended."""
    results: list[Any] = []

    async def later() -> None:
        await trio.sleep(5)
        results.append(await coordinator.execute(task("inner")))

    async def leaves(task_in: PipelineTask[Any], item: Any) -> Any:
        if item == "outer":
            nursery.start_soon(later)
        return item

    coordinator = PipelineCoordinator([FakeAgent("x", "s", does=leaves)], stages=STAGES, pool=AgentPool({"s": 1}))
    async with trio.open_nursery() as nursery:
        await coordinator.execute(task("outer"))
    assert results[0].outputs == ("inner",)


async def test_statistics_show_the_books(autojump_clock: MockClock) -> None:
    """Tasks by how they ended, tasks in flight, the pool's and the breakers' books; a repr says the same in short."""
    agents = [FakeAgent("x", "s", latency=1.0, fails=["b"]), FakeAgent("y", "t", latency=1.0)]
    coordinator = PipelineCoordinator(agents, stages=[Stage(name="s"), Stage(name="t"), Stage(name="u")])
    async with trio.open_nursery() as nursery:
        nursery.start_soon(coordinator.execute_batch, each("abc"))
        await trio.sleep(0.5)
        assert coordinator.statistics().in_flight == 3
        assert repr(coordinator) == "<PipelineCoordinator of 2 agents, 3 tasks in flight>"

    seen = coordinator.statistics()
    assert seen.tasks == {
        TaskStatus.COMPLETED: 2,
        TaskStatus.PARTIAL: 0,
        TaskStatus.FAILED: 1,
        TaskStatus.CANCELLED: 0,
    }
    assert seen.in_flight == 0
    assert (seen.pool.submitted, seen.pool.completed, seen.pool.failed) == (5, 4, 1)
    assert {name: books.submitted for name, books in seen.stages.items()} == {"s": 3, "t": 2}
    assert {name: books.admitted for name, books in seen.breakers.items()} == {"x": 3, "y": 2}
    assert repr(coordinator) == "<PipelineCoordinator of 2 agents, 0 tasks in flight>"


def test_coordinator_serves_several_trio_runs() -> None:
    """One made outside of Trio works in each run, with the same pool and breakers."""
    agent = FakeAgent("x", "s")
    coordinator = PipelineCoordinator([agent], stages=STAGES)
    for _ in range(3):
        assert trio.run(coordinator.execute, task("a")).outputs == ("a",)
    assert coordinator.statistics().tasks[TaskStatus.COMPLETED] == 3
