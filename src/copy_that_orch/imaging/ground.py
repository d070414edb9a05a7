"""What lies behind everything: areas of one exact colour, and what is drawn on them.

A browser fills most of a screen with plain colours. A pixel whose four neighbours have its colour is *flat*; flat
pixels that touch form a *region*. Regions in which a square of some pixels fits are *ground*. Whatever differs from the
ground beside it is *ink*: glyphs, icons, thin borders, photos, shadows.
"""

from __future__ import annotations

from typing import cast

import attrs
import cv2
import numpy as np

from copy_that_orch.imaging.arrays import Codes, Indices, Lengths, Mask, Pixels


@attrs.frozen(eq=False, kw_only=True)
class Ground:
    """Where the plain areas are.

    Attributes:
      codes: Height x width: colour of each pixel.
      labels: Height x width: number of the flat region of each pixel, 0 where it is not flat.
      boxes: Regions x 4: left, top, width and height of the flat pixels of each region, row 0 unused.
      areas: Regions: number of flat pixels, row 0 unused.
      is_ground: Regions: whether it is ground; row 0 is False.
      behind: Height x width: colour of the ground that each pixel lies on; its own colour if there is none in its row.
      ink: Height x width: whether the pixel differs from the ground on both its sides.
    """

    codes: Codes
    labels: Lengths
    boxes: Lengths
    areas: Lengths
    is_ground: Mask
    behind: Codes
    ink: Mask


def codes_of(pixels: Pixels) -> Codes:
    """Return the colours of `pixels`, height x width x 3, as numbers."""
    codes = cv2.cvtColor(pixels, cv2.COLOR_RGB2BGRA).view("<u4")[..., 0]
    codes &= np.uint32(0xFFFFFF)
    return codes


def runs_of(mask: Mask) -> tuple[Indices, Indices]:
    """Return where the runs of True in the rows of `mask` begin and end, as places in it row after row.

    An end lies outside its run.
    """
    edge = mask.copy()
    np.greater(mask[:, 1:], mask[:, :-1], out=edge[:, 1:])
    begins = np.flatnonzero(edge)
    edge[:] = mask
    np.greater(mask[:, :-1], mask[:, 1:], out=edge[:, :-1])
    return begins, np.flatnonzero(edge) + 1


def components(mask: Mask, connectivity: int) -> tuple[Lengths, Lengths]:
    """Return the connected parts of `mask`, as OpenCV numbers them.

    Returns:
      The number of the part of each pixel, 0 where `mask` is False; and parts x 5: left, top, width, height and number
      of pixels of each part, row 0 unused.
    """
    # The statistics of OpenCV, pixel by pixel, take longer than the parts; all pixels of a run are in one part.
    count, numbers = cv2.connectedComponents(mask.view(np.uint8), connectivity=connectivity)
    labels = cast("Lengths", numbers)
    begins, ends = runs_of(mask)
    part = labels.ravel()[begins]
    y, left = np.divmod(begins, mask.shape[1])
    lengths = ends - begins
    statistics = np.zeros((count, 5), np.int32)
    first, last = np.full(count, mask.shape[1]), np.zeros(count, np.intp)
    np.minimum.at(first, part, left)
    np.maximum.at(last, part, left + lengths)
    statistics[part[::-1], cv2.CC_STAT_TOP] = y[::-1]
    statistics[part, cv2.CC_STAT_HEIGHT] = y + 1
    statistics[1:, cv2.CC_STAT_LEFT], statistics[1:, cv2.CC_STAT_WIDTH] = first[1:], (last - first)[1:]
    statistics[:, cv2.CC_STAT_HEIGHT] -= statistics[:, cv2.CC_STAT_TOP]
    statistics[:, cv2.CC_STAT_AREA] = np.bincount(part, lengths, count)
    return labels, statistics


def find_ground(codes: Codes, side: int) -> Ground:
    """Return the plain areas of `codes`, height x width, in which a square with `side` pixels on each side fits."""
    beside = codes[:, 1:] == codes[:, :-1]
    below = codes[1:] == codes[:-1]
    flat = np.ones(codes.shape, np.bool_)
    flat[:, 1:] &= beside
    flat[:, :-1] &= beside
    flat[1:] &= below
    flat[:-1] &= below
    labels, statistics = components(flat, connectivity=4)
    # The flat pixels of a square lack its rim.
    square = np.ones((side - 2, side - 2), np.uint8)
    wide, _ends = runs_of(cv2.erode(flat.view(np.uint8), square, borderValue=1).view(np.bool_))
    is_ground = np.zeros(len(statistics), np.bool_)
    is_ground[labels.ravel()[wide]] = True
    is_ground[0] = False
    ground = is_ground[labels]
    grown = ground.copy()  # by the rim: pixels of the same colour beside it
    grown[:, 1:] |= ground[:, :-1] & beside
    grown[:, :-1] |= ground[:, 1:] & beside
    grown[1:] |= ground[:-1] & below
    grown[:-1] |= ground[1:] & below
    del beside, below, flat, ground  # on a tall page they are large
    behind, ink = _behind(codes, grown)
    return Ground(
        codes=codes,
        labels=labels,
        boxes=statistics[:, :4],
        areas=statistics[:, cv2.CC_STAT_AREA],
        is_ground=is_ground,
        behind=behind,
        ink=ink,
    )


def _behind(codes: Codes, ground: Mask) -> tuple[Codes, Mask]:
    """Return what colour each pixel lies on, and whether it differs from the ground on both its sides.

    At the edge of the picture the other side stands for both, and without ground in the row nothing is ink.
    """
    width = codes.shape[1]
    flat, above = codes.ravel(), ~ground
    start, end = runs_of(above)
    at_left, at_right = start % width == 0, end % width == 0
    left = flat[np.where(at_left, start, start - 1)]
    right = flat[np.where(at_right, end - 1, end)]
    left, right = np.where(at_left, right, left), np.where(at_right, left, right)
    behind, ink = codes.copy(), np.zeros(codes.shape, np.bool_)
    here, length = codes[above], end - start
    bare = np.repeat(at_left & at_right, length)
    under = np.where(bare, here, np.repeat(left, length))
    behind[above] = under
    ink[above] = (here != under) & (here != np.repeat(right, length)) & ~bare
    return behind, ink
