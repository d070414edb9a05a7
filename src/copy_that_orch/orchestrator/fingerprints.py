"""What a value comes to, as a short text: equal content, equal fingerprint, in every process."""

from __future__ import annotations

import enum
import functools
import hashlib
import os
import stat
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import fields, is_dataclass
from typing import Any, Final, TypeAlias, final

import attrs
import trio

_BREATH: Final = 500
"""Parts of a value that are looked at before others have their turn: less than a millisecond."""

_BYTES: Final = 1_000_000
"""The same for bytes of a text."""

_Reading: TypeAlias = "Generator[os.PathLike[str] | None, bytes, None]"
"""Goes through a value; yields None when others should have their turn, a path when it needs its file's digest."""


class _UnknownContentError(Exception):
    """There is something of which nobody knows what makes it equal to another."""


async def content_fingerprint(value: object) -> str | None:
    """Return the fingerprint of `value` by its content, None if that is not known.

    Known are None, numbers, texts, bytes, enums, sequences, sets, mappings, and objects of attrs and dataclasses by
    those of their fields that count for equality. A path of a file counts by the bytes in the file, and by itself, for
    an agent that is given it sees both. An object may tell its own, as a text in its attribute `fingerprint`; an empty
    one means that it has none.

    Files are read in a worker thread; a large value is looked through bit by bit, so that nobody waits for it.
    """
    reader = _Reader()
    reading = reader.read(value)
    try:
        path = next(reading)
        while True:
            answer = b""
            if path is None:
                await trio.lowlevel.checkpoint()
            else:
                answer = await trio.to_thread.run_sync(_file_digest, path, abandon_on_cancel=True)
            path = reading.send(answer)
    except StopIteration:
        return reader.digest.hexdigest()
    except Exception:  # unknown, unreadable, or with an attribute that is broken: that is for its agent to say
        return None


def combined(*fingerprints: str) -> str:
    """Return the fingerprint of what has these fingerprints, in this order."""
    return hashlib.sha256("\n".join(fingerprints).encode()).hexdigest()


@final
class _Reader:
    """Says each part of a value, with its type and length, to a hash."""

    def __init__(self) -> None:
        self.digest = hashlib.sha256()
        self._looked_at = 0

    def read(self, value: object) -> _Reading:
        write = _SCALARS.get(type(value))
        if write is not None:
            yield from self._say_in_turns(type(value).__name__, write(value))
        elif isinstance(value, (tuple, list)):
            yield from self._read_all("sequence", value)
        elif isinstance(value, Mapping):
            keys = yield from self._digests_of(value)
            pairs = sorted(zip(keys, value, strict=True), key=_first)
            yield from self._read_all("mapping", [part for digest, key in pairs for part in (digest, value[key])])
        elif isinstance(value, AbstractSet):
            members = yield from self._digests_of(value)
            yield from self._read_all("set", sorted(members))
        else:
            yield from self._read_object(value)

    def _read_object(self, value: object) -> _Reading:
        told = getattr(value, "fingerprint", None)
        name = f"{type(value).__module__}.{type(value).__qualname__}"
        if isinstance(told, str) and told:
            self._say("fingerprint", told.encode())
        elif told is not None:
            raise _UnknownContentError
        elif isinstance(value, enum.Enum):
            self._say(name, value.name.encode())
        elif isinstance(value, os.PathLike):
            digest = yield value
            self._say("file", digest + os.fsencode(value))
        else:
            kind: Any = type(value)
            yield from self._read_all(name, [getattr(value, field) for field in _fields(kind)])

    def _read_all(self, name: str, parts: Sequence[Any]) -> _Reading:
        self._say(name, str(len(parts)).encode())
        for part in parts:
            self._looked_at += 1
            if self._looked_at % _BREATH == 0:
                yield None
            write = _SCALARS.get(type(part))
            if write is None:
                yield from self.read(part)
                continue
            # Most parts are numbers and short texts: a generator for each would take most of the time.
            data = write(part)
            if len(data) <= _BYTES:
                self._say(type(part).__name__, data)
            else:
                yield from self._say_in_turns(type(part).__name__, data)

    def _say(self, name: str, data: bytes) -> None:
        self.digest.update(f"{name}:{len(data)}:".encode() + data)

    def _say_in_turns(self, name: str, data: bytes) -> _Reading:
        self.digest.update(f"{name}:{len(data)}:".encode())
        for start in range(0, len(data), _BYTES):
            if start:
                yield None
            self.digest.update(data[start : start + _BYTES])

    def _digests_of(self, values: Iterable[object]) -> Generator[os.PathLike[str] | None, bytes, list[bytes]]:
        digests: list[bytes] = []
        for value in values:
            reader = _Reader()
            yield from reader.read(value)
            digests.append(reader.digest.digest())
            self._looked_at += 1
            if self._looked_at % _BREATH == 0:
                yield None
        return digests


def _first(pair: tuple[bytes, object]) -> bytes:
    return pair[0]


def _file_digest(path: os.PathLike[str]) -> bytes:
    """Return the digest of the file at `path`."""
    if not stat.S_ISREG(os.stat(path).st_mode):  # noqa: PTH116 -- whatever is like a path; a pipe would hang
        raise _UnknownContentError
    with open(path, "rb") as file:  # noqa: PTH123 -- as above
        return hashlib.file_digest(file, "sha256").digest()


@functools.lru_cache(maxsize=1024)
def _fields(kind: type[Any]) -> tuple[str, ...]:
    """Return the names of what makes an object of a class equal to another."""
    if attrs.has(kind):
        declared: tuple[attrs.Attribute[Any], ...] = getattr(kind, "__attrs_attrs__")  # noqa: B009 -- for mypy
        return tuple(field.name for field in declared if field.eq)
    if is_dataclass(kind):
        return tuple(field.name for field in fields(kind) if field.compare)
    raise _UnknownContentError


_SCALARS: Final[Mapping[type[Any], Callable[[Any], bytes]]] = {
    type(None): lambda _none: b"",
    bool: lambda value: b"1" if value else b"0",
    int: lambda value: hex(value).encode(),  # as decimals, a long one would be refused
    float: lambda value: value.hex().encode(),
    str: lambda value: value.encode("utf-8", "surrogatepass"),
    bytes: bytes,
    bytearray: bytes,
}
"""Types that have no parts, and what is said of their values."""
