"""The coordinator runs tasks through stages: what flows, in which order, and how many at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
import trio
from trio.testing import MockClock

from copy_that_orch import (
    AgentPool,
    CallStarted,
    FailurePolicy,
    PipelineCoordinator,
    PipelineStage,
    PipelineTask,
    Stage,
    TaskStatus,
)
from copy_that_orch.testing import FakeAgent, RecordingObserver, assert_nothing_held


def task(*items: Any, task_id: str = "shop", **settings: Any) -> PipelineTask[Any]:
    """Return a task with these items."""
    return PipelineTask(task_id=task_id, items=items, **settings)


def named(name: str) -> Any:
    """Return a function that notes on an item who has seen it."""
    return lambda item: f"{name}({item})" if isinstance(item, str) else f"{name}[{', '.join(item)}]"


async def test_five_stages_run_in_order_and_aggregate_gathers(autojump_clock: MockClock) -> None:
    """Each stage gets what the one before made, AGGREGATE all of it at once, in (item, agent) order."""
    agents = [
        FakeAgent("generate", PipelineStage.GENERATE, result=named("gen")),
        FakeAgent("aggregate", PipelineStage.AGGREGATE, result=named("agg")),
        FakeAgent("prepare", PipelineStage.PREPROCESS, result=named("pre")),
        FakeAgent("colour", PipelineStage.EXTRACT, result=named("col")),
        FakeAgent("space", PipelineStage.EXTRACT, result=named("spc")),
        FakeAgent("validate", PipelineStage.VALIDATE, result=named("val")),
    ]
    coordinator = PipelineCoordinator(agents)

    result = await coordinator.execute(task("a", "b"))

    assert result.outputs == ("gen(val(agg[col(pre(a)), spc(pre(a)), col(pre(b)), spc(pre(b))]))",)
    assert result.status is TaskStatus.COMPLETED
    assert result.error is None
    assert {stage: dict(counts) for stage, counts in result.stages.items()} == {
        "preprocess": {"completed": 2},
        "extract": {"completed": 4},
        "aggregate": {"completed": 1},
        "validate": {"completed": 1},
        "generate": {"completed": 1},
    }
    assert_nothing_held(coordinator)


async def test_outputs_keep_the_order_of_items_and_agents(autojump_clock: MockClock) -> None:
    """Whatever finishes first, the outputs come in (item, agent) order, through several stages."""
    first = FakeAgent("a", "one", latency=lambda item: 9.0 - item, result=lambda item: (item, "a"))
    second = FakeAgent("b", "one", latency=lambda item: item % 3, result=lambda item: (item, "b"))
    third = FakeAgent("c", "two", latency=lambda item: (item[0] * 7) % 5)
    coordinator = PipelineCoordinator(
        [first, second, third], stages=[Stage(name="one"), Stage(name="two")], pool=AgentPool(default_limit=10)
    )

    result = await coordinator.execute(task(*range(9)))

    assert result.outputs == tuple((item, agent) for item in range(9) for agent in "ab")


async def test_several_agents_in_two_stages_multiply(autojump_clock: MockClock) -> None:
    """Every agent of a stage gets every output of the stage before; failures tell the index among those."""
    agents = [
        FakeAgent(f"{stage}{number}", stage, latency=3.0 - number, result=lambda item, n=number: f"{item}{n}")
        for stage in ("one", "two")
        for number in range(2)
    ]
    result = await PipelineCoordinator(agents, stages=[Stage(name="one"), Stage(name="two")]).execute(task("a", "b"))

    assert result.outputs == ("a00", "a01", "a10", "a11", "b00", "b01", "b10", "b11")


async def test_stage_without_an_agent_is_passed_through(autojump_clock: MockClock) -> None:
    """Items reach the next stage that has agents; a gathering stage without one does not gather."""
    agents = [FakeAgent("x", PipelineStage.EXTRACT), FakeAgent("y", PipelineStage.GENERATE)]

    result = await PipelineCoordinator(agents).execute(task("a", "b"))

    assert result.outputs == ("a", "b")


async def test_without_agents_the_items_come_out(autojump_clock: MockClock) -> None:
    """No agent at all passes every stage through."""
    coordinator = PipelineCoordinator([])
    assert (await coordinator.execute(task("a", "b"))).outputs == ("a", "b")
    assert [result.outputs for result in await coordinator.execute_batch([task("a"), task()])] == [("a",), ()]


async def test_no_items_make_no_calls_but_gather_once(autojump_clock: MockClock) -> None:
    """A task without items completes; a gathering stage is called with the empty tuple."""
    maps = FakeAgent("m", "map")
    maps_again = FakeAgent("n", "again")
    stages = [Stage(name="map"), Stage(name="again"), Stage(name="all", gather=True)]
    assert (await PipelineCoordinator([maps, maps_again], stages=stages).execute(task())).outputs == ()

    gathers = FakeAgent("g", "all")
    result = await PipelineCoordinator([maps, maps_again, gathers], stages=stages).execute(task())

    assert result.outputs == ((),)
    assert maps.calls == maps_again.calls == []
    assert gathers.items == [()]


async def test_gathering_stage_may_come_first_and_twice(autojump_clock: MockClock) -> None:
    """The first stage may gather the task's items, and the one after it what came of them."""
    agents = [FakeAgent("g", "one"), FakeAgent("h", "two"), FakeAgent("m", "three")]
    stages = [Stage(name="one", gather=True), Stage(name="two", gather=True), Stage(name="three")]

    result = await PipelineCoordinator(agents, stages=stages).execute(task("a", "b"))

    assert result.outputs == ((("a", "b"),),)


class Shelf(Sequence[int]):
    """A sequence that makes its items when they are asked for."""

    def __init__(self, length: int) -> None:
        self.length = length
        self.read: list[int] = []

    def __len__(self) -> int:
        return self.length

    def __getitem__(self, index: Any) -> Any:
        if index >= self.length:
            raise IndexError(index)
        self.read.append(index)
        return index * 10


async def test_lazy_sequence_is_read_once_and_as_needed(autojump_clock: MockClock) -> None:
    """Items are made one after the other, each once, and not before there is room for them."""
    shelf = Shelf(50)
    agent = FakeAgent("x", "s", latency=1.0)
    coordinator = PipelineCoordinator([agent], stages=[Stage(name="s")], pool=AgentPool({"s": 3}))
    async with trio.open_nursery() as nursery:
        results: list[Any] = []

        async def execute() -> None:
            results.append(await coordinator.execute(PipelineTask(task_id="lazy", items=shelf)))

        nursery.start_soon(execute)
        await trio.sleep(2.5)
        assert len(shelf.read) <= 9 + 3

    assert shelf.read == list(range(50))
    assert results[0].outputs == tuple(range(0, 500, 10))


async def test_context_is_read_by_agents_and_cannot_be_written(autojump_clock: MockClock) -> None:
    """Agents see the task's context; one that writes into it fails, and siblings see nothing of it."""
    given = {"theme": "dark"}
    seen: list[Any] = []

    async def write(task: PipelineTask[Any], item: Any) -> None:
        seen.append(dict(task.context))
        await trio.lowlevel.checkpoint()
        task.context["theme"] = "light"  # type: ignore[index]  # that it cannot be written is the point

    stage = Stage(name="s", on_failure=FailurePolicy.COLLECT)
    coordinator = PipelineCoordinator([FakeAgent("w", "s", does=write), FakeAgent("x", "s")], stages=[stage])
    result = await coordinator.execute(task("a", context=given))

    assert seen == [{"theme": "dark"}]
    assert given == {"theme": "dark"}
    assert result.error is not None
    assert isinstance(result.error.exceptions[0], TypeError)


async def test_higher_priority_starts_first(autojump_clock: MockClock) -> None:
    """Among tasks of a batch, and among calls that wait, the highest priority goes first, then input order."""
    agent = FakeAgent("x", "s", latency=1.0)
    coordinator = PipelineCoordinator([agent], stages=[Stage(name="s")], pool=AgentPool({"s": 1}))
    ranks = {"a": 0, "b": 5, "c": 1, "d": 5}
    tasks = [task(f"{name}1", f"{name}2", task_id=name, priority=rank) for name, rank in ranks.items()]

    results = await coordinator.execute_batch(tasks, max_in_flight=4)

    assert agent.items == ["b1", "d1", "b2", "d2", "c1", "c2", "a1", "a2"]
    assert [result.task_id for result in results] == ["a", "b", "c", "d"]


async def test_priority_decides_among_calls_of_two_runs(autojump_clock: MockClock) -> None:
    """Calls of another run with a higher priority overtake those that wait."""
    agent = FakeAgent("x", "s", latency=1.0)
    coordinator = PipelineCoordinator([agent], stages=[Stage(name="s")], pool=AgentPool({"s": 1}))
    async with trio.open_nursery() as nursery:
        nursery.start_soon(coordinator.execute, task(*"abc", task_id="low"))
        await trio.sleep(0.5)
        nursery.start_soon(coordinator.execute, task(*"xyz", task_id="high", priority=1))

    assert agent.items == ["a", "x", "y", "z", "b", "c"]


@pytest.mark.parametrize("limit", [1, 2, 7])
async def test_stage_limit_holds_across_tasks(autojump_clock: MockClock, limit: int) -> None:
    """At no instant more calls of a stage run than its limit, over all tasks and agents, and no slot idles."""
    one = FakeAgent("a", "s", latency=1.0)
    two = FakeAgent("b", "s", latency=1.0)
    observer = RecordingObserver()
    pool = AgentPool({"s": limit})
    coordinator = PipelineCoordinator([one, two], stages=[Stage(name="s")], pool=pool, observers=[observer])

    await coordinator.execute_batch([task(*range(7), task_id=str(number)) for number in range(6)])

    running = most = 0
    for event in observer.events:
        running += isinstance(event, CallStarted)
        most = max(most, running)
        running -= type(event).__name__ == "CallEnded"
    assert most == limit
    assert pool.statistics("s").peak_running == limit
    assert trio.current_time() == 84 / limit
    assert_nothing_held(coordinator)


async def test_total_limit_holds_over_all_stages(autojump_clock: MockClock) -> None:
    """At no instant more calls run than the total limit, and it is used up while there is work."""
    agents = [FakeAgent(stage, stage, latency=1.0) for stage in ("one", "two", "three")]
    pool = AgentPool(default_limit=3, total_limit=4)
    stages = [Stage(name=agent.stage_name) for agent in agents]
    coordinator = PipelineCoordinator(agents, stages=stages, pool=pool)

    await coordinator.execute_batch([task(*range(4), task_id=str(number)) for number in range(4)])

    assert pool.statistics().peak_running == 4
    assert all(agent.peak <= 3 for agent in agents)
    assert_nothing_held(coordinator)


async def test_limits_of_one_everywhere_still_get_everything_done(autojump_clock: MockClock) -> None:
    """One slot in all and one task at a time cannot block one another."""
    agents = [FakeAgent(f"{stage}{n}", stage, latency=1.0) for stage in ("one", "two") for n in range(2)]
    agents.append(FakeAgent("g", "all", latency=1.0, result=len))
    stages = [Stage(name="one"), Stage(name="two"), Stage(name="all", gather=True)]
    pool = AgentPool(default_limit=1, total_limit=1)
    coordinator = PipelineCoordinator(agents, stages=stages, pool=pool)

    results = await coordinator.execute_batch([task("a", "b", task_id=name) for name in "xyz"], max_in_flight=1)

    assert [result.outputs for result in results] == [(8,)] * 3
    assert trio.current_time() == 3 * (4 + 8 + 1)
    assert_nothing_held(coordinator)


async def test_max_in_flight_bounds_the_tasks(autojump_clock: MockClock) -> None:
    """No more tasks are under way than asked for; by default as many as there are slots."""
    observer = RecordingObserver()
    agents = [FakeAgent("a", "one", latency=1.0), FakeAgent("b", "two", latency=1.0)]
    pool = AgentPool({"one": 2, "two": 3})
    stages = [Stage(name="one"), Stage(name="two")]
    coordinator = PipelineCoordinator(agents, stages=stages, pool=pool, observers=[observer])
    tasks = [task("item", task_id=str(number)) for number in range(20)]

    async def most_in_flight(**settings: Any) -> int:
        observer.events.clear()
        await coordinator.execute_batch(tasks, **settings)
        now = most = 0
        for event in observer.events:
            now += {"TaskStarted": 1, "TaskEnded": -1}.get(type(event).__name__, 0)
            most = max(most, now)
        return most

    assert await most_in_flight(max_in_flight=1) == 1
    assert await most_in_flight(max_in_flight=4) == 4
    assert await most_in_flight() == 5


async def test_limits_change_while_a_task_runs(autojump_clock: MockClock) -> None:
    """More slots are used at once, by waiting items too; fewer as calls end; none at all pause the stage."""
    agent = FakeAgent("x", "s", latency=10.0)
    pool = AgentPool({"s": 1})
    coordinator = PipelineCoordinator([agent], stages=[Stage(name="s")], pool=pool)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(coordinator.execute, task(*range(12)))
        await trio.sleep(1)
        assert agent.running == 1
        pool.resize("s", 5)
        await trio.sleep(1)
        assert agent.running == 5
        pool.resize("s", 0)
        await trio.sleep(100)
        assert agent.running == 0
        assert len(agent.calls) == 5
        pool.resize("s", 2)
        await trio.sleep(1)
        assert agent.running == 2

    assert agent.peak == 5
    assert len(agent.ended("completed")) == 12
    assert_nothing_held(coordinator)


async def test_streaming_stages_overlap(autojump_clock: MockClock) -> None:
    """An item moves on as soon as it is ready: two stages of n seconds take little more than n."""
    one = FakeAgent("a", "one", latency=1.0)
    two = FakeAgent("b", "two", latency=1.0)
    coordinator = PipelineCoordinator(
        [one, two], stages=[Stage(name="one"), Stage(name="two")], pool=AgentPool(default_limit=1)
    )

    await coordinator.execute(task(*range(10)))

    assert trio.current_time() == 11


async def test_slow_stage_stops_the_one_before(autojump_clock: MockClock) -> None:
    """With a later stage that hangs, an earlier one stops after as many items as have room between them."""
    fast = FakeAgent("a", "one")
    stuck = FakeAgent("b", "two", latency=1000.0)
    pool = AgentPool({"one": 2, "two": 3})
    coordinator = PipelineCoordinator([fast, stuck], stages=[Stage(name="one"), Stage(name="two")], pool=pool)
    with trio.move_on_after(500):
        await coordinator.execute(task(*range(10_000)))

    # Three inside the later stage, three in front of it, and two that cannot leave the earlier one.
    assert len(fast.calls) == 8
    assert len(stuck.calls) == 3
    assert_nothing_held(coordinator)
