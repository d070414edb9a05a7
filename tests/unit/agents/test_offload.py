"""Work that leaves the event loop."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable

import pytest
import trio
import trio.lowlevel
from trio.testing import wait_all_tasks_blocked

from copy_that_orch.agents.offload import cpu_limiter, offload


def waiting_for(event: threading.Event) -> Callable[[], None]:
    """Work that ends once `event` is set."""

    def work() -> None:
        assert event.wait(timeout=60)

    return work


async def test_the_work_is_done_in_another_thread() -> None:
    """What it returns comes back, and what it raises, the same object."""
    error = KeyError("gone")

    def fail() -> None:
        raise error

    assert await offload(lambda a, b: (a + b, threading.get_ident()), 1, 2) != (3, threading.get_ident())
    with pytest.raises(KeyError) as caught:
        await offload(fail)
    assert caught.value is error
    assert cpu_limiter().borrowed_tokens == 0


async def test_no_more_threads_compute_than_there_are_cpus(monkeypatch: pytest.MonkeyPatch) -> None:
    """The others wait their turn; an unknown number of CPUs counts as one."""
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    release = threading.Event()
    async with trio.open_nursery() as nursery:
        for _ in range(5):
            nursery.start_soon(offload, waiting_for(release))
        await wait_all_tasks_blocked()
        assert (cpu_limiter().borrowed_tokens, cpu_limiter().statistics().tasks_waiting) == (2, 3)
        release.set()
    assert cpu_limiter().borrowed_tokens == 0


def test_every_run_has_a_limiter_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that is left over from another run would belong to a loop that is gone."""

    async def limiter() -> trio.CapacityLimiter:
        assert cpu_limiter() is cpu_limiter()
        return cpu_limiter()

    monkeypatch.setattr(os, "cpu_count", lambda: None)
    one, other = trio.run(limiter), trio.run(limiter)
    assert one is not other
    assert one.total_tokens == 1


async def test_cancelled_while_waiting_it_is_never_called(monkeypatch: pytest.MonkeyPatch) -> None:
    """And leaves at once, although the thread before it goes on."""
    monkeypatch.setattr(os, "cpu_count", lambda: 1)
    release = threading.Event()
    called: list[str] = []
    async with trio.open_nursery() as nursery:
        nursery.start_soon(offload, waiting_for(release))
        await wait_all_tasks_blocked()
        with trio.CancelScope() as scope:
            scope.cancel()
            await offload(called.append, "late")
        assert scope.cancelled_caught
        assert (cpu_limiter().borrowed_tokens, cpu_limiter().statistics().tasks_waiting) == (1, 0)
        release.set()
    assert called == []


async def test_cancelled_while_running_it_waits_for_the_end() -> None:
    """So nothing goes on behind the caller's back; the result is not lost either."""
    started, release = threading.Event(), threading.Event()
    results: list[str] = []

    def work() -> str:
        started.set()
        release.wait()
        return "done"

    async def call(scope: trio.CancelScope) -> None:
        with scope:
            results.append(await offload(work))
            await trio.lowlevel.checkpoint()
            pytest.fail("went on after it was cancelled")  # pragma: no cover -- only if cancellation is lost

    async with trio.open_nursery() as nursery:
        scope = trio.CancelScope()
        nursery.start_soon(call, scope)
        await trio.to_thread.run_sync(started.wait)
        scope.cancel()
        await wait_all_tasks_blocked()
        assert results == []
        assert cpu_limiter().borrowed_tokens == 1
        release.set()
    assert results == ["done"]
    assert scope.cancelled_caught
    assert cpu_limiter().borrowed_tokens == 0


async def test_the_event_loop_goes_on_beside_pure_python_work() -> None:
    """The work ends only once the loop's heart has beaten twenty times, or when it has given up waiting for it."""
    beats = 0

    async def beat() -> None:
        nonlocal beats
        while True:
            await trio.lowlevel.checkpoint()
            beats += 1

    def work() -> int:
        before = beats
        deadline = time.monotonic() + 60
        while beats < before + 20 and time.monotonic() < deadline:
            sum(range(10_000))
        return beats - before

    async with trio.open_nursery() as nursery:
        nursery.start_soon(beat)
        assert await offload(work) >= 20
        nursery.cancel_scope.cancel()
    assert sys.getswitchinterval() <= 0.005  # what the docstring says about lateness rests on it
