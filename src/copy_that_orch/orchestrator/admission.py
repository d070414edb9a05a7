"""The queue of one stage: tickets that wait, tickets that hold a slot, and the stage's books.

A ticket is QUEUED until the pool grants it a slot. While its circuit is open it is PARKED: it keeps its age, and
nothing else. Every ticket that was handed in ends in exactly one `CallOutcome`.
"""

from __future__ import annotations

import enum
import heapq
import itertools

import trio

from copy_that_orch.orchestrator.reports import CallOutcome, PoolStatistics


class TicketState(enum.Enum):
    """Where a ticket is."""

    NEW = enum.auto()
    QUEUED = enum.auto()
    PARKED = enum.auto()
    RUNNING = enum.auto()
    ENDED = enum.auto()


class Ticket:
    """The claim of one attempt to one slot; a subclass says what to do when it is granted.

    Attributes:
      stage: The books of its stage.
      state: Where it is.
      priority, order: Higher priority first, then lower order; a ticket that is handed in again keeps its order.
      task_id, agent, item, label, attempt: Tell the attempt in records.
      queued, started: When it began to wait for a slot, and when it got one.
    """

    __slots__ = (
        "agent_type",
        "attempt",
        "item",
        "label",
        "order",
        "priority",
        "queued",
        "stage",
        "started",
        "state",
        "task_id",
    )

    def __init__(self, stage: StageQueue, order: int, priority: int = 0) -> None:
        self.stage = stage
        self.order = order
        self.priority = priority
        self.state = TicketState.NEW
        self.queued = self.started = 0.0
        self.task_id: str | None = None
        self.agent_type: str | None = None
        self.item: int | None = None
        self.label = ""
        self.attempt = 1

    def granted(self) -> None:
        """Use the slot; called once per grant, must not wait or raise."""
        raise NotImplementedError


class StageQueue:
    """The tickets and the books of one stage.

    Attributes:
      limiter: Its tokens are the slots; borrowed on behalf of the ticket that runs.
    """

    __slots__ = (
        "_heap",
        "_pushes",
        "counts",
        "limiter",
        "name",
        "peak",
        "ran",
        "running",
        "submitted",
        "waited",
        "waiting",
    )

    def __init__(self, name: str, limit: int) -> None:
        self.name = name
        self.limiter = trio.CapacityLimiter(limit)
        self._heap: list[tuple[int, int, int, Ticket]] = []
        self._pushes = itertools.count()
        self.submitted = self.waiting = self.running = self.peak = 0
        self.waited = self.ran = 0.0
        self.counts = dict.fromkeys(CallOutcome, 0)

    def push(self, ticket: Ticket) -> None:
        """Queue `ticket` at its place."""
        ticket.state = TicketState.QUEUED
        # The count is a tie-break: a ticket that was parked may still be in the heap under the same place.
        heapq.heappush(self._heap, (-ticket.priority, ticket.order, next(self._pushes), ticket))

    def head(self) -> tuple[int, int] | None:
        """Return the place of the first ticket that waits, if there is one and a slot for it."""
        heap = self._heap
        # Tickets that were withdrawn or parked stay in the heap until they come up: removing them there is O(n).
        while heap and heap[0][3].state is not TicketState.QUEUED:
            heapq.heappop(heap)
        if not heap or self.limiter.available_tokens < 1:
            return None
        return heap[0][:2]

    def start(self, now: float) -> Ticket:
        """Give the first ticket its slot; `head` has said that there are both."""
        ticket = heapq.heappop(self._heap)[3]
        self.limiter.acquire_on_behalf_of_nowait(ticket)
        ticket.state = TicketState.RUNNING
        ticket.started = now
        self.waiting -= 1
        self.running += 1
        self.peak = max(self.peak, self.running)
        return ticket

    def finish(self, ticket: Ticket, now: float) -> float:
        """Take back the slot of a ticket that has run; return the seconds that it did."""
        self.limiter.release_on_behalf_of(ticket)
        self.running -= 1
        self.waited += ticket.started - ticket.queued
        seconds = now - ticket.started
        self.ran += seconds
        return seconds

    def give_back(self, ticket: Ticket) -> None:
        """Take back the slot of a ticket that was granted one and did not run."""
        self.limiter.release_on_behalf_of(ticket)
        self.running -= 1
        self.waiting += 1

    def withdraw(self, ticket: Ticket, now: float) -> None:
        """Take out a ticket that holds no slot."""
        self.waiting -= 1
        self.waited += now - ticket.queued

    def statistics(self) -> PoolStatistics:
        """Return the books as they stand."""
        return PoolStatistics(
            limit=int(self.limiter.total_tokens),
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
