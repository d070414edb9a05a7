"""Distances between what stands on a screen, told apart by what they lie between.

In CSS a box keeps its padding between its sides and what is in it, and margins and gaps between the things in it. Text
stands in line boxes that are higher than its letters: half of what the line height is more than the letters lies above
them, half below (half-leading). So distances to text are measured from its line box.

Source:
  CSS Inline Layout 3, "line-height", leading and half-leading: https://www.w3.org/TR/css-inline-3/#inline-height
"""

from __future__ import annotations

import enum
from collections.abc import Sequence
from typing import Final

import attrs
import numpy as np

from copy_that_orch.imaging.arrays import Floats, Indices, Mask
from copy_that_orch.imaging.boxes import Box
from copy_that_orch.imaging.text_styles import SetLine

BEARING: Final = (0.06, 0.05)
"""How far the room of a letter reaches beyond its ink on the left and on the right, in font sizes, about."""
SIDE_OVERLAP: Final = 0.3
"""Share of the smaller one's side that two things have in common when they stand side by side."""
EQUAL: Final = 1.0
EQUAL_TO_TEXT: Final = 1.6
"""CSS pixels by which two distances differ at most that are one padding on opposite sides; text is known less well."""


class Kind(enum.IntEnum):
    """What a distance lies between."""

    PAIR_ACROSS = 0  #: The sides of a box and what is in it, equal on the left and on the right.
    PAIR_DOWN = 1  #: The same above and below.
    LEFT = 2  #: The left side of a box and what is in it, when the right one is another.
    TOP = 3
    BOTTOM = 4
    RIGHT = 5
    BESIDE = 6  #: Two boxes beside each other.
    BELOW = 7  #: Two boxes below each other.
    TEXT_AND_BOX = 8  #: Text below a box or a box below text.
    TEXTS = 9  #: Two texts below each other.
    TEXT_BESIDE = 10  #: Text beside text or a box; cells of a table keep their texts apart by their widths.
    INDENT = 11  #: A side of a box and what is set in further than the rest of it.


@attrs.frozen(order=True)
class Distance:
    """A distance on a screen.

    Attributes:
      kind: What it lies between.
      value: In CSS pixels.
      box: Left, top, right and bottom of where it is, in device pixels; encloses something.
    """

    kind: Kind
    value: float
    box: tuple[int, int, int, int]


@attrs.frozen
class _Things:
    """Boxes, and after them lines of text. Each array is things x 4: left, top, right, bottom, in device pixels.

    Attributes:
      inside: What lies in a box lies within these.
      seen: What is seen, borders too.
      room: What is kept apart: of text, the line box.
      is_text: Things: whether it is text.
    """

    inside: Floats
    seen: Floats
    room: Floats
    is_text: Mask


_LEFT, _TOP, _RIGHT, _BOTTOM = range(4)


def find_distances(boxes: Sequence[Box], lines: Sequence[SetLine], scale: float) -> list[Distance]:
    """Return the distances between the things on a screen, and between them and the boxes that they lie in.

    Args:
      boxes: The boxes on it.
      lines: The lines of text on it.
      scale: Device pixels per CSS pixel.
    """
    things = _things(boxes, lines)
    parents = _parents(things, len(boxes))
    found: list[Distance] = []
    for parent in np.unique(parents[parents >= 0]).tolist():
        members = np.flatnonzero(parents == parent)
        for start in (_LEFT, _TOP):
            before, after = _neighbours(things.seen[members], start)
            found += _paddings(things, parent, members[before < 0], members[~after], start, scale)
            found += _gaps(things, members[before >= 0], members[before[before >= 0]], start, scale)
    return found


def _things(boxes: Sequence[Box], lines: Sequence[SetLine]) -> _Things:
    inside = [(box.left, box.top, box.right, box.bottom) for box in boxes]
    outside = [box.outside for box in boxes]
    ink, rooms = [], []
    for line in lines:
        seen = line.line
        right = seen.left + seen.width
        ink.append((seen.left, seen.top, right, seen.top + seen.height))
        above, below = line.middle - line.height / 2, line.middle + line.height / 2
        rooms.append((seen.left - BEARING[0] * line.em, above, right + BEARING[1] * line.em, below))
    return _Things(
        inside=np.array(inside + ink, np.float64).reshape(-1, 4),
        seen=np.array(outside + ink, np.float64).reshape(-1, 4),
        room=np.array(outside + rooms, np.float64).reshape(-1, 4),
        is_text=np.arange(len(boxes) + len(lines)) >= len(boxes),
    )


def _parents(things: _Things, boxes: int) -> Indices:
    """Return for each thing the smallest box that it lies in; -1 if there is none."""
    if not boxes:
        return np.full(len(things.seen), -1)
    area = (things.inside[:, _RIGHT] - things.inside[:, _LEFT]) * (things.inside[:, _BOTTOM] - things.inside[:, _TOP])
    around, seen = things.inside[:boxes], things.inside[:, None]
    within = (around[:, :2] <= seen[..., :2]).all(axis=-1) & (around[:, 2:] >= seen[..., 2:]).all(axis=-1)
    within &= area[:boxes] > area[:, None]
    smallest: Indices = np.where(within, area[:boxes], np.inf).argmin(axis=1)
    return np.where(within.any(axis=1), smallest, -1)


def _neighbours(sides: Floats, start: int) -> tuple[Indices, Mask]:
    """Return for each thing the nearest one before it, or -1, and whether there is one after it.

    Things follow each other along one axis if they have a good part of their sides along the other in common.

    Args:
      sides: Things x 4.
      start: `_LEFT` to look along the rows, `_TOP` to look along the columns.
    """
    begin, end = sides[:, start], sides[:, start + 2]
    side_begin, side_end = sides[:, 1 - start], sides[:, 3 - start]
    common = np.minimum(side_end[:, None], side_end) - np.maximum(side_begin[:, None], side_begin)
    length = side_end - side_begin
    gap = begin[:, None] - end  # from the second to the first
    precedes = (common > SIDE_OVERLAP * np.minimum(length[:, None], length)) & (gap >= -1)
    np.fill_diagonal(precedes, val=False)
    nearest: Indices = np.where(precedes, gap, np.inf).argmin(axis=1)
    return np.where(precedes.any(axis=1), nearest, -1), np.asarray(precedes.any(axis=0), np.bool_)


def _paddings(things: _Things, parent: int, first: Indices, last: Indices, start: int, scale: float) -> list[Distance]:
    """Return the distances between two sides of a box and the outermost things in it along one axis."""
    inside, end = things.inside[parent], start + 2
    before = (things.room[first, start] - inside[start]) / scale
    after = (inside[end] - things.room[last, end]) / scale
    nearest, farthest = int(before.argmin()), int(after.argmin())
    one, other = float(before[nearest]), float(after[farthest])
    text = bool(things.is_text[first[nearest]] or things.is_text[last[farthest]])
    where = _between(things.seen[first[nearest]], inside, start)
    if abs(one - other) <= (EQUAL_TO_TEXT if text else EQUAL):
        pair = Kind.PAIR_ACROSS if start == _LEFT else Kind.PAIR_DOWN
        found = [Distance(pair, (one + other) / 2, where)]
    else:
        kinds = (Kind.LEFT, Kind.RIGHT) if start == _LEFT else (Kind.TOP, Kind.BOTTOM)
        found = [
            Distance(kinds[0], one, where),
            Distance(kinds[1], other, _between(things.seen[last[farthest]], inside, start)),
        ]
    return found + [
        Distance(Kind.INDENT, float(indent), _between(things.seen[index], inside, start))
        for index, indent in zip(first.tolist(), before.tolist(), strict=True)
        if indent > one + EQUAL_TO_TEXT
    ]


def _gaps(things: _Things, here: Indices, there: Indices, start: int, scale: float) -> list[Distance]:
    """Return the distances between things and those before them along one axis."""
    gaps = (things.room[here, start] - things.room[there, start + 2]) / scale
    return [
        Distance(
            _gap_kind(start, int(things.is_text[one]) + int(things.is_text[other])),
            gap,
            _between(things.seen[one], things.seen[other], start),
        )
        for one, other, gap in zip(here.tolist(), there.tolist(), gaps.tolist(), strict=True)
    ]


def _gap_kind(start: int, texts: int) -> Kind:
    if start == _LEFT:
        return Kind.TEXT_BESIDE if texts else Kind.BESIDE
    return (Kind.BELOW, Kind.TEXT_AND_BOX, Kind.TEXTS)[texts]


def _between(one: Floats, other: Floats, start: int) -> tuple[int, int, int, int]:
    """Return a box around both things, along one axis, and around the first along the other; one pixel at least."""
    box = one.copy()
    box[start], box[start + 2] = min(one[start], other[start]), max(one[start + 2], other[start + 2])
    left, top, right, bottom = (int(side) for side in box)
    return max(left, 0), max(top, 0), max(right, left + 1), max(bottom, top + 1)
