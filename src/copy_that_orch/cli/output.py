"""Writing: whole files or none, and nothing before it is known that the folder takes them."""

from __future__ import annotations

import errno
import os
import secrets
import tempfile
from collections.abc import Mapping
from pathlib import Path

from copy_that_orch.orchestrator.errors import ConfigurationError, GenerationError


def check_writable(folder: Path) -> None:
    """Make sure that files can be written to `folder`, or to the nearest folder above it that is there.

    A folder is made and removed for it: permissions alone do not tell, e.g. on a read-only or full disk.

    Raises:
      ConfigurationError: if it cannot be written to, with the system's reason.
    """
    place = folder
    while not os.path.lexists(place) and place != place.parent:
        place = place.parent
    try:
        Path(tempfile.mkdtemp(prefix=".copy_that_orch-", dir=place)).rmdir()
    except OSError as error:
        raise ConfigurationError(f"{folder}: cannot be written to ({error.strerror})") from error


def write_files(folder: Path, files: Mapping[str, str]) -> tuple[Path, ...]:
    """Write `files` (name → text) to `folder` as UTF-8 and return their paths; the folder is made if need be.

    Each file appears whole, in place of an older one, and only once all of them are written beside their places. If
    one cannot be, the older ones stay and nothing else is left behind.

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
            temporary = folder / f".{name}.{secrets.token_hex(4)}.tmp"  # the same folder: a rename is atomic there
            written[target] = temporary
            with temporary.open("xb") as file:
                # A file name may hold bytes that are no text; escaped they are legal in JSON and harmless in comments.
                file.write(text.encode("utf-8", "backslashreplace"))
        for target, temporary in written.items():
            temporary.replace(target)
    except OSError as error:
        for temporary in written.values():
            temporary.unlink(missing_ok=True)
        raise GenerationError(f"{target}: cannot be written ({error.strerror})") from error
    return tuple(written)
