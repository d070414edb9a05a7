"""A pool holds on to nothing: no item, no error, no Trio task, however long it runs."""

from __future__ import annotations

import contextlib
import gc
import sys
import weakref
from collections.abc import Iterator
from typing import Any

import pytest
import trio
from trio.testing import MockClock

from copy_that_orch import AgentPool
from copy_that_orch.testing import FakeAgent, assert_nothing_held
from tests.unit.orchestrator.pool.pools import arrive, hold, task


@pytest.fixture(autouse=True)
def _no_gc() -> Iterator[None]:
    """Switch the collector of cycles off, so that a cycle is a leak."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


class Picture:
    """A payload that can be asked whether it is still there."""


class Failed(Exception):  # noqa: N818 -- what a test agent raises
    """An error that can be asked whether it is still there."""


@pytest.mark.usefixtures("untraced")
async def test_memory_is_flat_over_100_000_calls(mock_clock: MockClock) -> None:
    """Calls and blocks, good, failed and cancelled ones, leave counts and the last `history` records."""
    pool = AgentPool({"extract": 2}, total_limit=2, history=100)
    agent = FakeAgent("read", "extract", does=_process)
    shop = task()

    async def use() -> None:
        await pool.run(agent, shop, 1)
        with contextlib.suppress(Failed):
            await pool.run(agent, shop, 2)
        async with pool.slot("extract"):
            pass
        with trio.CancelScope() as scope:
            scope.cancel()
            await pool.run(agent, shop, 3)
        agent.calls.clear()

    async def repeat(times: int) -> int:
        for _ in range(times):
            await use()
        return sys.getallocatedblocks()

    before = await repeat(1000)
    assert await repeat(25_000) - before < 1000
    assert pool.statistics().submitted == 104_000
    assert len(pool.recent) == 100
    assert_nothing_held(pool)


async def _process(_task: object, item: int) -> None:
    if item == 2:
        raise Failed


async def test_those_who_give_up_in_front_of_a_paused_stage_leave_nothing(autojump_clock: MockClock) -> None:
    """However many come and go while one waits for good, the line holds a few dozen entries."""
    pool = AgentPool({"extract": 1}, history=0)
    pool.resize("extract", 0)
    agent = FakeAgent("read", "extract")
    async with trio.open_nursery() as nursery:
        await arrive(nursery, hold, pool, "extract")
        pictures: list[weakref.ref[Picture]] = []
        for _ in range(1000):
            picture = Picture()
            pictures.append(weakref.ref(picture))
            with trio.CancelScope() as scope:
                nursery.start_soon(_cancel_soon, scope)
                await pool.run(agent, task(), picture)
            del picture
        await trio.lowlevel.checkpoint()  # Trio holds on to the last `Cancelled` until then
        assert not [ref for ref in pictures if ref() is not None]
        assert len(pool.stage("extract")._line) <= 100
        nursery.cancel_scope.cancel()
    assert pool.stage("extract")._line == []
    assert_nothing_held(pool)


async def _cancel_soon(scope: trio.CancelScope) -> None:
    await trio.testing.wait_all_tasks_blocked()
    scope.cancel()


async def test_items_and_errors_are_free_when_their_call_ends(autojump_clock: MockClock) -> None:
    """Neither books nor records keep a payload, or the exception that a call raised, alive."""
    pool = AgentPool()
    picture = Picture()
    alive: list[weakref.ref[Any]] = [weakref.ref(picture)]

    async def fails(_task: object, _item: object) -> None:
        error = Failed()
        alive.append(weakref.ref(error))
        try:
            raise error
        finally:
            del error

    agent = FakeAgent("read", "extract", does=fails)
    with contextlib.suppress(Failed):
        await pool.run(agent, task(), picture)
    agent.calls.clear()
    del picture
    assert [ref() for ref in alive] == [None, None]
    assert pool.recent[0].label == "Picture"


async def test_a_pool_is_gone_when_nobody_holds_it(autojump_clock: MockClock) -> None:
    """A pool is part of no cycle, and no Trio task remembers it."""
    pool = AgentPool({"extract": 1}, total_limit=1)
    async with trio.open_nursery() as nursery:
        for _ in range(3):
            nursery.start_soon(hold, pool, "extract")
    pool.resize("extract", 0)
    with trio.move_on_after(1):
        await hold(pool, "extract")
    await trio.testing.wait_all_tasks_blocked()
    gone = weakref.ref(pool.stage("extract").limiter)
    del pool, nursery
    assert gone() is None
