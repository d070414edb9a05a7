"""Pieces of ink that stand side by side, as letters do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import attrs
import cv2
import numpy as np

from copy_that_orch.imaging.arrays import Indices, Lengths, Mask
from copy_that_orch.imaging.ground import Ground

MAX_HEIGHT: Final = 160
"""Tallest piece of ink taken for a letter, in device pixels."""
MAX_WIDTH: Final = 40
"""Widest one, in heights or in 8 pixels: the letters of a line may all touch."""
TINY: Final = 10
"""Height below which a piece may have any shape, in device pixels: it may be a dot or a dash."""
HOLLOW: Final = 0.18
BLOCK: Final = 0.85
"""Share of its box that a letter fills at least and, if it is wide, at most; outlines of buttons and radio buttons fill
less, badges and bars more."""
TALLEST: Final = 2.0
"""Tallest letter in heights of the median one; a capital with a descender is 1.8 times as tall as an x."""
WORD_SPACE: Final = 0.7
"""Widest gap inside a line, in heights of the pieces beside it: a space is about a quarter of the font size, a capital
0.7 of it, so this lets a wide space pass, but not the gap between a label and what stands beside it."""


@attrs.frozen
class Row:
    """Pieces that stand side by side. Lengths are in pixels, y grows downwards.

    Attributes:
      left, top, width, height: Box around them.
      pieces: How many they are.
    """

    left: int
    top: int
    width: int
    height: int
    pieces: int


@attrs.frozen
class _Pieces:
    left: Lengths
    top: Lengths
    width: Lengths
    height: Lengths

    def only(self, which: Indices | Mask) -> _Pieces:
        return _Pieces(self.left[which], self.top[which], self.width[which], self.height[which])


def find_rows(ground: Ground) -> Iterator[Row]:
    """Yield rows of letter-like pieces of ink on one ground, from the top down and from left to right."""
    pieces = _letter_like(ground)
    # A radio button or an icon is no letter, and must not join what stands beside it; so the rows are found anew.
    kept = [row[pieces.height[row] <= TALLEST * np.median(pieces.height[row])] for row in _rows(pieces)]
    pieces = pieces.only(np.sort(np.concatenate([np.empty(0, np.intp), *kept])))
    for row in _rows(pieces):
        left, top = int(pieces.left[row].min()), int(pieces.top[row].min())
        right = int((pieces.left + pieces.width)[row].max())
        bottom = int((pieces.top + pieces.height)[row].max())
        yield Row(left=left, top=top, width=right - left, height=bottom - top, pieces=len(row))


def _letter_like(ground: Ground) -> _Pieces:
    """Return the pieces of ink that may be letters by their shape."""
    left, top, width, height, area = ground.ink_parts.T
    pieces = _Pieces(left, top, width, height)
    filled = area / (width * height)
    return pieces.only(
        (height > 1)
        & (height <= MAX_HEIGHT)
        & (width <= MAX_WIDTH * np.maximum(height, 8))
        & ((height < TINY) | ((filled > HOLLOW) & ((filled < BLOCK) | (width < height))))
        & _stands_on_one_ground(ground, pieces)
    )


def _stands_on_one_ground(ground: Ground, pieces: _Pieces) -> Mask:
    """Return for each piece whether the ground is the same all around it."""
    left, top, width, height = pieces.left, pieces.top, pieces.width, pieces.height
    bottom, right = ground.ink.shape[0] - 1, ground.ink.shape[1] - 1
    xs = np.stack([np.maximum(left - 1, 0), left + width // 2, np.minimum(left + width, right)])
    ys = np.stack([np.maximum(top - 1, 0), top + height // 2, np.minimum(top + height, bottom)])
    around = [(0, 0), (1, 0), (2, 0), (0, 1), (2, 1), (0, 2), (1, 2), (2, 2)]
    colors = np.stack([ground.behind(ys[y], xs[x]) for x, y in around])
    # One of the eight may fall on what stands beside the piece; the fourth, to its left, is the least likely to.
    return np.asarray((colors == colors[3]).sum(axis=0) >= len(around) - 1, np.bool_)


def _rows(pieces: _Pieces) -> list[Indices]:
    """Return the indices of the pieces of each row.

    Each piece is drawn with half of the widest gap on both sides, and what touches is a row. It is drawn only in the
    middle of its height, so that the lines of a paragraph stay apart, and in a picture of half the size.
    """
    if not len(pieces.left):
        return []
    reach = np.ceil(pieces.height * (WORD_SPACE / 2)).astype(np.int32)
    first, last = (pieces.top + pieces.height * 3 // 10) // 2, (pieces.top + pieces.height * 7 // 10) // 2
    start, end = np.maximum(pieces.left - reach, 0) // 2, (pieces.left + pieces.width + reach) // 2
    raster = np.zeros((int(last.max()) + 1, int(end.max()) + 1), np.uint8)
    for x1, x2, y1, y2 in zip(start.tolist(), end.tolist(), first.tolist(), last.tolist(), strict=True):
        raster[y1 : y2 + 1, x1 : x2 + 1] = 1
    _count, labels = cv2.connectedComponents(raster, connectivity=4)
    row = np.asarray(labels)[first, start]
    order = np.lexsort((pieces.left, row))  # rows are numbered from the top down
    return np.split(order, np.flatnonzero(np.diff(row[order])) + 1)
