"""Distances between what stands on a screen, and the few values that they come from.

Sources: in CSS a box keeps its padding between its sides and what is in it, and margins and gaps between the things in
it. What one sees is their sum, and beside text also the space that a line of text keeps above and below its letters. So
distances are counted, and those that come again and again are taken for what the style sheet says.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import attrs
import numpy as np

from copy_that_orch.imaging.arrays import Floats, Indices, Mask
from copy_that_orch.imaging.boxes import Box
from copy_that_orch.imaging.text import TextLine, em_of, is_text

SMALLEST: Final = 2
LARGEST: Final = 64
"""CSS pixels; what lies further apart was rarely put apart by one length."""
LINE_ABOVE: Final = 1.1
LINE_BELOW: Final = 0.4
"""How far a line of text reaches above and below its baseline, in font sizes: a line height of 1.5, the most usual, of
which the font itself takes 0.95 above and 0.25 below."""
SAME: Final = 0.75
APART: Final = 1.25
"""CSS pixels: distances closer to a value than `SAME` speak for it; closer than `APART`, they speak for no other."""
LEAST_WEIGHT: Final = 2.0
LEAST_SHARE: Final = 0.03
"""Weight of the distances that speak for a value, at least: a sure one has a weight of 1."""
SIDE_OVERLAP: Final = 0.3
"""Share of the smaller one's side that two things have in common when they stand side by side."""


@attrs.frozen(kw_only=True)
class Spacing:
    """A length that keeps things apart.

    Attributes:
      value: In CSS pixels.
      count: How many distances have it.
      share: Of all distances, by weight.
    """

    value: int
    count: int
    share: float

    @property
    def confidence(self) -> float:
        """How sure it is that a style sheet has this length, 0.0 to 1.0."""
        return min(0.9, 0.45 + 3 * self.share)


@attrs.frozen
class _Things:
    """Boxes and lines of text: sides of what is seen, and top and bottom of the room that they take."""

    left: Floats
    top: Floats
    right: Floats
    bottom: Floats
    room_top: Floats
    room_bottom: Floats
    is_text: Mask


def find_spacing(boxes: Sequence[Box], lines: Sequence[TextLine], scale: float) -> tuple[Spacing, ...]:
    """Return the lengths that keep the things on a screen apart, the smallest first.

    Args:
      boxes: The boxes on it.
      lines: The lines of text on it.
      scale: Device pixels per CSS pixel.
    """
    values, weights = _distances(_things(boxes, [line for line in lines if is_text(line)]), len(boxes))
    values = values / scale
    usual = (values >= SMALLEST - 0.5) & (values <= LARGEST + 0.5)
    return _scale(values[usual], weights[usual])


def _things(boxes: Sequence[Box], lines: Sequence[TextLine]) -> _Things:
    sides = np.array(
        [(box.left, box.top, box.right, box.bottom) for box in boxes]
        + [(line.left, line.top, line.left + line.width, line.top + line.height) for line in lines],
        np.float64,
    ).reshape(-1, 4)
    baselines = np.array([line.baseline for line in lines])
    ems = np.array([em_of(line) for line in lines])
    tops, bottoms = sides[: len(boxes), 1], sides[: len(boxes), 3]
    return _Things(
        left=sides[:, 0],
        top=sides[:, 1],
        right=sides[:, 2],
        bottom=sides[:, 3],
        room_top=np.concatenate([tops, baselines - LINE_ABOVE * ems]),
        room_bottom=np.concatenate([bottoms, baselines + LINE_BELOW * ems]),
        is_text=np.arange(len(sides)) >= len(boxes),
    )


def _distances(things: _Things, boxes: int) -> tuple[Floats, Floats]:
    """Return distances in device pixels and their weights. The first `boxes` things are boxes."""
    parents = _parents(things, boxes)
    values, weights = [np.empty(0)], [np.empty(0)]
    for parent in np.unique(parents[parents >= 0]).tolist():
        inside = np.flatnonzero(parents == parent)
        across = (things.left, things.right, things.left, things.right, things.top, things.bottom)
        down = (things.room_top, things.room_bottom, things.top, things.bottom, things.left, things.right)
        for start, end, seen_start, seen_end, side_start, side_end in (across, down):
            before, after = _neighbours(seen_start[inside], seen_end[inside], side_start[inside], side_end[inside])
            here = inside[before >= 0]
            there = inside[before[before >= 0]]
            values.append(start[here] - end[there])
            weights.append(_GAP_WEIGHTS[things.is_text[here].astype(int), things.is_text[there].astype(int)])
            first, last = inside[before < 0], inside[~after]
            values += [start[first] - seen_start[parent], seen_end[parent] - end[last]]
            weights += [
                _PADDING_WEIGHTS[things.is_text[first].astype(int)],
                _PADDING_WEIGHTS[things.is_text[last].astype(int)],
            ]
    return np.concatenate(values), np.concatenate(weights)


_PADDING_WEIGHTS: Final = np.array([1.0, 0.75])
"""By what is padded: a box, or text, whose room is known less well."""
_GAP_WEIGHTS: Final = np.array([[0.9, 0.3], [0.6, 0.15]])
"""By what comes after and before the gap, a box or text. Cells of a table keep their texts apart by their widths."""


def _parents(things: _Things, boxes: int) -> Indices:
    """Return for each thing the smallest box that it lies in; -1 if there is none."""
    if not boxes:
        return np.full(len(things.left), -1)
    area = (things.right - things.left) * (things.bottom - things.top)
    inside = (
        (things.left[:boxes] <= things.left[:, None])
        & (things.top[:boxes] <= things.top[:, None])
        & (things.right[:boxes] >= things.right[:, None])
        & (things.bottom[:boxes] >= things.bottom[:, None])
        & (area[:boxes] > area[:, None])
    )
    smallest: Indices = np.where(inside, area[:boxes], np.inf).argmin(axis=1)
    return np.where(inside.any(axis=1), smallest, -1)


def _neighbours(start: Floats, end: Floats, side_start: Floats, side_end: Floats) -> tuple[Indices, Mask]:
    """Return for each thing the nearest one before it, or -1, and whether there is one after it.

    Things follow each other along one axis if they have a good part of their sides along the other in common.
    """
    common = np.minimum(side_end[:, None], side_end) - np.maximum(side_start[:, None], side_start)
    length = side_end - side_start
    beside = common > SIDE_OVERLAP * np.minimum(length[:, None], length)
    gap = start[:, None] - end  # from the second to the first
    precedes = beside & (gap >= -1)
    np.fill_diagonal(precedes, val=False)
    nearest: Indices = np.where(precedes, gap, np.inf).argmin(axis=1)
    return np.where(precedes.any(axis=1), nearest, -1), np.asarray(precedes.any(axis=0), np.bool_)


def _scale(values: Floats, weights: Floats) -> tuple[Spacing, ...]:
    """Return the whole values that most of `values` speak for."""
    candidates = np.arange(SMALLEST, LARGEST + 1)
    near = np.abs(values - candidates[:, None]) <= SAME
    left = np.ones(len(values), np.bool_)
    found: list[Spacing] = []
    while True:
        support = (near * (weights * left)).sum(axis=1)
        best = int(np.argmax(support))
        if support[best] < max(LEAST_WEIGHT, LEAST_SHARE * weights.sum()):
            return tuple(sorted(found, key=lambda spacing: spacing.value))
        found.append(
            Spacing(
                value=int(candidates[best]),
                count=int((near[best] & left).sum()),
                share=float(support[best] / weights.sum()),
            )
        )
        left &= np.abs(values - candidates[best]) > APART
