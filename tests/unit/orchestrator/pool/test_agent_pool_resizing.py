"""Limits change while calls run and wait."""

from __future__ import annotations

import trio
from trio.testing import MockClock

from copy_that_orch import AgentPool
from copy_that_orch.testing import assert_nothing_held
from tests.unit.orchestrator.pool.pools import arrive, ended, hold


async def test_up_grants_at_once(autojump_clock: MockClock) -> None:
    """New slots go to calls that wait, in the instant of the change."""
    pool = AgentPool({"extract": 1})
    async with trio.open_nursery() as nursery:
        for _ in range(5):
            await arrive(nursery, hold, pool, "extract", 4.0)
        await trio.sleep(1)
        pool.resize("extract", 3)
        assert pool.statistics("extract").running == 3
    assert [record.started for record in pool.recent] == [0.0, 1.0, 1.0, 4.0, 5.0]
    assert_nothing_held(pool)


async def test_down_lets_calls_end(autojump_clock: MockClock) -> None:
    """Fewer slots cancel nobody; no call starts until enough have ended."""
    pool = AgentPool({"extract": 4})
    async with trio.open_nursery() as nursery:
        for seconds in (1.0, 2.0, 3.0, 4.0, 1.0, 1.0):
            await arrive(nursery, hold, pool, "extract", seconds)
        pool.resize("extract", 1)
        assert pool.statistics("extract").running == 4
    assert [(record.started, record.ended) for record in pool.recent] == [
        (0.0, 1.0),
        (0.0, 2.0),
        (0.0, 3.0),
        (0.0, 4.0),
        (4.0, 5.0),
        (5.0, 6.0),
    ]
    assert ended(pool.statistics()) == {"completed": 6}
    assert_nothing_held(pool)


async def test_zero_pauses_one_stage_only(autojump_clock: MockClock) -> None:
    """A paused stage ends what runs and starts nothing; the others go on, and it does after the next resize."""
    pool = AgentPool({"a": 1, "b": 1}, total_limit=2)
    async with trio.open_nursery() as nursery:
        await arrive(nursery, hold, pool, "a", 2.0)
        await arrive(nursery, hold, pool, "a", 2.0)
        pool.resize("a", 0)
        await hold(pool, "b", 5.0)
        assert (pool.statistics("a").running, pool.statistics("a").waiting) == (0, 1)
        await trio.sleep(5)
        pool.resize("a", 1)
    assert trio.current_time() == 12.0
    assert_nothing_held(pool)


async def test_before_first_use(autojump_clock: MockClock) -> None:
    """A stage may be resized before it has seen a call, and paused from the start."""
    pool = AgentPool()
    pool.resize("extract", 0)
    with trio.move_on_after(3) as scope:
        await hold(pool, "extract")
    assert scope.cancelled_caught
    pool.resize("extract", 1)
    await hold(pool, "extract")
    assert_nothing_held(pool)


async def test_up_and_down_in_one_instant(autojump_clock: MockClock) -> None:
    """What was granted in between keeps its slot; what was not, waits."""
    pool = AgentPool({"extract": 1})
    async with trio.open_nursery() as nursery:
        for _ in range(4):
            await arrive(nursery, hold, pool, "extract", 1.0)
        pool.resize("extract", 3)
        pool.resize("extract", 1)
        assert pool.statistics("extract").running == 3
    assert trio.current_time() == 2.0


async def test_watchers_are_told_of_changes_until_they_leave(autojump_clock: MockClock) -> None:
    """Each change is told once, with the old and the new limit; setting the same limit is none."""
    pool = AgentPool({"extract": 2})
    seen: list[tuple[str, int, int]] = []

    def watcher(stage: str, old: int, new: int) -> None:
        seen.append((stage, old, new))
        if new == 0:
            pool.unwatch(watcher)

    others: list[int] = []
    pool.watch(watcher)
    pool.watch(lambda _stage, _old, new: others.append(new))
    for limit in (2, 5, 5, 0, 3):
        pool.resize("extract", limit)
    assert seen == [("extract", 2, 5), ("extract", 5, 0)]
    assert others == [5, 0, 3]
