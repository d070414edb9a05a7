"""Writing: whole files or none, and nothing before it is known that the folder takes them."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import sys
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from copy_that_orch.orchestrator.errors import ConfigurationError, GenerationError

_PREFIX: Final = ".copy_that_orch-"
"""Begins the names of what is there for an instant only; the process that made it follows."""


def check_writable(folder: Path) -> None:
    """Make sure that files can be written to `folder`, or to the nearest folder above it that is there.

    A folder is made and removed for it: permissions alone do not tell, e.g. on a read-only or full disk. What processes
    have left there that were killed while they wrote is removed.

    Raises:
      ConfigurationError: if it cannot be written to, with the system's reason.
    """
    place = folder
    while not os.path.lexists(place) and place != place.parent:
        place = place.parent
    try:
        Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-", dir=place)).rmdir()
    except OSError as error:
        raise ConfigurationError(f"{folder}: cannot be written to ({error.strerror})") from error
    if place == folder:
        _remove_leftovers(folder)


def _remove_leftovers(folder: Path) -> None:
    for left in folder.glob(f"{_PREFIX}*"):
        process = left.name.removeprefix(_PREFIX).split("-")[0]
        if process.isdecimal() and _has_ended(int(process)):
            with contextlib.suppress(OSError):  # somebody else may be as tidy
                if left.is_dir():
                    left.rmdir()
                else:
                    left.unlink()


def _has_ended(process: int) -> bool:
    """Return whether there is no such process; False if that cannot be known."""
    if sys.platform == "win32":  # there, to ask is to end it
        return False
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    except (OSError, OverflowError):  # another user's, or a number that no process can have
        return False
    return False


def write_files(folder: Path, files: Mapping[str, str], obsolete: Iterable[str] = ()) -> tuple[Path, ...]:
    """Write `files` (name → text) to `folder` as UTF-8 and return their paths; the folder is made if need be.

    Then the files that are named `obsolete` are removed.

    Each file appears whole, in place of an older one, and only once all of them are on the disk beside their places. If
    one cannot be, the older ones stay and nothing else is left behind. A crash, of the machine too, leaves each file as
    it was or as it is to be.

    Raises:
      GenerationError: if a file cannot be written, with the system's reason.
    """
    written: dict[Path, Path] = {}
    target = folder
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            target = folder / name
            if target.is_dir():  # told now: later, files before it would be replaced already
                raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
            # The same folder: a rename is atomic there.
            temporary = folder / f"{_PREFIX}{os.getpid()}-{secrets.token_hex(4)}-{name}"
            written[target] = temporary
            with temporary.open("xb") as file:
                # A file name may hold bytes that are no text; escaped they are legal in JSON and harmless in comments.
                file.write(text.encode("utf-8", "backslashreplace"))
                file.flush()
                os.fsync(file.fileno())  # or a crash of the machine could find the new name before the new bytes
        for target, temporary in written.items():
            temporary.replace(target)
        for target in (folder / name for name in obsolete):
            if target.is_file():
                target.unlink()
    except OSError as error:
        for temporary in written.values():
            temporary.unlink(missing_ok=True)
        raise GenerationError(f"{target}: cannot be written ({error.strerror})") from error
    return tuple(written)
