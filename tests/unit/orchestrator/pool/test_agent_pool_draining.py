"""A pool that drains takes nothing new and waits for what it has."""

from __future__ import annotations

import pytest
import trio
from trio.testing import MockClock

from copy_that_orch import AgentPool, ConfigurationError, PoolClosedError
from copy_that_orch.testing import FakeAgent, assert_nothing_held
from tests.unit.orchestrator.pool.pools import arrive, ended, hold, task


async def test_waits_for_what_runs_and_what_waits(autojump_clock: MockClock) -> None:
    """Queued calls are run, too; whoever comes later is refused, and nothing of it is booked."""
    pool = AgentPool({"extract": 1})
    agent = FakeAgent("read", "extract", latency=2)
    async with trio.open_nursery() as nursery:
        for item in range(3):
            await arrive(nursery, pool.run, agent, task(), item)
        await arrive(nursery, pool.drain)
        with pytest.raises(PoolClosedError, match="draining and takes no call of stage 'extract'"):
            await pool.run(agent, task(), "late")
        with pytest.raises(PoolClosedError):
            await hold(pool, "another")
    assert trio.current_time() == 6.0
    assert agent.items == [0, 1, 2]
    assert pool.statistics().submitted == 3
    assert_nothing_held(pool)


async def test_an_idle_pool_drains_at_once(autojump_clock: MockClock) -> None:
    """With nothing to wait for, draining takes no time, the second time neither; it is a checkpoint."""
    pool = AgentPool({"extract": 1})
    await pool.drain()
    await pool.drain()
    assert trio.current_time() == 0.0
    with trio.move_on_after(0) as scope:
        await pool.drain()
    assert scope.cancelled_caught


async def test_many_may_wait(autojump_clock: MockClock) -> None:
    """Everybody who drains returns when the last call has ended."""
    pool = AgentPool()
    returned: list[float] = []

    async def drain() -> None:
        await pool.drain()
        returned.append(trio.current_time())

    async with trio.open_nursery() as nursery:
        await arrive(nursery, hold, pool, "extract", 3.0)
        for _ in range(3):
            await arrive(nursery, drain)
    assert returned == [3.0] * 3


async def test_a_cancelled_drain_leaves_the_pool_closed(autojump_clock: MockClock) -> None:
    """Whoever drains may give up; calls go on, new ones stay refused, and draining may be taken up again."""
    pool = AgentPool({"extract": 1})
    async with trio.open_nursery() as nursery:
        await arrive(nursery, hold, pool, "extract", 10.0)
        with trio.move_on_after(4) as scope:
            await pool.drain()
        assert scope.cancelled_caught
        with pytest.raises(PoolClosedError):
            await hold(pool, "extract")
        await pool.drain()
        assert trio.current_time() == 10.0
    assert_nothing_held(pool)


async def test_ends_when_the_last_call_is_cancelled(autojump_clock: MockClock) -> None:
    """A call that gives up while it waits or runs is one less to wait for."""
    pool = AgentPool({"extract": 1})
    async with trio.open_nursery() as nursery, trio.open_nursery() as calls:
        for _ in range(2):
            await arrive(calls, hold, pool, "extract", 60.0)
        await arrive(nursery, pool.drain)
        await trio.sleep(5)
        calls.cancel_scope.cancel()
    assert trio.current_time() == 5.0
    assert ended(pool.statistics()) == {"cancelled": 2}


async def test_failures_end_it_too(autojump_clock: MockClock) -> None:
    """How the last call ends does not matter."""
    pool = AgentPool()
    agent = FakeAgent("read", "extract", latency=2, fails=[1])

    async def fail() -> None:
        with pytest.raises(Exception, match="failed on 1"):
            await pool.run(agent, task(), 1)

    async with trio.open_nursery() as nursery:
        await arrive(nursery, fail)
        await pool.drain()
        assert trio.current_time() == 2.0


async def test_not_from_inside(autojump_clock: MockClock) -> None:
    """A call that drained its own pool would wait for itself; it is told so, and the pool stays open."""
    pool = AgentPool()
    agent = FakeAgent("closer", "extract", does=lambda _task, _item: pool.drain())
    with pytest.raises(
        ConfigurationError, match=r"<agent 'closer' on 1 in stage 'extract', running> waits for its own"
    ):
        await pool.run(agent, task(), 1)
    async with pool.slot("extract"):
        with pytest.raises(ConfigurationError):
            await pool.drain()
    await hold(pool, "extract")
    assert_nothing_held(pool)
