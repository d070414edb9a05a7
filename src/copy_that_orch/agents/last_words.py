"""What a worker process writes to its standard error: of use only if it dies of what it says there."""

from __future__ import annotations

import os
import subprocess
from typing import Final, final

import attrs

_ALL: Final = 1 << 20
"""Bytes read at a time: more than a pipe has room for, so one reading takes all that there is."""
_KEPT: Final = 2048
"""Bytes of it that are looked at, the newest."""
_LONGEST: Final = 200
"""Characters that are told at most."""


@final
@attrs.define(eq=False)
class LastWords:
    """A pipe that a process writes to, and that nobody need read.

    Neither end ever waits: what finds the pipe full is lost to the writer, and whoever reads takes what is there.

    Attributes:
      target: What to start the process with, as its standard error; to be closed with `started` afterwards.
    """

    target: int = attrs.field(init=False, default=subprocess.DEVNULL)
    _source: int | None = attrs.field(init=False, default=None)

    def __attrs_post_init__(self) -> None:
        if hasattr(os, "set_blocking"):  # not with Python 3.11 on Windows: an end that waits could wait for ever
            self._source, self.target = os.pipe()
            for end in (self._source, self.target):
                os.set_blocking(end, False)

    def started(self) -> None:
        """Leave the end that is written to to the process, which has it now, or will never be."""
        if self.target >= 0:
            os.close(self.target)

    def take(self) -> str:
        """Return the last line that was written since this was last asked, shortened; empty if there was none."""
        try:
            said = b"" if self._source is None else os.read(self._source, _ALL)
        except BlockingIOError:  # nothing was
            return ""
        lines = said[-_KEPT:].decode(errors="replace").split("\n")
        line = next((" ".join(line.split()) for line in reversed(lines) if line.strip()), "")
        return line if len(line) <= _LONGEST else line[: _LONGEST - 1] + "…"

    def close(self) -> None:
        """Listen no more."""
        source, self._source = self._source, None
        if source is not None:
            os.close(source)
