"""What tests of pools are made of: calls that arrive in a known order and end as wanted."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import trio
from trio.testing import wait_all_tasks_blocked

from copy_that_orch.orchestrator.agent_pool import AgentPool
from copy_that_orch.orchestrator.interfaces import PipelineTask
from copy_that_orch.orchestrator.reports import PoolStatistics


def task(task_id: str = "shop", **settings: Any) -> PipelineTask[Any]:
    """Return a task; a pool reads its id and its priority only."""
    return PipelineTask(task_id=task_id, items=(), **settings)


async def arrive(nursery: trio.Nursery, fn: Callable[..., Awaitable[object]], *args: Any) -> None:
    """Start `fn` and return when it waits: so calls come in the order of the test, however Trio shuffles."""
    nursery.start_soon(fn, *args)
    await wait_all_tasks_blocked()


async def hold(pool: AgentPool, stage: str, seconds: float = 1.0) -> None:
    """Hold a slot for so long."""
    async with pool.slot(stage):
        await trio.sleep(seconds)


def ended(books: PoolStatistics) -> dict[str, int]:
    """Return how many calls ended how, but for the ways in which none did."""
    counts = {name: getattr(books, name) for name in ("completed", "failed", "cancelled", "rejected")}
    return {name: count for name, count in counts.items() if count}
