"""CPU-heavy work leaves the event loop, so that everything else goes on meanwhile."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TypeVar, TypeVarTuple

import trio
import trio.lowlevel

T = TypeVar("T")
Args = TypeVarTuple("Args")

_limiter: trio.lowlevel.RunVar[trio.CapacityLimiter] = trio.lowlevel.RunVar("copy_that_orch.agents.offload")


def cpu_limiter() -> trio.CapacityLimiter:
    """Return the limiter of this Trio run that `offload` works under: as many threads as there are CPUs.

    It is not Trio's own limiter for threads: that one is sized for waiting on files, and forty threads that compute
    would only take the CPU, and Python's interpreter lock, from the event loop and from each other.
    """
    try:
        return _limiter.get()
    except LookupError:
        limiter = trio.CapacityLimiter(os.cpu_count() or 1)
        _limiter.set(limiter)
        return limiter


async def offload(fn: Callable[[*Args], T], *args: *Args) -> T:
    """Return `fn(*args)`, computed in a worker thread while the event loop goes on.

    Cancelled before the thread starts, it raises `trio.Cancelled` at once and `fn` is never called. Cancelled later,
    it waits for `fn` to return, and returns the result: a thread cannot be stopped from outside, and one that was
    left behind would go on using CPU and memory after the call that asked for it is over. So `fn` should be a piece
    of work of seconds at most.

    Code that holds Python's interpreter lock gives it up every 5 ms (`sys.getswitchinterval()`), so the event loop
    can be that much late per thread that runs Python code; NumPy, OpenCV and Pillow release the lock while they
    compute.

    Raises:
      Exception: whatever `fn` raises, the same object.
    """
    return await trio.to_thread.run_sync(fn, *args, limiter=cpu_limiter())
