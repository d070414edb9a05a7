"""A permit: the right to make one call through a `CircuitBreaker`."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import final

import trio


@final
class Permit:
    """The right to make one call, given by `CircuitBreaker.admit` and given back with `CircuitBreaker.settle`.

    It belongs to the call and not to a Trio task: it may be got in one and used in another. While nothing has to be
    known of the single call, all calls of a generation share one permit; so it has no identity to rely on.
    """

    __slots__ = (
        "_cut",
        "_scope",
        "_timed_out",
        "circuit",
        "deadline",
        "generation",
        "hung",
        "needs_scope",
        "probe",
        "slow_at",
        "started",
    )

    circuit: str  #: Name of the breaker.
    generation: int  #: The breaker's generation that admitted the call.
    probe: bool  #: Whether the call tries out what is behind a half-open circuit.
    started: float  #: Trio time of the admission; 0.0 if the call's time does not matter.
    deadline: float  #: Trio time at which the guard ends the call; `math.inf`: it does not.
    slow_at: float  #: Trio time from which on the call is slow; `math.inf`: never.
    hung: bool  #: Whether it was found slow while it ran.
    needs_scope: bool  #: Whether the guard may want to cancel the call: then `scope` must be set before it starts.

    def __init__(
        self,
        *,
        circuit: str,
        generation: int,
        probe: bool = False,
        started: float = 0.0,
        deadline: float = math.inf,
        slow_at: float = math.inf,
        needs_scope: bool = False,
    ) -> None:
        self.circuit = circuit
        self.generation = generation
        self.probe = probe
        self.started = started
        self.deadline = deadline
        self.slow_at = slow_at
        self.needs_scope = needs_scope
        self.hung = False
        self._scope: trio.CancelScope | None = None
        self._cut: Callable[[], Exception] | None = None
        self._timed_out = False

    @property
    def scope(self) -> trio.CancelScope | None:
        """The cancel scope that the call runs in, set by whoever runs it; the guard may cancel it.

        A permit that needs none, which many calls may share, keeps none.
        """
        return self._scope

    @scope.setter
    def scope(self, scope: trio.CancelScope) -> None:
        if self.needs_scope:
            self._scope = scope
        if self._cut is not None:  # the circuit opened between admission and start
            self._cancel(scope)

    @property
    def lease(self) -> float:
        """Trio time up to which a probe holds its slot."""
        return min(self.deadline, self.slow_at)

    @property
    def timed_out(self) -> bool:
        """Whether the guard ended the call at its deadline, which is a failure whatever is excluded."""
        return self._timed_out

    def cut(self, reason: Callable[[], Exception]) -> None:
        """End the call now, or as soon as it has a scope; `interruption` will return what `reason` makes."""
        if self._cut is None and trio.current_time() < self.deadline:
            self._cut = reason
            if self._scope is not None:
                self._cancel(self._scope)

    def _cancel(self, scope: trio.CancelScope) -> None:
        scope.cancel(reason=f"circuit {self.circuit!r} opened")

    def interruption(self) -> Exception | None:
        """Return why the guard ended the call whose scope was cancelled, as an exception to raise in its place.

        Returns:
          A `CircuitOpenError` if the circuit opened and `cancel_on_open` is set, a `trio.TooSlowError` if the
          deadline has passed, None if it was not the guard.
        """
        return None if self._cut is None and trio.current_time() < self.deadline else self.end_reason()

    def end_reason(self) -> Exception:
        """Return the same for a call that is known to have been ended by the guard."""
        if self._cut is not None:
            return self._cut()
        self._timed_out = True
        seconds = self.deadline - self.started
        return trio.TooSlowError(f"circuit {self.circuit!r} ended a call after {seconds:.6g} s")
