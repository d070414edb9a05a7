"""The lines around boxes and between them."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Final, Literal

import attrs
import numpy as np

from copy_that_orch.imaging.arrays import Codes, Mask
from copy_that_orch.imaging.boxes import Box

LEAST_SHARE: Final = 0.9
"""Share of the straight part of a side that a solid line covers at least; what touches it may hide the rest."""
BROKEN: Final = (0.3, 0.8)
"""The same for a line of dashes or dots, and at most."""
LEAST_DASHES: Final = 4
CORNER: Final = 8
"""Device pixels at each end of a side that are passed over: corners may be round."""
WIDE: Final = 16
"""Least length of the part of a side that is looked at, in device pixels."""
LEAST_LINES: Final = 3
"""Lines at some sides of boxes, as between the rows of a table, count if there are so many of one kind, and if no box
is filled with their colour: what shows between two bars of a chart is no line."""

Style = Literal["solid", "dashed", "dotted"]


@attrs.frozen(kw_only=True)
class BorderLine:
    """A line that is in use.

    Attributes:
      width: In CSS pixels.
      color: Number of its colour, see `arrays.Codes`.
      style: How it is drawn.
      boxes: The boxes that have it on all sides, or on some, the largest first.
      closed: How many of these have it on all sides.
    """

    width: float
    color: int
    style: Style
    boxes: tuple[Box, ...]
    closed: int

    @property
    def confidence(self) -> float:
        """How sure it is that a style sheet has it, 0.0 to 1.0."""
        return 1 - 0.4 / (len(self.boxes) + self.closed)


def find_borders(codes: Codes, boxes: Iterable[Box], scale: float) -> tuple[BorderLine, ...]:
    """Return the lines around and between boxes, those of most boxes first.

    Args:
      codes: The screen, height x width.
      boxes: The boxes on it.
      scale: Device pixels per CSS pixel.
    """
    boxes = tuple(boxes)
    fills = {box.color for box in boxes}
    seen: dict[tuple[int, int, Style], list[Box]] = {}
    closed: Counter[tuple[int, int, Style]] = Counter()
    for box in boxes:
        lines = list(_lines(codes, box))
        for line in set(lines):
            seen.setdefault(line, []).append(box)
        if len(lines) == 4 and len(set(lines)) == 1:
            closed[lines[0]] += 1
    found = [
        BorderLine(
            width=_css(width, scale),
            color=color,
            style=style,
            boxes=tuple(sorted(having, key=lambda box: ((box.left - box.right) * (box.bottom - box.top), box))),
            closed=closed[width, color, style],
        )
        for (width, color, style), having in seen.items()
        if closed[width, color, style] or (len(having) >= LEAST_LINES and color not in fills)
    ]
    return tuple(sorted(found, key=lambda line: (-len(line.boxes), line.width, line.color)))


def _css(width: int, scale: float) -> float:
    """Return a width in CSS pixels; browsers draw lines of less than a device pixel with a whole one.

    Others they round down, so at a scale of 1.5 a line of one CSS pixel has one device pixel.

    Source:
      CSS Values Level 4, "snap a length as a border width":
      https://drafts.csswg.org/css-values-4/#snap-a-length-as-a-border-width
    """
    whole = math.ceil(width / scale)
    return float(whole) if math.floor(whole * scale) == width else max(round(2 * width / scale) / 2, 0.5)


def _lines(codes: Codes, box: Box) -> Iterator[tuple[int, int, Style]]:
    """Yield device pixels, colour and style of the lines at the sides of a box."""
    left, top, right, bottom = box.outside
    corner = CORNER if min(right - left, bottom - top) >= 2 * CORNER + WIDE else 0
    across, down = slice(left + corner, right - corner), slice(top + corner, bottom - corner)
    height, width = codes.shape
    sides = (
        (codes[down, left + box.borders[0] // 2], codes[down, max(left - 1, 0)]),
        (codes[top + box.borders[1] // 2, across], codes[max(top - 1, 0), across]),
        (codes[down, right - 1 - box.borders[2] // 2], codes[down, min(right, width - 1)]),
        (codes[bottom - 1 - box.borders[3] // 2, across], codes[min(bottom, height - 1), across]),
    )
    for thickness, (line, outside) in zip(box.borders, sides, strict=True):
        if not thickness or len(line) < 2:
            continue
        values, counts = np.unique(line[(line != box.color) & (line != outside)], return_counts=True)
        if not len(values):
            continue
        color = int(values[counts.argmax()])
        if style := _style(line == color, thickness):
            yield thickness, color, style


def _style(on: Mask, width: int) -> Style | None:
    """Return how a line is drawn whose pixels are `on`, or None if it is no line."""
    share = float(on.mean())
    if share >= LEAST_SHARE:
        return "solid"
    starts = int((np.diff(on.astype(np.int8)) == 1).sum())
    if not BROKEN[0] <= share <= BROKEN[1] or starts < LEAST_DASHES:
        return None
    return "dashed" if share * len(on) / starts > 1.5 * width else "dotted"
