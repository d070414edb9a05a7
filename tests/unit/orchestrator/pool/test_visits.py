"""A call that waits for its slot in its own Trio task, and is cancelled or interrupted at any instant."""

from __future__ import annotations

from typing import Any, NoReturn

import pytest
import trio
from trio.testing import MockClock

from copy_that_orch import AgentPool, ConfigurationError, PoolClosedError
from copy_that_orch.orchestrator.pool.visits import outcome_of
from copy_that_orch.orchestrator.reports import CallOutcome
from copy_that_orch.testing import FakeAgent, assert_nothing_held
from tests.unit.orchestrator.pool.pools import arrive, ended, hold, task


def raise_(error: BaseException) -> NoReturn:
    """Raise `error`, where a checker must not know."""
    raise error


async def test_cancelled_while_waiting(autojump_clock: MockClock) -> None:
    """Whoever gives up leaves the line at that instant, without ever taking a slot, and is booked as cancelled."""
    pool = AgentPool({"extract": 1})
    agent = FakeAgent("read", "extract")
    async with trio.open_nursery() as nursery:
        await arrive(nursery, hold, pool, "extract", 10.0)
        with trio.move_on_after(3) as scope:
            await pool.run(agent, task(), "a.png")
        assert scope.cancelled_caught
        assert trio.current_time() == 3.0
        assert pool.statistics("extract").waiting == 0
        assert pool.limiter("extract").borrowed_tokens == 1
    assert agent.calls == []
    assert ended(pool.statistics()) == {"completed": 1, "cancelled": 1}
    assert pool.statistics().waited_seconds == 3.0
    assert_nothing_held(pool)


async def test_cancelled_while_running(autojump_clock: MockClock) -> None:
    """The slot is back when the cleanup has ended, not before, and goes to the next in line then."""
    pool = AgentPool({"extract": 1})
    agent = FakeAgent("read", "extract", latency=60, cleanup=2)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(hold_later, pool)
        with trio.move_on_after(3):
            await pool.run(agent, task(), "a.png")
        assert trio.current_time() == 5.0
    assert agent.ended(CallOutcome.CANCELLED) == ["a.png"]
    assert [(record.outcome, record.started, record.ended) for record in pool.recent] == [
        (CallOutcome.CANCELLED, 0.0, 5.0),
        (CallOutcome.COMPLETED, 5.0, 6.0),
    ]
    assert_nothing_held(pool)


async def hold_later(pool: AgentPool) -> None:
    """Come a second later."""
    await trio.sleep(1)
    await hold(pool, "extract")


@pytest.mark.parametrize("total_limit", [None, 1])
async def test_cancelled_while_being_handed_over(total_limit: int | None, autojump_clock: MockClock) -> None:
    """Granted and cancelled in one instant: the agent is never called, and the slot goes on at that instant."""
    pool = AgentPool({"extract": 1}, total_limit=total_limit)
    agent = FakeAgent("read", "extract", latency=1)
    async with trio.open_nursery() as nursery, trio.open_nursery() as doomed:
        gate = trio.Event()

        async def release() -> None:
            async with pool.slot("extract"):
                await gate.wait()
            doomed.cancel_scope.cancel()  # the slot has gone to "a.png" by now, which has not run yet

        await arrive(nursery, release)
        await arrive(doomed, pool.run, agent, task(), "a.png")
        await arrive(nursery, pool.run, agent, task(), "b.png")
        gate.set()
    assert agent.items == ["b.png"]
    assert [(record.label, record.outcome, record.started, record.ended) for record in pool.recent] == [
        ("", CallOutcome.COMPLETED, 0.0, 0.0),
        ("a.png", CallOutcome.CANCELLED, 0.0, 0.0),
        ("b.png", CallOutcome.COMPLETED, 0.0, 1.0),
    ]
    assert_nothing_held(pool)


async def test_cancelled_before_it_comes(autojump_clock: MockClock) -> None:
    """A call whose deadline has passed never starts, though a slot is free."""
    pool = AgentPool()
    agent = FakeAgent("read", "extract")
    with trio.CancelScope() as scope:
        scope.cancel()
        await pool.run(agent, task(), "a.png")
    assert scope.cancelled_caught
    assert agent.calls == []
    assert ended(pool.statistics()) == {"cancelled": 1}
    assert_nothing_held(pool)


async def test_cancellation_that_an_agent_swallows_is_its_own_affair(autojump_clock: MockClock) -> None:
    """An agent that ends its own scope has completed."""
    pool = AgentPool()

    async def give_up(_task: object, _item: object) -> str:
        with trio.move_on_after(1):
            await trio.sleep_forever()
        return "best so far"

    assert await pool.run(FakeAgent("read", "extract", does=give_up), task(), 1) == "best so far"
    assert ended(pool.statistics()) == {"completed": 1}


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (ValueError("broken"), "failed"),
        (trio.TooSlowError("own deadline"), "failed"),
        (ExceptionGroup("", [ValueError("broken")]), "failed"),
        (BaseExceptionGroup("", [KeyboardInterrupt(), ValueError("broken")]), "failed"),
        (BaseExceptionGroup("", [KeyboardInterrupt()]), "cancelled"),
        (KeyboardInterrupt(), "cancelled"),
        (SystemExit(3), "cancelled"),
        (GeneratorExit(), "cancelled"),
    ],
)
async def test_what_leaves_a_block_is_booked_and_goes_on(
    error: BaseException, outcome: str, autojump_clock: MockClock
) -> None:
    """An `Exception` is a failure, other things say that somebody lost interest; each comes out as it is."""
    pool = AgentPool({"extract": 1})
    with pytest.raises(type(error)) as caught:
        async with pool.slot("extract"):
            raise_(error)
    assert caught.value is error
    assert ended(pool.statistics()) == {outcome: 1}
    assert_nothing_held(pool)


def test_no_error_is_completed() -> None:
    """A call that raised nothing has completed."""
    assert outcome_of(None) is CallOutcome.COMPLETED


async def test_a_block_may_be_left_early(autojump_clock: MockClock) -> None:
    """A `return` out of the block completes it."""
    pool = AgentPool()

    async def first() -> str:
        async with pool.slot("extract"):
            return "first"

    assert await first() == "first"
    assert ended(pool.statistics()) == {"completed": 1}


async def test_a_block_is_entered_once(autojump_clock: MockClock) -> None:
    """What `slot` returns is one block; using it again is a mistake that is told."""
    pool = AgentPool()
    block = pool.slot("extract")
    async with block:
        pass
    with pytest.raises(RuntimeError, match="good for one block"):
        async with block:
            pytest.fail("entered twice")  # pragma: no cover -- only if the pool is broken
    assert_nothing_held(pool)


async def test_a_place_in_line_is_that_of_the_arrival(autojump_clock: MockClock) -> None:
    """A block that is made early and entered late queues late."""
    pool = AgentPool({"extract": 1})
    order: list[str] = []

    async def use(block: Any, name: str) -> None:
        async with block:
            order.append(name)

    early = pool.slot("extract")
    async with trio.open_nursery() as nursery:
        await arrive(nursery, hold, pool, "extract")
        await arrive(nursery, use, pool.slot("extract"), "late block")
        await arrive(nursery, use, early, "early block")
    assert order == ["late block", "early block"]


async def test_a_refusal_is_a_checkpoint(autojump_clock: MockClock) -> None:
    """Whoever asks a closed pool over and over stays cancellable."""
    pool = AgentPool()
    await pool.drain()
    with trio.move_on_after(0) as scope:
        while True:
            with pytest.raises(PoolClosedError):
                await pool.run(FakeAgent("read", "extract"), task(), 1)
    assert scope.cancelled_caught
    assert pool.statistics().submitted == 0


async def test_entering_is_a_checkpoint_even_with_a_free_slot(autojump_clock: MockClock) -> None:
    """Other Trio tasks get their turn between calls that never wait."""
    pool = AgentPool()
    turns: list[str] = []

    async def other() -> None:
        turns.append("other")
        await trio.lowlevel.checkpoint()

    async with trio.open_nursery() as nursery:
        nursery.start_soon(other)
        async with pool.slot("extract"):
            turns.append("block")
    assert turns[0] == "other" or "other" in turns[:2]


async def test_a_block_left_in_another_context_gives_its_slot_back(autojump_clock: MockClock) -> None:
    """Entered in one Trio task and left in another, as by a generator: the slot is back, and both may go on."""
    pool = AgentPool({"extract": 1})
    block = pool.slot("extract")

    async def enter() -> None:
        await block.__aenter__()

    async with trio.open_nursery() as nursery:
        nursery.start_soon(enter)
    assert pool.statistics().running == 1
    await block.__aexit__(None, None, None)
    assert_nothing_held(pool)
    await hold(pool, "extract")


async def test_blocks_may_be_left_in_any_order(autojump_clock: MockClock) -> None:
    """While the inner one is still held, its pool refuses; after it, nothing does."""
    outer, inner = AgentPool(), AgentPool()
    first, second = outer.slot("a"), inner.slot("b")
    await first.__aenter__()
    await second.__aenter__()
    await first.__aexit__(None, None, None)
    await hold(outer, "a")
    with pytest.raises(ConfigurationError):
        await hold(inner, "b")
    await second.__aexit__(None, None, None)
    await hold(inner, "b")
    assert_nothing_held(outer, inner)
