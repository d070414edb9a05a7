"""The worker process: it reads requests on its standard input and writes a reply to each on its standard output.

What is kept here from request to request are screenshots, so that the pixels of one travel once and not with every
measurement that is made on it. The process ends when its input does, that is also when its parent is killed.
"""

from __future__ import annotations

import io
import os
import pickle
import queue
import signal
import struct
import sys
import threading
import traceback
from collections.abc import Mapping
from typing import Any, BinaryIO, Final

import attrs

from copy_that_orch.imaging.screenshot import Screenshot

HEADER: Final = struct.Struct("!Q")
"""In front of each request and reply: how many bytes it has."""

START: Final = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]); from copy_that_orch.agents.worker import main; main()"
)
"""The program of the process. It does not import the parent's main module, which need not be made for that."""


@attrs.frozen(kw_only=True)
class Request:
    """One call.

    Attributes:
      forget: Keys of kept screenshots that nobody needs any more.
      new: Screenshots to keep, by key.
      call: The function and its arguments, pickled, with keys in the place of screenshots.
      key: Under which to keep the result, if it is a screenshot.
      cpu_seconds: CPU time that the call may take; None: any.
    """

    forget: list[int]
    new: dict[int, Screenshot]
    call: bytes
    key: int
    cpu_seconds: float | None


@attrs.frozen(kw_only=True)
class Reply:
    """What came of a call: `error` if that is not None, else `value`."""

    value: Any = None
    error: Exception | None = None


def main() -> None:
    """Answer requests until there are no more."""
    source, target = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 0)
    os.dup2(nowhere, 1)  # what a library prints must not get between the replies
    requests: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    threading.Thread(target=_read, args=(source, requests), daemon=True).start()
    kept: dict[int, Screenshot] = {}
    while frame := requests.get():
        answer = pickled(answer_to(pickle.loads(frame), kept))  # noqa: S301 -- it comes from the parent
        target.write(HEADER.pack(len(answer)))
        target.write(answer)
        target.flush()


def _read(source: BinaryIO, requests: queue.SimpleQueue[bytes]) -> None:
    """Put requests into the queue. When there are no more, the parent is done, or gone: so is whatever still runs."""
    while len(header := source.read(HEADER.size)) == HEADER.size:
        requests.put(source.read(*HEADER.unpack(header)))
    requests.put(b"")
    threading.Event().wait(_LAST_WORK)
    os._exit(1)  # pragma: no cover -- it ends the process before what is covered could be written


_LAST_WORK: Final = 1.0
"""Seconds for work that nobody waits for any more."""


def answer_to(request: Request, kept: dict[int, Screenshot]) -> Reply:
    """Return what comes of a request; `kept` is what this process keeps."""
    kept.update(request.new)
    for key in request.forget:
        kept.pop(key, None)
    _allow(request.cpu_seconds or 0)
    try:
        fn, args = _Unpickler(io.BytesIO(request.call), kept).load()
        value = fn(*args)
    except Exception as error:
        error.add_note("in a worker process:\n" + "".join(traceback.format_exception(error)).rstrip())
        return Reply(error=error)
    finally:
        _allow(0)
    if isinstance(value, Screenshot):
        kept[request.key] = value
    return Reply(value=value)


def kept_screenshot(key: int) -> Screenshot:
    """Stand in a pickled call for what gives the screenshot that a worker keeps under `key`."""
    raise LookupError(f"only a worker keeps screenshots, and only it can look for {key}")


class _Unpickler(pickle.Unpickler):
    """Reads a pickled call, with the screenshots that are kept."""

    def __init__(self, file: BinaryIO, kept: Mapping[int, Screenshot]) -> None:
        super().__init__(file)
        self._kept = kept

    def find_class(self, module: str, name: str) -> Any:
        """Return what is called `name` in `module`."""
        if (module, name) == (__name__, kept_screenshot.__name__):
            return self._kept.__getitem__
        return super().find_class(module, name)


def pickled(reply: Reply) -> bytes:
    """Return `reply` as bytes; what cannot be pickled, or not be read again, is told in words."""
    try:
        text = pickle.dumps(reply, protocol=pickle.HIGHEST_PROTOCOL)
        if reply.error is not None:
            pickle.loads(text)  # noqa: S301 -- our own; exceptions often can be written but not read
    except Exception as trouble:
        what = reply.value if reply.error is None else reply.error
        error = TypeError(f"a worker process cannot send {type(what).__name__}: {trouble}")
        for note in getattr(reply.error, "__notes__", ()):
            error.add_note(note)
        return pickle.dumps(Reply(error=error), protocol=pickle.HIGHEST_PROTOCOL)
    return text


def _allow(cpu_seconds: float) -> None:
    """End this process when it has used `cpu_seconds` from now; 0: never. The signal reaches code of any language."""
    if sys.platform != "win32":
        signal.setitimer(signal.ITIMER_PROF, cpu_seconds)
