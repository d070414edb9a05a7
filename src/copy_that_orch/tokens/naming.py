"""Final names of tokens: kebab-case ASCII, unique, and told by the value, so that they mean something.

A token keeps its first name, which says what it is for, and gets the rest from what it holds:

- `color.<family>.<shade>`: the family by hue and chroma, the shade from 0 (white) to 1000 (black) by lightness, both in
  OKLCH. A colour with alpha has it in percent after the shade: `color.neutral.1000-a50`.
- `spacing.16`, `font-size.13-5`, `radius.1-5rem`, `font-weight.600`: the number, pixels unless it says `rem`.
- `font-family.inter`: the most wanted font.
- What has no such value, a style of text or a reference, keeps the names that it came with.

Reading tools tell dimensions apart by words in their path, so `path[0]` of what extracts them matters: `spacing`,
`font-size`, `radius`, `line-height`.
"""

from __future__ import annotations

import bisect
import itertools
import re
import unicodedata
from collections.abc import Iterator

from copy_that_orch.tokens.alias import Path
from copy_that_orch.tokens.color import Color
from copy_that_orch.tokens.difference import to_oklch
from copy_that_orch.tokens.dimension import Dimension, Number, Unit, plain
from copy_that_orch.tokens.model import Token
from copy_that_orch.tokens.typography import FontFamily, FontWeight

_HUES = (10.0, 40.0, 70.0, 115.0, 172.0, 195.0, 230.0, 280.0, 325.0)
"""Where the hue families end, OKLCH degrees; set between the mid tones of the palettes of Tailwind and Bootstrap."""

_FAMILIES = ("pink", "red", "orange", "yellow", "green", "teal", "cyan", "blue", "purple", "pink")


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


def color_family(color: Color) -> str:
    """Return what one would call the colour: neutral, red, orange, yellow, green, teal, cyan, blue, purple or pink.

    Neutral is what has less OKLCH chroma than 0.045, and for colours lighter than 0.8 less and less, down to 0.01 from
    0.96 on: so Tailwind's slate is a grey in all its shades, and the faint tints behind messages are not.
    """
    lightness, chroma, hue = to_oklch(color)
    lightest = min(1.0, max(0.0, (lightness - 0.8) / 0.16))
    if chroma < 0.045 - 0.035 * lightest:
        return "neutral"
    return _FAMILIES[bisect.bisect(_HUES, hue % 360)]


def _color_paths(color: Color) -> Iterator[Path]:
    """Yield names for a colour, the roundest first; the finer ones are for shades that come close to each other."""
    family = color_family(color)
    shade = 1000 * (1 - min(1.0, max(0.0, to_oklch(color)[0])))
    percent = round(100 * color.alpha)
    alpha = "" if percent >= 100 else f"-a{max(percent, 0)}"
    for grain in (50, 10, 1):
        yield (family, f"{grain * round(shade / grain)}{alpha}")


def _number(value: float, unit: str = "") -> str:
    text = str(plain(abs(value), 3)).replace(".", "-") + unit
    return f"minus-{text}" if value < 0 else text


def _paths(token: Token) -> Iterator[Path]:
    """Yield the names that `token` may have below its first one, the best first."""
    match token.value:
        case Color() as color:
            yield from _color_paths(color)
        case Dimension(value=value, unit=unit):
            yield (_number(value, "rem" if unit is Unit.REM else ""),)
        case Number(value=value) | FontWeight(value=value):
            yield (_number(value),)
        case FontFamily(names=(first, *_)):
            yield (kebab(first, "font"),)
        case _:
            yield tuple(kebab(name) for name in token.path[1:])


class Namer:
    """Gives out paths, each once; the order of the questions decides who gets the better one.

    No path is given out that would be a group of another, and no two that are equal once joined with hyphens, which
    is how CSS writes them.
    """

    def __init__(self) -> None:
        self._tokens: set[str] = set()
        self._groups: set[str] = set()

    def name(self, token: Token) -> Path:
        """Return the final path of `token`."""
        wanted = [(purpose(token), *rest) for rest in _paths(token)]
        path = next(filter(self._is_free, itertools.chain(wanted, self._numbered(wanted[-1]))))
        self._tokens.add("-".join(path))
        self._groups.update(_groups(path))
        return path

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
