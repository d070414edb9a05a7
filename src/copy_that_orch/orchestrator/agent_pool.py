"""AgentPool: bounded concurrency per stage, and the books.

One place grants slots. A call that needs a stage slot and a total slot gets both or waits for both, so that it never
keeps one while it waits for the other. Whoever waits is a ticket in a queue and not a Trio task in a lot: the order
is the queue's, and waiting costs no Trio task.
"""

from __future__ import annotations

import collections
import contextlib
import contextvars
import itertools
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from typing import Any, final

import attrs
import trio

from copy_that_orch.orchestrator.admission import StageQueue, Ticket, TicketState
from copy_that_orch.orchestrator.errors import ConfigurationError, PoolClosedError
from copy_that_orch.orchestrator.interfaces import BasePipelineAgent, InT, OutT, PipelineTask, label_of
from copy_that_orch.orchestrator.reports import CallOutcome, CallRecord, PoolStatistics

running_in: contextvars.ContextVar[tuple[AgentPool, Ticket] | None] = contextvars.ContextVar("running_in", default=None)
"""The pool and the ticket whose slot the current Trio task, or one that started it, runs in or ran in."""


def outcome_of(error: BaseException | None) -> CallOutcome:
    """Return how a call ended that raised `error`, or None.

    An `Exception`, alone or among the leaves of a group, is a failure. Cancellation and the other bare
    `BaseException`s say that somebody lost interest, not that the call failed.
    """
    if error is None:
        return CallOutcome.COMPLETED
    if isinstance(error, BaseExceptionGroup):
        return CallOutcome.FAILED if error.subgroup(Exception) else CallOutcome.CANCELLED
    return CallOutcome.FAILED if isinstance(error, Exception) else CallOutcome.CANCELLED


def _checked_limit(name: str, limit: object, least: int = 1) -> int:
    if not isinstance(limit, int) or isinstance(limit, bool) or limit < least:
        raise ConfigurationError(f"{name} must be a whole number from {least}, not {limit!r}")
    return limit


@final
class AgentPool:
    """Slots for calls: `limit` per stage, `total_limit` in all.

    At no instant do more than that run. Among calls that wait the highest priority goes first, then first come, first
    served; a full stage never keeps another from running.

    Args:
      limits: Slots by stage.
      default_limit: Slots of a stage that `limits` does not name.
      total_limit: Slots over all stages; None: no bound but the stages' own.
      history: How many calls `recent` remembers.

    Raises:
      ConfigurationError: if a limit is below 1, or `history` below 0.
    """

    __slots__ = (
        "_changed",
        "_closed",
        "_default_limit",
        "_granting",
        "_history",
        "_idle",
        "_limits",
        "_orders",
        "_peak",
        "_running",
        "_stages",
        "_total",
        "_watchers",
    )

    def __init__(
        self,
        limits: Mapping[str, int] | None = None,
        *,
        default_limit: int = 4,
        total_limit: int | None = None,
        history: int = 1000,
    ) -> None:
        self._default_limit = _checked_limit("default_limit", default_limit)
        self._limits = {stage: _checked_limit(f"the limit of {stage!r}", n) for stage, n in (limits or {}).items()}
        self._total: trio.CapacityLimiter | None = None
        if total_limit is not None:
            self._total = trio.CapacityLimiter(_checked_limit("total_limit", total_limit))
        self._history: collections.deque[tuple[Any, ...]] = collections.deque(
            maxlen=_checked_limit("history", history, least=0)
        )
        self._stages: dict[str, StageQueue] = {}
        self._orders = itertools.count()
        self._watchers: list[Callable[[str, int, int], None]] = []
        self._changed: list[StageQueue] = []
        self._closed = self._granting = False
        self._running = self._peak = 0
        self._idle = trio.lowlevel.ParkingLot()

    @property
    def configured(self) -> Sequence[str]:
        """The stages whose limit was given."""
        return tuple(self._limits)

    @property
    def total_limit(self) -> int | None:
        """Slots over all stages."""
        return None if self._total is None else int(self._total.total_tokens)

    def limiter(self, stage: str) -> trio.CapacityLimiter:
        """Return the books of `stage`: how many slots it has, and who holds them. To take a slot, use `slot`."""
        return self.stage(stage).limiter

    def resize(self, stage: str, limit: int) -> None:
        """Change the limit of `stage` while it runs: to more at once, to fewer as calls end; 0 pauses it."""
        limiter = self.stage(stage).limiter
        old, limiter.total_tokens = int(limiter.total_tokens), _checked_limit("a limit", limit, least=0)
        for watcher in self._watchers:
            watcher(stage, old, limit)
        self._grant(self.stage(stage))

    @contextlib.asynccontextmanager
    async def slot(self, stage: str) -> AsyncIterator[None]:
        """Hold a slot of `stage` for the block, waiting for it first.

        The block is booked like a call: an `Exception` that leaves it is a failure.

        Raises:
          PoolClosedError: if the pool is draining.
          ConfigurationError: inside a call or block of this same pool; waiting there could wait for itself.
        """
        async with self._hold(self._visitor(stage)):
            yield

    async def run(self, agent: BasePipelineAgent[InT, OutT], task: PipelineTask[Any], item: InT) -> OutT:
        """Run `agent` on `item` in a slot of its stage, and return what it returns.

        Raises:
          PoolClosedError: if the pool is draining.
          ConfigurationError: inside a call of this same pool; waiting there could wait for itself.
        """
        ticket = self._visitor(agent.stage_name)
        ticket.task_id, ticket.agent_type, ticket.label = task.task_id, agent.agent_type, label_of(item)
        ticket.priority = task.priority
        async with self._hold(ticket):
            return await agent.process(task, item)

    def statistics(self, stage: str | None = None) -> PoolStatistics:
        """Return the books of `stage`, or of all stages added up."""
        if stage is not None:
            return self.stage(stage).statistics()
        each = [queue.statistics() for queue in self._stages.values()]
        added = {
            field.name: sum(getattr(one, field.name) for one in each)
            for field in attrs.fields(PoolStatistics)
            if field.name not in {"limit", "peak_running"}
        }
        return PoolStatistics(limit=self.total_limit, peak_running=self._peak, **added)

    @property
    def recent(self) -> Sequence[CallRecord]:
        """The last calls, oldest first; `history` of them at most."""
        names = [field.name for field in attrs.fields(CallRecord)]
        return [CallRecord(**dict(zip(names, values, strict=True))) for values in self._history]

    async def drain(self) -> None:
        """Refuse new calls from now on, and wait until the ones that were handed in have ended."""
        self._closed = True
        await trio.lowlevel.checkpoint()
        while not self._is_idle():
            await self._idle.park()

    def __repr__(self) -> str:
        books = ", ".join(f"{q.name}: {q.running}/{q.limiter.total_tokens}" for q in self._stages.values())
        return f"<AgentPool {'draining ' if self._closed else ''}{{{books}}}>"

    # For those who hand in tickets: the coordinator's runs. Everything below is a plain function.

    def stage(self, name: str) -> StageQueue:
        """Return the queue of a stage, made at first use."""
        queue = self._stages.get(name)
        if queue is None:
            queue = self._stages[name] = StageQueue(str(name), self._limits.get(name, self._default_limit))
        return queue

    def next_order(self) -> int:
        """Return the place in line of whoever comes now."""
        return next(self._orders)

    def refuse_reentry(self) -> None:
        """Raise if the current Trio task runs in a slot of this pool.

        Raises:
          ConfigurationError: then; a call that waits for its own pool may wait for itself.
        """
        inside = running_in.get()
        if inside is not None and inside[0] is self and inside[1].state is TicketState.RUNNING:
            raise ConfigurationError(
                f"a call of stage {inside[1].stage.name!r} asked the pool that it runs in for another slot; it could "
                "wait for itself for ever: give the inner work a pool of its own"
            )

    def submit(self, ticket: Ticket) -> None:
        """Hand in `ticket`; it is granted now or later.

        Raises:
          PoolClosedError: if the pool is draining.
        """
        queue = ticket.stage
        if self._closed:
            raise PoolClosedError(f"the pool is draining and takes no call of stage {queue.name!r}")
        ticket.queued = trio.current_time()
        queue.submitted += 1
        queue.waiting += 1
        queue.push(ticket)
        self._grant(queue)

    def park(self, ticket: Ticket) -> None:
        """Take a ticket out of the line, or off the slot that it was just granted; it still counts as waiting."""
        if ticket.state is TicketState.RUNNING:
            self._free(ticket)
            ticket.stage.give_back(ticket)
            ticket.state = TicketState.PARKED
            self._grant(ticket.stage)
        else:
            ticket.state = TicketState.PARKED

    def unpark(self, ticket: Ticket) -> None:
        """Put a parked ticket back into the line, at its old place."""
        ticket.stage.push(ticket)
        self._grant(ticket.stage)

    def end(self, ticket: Ticket, outcome: CallOutcome) -> float:
        """Take a ticket out, wherever it is, and book how it ended; return the seconds that it held its slot."""
        now = trio.current_time()
        queue = ticket.stage
        started: float | None = None
        seconds = 0.0
        if ticket.state is TicketState.RUNNING:
            started = ticket.started
            seconds = queue.finish(ticket, now)
            self._free(ticket)
        else:
            queue.withdraw(ticket, now)
        ticket.state = TicketState.ENDED
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
                started,
                now,
            )
        )
        if started is not None:
            self._grant(queue)
        if self._closed and self._is_idle():
            self._idle.unpark_all()
        return seconds

    def watch(self, watcher: Callable[[str, int, int], None]) -> None:
        """Call `watcher(stage, old, new)` at each change of a limit, until `unwatch`."""
        self._watchers.append(watcher)

    def unwatch(self, watcher: Callable[[str, int, int], None]) -> None:
        """Stop calling `watcher`."""
        self._watchers.remove(watcher)

    def _free(self, ticket: Ticket) -> None:
        self._running -= 1
        if self._total is not None:
            self._total.release_on_behalf_of(ticket)

    def _is_idle(self) -> bool:
        return all(queue.waiting == queue.running == 0 for queue in self._stages.values())

    def _grant(self, queue: StageQueue) -> None:
        """Grant what can be granted now that something changed in `queue`."""
        self._changed.append(queue)
        if self._granting:
            return  # called by a ticket that is being granted: the loop below sees the change
        self._granting = True
        try:
            while self._changed:
                # With a total limit the slot that one stage gives back may be the one that another waits for.
                changed = self._changed.pop()
                queues = (changed,) if self._total is None else tuple(self._stages.values())
                while (first := self._first(queues)) is not None:
                    self._start(first)
        finally:
            self._granting = False

    def _start(self, queue: StageQueue) -> None:
        ticket = queue.start(trio.current_time())
        if self._total is not None:
            self._total.acquire_on_behalf_of_nowait(ticket)
        self._running += 1
        self._peak = max(self._peak, self._running)
        ticket.granted()

    def _first(self, queues: Sequence[StageQueue]) -> StageQueue | None:
        """Return the queue whose head comes first of all that have a slot for it."""
        if self._total is not None and self._total.available_tokens < 1:
            return None
        best: StageQueue | None = None
        best_key: tuple[int, int] | None = None
        for queue in queues:
            key = queue.head()
            if key is not None and (best_key is None or key < best_key):
                best, best_key = queue, key
        return best

    def _visitor(self, stage: str) -> _Visitor:
        return _Visitor(self.stage(stage), self.next_order())

    @contextlib.asynccontextmanager
    async def _hold(self, ticket: _Visitor) -> AsyncIterator[None]:
        self.refuse_reentry()
        self.submit(ticket)
        error: BaseException | None = None
        try:
            await ticket.wait()
            token = running_in.set((self, ticket))
            try:
                yield
            finally:
                running_in.reset(token)
        except BaseException as raised:
            error = raised
            raise
        finally:
            self.end(ticket, outcome_of(error))
            del error  # its traceback holds this frame


@final
class _Visitor(Ticket):
    """A ticket whose Trio task waits for it."""

    __slots__ = ("_waiter",)

    def __init__(self, stage: StageQueue, order: int) -> None:
        super().__init__(stage, order)
        self._waiter: trio.lowlevel.Task | None = None

    async def wait(self) -> None:
        if self.state is TicketState.RUNNING:
            await trio.lowlevel.checkpoint()
            return
        self._waiter = trio.lowlevel.current_task()
        await trio.lowlevel.wait_task_rescheduled(self._abort)

    def granted(self) -> None:
        if self._waiter is not None:
            trio.lowlevel.reschedule(self._waiter)

    def _abort(self, _raise_cancel: object) -> trio.lowlevel.Abort:
        self.state = TicketState.PARKED  # no grant may come before the cancelled Trio task takes the ticket out
        return trio.lowlevel.Abort.SUCCEEDED
