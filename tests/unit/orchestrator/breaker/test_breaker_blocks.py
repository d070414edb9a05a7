"""`async with breaker`: the same rules for a block, in many Trio tasks at once."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator

import pytest
import trio
from trio.testing import MockClock

from copy_that_orch.orchestrator.circuit_breaker import CircuitBreaker
from copy_that_orch.orchestrator.errors import CircuitOpenError
from tests.unit.orchestrator.breaker.breakers import CLOSED, HALF_OPEN, OPEN, end, let_in, opened, state_of


async def test_a_block_follows_the_rules_of_a_call(autojump_clock: MockClock) -> None:
    """Success, failure, refusal, probe: as for `call`."""
    breaker = CircuitBreaker("api", 2, 10.0)
    error = ConnectionError("mine")
    with pytest.raises(ConnectionError) as raised:
        async with breaker:
            raise error
    assert raised.value is error
    async with breaker:
        pass
    for _ in range(2):
        with contextlib.suppress(ConnectionError):
            async with breaker:
                raise error
    with pytest.raises(CircuitOpenError):
        async with breaker:
            pytest.fail("was let in")  # pragma: no cover -- only if the breaker is broken
    assert breaker.statistics().rejected == 1
    await trio.sleep(10)
    async with breaker as guard:
        assert guard is breaker
        assert state_of(breaker) is HALF_OPEN
    assert state_of(breaker) is CLOSED


async def test_a_cancelled_block_is_neutral(autojump_clock: MockClock) -> None:
    """As a probe it gives its slot back; otherwise it counts nothing."""
    breaker = opened()
    await trio.sleep(10)
    with trio.move_on_after(1):
        async with breaker:
            await trio.sleep_forever()
    assert breaker.state is HALF_OPEN
    assert breaker.retry_after == 0.0


async def test_blocks_of_many_tasks_keep_their_own_admission(autojump_clock: MockClock) -> None:
    """Blocks that overlap in several Trio tasks settle each its own call: a late one does not pass for the probe."""
    breaker = CircuitBreaker("api", 1, 10.0)

    async def block(seconds: float, error: Exception | None) -> None:
        with contextlib.suppress(OSError):
            async with breaker:
                await trio.sleep(seconds)
                if error is not None:
                    raise error

    async with trio.open_nursery() as nursery:
        nursery.start_soon(block, 1, OSError())  # opens it at 1 s
        nursery.start_soon(block, 12, None)  # is late at 12 s
        nursery.start_soon(block, 13, OSError())  # is late at 13 s
        await trio.sleep(11)
        nursery.start_soon(block, 3, None)  # probes from 11 to 14 s
        await trio.sleep(2.5)
        assert state_of(breaker) is HALF_OPEN
        assert breaker.admit() is None
    assert breaker.state is CLOSED
    assert breaker.statistics().late_results == 2


async def test_blocks_nest(mock_clock: MockClock) -> None:
    """In one Trio task, the inner block is settled first, and each by itself."""
    breaker = CircuitBreaker("api", 2, 10.0)
    with contextlib.suppress(OSError):
        async with breaker:
            with pytest.raises(OSError, match="inner"):
                async with breaker:
                    raise OSError("inner")
            assert breaker.statistics().failed == 1
            assert breaker.statistics().in_flight == 1
            raise OSError("outer")
    assert breaker.state is OPEN
    assert not breaker._blocks

    mock_clock.jump(10)
    async with breaker:
        breaker.reset()
        async with breaker:
            pass
    assert breaker.statistics().late_results == 1  # the outer one
    assert breaker.statistics().succeeded == 1


async def test_the_guards_deadline_ends_a_block(autojump_clock: MockClock) -> None:
    """Past `call_timeout` the block is cancelled and raises `TooSlowError`, which counts."""
    breaker = CircuitBreaker("api", 1, call_timeout=5)
    with pytest.raises(trio.TooSlowError, match="after 5 s") as raised:
        async with breaker:
            await trio.sleep(60)
    assert trio.current_time() == 5
    assert raised.value.__suppress_context__
    assert breaker.state is OPEN


async def test_a_block_within_its_deadline(autojump_clock: MockClock) -> None:
    """The deadline ends with the block, and other ends are left alone."""
    breaker = CircuitBreaker("api", 1, call_timeout=5)
    async with breaker:
        await trio.sleep(4)
    await trio.sleep(4)
    error = ConnectionError()
    with pytest.raises(ConnectionError) as raised:
        async with breaker:
            raise error
    assert raised.value is error
    assert breaker.state is OPEN


@pytest.mark.parametrize("seconds", [4, 5])
async def test_a_block_does_not_swallow_cancellations_of_others(seconds: float, autojump_clock: MockClock) -> None:
    """A deadline from outside goes on, also on the dot, and is neutral."""
    breaker = CircuitBreaker("api", 1, call_timeout=5)
    with trio.move_on_after(seconds) as scope:
        async with breaker:
            await trio.sleep(60)
    assert scope.cancelled_caught
    assert breaker.state is CLOSED
    assert breaker.statistics().neutral == 1


async def test_what_fails_while_a_block_is_cancelled_is_told(autojump_clock: MockClock) -> None:
    """What the guard's deadline uncovers is raised and counts, without the cancellations beside it."""
    breaker = CircuitBreaker("api", 1, call_timeout=5)

    async def fail_when_cancelled() -> None:
        try:
            await trio.sleep_forever()
        finally:
            raise ConnectionError("while closing")

    with pytest.RaisesGroup(ConnectionError):
        async with breaker, trio.open_nursery() as nursery:
            nursery.start_soon(fail_when_cancelled)
            nursery.start_soon(trio.sleep_forever)
    assert breaker.state is OPEN
    assert breaker.statistics().in_flight == 0


async def test_deadlines_of_nested_blocks(autojump_clock: MockClock) -> None:
    """Blocks of several breakers nest like cancel scopes: the inner one's deadline is a failure for both."""
    outer = CircuitBreaker("outer", 1, call_timeout=9)
    inner = CircuitBreaker("inner", 1, call_timeout=5)
    with pytest.raises(trio.TooSlowError, match="inner"):
        async with outer, inner:
            await trio.sleep(60)
    assert (outer.state, inner.state) == (OPEN, OPEN)

    outer.reset()
    inner.reset()
    with pytest.raises(trio.TooSlowError, match="outer"):
        await one_in_the_other(outer, inner)
    assert (outer.state, inner.state) == (OPEN, CLOSED)


async def one_in_the_other(outer: CircuitBreaker, inner: CircuitBreaker) -> None:
    """Enter `inner` late in a block of `outer`, and hang."""
    async with outer:
        await trio.sleep(6)
        async with inner:
            await trio.sleep(60)


async def test_blocks_are_cancelled_when_the_circuit_opens(autojump_clock: MockClock) -> None:
    """With `cancel_on_open`, as for `call`."""
    breaker = CircuitBreaker("api", 1, cancel_on_open=True)
    ended: list[float] = []

    async def block() -> None:
        with pytest.raises(CircuitOpenError):
            async with breaker:
                await trio.sleep(60)
        ended.append(trio.current_time())

    async with trio.open_nursery() as nursery:
        nursery.start_soon(block)
        nursery.start_soon(block)
        await trio.sleep(1)
        error = ConnectionError()
        with pytest.raises(ConnectionError) as raised:
            async with breaker:
                raise error
        assert raised.value is error
    assert ended == [1, 1]


async def test_a_block_left_in_another_task_is_told_so() -> None:
    """An async generator that is entered in one Trio task and closed in another cannot keep the rules."""
    breaker = CircuitBreaker("api")

    async def numbers() -> AsyncIterator[int]:
        async with breaker:
            yield 1

    generator = numbers()

    async def start() -> None:
        await anext(generator)

    async with trio.open_nursery() as nursery:
        nursery.start_soon(start)
    with pytest.raises(RuntimeError, match="left in another Trio task than it was entered in"):
        await generator.aclose()  # type: ignore[attr-defined]  # an async generator, typed as an iterator


async def test_a_block_that_is_never_left_does_not_wedge(mock_clock: MockClock) -> None:
    """The slot of a probe that got lost is free once its lease is over."""
    breaker = opened(mock_clock, probe_timeout=3)
    await breaker.__aenter__()
    mock_clock.jump(13)
    lost = let_in(breaker)
    breaker.settle(lost, None)
    assert breaker.state is CLOSED
    breaker.reset()
    with pytest.raises(trio.TooSlowError):  # and when it is left at last, that is too late
        await leave(breaker)
    assert breaker.statistics().late_results == 1


async def leave(breaker: CircuitBreaker) -> None:
    """Leave a block as a `with` statement does, with the cancellation that its deadline has brought about."""
    try:
        await trio.lowlevel.checkpoint()
    except trio.Cancelled as error:
        await breaker.__aexit__(type(error), error, error.__traceback__)


async def test_calls_and_blocks_through_one_breaker(autojump_clock: MockClock) -> None:
    """The forms share the breaker's state."""
    breaker = CircuitBreaker("api", 2)
    with contextlib.suppress(OSError):
        async with breaker:
            raise OSError
    assert end(breaker, OSError()) is OPEN
