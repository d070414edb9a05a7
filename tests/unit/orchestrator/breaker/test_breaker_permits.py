"""The two halves of a guarded call, for those who admit it in one Trio task and run it in another."""

from __future__ import annotations

import math

import pytest
import trio
from trio.testing import MockClock

from copy_that_orch.orchestrator.circuit_breaker import CircuitBreaker
from copy_that_orch.orchestrator.errors import CircuitOpenError
from tests.unit.orchestrator.breaker.breakers import CLOSED, OPEN, end, let_in, opened, state_of


async def test_a_permit_of_the_default_settings_asks_for_nothing() -> None:
    """Without limits the guard never wants to cancel the call."""
    permit = let_in(CircuitBreaker("api"))
    assert not permit.needs_scope
    assert permit.deadline == math.inf
    assert permit.interruption() is None


async def test_a_scope_that_is_not_needed_is_not_kept() -> None:
    """A permit that calls share cannot hold the scope of one, or a block would leave a scope that it never entered."""
    breaker = CircuitBreaker("api")
    with trio.CancelScope() as scope:
        async with breaker.wait():
            let_in(breaker).scope = scope
    assert let_in(breaker).scope is None


async def test_a_permit_tells_its_deadline(mock_clock: MockClock) -> None:
    """The deadline is counted from the admission, in Trio's time."""
    breaker = CircuitBreaker("api", 1, 10.0, call_timeout=5, probe_timeout=2)
    mock_clock.jump(7)
    permit = let_in(breaker)
    assert permit.needs_scope
    assert permit.deadline == 12
    breaker.settle(permit, OSError())
    mock_clock.jump(10)
    assert let_in(breaker).deadline == 19


async def test_a_call_run_in_another_task(autojump_clock: MockClock) -> None:
    """Whoever runs it sets the scope, asks why that was cancelled, and settles."""
    breaker = CircuitBreaker("api", 1, call_timeout=5)
    permit = let_in(breaker)
    reasons: list[Exception | None] = []

    async def run() -> None:
        with trio.CancelScope(deadline=permit.deadline) as scope:
            permit.scope = scope
            await trio.sleep(60)
        assert scope.cancelled_caught
        reasons.append(permit.interruption())
        breaker.settle(permit, reasons[0])

    async with trio.open_nursery() as nursery:
        nursery.start_soon(run)
    assert isinstance(reasons[0], trio.TooSlowError)
    assert breaker.state is OPEN


async def test_a_scope_cancelled_by_somebody_else(autojump_clock: MockClock) -> None:
    """If the deadline is not over and the circuit did not open, it was not the guard."""
    breaker = CircuitBreaker("api", 1, call_timeout=5, cancel_on_open=True)
    permit = let_in(breaker)
    with trio.CancelScope(deadline=3) as scope:
        permit.scope = scope
        await trio.sleep(60)
    assert permit.interruption() is None
    breaker.settle(permit, KeyboardInterrupt())
    assert breaker.statistics().neutral == 1


async def test_opening_cancels_a_scope_with_a_reason(autojump_clock: MockClock) -> None:
    """The cancellation says which circuit opened, and so does the exception to raise."""
    breaker = CircuitBreaker("api", 1, cancel_on_open=True)
    permit = let_in(breaker)
    assert permit.needs_scope
    assert permit.deadline == math.inf
    with trio.CancelScope() as scope:
        permit.scope = scope
        assert permit.scope is scope
        end(breaker, OSError())
        with pytest.raises(trio.Cancelled, match="circuit 'api' opened"):
            await trio.sleep(60)
    interruption = permit.interruption()
    assert isinstance(interruption, CircuitOpenError)
    assert interruption.last_failure == "OSError"
    breaker.settle(permit, interruption)
    assert breaker.statistics().late_results == 1
    assert breaker.statistics().rejected == 0  # it was let in


async def test_a_circuit_that_opens_before_the_call_starts() -> None:
    """A scope that is set later is cancelled at once."""
    breaker = CircuitBreaker("api", 1, cancel_on_open=True)
    permit = let_in(breaker)
    breaker.isolate()
    scope = trio.CancelScope()
    permit.scope = scope
    assert scope.cancel_called
    assert isinstance(permit.interruption(), CircuitOpenError)


async def test_a_deadline_that_has_passed_is_not_overtaken_by_the_opening(mock_clock: MockClock) -> None:
    """A call that was too slow before the circuit opened is told so."""
    breaker = CircuitBreaker("api", 1, call_timeout=5, cancel_on_open=True)
    slow = let_in(breaker)
    mock_clock.jump(6)
    breaker.isolate()
    assert isinstance(slow.interruption(), trio.TooSlowError)


async def test_an_opening_is_not_overtaken_by_the_deadline(mock_clock: MockClock) -> None:
    """A call that was cancelled because the circuit opened is told that, however long its cleaning up takes."""
    breaker = CircuitBreaker("api", 1, call_timeout=5, cancel_on_open=True)
    permit = let_in(breaker)
    breaker.isolate()
    breaker.reset()
    breaker.isolate()
    mock_clock.jump(6)
    assert isinstance(permit.interruption(), CircuitOpenError)


async def test_a_timed_out_call_that_ends_otherwise_is_judged_by_that(mock_clock: MockClock) -> None:
    """Asking for the reason does not make a failure of whatever comes then."""
    breaker = CircuitBreaker("api", 1, call_timeout=5, excluded_exceptions=(KeyError, trio.TooSlowError))
    for error, state in ((KeyError(), CLOSED), (trio.TooSlowError(), OPEN)):
        permit = let_in(breaker)
        mock_clock.jump(6)
        assert isinstance(permit.interruption(), trio.TooSlowError)
        breaker.settle(permit, error)
        assert state_of(breaker) is state


async def test_the_next_chance(mock_clock: MockClock) -> None:
    """Whoever waits by a timer of his own learns when to ask again."""
    breaker = CircuitBreaker("api", 1, 10.0, probe_timeout=3, half_open_max_calls=2)
    assert breaker.next_chance == math.inf
    mock_clock.jump(1)
    end(breaker, OSError())
    assert breaker.next_chance == 11
    mock_clock.jump(20)
    assert breaker.next_chance == 11
    first = let_in(breaker)
    mock_clock.jump(1)
    second = let_in(breaker)
    assert breaker.next_chance == math.nextafter(24, math.inf)  # just after the lease
    breaker.settle(first, KeyboardInterrupt())
    assert breaker.next_chance == math.nextafter(25, math.inf)
    breaker.settle(second, KeyboardInterrupt())
    assert breaker.next_chance == math.inf
    assert opened().next_chance > 0
