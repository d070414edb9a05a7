"""Deadlines, slow calls and leases: what time does to calls behind a breaker, and to the breaker."""

from __future__ import annotations

import math

import pytest
import trio
from trio.testing import MockClock

from copy_that_orch.orchestrator.circuit_breaker import CircuitBreaker, CircuitState, FailureRate
from tests.unit.orchestrator.breaker.breakers import (
    CLOSED,
    HALF_OPEN,
    OPEN,
    end,
    fails,
    let_in,
    opened,
    raises,
    state_of,
    works,
)


async def test_the_guards_deadline_is_a_failure(autojump_clock: MockClock) -> None:
    """Past `call_timeout` the call is cancelled, its caller gets `TooSlowError`, and it counts."""
    breaker = CircuitBreaker("api", 1, call_timeout=5)
    with pytest.raises(trio.TooSlowError, match="circuit 'api' ended a call after 5 s"):
        await breaker.call(trio.sleep, 60)
    assert trio.current_time() == 5
    assert breaker.state is OPEN
    assert breaker.refusal().last_failure == "TooSlowError: circuit 'api' ended a call after 5 s"


async def test_a_call_within_its_deadline(autojump_clock: MockClock) -> None:
    """The deadline leaves other ends alone."""
    breaker = CircuitBreaker("api", 1, call_timeout=5)
    assert await breaker.call(works) == "answer"
    with pytest.raises(ConnectionError):
        await breaker.call(fails)
    assert breaker.state is OPEN


@pytest.mark.parametrize("seconds", [4, 5])
async def test_a_deadline_from_outside_is_neutral(seconds: float, autojump_clock: MockClock) -> None:
    """The caller's deadline says nothing of the callee; if both fire at once, the outer one wins."""
    breaker = CircuitBreaker("api", 1, call_timeout=5)
    with trio.move_on_after(seconds) as scope:
        await breaker.call(trio.sleep, 60)
    assert scope.cancelled_caught
    assert breaker.state is CLOSED
    assert breaker.statistics().neutral == 1


async def test_an_inner_deadline_is_a_failure(autojump_clock: MockClock) -> None:
    """A `TooSlowError` from inside is an exception like any other."""

    async def in_time() -> None:
        with trio.fail_after(1):
            await trio.sleep(2)

    breaker = CircuitBreaker("api", 1)
    with pytest.raises(trio.TooSlowError):
        await breaker.call(in_time)
    assert breaker.state is OPEN


async def test_the_guards_deadline_counts_whatever_is_excluded(autojump_clock: MockClock) -> None:
    """An exclusion is about what was called, not about the guard; a `TooSlowError` of the callee's own is excluded."""
    breaker = CircuitBreaker("api", 1, call_timeout=5, exclude=lambda _: True)
    with pytest.raises(trio.TooSlowError):
        await breaker.call(raises, trio.TooSlowError())
    assert state_of(breaker) is CLOSED
    with pytest.raises(trio.TooSlowError):
        await breaker.call(trio.sleep, 60)
    assert state_of(breaker) is OPEN


async def test_what_fails_while_it_is_cancelled_is_told(autojump_clock: MockClock) -> None:
    """When the guard's deadline uncovers a failure, that is raised, without the cancellations beside it."""

    async def fail_when_cancelled() -> None:
        try:
            await trio.sleep_forever()
        finally:
            raise ConnectionError("while closing")

    async def both() -> None:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(fail_when_cancelled)
            nursery.start_soon(trio.sleep_forever)

    breaker = CircuitBreaker("api", 1, call_timeout=5)
    with pytest.RaisesGroup(ConnectionError):
        await breaker.call(both)
    assert breaker.state is OPEN


async def test_what_ends_well_in_spite_of_the_deadline_is_a_success(autojump_clock: MockClock) -> None:
    """A call that cannot be cancelled and returns something is not told off."""

    async def shielded() -> str:
        with trio.CancelScope(shield=True):
            await trio.sleep(9)
        return "late answer"

    breaker = CircuitBreaker("api", 1, call_timeout=5)
    assert await breaker.call(shielded) == "late answer"
    assert breaker.state is CLOSED


async def test_a_slow_success_counts(autojump_clock: MockClock) -> None:
    """A call that takes too long is one of the row, whatever it returns."""
    breaker = CircuitBreaker("api", 2, slow_call_duration=3)
    await breaker.call(trio.sleep, 2.9)
    await breaker.call(trio.sleep, 3)
    with pytest.raises(ConnectionError):
        await breaker.call(fails)
    assert state_of(breaker) is OPEN
    assert breaker.statistics().slow == 1


async def test_a_fast_success_ends_a_row_of_slow_calls(autojump_clock: MockClock) -> None:
    """Slow calls must follow one another, like failures."""
    breaker = CircuitBreaker("api", 2, slow_call_duration=3)
    await breaker.call(trio.sleep, 3)
    await breaker.call(works)
    await breaker.call(trio.sleep, 3)
    assert breaker.state is CLOSED


@pytest.mark.parametrize(("seconds", "state"), [(2, CLOSED), (4, OPEN)])
async def test_a_cancelled_call_counts_if_it_was_slow(
    seconds: float, state: CircuitState, autojump_clock: MockClock
) -> None:
    """A deadline from outside that keeps firing on a dependency that hangs opens the circuit."""
    breaker = CircuitBreaker("api", 2, slow_call_duration=3)
    for _ in range(2):
        with trio.move_on_after(seconds):
            await breaker.call(trio.sleep_forever)
    assert breaker.state is state
    assert breaker.statistics().neutral == 2
    assert breaker.statistics().last_failure == (None if state is CLOSED else "no answer within 3 s")


async def test_calls_that_hang_now_open_the_circuit(mock_clock: MockClock) -> None:
    """Calls in flight count as soon as they are slow: the next caller finds the circuit open, none has to end."""
    breaker = CircuitBreaker("api", 3, 10.0, slow_call_duration=2)
    calls = []
    for _ in range(3):
        calls.append(let_in(breaker))
        mock_clock.jump(0.5)
    mock_clock.jump(1)
    assert breaker.admit() is not None  # two are slow, the third is not yet
    mock_clock.jump(0.5)
    assert breaker.admit() is None
    assert breaker.state is OPEN
    assert breaker.retry_after == 10.0
    assert breaker.refusal().last_failure == "no answer within 2 s"
    for call in calls:
        breaker.settle(call, None)
    assert breaker.state is OPEN
    assert breaker.statistics().slow == 3
    assert breaker.statistics().late_results == 3


async def test_calls_that_hang_are_found_when_another_ends(mock_clock: MockClock) -> None:
    """It need not be a new caller who brings it to light, and it happened before the other one ended."""
    breaker = CircuitBreaker("api", 2, slow_call_duration=2)
    hanging = [let_in(breaker) for _ in range(2)]
    mock_clock.jump(1)
    fast = let_in(breaker)
    mock_clock.jump(1)
    breaker.settle(fast, None)
    assert breaker.state is OPEN
    assert breaker.statistics().late_results == 1
    breaker.settle(hanging[0], None)


async def test_a_call_that_was_found_to_hang_counts_once(mock_clock: MockClock) -> None:
    """It is in the row when it turns slow, and not again when it ends."""
    breaker = CircuitBreaker("api", 2, slow_call_duration=2)
    hanging = let_in(breaker)
    mock_clock.jump(2)
    assert end(breaker, KeyError()) is OPEN
    breaker.reset()

    hanging = let_in(breaker)
    mock_clock.jump(2)
    other = let_in(breaker)
    breaker.settle(hanging, OSError())
    assert state_of(breaker) is CLOSED
    assert breaker.statistics().slow == 2
    breaker.settle(other, OSError())
    assert state_of(breaker) is OPEN


async def test_slow_calls_by_rate(mock_clock: MockClock) -> None:
    """With a slow rate, calls that hang open the circuit by their share, and good slow calls are no failures."""
    breaker = CircuitBreaker("api", trip=FailureRate(0.5, 4, 10, slow_rate=0.75), slow_call_duration=2)
    hanging = [let_in(breaker) for _ in range(3)]
    mock_clock.jump(2)
    breaker.settle(hanging[0], None)
    assert breaker.state is CLOSED  # 3 of 3, too few calls
    assert end(breaker, None) is OPEN  # 3 of 4


async def test_a_slow_probe_has_failed(mock_clock: MockClock) -> None:
    """What answers after too long is not well yet, even if it answers or its caller gives up."""
    breaker = opened(mock_clock, slow_call_duration=2)
    for error in (None, KeyboardInterrupt()):
        probe = let_in(breaker)
        mock_clock.jump(2)
        breaker.settle(probe, error)
        assert state_of(breaker) is OPEN
        assert breaker.refusal().last_failure == "no answer within 2 s"
        mock_clock.jump(10)
    assert breaker.statistics().slow == 2


async def test_a_probe_that_hangs_fails_by_age(mock_clock: MockClock) -> None:
    """The next caller finds it slow: the circuit is open again, from that age on, and the slot is free."""
    breaker = opened(mock_clock, slow_call_duration=2)
    probe = let_in(breaker)
    assert breaker.next_chance == math.nextafter(12, math.inf)
    mock_clock.jump(3)
    assert breaker.admit() is None
    assert breaker.state is OPEN
    assert breaker.retry_after == 9.0
    breaker.settle(probe, None)
    assert breaker.state is OPEN
    assert breaker.statistics().slow == 1


async def test_a_probe_is_cancelled_when_its_lease_runs_out(autojump_clock: MockClock) -> None:
    """A probe that hangs ends with `TooSlowError` and has failed; other calls have no such limit."""
    breaker = CircuitBreaker("api", 1, 10.0, probe_timeout=3)
    await breaker.call(trio.sleep, 100)
    end(breaker, OSError())
    await trio.sleep(10)
    with pytest.raises(trio.TooSlowError, match="after 3 s"):
        await breaker.call(trio.sleep, 100)
    assert trio.current_time() == 113
    assert breaker.state is OPEN
    assert breaker.retry_after == 10.0


async def test_the_shorter_of_two_limits_ends_a_probe(mock_clock: MockClock) -> None:
    """A probe is a call, too."""
    assert let_in(opened(mock_clock, probe_timeout=3, call_timeout=5)).deadline == 13
    assert let_in(opened(mock_clock, probe_timeout=5, call_timeout=3)).deadline == 23


async def test_a_probe_that_cannot_be_cancelled_does_not_wedge(mock_clock: MockClock) -> None:
    """Past its lease its slot is gone and it has failed: the circuit opened again at that time."""
    breaker = opened(mock_clock, probe_timeout=3)
    stuck = let_in(breaker)
    mock_clock.jump(2)
    assert breaker.admit() is None
    assert state_of(breaker) is HALF_OPEN
    mock_clock.jump(1)
    assert breaker.admit() is None
    assert state_of(breaker) is HALF_OPEN  # on the dot, it may just be being cancelled
    mock_clock.jump(1)
    assert breaker.admit() is None
    assert state_of(breaker) is OPEN
    assert breaker.retry_after == 9.0
    mock_clock.jump(9)
    probe = let_in(breaker)
    breaker.settle(stuck, None)
    assert state_of(breaker) is HALF_OPEN
    breaker.settle(probe, None)
    assert state_of(breaker) is CLOSED
    assert breaker.statistics().late_results == 1


async def test_long_after_a_stuck_probe_the_next_caller_is_the_probe(mock_clock: MockClock) -> None:
    """A lease that ran out long ago has been followed by a whole recovery time already."""
    changes: list[CircuitState] = []
    breaker = opened(mock_clock, probe_timeout=3, on_state_change=lambda _name, _old, new: changes.append(new))
    let_in(breaker)
    mock_clock.jump(13)
    let_in(breaker)
    assert changes == [OPEN, HALF_OPEN, OPEN, HALF_OPEN]


@pytest.mark.parametrize("error", [None, KeyboardInterrupt(), KeyError()])
async def test_a_probe_that_ends_after_its_lease_has_failed(error: BaseException | None, mock_clock: MockClock) -> None:
    """Whatever it ends with, and also if nobody else came in the meantime."""
    breaker = opened(mock_clock, probe_timeout=3, excluded_exceptions=KeyError)
    probe = let_in(breaker)
    mock_clock.jump(4)
    breaker.settle(probe, error)
    assert breaker.state is OPEN
    assert breaker.refusal().last_failure == "no answer within 3 s"


async def test_the_lease_of_one_probe_ends_the_round_for_all(mock_clock: MockClock) -> None:
    """A success that comes after another probe's lease is late."""
    breaker = opened(mock_clock, probe_timeout=3, half_open_max_calls=2)
    let_in(breaker)
    mock_clock.jump(2)
    other = let_in(breaker)
    mock_clock.jump(2)
    breaker.settle(other, None)
    assert breaker.state is OPEN
    assert breaker.statistics().late_results == 1


async def test_a_cancellation_on_the_dot_goes_before_the_lease(autojump_clock: MockClock) -> None:
    """If the caller's deadline and the lease end together, the caller's counts: neutral, and the slot is back."""
    breaker = opened(probe_timeout=3)
    await trio.sleep(10)
    with trio.move_on_after(3):
        await breaker.call(trio.sleep_forever)
    assert breaker.state is HALF_OPEN
    assert breaker.retry_after == 0.0
