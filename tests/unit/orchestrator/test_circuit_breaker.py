"""The circuit breaker: whom it lets in, how it learns from calls, and what it holds on to."""

from __future__ import annotations

import pytest
import trio
from trio.testing import MockClock

from copy_that_orch.orchestrator.circuit_breaker import CircuitBreaker, CircuitState
from copy_that_orch.orchestrator.errors import CircuitOpenError


async def fails() -> None:
    """End as what is not there does."""
    raise ConnectionError("refused")


async def works() -> str:
    """Return an answer."""
    return "answer"


async def test_opens_after_the_threshold_and_refuses(autojump_clock: MockClock) -> None:
    """So many failures in a row open the circuit; the next caller is refused and told when to come back."""
    breaker = CircuitBreaker("api", 2, 10.0)
    for _ in range(2):
        with pytest.raises(ConnectionError, match="refused"):
            await breaker.call(fails)

    await trio.sleep(4)
    with pytest.raises(CircuitOpenError) as refusal:
        await breaker.call(works)

    assert breaker.state is CircuitState.OPEN
    assert refusal.value.name == "api"
    assert refusal.value.retry_after == 6.0
    assert refusal.value.last_failure == "ConnectionError: refused"


async def test_a_successful_probe_closes(autojump_clock: MockClock) -> None:
    """After the recovery time one call is let in, and its success closes the circuit."""
    breaker = CircuitBreaker("api", 1, 10.0)
    with pytest.raises(ConnectionError):
        await breaker.call(fails)

    await trio.sleep(10)
    assert breaker.state is CircuitState.OPEN  # reading changes nothing
    assert await breaker.call(works) == "answer"
    assert breaker.state is CircuitState.CLOSED
