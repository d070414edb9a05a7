"""Contenders of the breaker benchmark, all on Trio and in one process.

A closed breaker around an empty async function, as a call and as a block, and the refusal of an open one.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import functools
import logging
from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

import aiobreaker
import circuitbreaker
import hyx.circuitbreaker
import interlock
import purgatory
import pybreaker
import trio

from copy_that_orch import CircuitBreaker

Loop: TypeAlias = Callable[[int], Awaitable[None]]
FOREVER = 10_000_000


async def empty() -> None:
    """Do nothing."""


async def fail() -> None:
    """Fail, to open a breaker."""
    raise ConnectionError


def synchronous(loop: Callable[[], Awaitable[Loop]]) -> Callable[[int], None]:
    """Return a contender that makes its loop in a Trio run of its own, and runs it there."""

    async def main(operations: int) -> None:
        await (await loop())(operations)

    return lambda operations: trio.run(main, operations)


def calling(call: Callable[[], Awaitable[object]]) -> Loop:
    """Return a loop that awaits `call()`."""

    async def loop(operations: int) -> None:
        for _ in range(operations):
            await call()

    return loop


def refused(call: Callable[[], Awaitable[object]]) -> Loop:
    """Return a loop that awaits `call()` and catches its error."""

    async def loop(operations: int) -> None:
        for _ in range(operations):
            try:
                await call()
            except Exception:
                pass
            else:
                raise AssertionError("the breaker is not open")

    return loop


async def trip(call: Callable[[], Awaitable[object]]) -> None:
    """Fail until the breaker opens."""
    for _ in range(6):
        with contextlib.suppress(Exception):
            await call()


def pybreaker_call(breaker: pybreaker.CircuitBreaker, fn: Callable[[], Awaitable[None]]) -> Callable[[], Any]:
    """Return the one form of pybreaker that serves an async function without Tornado."""

    async def call() -> None:
        with breaker.calling():
            await fn()

    return call


# -- a closed breaker, called


async def bare_call() -> Loop:
    return calling(empty)


async def ours_call() -> Loop:
    return calling(functools.partial(CircuitBreaker("b").call, empty))


async def pybreaker_closed() -> Loop:
    return calling(pybreaker_call(pybreaker.CircuitBreaker(), empty))


async def aiobreaker_call() -> Loop:
    breaker = aiobreaker.CircuitBreaker()
    return calling(functools.partial(breaker.call_async, empty))


async def purgatory_call() -> Loop:
    return calling(purgatory.AsyncCircuitBreakerFactory()("b")(empty))


async def circuitbreaker_call() -> Loop:
    return calling(circuitbreaker.circuit(empty))


async def hyx_call() -> Loop:
    return calling(hyx.circuitbreaker.consecutive_breaker()(empty))


async def interlock_call() -> Loop:
    breaker = interlock.CircuitBreaker(name="b")
    return calling(functools.partial(breaker.call_async, empty))


# -- a closed breaker, as a block


async def ours_block() -> Loop:
    breaker = CircuitBreaker("b")

    async def call() -> None:
        async with breaker:
            await empty()

    return calling(call)


async def purgatory_block() -> Loop:
    breaker = await purgatory.AsyncCircuitBreakerFactory().get_breaker("b")

    async def call() -> None:
        async with breaker:
            await empty()

    return calling(call)


async def hyx_block() -> Loop:
    breaker = hyx.circuitbreaker.consecutive_breaker()

    async def call() -> None:
        async with breaker:
            await empty()

    return calling(call)


async def interlock_block() -> Loop:
    breaker = interlock.CircuitBreaker(name="b")

    async def call() -> None:
        async with breaker:
            await empty()

    return calling(call)


# -- an open breaker


async def bare_raise() -> Loop:
    return refused(fail)


async def ours_refusal() -> Loop:
    breaker = CircuitBreaker("b", recovery_timeout=FOREVER)
    await trip(functools.partial(breaker.call, fail))
    return refused(functools.partial(breaker.call, empty))


async def pybreaker_refusal() -> Loop:
    breaker = pybreaker.CircuitBreaker(reset_timeout=FOREVER)
    await trip(pybreaker_call(breaker, fail))
    return refused(pybreaker_call(breaker, empty))


async def aiobreaker_refusal() -> Loop:
    breaker = aiobreaker.CircuitBreaker(timeout_duration=dt.timedelta(seconds=FOREVER))
    await trip(functools.partial(breaker.call_async, fail))
    return refused(functools.partial(breaker.call_async, empty))


async def purgatory_refusal() -> Loop:
    factory = purgatory.AsyncCircuitBreakerFactory(default_ttl=FOREVER)
    await trip(factory("b")(fail))
    return refused(factory("b")(empty))


async def circuitbreaker_refusal() -> Loop:
    breaker = circuitbreaker.CircuitBreaker(recovery_timeout=FOREVER)
    await trip(breaker(fail))
    return refused(breaker(empty))


async def hyx_refusal() -> Loop:
    breaker = hyx.circuitbreaker.consecutive_breaker(recovery_time_secs=FOREVER)
    await trip(breaker(fail))
    return refused(breaker(empty))


async def interlock_refusal() -> Loop:
    breaker = interlock.CircuitBreaker(name="b")
    await _result(breaker.force_open())
    return refused(functools.partial(breaker.call_async, empty))


async def _result(value: Any) -> None:
    if isinstance(value, Awaitable):
        await value


CALLS = {
    "bare await": bare_call,
    "copy_that_orch": ours_call,
    "pybreaker": pybreaker_closed,
    "aiobreaker": aiobreaker_call,
    "purgatory": purgatory_call,
    "circuitbreaker": circuitbreaker_call,
    "hyx": hyx_call,
    "interlock-cb": interlock_call,
}
BLOCKS = {
    "bare await": bare_call,
    "copy_that_orch": ours_block,
    "pybreaker": pybreaker_closed,
    "purgatory": purgatory_block,
    "hyx": hyx_block,
    "interlock-cb": interlock_block,
}
REFUSALS = {
    "bare raise": bare_raise,
    "copy_that_orch": ours_refusal,
    "pybreaker": pybreaker_refusal,
    "aiobreaker": aiobreaker_refusal,
    "purgatory": purgatory_refusal,
    "circuitbreaker": circuitbreaker_refusal,
    "hyx": hyx_refusal,
    "interlock-cb": interlock_refusal,
}

logging.getLogger("interlock").setLevel(logging.CRITICAL)
