"""A call that asks the pool it runs in for another slot is told so, and does not wait for itself for ever."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
import trio
from trio.testing import MockClock

from copy_that_orch import AgentPool, ConfigurationError, PipelineCoordinator, PipelineErrorGroup, PipelineTask, Stage
from copy_that_orch.orchestrator.pool.admission import StageQueue
from copy_that_orch.orchestrator.pool.tickets import Ticket, running_in
from copy_that_orch.testing import FakeAgent, assert_nothing_held
from tests.unit.orchestrator.pool.pools import ended, hold, task


def asking(ask: Callable[[], Awaitable[Any]], stage: str = "extract") -> FakeAgent:
    """Return an agent that asks for something in its slot."""
    return FakeAgent("asks", stage, does=lambda _task, _item: ask())


@pytest.mark.parametrize("stage", ["extract", "another"])
async def test_an_agent_that_asks_its_own_pool_gets_an_error(stage: str, autojump_clock: MockClock) -> None:
    """Also for another stage and with slots to spare, so that it does not depend on the load."""
    pool = AgentPool({"extract": 4})
    with pytest.raises(ConfigurationError, match=r"stage 'extract' asked the pool .* give the inner work a pool"):
        await pool.run(asking(lambda: hold(pool, stage)), task(), 1)
    assert ended(pool.statistics()) == {"failed": 1}
    assert_nothing_held(pool)


async def test_a_child_trio_task_of_an_agent_gets_it_too(autojump_clock: MockClock) -> None:
    """An agent's nursery is inside of its call."""
    pool = AgentPool({"extract": 1})

    async def ask() -> None:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(hold, pool, "extract")

    with pytest.raises(ExceptionGroup) as caught:
        await pool.run(asking(ask), task(), 1)
    assert caught.group_contains(ConfigurationError)
    assert_nothing_held(pool)


async def test_a_call_in_another_pool_does_not_hide_the_first(autojump_clock: MockClock) -> None:
    """From a slot of A into one of B and back into A: the last one is refused, however deep."""
    first, second, third = pools = AgentPool(default_limit=1), AgentPool(default_limit=1), AgentPool(default_limit=1)

    async def ask() -> None:
        async with second.slot("s"), third.slot("t"):
            await hold(first, "f")

    with pytest.raises(ConfigurationError, match="stage 'extract'"):
        await first.run(asking(ask), task(), 1)
    assert_nothing_held(*pools)


async def test_back_in_the_outer_pool_after_the_inner_block(autojump_clock: MockClock) -> None:
    """When the inner block has ended, its pool may be asked again, and the outer one still may not."""
    outer, inner = AgentPool(), AgentPool()

    async def ask() -> None:
        await hold(inner, "s")
        await hold(inner, "s")
        await hold(outer, "s")

    with pytest.raises(ConfigurationError):
        await outer.run(asking(ask), task(), 1)
    assert ended(inner.statistics()) == {"completed": 2}


async def test_a_block_made_outside_is_inside_where_it_is_entered(autojump_clock: MockClock) -> None:
    """What counts is the slot in which a block is entered, not where `slot` was called."""
    outer, inner = AgentPool(), AgentPool()
    made_before = inner.slot("s")

    async def ask() -> None:
        async with made_before:
            await hold(outer, "s")

    with pytest.raises(ConfigurationError):
        await outer.run(asking(ask), task(), 1)


async def test_allowed_again_after_the_call_has_ended(autojump_clock: MockClock) -> None:
    """A Trio task that a call started in somebody else's nursery may use the pool once the call is over."""
    pool = AgentPool({"extract": 1})
    late: list[float] = []

    async def afterwards() -> None:
        await trio.sleep(5)
        await hold(pool, "extract")
        late.append(trio.current_time())

    async with trio.open_nursery() as nursery:

        async def ask() -> None:
            nursery.start_soon(afterwards)
            await trio.sleep(1)

        await pool.run(asking(ask), task(), 1)
        await hold(pool, "extract")
    assert late == [6.0]
    assert running_in.get() is None


async def test_a_coordinator_inside_of_an_agent_is_told_apart(autojump_clock: MockClock) -> None:
    """An agent may run a coordinator with a pool of its own; one whose agents come back to the outer pool may not."""
    pool = AgentPool({"extract": 1})
    allowed = PipelineCoordinator([FakeAgent("inner", "s", latency=1)], stages=[Stage(name="s")])
    comes_back = asking(lambda: hold(pool, "extract"), "s")
    refused = PipelineCoordinator([comes_back], stages=[Stage(name="s")])
    same_pool = PipelineCoordinator([FakeAgent("inner", "extract")], stages=[Stage(name="extract")], pool=pool)
    inner = PipelineTask(task_id="inner", items=[1])

    await pool.run(asking(lambda: allowed.execute(inner)), task(), 1)
    with pytest.raises(PipelineErrorGroup) as caught:
        await pool.run(asking(lambda: refused.execute(inner)), task(), 1)
    assert caught.group_contains(ConfigurationError)
    with pytest.raises(ConfigurationError):
        await pool.run(asking(lambda: same_pool.execute(inner)), task(), 1)
    assert_nothing_held(pool, allowed.pool, refused.pool)


async def test_who_has_ended_is_forgotten(autojump_clock: MockClock) -> None:
    """Blocks of two pools that overlap without end leave no chain of old tickets behind."""
    pools = [AgentPool(), AgentPool()]
    blocks = [pools[0].slot("s")]
    await blocks[0].__aenter__()
    for number in range(1, 100):
        block = pools[number % 2].slot("s")
        await block.__aenter__()
        await blocks[-1].__aexit__(None, None, None)
        blocks.append(block)
    holder = running_in.get()
    chain = []
    while holder is not None:
        chain.append(holder[1])
        holder = holder[1].outer
    await blocks[-1].__aexit__(None, None, None)
    assert 1 <= len(chain) <= 3
    assert_nothing_held(*pools)


def test_a_ticket_must_say_what_it_does_when_granted() -> None:
    """The base class has no use for a slot."""
    with pytest.raises(NotImplementedError):
        Ticket(StageQueue("extract", 1), 0).granted()
