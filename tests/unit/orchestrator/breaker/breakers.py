"""What tests of breakers are made of: calls that end as wanted, with and without waiting."""

from __future__ import annotations

from typing import Any

from trio.testing import MockClock

from copy_that_orch.orchestrator.circuit_breaker import CircuitBreaker, CircuitState, Permit

CLOSED, OPEN, HALF_OPEN, ISOLATED = CircuitState


async def fails() -> None:
    """End as what is not there does."""
    raise ConnectionError("refused")


async def works() -> str:
    """Return an answer."""
    return "answer"


def let_in(breaker: CircuitBreaker) -> Permit:
    """Return a permit of a breaker that lets calls in."""
    permit = breaker.admit()
    assert permit is not None
    return permit


def end(breaker: CircuitBreaker, *errors: BaseException | None) -> CircuitState:
    """Let calls in and end them, one after the other; return the state then."""
    for error in errors:
        breaker.settle(let_in(breaker), error)
    return breaker.state


def state_of(breaker: CircuitBreaker) -> CircuitState:
    """Return the state, in a way that does not make mypy think that it stays so."""
    return breaker.state


def opened(clock: MockClock | None = None, /, **settings: Any) -> CircuitBreaker:
    """Return a breaker that one failure has opened; given a clock, one whose recovery time, 10 s, is just over."""
    breaker = CircuitBreaker("api", 1, 10.0, **settings)
    assert end(breaker, ConnectionError("refused")) is OPEN
    if clock is not None:
        clock.jump(10)
    return breaker


async def raises(error: BaseException) -> None:
    """Raise `error`."""
    raise error
