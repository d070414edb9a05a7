"""References from one token to another."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Self

import attrs

Path = tuple[str, ...]
"""Names of the groups that a token is in, from the outermost, and its own name."""


def dotted(path: Path) -> str:
    """Return `path` as references and messages write it, e.g. `color.blue.600`."""
    return ".".join(path)


def natural(path: Path) -> tuple[tuple[tuple[int, int, str], ...], ...]:
    """Return a sort key under which numbers in names count as numbers: `spacing.4` comes before `spacing.12`."""
    return tuple(
        tuple((0, int(part), part) if part.isdecimal() else (1, 0, part) for part in re.split(r"(\d+)", name))
        for name in path
    )


def as_path(names: Iterable[str]) -> Path:
    """Return `names` as a path.

    Raises:
      TypeError: if it is one text, which would become a path of single letters.
    """
    if isinstance(names, str):
        raise TypeError(f"a path is a tuple of names such as ('color', 'blue'), not the text {names!r}")
    return tuple(names)


@attrs.frozen(order=True)
class Alias:
    """Stands for the whole value of another token; written `{color.blue.600}`.

    Attributes:
      path: Path of the other token.
    """

    path: Path = attrs.field(converter=as_path)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the alias that is written `text`.

        Raises:
          ValueError: if it is not names, separated by dots, in curly braces.
        """
        names = text[1:-1].split(".")
        if not (text.startswith("{") and text.endswith("}")) or not all(names) or set("".join(names)) & set("{}"):
            raise ValueError(f"not a reference such as {{color.blue.600}}: {text!r}")
        return cls(names)

    def __str__(self) -> str:
        return f"{{{dotted(self.path)}}}"
