"""What colours are used as: background, surface, text, border, graphic; accent, success, warning, danger.

The first five are told by shape and place. The others are strong colours of buttons, badges and text: red, orange and
yellow, green speak of danger, warning and success, as traffic lights taught everyone, unless the product has made one
of them its own by using it more than any other.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import attrs

from copy_that_orch.imaging.areas import Area
from copy_that_orch.imaging.arrays import split
from copy_that_orch.imaging.palette import PaletteColor
from copy_that_orch.imaging.sides import Sides, lies_in
from copy_that_orch.imaging.text import TextLine, is_text
from copy_that_orch.tokens.color import Color
from copy_that_orch.tokens.color_names import color_family
from copy_that_orch.tokens.difference import to_oklch

BEHIND_ALL: Final = 0.4
"""Share of the screen that the box around an area covers at least, to be a background rather than a surface on it."""
TALLEST_CONTROL: Final = 72
"""CSS pixels: buttons, badges and bars that say something are lower; what is higher is a surface."""
STRONG: Final = 0.08
"""OKLCH chroma of a colour that is meant to be noticed, at least."""
STATUS: Final[Mapping[str, str]] = {"red": "danger", "orange": "warning", "yellow": "warning", "green": "success"}
"""Roles of families of colours, see `tokens.color_names.color_family`."""
OWN: Final = 2.0
"""How many times as much as of any other strong colour there is of one that speaks of a status, if it is the accent."""
LEAST_PART: Final = 0.1
"""Share of a colour's pixels from which lines are taken for borders, and what is neither area, line nor text for
graphics: a narrow gap between two things looks like a line too."""


@attrs.frozen
class Use:
    """One way in which a colour is used.

    Attributes:
      role: "background", "surface", "text", "border", "graphic", "accent", "success", "warning" or "danger".
      pixels: How many pixels of the colour are used so.
      box: Left, top, right and bottom of one place, the largest; None if no single place is known.
    """

    role: str
    pixels: int
    box: Sides | None


@attrs.define
class _Part:
    pixels: float = 0.0
    largest: float = 0.0
    box: Sides | None = None

    def add(self, pixels: float, box: Sides | None) -> None:
        self.pixels += pixels
        if box is not None and pixels > self.largest:
            self.largest, self.box = pixels, box


def find_uses(
    palette: Sequence[PaletteColor],
    areas: Iterable[Area],
    colored: Sequence[tuple[TextLine, int]],
    size: tuple[int, int],
    scale: float,
) -> dict[int, tuple[Use, ...]]:
    """Return how each colour of `palette` is used, by its code, the commonest use first.

    The pixels of the uses of a colour add up to its own.

    Args:
      palette: The colours, see `palette.find_palette`.
      areas: The plain areas of the screen.
      colored: The lines of text on it, with their colours.
      size: Width and height of the screen in device pixels.
      scale: Device pixels per CSS pixel.
    """
    lines = [(line, color) for line, color in colored if is_text(line)]
    of_color: dict[int, list[Area]] = defaultdict(list)
    for area in areas:
        of_color[area.color].append(area)
    parts = {found.code: _parts(found, of_color[found.code], lines, size, scale) for found in palette}
    meanings = _meanings(parts)
    return {
        found.code: _uses(found.pixels, {meanings.get((found.code, role), role): part for role, part in used.items()})
        for found, used in zip(palette, parts.values(), strict=True)
    }


def is_strong(code: int) -> bool:
    """Return whether a colour is meant to be noticed."""
    return to_oklch(Color.from_bytes(*split(code)))[1] >= STRONG


def _parts(
    found: PaletteColor,
    areas: Sequence[Area],
    lines: Sequence[tuple[TextLine, int]],
    size: tuple[int, int],
    scale: float,
) -> dict[str, _Part]:
    """Return what each use of a colour covers; what controls and strong text cover is told as "control" and "link"."""
    parts: dict[str, _Part] = defaultdict(_Part)
    strong = is_strong(found.code)
    on_it = [line for line, _color in lines if line.ground == found.code]
    in_it = [line.box for line, color in lines if color == found.code]
    flat = 0
    for area in areas:
        if any(lies_in(area.box, text) for text in in_it):  # a part of a large letter
            continue
        left, top, right, bottom = area.box
        flat += area.pixels + 2 * (right - left + bottom - top)  # the rim is not flat
        if (right - left) * (bottom - top) >= BEHIND_ALL * size[0] * size[1]:
            role = "background"
        elif not any(lies_in(line.box, area.box) for line in on_it):
            role = "graphic" if strong else "surface"
        else:
            role = "control" if strong and bottom - top <= TALLEST_CONTROL * scale else "surface"
        parts[role].add(area.pixels, area.box)
    ink = 0.0
    for line, color in lines:
        if color == found.code:
            ink += line.ink
            parts["link" if strong else "text"].add(line.ink, line.box)
    is_letter = found.line_box is not None and any(lies_in(found.line_box, text) for text in in_it)
    if found.line_pixels >= LEAST_PART * found.pixels and not is_letter:
        parts["border"].add(found.line_pixels, found.line_box)
    rest = found.pixels - flat - ink - found.line_pixels
    if rest >= LEAST_PART * found.pixels or not parts:
        parts["graphic"].add(max(rest, 1.0), None)
    return parts


def _meanings(parts: Mapping[int, Mapping[str, _Part]]) -> dict[tuple[int, str], str]:
    """Return the roles of the controls and links of each colour."""
    noticed = [(code, role) for code, used in parts.items() for role in ("control", "link") if role in used]
    families = {code: color_family(Color.from_bytes(*split(code))) for code, _role in noticed}
    weights: Counter[str] = Counter()
    for code, role in noticed:
        # A link covers little and says as much as a button.
        weights[families[code]] += math.ceil(math.sqrt(parts[code][role].pixels))
    ranked = weights.most_common(2)
    own = ranked[0][0] if ranked and (len(ranked) == 1 or ranked[0][1] >= OWN * ranked[1][1]) else ""
    return {
        (code, role): "accent" if families[code] == own else STATUS.get(families[code], "accent")
        for code, role in noticed
    }


def _uses(pixels: int, parts: Mapping[str, _Part]) -> tuple[Use, ...]:
    """Return the uses of a colour so that they have `pixels` pixels in all, and one each at least."""
    ranked = sorted(parts.items(), key=lambda named: (-named[1].pixels, named[0]))[: max(pixels, 1)]
    total = sum(part.pixels for _role, part in ranked)
    counts = [max(1, int(pixels * part.pixels / total)) for _role, part in ranked]
    counts[0] += pixels - sum(counts)
    return tuple(Use(role, count, part.box) for (role, part), count in zip(ranked, counts, strict=True))
