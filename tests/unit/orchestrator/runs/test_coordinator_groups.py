"""The shape of a `PipelineErrorGroup`: leaves, order, notes, and what survives splitting and pickling."""

from __future__ import annotations

import pickle
from typing import Any

import pytest
import trio
from trio.testing import MockClock

from copy_that_orch import (
    AgentPool,
    AttemptTimeoutError,
    ExtractionError,
    FailurePolicy,
    PipelineCoordinator,
    PipelineErrorGroup,
    PipelineTask,
    RetryPolicy,
    Stage,
)
from copy_that_orch.testing import FakeAgent, assert_nothing_held

COLLECT = Stage(name="s", on_failure=FailurePolicy.COLLECT)


def task(*items: Any, task_id: str = "shop") -> PipelineTask[Any]:
    """Return a task with these items."""
    return PipelineTask(task_id=task_id, items=items)


async def failed(agents: list[FakeAgent], stage: Stage, *items: Any) -> PipelineErrorGroup:
    """Return the group that a task with these items ends with, or tells in its result."""
    coordinator = PipelineCoordinator(agents, stages=[stage], pool=AgentPool(default_limit=10))
    [result] = await coordinator.execute_batch([task(*items)])
    assert_nothing_held(coordinator)
    assert result.error is not None
    return result.error


async def test_leaves_are_the_agents_own_exceptions(autojump_clock: MockClock) -> None:
    """The very objects, with their tracebacks, in one flat group."""
    errors = {"a": ExtractionError("no text"), "b": OSError("gone")}
    group = await failed([FakeAgent("x", "s", fails=errors)], COLLECT, *"abc")

    assert group.exceptions == tuple(errors.values())
    traceback = errors["a"].__traceback__
    assert traceback is not None
    assert traceback.tb_frame.f_code.co_name == "process"  # it begins in the agent, not in the engine


async def test_order_is_the_trigger_then_item_stage_agent(autojump_clock: MockClock) -> None:
    """What set off the cancellation comes first, the rest by item, stage and agent, however they were timed."""
    latency = {"a": 4.0, "b": 3.0, "c": 2.0}
    collects = [FakeAgent(f"s{n}", "s", latency=latency.__getitem__, fails="ac") for n in range(2)]
    cancels = FakeAgent("t", "t", latency=9.0, fails="b")
    pool = AgentPool(default_limit=10)
    coordinator = PipelineCoordinator([*collects, cancels], stages=[COLLECT, Stage(name="t")], pool=pool)
    with pytest.raises(PipelineErrorGroup) as caught:
        await coordinator.execute(task("a", "b", "c"))

    order = [(failure.item, failure.stage, failure.agent) for failure in caught.value.failures]
    assert order == [(2, "t", "t"), (0, "s", "s0"), (0, "s", "s1"), (2, "s", "s0"), (2, "s", "s1"), (3, "t", "t")]


async def test_failures_and_notes_tell_who_where_and_how_often(autojump_clock: MockClock) -> None:
    """Each leaf has a `CallFailure` for programs and a note that says the same for readers."""
    agent = FakeAgent("x", "s", latency=1.5, fails={"a": ExtractionError("no text")})
    stage = Stage(name="s", retry=RetryPolicy(attempts=2, initial=10))
    group = await failed([agent], stage, "a")

    [failure] = group.failures
    assert (failure.task_id, failure.stage, failure.agent, failure.item, failure.label) == ("shop", "s", "x", 0, "a")
    assert failure.attempts == 2
    assert failure.seconds == pytest.approx(1.5)
    assert failure.exception is group.exceptions[0]
    assert group.exceptions[0].__notes__ == ["task 'shop', stage 's', agent 'x', item 0 (a), attempt 2, 1.5 s"]
    assert (group.task_id, group.stage) == ("shop", "s")
    assert str(group) == "task 'shop': 1 call failed in stage 's' (1 sub-exception)"


async def test_group_survives_split_subgroup_derive_and_pickle(autojump_clock: MockClock) -> None:
    """Whatever takes it apart keeps the ids, and the failures that belong to the leaves that are left."""
    errors = {"a": ExtractionError("no text"), "b": OSError("gone"), "c": ExtractionError("no box")}
    group = await failed([FakeAgent("x", "s", fails=errors)], COLLECT, *"abcd")

    match, rest = group.split(OSError)
    part = group.subgroup(ExtractionError)
    again = pickle.loads(pickle.dumps(group))
    for one, labels in ((match, "b"), (rest, "ac"), (part, "ac"), (again, "abc"), (group.derive([errors["c"]]), "c")):
        assert isinstance(one, PipelineErrorGroup)
        assert (one.task_id, one.stage) == ("shop", "s")
        assert [failure.label for failure in one.failures] == list(labels)
        assert [failure.exception for failure in one.failures] == list(one.exceptions)
        assert all(leaf.__notes__ for leaf in one.exceptions)


async def test_except_star_works_as_users_expect(autojump_clock: MockClock) -> None:
    """`except* MyError` takes the errors of that type, and the rest goes on as a group of the same kind."""
    errors = {"a": ExtractionError("no text"), "b": OSError("gone")}
    agent = FakeAgent("x", "s", fails=errors, latency=1.0)
    taken: list[BaseException] = []

    async def handle() -> None:
        try:
            await PipelineCoordinator([agent], stages=[Stage(name="s")]).execute(task("a", "b"))
        except* ExtractionError as group:
            taken.extend(group.exceptions)

    with pytest.raises(PipelineErrorGroup) as caught:
        await handle()

    assert taken == [errors["a"]]
    assert caught.value.exceptions == (errors["b"],)
    assert caught.value.task_id == "shop"


async def test_group_that_an_agent_raises_stays_whole(autojump_clock: MockClock) -> None:
    """An agent's `ExceptionGroup` is one leaf; its own leaves are still found, with the failure it belongs to."""
    own = ExceptionGroup("two requests", [OSError("one"), ValueError("two")])
    group = await failed([FakeAgent("x", "s", fails={"a": own})], COLLECT, "a", "b")

    assert group.exceptions == (own,)
    part = group.subgroup(OSError)
    assert part is not None
    [inner] = part.exceptions
    assert isinstance(inner, ExceptionGroup)
    assert [type(leaf) for leaf in inner.exceptions] == [OSError]


async def test_exception_object_raised_twice_is_two_failures(autojump_clock: MockClock) -> None:
    """An error that an agent keeps and raises again is a leaf for each call."""
    shared = OSError("connection is closed")
    group = await failed([FakeAgent("x", "s", fails={"a": shared, "b": shared})], COLLECT, *"abc")

    assert group.exceptions == (shared, shared)
    assert [failure.label for failure in group.failures] == ["a", "b"]


async def test_batch_group_holds_one_group_per_task(autojump_clock: MockClock) -> None:
    """The group of a batch has the groups of its failed tasks as members, and finished results in `results`."""
    seconds = {"good": 1.0, "bad": 2.0, "worse": 2.0, "slow": 9.0}
    agent = FakeAgent("x", "s", latency=seconds.__getitem__, fails=["bad", "worse"])
    coordinator = PipelineCoordinator([agent], stages=[Stage(name="s")])
    tasks = [task(name, task_id=name.upper()) for name in ("slow", "bad", "good", "worse")]
    with pytest.raises(PipelineErrorGroup) as caught:
        await coordinator.execute_batch(tasks, on_failure=FailurePolicy.CANCEL)

    group = caught.value
    assert trio.current_time() == 2
    assert agent.ended("cancelled") == ["slow"]
    assert all(isinstance(member, PipelineErrorGroup) for member in group.exceptions)
    assert [getattr(member, "task_id", None) for member in group.exceptions] == ["BAD", "WORSE"]
    assert [failure.task_id for failure in group.failures] == ["BAD", "WORSE"]
    assert [result.task_id for result in group.results] == ["GOOD"]
    assert group.results[0].outputs == ("good",)
    assert (group.task_id, group.stage) == (None, None)

    part = pickle.loads(pickle.dumps(group)).subgroup(lambda error: "worse" in str(error))
    assert [failure.task_id for failure in part.failures] == ["WORSE"]
    assert [result.task_id for result in part.results] == ["GOOD"]
    assert_nothing_held(coordinator)


async def test_own_timeout_of_an_agent_is_no_timeout_of_ours(autojump_clock: MockClock) -> None:
    """`AttemptTimeoutError` is raised for the stage's `timeout` only; an agent's `TimeoutError` stays what it is."""
    own = TimeoutError("upstream 504")
    agent = FakeAgent("x", "s", latency={"a": 1.0, "b": 60.0}.__getitem__, fails={"a": own})
    group = await failed([agent], Stage(name="s", timeout=5, on_failure=FailurePolicy.COLLECT), "a", "b")

    assert group.exceptions[0] is own
    assert type(group.exceptions[1]) is AttemptTimeoutError
    assert isinstance(group.exceptions[1], trio.TooSlowError)
    assert str(group.exceptions[1]) == "agent 'x' took longer than 5 s on b"
    assert trio.current_time() == 5
