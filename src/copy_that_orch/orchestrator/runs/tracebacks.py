"""Tracebacks of errors that outlive what they happened to: what their frames may keep alive, and what not."""

from __future__ import annotations

import contextlib
import dis
import inspect
import traceback
from typing import TYPE_CHECKING, Final, TypeVar

if TYPE_CHECKING:
    import types

ErrorT = TypeVar("ErrorT", bound=BaseException)

_GENERATORS: Final = inspect.CO_GENERATOR | inspect.CO_COROUTINE | inspect.CO_ASYNC_GENERATOR
_YIELD: Final = dis.opmap["YIELD_VALUE"]


def without_frames_of(module: str, error: ErrorT) -> ErrorT:
    """Return `error` with a traceback that begins below the frames of `module`, which called what raised it.

    Our frames say nothing to the author of an agent, and they hold the call, which holds the error: a cycle.
    """
    link = error.__traceback__
    while link is not None and link.tb_frame.f_globals.get("__name__") == module:
        link = link.tb_next
    return error.with_traceback(link)


def release_frames(error: BaseException) -> None:
    """Let go of the local variables that the tracebacks of `error` and of its causes hold: items among them.

    A collected failure lives as long as its task, or longer; what it failed on must not. Frames that are still in use,
    by a coroutine that caught the error and went on, are left alone: to clear one would end the coroutine.
    """
    seen: set[int] = set()
    todo: list[BaseException | None] = [error]
    while todo:
        one = todo.pop()
        if one is None or id(one) in seen:
            continue
        seen.add(id(one))
        for frame, _line in traceback.walk_tb(one.__traceback__):
            if not _is_suspended(frame):
                with contextlib.suppress(RuntimeError):  # it runs
                    frame.clear()
        todo += [one.__cause__, one.__context__]
        if isinstance(one, BaseExceptionGroup):
            todo += one.exceptions


def _is_suspended(frame: types.FrameType) -> bool:
    """Return whether `frame` is that of a generator or coroutine that waits to go on."""
    # A frame that an error has left stands at what raised it, one that waits at its `yield` or `await`.
    code = frame.f_code
    return bool(code.co_flags & _GENERATORS) and code.co_code[frame.f_lasti] == _YIELD
