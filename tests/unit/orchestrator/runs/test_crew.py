"""The Trio tasks that run calls: used again, without one call's leavings in the next."""

from __future__ import annotations

import contextvars
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
import trio
from trio.testing import MockClock

from copy_that_orch import (
    AgentPool,
    CallOutcome,
    FailurePolicy,
    PipelineCoordinator,
    PipelineErrorGroup,
    PipelineTask,
    Stage,
)
from copy_that_orch.orchestrator.runs.crew import Crew
from copy_that_orch.testing import FakeAgent, RecordingObserver, assert_nothing_held

Work = Callable[[PipelineTask[Any], Any], Awaitable[Any]]


def agent(does: Work, agent_type: str = "a", stage: str = "s") -> FakeAgent:
    """Return an agent that does what `does` says."""
    return FakeAgent(agent_type, stage, does=does)


def coordinator(
    *agents: FakeAgent, limit: int = 2, policy: FailurePolicy = FailurePolicy.CANCEL
) -> PipelineCoordinator:
    """Return one of a stage for each of the agents' stages."""
    names = dict.fromkeys(agent.stage_name for agent in agents)
    stages = [Stage(name=name, on_failure=policy) for name in names]
    return PipelineCoordinator(agents, stages=stages, pool=AgentPool(default_limit=limit))


def task(*items: Any) -> PipelineTask[Any]:
    """Return a task of these items."""
    return PipelineTask(task_id="t", items=items)


async def test_calls_share_as_many_trio_tasks_as_the_stage_has_slots(autojump_clock: MockClock) -> None:
    """Ten calls through two slots need two Trio tasks, and leave none behind."""
    seen: list[trio.lowlevel.Task] = []

    async def remember(_task: PipelineTask[Any], item: int) -> int:
        seen.append(trio.lowlevel.current_task())
        await trio.sleep(1)
        return item

    living = trio.lowlevel.current_statistics().tasks_living
    await coordinator(agent(remember)).execute(task(*range(10)))

    assert len(seen) == 10
    assert len(set(seen)) == 2
    assert trio.lowlevel.current_statistics().tasks_living == living


async def test_each_stage_has_a_nursery_of_its_own(autojump_clock: MockClock) -> None:
    """Calls of a stage run in one nursery, calls of another stage in another one."""
    nurseries: dict[str, set[trio.Nursery | None]] = {"first": set(), "second": set()}

    def remember(stage: str) -> Work:
        async def process(_task: PipelineTask[Any], item: int) -> int:
            nurseries[stage].add(trio.lowlevel.current_task().parent_nursery)
            await trio.sleep(1)
            return item

        return process

    agents = [agent(remember(stage), stage, stage) for stage in nurseries]
    await coordinator(*agents).execute(task(1, 2, 3))

    assert [len(of_stage) for of_stage in nurseries.values()] == [1, 1]
    assert not nurseries["first"] & nurseries["second"]


async def test_no_call_sees_context_variables_of_another(autojump_clock: MockClock) -> None:
    """What an agent sets is gone when the next call runs, though it runs in the same Trio task."""
    mark: contextvars.ContextVar[str] = contextvars.ContextVar("mark")
    mark.set("caller")
    seen: list[str] = []

    async def leave_a_mark(_task: PipelineTask[Any], item: str) -> str:
        seen.append(mark.get())
        mark.set(item)
        await trio.sleep(1)
        assert mark.get() == item
        return item

    await coordinator(agent(leave_a_mark), limit=1).execute(task("x", "y", "z"))

    assert seen == ["caller"] * 3
    assert mark.get() == "caller"


async def test_cancelling_a_call_that_has_ended_reaches_no_other(autojump_clock: MockClock) -> None:
    """Of two calls on an item that end at once, one by failing, the other's Trio task is not cancelled any more."""
    observer = RecordingObserver()

    async def fail_on_the_first(_task: PipelineTask[Any], item: int) -> int:
        await trio.sleep(1)
        if item == 0:
            raise ValueError(item)
        return item

    async def work(_task: PipelineTask[Any], item: int) -> int:
        await trio.sleep(1)
        return item

    pipeline = PipelineCoordinator(
        [agent(fail_on_the_first, "fails"), agent(work, "works")],
        stages=[Stage(name="s", on_failure=FailurePolicy.ISOLATE)],
        pool=AgentPool({"s": 2}),
        observers=[observer],
    )
    result = await pipeline.execute(task(*range(5)))

    assert result.outputs == (1, 1, 2, 2, 3, 3, 4, 4)
    assert pipeline.pool.statistics("s").cancelled == 0
    assert trio.current_time() == 5.0
    assert_nothing_held(pipeline)


async def test_cancelled_sibling_takes_its_trio_task_with_it_and_no_more(autojump_clock: MockClock) -> None:
    """When an item is dropped, its call that runs is cancelled at once, and the other items go on."""

    async def fail_on_the_first(_task: PipelineTask[Any], item: int) -> int:
        await trio.sleep(1)
        if item == 0:
            raise ValueError(item)
        return item

    async def work(_task: PipelineTask[Any], item: int) -> int:
        await trio.sleep(10)
        return item

    pipeline = coordinator(agent(fail_on_the_first, "fails"), agent(work, "works"), policy=FailurePolicy.ISOLATE)
    result = await pipeline.execute(task(0, 1, 2))

    assert result.outputs == (1, 1, 2, 2)
    books = pipeline.pool.statistics("s")
    assert (books.completed, books.failed, books.cancelled) == (4, 1, 1)
    assert trio.current_time() == 13.0  # 1 for the first item; then 1, 1 and 10 through the two slots, beside 10
    assert_nothing_held(pipeline)


async def stray_cancellation() -> trio.Cancelled:
    """Return a `trio.Cancelled` that nobody waits for any more."""
    with trio.CancelScope() as scope:
        scope.cancel()
        try:
            await trio.lowlevel.checkpoint()
        except trio.Cancelled as cancelled:
            return cancelled
    raise AssertionError  # pragma: no cover -- a checkpoint in a cancelled scope raises


@pytest.mark.parametrize("wrap", [lambda error: error, lambda error: BaseExceptionGroup("own", [error])])
async def test_stray_cancellation_is_a_failure_of_its_call(
    autojump_clock: MockClock, wrap: Callable[[BaseException], BaseException]
) -> None:
    """An agent that raises a `Cancelled` which was not meant for it fails, and nothing else is cancelled by it."""

    async def keep_one_too_long(_task: PipelineTask[Any], item: int) -> int:
        await trio.sleep(1)
        if item == 0:
            raise wrap(await stray_cancellation())
        return item

    pipeline = coordinator(agent(keep_one_too_long), policy=FailurePolicy.COLLECT)
    result = await pipeline.execute(task(0, 1, 2))

    assert result.outputs == (1, 2)
    assert result.error is not None
    [error] = result.error.exceptions
    assert isinstance(error, RuntimeError)
    assert str(error) == "agent 'a' raised a trio.Cancelled that was not meant for its call"
    assert isinstance(error.__cause__, (trio.Cancelled, BaseExceptionGroup))
    books = pipeline.pool.statistics("s")
    assert (books.completed, books.failed, books.cancelled) == (2, 1, 0)
    assert_nothing_held(pipeline)


async def test_stray_cancellation_fails_a_task_that_has_nothing_else(autojump_clock: MockClock) -> None:
    """Also when it is the only call: the task fails, and says of what."""

    async def process(_task: PipelineTask[Any], _item: int) -> None:
        raise await stray_cancellation()

    with pytest.raises(PipelineErrorGroup) as caught:
        await coordinator(agent(process)).execute(task(0))
    assert [type(error) for error in caught.value.exceptions] == [RuntimeError]


async def test_failure_beside_a_stray_cancellation_is_what_the_call_failed_with(autojump_clock: MockClock) -> None:
    """Of a group of both, the failure counts."""

    async def process(_task: PipelineTask[Any], _item: int) -> None:
        raise BaseExceptionGroup("own", [ValueError("bad"), await stray_cancellation()])

    with pytest.raises(PipelineErrorGroup) as caught:
        await coordinator(agent(process)).execute(task(0))
    [group] = caught.value.exceptions
    assert isinstance(group, ExceptionGroup)
    assert [str(error) for error in group.exceptions] == ["bad"]


async def test_control_c_reaches_agents_and_never_the_engine(
    autojump_clock: MockClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where a call is handed in, a Control-C would lose it: there it is held back. In the agent's code it is not."""
    protected: dict[str, list[bool]] = {"agent": [], "hand-over": []}

    async def process(_task: PipelineTask[Any], item: int) -> int:
        protected["agent"].append(trio.lowlevel.currently_ki_protected())
        return item

    make = Crew.__init__

    def watched(self: Crew, stage: str, pool: AgentPool, ended: Callable[[Any], None]) -> None:
        def hand_over(call: Any) -> None:
            protected["hand-over"].append(trio.lowlevel.currently_ki_protected())
            ended(call)

        make(self, stage, pool, hand_over)

    monkeypatch.setattr(Crew, "__init__", watched)
    await coordinator(agent(process), limit=1).execute(task(1, 2))

    assert protected == {"agent": [False, False], "hand-over": [True, True]}


async def test_nobody_stands_by_in_a_run_that_is_cancelled(autojump_clock: MockClock) -> None:
    """Trio tasks that wait for a call end with the run, as those that run one do; the books are right."""

    async def process(_task: PipelineTask[Any], item: float) -> float:
        await trio.sleep(item)
        return item

    living = trio.lowlevel.current_statistics().tasks_living
    pipeline = coordinator(agent(process), limit=3)
    with trio.move_on_after(5) as scope:
        await pipeline.execute(task(1.0, 1.0, 60.0))

    assert scope.cancelled_caught
    assert trio.current_time() == 5.0
    assert trio.lowlevel.current_statistics().tasks_living == living
    books = pipeline.pool.statistics("s")
    assert (books.completed, books.cancelled) == (2, 1)
    assert pipeline.pool.recent[-1].outcome is CallOutcome.CANCELLED
    assert_nothing_held(pipeline)


async def test_trio_task_that_has_gone_on_is_not_cancelled_for_its_last_call(autojump_clock: MockClock) -> None:
    """A call that a new slot lets in may take over the Trio task of one that has just ended, and is not settled yet.

    Trio runs the three that wake at one instant in any order, so each order comes up in some of the rounds.
    """

    async def fail_on_the_first(_task: PipelineTask[Any], item: int) -> int:
        await trio.sleep(1)
        if item == 0:
            raise ValueError(item)
        return item

    async def work(_task: PipelineTask[Any], item: int) -> int:
        await trio.sleep(1)
        return item

    async def make_room(pool: AgentPool) -> None:
        await trio.sleep(1)
        pool.resize("s", 3)

    for _ in range(30):
        pipeline = coordinator(agent(fail_on_the_first, "fails"), agent(work, "works"), policy=FailurePolicy.ISOLATE)
        async with trio.open_nursery() as nursery:
            nursery.start_soon(make_room, pipeline.pool)
            result = await pipeline.execute(task(*range(5)))

        assert result.outputs == (1, 1, 2, 2, 3, 3, 4, 4)
        assert pipeline.pool.statistics("s").cancelled == 0
        assert_nothing_held(pipeline)
