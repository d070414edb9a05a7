"""The queue of one stage: tickets that wait, tickets that hold a slot, and the stage's books.

A ticket is QUEUED until the pool grants it a slot. While its circuit is open it is PARKED: it keeps its age, and
nothing else. Every ticket that was handed in ends in exactly one `CallOutcome`.
"""

from __future__ import annotations

import heapq
import itertools
import math
import sys
from collections.abc import Mapping

import trio

from copy_that_orch.orchestrator.checks import text, whole
from copy_that_orch.orchestrator.errors import ConfigurationError
from copy_that_orch.orchestrator.pool.adaptive import AdaptiveLimit, LimitControl
from copy_that_orch.orchestrator.pool.outside import OutsideWatch
from copy_that_orch.orchestrator.pool.tickets import QUEUED, RUNNING, Slot, Ticket, TicketState
from copy_that_orch.orchestrator.reports import CANCELLED, COMPLETED, FAILED, REJECTED, CallOutcome, PoolStatistics

__all__ = ["StageQueue", "Ticket", "TicketState"]

UNLIMITED = sys.maxsize
"""The limit of a stage that has none."""

SLACK = 64
"""Void entries that a line may hold however short it is: sweeping few at a time would cost more than they weigh."""


class StageQueue:
    """The tickets and the books of one stage.

    Attributes:
      name: The stage.
      limiter: Its tokens are the slots.
      control: Finds the limit, if it is adaptive.
      outside: Watches for room in the limiter that was made by others.
      submitted, waiting, running, peak, waited, ran, counts: As in `PoolStatistics`.
    """

    __slots__ = (
        "_entries",
        "_line",
        "_spare",
        "_tokens",
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
        self._tokens = 0  # borrowed from the limiter, the spare ones included
        self._spare: list[Slot] | None = None  # a list while slots that are given back are kept for the next
        self.submitted = self.waiting = self.running = self.peak = 0
        self.waited = self.ran = 0.0
        self.counts = dict.fromkeys(CallOutcome, 0)

    @property
    def limit(self) -> int:
        """Number of slots; `UNLIMITED` if somebody has set the limiter's tokens to infinity."""
        total = self.limiter.total_tokens
        return UNLIMITED if total == math.inf else int(total)

    def resize(self, limit: int) -> None:
        """Change the number of slots."""
        self.outside.stop()
        self.limiter.total_tokens = limit

    def push(self, ticket: Ticket) -> None:
        """Queue `ticket` at its place."""
        ticket.state = QUEUED
        ticket.entry = next(self._entries)
        heapq.heappush(self._line, (-ticket.priority, ticket.order, ticket.entry, ticket))
        self._sweep()

    def head(self) -> tuple[int, int] | None:
        """Return the place of the first ticket that waits, if there is one and a slot for it."""
        line = self._line
        while line and not _is_valid(line[0]):
            heapq.heappop(line)
        if not line or not self._has_slot():
            return None
        return line[0][:2]

    def is_free(self) -> bool:
        """Return whether nobody is in line and there is a slot."""
        return not self._line and self._has_slot()

    def pop(self) -> Ticket:
        """Take the first ticket out of the line; `head` has said that there is one."""
        return heapq.heappop(self._line)[3]

    def start(self, ticket: Ticket, now: float) -> None:
        """Give `ticket` a slot; there is one."""
        if self._spare:
            slot = self._spare.pop()
        else:
            slot = Slot()
            self.limiter.acquire_on_behalf_of_nowait(slot)
            self._tokens += 1
        slot.ticket = ticket
        ticket.slot = slot
        ticket.state = RUNNING
        ticket.started = now
        self.waiting -= 1
        self.running += 1
        if self.running > self.peak:  # noqa: PLR1730 -- to call max takes ten times as long
            self.peak = self.running

    def finish(self, ticket: Ticket, now: float) -> float:
        """Take back the slot of a ticket that has run; return the seconds that it did."""
        self.vacate(ticket)
        self.running -= 1
        self.waited += ticket.started - ticket.queued
        seconds = now - ticket.started
        self.ran += seconds
        return seconds

    def give_back(self, ticket: Ticket) -> None:
        """Take back the slot of a ticket that was granted one and did not run."""
        self.vacate(ticket)
        self.running -= 1
        self.waiting += 1

    def keep_slots(self) -> None:
        """Keep slots that are given back from now on for tickets that start before `return_slots`.

        Nothing but plain functions may run until then: to others the limiter would look busier than it is. To borrow
        a token and to give one back takes longer than everything else that is done for a ticket.
        """
        self._spare = []

    def return_slots(self) -> None:
        """Give back to the limiter the slots that were kept and not used."""
        spare, self._spare = self._spare, None
        for slot in spare or ():
            self._release(slot)

    def vacate(self, ticket: Ticket) -> None:
        """Take the slot of a ticket whose work is over, which still counts as running until `finish`."""
        slot = ticket.slot
        if slot is None:
            return
        ticket.slot = slot.ticket = None
        spare = self._spare
        if spare is None or (not spare and self._is_wanted_outside()):
            self._spare = None
            self._release(slot)
        else:
            spare.append(slot)

    def _release(self, slot: Slot) -> None:
        self.outside.stop()
        self._tokens -= 1
        self.limiter.release_on_behalf_of(slot)

    def _is_wanted_outside(self) -> bool:
        """Return whether somebody waits in the limiter's own line; who does comes before tickets."""
        limiter = self.limiter
        return limiter.borrowed_tokens >= limiter.total_tokens and limiter.statistics().tasks_waiting > 0

    def _has_slot(self) -> bool:
        limiter = self.limiter
        total = limiter.total_tokens
        return self.running < total and (bool(self._spare) or limiter.borrowed_tokens < total)

    def withdraw(self, ticket: Ticket, now: float) -> None:
        """Take out a ticket that holds no slot."""
        self.waiting -= 1
        self.waited += now - ticket.queued
        self._sweep()
        if not self.waiting:
            self.outside.stop()

    def depends_on_others(self) -> bool:
        """Return whether tickets wait, and no ticket that runs will make room for them: somebody else must."""
        if not self.waiting or (self._tokens and self._tokens == self.limiter.borrowed_tokens):
            return False
        return self.limiter.available_tokens < 1

    def statistics(self) -> PoolStatistics:
        """Return the books as they stand."""
        return PoolStatistics(
            limit=None if self.limit == UNLIMITED else self.limit,
            submitted=self.submitted,
            waiting=self.waiting,
            running=self.running,
            completed=self.counts[COMPLETED],
            failed=self.counts[FAILED],
            cancelled=self.counts[CANCELLED],
            rejected=self.counts[REJECTED],
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
    return ticket.state is QUEUED and ticket.entry == entry[2]


def checked_limits(limits: Mapping[str, int | AdaptiveLimit]) -> dict[str, int | AdaptiveLimit]:
    """Return the limits of a pool by stage, checked."""
    if not isinstance(limits, Mapping):
        raise ConfigurationError(
            f"limits must be a mapping from stages to limits, not {limits!r}; for every stage there is default_limit"
        )
    return {
        text("a stage", stage): limit
        if isinstance(limit, AdaptiveLimit)
        else whole(f"the limit of stage {str(stage)!r}", limit, 1)
        for stage, limit in limits.items()
    }
