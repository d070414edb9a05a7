"""The circuit breaker: whom it lets in, when it changes its mind, and the forms that guard calls with it."""

from __future__ import annotations

import functools
from collections.abc import AsyncIterator
from typing import Any

import pytest
import trio
from trio.testing import MockClock

from copy_that_orch.orchestrator.circuit_breaker import CircuitBreaker, CircuitState
from copy_that_orch.orchestrator.errors import CircuitOpenError
from tests.unit.orchestrator.breaker.breakers import (
    CLOSED,
    HALF_OPEN,
    ISOLATED,
    OPEN,
    end,
    fails,
    let_in,
    opened,
    state_of,
    works,
)


async def test_opens_after_the_threshold_and_refuses(autojump_clock: MockClock) -> None:
    """So many failures in a row open the circuit; the next caller is refused and told when to come back."""
    breaker = CircuitBreaker("api", 2, 10.0)
    for _ in range(2):
        with pytest.raises(ConnectionError, match="refused"):
            await breaker.call(fails)

    await trio.sleep(4)
    with pytest.raises(CircuitOpenError) as refusal:
        await breaker.call(works)

    assert breaker.state is OPEN
    assert refusal.value.name == "api"
    assert refusal.value.retry_after == 6.0
    assert refusal.value.last_failure == "ConnectionError: refused"


async def test_a_success_ends_a_row_of_failures() -> None:
    """Failures open the circuit only if they follow one another."""
    breaker = CircuitBreaker("api", 3)
    assert end(breaker, OSError(), OSError(), None, OSError(), OSError()) is CLOSED
    assert end(breaker, OSError()) is OPEN


async def test_call_passes_arguments_and_result() -> None:
    """A guarded call is the call."""

    async def add(one: int, other: int) -> int:
        return one + other

    assert await CircuitBreaker("api").call(add, 2, 3) == 5


async def test_a_successful_probe_closes(autojump_clock: MockClock) -> None:
    """After the recovery time one call is let in, and its success closes the circuit."""
    breaker = opened()
    await trio.sleep(10)
    assert state_of(breaker) is OPEN  # reading changes nothing
    assert await breaker.call(works) == "answer"
    assert state_of(breaker) is CLOSED


async def test_a_failed_probe_opens_again(autojump_clock: MockClock) -> None:
    """A probe that fails starts another recovery time, from its end on."""
    breaker = opened()
    await trio.sleep(12)
    with pytest.raises(ConnectionError):
        await breaker.call(fails)
    assert state_of(breaker) is OPEN
    await trio.sleep(9)
    with pytest.raises(CircuitOpenError):
        await breaker.call(works)
    await trio.sleep(1)
    await breaker.call(works)
    assert state_of(breaker) is CLOSED


async def test_the_call_that_opens_the_circuit_keeps_its_own_error() -> None:
    """Who made the last call wants to know what became of it: the same object, no wrapping."""
    error = ConnectionError("mine")

    async def fail() -> None:
        raise error

    breaker = CircuitBreaker("api", 1)
    with pytest.raises(ConnectionError) as raised:
        await breaker.call(fail)
    assert raised.value is error
    assert breaker.state is OPEN


async def test_concurrent_failures_open_once(autojump_clock: MockClock) -> None:
    """Calls that fail together past the threshold change the state once; the rest of them come too late."""
    changes: list[tuple[str, CircuitState, CircuitState]] = []
    breaker = CircuitBreaker("api", 3, on_state_change=lambda *change: changes.append(change))

    async def fail_soon() -> None:
        await trio.sleep(1)
        raise ConnectionError

    async def call() -> None:
        with pytest.raises(ConnectionError):
            await breaker.call(fail_soon)

    async with trio.open_nursery() as nursery:
        for _ in range(20):
            nursery.start_soon(call)

    assert changes == [("api", CLOSED, OPEN)]
    statistics = breaker.statistics()
    assert (statistics.failed, statistics.late_results, statistics.times_opened) == (3, 17, 1)


async def test_one_probe_at_a_time(mock_clock: MockClock) -> None:
    """While the probe runs, everybody else is refused, and told that no time is known."""
    breaker = opened(mock_clock)
    assert breaker.retry_after == 0.0
    probe = let_in(breaker)
    assert state_of(breaker) is HALF_OPEN
    assert breaker.admit() is None
    assert breaker.refusal().retry_after is None
    breaker.settle(probe, None)
    assert state_of(breaker) is CLOSED


async def test_several_probes_at_once(mock_clock: MockClock) -> None:
    """As many probes as allowed run at once, and the first failure opens the circuit whatever the rest say."""
    breaker = opened(mock_clock, half_open_max_calls=3, success_threshold=3)
    probes = [let_in(breaker) for _ in range(3)]
    assert breaker.admit() is None
    breaker.settle(probes[0], None)
    assert breaker.retry_after == 0.0  # its slot is free again
    breaker.settle(probes[1], ConnectionError())
    assert state_of(breaker) is OPEN
    breaker.settle(probes[2], None)
    assert state_of(breaker) is OPEN
    assert breaker.statistics().late_results == 1


async def test_so_many_successes_close(mock_clock: MockClock) -> None:
    """With a threshold, probes follow one another until enough have succeeded; neutral ones do not matter."""
    breaker = opened(mock_clock, success_threshold=3, excluded_exceptions=KeyError)
    assert end(breaker, None, KeyError(), None, KeyError()) is HALF_OPEN
    assert end(breaker, None) is CLOSED


async def test_successes_of_an_earlier_round_do_not_count(mock_clock: MockClock) -> None:
    """Every round of probes starts at nothing."""
    breaker = opened(mock_clock, success_threshold=2)
    assert end(breaker, None, ConnectionError()) is OPEN
    mock_clock.jump(10)
    assert end(breaker, None) is HALF_OPEN
    assert end(breaker, None) is CLOSED


async def test_isolated_refuses_until_reset(autojump_clock: MockClock) -> None:
    """No time opens it: `isolate()` is a state, not a trick with the timer."""
    breaker = CircuitBreaker("api", 1, 10.0)
    inside = let_in(breaker)
    breaker.isolate()
    breaker.isolate()
    await trio.sleep(80_000)
    with pytest.raises(CircuitOpenError) as raised:
        await breaker.call(works)
    assert raised.value.retry_after is None
    assert raised.value.last_failure is None
    assert breaker.next_chance == float("inf")
    breaker.settle(inside, OSError())
    assert state_of(breaker) is ISOLATED
    breaker.reset()
    assert await breaker.call(works) == "answer"
    assert breaker.statistics().generation == 2


@pytest.mark.parametrize("state", list(CircuitState))
async def test_reset_closes_from_any_state(state: CircuitState, mock_clock: MockClock) -> None:
    """It closes, forgets the failures so far, and makes late what is in flight."""
    breaker = CircuitBreaker("api", 2, 10.0)
    inside = let_in(breaker)
    end(breaker, OSError())
    if state is ISOLATED:
        breaker.isolate()
    elif state is not CLOSED:
        end(breaker, OSError())
        mock_clock.jump(10)
        if state is HALF_OPEN:
            let_in(breaker)
    assert breaker.state is state

    breaker.reset()
    breaker.settle(inside, OSError())
    assert end(breaker, OSError()) is CLOSED
    assert end(breaker, OSError()) is OPEN


def test_a_breaker_can_be_made_and_read_outside_of_a_run() -> None:
    """A module may hold one; state, statistics and repr need no clock, nor do `isolate` and `reset`."""
    breaker = CircuitBreaker("api", 1, 10.0, call_timeout=5, cancel_on_open=True)
    assert breaker.name == "api"
    assert breaker.retry_after is None
    breaker.isolate()
    assert repr(breaker) == "<CircuitBreaker 'api' isolated, 0 in flight>"
    assert breaker.admit() is None
    breaker.reset()

    async def open_it() -> None:
        with pytest.raises(ConnectionError):
            await breaker.call(fails)

    trio.run(open_it)
    assert breaker.state is OPEN
    assert breaker.statistics().state is OPEN
    assert repr(breaker) == "<CircuitBreaker 'api' open, 0 in flight>"


async def test_the_books_add_up(mock_clock: MockClock) -> None:
    """Every call that was let in is in flight or has ended in one of four ways."""
    breaker = CircuitBreaker("api", 2, 10.0, excluded_exceptions=KeyError)
    late, stays = let_in(breaker), let_in(breaker)
    end(breaker, None, None, None, KeyError(), OSError(), OSError())
    breaker.refusal()
    breaker.settle(late, None)
    mock_clock.jump(10)
    let_in(breaker)
    statistics = breaker.statistics()
    assert (statistics.name, statistics.state, statistics.generation) == ("api", HALF_OPEN, 2)
    assert (statistics.succeeded, statistics.failed, statistics.neutral, statistics.late_results) == (3, 2, 1, 1)
    assert (statistics.admitted, statistics.in_flight, statistics.rejected) == (9, 2, 1)
    assert (statistics.slow, statistics.times_opened, statistics.last_failure) == (0, 1, "OSError")
    breaker.settle(stays, None)


async def test_a_refusal_is_a_checkpoint() -> None:
    """Who tries again and again can be cancelled, and lets others run."""
    breaker = opened()
    turns = 0

    async def count() -> None:
        nonlocal turns
        while True:
            turns += 1
            await trio.lowlevel.checkpoint()

    async with trio.open_nursery() as nursery:
        nursery.start_soon(count)
        for _ in range(10):
            with pytest.raises(CircuitOpenError):
                await breaker.call(works)
        nursery.cancel_scope.cancel()
    assert turns >= 9

    with trio.CancelScope() as scope:
        scope.cancel()
        await breaker.call(works)
    assert scope.cancelled_caught


async def test_nothing_else_is_a_checkpoint(mock_clock: MockClock) -> None:
    """Neither admission nor settling waits, so no verdict and no slot is lost to a pending cancellation."""
    breaker = opened(mock_clock, call_timeout=5)
    with trio.CancelScope() as scope:
        scope.cancel()
        assert await breaker.call(works) == "answer"
        async with breaker:
            pass
        async with breaker.wait():
            pass
    assert not scope.cancelled_caught
    assert breaker.state is CLOSED


async def test_admission_and_settling_are_safe_from_control_c(mock_clock: MockClock) -> None:
    """`KeyboardInterrupt` waits until they are through; the guarded function is as interruptible as ever."""
    protected: list[bool] = []

    def note(*_: object) -> bool:
        protected.append(trio.lowlevel.currently_ki_protected())
        return False

    breaker = CircuitBreaker("api", 1, 10.0, exclude=note, on_state_change=note)
    breaker.isolate()
    breaker.reset()
    end(breaker, OSError())
    mock_clock.jump(10)
    let_in(breaker)
    assert protected == [True] * 5

    async def look() -> bool:
        return trio.lowlevel.currently_ki_protected()

    assert not await CircuitBreaker("other").call(look)
    assert not await CircuitBreaker("other", call_timeout=1).call(look)
    async with CircuitBreaker("other"):
        assert not await look()


async def test_decorated_functions_are_guarded() -> None:
    """`@breaker` guards every call, with all its arguments, and keeps the function's name and docstring."""
    breaker = CircuitBreaker("api", 1)

    @breaker
    async def divide(one: int, *, by: int) -> float:
        """Divide."""
        return one / by

    assert await divide(6, by=3) == 2.0
    with pytest.raises(ZeroDivisionError):
        await divide(1, by=0)
    with pytest.raises(CircuitOpenError):
        await divide(6, by=3)
    assert (divide.__name__, divide.__doc__) == ("divide", "Divide.")


async def test_methods_partials_and_objects_can_be_decorated() -> None:
    """Whatever is called and awaited can be guarded."""
    breaker = CircuitBreaker("api")

    class Client:
        @breaker
        async def get(self, key: str) -> str:
            return f"{key} of {type(self).__name__}"

        async def __call__(self) -> str:
            return "called"

    assert await Client().get("size") == "size of Client"
    assert await breaker(functools.partial(Client().get, "size"))() == "size of Client"
    assert await breaker(Client())() == "called"
    assert breaker.statistics().succeeded == 4  # the partial passes twice


@pytest.mark.parametrize("fn", [print, lambda: None, CircuitBreaker])
def test_plain_functions_are_not_decorated(fn: Any) -> None:
    """A plain function ends before what it returns is awaited, so it could not be judged."""
    with pytest.raises(TypeError, match=r"circuit .api. guards async functions, and .* is not one"):
        CircuitBreaker("api")(fn)


def test_async_generators_are_not_decorated() -> None:
    """An async generator is not awaited, either."""

    async def numbers() -> AsyncIterator[int]:
        yield 1  # pragma: no cover -- never iterated

    with pytest.raises(TypeError, match="is not one"):
        CircuitBreaker("api")(numbers)  # type: ignore[arg-type]
