"""How far a failure reaches inside a task, and what comes out of it: CANCEL, ISOLATE and COLLECT."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import pytest
import trio
import trio.testing
from trio.testing import MockClock

from copy_that_orch import (
    AgentPool,
    CallOutcome,
    CallRecord,
    CallStarted,
    CircuitBreaker,
    FailurePolicy,
    PipelineCoordinator,
    PipelineErrorGroup,
    PipelineResult,
    PipelineTask,
    RetryPolicy,
    Stage,
    TaskStatus,
)
from copy_that_orch.testing import FakeAgent, FakeAgentError, RecordingObserver, assert_nothing_held


def task(*items: Any, task_id: str = "shop") -> PipelineTask[Any]:
    """Return a task with these items."""
    return PipelineTask(task_id=task_id, items=items)


def after(**seconds: float) -> Any:
    """Return a latency by item."""
    return lambda item: seconds[item]


async def fails(coordinator: PipelineCoordinator, given: PipelineTask[Any]) -> PipelineErrorGroup:
    """Return the group that a task fails with."""
    with pytest.raises(PipelineErrorGroup) as caught:
        await coordinator.execute(given)
    return caught.value


# CANCEL


async def test_cancel_ends_the_stage_batch_at_the_instant_of_the_failure(autojump_clock: MockClock) -> None:
    """Running siblings get Cancelled, queued ones never start nor take a slot, and the group comes at once."""
    bad = FakeAgent("bad", "s", latency=after(a=60, b=1), fails=["b"])
    good = FakeAgent("good", "s", latency=60)
    pool = AgentPool({"s": 3})
    observer = RecordingObserver()
    coordinator = PipelineCoordinator([bad, good], stages=[Stage(name="s")], pool=pool, observers=[observer])

    group = await fails(coordinator, task(*"abcde"))

    assert trio.current_time() == 1
    assert [failure.label for failure in group.failures] == ["b"]
    assert sorted(bad.items) == ["a", "b"]
    assert bad.ended("cancelled") == good.items == good.ended("cancelled") == ["a"]
    assert len(observer.of(CallStarted)) == 3
    queued: list[CallRecord] = [record for record in pool.recent if record.started is None]
    assert [(record.agent, record.label) for record in queued] == [("good", "b"), ("bad", "c"), ("good", "c")]
    assert {record.outcome for record in queued} == {CallOutcome.CANCELLED}
    assert_nothing_held(coordinator)


async def test_cancel_waits_for_shielded_cleanup_and_then_frees_the_slot(autojump_clock: MockClock) -> None:
    """A sibling's cleanup is awaited, its slot is not given to anybody before, and nothing outlives the call."""
    agent = FakeAgent("x", "s", latency=after(a=60, b=1), fails=["b"], cleanup=5)
    pool = AgentPool({"s": 2})
    coordinator = PipelineCoordinator([agent], stages=[Stage(name="s")], pool=pool)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(fails, coordinator, task("a", "b"))
        await trio.sleep(3)
        assert pool.statistics("s").running == 1

    assert trio.current_time() == 6
    assert agent.running == 0
    assert_nothing_held(coordinator)


async def test_cancel_reaches_the_stages_that_stream_into_it(autojump_clock: MockClock) -> None:
    """The stages before the one that failed are cancelled and awaited as well, with all their items."""
    first = FakeAgent("first", "one", latency=lambda item: 1.0 if item == 0 else 60.0, cleanup=1)
    second = FakeAgent("second", "two", latency=1.0, fails=[0])
    coordinator = PipelineCoordinator([first, second], stages=[Stage(name="one"), Stage(name="two")])

    group = await fails(coordinator, task(*range(20)))

    assert trio.current_time() == 3
    assert group.stage == "two"
    assert sorted(first.ended("cancelled")) == [1, 2, 3, 4]
    assert len(first.calls) == 5
    assert_nothing_held(coordinator)


async def test_cancel_leaves_other_tasks_alone(autojump_clock: MockClock) -> None:
    """Only the calls of the failed task are cancelled; those of the same stage, for other tasks, go on."""
    agent = FakeAgent("x", "s", latency=after(bad=1, a=60, b=2, c=60), fails=["bad"])
    coordinator = PipelineCoordinator([agent], stages=[Stage(name="s")])

    [failed, good] = await coordinator.execute_batch([task("a", "bad"), task("b", "c", task_id="other")])

    assert agent.ended("cancelled") == ["a"]
    assert failed.status is TaskStatus.FAILED
    assert failed.ended == 1
    assert good.outputs == ("b", "c")
    assert_nothing_held(coordinator)


async def test_cancelled_probe_of_a_failed_batch_gives_its_slot_back(autojump_clock: MockClock) -> None:
    """A probe that is cancelled because a sibling agent failed leaves its circuit half-open, and free."""
    breaker = CircuitBreaker("slow", 1, 10.0)
    slow = FakeAgent("slow", "s", latency=60.0, outages=[(0.0, 5.0)])
    bad = FakeAgent("bad", "s", latency=1.0, fails=["second"])
    stages = [Stage(name="s", on_failure=FailurePolicy.COLLECT)]
    await PipelineCoordinator([slow], stages=stages, breakers={"slow": breaker}).execute_batch([task("first")])
    await trio.sleep(10)

    stages = [Stage(name="s")]
    coordinator = PipelineCoordinator([slow, bad], stages=stages, breakers={"slow": breaker})
    await fails(coordinator, task("second"))

    assert slow.ended("cancelled") == ["second"]
    assert breaker.state == "half_open"
    assert_nothing_held(coordinator, breaker)


async def test_two_failures_in_the_same_instant_are_both_told(autojump_clock: MockClock) -> None:
    """Both are leaves; the one that comes first by item set off the cancellation, whoever was scheduled first."""
    errors = {"a": ValueError("a"), "b": KeyError("b")}
    agent = FakeAgent("x", "s", latency=1.0, fails=errors)

    group = await fails(PipelineCoordinator([agent], stages=[Stage(name="s")]), task("c", "b", "a"))

    assert group.exceptions == (errors["b"], errors["a"])


async def test_error_raised_while_unwinding_is_a_later_leaf(autojump_clock: MockClock) -> None:
    """What a cancelled sibling raises in its cleanup joins the group, after what set the cancellation off."""
    unwinding = OSError("connection lost in cleanup")

    async def process(task: PipelineTask[Any], item: Any) -> None:
        try:
            await trio.sleep(2 if item == "bad" else 60)
        finally:
            if item != "bad":
                raise unwinding
        raise ValueError("bad")

    agent = FakeAgent("x", "s", does=process)
    group = await fails(PipelineCoordinator([agent], stages=[Stage(name="s")]), task("a", "bad"))

    assert [type(leaf) for leaf in group.exceptions] == [ValueError, OSError]
    assert group.exceptions[1] is unwinding
    assert [failure.label for failure in group.failures] == ["bad", "a"]


async def test_failure_of_a_nursery_that_is_cancelled_is_told_without_the_cancellation(
    autojump_clock: MockClock,
) -> None:
    """An agent whose own nursery mixes an error into its cancellation has failed with that error only."""

    async def process(task: PipelineTask[Any], item: Any) -> None:
        if item == "bad":
            await trio.sleep(1)
            raise ValueError("bad")
        async with trio.open_nursery() as nursery:
            nursery.start_soon(trio.sleep_forever)
            try:
                await trio.sleep_forever()
            finally:
                raise OSError("lost")

    coordinator = PipelineCoordinator([FakeAgent("x", "s", does=process)], stages=[Stage(name="s")])
    group = await fails(coordinator, task("bad", "a"))

    inner = group.exceptions[1]
    assert isinstance(inner, ExceptionGroup)
    assert [type(leaf) for leaf in inner.exceptions] == [OSError]
    assert trio.current_time() == 1
    assert_nothing_held(coordinator)


async def test_cancel_comes_before_a_slot_that_somebody_else_gives_back(autojump_clock: MockClock) -> None:
    """At the instant of a failure a block beside it ends: the call that waits gets its slot, and not its agent."""
    for _ in range(20):
        agent = FakeAgent("a", "s", latency=1.0, fails=["x"])
        pool = AgentPool({"s": 2})
        coordinator = PipelineCoordinator([agent], stages=[Stage(name="s")], pool=pool)

        async def hold(pool: AgentPool = pool) -> None:
            async with pool.slot("s"):
                await trio.sleep(1)

        async with trio.open_nursery() as nursery:
            nursery.start_soon(hold)
            await trio.testing.wait_all_tasks_blocked()
            await fails(coordinator, task("x", "y"))
        assert [call.item for call in agent.calls] == ["x"]
        assert_nothing_held(coordinator)


# ISOLATE


async def test_isolate_drops_the_item_and_cancels_its_siblings_only(autojump_clock: MockClock) -> None:
    """The other agents' calls on the failed item are cancelled; other items go on, and the result is PARTIAL."""
    good = FakeAgent("good", "s", latency=3.0, result=lambda item: f"{item}.good")
    bad = FakeAgent("bad", "s", latency=1.0, fails=["b"], result=lambda item: f"{item}.bad")
    last = FakeAgent("last", "t")
    stages = [Stage(name="s", on_failure=FailurePolicy.ISOLATE), Stage(name="t")]
    coordinator = PipelineCoordinator([good, bad, last], stages=stages, pool=AgentPool(default_limit=9))

    result = await coordinator.execute(task("a", "b", "c"))

    assert result.outputs == ("a.good", "a.bad", "c.good", "c.bad")
    assert result.status is TaskStatus.PARTIAL
    assert good.ended("cancelled") == ["b"]
    assert [call.ended for call in good.calls if call.item == "b"] == [1]
    assert result.error is not None
    assert [failure.label for failure in result.error.failures] == ["b"]
    assert result.stages["s"] == {"completed": 4, "failed": 1, "cancelled": 1}
    assert_nothing_held(coordinator)


async def test_isolate_withdraws_siblings_that_wait_for_a_slot(autojump_clock: MockClock) -> None:
    """A sibling call in the queue leaves it, and its agent is not called."""
    bad = FakeAgent("bad", "s", latency=2.0, fails=["b"])
    late = FakeAgent("late", "s")
    stage = Stage(name="s", on_failure=FailurePolicy.ISOLATE)
    coordinator = PipelineCoordinator([bad, late], stages=[stage], pool=AgentPool({"s": 1}))

    result = await coordinator.execute(task("b", "c"))

    assert late.items == ["c"]
    assert result.stages["s"] == {"completed": 2, "failed": 1, "cancelled": 1}
    assert_nothing_held(coordinator)


async def test_isolate_ends_the_back_off_of_siblings(autojump_clock: MockClock) -> None:
    """A sibling call that waits for its next attempt does not get one, and nobody waits for its back-off."""
    flaky = FakeAgent("flaky", "s", latency=1.0, fails=["b"])
    bad = FakeAgent("bad", "s", latency=2.0, fails={"b": ValueError("b")})
    retry = RetryPolicy(initial=50, maximum=50, on=(FakeAgentError,))
    stage = Stage(name="s", on_failure=FailurePolicy.ISOLATE, retry=retry)
    coordinator = PipelineCoordinator([flaky, bad], stages=[stage])

    result = await coordinator.execute(task("b", "c"))

    assert trio.current_time() == 2
    assert sorted(flaky.items) == ["b", "c"]
    assert result.stages["s"] == {"completed": 2, "failed": 1, "cancelled": 1}
    assert_nothing_held(coordinator)


@pytest.mark.parametrize("policy", [FailurePolicy.CANCEL, FailurePolicy.ISOLATE])
async def test_call_cancelled_between_grant_and_start_is_not_called(
    autojump_clock: MockClock, policy: FailurePolicy
) -> None:
    """A call that has its slot, and has not begun when its batch is cancelled or its item dropped, never begins."""
    pool = AgentPool({"s": 2})

    async def process(task: PipelineTask[Any], item: Any) -> None:
        await trio.lowlevel.checkpoint()  # in this pass the other agent's first call frees the slot for the third one
        raise ValueError(item)

    async def late(task: PipelineTask[Any], item: Any) -> None:
        assert trio.current_effective_deadline() > -math.inf
        await trio.sleep(60)

    agents = [
        FakeAgent("quick", "s", does=_return),
        FakeAgent("bad", "s", does=process),
        FakeAgent("l", "s", does=late),
    ]
    for _ in range(40):
        coordinator = PipelineCoordinator(agents, stages=[Stage(name="s", on_failure=policy)], pool=pool)
        group = await fails(coordinator, task("a"))
        assert len(group.exceptions) == 1
        assert trio.current_time() == 0
        assert_nothing_held(coordinator)


async def _return(task: PipelineTask[Any], item: Any) -> Any:
    return item


async def test_isolate_drops_an_item_before_anybody_else_has_begun(autojump_clock: MockClock) -> None:
    """With one slot, the first agent's failure keeps the second one from ever being called."""
    agent = FakeAgent("agent", "s", latency=1.0)
    instant = FakeAgent("instant", "s", does=_raise_at_once)
    stage = Stage(name="s", on_failure=FailurePolicy.ISOLATE)
    coordinator = PipelineCoordinator([instant, agent], stages=[stage], pool=AgentPool({"s": 1}))

    await fails(coordinator, task("a", "b", "c"))

    assert agent.calls == []
    assert_nothing_held(coordinator)


async def _raise_at_once(task: PipelineTask[Any], item: Any) -> None:
    raise ValueError(item)


async def test_isolate_tells_two_failures_on_one_item(autojump_clock: MockClock) -> None:
    """Two agents that fail on the same item in the same instant are both in the error."""
    one = FakeAgent("one", "s", latency=1.0, fails=["a"])
    two = FakeAgent("two", "s", latency=1.0, fails=["a"])
    stage = Stage(name="s", on_failure=FailurePolicy.ISOLATE)

    result = await PipelineCoordinator([two, one], stages=[stage]).execute(task("a", "b"))

    assert result.error is not None
    assert [failure.agent for failure in result.error.failures] == ["two", "one"]
    assert result.outputs == ("b", "b")


async def test_isolate_repeats_nothing_on_an_item_that_was_just_dropped(autojump_clock: MockClock) -> None:
    """A failure that could be repeated, in the instant in which another one dropped the item, is final."""
    one = FakeAgent("one", "s", latency=1.0, fails={"a": ValueError("a")})
    two = FakeAgent("two", "s", latency=1.0, fails={"a": OSError("a")})
    stage = Stage(name="s", on_failure=FailurePolicy.ISOLATE, retry=RetryPolicy(on=(OSError,)))

    result = await PipelineCoordinator([one, two], stages=[stage]).execute(task("a", "b"))

    assert result.error is not None
    assert [type(leaf) for leaf in result.error.exceptions] == [ValueError, OSError]
    assert trio.current_time() == 1


# COLLECT


async def test_collect_loses_one_output_and_nothing_else(autojump_clock: MockClock) -> None:
    """Siblings and the item go on without the failed call's output; the result is PARTIAL and tells why."""
    good = FakeAgent("good", "s", latency=3.0, result=lambda item: f"{item}.good")
    bad = FakeAgent("bad", "s", latency=1.0, fails=["b"], result=lambda item: f"{item}.bad")
    gathers = FakeAgent("all", "all")
    stages = [Stage(name="s", on_failure=FailurePolicy.COLLECT), Stage(name="all", gather=True)]
    coordinator = PipelineCoordinator([good, bad, gathers], stages=stages)

    result = await coordinator.execute(task("a", "b"))

    assert result.outputs == (("a.good", "a.bad", "b.good"),)
    assert result.status is TaskStatus.PARTIAL
    assert result.error is not None
    assert result.error.failures[0].agent == "bad"
    assert good.ended("cancelled") == []
    assert_nothing_held(coordinator)


@pytest.mark.parametrize("policy", [FailurePolicy.ISOLATE, FailurePolicy.COLLECT])
async def test_task_of_which_no_call_of_a_stage_succeeded_fails(
    autojump_clock: MockClock, policy: FailurePolicy
) -> None:
    """Under both tolerant policies: the error is all that failed, later stages are not called, nothing hangs."""
    bad = FakeAgent("bad", "s", latency=lambda item: 3.0 - item, fails=[1, 2])
    gathers = FakeAgent("all", "all")
    stages = [Stage(name="s", on_failure=policy), Stage(name="all", gather=True)]
    coordinator = PipelineCoordinator([bad, gathers], stages=stages)

    group = await fails(coordinator, task(1, 2))

    assert [failure.item for failure in group.failures] == [0, 1]
    assert group.stage == "s"
    assert gathers.calls == []
    assert_nothing_held(coordinator)


async def test_stage_that_lost_all_items_of_a_partial_one_fails_too(autojump_clock: MockClock) -> None:
    """A stage after a partial one, of which nothing succeeds, fails the task, with the failures of both."""
    one = FakeAgent("one", "s", fails=["a"])
    two = FakeAgent("two", "t", latency=1.0, fails=["b"])
    stages = [Stage(name=name, on_failure=FailurePolicy.COLLECT) for name in "st"]

    group = await fails(PipelineCoordinator([one, two], stages=stages), task("a", "b"))

    assert [(failure.stage, failure.label) for failure in group.failures] == [("t", "b"), ("s", "a")]
    assert group.stage == "t"


async def test_failure_of_a_later_stage_keeps_what_an_earlier_one_collected(autojump_clock: MockClock) -> None:
    """A task that fails under CANCEL still tells what failed before; what set it off comes first."""
    one = FakeAgent("one", "s", fails=["a"])
    two = FakeAgent("two", "t", fails=["b"])
    stages = [Stage(name="s", on_failure=FailurePolicy.COLLECT), Stage(name="t")]

    group = await fails(PipelineCoordinator([one, two], stages=stages), task("a", "b"))

    assert [failure.agent for failure in group.failures] == ["two", "one"]


async def test_item_index_tells_the_place_among_the_items_of_its_stage(autojump_clock: MockClock) -> None:
    """After an item was dropped, the indices of the others stay what (item, agent) says."""
    agents = [FakeAgent(f"x{n}", "s", fails=["a"] if n else []) for n in range(2)]
    last = FakeAgent("last", "t", fails=["c"], result=lambda item: item)
    stages = [Stage(name="s", on_failure="isolate"), Stage(name="t", on_failure="collect")]
    result: PipelineResult = await PipelineCoordinator([*agents, last], stages=stages).execute(task("a", "b", "c"))

    assert result.outputs == ("b", "b")
    assert result.error is not None
    places = [(failure.stage, failure.item) for failure in result.error.failures]
    assert places == [("s", 0), ("t", 4), ("t", 5)]


@pytest.mark.parametrize("policy", list(FailurePolicy))
async def test_agent_that_is_no_coroutine_function_fails_like_any_other(
    autojump_clock: MockClock, policy: FailurePolicy
) -> None:
    """What goes wrong before an agent has returned anything to await is a failure of the call."""
    agent = FakeAgent("x", "s", does=lambda task, item: None)  # type: ignore[arg-type, return-value]
    coordinator = PipelineCoordinator([agent], stages=[Stage(name="s", on_failure=policy)])

    group = await fails(coordinator, task("a"))

    assert isinstance(group.exceptions[0], TypeError)
    assert_nothing_held(coordinator)


@pytest.mark.parametrize("policy", list(FailurePolicy))
async def test_error_without_a_text_is_told_all_the_same(autojump_clock: MockClock, policy: FailurePolicy) -> None:
    """An exception whose `str` raises is a leaf like any other, also before observers."""

    class MuteError(Exception):
        def __str__(self) -> str:
            raise RuntimeError("no words")

    agent = FakeAgent("x", "s", fails=lambda item: MuteError())
    stage = Stage(name="s", on_failure=policy)
    coordinator = PipelineCoordinator([agent], stages=[stage], observers=[RecordingObserver()])

    group = await fails(coordinator, task("a"))

    assert isinstance(group.exceptions[0], MuteError)


@dataclasses.dataclass(frozen=True)
class FrozenError(Exception):
    """An error that cannot be given a note."""

    code: int


@pytest.mark.parametrize("policy", FailurePolicy)
async def test_error_that_takes_no_note_is_told_without(autojump_clock: MockClock, policy: FailurePolicy) -> None:
    """The note is for readers; the failure says the same."""
    agent = FakeAgent("a", "s", fails=FrozenError)
    group = await fails(PipelineCoordinator([agent], stages=[Stage(name="s", on_failure=policy)]), task(1))
    assert group.exceptions == (FrozenError(1),)
    assert [failure.label for failure in group.failures] == ["1"]
