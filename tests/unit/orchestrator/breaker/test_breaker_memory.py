"""A breaker holds on to nothing: no exception, traceback or frame, however long it runs."""

from __future__ import annotations

import contextlib
import gc
import sys
import weakref
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest
import trio
from trio.testing import MockClock

from copy_that_orch.orchestrator.circuit_breaker import CircuitBreaker, FailureRate
from copy_that_orch.orchestrator.errors import CircuitOpenError
from tests.unit.orchestrator.breaker.breakers import OPEN, end, opened, works


@pytest.fixture
def no_gc() -> Iterator[None]:
    """Switch the collector of cycles off, so that a cycle is a leak."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


async def growth(repeat: int, call: Callable[[], Awaitable[object]]) -> int:
    """Return how many blocks of memory are left of so many calls, after some to warm up.

    Whatever a call leaves behind takes one block at least; unlike the bytes, they are counted at no cost.
    """
    for _ in range(1000):
        await call()
    before = sys.getallocatedblocks()
    for _ in range(repeat):
        await call()
    return sys.getallocatedblocks() - before


@pytest.mark.usefixtures("no_gc")
@pytest.mark.usefixtures("untraced")
async def test_memory_is_flat_over_100_000_rejections(mock_clock: MockClock) -> None:
    """Rejections are made, raised, caught and gone."""
    breaker = opened()

    async def refused() -> None:
        with contextlib.suppress(CircuitOpenError):
            await breaker.call(works)

    assert await growth(100_000, refused) < 1000
    assert breaker.statistics().rejected == 101_000


@pytest.mark.usefixtures("no_gc")
@pytest.mark.parametrize(
    ("calls", "settings"),
    [
        (100_000, {}),
        (20_000, {"trip": FailureRate(1.0, 100, 100)}),
        (
            20_000,
            {"trip": FailureRate(1.0, 100, 0.01), "slow_call_duration": 60, "cancel_on_open": True, "call_timeout": 60},
        ),
    ],
)
async def test_memory_is_flat_over_many_calls(calls: int, settings: dict[str, Any], mock_clock: MockClock) -> None:
    """Calls in every form, good ones and failed ones, leave nothing but counts."""
    breaker = CircuitBreaker("api", 2, **settings)

    async def fail() -> None:
        raise ConnectionError("refused")

    async def use() -> None:
        await breaker.call(works)
        async with breaker:
            pass
        with contextlib.suppress(ConnectionError):
            await breaker.call(fail)
        async with breaker.wait():
            pass
        mock_clock.jump(0.001)
        if "call_timeout" in settings:
            await trio.lowlevel.checkpoint()  # only then does Trio forget the deadlines of scopes that were left

    assert await growth(calls // 4, use) < 1000
    assert breaker.statistics().in_flight == 0


class WatchedError(Exception):
    """Can be asked whether it is still there."""


@pytest.mark.usefixtures("no_gc")
@pytest.mark.parametrize("settings", [{}, {"call_timeout": 5, "cancel_on_open": True, "slow_call_duration": 3}])
@pytest.mark.parametrize("form", ["call", "block", "wait", "decorated"])
async def test_an_exception_is_gone_after_its_call(form: str, settings: dict[str, Any], mock_clock: MockClock) -> None:
    """Nothing of the call that opened the circuit stays, but its text."""
    breaker = CircuitBreaker("api", 1, **settings)
    gone: list[weakref.ref[BaseException]] = []

    async def fail() -> None:
        error = WatchedError("why")
        gone.append(weakref.ref(error))
        try:
            raise error
        finally:
            del error  # its traceback holds this frame

    async def run() -> None:
        if form == "call":
            await breaker.call(fail)
        elif form == "decorated":
            await breaker(fail)()
        else:
            async with breaker if form == "block" else breaker.wait():
                await fail()

    with contextlib.suppress(WatchedError):
        await run()
    assert gone[0]() is None
    assert breaker.state is OPEN
    assert breaker.statistics().last_failure == "WatchedError: why"


@pytest.mark.usefixtures("no_gc")
@pytest.mark.parametrize("form", ["call", "block"])
async def test_a_group_that_is_cut_down_is_gone_after_its_call(form: str, autojump_clock: MockClock) -> None:
    """When the guard's deadline takes the cancellations out of a group, no cycle is left of the rest."""
    breaker = CircuitBreaker("api", 1, call_timeout=5)
    gone: list[weakref.ref[BaseException]] = []

    async def hang() -> None:
        try:
            await trio.sleep_forever()
        finally:
            error = WatchedError("while closing")
            gone.append(weakref.ref(error))
            try:
                raise error
            finally:
                del error

    async def both() -> None:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(hang)
            nursery.start_soon(trio.sleep_forever)

    async def run() -> None:
        if form == "call":
            await breaker.call(both)
        else:
            async with breaker:
                await both()

    with contextlib.suppress(ExceptionGroup):
        await run()
    assert gone[0]() is None


async def test_rejections_are_new_and_hold_no_traceback() -> None:
    """Each is its own object; before it is raised it has no traceback, and nothing behind it."""
    breaker = opened()
    one, other = breaker.refusal(), breaker.refusal()
    assert one is not other
    assert one.__traceback__ is None
    raised = [await refusal_of(breaker) for _ in range(2)]
    assert raised[0] is not raised[1]
    assert raised[0].__context__ is raised[0].__cause__ is None
    assert depth(raised[0]) == depth(raised[1])


async def refusal_of(breaker: CircuitBreaker) -> CircuitOpenError:
    """Return what a refused call raises."""
    with pytest.raises(CircuitOpenError) as raised:
        await breaker.call(works)
    return raised.value


def depth(error: BaseException) -> int:
    """Return the number of frames in the traceback of `error`."""
    frames, traceback = 0, error.__traceback__
    while traceback is not None:
        frames, traceback = frames + 1, traceback.tb_next
    return frames


@pytest.mark.usefixtures("no_gc")
async def test_a_breaker_is_gone_when_nobody_holds_it() -> None:
    """It is no part of a cycle of its own, not even after somebody waited for it."""

    def listener(*_: object) -> None:
        """Be held by nobody but the breaker."""

    breaker = opened(on_state_change=listener)
    with contextlib.suppress(CircuitOpenError):
        async with breaker.wait(timeout=0):
            pytest.fail("was let in")  # pragma: no cover -- only if the breaker is broken
    breaker.reset()
    end(breaker, None)
    gone = weakref.ref(listener)
    del breaker, listener
    assert gone() is None
