"""Who gets a slot next, over all stages of a pool.

A call that needs a stage slot and a total slot gets both or waits for both, so that it never keeps one while it waits
for the other.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, final

import trio

if TYPE_CHECKING:
    from collections.abc import Sequence

    from copy_that_orch.orchestrator.pool.admission import StageQueue
    from copy_that_orch.orchestrator.pool.tickets import Ticket


@final
class Granter:
    """The stages of a pool, and the slots over all of them.

    Attributes:
      stages: The queues by stage.
      total: Its tokens are the slots over all stages, borrowed on behalf of the ticket that runs; None: no bound.
      running, peak: Tickets that hold a slot now, and the most at once.
    """

    __slots__ = ("_changed", "_granting", "peak", "running", "stages", "total")

    def __init__(self, total_limit: int | None) -> None:
        self.stages: dict[str, StageQueue] = {}
        self.total = None if total_limit is None else trio.CapacityLimiter(total_limit)
        self.running = self.peak = 0
        self._changed: list[StageQueue] = []
        self._granting = False

    def keep_slots(self) -> None:
        """Keep slots that are given back for tickets that start before `return_slots`, as `StageQueue.keep_slots`."""
        for queue in self.stages.values():
            queue.keep_slots()

    def return_slots(self) -> None:
        """Give back to the limiters what was kept and not used."""
        for queue in self.stages.values():
            queue.return_slots()

    def free(self, ticket: Ticket) -> None:
        """Take back the total slot of a ticket; its stage has taken back its own."""
        self.running -= 1
        if self.total is not None:
            self.total.release_on_behalf_of(ticket)

    def is_idle(self) -> bool:
        """Return whether nothing waits and nothing runs."""
        return all(queue.waiting == queue.running == 0 for queue in self.stages.values())

    def hand_in(self, queue: StageQueue, ticket: Ticket, now: float) -> None:
        """Grant `ticket` its slot, or let it stand in line."""
        if self.total is None and not self._granting and queue.is_free():
            self._granting = True  # as in `grant`: who is granted a slot may change other queues
            try:
                self._start(queue, ticket, now)
            finally:
                self._granting = False
            if self._changed:
                self.grant(self._changed.pop())
        else:
            queue.push(ticket)
            self.grant(queue)

    def grant(self, queue: StageQueue) -> None:
        """Grant what can be granted now that something has changed in `queue`."""
        self._changed.append(queue)
        if self._granting:
            return  # called by a ticket that is being granted: the loop below sees the change
        self._granting = True
        try:
            while self._changed:
                changed = self._changed.pop()
                # With a total limit the slot that one stage gives back may be the one that another waits for.
                queues = (changed,) if self.total is None else tuple(self.stages.values())
                while (first := self._first(queues)) is not None:
                    self._start(first, first.pop(), trio.current_time())
                if changed.depends_on_others():
                    changed.outside.start(functools.partial(self.grant, changed))
        finally:
            self._granting = False

    def _first(self, queues: Sequence[StageQueue]) -> StageQueue | None:
        """Return the queue whose head comes first of all that have a slot for it."""
        if self.total is not None and self.total.available_tokens < 1:
            return None
        best: StageQueue | None = None
        best_key: tuple[int, int] | None = None
        for queue in queues:
            key = queue.head()
            if key is not None and (best_key is None or key < best_key):
                best, best_key = queue, key
        return best

    def _start(self, queue: StageQueue, ticket: Ticket, now: float) -> None:
        queue.start(ticket, now)
        if self.total is not None:
            self.total.acquire_on_behalf_of_nowait(ticket)
        self.running += 1
        if self.running > self.peak:  # noqa: PLR1730 -- to call max takes ten times as long
            self.peak = self.running
        ticket.granted()
