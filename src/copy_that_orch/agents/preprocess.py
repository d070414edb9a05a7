"""PREPROCESS: from a file or a URL to pixels that can be measured."""

from __future__ import annotations

import hashlib
import os
import stat
from pathlib import PurePath
from typing import Any, Final, final

import attrs
import trio

from copy_that_orch.agents.offload import offload
from copy_that_orch.agents.processes import WorkerDiedError
from copy_that_orch.fetching.fetcher import Fetcher, FetchError, is_url
from copy_that_orch.fetching.fetcher import labels_of as labels_of_url
from copy_that_orch.imaging.container import ImageError
from copy_that_orch.imaging.decode import MAX_BYTES, MAX_PIXELS, decode, scale_in_name, too_many_bytes
from copy_that_orch.imaging.screenshot import Screenshot, printable
from copy_that_orch.orchestrator.errors import PreprocessingError
from copy_that_orch.orchestrator.fingerprints import combined
from copy_that_orch.orchestrator.interfaces import BasePipelineAgent, PipelineStage, PipelineTask
from copy_that_orch.orchestrator.result_store import Foretold

Source = str | os.PathLike[str] | bytes
"""Path of an image file, an http(s) URL, or the bytes of a file."""


KEPT_BYTES: Final = 32_000_000
"""What is kept for `read_again` at most: some hundred screenshots."""


@attrs.frozen
class SourceBytes:
    """A file's bytes, and what to call it: in messages, and in results."""

    data: bytes
    shown: str
    name: str


class _Fetched(dict[str, bytes]):
    """What was fetched, by URL, the newest last; it does not travel to worker processes."""

    def __reduce__(self) -> tuple[Any, ...]:
        return _Fetched, ()

    def keep(self, url: str, data: bytes) -> None:
        """Keep `data`, and of the others as much as there is room for."""
        self.pop(url, None)
        self[url] = data
        size = sum(map(len, self.values()))
        while size > KEPT_BYTES:
            size -= len(self.pop(next(iter(self))))


@final
@attrs.frozen(kw_only=True)
class PreprocessAgent(BasePipelineAgent[Source, Screenshot]):
    """Reads a PNG, JPEG, WebP or GIF, told by its content, and decodes it; see `imaging.decode`.

    Attributes:
      scale: Device pixels per CSS pixel; None: told by the file or by what is seen on it.
      max_bytes: Largest file that is read.
      max_pixels: Largest width times height that is decoded.
      allow_private: Whether URLs may lead to this machine and its own networks; see `fetching.fetcher`.
      keep_fetched: Whether what is fetched from URLs is kept for `read_again`, up to `KEPT_BYTES`, the newest.
    """

    scale: float | None = attrs.field(default=None, validator=attrs.validators.optional(attrs.validators.gt(0)))
    max_bytes: int = attrs.field(default=MAX_BYTES, validator=attrs.validators.gt(0))
    max_pixels: int = attrs.field(default=MAX_PIXELS, validator=attrs.validators.gt(0))
    allow_private: bool = attrs.field(default=False, eq=False)  # says nothing of the result
    keep_fetched: bool = attrs.field(default=False, eq=False)
    _fetched: _Fetched = attrs.field(init=False, factory=_Fetched, eq=False, repr=False)

    storable = False  # pixels: they would fill the disk, and to decode them again costs less than all that follows
    agent_type = "preprocess.image"
    stage_name = PipelineStage.PREPROCESS

    async def process(self, task: PipelineTask[Any], item: Source) -> Screenshot:
        """Return the screenshot in the file `item`, behind the URL `item`, or in the bytes `item`.

        It is named by the last two parts of the path, so that a token set tells the same wherever it was made; behind a
        URL by its host and the last part of its path.

        Raises:
          PreprocessingError: if that cannot be done: what happened, to what file, what to do; in one sentence.
        """
        source = await self.read(item)
        if self.keep_fetched and isinstance(item, str) and is_url(item):
            self._fetched.keep(item, source.data)
        try:
            return await offload(self._prepared, source.data, source.name)
        except ImageError as error:
            raise PreprocessingError(f"{source.shown}: {error}") from error
        except WorkerDiedError as error:
            advice = "; the file may be made to do harm" if error.status < 0 else "; try it alone, or install again"
            raise PreprocessingError(f"{source.shown}: {error}{advice}") from error

    async def foretell(self, task: PipelineTask[Any], item: Source) -> Foretold | None:
        """Tell which screenshot that will be, by the bytes of the file; None for a URL, to fetch it but once.

        Raises:
          PreprocessingError: if they cannot be read.
        """
        if isinstance(item, str) and is_url(item):
            return None
        source = await self.read(item)
        return Foretold(fingerprint=self._fingerprint(source.data, source.name), name=source.name)

    async def read(self, item: Source) -> SourceBytes:
        """Return the bytes of `item`, and what to call it.

        Raises:
          PreprocessingError: if they cannot be read.
        """
        shown, name = labels_of(item)
        if isinstance(item, bytes):
            data = item
        elif isinstance(item, str) and is_url(item):
            try:
                data = await Fetcher(allow_private=self.allow_private, max_bytes=self.max_bytes).fetch(item)
            except FetchError as error:
                raise PreprocessingError(f"{shown}: {printable(str(error))}") from error
        else:
            # A thread that hangs on a dead network drive may be left behind: it only reads.
            path = os.fsdecode(item)
            data = await trio.to_thread.run_sync(_read, path, shown, self.max_bytes, abandon_on_cancel=True)
        return SourceBytes(data, shown, name)

    async def read_again(self, item: Source) -> SourceBytes:
        """Return what `process` read, if that was kept, which it then is no longer; else read it.

        Raises:
          PreprocessingError: if it cannot be read.
        """
        data = self._fetched.pop(item, None) if isinstance(item, str) else None
        return await self.read(item) if data is None else SourceBytes(data, *labels_of(item))

    def _prepared(self, data: bytes, name: str) -> Screenshot:
        decoded = decode(data, name, scale=self.scale, max_bytes=self.max_bytes, max_pixels=self.max_pixels)
        screenshot = attrs.evolve(decoded, fingerprint=self._fingerprint(data, name))
        _ = screenshot.layout, screenshot.gradients  # found here, once, and not by all extractors at the same time
        return screenshot

    def _fingerprint(self, data: bytes, name: str) -> str:
        """Return what tells one screenshot of this agent's from another, but for the name."""
        return combined(hashlib.sha256(data).hexdigest(), str(scale_in_name(name)), self.fingerprint)


def labels_of(item: Source) -> tuple[str, str]:
    """Return what to call `item` in messages, and in results."""
    if isinstance(item, bytes):
        digest = f"bytes {hashlib.sha256(item).hexdigest()[:12]}"
        return digest, digest
    if isinstance(item, str) and is_url(item):
        shown, name = labels_of_url(item)
        return printable(shown), printable(name)
    path = os.fsdecode(item)
    return printable(path) or "an empty path", printable("/".join(PurePath(path).parts[-2:]))


def _read(path: str, shown: str, limit: int) -> bytes:
    """Return the content of the file at `path`, told to a reader as `shown`, unless it has more than `limit` bytes."""
    try:
        found = os.stat(path)  # noqa: PTH116 -- a path that is no text for `Path`, such as one with a zero, is told too
        if stat.S_ISDIR(found.st_mode):
            raise PreprocessingError(f"{shown}: a folder, not an image; give the images in it")
        if not stat.S_ISREG(found.st_mode):  # opening a pipe would wait for ever
            raise PreprocessingError(f"{shown}: not a regular file; give a PNG, JPEG, WebP or GIF")
        if found.st_size > limit:
            raise PreprocessingError(f"{shown}: {too_many_bytes(found.st_size, limit)}")
        with open(path, "rb") as file:  # noqa: PTH123 -- as above
            return file.read(limit + 1)
    except (OSError, ValueError) as error:
        raise PreprocessingError(f"{shown}: {_trouble(error)}") from error


def _trouble(error: OSError | ValueError) -> str:
    """Say what went wrong with a file, and what to do."""
    if isinstance(error, FileNotFoundError):
        return "no such file; check the path"
    if isinstance(error, PermissionError):
        return "it may not be read; change its permissions"
    return f"it cannot be read ({(isinstance(error, OSError) and error.strerror) or error}); check the path"
