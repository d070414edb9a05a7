"""AgentPool: bounded concurrency per stage, and the books.

One place grants slots (`granting.py`). Whoever waits is a ticket in a line (`admission.py`) and not a Trio task in a
lot: the order is the line's, and waiting costs no Trio task.
"""

from __future__ import annotations

import collections
import itertools
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, final

import attrs
import trio

from copy_that_orch.orchestrator.checks import text, whole
from copy_that_orch.orchestrator.errors import ConfigurationError, PoolClosedError
from copy_that_orch.orchestrator.interfaces import BasePipelineAgent, InT, OutT, PipelineTask, label_of
from copy_that_orch.orchestrator.pool.adaptive import AdaptiveLimit
from copy_that_orch.orchestrator.pool.admission import StageQueue, checked_limits
from copy_that_orch.orchestrator.pool.granting import Granter
from copy_that_orch.orchestrator.pool.tickets import ENDED, PARKED, RUNNING, Ticket, running_in, slot_held_of
from copy_that_orch.orchestrator.pool.visits import Visit, outcome_of
from copy_that_orch.orchestrator.reports import CallOutcome, CallRecord, PoolStatistics

__all__ = ["AgentPool", "outcome_of", "running_in"]


@final
class AgentPool:
    """Slots for calls: `limit` per stage, `total_limit` in all.

    At no instant do more than that run. Among calls that wait the highest priority goes first, then first come, first
    served; a full stage never keeps another from running.

    Args:
      limits: Slots by stage, or an `AdaptiveLimit` that finds out how many are good.
      default_limit: Slots of a stage that `limits` does not name.
      total_limit: Slots over all stages; None: no bound but the stages' own.
      history: How many calls `recent` remembers.

    Raises:
      ConfigurationError: if a limit is below 1, or `history` below 0.
    """

    __slots__ = ("_closed", "_default_limit", "_granter", "_history", "_idle", "_limits", "_watchers", "next_order")

    def __init__(
        self,
        limits: Mapping[str, int | AdaptiveLimit] | None = None,
        *,
        default_limit: int = 4,
        total_limit: int | None = None,
        history: int = 1000,
    ) -> None:
        self._default_limit = whole("default_limit", default_limit, 1)
        self._limits = checked_limits(limits or {})
        self._granter = Granter(None if total_limit is None else whole("total_limit", total_limit, 1))
        self._history: collections.deque[tuple[Any, ...]] = collections.deque(maxlen=whole("history", history, 0))
        self.next_order: Callable[[], int] = itertools.count().__next__  #: Returns the place in line of who comes now.
        self._watchers: list[Callable[[str, int, int], None]] = []
        self._closed = False
        self._idle = trio.lowlevel.ParkingLot()

    @property
    def configured(self) -> Sequence[str]:
        """The stages whose limit was given."""
        return tuple(self._limits)

    @property
    def total_limit(self) -> int | None:
        """Slots over all stages."""
        total = self._granter.total
        return None if total is None else int(total.total_tokens)

    def limiter(self, stage: str) -> trio.CapacityLimiter:
        """Return the books of `stage`: how many slots it has, and who holds them.

        To take a slot, use `slot`; to change their number, `resize`. A token that is borrowed from the limiter itself
        counts against the limit, and its borrower comes before calls that wait; when it is given back, or
        `total_tokens` is set to another number or to infinity, waiting calls go on, though it may take until a running
        call of the stage ends. The total limit, the books and the check for re-entrancy know nothing of it.
        """
        return self.stage(stage).limiter

    @trio.lowlevel.enable_ki_protection
    def resize(self, stage: str, limit: int) -> None:
        """Change the limit of `stage` while it runs: to more at once, to fewer as calls end; 0 pauses it.

        An adaptive limit goes on from there; while it is paused, it stays so.

        Raises:
          ConfigurationError: if `limit` is below 0.
        """
        queue = self.stage(stage)
        old, new = queue.limit, whole(f"the limit of stage {queue.name!r}", limit, 0)
        if new != old:
            queue.resize(new)
            for watcher in tuple(self._watchers):
                watcher(queue.name, old, new)
            self._granter.grant(queue)

    def slot(self, stage: str) -> AbstractAsyncContextManager[None]:
        """Return a block that holds a slot of `stage`, waiting for it first: `async with pool.slot("stage"): ...`.

        The block is booked like a call: an `Exception` that leaves it is a failure.

        Raises:
          PoolClosedError: if the pool is draining.
          ConfigurationError: inside a call or block of this same pool; waiting there could wait for itself.
        """
        return Visit(self, stage)

    @trio.lowlevel.enable_ki_protection
    async def run(self, agent: BasePipelineAgent[InT, OutT], task: PipelineTask[Any], item: InT) -> OutT:
        """Run `agent` on `item` in a slot of its stage, and return what it returns.

        Raises:
          PoolClosedError: if the pool is draining.
          ConfigurationError: inside a call of this same pool; waiting there could wait for itself.
        """
        visit = Visit(self, agent.stage_name)
        visit.task_id, visit.agent_type, visit.label = task.task_id, agent.agent_type, label_of(item)
        visit.priority = task.priority
        async with visit:
            return await _process(agent, task, item)

    def statistics(self, stage: str | None = None) -> PoolStatistics:
        """Return the books of `stage`, or of all stages added up."""
        if stage is not None:
            return self.stage(stage).statistics()
        each = [queue.statistics() for queue in self._granter.stages.values()]
        added = {
            field.name: sum(getattr(one, field.name) for one in each)
            for field in attrs.fields(PoolStatistics)
            if field.name not in {"limit", "peak_running"}
        }
        return PoolStatistics(limit=self.total_limit, peak_running=self._granter.peak, **added)

    @property
    def recent(self) -> Sequence[CallRecord]:
        """The last calls, oldest first; `history` of them at most."""
        names = [field.name for field in attrs.fields(CallRecord)]
        return [CallRecord(**dict(zip(names, values, strict=True))) for values in self._history]

    async def drain(self) -> None:
        """Refuse new calls from now on, and wait until the ones that were handed in have ended.

        Those of a paused stage end when it is resized, or when they are cancelled. A cancelled drain leaves the pool
        closed; it may be waited for again, by many at once.

        Raises:
          ConfigurationError: inside a call or block of this same pool, which would wait for itself.
        """
        self.refuse_to_drain("pool")
        self._closed = True
        await trio.lowlevel.checkpoint()
        if not self._granter.is_idle():
            await self._idle.park()

    def __repr__(self) -> str:
        books = ", ".join(f"{q.name}: {q.running}/{q.limiter.total_tokens}" for q in self._granter.stages.values())
        return f"<AgentPool {'draining ' if self._closed else ''}{{{books}}}>"

    # For those who hand in tickets: the coordinator's runs. Everything below is a plain function.

    def stage(self, name: str) -> StageQueue:
        """Return the queue of a stage, made at first use."""
        queue = self._granter.stages.get(name)
        if queue is None:
            plain = text("a stage", name)
            queue = self._granter.stages[plain] = StageQueue(plain, self._limits.get(plain, self._default_limit))
        return queue

    def refuse_reentry(self) -> None:
        """Raise if the current Trio task runs in a slot of this pool.

        Raises:
          ConfigurationError: then; a call that waits for its own pool may wait for itself.
        """
        inside = slot_held_of(self)
        if inside is not None:
            raise ConfigurationError(
                f"a call of stage {inside.stage.name!r} asked the pool that it runs in for another slot; it could "
                "wait for itself for ever: give the inner work a pool of its own"
            )

    def refuse_to_drain(self, what: str) -> None:
        """Raise if the current Trio task runs in a slot of this pool, and so would wait for itself.

        Raises:
          ConfigurationError: then.
        """
        inside = slot_held_of(self)
        if inside is not None:
            raise ConfigurationError(f"{inside} waits for its own end if it drains the {what}; do that from outside")

    def keep_slots(self) -> None:
        """Have slots that are given back kept for tickets that start before `return_slots`.

        Until then nothing but plain functions may run.
        """
        self._granter.keep_slots()

    def return_slots(self) -> None:
        """Give back what was kept and not used."""
        self._granter.return_slots()

    def submit(self, ticket: Ticket, now: float | None = None) -> None:
        """Hand in `ticket`; it is granted now or later.

        Raises:
          PoolClosedError: if the pool is draining.
        """
        queue = ticket.stage
        if self._closed:
            raise PoolClosedError(f"the pool is draining and takes no call of stage {queue.name!r}")
        ticket.queued = now = trio.current_time() if now is None else now
        queue.submitted += 1
        queue.waiting += 1
        self._granter.hand_in(queue, ticket, now)

    def park(self, ticket: Ticket) -> None:
        """Take a ticket out of the line, or off the slot that it was just granted; it still counts as waiting."""
        if ticket.state is RUNNING:
            self._granter.free(ticket)
            ticket.stage.give_back(ticket)
            ticket.state = PARKED
            self._granter.grant(ticket.stage)
        else:
            ticket.state = PARKED

    def unpark(self, ticket: Ticket) -> None:
        """Put a parked ticket back into the line, at its old place."""
        ticket.stage.push(ticket)
        self._granter.grant(ticket.stage)

    def end(self, ticket: Ticket, outcome: CallOutcome, now: float | None = None) -> float:
        """Take a ticket out, wherever it is, and book how it ended; return the seconds that it held its slot."""
        if now is None:
            now = trio.current_time()
        queue = ticket.stage
        has_run = ticket.state is RUNNING
        ticket.state = ENDED
        seconds = 0.0
        full = has_run and queue.control is not None and queue.running >= queue.limit
        if has_run:
            seconds = queue.finish(ticket, now)
            self._granter.free(ticket)
        else:
            queue.withdraw(ticket, now)
        queue.counts[outcome] += 1
        self._history.append(
            (
                ticket.task_id,
                queue.name,
                ticket.agent_type,
                ticket.item,
                ticket.label,
                ticket.attempt,
                outcome,
                ticket.queued,
                ticket.started if has_run else None,
                now,
            )
        )
        if has_run:
            if queue.control is not None:
                self.resize(queue.name, queue.control.learn(outcome, ticket.started, now, queue.limit, full=full))
            if queue.waiting or self._granter.total is not None:
                self._granter.grant(queue)
        if self._closed and self._granter.is_idle():
            self._idle.unpark_all()
        return seconds

    def watch(self, watcher: Callable[[str, int, int], None]) -> None:
        """Call `watcher(stage, old, new)` at each change of a limit, until `unwatch`."""
        self._watchers.append(watcher)

    def unwatch(self, watcher: Callable[[str, int, int], None]) -> None:
        """Stop calling `watcher`."""
        self._watchers.remove(watcher)


@trio.lowlevel.disable_ki_protection
async def _process(agent: BasePipelineAgent[InT, OutT], task: PipelineTask[Any], item: InT) -> OutT:
    return await agent.process(task, item)
