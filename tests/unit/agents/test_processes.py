"""What travels to worker processes and back."""

from __future__ import annotations

import contextlib
import functools
import gc
import os
import pickle
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import trio

from copy_that_orch.agents import processes
from copy_that_orch.agents.last_words import LastWords
from copy_that_orch.agents.processes import ProcessPool, WorkerDiedError
from copy_that_orch.agents.worker import kept_screenshot
from copy_that_orch.imaging.screenshot import Screenshot


class OneWayError(Exception):
    """Can be pickled, and not be read again."""

    def __init__(self, one: str, two: str) -> None:
        super().__init__(one)


def screen(name: str = "a.png", side: int = 40) -> Screenshot:
    """Return a black screenshot."""
    return Screenshot(name=name, pixels=np.zeros((side, side, 3), np.uint8))


def second_of(values: list[Any]) -> str:
    """The name of a screenshot in a list."""
    return str(values[1].name)


def identity(value: object, _other: object = None) -> tuple[int, int]:
    """Return process and place of a value: the same twice only if it was not sent again."""
    return os.getpid(), id(value)


def same(one: object, other: object) -> bool:
    """Return whether both are one object."""
    return one is other


def generator() -> Iterator[int]:
    """What it returns cannot be pickled."""
    yield 1  # pragma: no cover -- nobody asks it for anything


def fails_badly() -> None:
    """Raise what cannot travel."""
    raise OneWayError("a", "b")


def has_layout(value: Screenshot) -> tuple[bool, bool]:
    """Return whether the layout came along, and whether the pixels can be written."""
    return "layout" in vars(value), value.pixels.flags.writeable


def ends_by(number: int) -> None:
    """End this process by a signal."""
    os.kill(os.getpid(), number)


def says(text: str, *, and_ends: bool) -> None:
    """Write to standard error as a library does, whether or not all of it goes in."""
    with contextlib.suppress(BlockingIOError):
        os.write(2, text.encode())
    if and_ends:
        os._exit(3)


def open_files() -> int:
    """Return how many files this process has open."""
    return len(os.listdir("/proc/self/fd"))  # noqa: PTH208 -- no paths are needed


class Pool:
    """A pool, and what it sends."""

    def __init__(self) -> None:
        self.pool = ProcessPool()
        self.sent: list[int] = []

    async def call(self, fn: object, *args: object) -> object:
        return await self.pool.call(fn, args, None)  # type: ignore[arg-type]


@pytest.fixture
def pool(monkeypatch: pytest.MonkeyPatch, nursery: trio.Nursery) -> Pool:
    """A pool whose workers end with the test, and the sizes of its requests."""
    pool = Pool()
    ask = processes._Worker.ask

    async def noting(worker: processes._Worker, request: bytes) -> object:
        pool.sent.append(len(request))
        return await ask(worker, request)

    monkeypatch.setattr(processes._Worker, "ask", noting)
    nursery.start_soon(pool.pool.close_when_the_run_ends)
    return pool


async def test_a_screenshot_travels_once(pool: Pool) -> None:
    """Its pixels go to a worker with the first call that needs them, and never again; twice in one call is one."""
    shot = screen()
    first = await pool.call(identity, shot)
    assert await pool.call(identity, shot) == first
    assert await pool.call(same, shot, shot) is True
    assert pool.sent[0] > shot.pixels.nbytes > 10 * max(pool.sent[1:])


async def test_a_screenshot_that_a_worker_has_made_need_not_be_sent(pool: Pool) -> None:
    """The worker that decoded it keeps it, what was found on it included."""
    shot = await pool.call(screen)
    assert isinstance(shot, Screenshot)
    assert await pool.call(has_layout, shot) == (False, False)
    assert max(pool.sent) < shot.pixels.nbytes


async def test_what_was_found_on_a_screenshot_travels_with_it(pool: Pool) -> None:
    """The layout is found once; and nobody can write into the pixels at the other end either."""
    shot = screen()
    assert shot.layout.boxes is not None
    assert await pool.call(has_layout, shot) == (True, False)


async def test_only_a_worker_can_look_for_what_it_keeps(pool: Pool) -> None:
    """Wherever in the arguments a screenshot is, a call holds its key alone; read elsewhere, it says so."""
    shot = screen()
    assert await pool.call(second_of, [1, shot]) == shot.name
    with pytest.raises(LookupError, match="only a worker keeps screenshots"):
        kept_screenshot(7)


async def test_workers_keep_no_screenshot_that_nobody_has(pool: Pool) -> None:
    """With the next call they are told which ones to forget."""
    shot = screen()
    await pool.call(identity, shot)
    (worker,) = pool.pool._workers
    assert len(worker.kept) == 1
    del shot
    gc.collect()
    assert worker.kept == set()
    assert len(worker.to_forget) == 1
    await pool.call(identity, None)
    assert worker.to_forget == []


async def test_a_worker_that_has_the_screenshot_is_preferred(pool: Pool) -> None:
    """Of two idle workers the one that was used before gets the call, if it has what the call needs."""
    one, other = screen("one"), screen("other")
    async with trio.open_nursery() as nursery:
        nursery.start_soon(pool.call, identity, one)
        nursery.start_soon(pool.call, identity, other)
    sent = len(pool.sent)
    for shot in (one, other, one, one, other):
        await pool.call(identity, shot)
    assert len(pool.pool._workers) == 2
    assert max(pool.sent[sent:]) < one.pixels.nbytes


async def test_what_cannot_travel_back_is_told(pool: Pool) -> None:
    """A result that cannot be pickled, and an error that cannot be read again, keep the worker alive."""
    with pytest.raises(TypeError, match="a worker process cannot send generator"):
        await pool.call(generator)
    with pytest.raises(TypeError, match="a worker process cannot send OneWayError") as caught:
        await pool.call(fails_badly)
    assert "in fails_badly" in caught.value.__notes__[0]
    assert len(pool.pool._workers) == 1


async def test_a_worker_computes_in_one_thread(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    """There are as many workers as CPUs; who knows better says so in the environment."""
    monkeypatch.delenv("OPENCV_FOR_THREADS_NUM", raising=False)
    assert await pool.call(cv2.getNumThreads) == 1
    other = Pool()
    monkeypatch.setenv("OPENCV_FOR_THREADS_NUM", "2")
    async with trio.open_nursery() as nursery:
        nursery.start_soon(other.pool.close_when_the_run_ends)
        assert await other.call(cv2.getNumThreads) == 2
        nursery.cancel_scope.cancel()


async def test_what_the_main_module_defines_is_refused(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Workers do not run it again, so they have not got it; the sentence says what to do."""
    monkeypatch.setattr(same, "__module__", "__main__")
    with pytest.raises(TypeError, match="from the main module; define it in another one"):
        await pool.call(same, 1, 1)


@pytest.mark.skipif(sys.platform == "win32", reason="no such signals")
async def test_a_crash_is_told_by_its_signal(pool: Pool) -> None:
    """As the system names it; the error survives being pickled."""
    with pytest.raises(WorkerDiedError, match="ended by SIGSEGV"):
        await pool.call(ends_by, int(signal.SIGSEGV))
    assert pool.pool._workers == set()


@pytest.mark.skipif(sys.platform == "win32", reason="no such signals")
async def test_a_worker_that_died_while_idle_costs_no_call(pool: Pool) -> None:
    """The next call, to blame for nothing, gets another one; nothing of the dead one is kept."""
    await pool.call(sum, (1, 2))
    (dead,) = pool.pool._workers
    dead.process.kill()
    await dead.process.wait()
    assert await pool.call(sum, (1, 2)) == 3
    (worker,) = pool.pool._workers
    assert worker is not dead
    assert await pool.call(sum, (2, 2)) == 4
    assert pool.pool._workers == {worker}
    with pytest.raises(trio.ClosedResourceError):
        await dead.process.stdin.send_all(b"")  # type: ignore[union-attr]


async def test_a_worker_that_ends_says_why(pool: Pool) -> None:
    """By the last line that it wrote, of this call and not of those before; printed, it steers no terminal."""
    await pool.call(functools.partial(says, "libpng warning\n", and_ends=False))
    with pytest.raises(WorkerDiedError, match=r"with status 3 and no answer$"):
        await pool.call(functools.partial(says, "", and_ends=True))
    with pytest.raises(WorkerDiedError, match=r"3 and no answer, saying 'out\\x1b of memory'$") as caught:
        await pool.call(functools.partial(says, "Traceback:\n out\x1b  of memory\n\n", and_ends=True))
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)


async def test_a_worker_that_cannot_start_says_why(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its status alone helps nobody."""
    monkeypatch.setattr(processes, "START", "import no_such_module")
    with pytest.raises(WorkerDiedError, match="saying \"ModuleNotFoundError: No module named 'no_such_module'\""):
        await pool.call(sum, (1, 2))


async def test_a_worker_may_write_as_much_as_it_likes(pool: Pool) -> None:
    """What does not fit is lost, and nobody waits; what is told of it is short."""
    for _ in range(3):
        await pool.call(functools.partial(says, "x" * (1 << 21), and_ends=False))
    with pytest.raises(WorkerDiedError) as caught:
        await pool.call(functools.partial(says, "y" * 5000, and_ends=True))
    assert str(caught.value).endswith("yy…'")
    assert len(str(caught.value)) < 300


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="files are looked up in /proc")
async def test_no_end_of_a_worker_leaves_a_file_open(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither its death, nor a cancellation, while it starts or works, nor that it could not be started."""
    await pool.call(sum, (1, 2))
    pool.pool._idle.clear()
    before = open_files()
    with pytest.raises(WorkerDiedError):
        await pool.call(ends_by, int(signal.SIGKILL))
    with trio.move_on_after(0.2):
        await pool.call(time.sleep, 60)
    with trio.CancelScope() as scope:
        scope.cancel()
        await pool.call(time.sleep, 60)
    monkeypatch.setattr(sys, "executable", "/no/such/python")
    with pytest.raises(FileNotFoundError):
        await pool.call(sum, (1, 2))
    assert open_files() == before


async def test_where_a_pipe_may_only_wait_nothing_is_heard(monkeypatch: pytest.MonkeyPatch) -> None:
    """As with Python 3.11 on Windows."""
    monkeypatch.delattr(os, "set_blocking")
    last_words = LastWords()
    assert last_words.target == subprocess.DEVNULL
    last_words.started()
    assert last_words.take() == ""
    last_words.close()


async def test_a_small_machine_may_refuse_larger_pipes(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Then those that there are do, and where the system knows no such thing, too."""
    import fcntl  # noqa: PLC0415 -- not on every system

    def refuse(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(fcntl, "fcntl", refuse)
    assert await pool.call(sum, (1, 2)) == 3
    monkeypatch.setitem(sys.modules, "fcntl", None)
    processes._enlarge()
