"""Who is told when a circuit changes, of what, and in which order."""

from __future__ import annotations

import logging
import math

import pytest
from trio.testing import MockClock

from copy_that_orch.orchestrator.circuit_breaker import CircuitBreaker, CircuitState
from tests.unit.orchestrator.breaker.breakers import CLOSED, HALF_OPEN, ISOLATED, OPEN, end, let_in, opened, state_of

Change = tuple[str, CircuitState, CircuitState]


async def test_listeners_see_every_change_once_and_in_order(mock_clock: MockClock) -> None:
    """Name, old state, new state, for each change and for nothing else."""
    changes: list[Change] = []
    breaker = opened(mock_clock, success_threshold=2, on_state_change=lambda *change: changes.append(change))
    end(breaker, None, KeyboardInterrupt(), None)
    breaker.reset()
    breaker.isolate()
    breaker.isolate()
    breaker.reset()
    assert changes == [
        ("api", CLOSED, OPEN),
        ("api", OPEN, HALF_OPEN),
        ("api", HALF_OPEN, CLOSED),
        ("api", CLOSED, ISOLATED),
        ("api", ISOLATED, CLOSED),
    ]


async def test_listeners_find_the_new_state_in_force(mock_clock: MockClock) -> None:
    """What a listener reads is what holds after the change, the probe's slot included."""
    seen: list[tuple[CircuitState, float | None, int]] = []
    breaker = CircuitBreaker("api", 1, 10.0)
    breaker.add_listener(
        lambda *_: seen.append((breaker.state, breaker.retry_after, breaker.statistics().times_opened))
    )
    end(breaker, OSError())
    mock_clock.jump(10)
    end(breaker, None)
    assert seen == [(OPEN, 10.0, 1), (HALF_OPEN, None, 1), (CLOSED, None, 1)]


async def test_listeners_may_use_the_breaker(mock_clock: MockClock) -> None:
    """What they cause is told after what they are being told, to everybody in the same order."""
    first: list[CircuitState] = []
    second: list[CircuitState] = []

    def meddle(_name: str, _old: CircuitState, new: CircuitState) -> None:
        first.append(new)
        if new is OPEN:
            assert breaker.admit() is None
            breaker.isolate()
        elif new is ISOLATED:
            breaker.reset()
            breaker.settle(let_in(breaker), None)

    breaker = CircuitBreaker("api", 1, 10.0, on_state_change=meddle)
    breaker.add_listener(lambda _name, _old, new: second.append(new))
    end(breaker, OSError())
    assert first == second == [OPEN, ISOLATED, CLOSED]
    assert breaker.state is CLOSED


async def test_a_listener_that_raises_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    """It hurts neither the caller, whose own error goes on, nor the state, nor the other listeners."""
    seen: list[CircuitState] = []

    def bad(*_: object) -> None:
        raise RuntimeError("listener is broken")

    breaker = CircuitBreaker("api", 1, on_state_change=bad)
    breaker.add_listener(lambda _name, _old, new: seen.append(new))
    breaker.watch(bad)
    with caplog.at_level(logging.ERROR), pytest.raises(OSError, match="own"):
        await breaker.call(fail_with, OSError("own"))
    assert seen == [OPEN]
    assert breaker.state is OPEN
    assert [record.name for record in caplog.records] == ["copy_that_orch.orchestrator.breaker.notices"] * 2
    assert "circuit 'api': " in caplog.text
    assert "listener is broken" in caplog.text


async def fail_with(error: Exception) -> None:
    """Raise `error`."""
    raise error


async def test_a_listener_that_ends_the_program_costs_no_slot(mock_clock: MockClock) -> None:
    """What is not an `Exception` goes on; the probe that it kept from starting holds no slot, and nothing is stuck."""
    changes: list[CircuitState] = []

    def leave(_name: str, _old: CircuitState, new: CircuitState) -> None:
        changes.append(new)
        if new is HALF_OPEN:
            raise SystemExit

    breaker = opened(mock_clock, on_state_change=leave)
    with pytest.raises(SystemExit):
        breaker.admit()
    assert breaker.statistics().in_flight == 0
    assert end(breaker, None) is CLOSED
    assert changes == [OPEN, HALF_OPEN, CLOSED]

    def refuse_to_go_on(*_: object) -> None:
        raise SystemExit

    breaker = opened(on_state_change=None, slow_call_duration=2)
    breaker.reset()
    let_in(breaker)
    breaker.add_listener(refuse_to_go_on)
    mock_clock.jump(2)
    with pytest.raises(SystemExit):  # the call is refused, because the other one hangs: there is no permit to give back
        breaker.admit()
    assert breaker.statistics().in_flight == 1


async def test_watchers_are_told_of_changes_and_of_free_slots(mock_clock: MockClock) -> None:
    """Everything that may let in somebody who was refused: each change of state, and each slot given back."""
    told: list[tuple[CircuitState, float]] = []
    breaker = opened(mock_clock, half_open_max_calls=2, success_threshold=3)
    breaker.watch(lambda: told.append((breaker.state, math.inf if breaker.retry_after is None else 0)))
    one, two = let_in(breaker), let_in(breaker)
    assert told == [(HALF_OPEN, 0)]
    breaker.settle(one, KeyboardInterrupt())
    breaker.settle(two, None)
    assert told == [(HALF_OPEN, 0)] * 3
    end(breaker, OSError())
    assert told[3:] == [(OPEN, 0)]
    breaker.isolate()
    breaker.reset()
    breaker.reset()
    assert told[4:] == [(ISOLATED, math.inf), (CLOSED, math.inf)]


async def test_watchers_are_told_when_a_lease_runs_out(mock_clock: MockClock) -> None:
    """The circuit opens again then."""
    told: list[CircuitState] = []
    breaker = opened(mock_clock, probe_timeout=3)
    let_in(breaker)
    breaker.watch(lambda: told.append(breaker.state))
    mock_clock.jump(4)
    assert breaker.admit() is None
    assert told == [OPEN]


async def test_watchers_are_called_in_order_until_they_leave(mock_clock: MockClock) -> None:
    """First come, first told, after the listeners; one that leaves is told no more."""
    told: list[str] = []

    def one() -> None:
        told.append("one")

    def two() -> None:
        told.append("two")

    def listen(*_: object) -> None:
        told.append("listener")

    breaker = CircuitBreaker("api")
    breaker.watch(one)
    breaker.watch(two)
    breaker.add_listener(listen)
    breaker.isolate()
    breaker.unwatch(one)
    breaker.remove_listener(listen)
    breaker.reset()
    assert told == ["listener", "one", "two", "two"]
    with pytest.raises(ValueError, match="not in list"):
        breaker.unwatch(one)
    with pytest.raises(ValueError, match="not in list"):
        breaker.remove_listener(listen)


async def test_watchers_may_take_the_slot_that_they_are_told_of(mock_clock: MockClock) -> None:
    """A watcher is in time: the slot is free when it is told, and what it causes is told in its turn."""
    breaker = opened(mock_clock, success_threshold=2)
    taken: list[bool] = []

    def take() -> None:
        permit = breaker.admit()
        taken.append(permit is not None)
        if permit is not None and state_of(breaker) is HALF_OPEN:
            breaker.settle(permit, None)

    probe = let_in(breaker)
    breaker.watch(take)
    breaker.settle(probe, None)
    assert taken == [True, True]
    assert breaker.state is CLOSED
