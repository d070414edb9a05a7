"""The colours that text is written in, and what they stand on."""

from __future__ import annotations

import operator
from collections.abc import Iterable

import attrs

from copy_that_orch.imaging.arrays import split
from copy_that_orch.imaging.text import TextLine, em_of, is_text

GUESSED = 0.6
FEW_SEEN = 0.88
EXACT = 0.96
"""Share of a colour in another from which the one that has fewer solid pixels is taken for the other: a colour that was
guessed from mixtures lies somewhat nearer to the ground, and one that few pixels have may be a mixture that is common
in thin letters; one that was seen well differs by a rounding only."""
MOST = 2 - EXACT
"""The same where the one goes beyond the other: no mixture is stronger than what it is made of."""
FEW = 0.08
"""Share of the ink of a line below which few pixels have its colour."""
STRAY = 8
"""Levels of 255 that a mixture may lie off the line between the two colours."""


@attrs.frozen(order=True)
class WrittenOn:
    """Text of one colour and size on one ground.

    Attributes:
      color: Number of the colour of the text, see `arrays.Codes`.
      ground: Number of the colour behind it.
      size: Font size in CSS pixels, rounded.
      lines: How many lines of text.
      box: Left, top, right and bottom of the line with the most ink, in device pixels.
    """

    color: int
    ground: int
    size: int
    lines: int
    box: tuple[int, int, int, int]


def color_lines(lines: Iterable[TextLine]) -> tuple[tuple[TextLine, int], ...]:
    """Return each of `lines` with the number of its colour, the surest first.

    What is nearly the colour of a surer line on the same ground is taken for it: thin strokes have no pixel that is all
    text.
    """
    colored: list[tuple[TextLine, int]] = []
    seen: dict[int, set[int]] = {}  # by ground
    for line in sorted(lines, key=lambda line: (-_sureness(line), -_contrast(line), line.top, line.left)):
        known = seen.setdefault(line.ground, set())
        least = EXACT if _sureness(line) else FEW_SEEN if line.solid else GUESSED
        off = {color: abs(share - 1) for color in sorted(known) if least <= (share := _share(line, color)) < MOST}
        color = line.color if line.color in known else min(off, key=off.__getitem__, default=line.color)
        known.add(color)
        colored.append((line, color))
    return tuple(colored)


def _sureness(line: TextLine) -> float:
    """Return the share of the ink that has just the colour of the line; 0 where few pixels have."""
    share = line.solid / line.ink
    return share if share >= FEW else 0.0


def _contrast(line: TextLine) -> int:
    return max(abs(one - other) for one, other in zip(split(line.color), split(line.ground), strict=True))


def _share(line: TextLine, color: int) -> float:
    """Return the share of `color` in the colour of `line`, if that is a mixture of it and the ground, else 0."""
    ground = split(line.ground)
    full = [one - other for one, other in zip(split(color), ground, strict=True)]
    part = [one - other for one, other in zip(split(line.color), ground, strict=True)]
    share = sum(map(operator.mul, part, full)) / sum(map(operator.mul, full, full))
    stray = max(abs(one - share * other) for one, other in zip(part, full, strict=True))
    return share if stray <= STRAY else 0.0


def written_on(colored: Iterable[tuple[TextLine, int]], scale: float) -> tuple[WrittenOn, ...]:
    """Return which colours of text stand on which grounds in which sizes.

    Args:
      colored: Lines with their colours; those that look like icons are left out.
      scale: Device pixels per CSS pixel.
    """
    groups: dict[tuple[int, int, int], list[TextLine]] = {}
    for line, color in colored:
        if is_text(line):
            groups.setdefault((color, line.ground, round(em_of(line) / scale)), []).append(line)
    return tuple(
        WrittenOn(*key, len(lines), max(lines, key=lambda line: line.ink).box) for key, lines in sorted(groups.items())
    )
