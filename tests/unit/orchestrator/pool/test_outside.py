"""Room in a stage's limiter that somebody else makes: calls that wait go on."""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Awaitable, Callable

import pytest
import trio
from trio.testing import MockClock

from copy_that_orch import AgentPool, FailurePolicy, PipelineCoordinator, PipelineTask, Stage
from copy_that_orch.orchestrator.runs.plan import WITHIN_REASON
from copy_that_orch.testing import FakeAgent, assert_nothing_held
from tests.unit.orchestrator.pool.pools import arrive, ended, hold


async def borrow(pool: AgentPool, seconds: float) -> None:
    """Hold a token of the limiter, past the pool."""
    async with pool.limiter("extract"):
        await trio.sleep(seconds)


async def test_a_token_that_was_borrowed_directly_counts_and_comes_back(autojump_clock: MockClock) -> None:
    """While somebody has the limiter's tokens, no call takes them; when they are back, the calls that wait go on."""
    pool = AgentPool({"extract": 2})
    async with trio.open_nursery() as nursery:
        await arrive(nursery, borrow, pool, 3.0)
        await arrive(nursery, borrow, pool, 5.0)
        for _ in range(3):
            await arrive(nursery, hold, pool, "extract")
        assert pool.statistics("extract").running == 0
    assert [record.started for record in pool.recent] == [3.0, 4.0, 5.0]
    assert_nothing_held(pool)


async def test_calls_and_borrowers_share_the_limit(autojump_clock: MockClock) -> None:
    """At no instant do more calls and borrowers together hold a token than there are."""
    pool = AgentPool({"extract": 2}, total_limit=4)
    inside = 0

    async def work(directly: bool) -> None:
        nonlocal inside
        async with pool.limiter("extract") if directly else pool.slot("extract"):
            inside += 1
            assert inside <= 2
            await trio.sleep(1)
            inside -= 1

    async with trio.open_nursery() as nursery:
        for number in range(40):
            nursery.start_soon(work, number % 3 == 0)
    assert trio.current_time() == 20.0
    assert ended(pool.statistics()) == {"completed": 26}
    assert_nothing_held(pool)


@pytest.mark.parametrize("paused_by", ["resize", "total_tokens"])
async def test_total_tokens_set_directly_are_seen(paused_by: str, autojump_clock: MockClock) -> None:
    """A paused stage goes on when its limiter is given tokens, past the pool."""
    pool = AgentPool({"extract": 1})
    if paused_by == "resize":
        pool.resize("extract", 0)
    else:
        pool.limiter("extract").total_tokens = 0
    async with trio.open_nursery() as nursery:
        for _ in range(4):
            await arrive(nursery, hold, pool, "extract")
        await trio.sleep(5)
        assert pool.statistics().running == 0
        pool.limiter("extract").total_tokens = 2
    assert trio.current_time() == 7.0
    assert pool.statistics("extract").limit == 2
    assert_nothing_held(pool)


async def test_whoever_stands_in_line_for_the_pool_leaves_with_the_last_call(autojump_clock: MockClock) -> None:
    """When the calls that wait are cancelled, nobody stands in the limiter's line any more."""
    pool = AgentPool({"extract": 1})
    async with pool.limiter("extract"):
        with trio.move_on_after(1):
            async with trio.open_nursery() as nursery:
                for _ in range(3):
                    nursery.start_soon(hold, pool, "extract")
                await trio.testing.wait_all_tasks_blocked()
                assert pool.limiter("extract").statistics().tasks_waiting == 1
        assert pool.limiter("extract").statistics().tasks_waiting == 0
    assert ended(pool.statistics()) == {"cancelled": 3}
    assert_nothing_held(pool)


async def test_what_the_pool_does_itself_takes_no_detour(autojump_clock: MockClock) -> None:
    """A resize grants all new slots at once, though somebody stands in the limiter's line meanwhile."""
    pool = AgentPool({"extract": 1})
    pool.resize("extract", 0)
    async with trio.open_nursery() as nursery:
        for _ in range(3):
            await arrive(nursery, hold, pool, "extract")
        pool.resize("extract", 2)
        assert pool.statistics().running == 2
        assert pool.limiter("extract").borrowed_tokens == 2


async def test_a_token_and_a_call_come_back_in_one_instant(autojump_clock: MockClock) -> None:
    """A borrower and a call end together: both slots go to calls that wait, none is lost in between."""
    for _ in range(20):
        pool = AgentPool({"extract": 2})
        began = trio.current_time()
        async with trio.open_nursery() as nursery:
            await arrive(nursery, borrow, pool, 1.0)
            await arrive(nursery, hold, pool, "extract", 1.0)
            for _ in range(4):
                await arrive(nursery, hold, pool, "extract", 1.0)
        assert trio.current_time() - began == 3.0
        assert_nothing_held(pool)


async def test_a_borrower_who_stood_in_line_comes_first(autojump_clock: MockClock) -> None:
    """A token that is given back goes to the one who waits for the limiter itself; the call gets the next one."""
    pool = AgentPool({"extract": 1})
    async with trio.open_nursery() as nursery:
        await arrive(nursery, borrow, pool, 2.0)
        await arrive(nursery, hold, pool, "extract")
        await arrive(nursery, borrow, pool, 3.0)
    assert [record.started for record in pool.recent] == [5.0]
    assert_nothing_held(pool)


def test_nothing_stands_in_line_after_a_run() -> None:
    """A run that ends in the middle leaves a pool that works in the next one."""
    pool = AgentPool({"extract": 1})

    async def cut_off() -> None:
        pool.resize("extract", 0)
        with trio.move_on_after(1):
            await hold(pool, "extract")

    async def go_on() -> None:
        pool.limiter("extract").total_tokens = 0
        async with trio.open_nursery() as nursery:
            nursery.start_soon(hold, pool, "extract")
            await trio.sleep(1)
            pool.limiter("extract").total_tokens = 1

    for _ in range(2):
        trio.run(cut_off, clock=MockClock(autojump_threshold=0))
        trio.run(go_on, clock=MockClock(autojump_threshold=0))
    assert ended(pool.statistics()) == {"completed": 2, "cancelled": 2}
    assert_nothing_held(pool)


async def test_a_stage_whose_tokens_are_infinite_has_no_limit(autojump_clock: MockClock) -> None:
    """Trio lets anybody set `total_tokens` to infinity: then all calls of the stage run, and its books say so."""
    pool = AgentPool({"extract": 1})
    coordinator = PipelineCoordinator(
        [FakeAgent("read", "extract", latency=1.0)], stages=[Stage(name="extract")], pool=pool
    )
    pool.limiter("extract").total_tokens = math.inf
    result = await coordinator.execute(PipelineTask(task_id="t", items=range(50)))

    assert len(result.outputs) == 50
    assert trio.current_time() == 1.0
    books = pool.statistics("extract")
    assert (books.limit, books.peak_running) == (None, 50)
    assert repr(pool) == "<AgentPool {extract: 0/inf}>"
    pool.resize("extract", 5)
    assert pool.statistics("extract").limit == 5


async def test_a_source_without_end_is_not_read_to_its_end_where_nothing_limits(autojump_clock: MockClock) -> None:
    """Without a limit as many tasks are under way as is within reason."""
    pool = AgentPool({"extract": 1})
    pool.limiter("extract").total_tokens = math.inf
    coordinator = PipelineCoordinator(
        [FakeAgent("read", "extract", latency=1.0)], stages=[Stage(name="extract")], pool=pool
    )
    endless = (PipelineTask(task_id=str(number), items=[number]) for number in itertools.count())
    async with coordinator.stream(endless) as results:
        assert (await anext(results)).status == "completed"
        assert pool.statistics("extract").peak_running == WITHIN_REASON
    assert_nothing_held(coordinator)


async def test_a_borrower_who_stood_in_line_comes_before_the_calls_of_a_run(autojump_clock: MockClock) -> None:
    """Slots that a run passes on from call to call go to who waits for the limiter itself first."""
    pool = AgentPool({"extract": 2})
    coordinator = PipelineCoordinator(
        [FakeAgent("read", "extract", latency=2.0)], stages=[Stage(name="extract")], pool=pool
    )
    got: list[float] = []

    async def borrow_one() -> None:
        await trio.sleep(1)
        async with pool.limiter("extract"):
            got.append(trio.current_time())
            await trio.sleep(10)

    async with trio.open_nursery() as nursery:
        nursery.start_soon(borrow_one)
        result = await coordinator.execute(PipelineTask(task_id="t", items=range(6)))
        assert trio.current_time() == 10.0  # two, and then, through the slot that is left, four: 2 + 4 * 2

    assert got == [2.0]
    assert result.outputs == tuple(range(6))
    assert_nothing_held(coordinator)


def test_the_limiter_tells_the_truth_to_whoever_looks() -> None:  # noqa: C901 -- one run, told in one place
    """Whatever a run keeps from one call to the next within a turn, agents and others see exact books, always."""

    async def run(seed: int) -> None:
        rng = random.Random(seed)
        alone = rng.random() < 0.5
        pool = AgentPool({"a": rng.randint(1, 3), "b": rng.randint(1, 3)}, total_limit=rng.choice([None, 3]))
        borrowed = {"a": 0, "b": 0}

        def look() -> None:
            for stage, others in borrowed.items():
                held = pool.statistics(stage).running + others
                taken = pool.limiter(stage).borrowed_tokens
                # With borrowers, some that were handed a token have not come to count it yet.
                assert taken == held if alone else taken >= held

        def work(stage: str) -> Callable[[PipelineTask[int], int], Awaitable[int]]:
            async def process(_task: PipelineTask[int], item: int) -> int:
                look()
                if rng.random() < 0.7:
                    await trio.sleep(rng.choice([0.0, 1.0, 1.0]))
                    look()
                if rng.random() < 0.1:
                    raise ValueError(stage)
                return item

            return process

        async def disturb() -> None:
            while True:
                stage = rng.choice("ab")
                await trio.sleep(rng.choice([0.0, 0.5, 1.0]))
                if alone or rng.random() < 0.5:
                    pool.resize(stage, rng.randint(1, 4))
                    look()
                    continue
                async with pool.limiter(stage):
                    borrowed[stage] += 1
                    look()
                    await trio.sleep(rng.choice([0.0, 0.5, 1.0]))
                    borrowed[stage] -= 1

        coordinator = PipelineCoordinator(
            [FakeAgent(stage, stage, does=work(stage)) for stage in "ab"],
            stages=[Stage(name=stage, on_failure=FailurePolicy.COLLECT) for stage in "ab"],
            pool=pool,
        )
        async with trio.open_nursery() as nursery:
            nursery.start_soon(disturb)
            nursery.start_soon(disturb)
            tasks = [PipelineTask(task_id=str(number), items=range(6)) for number in range(6)]
            await coordinator.execute_batch(tasks)
            look()
            nursery.cancel_scope.cancel()
        assert_nothing_held(coordinator)

    for seed in range(20):
        trio.run(run, seed, clock=MockClock(autojump_threshold=0))
