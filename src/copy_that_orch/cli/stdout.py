"""Standard output: a reader that went away, and a device that is full."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator

from copy_that_orch.orchestrator.errors import PipelineError


def abandon_stdout() -> None:
    """Let what is left in its buffer go nowhere: the interpreter would try to write it again at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@contextlib.contextmanager
def printing() -> Iterator[None]:
    """See to it that what the block prints on stdout is written when it ends.

    Raises:
      PipelineError: if it cannot be, with the system's reason.
    """
    try:
        yield
        if sys.stdout is not None:  # closed from the beginning: nobody wants to see it
            sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        abandon_stdout()
        raise PipelineError(f"stdout: cannot be written to ({error.strerror})") from error
