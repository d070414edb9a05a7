"""The pool keeps its limits and its books."""

from __future__ import annotations

import random
from collections import Counter
from typing import Any

import pytest
import trio
from trio.testing import MockClock

from copy_that_orch import AdaptiveLimit, AgentPool, ConfigurationError
from copy_that_orch.orchestrator.reports import CallOutcome, CallRecord, PoolStatistics
from copy_that_orch.testing import FakeAgent, assert_nothing_held
from tests.unit.orchestrator.pool.pools import arrive, ended, hold, task


async def test_runs_an_agent_and_returns_what_it_returns(autojump_clock: MockClock) -> None:
    """A call is the agent's `process`, with a slot around it."""
    pool = AgentPool()
    agent = FakeAgent("read", "extract", latency=2, result=lambda item: item * 2)

    assert await pool.run(agent, task(), 21) == 42
    assert pool.statistics("extract").ran_seconds == 2.0
    assert_nothing_held(pool)


@pytest.mark.parametrize("resizes", [False, True])
@pytest.mark.parametrize("seed", range(30))
def test_limits_hold_and_books_add_up_under_random_load(seed: int, resizes: bool) -> None:
    """Whatever calls do, and while stages are resized and paused, no limit is exceeded and no slot or call is lost."""
    trio.run(_random_load, random.Random(seed), resizes, clock=MockClock(autojump_threshold=0))


async def _random_load(rng: random.Random, resizes: bool) -> None:
    stages = ["a", "b", "c"][: rng.randint(1, 3)]
    total = rng.choice([None, 1, 3])
    pool = AgentPool({"a": rng.randint(1, 3)}, default_limit=rng.randint(1, 3), total_limit=total)
    running: Counter[str] = Counter()

    async def work(_task: object, stage: str) -> None:
        running[stage] += 1
        assert running[stage] <= (3 if resizes else pool.limiter(stage).total_tokens)
        assert total is None or running.total() <= total
        try:
            await trio.sleep(rng.choice([0, 0, 1, 1, 2, 5]))
            if rng.random() < 0.2:
                raise ValueError("chaos")
        finally:
            running[stage] -= 1

    agents = {stage: FakeAgent(stage, stage, does=work) for stage in stages}
    results: Counter[str] = Counter()

    async def call(stage: str) -> None:
        await trio.sleep(rng.randint(0, 5))
        with trio.move_on_after(rng.choice([0, 1, 1, 2, 5, 1000])) as scope:
            try:
                await pool.run(agents[stage], task(priority=rng.randint(0, 2)), stage)
                results["completed"] += 1
            except ValueError:
                results["failed"] += 1
        results["cancelled"] += scope.cancelled_caught

    async def resize() -> None:
        for _ in range(10):
            await trio.sleep(rng.choice([0, 1, 2]))
            pool.resize(rng.choice(stages), rng.randint(0, 3))
        for stage in stages:
            pool.resize(stage, 2)

    async with trio.open_nursery() as nursery:
        for _ in range(60):
            nursery.start_soon(call, rng.choice(stages))
        if resizes:
            nursery.start_soon(resize)

    assert results.total() == 60
    assert ended(pool.statistics()) == {name: count for name, count in results.items() if count}
    assert running.total() == 0
    assert_nothing_held(pool)
    await pool.drain()


async def test_as_many_run_as_the_limit_says(autojump_clock: MockClock) -> None:
    """Each stage has slots of its own; one that is not named has the default."""
    pool = AgentPool({"narrow": 1, "wide": 3}, default_limit=2)
    agents = {stage: FakeAgent(stage, stage, latency=1) for stage in ("narrow", "wide", "other")}

    async with trio.open_nursery() as nursery:
        for stage, agent in agents.items():
            for item in range(6):
                nursery.start_soon(pool.run, agent, task(stage), item)

    assert {stage: agent.peak for stage, agent in agents.items()} == {"narrow": 1, "wide": 3, "other": 2}
    assert {stage: pool.statistics(stage).peak_running for stage in agents} == {"narrow": 1, "wide": 3, "other": 2}
    assert pool.statistics().peak_running == 6
    assert trio.current_time() == 6.0
    assert pool.configured == ("narrow", "wide")


async def test_waited_and_ran_seconds_are_exact(autojump_clock: MockClock) -> None:
    """Three calls of 2 s, one at a time: they waited 0, 2 and 4 s, and ran 6 s."""
    pool = AgentPool({"extract": 1})
    async with trio.open_nursery() as nursery:
        for _ in range(3):
            nursery.start_soon(hold, pool, "extract", 2.0)
        await trio.sleep(3)
        halfway = pool.statistics("extract")

    assert (halfway.waiting, halfway.running, halfway.completed) == (1, 1, 1)
    assert (halfway.waited_seconds, halfway.ran_seconds) == (0.0, 2.0)
    assert pool.statistics("extract") == PoolStatistics(
        limit=1,
        submitted=3,
        waiting=0,
        running=0,
        completed=3,
        failed=0,
        cancelled=0,
        rejected=0,
        peak_running=1,
        waited_seconds=6.0,
        ran_seconds=6.0,
    )


async def test_statistics_over_all_stages_add_up(autojump_clock: MockClock) -> None:
    """The books of all stages are the sum of each; their limit is the total one, their peak is of one instant."""
    pool = AgentPool(total_limit=5)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(hold, pool, "a", 1.0)
        nursery.start_soon(hold, pool, "b", 3.0)
    await hold(pool, "a", 2.0)

    every = pool.statistics()
    assert (every.limit, every.submitted, every.completed, every.peak_running) == (5, 3, 3, 2)
    assert every.ran_seconds == pool.statistics("a").ran_seconds + pool.statistics("b").ran_seconds == 6.0
    assert pool.total_limit == 5
    assert AgentPool().total_limit is AgentPool().statistics().limit is None


async def test_a_failure_is_booked_and_goes_on(autojump_clock: MockClock) -> None:
    """The agent's own exception comes out, the same object, and the slot is back."""
    pool = AgentPool({"extract": 1})
    error = ValueError("no pixels")
    agent = FakeAgent("read", "extract", latency=1, fails={"a.png": error})

    for _ in range(2):
        with pytest.raises(ValueError, match="no pixels") as caught:
            await pool.run(agent, task(), "a.png")
        assert caught.value is error

    assert ended(pool.statistics("extract")) == {"failed": 2}
    assert_nothing_held(pool)


async def test_recent_calls_tell_who_what_and_when(autojump_clock: MockClock) -> None:
    """Each call that ended has a record, oldest first; one that never ran has no start."""
    pool = AgentPool({"extract": 1})
    agent = FakeAgent("read", "extract", latency=2)
    async with trio.open_nursery() as nursery:
        await arrive(nursery, pool.run, agent, task("shop"), "a.png")
        with trio.move_on_after(1):
            await pool.run(agent, task("bank"), "b.png")
    await hold(pool, "extract")

    cancelled, completed, block = pool.recent
    assert cancelled == CallRecord(
        task_id="bank",
        stage="extract",
        agent="read",
        item=None,
        label="b.png",
        attempt=1,
        outcome=CallOutcome.CANCELLED,
        queued=0.0,
        started=None,
        ended=1.0,
    )
    assert (completed.task_id, completed.outcome) == ("shop", CallOutcome.COMPLETED)
    assert (completed.queued, completed.started, completed.ended) == (0.0, 0.0, 2.0)
    assert (block.task_id, block.agent, block.label, block.started) == (None, None, "", 2.0)


async def test_history_is_bounded(autojump_clock: MockClock) -> None:
    """The last `history` calls are remembered, or none."""
    pools = {history: AgentPool(history=history) for history in (0, 3)}
    for pool in pools.values():
        for number in range(5):
            await hold(pool, str(number))

    assert [record.stage for record in pools[3].recent] == ["2", "3", "4"]
    assert list(pools[0].recent) == []
    assert pools[0].statistics().completed == 5


@pytest.mark.parametrize(
    ("settings", "complaint"),
    [
        ({"limits": {"extract": 0}}, "the limit of stage 'extract' must be a whole number from 1, not 0"),
        ({"limits": {"extract": -1}}, "not -1"),
        ({"limits": {"extract": True}}, "not True"),
        ({"limits": {"extract": 2.0}}, "not 2.0"),
        ({"limits": {"extract": None}}, "not None"),
        (
            {"limits": 4},
            "limits must be a mapping from stages to limits, not 4; for every stage there is default_limit",
        ),
        ({"limits": {"": 2}}, "a stage must be a text that is not empty, not ''"),
        ({"limits": {7: 2}}, "a stage must be a text that is not empty, not 7"),
        ({"default_limit": 0}, "default_limit must be a whole number from 1, not 0"),
        ({"default_limit": False}, "not False"),
        ({"total_limit": 0}, "total_limit must be a whole number from 1, not 0"),
        ({"total_limit": float("inf")}, "not inf"),
        ({"history": -1}, "history must be a whole number from 0, not -1"),
    ],
)
def test_limits_are_checked_when_given(settings: dict[str, Any], complaint: str) -> None:
    """What can never be satisfied is refused before anything runs, and the sentence names it."""
    with pytest.raises(ConfigurationError, match=complaint):
        AgentPool(**settings)


@pytest.mark.parametrize("limit", [-1, True, 1.5, None])
def test_resize_checks_too(limit: Any) -> None:
    """A limit that is refused changes nothing."""
    pool = AgentPool({"extract": 2})
    with pytest.raises(ConfigurationError, match="the limit of stage 'extract' must be a whole number from 0"):
        pool.resize("extract", limit)
    assert pool.limiter("extract").total_tokens == 2


def test_works_outside_of_a_trio_run() -> None:
    """A pool can be made, asked, resized and shown before Trio runs."""
    pool = AgentPool({"extract": 2, "read": AdaptiveLimit(3, 9)}, total_limit=8)
    assert isinstance(pool.limiter("extract"), trio.CapacityLimiter)
    assert pool.limiter("extract") is pool.limiter("extract")
    pool.resize("extract", 5)
    assert pool.statistics("extract").limit == 5
    assert pool.statistics("read").limit == 3
    assert pool.statistics().limit == 8
    assert list(pool.recent) == []
    assert repr(pool) == "<AgentPool {extract: 0/5, read: 0/3}>"


def test_works_in_one_run_after_another() -> None:
    """Books go on from run to run; the second one finds every slot free, and a cancelled run leaves none held."""
    pool = AgentPool({"extract": 1})

    async def cut_off() -> None:
        with trio.move_on_after(5):
            async with trio.open_nursery() as nursery:
                for _ in range(3):
                    nursery.start_soon(hold, pool, "extract", 4.0)

    for _ in range(2):
        trio.run(cut_off, clock=MockClock(autojump_threshold=0))
        assert_nothing_held(pool)
    assert ended(pool.statistics()) == {"completed": 2, "cancelled": 4}


async def test_shows_its_state(autojump_clock: MockClock) -> None:
    """The repr tells how many run of how many, and that it drains; a borrower tells what it is."""
    pool = AgentPool({"extract": 2})
    agent = FakeAgent("read", "extract", latency=1)
    async with trio.open_nursery() as nursery:
        await arrive(nursery, pool.run, agent, task(), "a.png")
        await arrive(nursery, hold, pool, "extract")
        assert repr(pool) == "<AgentPool {extract: 2/2}>"
        borrowers = pool.limiter("extract").statistics().borrowers
        assert sorted(map(repr, borrowers)) == [
            "<a block in stage 'extract', running>",
            "<agent 'read' on a.png in stage 'extract', running>",
        ]
        await pool.drain()
    assert repr(pool) == "<AgentPool draining {extract: 0/2}>"
