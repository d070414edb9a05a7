"""Control-C never lands in the middle of the pool's own work."""

from __future__ import annotations

import signal
import sys

import pytest
import trio

from copy_that_orch import AgentPool
from copy_that_orch.orchestrator.pool.tickets import Ticket, running_in
from copy_that_orch.orchestrator.reports import CallOutcome
from copy_that_orch.testing import FakeAgent, assert_nothing_held
from tests.unit.orchestrator.pool.pools import ended, task

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="raises SIGINT in its own process")


def test_control_c_never_lands_between_grant_and_block() -> None:
    """Control-C while the pool hands over a slot waits until the agent runs, and the slot is back."""
    pool = AgentPool({"extract": 1})
    stages: list[str] = []

    async def process(_task: object, _item: object) -> None:
        stages.append("agent")
        signal.raise_signal(signal.SIGINT)
        pytest.fail("not interrupted")  # pragma: no cover -- only if Control-C is held back from agents

    def interrupt(_stage: str, _old: int, _new: int) -> None:
        signal.raise_signal(signal.SIGINT)  # in the middle of the pool's own work
        stages.append("pool")

    async def resize() -> None:
        pool.resize("extract", 2)  # finishes first: the interruption waits for the next checkpoint
        await trio.sleep_forever()

    async def main() -> None:
        pool.watch(interrupt)
        with pytest.raises(KeyboardInterrupt):
            await resize()
        pool.unwatch(interrupt)
        with pytest.raises(KeyboardInterrupt):
            await pool.run(FakeAgent("read", "extract", does=process), task(), 1)

    trio.run(main)
    assert stages == ["pool", "agent"]
    assert pool.limiter("extract").total_tokens == 2
    assert ended(pool.statistics()) == {"cancelled": 1}
    assert_nothing_held(pool)


class Interrupting(Ticket):
    """Gets Control-C when it gets its slot."""

    def granted(self) -> None:
        """Press it."""
        signal.raise_signal(signal.SIGINT)


def test_control_c_never_lands_inside_of_the_end_of_a_block() -> None:
    """While a block gives its slot to the next, Control-C waits for the next checkpoint."""
    pool = AgentPool({"extract": 1})
    heir = Interrupting(pool.stage("extract"), 0)

    async def leave() -> None:
        async with pool.slot("extract"):
            pool.submit(heir)
        assert running_in.get() is None
        await trio.sleep_forever()

    async def main() -> None:
        with pytest.raises(KeyboardInterrupt):
            await leave()
        assert running_in.get() is None
        pool.end(heir, CallOutcome.COMPLETED)

    trio.run(main)
    assert ended(pool.statistics()) == {"completed": 2}
    assert_nothing_held(pool)
