"""The queue of one stage: tickets that wait, tickets that hold a slot, and the stage's books.

A ticket is QUEUED until the pool grants it a slot. While its circuit is open it is PARKED: it keeps its age, and
nothing else. Every ticket that was handed in ends in exactly one `CallOutcome`.
"""

from __future__ import annotations

import heapq
import itertools

import trio

from copy_that_orch.orchestrator.pool.adaptive import AdaptiveLimit, LimitControl
from copy_that_orch.orchestrator.pool.outside import OutsideWatch
from copy_that_orch.orchestrator.pool.tickets import Ticket, TicketState
from copy_that_orch.orchestrator.reports import CallOutcome, PoolStatistics

__all__ = ["StageQueue", "Ticket", "TicketState"]

SLACK = 64
"""Void entries that a line may hold however short it is: sweeping few at a time would cost more than they weigh."""


class StageQueue:
    """The tickets and the books of one stage.

    Attributes:
      name: The stage.
      limiter: Its tokens are the slots; borrowed on behalf of the ticket that runs.
      control: Finds the limit, if it is adaptive.
      outside: Watches for room in the limiter that was made by others.
      submitted, waiting, running, peak, waited, ran, counts: As in `PoolStatistics`.
    """

    __slots__ = (
        "_entries",
        "_line",
        "control",
        "counts",
        "limiter",
        "name",
        "outside",
        "peak",
        "ran",
        "running",
        "submitted",
        "waited",
        "waiting",
    )

    def __init__(self, name: str, limit: int | AdaptiveLimit) -> None:
        self.name = name
        self.control = LimitControl(limit) if isinstance(limit, AdaptiveLimit) else None
        self.limiter = trio.CapacityLimiter(limit.start if isinstance(limit, AdaptiveLimit) else limit)
        self.outside = OutsideWatch(self.limiter)
        self._line: list[tuple[int, int, int, Ticket]] = []
        self._entries = itertools.count()
        self.submitted = self.waiting = self.running = self.peak = 0
        self.waited = self.ran = 0.0
        self.counts = dict.fromkeys(CallOutcome, 0)

    @property
    def limit(self) -> int:
        """Number of slots."""
        return int(self.limiter.total_tokens)

    def resize(self, limit: int) -> None:
        """Change the number of slots."""
        self.outside.stop()
        self.limiter.total_tokens = limit

    def push(self, ticket: Ticket) -> None:
        """Queue `ticket` at its place."""
        ticket.state = TicketState.QUEUED
        ticket.entry = next(self._entries)
        heapq.heappush(self._line, (-ticket.priority, ticket.order, ticket.entry, ticket))
        self._sweep()

    def head(self) -> tuple[int, int] | None:
        """Return the place of the first ticket that waits, if there is one and a slot for it."""
        line = self._line
        while line and not _is_valid(line[0]):
            heapq.heappop(line)
        if not line or self.limiter.available_tokens < 1:
            return None
        return line[0][:2]

    def is_free(self) -> bool:
        """Return whether nobody is in line and there is a slot."""
        return not self._line and self.limiter.available_tokens >= 1

    def pop(self) -> Ticket:
        """Take the first ticket out of the line; `head` has said that there is one."""
        return heapq.heappop(self._line)[3]

    def start(self, ticket: Ticket, now: float) -> None:
        """Give `ticket` a slot; there is one."""
        self.limiter.acquire_on_behalf_of_nowait(ticket)
        ticket.state = TicketState.RUNNING
        ticket.started = now
        self.waiting -= 1
        self.running += 1
        self.peak = max(self.peak, self.running)

    def finish(self, ticket: Ticket, now: float) -> float:
        """Take back the slot of a ticket that has run; return the seconds that it did."""
        self.outside.stop()
        self.limiter.release_on_behalf_of(ticket)
        self.running -= 1
        self.waited += ticket.started - ticket.queued
        seconds = now - ticket.started
        self.ran += seconds
        return seconds

    def give_back(self, ticket: Ticket) -> None:
        """Take back the slot of a ticket that was granted one and did not run."""
        self.outside.stop()
        self.limiter.release_on_behalf_of(ticket)
        self.running -= 1
        self.waiting += 1

    def withdraw(self, ticket: Ticket, now: float) -> None:
        """Take out a ticket that holds no slot."""
        self.waiting -= 1
        self.waited += now - ticket.queued
        self._sweep()
        if not self.waiting:
            self.outside.stop()

    def depends_on_others(self) -> bool:
        """Return whether tickets wait, and no ticket that runs will make room for them: somebody else must."""
        if not self.waiting or (self.running and self.running == self.limiter.borrowed_tokens):
            return False
        return self.limiter.available_tokens < 1

    def statistics(self) -> PoolStatistics:
        """Return the books as they stand."""
        return PoolStatistics(
            limit=self.limit,
            submitted=self.submitted,
            waiting=self.waiting,
            running=self.running,
            completed=self.counts[CallOutcome.COMPLETED],
            failed=self.counts[CallOutcome.FAILED],
            cancelled=self.counts[CallOutcome.CANCELLED],
            rejected=self.counts[CallOutcome.REJECTED],
            peak_running=self.peak,
            waited_seconds=self.waited,
            ran_seconds=self.ran,
        )

    def _sweep(self) -> None:
        """Drop void entries once they are the most.

        A ticket that is withdrawn or parked leaves its entry behind: to look for it there and then is O(n). Left to
        come up by themselves, those of a stage that is paused or busy for long would pile up.
        """
        if len(self._line) > 2 * self.waiting + (SLACK if self.waiting else 0):
            self._line = [entry for entry in self._line if _is_valid(entry)]
            heapq.heapify(self._line)


def _is_valid(entry: tuple[int, int, int, Ticket]) -> bool:
    ticket = entry[3]
    return ticket.state is TicketState.QUEUED and ticket.entry == entry[2]
