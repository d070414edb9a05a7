"""A screen in blocks: what the colour of each is on average, and whether it is smooth.

It is looked at in stripes, which stay in the cache of the processor and cost no memory to speak of.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import attrs
import cv2
import numpy as np
from numpy.typing import NDArray

from copy_that_orch.imaging.arrays import Mask, Pixels

BLOCK: Final = 8
"""Side of a block, in device pixels."""
STEEPEST: Final = 4
"""Levels of 255 from one pixel to the next in what is smooth, at most."""
STRIPE: Final = 8
"""Rows of blocks that are looked at together."""


@attrs.frozen(eq=False)
class Blocks:
    """A screen in blocks; what is left over on the right and below is left out.

    Attributes:
      means: Rows x columns x 3: the mean colour of each, exactly.
      smooth: Rows x columns: whether no step between neighbours in it, or to those beside it, is great.
    """

    means: NDArray[np.float32]
    smooth: Mask


def find_blocks(pixels: Pixels) -> Blocks:
    """Return the blocks of a screen, height x width x 3, which has room for one at least."""
    down, across = pixels.shape[0] // BLOCK, pixels.shape[1] // BLOCK
    means = np.empty((down, across, 3), np.float32)
    smooth = np.empty((down, across), np.bool_)
    for rows in _stripes(down):
        top, bottom = rows.start * BLOCK, rows.stop * BLOCK
        above, below = min(top, 1), int(rows.stop < down)  # rows beside it; at the edge of the picture there are none
        part = np.ascontiguousarray(pixels[top - above : bottom + below, : across * BLOCK])
        own = part[above : above + bottom - top].astype(np.float32)
        means[rows] = cv2.resize(own, (across, len(own) // BLOCK), interpolation=cv2.INTER_AREA)
        smooth[rows] = _smooth(part, above, below)
    return Blocks(means, smooth)


def _stripes(down: int) -> Iterator[slice]:
    for first in range(0, down, STRIPE):
        yield slice(first, min(first + STRIPE, down))


def _smooth(part: Pixels, above: int, below: int) -> Mask:
    """Return which blocks of a stripe are smooth; of `part` the first and last row may belong to others."""
    lines = part.reshape(len(part), -1)
    across = part.shape[1] // BLOCK
    own = lines[above : len(lines) - below]
    beside = np.zeros_like(own)
    beside[:, :-3] = cv2.absdiff(own[:, 3:], own[:, :-3])
    in_rows = beside.reshape(-1, BLOCK, own.shape[1]).max(axis=1).reshape(-1, across, 3 * BLOCK)
    rough: Mask = in_rows.max(axis=2) > STEEPEST
    rough[:, 1:] |= in_rows[:, :-1, -3:].max(axis=2) > STEEPEST  # a step out of a block is one into the next too
    # From the row above each block to its first one, and so on to the row below it.
    steps = np.zeros((len(own) + 1, own.shape[1]), np.uint8)
    steps[1 - above : len(steps) - 1 + below] = cv2.absdiff(lines[1:], lines[:-1])
    in_columns = np.maximum(steps[:-1].reshape(-1, BLOCK, own.shape[1]).max(axis=1), steps[BLOCK::BLOCK])
    rough |= in_columns.reshape(-1, across, 3 * BLOCK).max(axis=2) > STEEPEST
    return np.logical_not(rough)
