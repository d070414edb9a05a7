"""CPU-heavy work leaves the event loop for processes of its own, so that everything else goes on meanwhile."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Final, TypeVar, TypeVarTuple

import trio
import trio.lowlevel

from copy_that_orch.agents.processes import ProcessPool

T = TypeVar("T")
Args = TypeVarTuple("Args")

CPU_SECONDS: Final = 60.0
"""CPU time that work on one screenshot may take: some ten times what the largest one that is decoded needs."""

_limiter: trio.lowlevel.RunVar[trio.CapacityLimiter] = trio.lowlevel.RunVar("copy_that_orch.agents.offload.limiter")
_pool: trio.lowlevel.RunVar[ProcessPool] = trio.lowlevel.RunVar("copy_that_orch.agents.offload.pool")


def cpu_limiter() -> trio.CapacityLimiter:
    """Return the limiter of this Trio run that `offload` works under: as many calls at once as there are CPUs."""
    try:
        return _limiter.get()
    except LookupError:
        limiter = trio.CapacityLimiter(os.cpu_count() or 1)
        _limiter.set(limiter)
        return limiter


async def offload(fn: Callable[[*Args], T], *args: *Args, cpu_seconds: float | None = CPU_SECONDS) -> T:
    """Return `fn(*args)`, computed in a worker process while the event loop goes on.

    Processes, because threads would share one interpreter lock, and because a picture that crashes or hangs what
    decodes it ends a worker and nothing else. A worker is started when there is none that is idle, and ends with the
    Trio run. Cancelled before the work starts, this raises `trio.Cancelled` at once; cancelled later, it kills the
    worker, so nothing goes on behind the caller's back.

    Args:
      fn: A function that can be pickled: one that a module defines, or a method of a value that can be pickled.
      args: What it is called with; can be pickled too. A `Screenshot` goes to each worker at most once.
      cpu_seconds: CPU time after which the worker is killed, where the system can tell; None: no limit.

    Raises:
      TypeError: if `fn` or its arguments cannot be sent, e.g. because the main module defines it.
      WorkerDiedError: if the worker ended before it answered.
      Exception: what `fn` raises: a copy, with the worker's traceback as a note.
    """
    async with cpu_limiter():
        return await _pool_of_run().call(fn, args, cpu_seconds)


def _pool_of_run() -> ProcessPool:
    try:
        return _pool.get()
    except LookupError:
        pool = ProcessPool()
        _pool.set(pool)
        trio.lowlevel.spawn_system_task(pool.close_when_the_run_ends)
        return pool
