"""Distances between what stands on a screen, told apart by what they lie between.

In CSS a box keeps its padding between its sides and what is in it, and margins and gaps between the things in it. Text
stands in line boxes that are higher than its letters: half of what the line height is more than the letters lies above
them, half below (half-leading). So distances to text are measured from its line box.

Source:
  CSS Inline Layout 3, "line-height", leading and half-leading: https://www.w3.org/TR/css-inline-3/#inline-height
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import attrs
import numpy as np

from copy_that_orch.imaging.arrays import Floats, Indices, Mask
from copy_that_orch.imaging.boxes import Box
from copy_that_orch.imaging.gradients import LinearGradient
from copy_that_orch.imaging.panes import Pane
from copy_that_orch.imaging.text_styles import SMALLEST, SetLine
from copy_that_orch.tokens.distance import Between, Distance

BEARING: Final = (0.03, 0.03)
"""How far the room of a letter reaches beyond its ink on the left and on the right, in font sizes, about; ink begins up
to a pixel early, for its edge is blurred."""
SIDE_OVERLAP: Final = 0.3
"""Share of the smaller one's side that two things have in common when they stand side by side."""
SAME: Final = 3
"""Device pixels by which the sides of a box differ at most that was found as a plain area and as a gradient."""
NO_COLOR: Final = 0
EQUAL: Final = 1.0
EQUAL_TO_TEXT: Final = 1.6
"""CSS pixels by which two distances differ at most that are one padding on opposite sides; text is known less well."""


@attrs.frozen
class _Things:
    """Boxes and panes, and after them lines of text. Each array is things x 4: left, top, right, bottom, device pixels.

    Attributes:
      inside: What lies in a box lies within these.
      straight: Whether these are sides to keep a distance from.
      seen: What is seen, borders too.
      room: What is kept apart: of text, the line box.
      is_text: Things: whether it is text.
    """

    inside: Floats
    straight: Mask
    seen: Floats
    room: Floats
    is_text: Mask


_LEFT, _TOP, _RIGHT, _BOTTOM = range(4)
_PAIRS: Final = {
    _LEFT: (Between.PADDING_ACROSS, Between.PADDING_ACROSS_TEXT),
    _TOP: (Between.PADDING_DOWN, Between.PADDING_DOWN_TEXT),
}
_SIDES: Final = {
    _LEFT: (Between.PADDING_LEFT, Between.PADDING_LEFT_TEXT),
    _TOP: (Between.PADDING_TOP, Between.PADDING_TOP_TEXT),
    _RIGHT: (Between.PADDING_RIGHT, Between.PADDING_RIGHT_TEXT),
    _BOTTOM: (Between.PADDING_BOTTOM, Between.PADDING_BOTTOM_TEXT),
}
_GAPS: Final = {
    _LEFT: (Between.GAP_ACROSS, Between.GAP_ACROSS_TEXT, Between.GAP_ACROSS_TEXTS),
    _TOP: (Between.GAP_DOWN, Between.GAP_DOWN_TEXT, Between.GAP_DOWN_TEXTS),
}


def with_gradients(boxes: Sequence[Box], gradients: Sequence[LinearGradient]) -> tuple[Box, ...]:
    """Return `boxes` and those that a gradient fills."""
    filled = (Box(*gradient.box, NO_COLOR) for gradient in gradients)
    return (*boxes, *(one for one in filled if not any(_same(one, other) for other in boxes)))


def _same(one: Box, other: Box) -> bool:
    sides = zip(one.outside, other.outside, strict=True)
    return all(abs(side - other_side) <= SAME for side, other_side in sides)


def find_distances(
    boxes: Sequence[Box], lines: Sequence[SetLine], scale: float, panes: Sequence[Pane] = ()
) -> list[Distance]:
    """Return the distances between the things on a screen, and between them and the boxes that they lie in.

    Args:
      boxes: The boxes on it.
      lines: The lines of text on it; what is too small to be read is an icon.
      scale: Device pixels per CSS pixel.
      panes: What is like a box on some sides.
    """
    things = _things(boxes, panes, [line for line in lines if line.em >= SMALLEST * scale])
    parents = _parents(things, len(boxes) + len(panes))
    found: list[Distance] = []
    for parent in np.unique(parents[parents >= 0]).tolist():
        members = np.flatnonzero(parents == parent)
        for start in (_LEFT, _TOP):
            before, after = _neighbours(things.seen[members], start)
            found += _paddings(things, parent, members[before < 0], members[~after], start, scale)
            found += _gaps(things, members[before >= 0], members[before[before >= 0]], start, scale)
    return found


def _things(boxes: Sequence[Box], panes: Sequence[Pane], lines: Sequence[SetLine]) -> _Things:
    plain = [*boxes, *(pane.box for pane in panes)]
    inside = [(box.left, box.top, box.right, box.bottom) for box in plain]
    outside = [box.outside for box in plain]
    straight = [(True, True, True, True)] * len(boxes) + [pane.straight for pane in panes]
    ink, rooms = [], []
    for line in lines:
        seen = line.line
        right = seen.left + seen.width
        ink.append((seen.left, seen.top, right, seen.top + seen.height))
        above, below = line.middle - line.height / 2, line.middle + line.height / 2
        rooms.append((seen.left - BEARING[0] * line.em, above, right + BEARING[1] * line.em, below))
    return _Things(
        inside=np.array(inside + ink, np.float64).reshape(-1, 4),
        straight=np.array(straight, np.bool_).reshape(-1, 4),
        seen=np.array(outside + ink, np.float64).reshape(-1, 4),
        room=np.array(outside + rooms, np.float64).reshape(-1, 4),
        is_text=np.arange(len(plain) + len(lines)) >= len(plain),
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
    texts = [bool(things.is_text[first[nearest]]), bool(things.is_text[last[farthest]])]
    where = _between(things.seen[first[nearest]], inside, start)
    found: list[Distance] = []
    if things.straight[parent, [start, end]].all() and abs(one - other) <= (EQUAL_TO_TEXT if any(texts) else EQUAL):
        found.append(Distance(_PAIRS[start][any(texts)], (one + other) / 2, where))
    else:
        if things.straight[parent, start]:
            found.append(Distance(_SIDES[start][texts[0]], one, where))
        if things.straight[parent, end]:
            there = _between(things.seen[last[farthest]], inside, start)
            found.append(Distance(_SIDES[end][texts[1]], other, there))
    if things.straight[parent, start]:
        found += [
            Distance(Between.INDENT, float(indent), _between(things.seen[index], inside, start))
            for index, indent in zip(first.tolist(), before.tolist(), strict=True)
            if indent > one + EQUAL_TO_TEXT
        ]
    return found


def _gaps(things: _Things, here: Indices, there: Indices, start: int, scale: float) -> list[Distance]:
    """Return the distances between things and those before them along one axis."""
    gaps = (things.room[here, start] - things.room[there, start + 2]) / scale
    return [
        Distance(
            _GAPS[start][int(things.is_text[one]) + int(things.is_text[other])],
            gap,
            _between(things.seen[one], things.seen[other], start),
        )
        for one, other, gap in zip(here.tolist(), there.tolist(), gaps.tolist(), strict=True)
    ]


def _between(one: Floats, other: Floats, start: int) -> tuple[int, int, int, int]:
    """Return a box around both things, along one axis, and around the first along the other; one pixel at least."""
    box = one.copy()
    box[start], box[start + 2] = min(one[start], other[start]), max(one[start + 2], other[start + 2])
    left, top, right, bottom = (int(side) for side in box)
    return max(left, 0), max(top, 0), max(right, left + 1), max(bottom, top + 1)
