"""The fakes and checks that tests use do what they say, to us and to users."""

from __future__ import annotations

import pytest
import trio
from trio.testing import MockClock

from copy_that_orch import (
    AgentPool,
    CallEnded,
    CallOutcome,
    CircuitBreaker,
    FailurePolicy,
    PipelineCoordinator,
    PipelineTask,
    RetryPolicy,
    Stage,
    TaskStarted,
)
from copy_that_orch.testing import FakeAgent, FakeAgentError, FakeCall, RecordingObserver, assert_nothing_held

TASK: PipelineTask[str] = PipelineTask(task_id="shop", items=["a", "b"])


async def test_agent_returns_the_item_unless_told_otherwise(autojump_clock: MockClock) -> None:
    """Without a script a call returns its item at once; with one, a value or what a function makes of the item."""
    assert await FakeAgent("x", "s").process(TASK, "a") == "a"
    assert await FakeAgent("x", "s", result=None).process(TASK, "a") is None
    assert await FakeAgent("x", "s", result=str.upper).process(TASK, "a") == "A"
    assert trio.current_time() == 0


async def test_agent_records_its_calls(autojump_clock: MockClock) -> None:
    """Who was called, on what, when, and how it ended; and how many calls there were at once."""
    agent = FakeAgent("x", "s", latency={"a": 1.0, "b": 2.0, "c": 9.0}.__getitem__, fails=["b"])
    with trio.move_on_after(3):
        async with trio.open_nursery() as nursery:
            nursery.start_soon(agent.process, TASK, "a")
            with pytest.raises(FakeAgentError, match="x failed on b"):
                await agent.process(TASK, "b")
            nursery.start_soon(agent.process, TASK, "c")

    assert agent.calls == [
        FakeCall("shop", "b", 0.0, 2.0, CallOutcome.FAILED),
        FakeCall("shop", "a", 0.0, 1.0, CallOutcome.COMPLETED),
        FakeCall("shop", "c", 2.0, 3.0, CallOutcome.CANCELLED),
    ]
    assert agent.items == ["b", "a", "c"]
    assert agent.ended("cancelled") == ["c"]
    assert agent.peak == 2
    assert agent.running == 0


async def test_agent_fails_as_told(autojump_clock: MockClock) -> None:
    """A mapping or a function says what is raised, and `failures` how often."""
    error = ValueError("no pixels")
    by_item = FakeAgent("x", "s", fails={"a": error})
    with pytest.raises(ValueError, match="no pixels") as caught:
        await by_item.process(TASK, "a")
    assert caught.value is error
    assert await by_item.process(TASK, "b") == "b"

    by_function = FakeAgent("x", "s", fails=lambda item: OSError(item) if item == "a" else None, failures=1)
    with pytest.raises(OSError, match="a"):
        await by_function.process(TASK, "a")
    assert await by_function.process(TASK, "a") == "a"
    assert await by_function.process(TASK, "b") == "b"


async def test_agent_is_down_in_its_outages(autojump_clock: MockClock) -> None:
    """A call that begins in an outage fails, at its start too and not at its end."""
    agent = FakeAgent("x", "s", outages=[(1.0, 2.0), (3.0, 4.0)])
    up: list[float] = []
    for _ in range(9):
        try:
            await agent.process(TASK, "a")
            up.append(trio.current_time())
        except ConnectionError:
            pass
        await trio.sleep(0.5)

    assert up == [0.0, 0.5, 2.0, 2.5, 4.0]


async def test_agent_does_what_a_function_does(autojump_clock: MockClock) -> None:
    """A function of the test's own may stand for the script; calls are recorded all the same."""

    async def shout(task: PipelineTask[str], item: str) -> str:
        await trio.sleep(1)
        return f"{task.task_id}: {item}!"

    agent = FakeAgent("x", "s", does=shout)
    assert await agent.process(TASK, "a") == "shop: a!"
    assert agent.calls == [FakeCall("shop", "a", 0.0, 1.0, CallOutcome.COMPLETED)]


@pytest.mark.parametrize("hangs", [["a"], lambda item: item == "a"])
async def test_agent_hangs_and_cleans_up_as_told(autojump_clock: MockClock, hangs: object) -> None:
    """A call that hangs ends by cancellation only, and its cleanup takes its time."""
    agent = FakeAgent("x", "s", hangs=hangs, cleanup=2.0)  # type: ignore[arg-type]  # each of the two fits
    await agent.process(TASK, "b")
    with trio.move_on_after(5):
        await agent.process(TASK, "a")

    assert trio.current_time() == 7
    assert agent.ended(CallOutcome.CANCELLED) == ["a"]


async def test_agent_answers_health_checks_as_told(autojump_clock: MockClock) -> None:
    """Its answer is what the script says, or raises."""
    assert await FakeAgent("x", "s").health_check()
    assert not await FakeAgent("x", "s", healthy=False).health_check()
    with pytest.raises(OSError, match="gone"):
        await FakeAgent("x", "s", healthy=OSError("gone")).health_check()
    with pytest.raises(trio.TooSlowError), trio.fail_after(5):
        await FakeAgent("x", "s", healthy=None).health_check()


async def test_observer_keeps_and_filters_events(autojump_clock: MockClock) -> None:
    """All events are kept in order, and can be asked for by kind and by what is in them."""
    observer = RecordingObserver()
    agent = FakeAgent("x", "s", fails=["b"])
    stage = Stage(name="s", on_failure=FailurePolicy.COLLECT)
    await PipelineCoordinator([agent], stages=[stage], observers=[observer]).execute(TASK)

    assert isinstance(observer.events[0], TaskStarted)
    assert [event.label for event in observer.of(CallEnded)] == ["a", "b"]
    assert [event.label for event in observer.of(CallEnded, outcome="failed")] == ["b"]


async def test_example_of_the_module_holds(autojump_clock: MockClock) -> None:
    """A retry with a back-off outlasts a short outage."""
    reads = FakeAgent("read", "extract", latency=1.0, outages=[(0.0, 3.0)])
    stage = Stage(name="extract", retry=RetryPolicy(attempts=5, initial=1.0))
    coordinator = PipelineCoordinator([reads], stages=[stage])

    result = await coordinator.execute(PipelineTask(task_id="shop", items=["a.png", "b.png"]))

    assert result.outputs == ("a.png", "b.png")
    assert reads.peak == 2
    assert_nothing_held(coordinator)


async def test_nothing_held_names_all_that_is(autojump_clock: MockClock) -> None:
    """Tasks in flight, calls that wait or run, slots that are taken and calls behind a breaker are found."""
    agent = FakeAgent("x", "s", latency=5.0)
    pool = AgentPool({"s": 1})
    coordinator = PipelineCoordinator([agent], stages=[Stage(name="s")], pool=pool)
    assert_nothing_held(coordinator)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(coordinator.execute, PipelineTask(task_id="shop", items=["a"]))
        await trio.sleep(1)
        with pytest.raises(
            AssertionError,
            match=r"^1 tasks are in flight; the pool: 0 calls wait and 1 run; stage 's': 0 calls wait and 1 run; "
            "stage 's': 1 slots are taken; circuit 'x': 1 calls are in flight$",
        ):
            assert_nothing_held(coordinator)
        with pytest.raises(AssertionError, match="1 slots are taken"):
            assert_nothing_held(pool)

    assert_nothing_held(coordinator, pool)


async def test_nothing_held_finds_a_probe(autojump_clock: MockClock) -> None:
    """A probe that was let in and not settled is found."""
    breaker = CircuitBreaker("api", 1, 1.0)
    with pytest.raises(OSError, match="down"):
        async with breaker:
            raise OSError("down")
    assert_nothing_held(breaker)
    await trio.sleep(1)
    permit = breaker.admit()
    assert permit is not None
    with pytest.raises(AssertionError, match="circuit 'api': a probe's slot is taken"):
        assert_nothing_held(breaker)
    breaker.settle(permit, None)
    assert_nothing_held(breaker)


async def test_nothing_held_finds_books_that_do_not_add_up(autojump_clock: MockClock) -> None:
    """A call that was lost, neither here nor ended, is found."""
    pool = AgentPool({"s": 1})
    pool.stage("s").submitted += 1
    with pytest.raises(AssertionError, match="the pool: 1 calls were handed in, 0 have ended"):
        assert_nothing_held(pool)
