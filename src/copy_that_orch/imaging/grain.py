"""What looks plain in a JPEG but has grain: parts of photos, whose colours nobody chose.

JPEG smooths photos, until parts of them are as even as a button. But a block of one colour is decoded to the same
lightness each time, exactly, for nothing of it is rounded but its mean. Of grain something is left in most blocks, and
their means differ.

Source:
  ITU-T T.81, annex A: blocks of 8 x 8, each with its own weights.
"""

from __future__ import annotations

from typing import Final, cast

import cv2
import numpy as np

from copy_that_orch.imaging.arrays import Codes, Lengths, Mask, Pixels
from copy_that_orch.imaging.noise import BUSY, LUMA_BLOCK, extremes_in, spread

AROUND: Final = np.ones((5, 5), np.uint8)
"""Blocks around one: on a screen, some of them are even; and an area reaches no further into blocks that it shares."""
ALIKE: Final = 0.8
"""Share of the blocks inside an area that are alike, at least: nearly all of them are on screens of thirty design
systems, and half of them in even parts of photos."""


def may_be_plain(light: Pixels) -> Mask:
    """Return where something was painted with one colour, if it looks so: in even blocks, or beside one at an edge.

    What has faint contrast all over is a gradient, a shadow or the grain of a photo.

    Args:
      light: Height x width: lightness as decoded.
    """
    low, high = extremes_in(light, LUMA_BLOCK)
    even = cast("Mask", low == high)
    near = cv2.dilate(even.view(np.uint8), AROUND).view(np.bool_)
    return spread(even | (near & (high - low > BUSY)), LUMA_BLOCK, (light.shape[0], light.shape[1]))


def leave_out_grain(plain: Mask, codes: Codes, light: Pixels) -> None:
    """Take from `plain` the areas that are not alike in most of the blocks that lie inside.

    Args:
      plain: Height x width: what was painted with one colour; it is changed.
      codes: The picture as it was mended.
      light: Height x width: lightness as decoded.
    """
    colors, inside = whole_blocks(plain, codes)
    low, high = extremes_in(light, LUMA_BLOCK)
    areas = _areas(colors, inside)
    number = areas[inside]
    blocks = np.bincount(number, minlength=1)
    even = (low == high)[inside]
    found, counts = np.unique(number[even].astype(np.intp) << 8 | low[inside][even], return_counts=True)
    alike = np.zeros(len(blocks), np.intp)
    np.maximum.at(alike, found >> 8, counts)
    grainy = inside & (alike < ALIKE * blocks)[areas]
    for color in np.unique(colors[grainy]).tolist():
        around = cv2.dilate((grainy & (colors == color)).view(np.uint8), AROUND).view(np.bool_)
        plain &= (codes != color) | ~spread(around, LUMA_BLOCK, (plain.shape[0], plain.shape[1]))


def whole_blocks(plain: Mask, codes: Codes) -> tuple[Codes, Mask]:
    """Return the colour of each whole block, and which blocks are plain and have but one."""
    low, high = extremes_in(codes, LUMA_BLOCK)
    inside, _some = extremes_in(plain, LUMA_BLOCK)
    return low, inside & (low == high)


def _areas(colors: Codes, inside: Mask) -> Lengths:
    """Return the number of the area of each block `inside`; those that touch and have one colour make one."""
    height, width = colors.shape
    links = np.zeros((2 * height, 2 * width), np.uint8)  # the blocks, and between them whether they are linked
    links[::2, ::2] = inside
    links[1:-1:2, ::2] = inside[1:] & inside[:-1] & (colors[1:] == colors[:-1])
    links[::2, 1:-1:2] = inside[:, 1:] & inside[:, :-1] & (colors[:, 1:] == colors[:, :-1])
    return cast("Lengths", cv2.connectedComponents(links, connectivity=4)[1])[::2, ::2]
