"""Who gets a slot next: both slots or none, by priority, then first come, first served."""

from __future__ import annotations

import contextlib

import pytest
import trio
from trio.testing import MockClock

from copy_that_orch import AgentPool
from copy_that_orch.orchestrator.pool.tickets import Ticket, TicketState
from copy_that_orch.orchestrator.reports import CallOutcome
from copy_that_orch.testing import FakeAgent, assert_nothing_held
from tests.unit.orchestrator.pool.pools import arrive, hold, task


async def test_a_full_stage_never_keeps_another_from_running(autojump_clock: MockClock) -> None:
    """Forty calls wait for a stage with one slot; one of another stage, which comes last, runs at once."""
    pool = AgentPool({"narrow": 1}, total_limit=4)
    async with trio.open_nursery() as nursery:
        for _ in range(40):
            await arrive(nursery, hold, pool, "narrow")
        await hold(pool, "wide", 0.5)
        assert trio.current_time() == 0.5
        nursery.cancel_scope.cancel()
    assert_nothing_held(pool)


async def test_both_or_none_reaches_the_lower_bound(autojump_clock: MockClock) -> None:
    """A narrow stage and a wide one under a total limit end when the slots allow it, and no nesting of limiters does.

    Ten slots, four of them open to the narrow stage: its 80 calls of 5 s take 100 s at least, and 600 calls of 1 s
    for the other six slots do, too.
    """
    pool = AgentPool({"narrow": 4, "wide": 10}, total_limit=10)
    lanes = {name: trio.CapacityLimiter(limit) for name, limit in [("narrow", 4), ("wide", 10), ("total", 10)]}

    async def nested(outer: str, inner: str, seconds: float) -> None:
        async with lanes[outer], lanes[inner]:
            await trio.sleep(seconds)

    async def total_first(stage: str, seconds: float) -> None:
        await nested("total", stage, seconds)

    async def stage_first(stage: str, seconds: float) -> None:
        await nested(stage, "total", seconds)

    async def both_or_none(stage: str, seconds: float) -> None:
        await hold(pool, stage, seconds)

    took: dict[str, float] = {}
    for admit in (total_first, stage_first, both_or_none):
        began = trio.current_time()
        async with trio.open_nursery() as nursery:
            for number in range(680):
                await arrive(nursery, admit, *(("narrow", 5.0) if number < 80 else ("wide", 1.0)))
        took[admit.__name__] = trio.current_time() - began

    assert took["both_or_none"] == 100.0
    assert took["total_first"] > took["stage_first"] >= 100.0
    assert pool.statistics().peak_running == 10


@pytest.mark.parametrize("total_limit", [None, 1])
async def test_priority_then_first_come_first_served(total_limit: int | None, autojump_clock: MockClock) -> None:
    """The highest priority starts first, among equals the oldest; twenty times over, though Trio shuffles."""
    for _ in range(20):
        pool = AgentPool({"extract": 1}, total_limit=total_limit)
        agent = FakeAgent("read", "extract", latency=1)
        async with trio.open_nursery() as nursery:
            for name, priority in [("first", 0), ("a", 0), ("b", 5), ("c", 0), ("d", 5), ("e", -1), ("f", 9)]:
                await arrive(nursery, pool.run, agent, task(priority=priority), name)
        assert agent.items == ["first", "f", "b", "d", "a", "c", "e"]


async def test_the_order_is_that_of_all_stages_under_a_total_limit(autojump_clock: MockClock) -> None:
    """A total slot that is given back goes to the first of all stages' lines, whichever stage it came from."""
    for _ in range(20):
        pool = AgentPool(total_limit=1)
        agents = {stage: FakeAgent(stage, stage, latency=1) for stage in "abc"}
        async with trio.open_nursery() as nursery:
            await arrive(nursery, hold, pool, "a", 1.0)
            for name, priority in [("b1", 0), ("c2", 0), ("a3", 0), ("c4", 1)]:
                await arrive(nursery, pool.run, agents[name[0]], task(priority=priority), name)
        assert [record.label for record in pool.recent] == ["", "c4", "b1", "c2", "a3"]


async def test_slots_that_come_back_together_go_out_in_order(autojump_clock: MockClock) -> None:
    """Four calls end in the same instant; of eight that wait, the first four start then."""
    for _ in range(20):
        pool = AgentPool({"extract": 4})
        agent = FakeAgent("read", "extract", latency=1)
        async with trio.open_nursery() as nursery:
            for item in range(12):
                await arrive(nursery, pool.run, agent, task(), item)
        assert [sorted(agent.items[first : first + 4]) for first in (0, 4, 8)] == [
            [0, 1, 2, 3],
            [4, 5, 6, 7],
            [8, 9, 10, 11],
        ]
        assert {call.item: call.started - agent.calls[0].started for call in agent.calls} == {
            item: item // 4 for item in range(12)
        }


async def test_a_newcomer_does_not_jump_the_line(autojump_clock: MockClock) -> None:
    """A call that comes in the instant in which a slot is given back queues behind those that wait."""
    pool = AgentPool({"extract": 1})
    agent = FakeAgent("read", "extract", latency=1)

    async def again(item: str) -> None:
        await pool.run(agent, task(), item)
        await pool.run(agent, task(), item + "'")

    async with trio.open_nursery() as nursery:
        await arrive(nursery, again, "a")
        await arrive(nursery, again, "b")
    assert agent.items == ["a", "b", "a'", "b'"]


async def test_a_slot_is_not_lost_when_the_heir_is_cancelled_in_the_same_instant(autojump_clock: MockClock) -> None:
    """When the call that a slot would go to is cancelled first, the next in line gets it."""
    for _ in range(20):
        began = trio.current_time()
        pool = AgentPool({"extract": 1}, total_limit=1)
        agent = FakeAgent("read", "extract", latency=1)

        async def impatient(pool: AgentPool = pool, agent: FakeAgent = agent) -> None:
            with trio.move_on_after(1):
                await pool.run(agent, task(), "heir")

        async with trio.open_nursery() as nursery:
            await arrive(nursery, hold, pool, "extract", 1.0)
            await arrive(nursery, impatient)
            await arrive(nursery, pool.run, agent, task(), "next")
        assert agent.ended("completed") == ["next"]
        assert trio.current_time() - began == 2.0
        assert [record.started for record in pool.recent if record.label == "heir"] == [None]
        assert pool.statistics().cancelled == 1
        assert_nothing_held(pool)


async def test_calls_of_other_pools_are_no_concern(autojump_clock: MockClock) -> None:
    """A call may hold slots of two pools, one inside the other; each keeps its own books."""
    outer, inner = AgentPool({"extract": 2}), AgentPool({"web": 1})
    asks = FakeAgent("asks", "extract", does=lambda _task, _item: hold(inner, "web", 3.0))
    async with trio.open_nursery() as nursery:
        for item in range(4):
            nursery.start_soon(outer.run, asks, task(), item)
    assert trio.current_time() == 12.0
    assert (outer.statistics().peak_running, inner.statistics().peak_running) == (2, 1)
    assert_nothing_held(outer, inner)


class Claim(Ticket):
    """A ticket without a Trio task, as a coordinator's: it starts, or is parked since its circuit is open."""

    def __init__(self, pool: AgentPool, stage: str, log: list[str], name: str, is_open: set[str]) -> None:
        super().__init__(pool.stage(stage), pool.next_order())
        self.pool, self.log, self.label, self.is_open = pool, log, name, is_open

    def granted(self) -> None:
        """Start, or hold the slot no longer than this."""
        if self.label in self.is_open:
            self.pool.park(self)
        else:
            self.log.append(self.label)


@pytest.mark.parametrize("total_limit", [None, 1])
async def test_a_ticket_may_be_parked_in_the_instant_of_its_grant(
    total_limit: int | None, autojump_clock: MockClock
) -> None:
    """Its slot goes to the next one at once; unparked, it has its old place in the line, and its age."""
    pool = AgentPool({"extract": 1}, total_limit=total_limit)
    started: list[str] = []
    is_open = {"a", "b"}
    a, b, c, d = claims = [Claim(pool, "extract", started, name, is_open) for name in "abcd"]
    for claim in claims:
        pool.submit(claim)
    assert started == ["c"]
    assert [claim.state for claim in claims] == [
        TicketState.PARKED,
        TicketState.PARKED,
        TicketState.RUNNING,
        TicketState.QUEUED,
    ]
    assert (pool.statistics("extract").waiting, pool.statistics("extract").running) == (3, 1)

    await trio.sleep(2)
    is_open.clear()
    pool.park(d)
    pool.unpark(b)
    pool.unpark(d)
    pool.unpark(a)
    for claim in (c, a, b, d):
        assert started[-1] == claim.label
        assert pool.end(claim, CallOutcome.COMPLETED) == (2.0 if claim is c else 0.0)
    assert pool.statistics().waited_seconds == 6.0
    assert pool.statistics().peak_running == 1
    assert_nothing_held(pool)


async def test_parking_gives_the_slot_to_the_next(autojump_clock: MockClock) -> None:
    """Also long after the grant; the slot is free at once."""
    pool = AgentPool({"extract": 1}, total_limit=1)
    started: list[str] = []
    first, second = claims = [Claim(pool, "extract", started, name, set()) for name in "ab"]
    for claim in claims:
        pool.submit(claim)
    pool.park(first)
    assert started == ["a", "b"]
    assert pool.end(second, CallOutcome.COMPLETED) == pool.end(first, CallOutcome.REJECTED) == 0.0
    assert_nothing_held(pool)


async def test_a_long_line_may_be_parked_at_once(autojump_clock: MockClock) -> None:
    """Thousands of grants that are given back in the same instant follow one another, not inside of one another."""
    pool = AgentPool({"extract": 1})
    started: list[str] = []
    is_open = {"parked"}
    holder = Claim(pool, "extract", started, "holder", is_open)
    line = [Claim(pool, "extract", started, "parked", is_open) for _ in range(5000)]
    for claim in (holder, *line):
        pool.submit(claim)
    pool.end(holder, CallOutcome.COMPLETED)
    assert {claim.state for claim in line} == {TicketState.PARKED}
    for claim in line:
        pool.end(claim, CallOutcome.REJECTED)
    assert started == ["holder"]
    assert_nothing_held(pool)


async def test_a_line_of_the_cancelled_is_skipped(autojump_clock: MockClock) -> None:
    """A slot goes past those that gave up, to the one that still waits."""
    pool = AgentPool({"extract": 1})
    agent = FakeAgent("read", "extract", latency=1)
    async with trio.open_nursery() as nursery:
        await arrive(nursery, hold, pool, "extract", 10.0)
        async with trio.open_nursery() as impatient:
            for item in range(200):
                impatient.start_soon(pool.run, agent, task(), item)
            with contextlib.suppress(trio.TooSlowError):
                with trio.fail_after(5):
                    await trio.sleep_forever()
            impatient.cancel_scope.cancel()
        await pool.run(agent, task(), "patient")
    assert agent.items == ["patient"]
    assert trio.current_time() == 11.0
