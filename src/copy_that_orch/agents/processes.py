"""Worker processes: the side that starts them, gives them work and ends them. The other side is `worker`."""

from __future__ import annotations

import copyreg
import io
import itertools
import json
import os
import pickle
import signal
import subprocess
import sys
import weakref
from collections.abc import Callable, Iterable
from typing import Any, Final, TypeVar, final

import attrs
import trio
import trio.lowlevel

from copy_that_orch.agents.last_words import LastWords
from copy_that_orch.agents.worker import HEADER, START, Reply, Request, kept_screenshot
from copy_that_orch.imaging.screenshot import Screenshot
from copy_that_orch.orchestrator.errors import PipelineError

T = TypeVar("T")

_CHUNK: Final = 1 << 20
"""Bytes read at a time, and the size that pipes are asked to have."""
_ONE_THREAD: Final = dict.fromkeys(("OPENCV_FOR_THREADS_NUM", "OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"), "1")
"""There is a worker for each CPU: threads of theirs would only be in the way, which makes it an eighth slower."""
_PATIENCE: Final = 2.0
"""Seconds for an idle worker to leave when its run ends, before it is killed."""


@attrs.define(eq=False, slots=False)  # slots would lose notes in pickle, and errors cross processes
class WorkerDiedError(PipelineError):
    """A worker process ended before it answered; what it worked on is to blame, or the machine."""

    status: int  #: Exit status of the process; negative: the signal that ended it.
    last_words: str = ""  #: The last line that it wrote to its standard error; empty if there is none.

    def __str__(self) -> str:
        if self.status == -getattr(signal, "SIGPROF", 0):
            return "the work took more CPU time than it may have, and was stopped"
        said = f", saying {self.last_words!r}" if self.last_words else ""
        if self.status < 0:
            return f"the worker process was ended by {signal.Signals(-self.status).name}{said}"
        return f"the worker process ended with status {self.status} and no answer{said}"


@final
@attrs.define(eq=False)
class _Worker:
    """A process that answers one request at a time.

    Attributes:
      process: The process; its input and output are pipes.
      last_words: What it writes to its standard error.
      kept: Keys of the screenshots that it has.
      to_forget: Keys of those that nobody has any more, to be told with the next request.
    """

    process: trio.Process
    last_words: LastWords
    kept: set[int] = attrs.field(factory=set)
    to_forget: list[int] = attrs.field(factory=list)
    _requests: Any = attrs.field(init=False)  # streams that can be closed without a checkpoint: Trio has no type for it
    _replies: Any = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        self._requests, self._replies = self.process.stdin, self.process.stdout

    async def ask(self, request: bytes) -> Reply:
        """Send a request, and return the answer.

        Raises:
          WorkerDiedError: if the process ends before it answers.
        """
        try:
            await self._requests.send_all(HEADER.pack(len(request)))
            await self._requests.send_all(request)
            (length,) = HEADER.unpack(await self._receive(HEADER.size))
            answer = await self._receive(length)
        except (trio.BrokenResourceError, EOFError):
            raise WorkerDiedError(await self.process.wait(), self.last_words.take()) from None
        self.last_words.take()  # not the last ones: decoders write about bad pictures there
        reply: Reply = pickle.loads(answer)  # noqa: S301 -- it comes from a process that this one has started
        return reply

    async def _receive(self, length: int) -> bytes:
        parts: list[bytes] = []
        while length:
            part = await self._replies.receive_some(min(length, _CHUNK))
            if not part:
                raise EOFError
            parts.append(bytes(part))
            length -= len(part)
        return b"".join(parts)

    def hang_up(self) -> None:
        """Close the pipes, at which the process leaves if it is there."""
        self._requests.close()
        self._replies.close()
        self.last_words.close()

    async def end(self, patience: float) -> None:
        """Let the process leave, or kill it after `patience` seconds; return when it is gone, cancelled or not."""
        self.hang_up()
        with trio.CancelScope(shield=True):
            with trio.move_on_after(patience) if patience else trio.CancelScope() as scope:
                if not patience:
                    scope.cancel()
                await self.process.wait()
            if self.process.returncode is None:
                self.process.kill()
                await self.process.wait()


@final
@attrs.define(eq=False)
class ProcessPool:
    """The worker processes of one Trio run. It starts as many as there are calls at once; its caller bounds these."""

    _idle: list[_Worker] = attrs.field(init=False, factory=list)
    _workers: set[_Worker] = attrs.field(init=False, factory=set)
    _keys: weakref.WeakKeyDictionary[Screenshot, int] = attrs.field(init=False, factory=weakref.WeakKeyDictionary)
    _fresh_keys: itertools.count[int] = attrs.field(init=False, factory=itertools.count)

    async def call(self, fn: Callable[..., T], args: tuple[Any, ...], cpu_seconds: float | None) -> T:
        """Return `fn(*args)`, from a worker that is idle, or from a new one; see `offload`."""
        if getattr(fn, "__module__", None) == "__main__":
            raise TypeError(f"a worker process cannot import {fn!r} from the main module; define it in another one")
        worker = self._take(arg for arg in args if isinstance(arg, Screenshot)) or await self._start()
        key = next(self._fresh_keys)
        try:
            request = self._packed(worker, fn, args, key, cpu_seconds)
        except BaseException:  # nothing has been sent
            self._idle.append(worker)
            raise
        try:
            reply = await worker.ask(request)
        except BaseException:  # what it is at, nobody wants any more
            self._workers.discard(worker)
            await worker.end(patience=0)
            raise
        self._idle.append(worker)
        if reply.error is not None:
            raise reply.error
        if isinstance(reply.value, Screenshot):  # the worker keeps it as well
            self._know(reply.value, key)
            worker.kept.add(key)
        result: T = reply.value
        return result

    async def close_when_the_run_ends(self) -> None:
        """Wait for ever; cancelled, end all workers."""
        try:
            await trio.sleep_forever()
        finally:
            with trio.CancelScope(shield=True):
                async with trio.open_nursery() as nursery:
                    for worker in self._workers:
                        nursery.start_soon(worker.end, _PATIENCE)

    def _take(self, screenshots: Iterable[Screenshot]) -> _Worker | None:
        """Return the idle worker that was used last, of those that have most of `screenshots`; None if all are busy.

        One that has died meanwhile, say for want of memory, is left out: the call that it would get is not to blame.
        """
        keys = {self._keys.get(screenshot) for screenshot in screenshots}
        while self._idle:
            place = max(range(len(self._idle)), key=lambda index: (len(keys & self._idle[index].kept), index))
            worker = self._idle.pop(place)
            if worker.process.returncode is None:
                return worker
            self._workers.discard(worker)
            worker.hang_up()
        return None

    async def _start(self) -> _Worker:
        last_words = LastWords()
        try:
            process = await trio.lowlevel.open_process(
                # Without -P it would import what lies in the current folder, before it knows the parent's path.
                [sys.executable, "-P", "-c", START, json.dumps(sys.path)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=last_words.target,
                env={**_ONE_THREAD, **os.environ},
                start_new_session=True,  # Control-C is for the event loop, which decides what it means
            )
        except BaseException:
            last_words.close()
            raise
        finally:
            last_words.started()
        worker = _Worker(process, last_words)
        self._workers.add(worker)
        _enlarge(process.stdin, process.stdout)
        return worker

    def _packed(
        self, worker: _Worker, fn: Callable[..., Any], args: tuple[Any, ...], key: int, cpu_seconds: float | None
    ) -> bytes:
        new: dict[int, Screenshot] = {}

        def told(value: Screenshot) -> tuple[Callable[[int], Screenshot], tuple[int]]:
            if value not in self._keys:
                self._know(value, next(self._fresh_keys))
            own = self._keys[value]
            if own not in worker.kept:
                new[own] = value
            return kept_screenshot, (own,)

        call = io.BytesIO()
        pickler = pickle.Pickler(call, protocol=pickle.HIGHEST_PROTOCOL)
        # Not by persistent_id, which is called for each of the hundred thousand parts of a token set.
        pickler.dispatch_table = {**copyreg.dispatch_table, Screenshot: told}
        pickler.dump((fn, args))
        forget, worker.to_forget = worker.to_forget, []
        request = Request(forget=forget, new=new, call=call.getvalue(), key=key, cpu_seconds=cpu_seconds)
        worker.kept.update(new)
        return pickle.dumps(request, protocol=pickle.HIGHEST_PROTOCOL)

    def _know(self, screenshot: Screenshot, key: int) -> None:
        self._keys[screenshot] = key
        weakref.finalize(screenshot, self._forget, key).atexit = False

    def _forget(self, key: int) -> None:
        for worker in tuple(self._workers):
            if key in worker.kept:
                worker.kept.discard(key)
                worker.to_forget.append(key)


def _enlarge(*pipes: Any) -> None:
    """Give pipes room for more than the usual 64 KiB, where that can be asked for; it halves the wake-ups."""
    try:
        from fcntl import F_SETPIPE_SZ, fcntl  # noqa: PLC0415 -- Linux only
    except ImportError:
        return
    for pipe in pipes:
        try:
            fcntl(pipe.fileno(), F_SETPIPE_SZ, _CHUNK)
        except OSError:  # a user may have so much in pipes and no more
            return
