"""How long a circuit stays open."""

from __future__ import annotations

from typing import Any

import pytest
import trio
from trio.testing import MockClock

from copy_that_orch.orchestrator.circuit_breaker import CircuitBreaker, CircuitState


class BusyError(Exception):
    """Asks to be left alone for a while."""

    def __init__(self, retry_after: float) -> None:
        super().__init__("busy")
        self.retry_after = retry_after


def fail(breaker: CircuitBreaker, error: Exception | None = None) -> float:
    """Let one call fail, and return how long the circuit is open then."""
    permit = breaker.admit()
    assert permit is not None
    breaker.settle(permit, error or ConnectionError())
    assert breaker.state is CircuitState.OPEN
    assert breaker.retry_after is not None
    return breaker.retry_after


async def waits(clock: MockClock, rounds: int, **settings: Any) -> list[float]:
    """Return how long a circuit stays open, when so many probes fail one after the other."""
    breaker = CircuitBreaker("api", 1, 10.0, **settings)
    found = [fail(breaker)]
    for _ in range(rounds):
        clock.jump(found[-1])
        found.append(fail(breaker))
    return found


async def test_without_backoff_the_wait_stays(mock_clock: MockClock) -> None:
    """By default every round takes as long as the first."""
    assert await waits(mock_clock, 3) == [10.0] * 4


async def test_the_wait_grows_up_to_its_cap(mock_clock: MockClock) -> None:
    """Every failed round multiplies it, until the cap."""
    assert await waits(mock_clock, 4, backoff_factor=2, max_recovery_timeout=50.0) == [10.0, 20.0, 40.0, 50.0, 50.0]
    assert await waits(mock_clock, 3, backoff_factor=3) == [10.0, 30.0, 90.0, 270.0]


async def test_the_wait_survives_any_number_of_rounds(mock_clock: MockClock) -> None:
    """A power would overflow a float after a thousand rounds, which at a minute each is a long weekend."""
    found = await waits(mock_clock, 1100, backoff_factor=2, max_recovery_timeout=60.0)
    assert found[-1] == pytest.approx(60.0)


async def test_rounds_are_forgotten_when_the_circuit_closes(mock_clock: MockClock) -> None:
    """Closing, and nothing else, brings the first wait back; a neutral probe is not a round."""
    breaker = CircuitBreaker("api", 1, 10.0, backoff_factor=2, excluded_exceptions=KeyError)
    assert fail(breaker) == 10
    mock_clock.jump(10)
    assert fail(breaker) == 20
    mock_clock.jump(20)
    neutral = breaker.admit()
    assert neutral is not None
    breaker.settle(neutral, KeyError())
    assert fail(breaker) == 40
    mock_clock.jump(40)
    probe = breaker.admit()
    assert probe is not None
    breaker.settle(probe, None)
    assert fail(breaker) == 10


async def test_resetting_forgets_the_rounds(mock_clock: MockClock) -> None:
    """A circuit closed by hand starts over, too."""
    breaker = CircuitBreaker("api", 1, 10.0, backoff_factor=2)
    fail(breaker)
    mock_clock.jump(10)
    assert fail(breaker) == 20
    breaker.reset()
    assert fail(breaker) == 10


async def test_jitter_shortens_by_a_random_share(mock_clock: MockClock) -> None:
    """Waits lie between (1 - jitter) and 1 times the wait, differ, and are the same for the same seed."""
    found = await waits(mock_clock, 50, jitter=0.25, seed=7)
    assert all(7.5 <= wait <= 10.0 for wait in found)
    assert max(found) - min(found) > 1.5
    again = await waits(mock_clock, 50, jitter=0.25, seed=7)
    assert again == pytest.approx(found)
    assert await waits(mock_clock, 50, jitter=0.25, seed=8) != pytest.approx(found)


async def test_a_failure_that_asks_for_longer_is_given_it(mock_clock: MockClock) -> None:
    """The longer of the breaker's wait and the failure's own is taken, whatever the cap or the jitter."""
    breaker = CircuitBreaker("api", 1, 10.0, max_recovery_timeout=10.0, jitter=1.0, seed=1)
    assert fail(breaker, BusyError(120)) == 120
    mock_clock.jump(120)
    assert fail(breaker, BusyError(45)) == 45  # a probe may ask, too
    breaker.reset()
    assert CircuitBreaker("other", 1, 10.0).retry_after is None
    assert fail(CircuitBreaker("other", 1, 10.0), BusyError(3)) == 10


async def test_who_sleeps_as_told_is_let_in(autojump_clock: MockClock) -> None:
    """Rounding never makes a sleeper wake a hair before the time: 0.2 + (0.9 - 0.2) is less than 0.9."""
    breaker = CircuitBreaker("api", 1, 0.9)
    fail(breaker)
    await trio.sleep(0.2)
    assert breaker.retry_after is not None
    await trio.sleep(breaker.retry_after)
    assert breaker.admit() is not None


def test_a_circuit_opened_in_another_run_does_not_stay_open() -> None:
    """Clocks of two Trio runs have nothing to do with each other, and a breaker may outlive a run."""
    breaker = CircuitBreaker("api", 1, 10.0)

    async def open_it() -> None:
        await trio.sleep(80_000)
        fail(breaker)

    async def use_it() -> None:
        assert breaker.retry_after == 0.0
        async with breaker.wait(timeout=0):
            pass

    trio.run(open_it, clock=MockClock(autojump_threshold=0))
    trio.run(use_it, clock=MockClock(autojump_threshold=0))
    assert breaker.state is CircuitState.CLOSED
