"""The rate limit of a stage: attempts that were granted a slot before their time give it back, and wait here."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Protocol, final

import trio

if TYPE_CHECKING:
    from collections.abc import Callable

    from copy_that_orch.orchestrator.agent_pool import AgentPool
    from copy_that_orch.orchestrator.policies import RateLimit
    from copy_that_orch.orchestrator.runs.calls import Call


@final
class Pace:
    """When the next attempt of a stage may start; shared by all runs of a coordinator."""

    __slots__ = ("interval", "next_at")

    def __init__(self, limit: RateLimit) -> None:
        self.interval = limit.interval
        self.next_at = -math.inf

    def has_come(self, now: float) -> bool:
        """Return whether an attempt may start at `now`."""
        # A time further away than one interval is one of the clock of an earlier Trio run.
        return not now < self.next_at <= now + self.interval


class Starter(Protocol):
    """What a gate asks of its run."""

    pool: AgentPool

    def at(self, when: float, action: Callable[[], None]) -> None:
        """Do `action` at Trio time `when`."""


@final
class RateGate:
    """The attempts of one run that wait for their time.

    It is asked when a slot is granted and not before: attempts that had passed it would wait for slots and circuits
    together, and start together.
    """

    __slots__ = ("_pace", "_sent", "_starter", "_timed_for", "_waiting")

    def __init__(self, pace: Pace, starter: Starter) -> None:
        self._pace = pace
        self._starter = starter
        self._waiting: dict[Call, None] = {}
        self._sent: Call | None = None
        self._timed_for = -math.inf

    def admits(self, call: Call) -> bool:
        """Return whether `call`, which was just granted its slot, may start now; else it is kept until it may."""
        if self._sent is call:
            self._sent = None
        if self._pace.has_come(trio.current_time()):
            return True
        self._starter.pool.park(call)
        self._waiting[call] = None
        self.look_again()
        return False

    def started(self) -> None:
        """Note that an attempt starts now."""
        self._pace.next_at = trio.current_time() + self._pace.interval
        self.look_again()

    def leave(self, call: Call) -> None:
        """Note that `call` does not wait for its time any more."""
        self._waiting.pop(call, None)
        if self._sent is call:
            self._sent = None

    def look_again(self) -> None:
        """Send the next attempt back into its queue, now or when its time has come, unless one is on its way."""
        if not self._waiting or self._sent is not None:
            return
        if self._pace.has_come(trio.current_time()):
            self._sent = min(self._waiting, key=lambda call: (-call.priority, call.order))
            del self._waiting[self._sent]
            self._starter.pool.unpark(self._sent)
        elif self._timed_for != self._pace.next_at:
            self._timed_for = self._pace.next_at
            self._starter.at(self._pace.next_at, self.look_again)
