"""Where calls wait for a circuit: one agent of a run, its breaker, and the calls that it holds back.

A call never holds a slot here. When the circuit opens, the agent's queued calls are dealt with together; when it lets
a probe in, one of the calls that wait is sent ahead, and its verdict decides for the rest.
"""

from __future__ import annotations

import heapq
import math
from typing import TYPE_CHECKING, Any, Protocol, final

import trio

from copy_that_orch.orchestrator.breaker.state import CLOSED, HALF_OPEN
from copy_that_orch.orchestrator.policies import WhenOpen
from copy_that_orch.orchestrator.reports import COMPLETED, CallOutcome

if TYPE_CHECKING:
    from collections.abc import Callable

    from copy_that_orch.orchestrator.agent_pool import AgentPool
    from copy_that_orch.orchestrator.circuit_breaker import CircuitBreaker
    from copy_that_orch.orchestrator.interfaces import BasePipelineAgent
    from copy_that_orch.orchestrator.runs.calls import Call


class Clerk(Protocol):
    """What a circuit asks of its run."""

    pool: AgentPool

    def at(self, when: float, action: Callable[[], None]) -> None:
        """Do `action` at Trio time `when`."""

    def park(self, call: Call) -> None:
        """Have `call` hold nothing, and its place."""

    def reject(self, call: Call) -> None:
        """End `call` with the breaker's refusal."""


@final
class Circuit:
    """One agent in one run, behind its breaker.

    Attributes:
      agent, agent_type: The agent.
      breaker: The breaker in front of it.
      queued: The calls that wait for a slot.
      parked: The calls that wait for the breaker.
    """

    __slots__ = (
        "_clerk",
        "_patience",
        "_patience_ends",
        "_probe_at",
        "_when_open",
        "agent",
        "agent_type",
        "breaker",
        "parked",
        "queued",
    )

    def __init__(
        self,
        agent: BasePipelineAgent[Any, Any],
        breaker: CircuitBreaker,
        clerk: Clerk,
        when_open: WhenOpen,
        patience: float,
    ) -> None:
        self.agent = agent
        self.agent_type = agent.agent_type
        self.breaker = breaker
        self._clerk = clerk
        self._when_open = when_open
        self._patience = patience
        self.queued: dict[Call, None] = {}
        self.parked: dict[Call, None] = {}
        self._patience_ends = self._probe_at = math.inf

    def leave(self, call: Call) -> None:
        """Note that `call` waits no more, and will not run."""
        self.queued.pop(call, None)
        self.parked.pop(call, None)

    def admit(self, call: Call) -> bool:
        """Return whether `call`, which was just granted its slot, may run; else it is parked or rejected."""
        self.queued.pop(call, None)
        permit = self.breaker.admit()
        if permit is None:
            self._hold_back(call)
            return False
        call.permit = permit
        return True

    def changed(self) -> None:
        """Deal with everybody who waits, now that the breaker has changed."""
        state = self.breaker.state
        if state is CLOSED:
            self._release(1)
        elif state is HALF_OPEN:
            self.look_again()
            self._time_probe()
        else:
            for call in sorted(self.queued, key=_age):
                if call in self.queued:  # else it came to its slot, and back, when one before it was held back
                    del self.queued[call]
                    self._hold_back(call)
            self._time_probe()

    def ran(self, outcome: CallOutcome) -> None:
        """Note that a call of the agent has run.

        Calls that waited for the circuit follow one another: two more for each that succeeds, so that what has just
        recovered is not hit by all of them at once.
        """
        if self.breaker.state is CLOSED:
            self._release(2 if outcome is COMPLETED else 1)

    def look_again(self) -> None:
        """Queue a call that waits for the circuit, unless one is on its way already.

        The oldest of those with the fewest attempts: a probe is likely to fail, and the same call for each would use
        up its attempts while the others wait.
        """
        if self.breaker.state is CLOSED:
            self._release(1)
            return
        has_chance = self.breaker.retry_after == 0.0 or self.breaker.next_chance <= trio.current_time()
        if self.parked and not self.queued and has_chance:
            self._unpark(min(self.parked, key=lambda call: (call.attempts_run, *_age(call))))

    def _hold_back(self, call: Call) -> None:
        if self._when_open is WhenOpen.FAIL:
            self._clerk.reject(call)
            return
        if call.patience_ends == math.inf:
            call.patience_ends = trio.current_time() + self._patience
        self._clerk.park(call)
        self.parked[call] = None
        self._time_patience(call.patience_ends)
        self._time_probe()

    def _time_patience(self, ends: float) -> None:
        # One timer for all: with one for each call, calls and their tasks would be kept long after their end.
        if ends < self._patience_ends:
            self._patience_ends = ends
            self._clerk.at(ends, self._lose_patience)

    def _lose_patience(self) -> None:
        now = trio.current_time()
        self._patience_ends = math.inf
        for call in sorted(self.parked, key=_age):
            if call.patience_ends > now:
                self._time_patience(call.patience_ends)
            elif self.breaker.state is CLOSED:  # it waits for nothing but its turn
                self._unpark(call)
            else:
                del self.parked[call]
                self._clerk.reject(call)

    def _time_probe(self) -> None:
        """Look again when time alone may let somebody in: after the recovery time, or a probe's lease."""
        when = self.breaker.next_chance
        if self.parked and when not in {self._probe_at, math.inf}:
            self._probe_at = when
            self._clerk.at(when, self.look_again)

    def _release(self, count: int) -> None:
        for call in heapq.nsmallest(count, self.parked, key=_age):
            self._unpark(call)

    def _unpark(self, call: Call) -> None:
        del self.parked[call]
        self.queued[call] = None
        self._clerk.pool.unpark(call)


def _age(call: Call) -> tuple[int, int]:
    return -call.priority, call.order
