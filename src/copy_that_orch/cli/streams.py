"""Standard output and standard error: a reader that went away, and a device that is full.

Results are on standard output, so what cannot be written there is a failure. Progress and complaints are on standard
error, and cost nothing when nobody can read them.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from typing import Any, TextIO

import click

from copy_that_orch.orchestrator.errors import PipelineError


def abandon(stream: TextIO) -> None:
    """Let what is left in its buffer go nowhere: the interpreter would try to write it again at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


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
        abandon(sys.stdout)
        raise PipelineError(f"stdout: cannot be written to ({error.strerror})") from error


def tell(line: str) -> None:
    """Print `line`, which must be printable, on stderr; if that cannot be done, go on without."""
    try:
        click.echo(line, err=True)
    except OSError:
        abandon(sys.stderr)


class TellingCommand(click.Command):
    """A command that says so when its help cannot be printed."""

    def make_context(self, *args: Any, **kwargs: Any) -> click.Context:
        """Read the arguments; the help that they may ask for is printed meanwhile."""
        with printing():
            return super().make_context(*args, **kwargs)


class TellingGroup(TellingCommand, click.Group):
    """The same for commands together."""

    command_class = TellingCommand
