"""With `cancel_on_open`, nobody goes on waiting for what is dead."""

from __future__ import annotations

import pytest
import trio
from trio.testing import MockClock

from copy_that_orch.orchestrator.circuit_breaker import CircuitBreaker
from copy_that_orch.orchestrator.errors import CircuitOpenError
from tests.unit.orchestrator.breaker.breakers import (
    end,
)


async def test_calls_in_flight_are_cancelled_when_the_circuit_opens(autojump_clock: MockClock) -> None:
    """With `cancel_on_open` nobody goes on waiting for what is dead; the call that opened it keeps its error."""
    breaker = CircuitBreaker("api", 1, 10.0, cancel_on_open=True)
    ended: list[tuple[float, float | None, str | None]] = []

    async def wait_long() -> None:
        with pytest.raises(CircuitOpenError) as raised:
            await breaker.call(trio.sleep, 100)
        ended.append((trio.current_time(), raised.value.retry_after, raised.value.last_failure))

    async def fail_soon() -> None:
        await trio.sleep(1)
        raise ConnectionError("dead")

    async with trio.open_nursery() as nursery:
        for _ in range(3):
            nursery.start_soon(wait_long)
        with pytest.raises(ConnectionError):
            await breaker.call(fail_soon)

    assert ended == [(1.0, 10.0, "ConnectionError: dead")] * 3
    assert breaker.statistics().late_results == 3
    assert breaker.statistics().in_flight == 0


async def test_without_the_setting_calls_in_flight_go_on(autojump_clock: MockClock) -> None:
    """By default, who is inside may finish; the result is late."""
    breaker = CircuitBreaker("api", 1, call_timeout=50)
    answers: list[str] = []

    async def answer_late() -> str:
        await trio.sleep(2)
        return "answer"

    async def call() -> None:
        answers.append(await breaker.call(answer_late))

    async with trio.open_nursery() as nursery:
        nursery.start_soon(call)
        await trio.sleep(1)
        end(breaker, OSError())
    assert answers == ["answer"]


async def test_isolating_cancels_too_and_so_does_a_later_opening(autojump_clock: MockClock) -> None:
    """Whoever is in flight when the door shuts is behind it, whatever generation let it in."""
    breaker = CircuitBreaker("api", 1, 10.0, cancel_on_open=True)
    ended: list[float] = []

    async def wait_long() -> None:
        with pytest.raises(CircuitOpenError):
            await breaker.call(trio.sleep, 100)
        ended.append(trio.current_time())

    async with trio.open_nursery() as nursery:
        nursery.start_soon(wait_long)
        await trio.sleep(1)
        breaker.isolate()
        await trio.sleep(1)
        breaker.reset()
        nursery.start_soon(wait_long)
        await trio.sleep(1)
        breaker.reset()
        end(breaker, OSError())
    assert ended == [1, 3]


async def test_a_call_that_will_not_be_cancelled_keeps_its_result(autojump_clock: MockClock) -> None:
    """Cancelling asks; what comes back all the same is passed on."""

    async def shielded() -> str:
        with trio.CancelScope(shield=True):
            await trio.sleep(5)
        return "answer"

    breaker = CircuitBreaker("api", 1, cancel_on_open=True)
    answers: list[str] = []

    async def call() -> None:
        answers.append(await breaker.call(shielded))

    async with trio.open_nursery() as nursery:
        nursery.start_soon(call)
        await trio.sleep(1)
        end(breaker, OSError())
    assert answers == ["answer"]
    assert trio.current_time() == 5
