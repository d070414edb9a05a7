"""Final names of tokens: kebab-case ASCII, unique, and told by the value, so that they mean something.

A token keeps its first name, which says what it is for, and gets the rest from what it holds, see `value_names`:

- `color.<family>.<shade>`: the family by hue, greys apart as `neutral`, and the shade, from 0 (white) to 1000 (black)
  in the steps of Tailwind's palette. A colour with alpha has it in percent after the shade: `color.neutral.1000-a50`.
- `spacing.16`, `font-size.13-5`, `radius.1-5rem`, `font-weight.600`: the number, pixels unless it says `rem`; and
  `radius.full`, which makes pills.
- `font-family.inter`: the most wanted font.
- `shadow.md`, `gradient.blue-purple`, `border.neutral-200`, `typography.16-semi-bold`: size by blur; the families that
  it runs through; colour, and width unless it is one pixel; size and weight.
- What has no such value, a reference, keeps the names that it came with.

Reading tools tell dimensions apart by words in their path, so `path[0]` of what extracts them matters: `spacing`,
`font-size`, `radius`, `line-height`.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Iterator

from copy_that_orch.tokens.alias import Alias, Path
from copy_that_orch.tokens.border import Border
from copy_that_orch.tokens.model import Token
from copy_that_orch.tokens.value_names import claim, value_names
from copy_that_orch.tokens.values import TokenType, Value, change_parts


def kebab(text: str, fallback: str = "token") -> str:
    """Return `text` in lower-case ASCII letters, digits and single hyphens; `fallback` if nothing of it is left.

    Accents are dropped, camelCase is taken apart: "Größe fontSize" becomes `groe-font-size`.
    """
    ascii_only = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode("ascii")
    apart = re.sub(r"([a-z0-9])([A-Z])", r"\1-\2", ascii_only).lower()
    return "-".join(re.findall("[a-z0-9]+", apart)) or fallback


def purpose(token: Token) -> str:
    """Return what the token is for, e.g. `font-size`: its first name in kebab-case."""
    return kebab(token.path[0], kebab(token.type))


class Namer:
    """Gives out paths, each once; the order of the questions decides who gets the better one.

    No path is given out that would be a group of another, and no two that are equal once joined with hyphens, which
    is how CSS writes them.
    """

    def __init__(self) -> None:
        self._tokens: set[str] = set()
        self._groups: set[str] = set()
        self._values: dict[Path, Value | Alias] = {}

    def claim(self, token: Token) -> float:
        """Return how far `token` is from the best of its names: who is asked for in this order gets stable names."""
        return 0.0 if isinstance(token.value, Alias) else claim(self._resolved(token.value))

    def name(self, token: Token) -> Path:
        """Return the final path of `token`; what its value refers to has been named before."""
        wanted = [(purpose(token), *rest) for rest in self._paths(token)]
        path = next(filter(self._is_free, itertools.chain(wanted, self._numbered(wanted[-1]))))
        self._tokens.add("-".join(path))
        self._groups.update(_groups(path))
        self._values[path] = token.value
        return path

    def _paths(self, token: Token) -> Iterator[Path]:
        """Yield the names that `token` may have below its first one, the best first; at least one."""
        if isinstance(token.value, Alias):
            yield tuple(kebab(name) for name in token.path[1:])
            return
        for names in value_names(purpose(token), self._resolved(token.value)):
            yield tuple(kebab(name, "font") for name in names)  # of all names, only a font's can be all Chinese

    def _resolved(self, value: Value) -> Value:
        """Return `value` with what its parts refer to, as far as that has been named and is no colour of a border."""

        def resolve(attribute: str, _type: TokenType, part: Value | Alias) -> Value | Alias:
            if not isinstance(part, Alias) or (isinstance(value, Border) and attribute == "color"):
                return part
            return self._values.get(part.path, part)

        return change_parts(value, resolve)

    def _is_free(self, path: Path) -> bool:
        joined = "-".join(path)
        return joined not in self._tokens and joined not in self._groups and self._tokens.isdisjoint(_groups(path))

    def _numbered(self, path: Path) -> Iterator[Path]:
        """Return `path` with -2, -3 and so on after its last name, or after the group that is a token already."""
        blocked = next((place for place, group in enumerate(_groups(path)) if group in self._tokens), len(path) - 1)
        return ((*path[:blocked], f"{path[blocked]}-{number}", *path[blocked + 1 :]) for number in itertools.count(2))


def _groups(path: Path) -> list[str]:
    """Return the groups that `path` lies in, from the outermost, joined with hyphens."""
    return ["-".join(path[:end]) for end in range(1, len(path))]
