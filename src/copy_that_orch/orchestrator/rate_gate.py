"""The rate limit of a stage: attempts wait here, without a slot, until it is their time."""

from __future__ import annotations

import heapq
import math
from typing import TYPE_CHECKING, Protocol, final

import trio

from copy_that_orch.orchestrator.admission import TicketState

if TYPE_CHECKING:
    from collections.abc import Callable

    from copy_that_orch.orchestrator.calls import Call
    from copy_that_orch.orchestrator.policies import RateLimit


@final
class Pace:
    """When the next attempt of a stage may start; shared by all runs of a coordinator."""

    __slots__ = ("interval", "next_at")

    def __init__(self, limit: RateLimit) -> None:
        self.interval = limit.interval
        self.next_at = -math.inf


class Starter(Protocol):
    """What a gate asks of its run."""

    def at(self, when: float, action: Callable[[], None]) -> None:
        """Do `action` at Trio time `when`."""

    def submit(self, call: Call) -> None:
        """Hand in `call` to the pool."""


@final
class RateGate:
    """The attempts of one run that wait for their time, in the pool's order."""

    __slots__ = ("_pace", "_starter", "_timed_for", "_waiting")

    def __init__(self, pace: Pace, starter: Starter) -> None:
        self._pace = pace
        self._starter = starter
        self._waiting: list[tuple[int, int, Call]] = []
        self._timed_for = -math.inf

    def enter(self, call: Call) -> None:
        """Hand in `call` when its time has come, which may be now."""
        heapq.heappush(self._waiting, (-call.priority, call.order, call))
        self._open()

    def _open(self) -> None:
        now = trio.current_time()
        pace = self._pace
        while self._waiting:
            call = self._waiting[0][2]
            if call.state is not TicketState.NEW:  # it was cancelled here: its time goes to the next one
                heapq.heappop(self._waiting)
            elif pace.next_at > now:
                if self._timed_for != pace.next_at:
                    self._timed_for = pace.next_at
                    self._starter.at(pace.next_at, self._open)
                return
            else:
                heapq.heappop(self._waiting)
                pace.next_at = now + pace.interval
                self._starter.submit(call)
