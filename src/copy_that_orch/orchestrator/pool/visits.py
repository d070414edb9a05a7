"""A call whose own Trio task waits for its slot: `pool.run` and `pool.slot`."""

from __future__ import annotations

from typing import TYPE_CHECKING, final

import trio

from copy_that_orch.orchestrator.errors import PoolClosedError
from copy_that_orch.orchestrator.pool.tickets import NEW, PARKED, RUNNING, Ticket, running_in, still_held
from copy_that_orch.orchestrator.reports import CANCELLED, COMPLETED, FAILED, CallOutcome

if TYPE_CHECKING:
    from types import TracebackType

    from copy_that_orch.orchestrator.agent_pool import AgentPool


def outcome_of(error: BaseException | None) -> CallOutcome:
    """Return how a call ended that raised `error`, or None.

    An `Exception`, alone or among the leaves of a group, is a failure. Cancellation and the other bare
    `BaseException`s say that somebody lost interest, not that the call failed.
    """
    if error is None:
        return COMPLETED
    if isinstance(error, BaseExceptionGroup):
        return FAILED if error.subgroup(Exception) else CANCELLED
    return FAILED if isinstance(error, Exception) else CANCELLED


@final
class Visit(Ticket):
    """A ticket that is a block: entered when the slot is granted, which is given back when the block is left.

    Both halves are safe from Control-C. To enter it is a checkpoint, also when it is refused.
    """

    __slots__ = ("_pool", "_waiter")

    def __init__(self, pool: AgentPool, stage: str) -> None:
        super().__init__(pool.stage(stage), -1)
        self._pool = pool
        self._waiter: trio.lowlevel.Task | None = None

    @trio.lowlevel.enable_ki_protection
    async def __aenter__(self) -> None:
        pool = self._pool
        pool.refuse_reentry()
        if self.state is not NEW:
            raise RuntimeError("a slot() is good for one block; ask the pool for another one")
        self.order = pool.next_order()
        self.outer = still_held(running_in.get())
        try:
            pool.submit(self)
        except PoolClosedError:
            await trio.lowlevel.checkpoint()  # a caller that retries at once must stay cancellable
            raise
        try:
            await self._wait()
        except BaseException as error:
            pool.end(self, outcome_of(error))
            raise
        running_in.set((pool, self))

    @trio.lowlevel.enable_ki_protection
    async def __aexit__(
        self, _kind: type[BaseException] | None, error: BaseException | None, _traceback: TracebackType | None
    ) -> None:
        self._pool.end(self, outcome_of(error))
        inside = running_in.get()
        # Blocks may be left in another order, or by another Trio task, than they were entered: whoever has ended is
        # passed over then, and this only lets go of the ticket.
        if inside is not None and inside[1] is self:
            running_in.set(still_held(self.outer))

    def granted(self) -> None:
        """Let the Trio task that waits go on."""
        if self._waiter is not None:
            waiter, self._waiter = self._waiter, None
            trio.lowlevel.reschedule(waiter)

    async def _wait(self) -> None:
        if self.state is RUNNING:
            await trio.lowlevel.checkpoint()
            return
        self._waiter = trio.lowlevel.current_task()
        await trio.lowlevel.wait_task_rescheduled(self._abort)
        await trio.lowlevel.checkpoint_if_cancelled()  # since the slot was handed over: then the block never begins

    def _abort(self, _raise_cancel: object) -> trio.lowlevel.Abort:
        self._waiter = None
        self.state = PARKED  # no grant may come before the cancelled Trio task takes the ticket out
        return trio.lowlevel.Abort.SUCCEEDED
