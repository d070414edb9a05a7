"""Where calls wait for a circuit: one agent of a run, its breaker, and the calls that it holds back.

A call never holds a slot here. When the circuit opens, the agent's queued calls are dealt with together; when it lets
a probe in, the oldest call that waits is sent ahead, and its verdict decides for the rest.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Protocol, final

import trio

from copy_that_orch.orchestrator.circuit_state import CircuitState
from copy_that_orch.orchestrator.policies import WhenOpen

if TYPE_CHECKING:
    from collections.abc import Callable

    from copy_that_orch.orchestrator.agent_pool import AgentPool
    from copy_that_orch.orchestrator.calls import Call
    from copy_that_orch.orchestrator.circuit_breaker import CircuitBreaker
    from copy_that_orch.orchestrator.interfaces import BasePipelineAgent


class Clerk(Protocol):
    """What a circuit asks of its run."""

    pool: AgentPool

    def at(self, when: float, action: Callable[[], None]) -> None:
        """Do `action` at Trio time `when`."""

    def reject(self, call: Call) -> None:
        """End `call` with the breaker's refusal."""


@final
class Circuit:
    """One agent in one run, behind its breaker.

    Attributes:
      agent, agent_type: The agent.
      breaker: The breaker in front of it.
    """

    __slots__ = (
        "_clerk",
        "_parked",
        "_patience",
        "_probe_at",
        "_queued",
        "_when_open",
        "agent",
        "agent_type",
        "breaker",
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
        self._queued: dict[Call, None] = {}
        self._parked: dict[Call, None] = {}
        self._probe_at = math.inf

    def queued(self, call: Call) -> None:
        """Note that `call` waits for a slot."""
        self._queued[call] = None

    def gone(self, call: Call) -> None:
        """Note that `call` waits no more."""
        self._queued.pop(call, None)
        self._parked.pop(call, None)

    def admit(self, call: Call) -> bool:
        """Return whether `call`, which was just granted its slot, may run; else it is parked or rejected."""
        self._queued.pop(call, None)
        call.permit = self.breaker.admit()
        if call.permit is None:
            self._hold_back(call)
            return False
        call.parked_since = None
        return True

    def changed(self) -> None:
        """Deal with everybody who waits, now that the breaker has changed."""
        state = self.breaker.state
        if state is CircuitState.CLOSED:
            for call in sorted(self._parked, key=_age):
                self._unpark(call)
        elif state is CircuitState.HALF_OPEN:
            self._send_probe()
        else:
            for call in sorted(self._queued, key=_age):
                del self._queued[call]
                self._hold_back(call)
            self._time_probe()

    def _hold_back(self, call: Call) -> None:
        if self._when_open is WhenOpen.FAIL:
            self._clerk.reject(call)
            return
        now = trio.current_time()
        self._clerk.pool.park(call)
        self._parked[call] = None
        if call.parked_since is None:
            call.parked_since = now
            self._clerk.at(now + self._patience, lambda: self._lose_patience(call, now))
        self._time_probe()

    def _lose_patience(self, call: Call, since: float) -> None:
        if call in self._parked and call.parked_since == since:
            del self._parked[call]
            self._clerk.reject(call)

    def _time_probe(self) -> None:
        """Look again when time alone may let somebody in: after the recovery time, or a probe's lease."""
        when = self.breaker.next_chance
        if self._parked and when not in {self._probe_at, math.inf}:
            self._probe_at = when
            self._clerk.at(when, self._send_probe)

    def _send_probe(self) -> None:
        """Queue the oldest call that waits for the circuit, unless one is on its way already."""
        has_chance = self.breaker.retry_after == 0.0 or self.breaker.next_chance <= trio.current_time()
        if self._parked and not self._queued and has_chance:
            self._unpark(min(self._parked, key=_age))

    def _unpark(self, call: Call) -> None:
        del self._parked[call]
        self._queued[call] = None
        self._clerk.pool.unpark(call)


def _age(call: Call) -> tuple[int, int]:
    return -call.priority, call.order
