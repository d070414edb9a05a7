"""What the ends of calls do to a breaker: failures, successes, and what says nothing."""

from __future__ import annotations

import contextlib
from collections.abc import Awaitable, Callable

import pytest
import trio
from trio.testing import MockClock, wait_all_tasks_blocked

from copy_that_orch.orchestrator.circuit_breaker import CircuitBreaker, FailureRate
from copy_that_orch.orchestrator.errors import CircuitOpenError
from tests.unit.orchestrator.breaker.breakers import (
    CLOSED,
    HALF_OPEN,
    OPEN,
    end,
    let_in,
    opened,
    raises,
    state_of,
    works,
)


async def inner_refusal() -> None:
    """Be refused by another circuit."""
    await opened().call(works)


async def inner_refusal_in_a_group() -> None:
    """Be refused by another circuit, in a nursery."""
    async with trio.open_nursery() as nursery:
        nursery.start_soon(inner_refusal)
        nursery.start_soon(trio.sleep_forever)


async def excluded() -> None:
    """End with what the settings exclude by type."""
    raise KeyError("excluded")


async def picked_out() -> None:
    """End with what the settings exclude by predicate."""
    raise ValueError("404")


async def interrupted() -> None:
    """End with what is not about the call."""
    raise KeyboardInterrupt


async def cancelled_from_outside() -> None:
    """Be cancelled by the test's scope."""
    await trio.sleep(1)


HARMLESS = (KeyError, ValueError, CircuitOpenError, KeyboardInterrupt, BaseExceptionGroup)
NEUTRAL = [inner_refusal, inner_refusal_in_a_group, excluded, picked_out, interrupted, cancelled_from_outside]


def neutral_breaker(threshold: int = 2) -> CircuitBreaker:
    """Return a breaker for which the ends above say nothing."""
    return CircuitBreaker(
        "api", threshold, 10.0, excluded_exceptions=KeyError, exclude=lambda error: str(error) == "404"
    )


async def make(call: Callable[[], Awaitable[object]]) -> None:
    """Make a call that ends neutrally; swallow its end."""
    with trio.move_on_after(0.5):
        with contextlib.suppress(*HARMLESS):
            await call()


@pytest.mark.parametrize("fn", NEUTRAL)
async def test_a_neutral_end_counts_nothing_and_resets_nothing(
    fn: Callable[[], Awaitable[None]], autojump_clock: MockClock
) -> None:
    """It is no failure, and it does not end a row of them."""
    breaker = neutral_breaker()
    for _ in range(3):
        await make(lambda: breaker.call(fn))
    assert end(breaker, OSError()) is CLOSED
    await make(lambda: breaker.call(fn))
    assert end(breaker, OSError()) is OPEN
    assert breaker.statistics().neutral == 4


@pytest.mark.parametrize("fn", NEUTRAL)
async def test_a_neutral_probe_gives_its_slot_back(
    fn: Callable[[], Awaitable[None]], autojump_clock: MockClock
) -> None:
    """The circuit stays half open, and the next caller is the probe."""
    breaker = neutral_breaker(1)
    end(breaker, OSError())
    await trio.sleep(10)
    await make(lambda: breaker.call(fn))
    assert state_of(breaker) is HALF_OPEN
    assert breaker.retry_after == 0.0
    await breaker.call(works)
    assert state_of(breaker) is CLOSED


@pytest.mark.parametrize("fn", NEUTRAL)
async def test_a_late_neutral_end_leaves_the_slot_of_the_probe(
    fn: Callable[[], Awaitable[None]], autojump_clock: MockClock
) -> None:
    """A call from before the circuit opened cannot free a slot that it never held."""
    breaker = neutral_breaker(1)

    async def late() -> None:
        await trio.sleep(19.75)
        await fn()

    async def make_late() -> None:
        with trio.move_on_after(20):
            with contextlib.suppress(*HARMLESS):
                await breaker.call(late)

    async with trio.open_nursery() as nursery:
        nursery.start_soon(make_late)
        await wait_all_tasks_blocked()
        end(breaker, OSError())
        await trio.sleep(15)
        probe = let_in(breaker)
        await trio.sleep(6)
        assert breaker.statistics().late_results == 1
        assert breaker.admit() is None
        breaker.settle(probe, None)
    assert breaker.state is CLOSED


async def test_late_results_are_only_counted(mock_clock: MockClock) -> None:
    """Whatever a call from an earlier generation ends with, it moves nothing, in any later state."""
    breaker = CircuitBreaker("api", 2, 10.0)
    late = iter([let_in(breaker) for _ in range(8)])
    end(breaker, OSError(), OSError())
    mock_clock.jump(5)
    breaker.settle(next(late), OSError())
    assert breaker.retry_after == 5.0  # not extended
    breaker.settle(next(late), None)
    assert state_of(breaker) is OPEN

    mock_clock.jump(5)
    probe = let_in(breaker)
    breaker.settle(next(late), OSError())
    breaker.settle(next(late), None)
    assert state_of(breaker) is HALF_OPEN
    assert breaker.admit() is None
    breaker.settle(probe, None)

    breaker.settle(next(late), OSError())
    assert end(breaker, OSError()) is CLOSED  # one in a row, not two
    breaker.settle(next(late), None)
    assert end(breaker, OSError()) is OPEN  # the row was not ended

    mock_clock.jump(10)
    let_in(breaker)
    breaker.reset()
    breaker.settle(next(late), OSError())
    breaker.settle(next(late), OSError())
    assert state_of(breaker) is CLOSED
    assert breaker.statistics().late_results == 8


async def test_a_good_end_ends_a_row_and_closes(mock_clock: MockClock) -> None:
    """What `success_on` picks out is a success in every respect."""
    breaker = CircuitBreaker("api", 2, 10.0, success_on=lambda error: str(error) == "404")
    assert end(breaker, OSError(), OSError("404"), OSError()) is CLOSED
    assert end(breaker, OSError()) is OPEN
    mock_clock.jump(10)
    assert end(breaker, OSError("404")) is CLOSED


async def test_a_group_is_one_failure() -> None:
    """A nursery with many failed children failed once."""
    breaker = CircuitBreaker("api", 2)
    assert end(breaker, ExceptionGroup("g", [OSError(), OSError(), OSError()])) is CLOSED
    assert end(breaker, ExceptionGroup("g", [OSError()])) is OPEN


async def test_a_predicate_that_raises_is_heard_of(mock_clock: MockClock) -> None:
    """It is a bug of the program: it propagates, the call says nothing, and a probe's slot is back."""
    breaker = CircuitBreaker("api", 1, 10.0, exclude=lambda error: bool(1 // len(error.args)))
    with pytest.raises(ZeroDivisionError) as raised:
        await breaker.call(raises, OSError())
    assert isinstance(raised.value.__context__, OSError)
    assert breaker.state is CLOSED
    breaker.isolate()
    breaker.reset()

    breaker = opened(mock_clock, exclude=lambda error: bool(1 // len(error.args) - 1))
    with pytest.raises(ZeroDivisionError):
        await breaker.call(raises, OSError())
    assert state_of(breaker) is HALF_OPEN
    await breaker.call(works)
    assert state_of(breaker) is CLOSED


async def test_a_predicate_may_change_the_state() -> None:
    """If the generation ends while a call is being judged, its result is late."""
    breaker = CircuitBreaker("api", 1, exclude=lambda _: breaker.reset() is not None)
    assert end(breaker, OSError()) is CLOSED
    assert breaker.statistics().late_results == 1


async def test_calls_may_nest(mock_clock: MockClock) -> None:
    """A call through the breaker in a call through it is an ordinary one: refused while the outer one is the probe."""
    breaker = opened(mock_clock)

    async def nested() -> str:
        with pytest.raises(CircuitOpenError):
            await breaker.call(works)
        return await works()

    assert await breaker.call(nested) == "answer"
    assert state_of(breaker) is CLOSED
    assert await breaker.call(breaker.call, works) == "answer"


async def test_opens_by_rate() -> None:
    """With a rate, failures need not be in a row, and a success may be the call that shows it."""
    breaker = CircuitBreaker("api", 1, trip=FailureRate(0.5, 4, 10))
    assert end(breaker, OSError(), None, OSError()) is CLOSED
    assert end(breaker, None) is OPEN
    assert breaker.refusal().last_failure == "OSError"


async def test_a_rate_starts_over_when_the_circuit_closes(mock_clock: MockClock) -> None:
    """What was counted before it opened is forgotten."""
    breaker = CircuitBreaker("api", recovery_timeout=10, trip=FailureRate(0.5, 2, 60.0))
    end(breaker, OSError(), OSError())
    mock_clock.jump(10)
    assert end(breaker, None, OSError()) is CLOSED
    assert end(breaker, OSError()) is OPEN


async def test_a_window_of_seconds_ages(mock_clock: MockClock) -> None:
    """Failures that are older than the window do not count."""
    breaker = CircuitBreaker("api", trip=FailureRate(0.5, 3, 10.0))
    end(breaker, OSError(), OSError())
    mock_clock.jump(11)
    assert end(breaker, OSError(), OSError()) is CLOSED
    assert end(breaker, OSError()) is OPEN
