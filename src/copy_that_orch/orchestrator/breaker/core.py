"""The state machine of a circuit breaker: who is let in, and what the end of a call does to the state.

The rules are the tables in `circuit_breaker.py`. Everything here is a plain function that never waits.
"""

from __future__ import annotations

import math

import trio

from copy_that_orch.orchestrator.breaker.books import Books
from copy_that_orch.orchestrator.breaker.notices import Listener, Notices, Watcher
from copy_that_orch.orchestrator.breaker.permits import Permit
from copy_that_orch.orchestrator.breaker.recovery import Recovery
from copy_that_orch.orchestrator.breaker.rules import BreakerRules, Seed
from copy_that_orch.orchestrator.breaker.state import CLOSED, HALF_OPEN, ISOLATED, OPEN, BreakerStatistics, CircuitState
from copy_that_orch.orchestrator.breaker.verdicts import FAILURE, NEUTRAL, SAYS_NOTHING, SUCCESS, Judge, Judgement
from copy_that_orch.orchestrator.breaker.windows import ConsecutiveFailures, FailureWindow, make_rate_window
from copy_that_orch.orchestrator.errors import CircuitOpenError


class BreakerCore:
    """A circuit breaker without its guarded forms, which `CircuitBreaker` adds."""

    __slots__ = (
        "_books",
        "_generation",
        "_in_flight",
        "_judge",
        "_notices",
        "_plain",
        "_probe_successes",
        "_probes",
        "_recovery",
        "_row",
        "_rules",
        "_shared",
        "_state",
        "_window",
        "_young",
    )

    def __init__(self, rules: BreakerRules, judge: Judge, seed: Seed) -> None:
        self._rules = rules
        self._judge = judge
        self._books = Books()
        self._recovery = Recovery(rules, seed)
        self._notices = Notices(rules.name)

        self._state = CLOSED
        self._generation = 0
        self._probes: dict[Permit, None] = {}  # while HALF_OPEN: the slots that are taken, the oldest first
        self._probe_successes = 0
        self._row = ConsecutiveFailures(rules.failure_threshold)
        self._window: FailureWindow = self._row if rules.trip is None else make_rate_window(rules.trip)
        self._young: dict[Permit, None] = {}  # while CLOSED: calls in flight that are not slow yet, the oldest first
        self._in_flight: dict[Permit, None] = {}  # of all generations; kept for `cancel_on_open` only

        # The permit of all calls while nothing has to be known of each (else None), and the same again if, besides,
        # all that a success does is to end the row of failures: the short ways of `admit` and `settle`.
        self._shared: Permit | None = None
        self._plain: Permit | None = None
        self._share_permits()

    @property
    def name(self) -> str:
        """Its name."""
        return self._rules.name

    @property
    def state(self) -> CircuitState:
        """The state; reading it changes nothing, so an OPEN circuit stays so until the next call comes."""
        return self._state

    @property
    def retry_after(self) -> float | None:
        """Seconds until a caller who would be refused now may try again with a chance.

        While OPEN, the time left to the first probe; 0.0 if it is over, or while HALF_OPEN with a free slot. None if no
        time is known: all slots are taken, the circuit is ISOLATED, or it is CLOSED and refuses nobody.
        """
        if self._state is not OPEN:
            return 0.0 if self._state is HALF_OPEN and self._has_free_slot() else None
        return self._recovery.left(trio.current_time())

    @property
    def next_chance(self) -> float:
        """Trio time at which the passing of time alone changes what `admit` answers; `math.inf` if it does not.

        That is the end of the recovery time, or the first moment after the lease of the oldest probe: who acts at this
        time comes after a probe that is cancelled at the end of its lease, and finds it settled.
        """
        if self._state is OPEN:
            return self._recovery.ends_at
        return math.nextafter(next(iter(self._probes)).lease, math.inf) if self._probes else math.inf

    def statistics(self) -> BreakerStatistics:
        """Return what it has seen since it was made."""
        return self._books.statistics(self.name, self._state, self._generation)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name!r} {self._state.value}, {self.statistics().in_flight} in flight>"

    def add_listener(self, listener: Listener) -> None:
        """Call `listener(name, old, new)` after each state change, when the new state is in force.

        Each change is told once and in order. A listener may use the breaker, for further changes too; an `Exception`
        that it raises is logged and goes no further.
        """
        self._notices.listeners.append(listener)

    def remove_listener(self, listener: Listener) -> None:
        """Call `listener` no more. Raises `ValueError` if it is not one."""
        self._notices.listeners.remove(listener)

    def watch(self, callback: Watcher) -> None:
        """Call `callback()` whenever a caller who was refused might now fare differently.

        That is after each state change, to OPEN and ISOLATED too, and when a probe gives its slot back without one.
        That an open circuit has become due is not told: `next_chance` says when to look. Otherwise as `add_listener`.
        """
        self._notices.watchers.append(callback)

    def unwatch(self, callback: Watcher) -> None:
        """Call `callback` no more. Raises `ValueError` if it is not watching."""
        self._notices.watchers.remove(callback)

    @trio.lowlevel.enable_ki_protection
    def admit(self) -> Permit | None:
        """Return the permit for one call, or None if it is refused; never wait.

        The permit is in flight until it is given to `settle`, once. If `permit.needs_scope`, run the call in a cancel
        scope with `permit.deadline`, set `permit.scope`, and if that scope has caught a cancellation, raise
        `permit.interruption()`.
        """
        permit = self._shared
        if permit is not None:
            self._books.admitted += 1
            return permit
        permit = self._admit()
        try:
            self._notices.flush()
        except BaseException:  # a listener ends the program: nobody will get to settle this permit
            if permit is not None:
                self._conclude(permit, SAYS_NOTHING)
            raise
        return permit

    @trio.lowlevel.enable_ki_protection
    def settle(self, permit: Permit, error: BaseException | None) -> None:
        """Judge how the call with `permit` ended, None for a success, and move the state; never wait.

        Call it once per permit, outside of the permit's scope. Raises what a predicate of the settings raises; then
        the call says nothing.
        """
        if error is None and permit is self._plain:
            self._books.succeeded += 1
            self._row.length = 0
            return
        judgement = SAYS_NOTHING
        try:
            if permit.generation == self._generation:
                judgement = self._judge.judge_end(error, timed_out=permit.timed_out)
        finally:
            self._conclude(permit, judgement)

    def refusal(self) -> CircuitOpenError:
        """Return a new exception for a caller who was refused, and count it."""
        self._books.rejected += 1
        return self._open_error()

    @trio.lowlevel.enable_ki_protection
    def isolate(self) -> None:
        """Refuse every call until `reset()`; results of calls in flight are late."""
        if self._state is not ISOLATED:
            self._enter(ISOLATED)
            self._notices.flush()

    @trio.lowlevel.enable_ki_protection
    def reset(self) -> None:
        """Close the circuit and forget what was counted, whatever the state; results of calls in flight are late."""
        self._enter(CLOSED)
        self._notices.flush()

    def _admit(self) -> Permit | None:
        if self._state is ISOLATED:
            return None
        now = trio.current_time()
        self._catch_up(now)
        if self._state is OPEN:
            if not self._recovery.is_over(now):
                return None
            self._enter(HALF_OPEN)
        if self._state is CLOSED or (self._state is HALF_OPEN and self._has_free_slot()):
            return self._issue_permit(now)
        return None

    def _issue_permit(self, now: float) -> Permit:
        probe = self._state is HALF_OPEN
        permit = self._rules.permit(self._generation, now, probe=probe)
        self._books.admitted += 1
        if probe:
            self._probes[permit] = None
        elif self._rules.slow_call_duration is not None:
            self._young[permit] = None
        if self._rules.cancel_on_open:
            self._in_flight[permit] = None
        return permit

    def _conclude(self, permit: Permit, judgement: Judgement) -> None:
        """Book the end of a call and draw the consequences."""
        now = trio.current_time()
        self._in_flight.pop(permit, None)
        if permit.generation == self._generation:
            self._young.pop(permit, None)
            self._probes.pop(permit, None)
            self._catch_up(now)
        if permit.generation != self._generation:
            self._books.late_results += 1
        else:
            self._books.end(permit, judgement, now)
            (self._conclude_probe if permit.probe else self._conclude_call)(permit, judgement, now)
        self._notices.flush()

    def _conclude_call(self, permit: Permit, judgement: Judgement, now: float) -> None:
        slow = now >= permit.slow_at
        if slow or judgement.verdict is not NEUTRAL:
            failed = judgement.verdict is FAILURE
            self._window.ended(failed=failed, slow=slow, hung=permit.hung, now=now)
            if self._window.too_many(now):
                self._open(now, asked=judgement.retry_after)

    def _conclude_probe(self, permit: Permit, judgement: Judgement, now: float) -> None:
        succeeded = judgement.verdict is SUCCESS
        if judgement.verdict is FAILURE or now >= permit.slow_at:
            self._open(now, asked=judgement.retry_after)
        elif now > permit.deadline:  # it went on regardless; on the dot, a cancellation from outside has precedence
            self._books.outlive(permit, now)
            self._open(now)
        elif succeeded and self._probe_successes + 1 >= self._rules.success_threshold:
            self._enter(CLOSED)
        else:
            self._probe_successes += succeeded
            self._notices.post()

    def _catch_up(self, now: float) -> None:
        """Draw the consequences of time alone: calls in flight that are slow by now, probes whose lease ran out."""
        while self._young:
            permit = next(iter(self._young))
            if now < permit.slow_at:
                break
            del self._young[permit]
            permit.hung = True
            self._books.hang(permit)
            self._window.hung()
            if self._window.too_many(now):
                self._open(now)
        if self._probes:
            permit = next(iter(self._probes))
            if now > permit.lease:
                self._books.outlive(permit, now)
                # As of its end: who comes long after a probe that got stuck need not wait again.
                self._open(permit.lease)

    def _has_free_slot(self) -> bool:
        return len(self._probes) < self._rules.half_open_max_calls

    def _open(self, now: float, *, asked: float = 0.0) -> None:
        self._recovery.begin(now, probe_failed=self._state is HALF_OPEN, asked=asked)
        self._books.times_opened += 1
        self._enter(OPEN)

    def _enter(self, new: CircuitState) -> None:
        old, self._state = self._state, new
        self._generation += 1
        self._probes.clear()
        self._probe_successes = 0
        self._window.clear()
        self._young.clear()
        self._share_permits()
        if new is CLOSED:
            self._recovery.closed()
        elif new is not HALF_OPEN:
            for permit in self._in_flight:
                permit.cut(self._open_error)
            self._in_flight.clear()
        if new is not old:
            self._notices.post((old, new))

    def _share_permits(self) -> None:
        shares = self._state is CLOSED and not self._rules.tells_calls_apart
        self._shared = Permit(circuit=self.name, generation=self._generation) if shares else None
        self._plain = self._shared if self._rules.trip is None else None

    def _open_error(self) -> CircuitOpenError:
        because = None if self._state is ISOLATED else self._books.last_failure
        return CircuitOpenError(self._rules.name, self.retry_after, because)
