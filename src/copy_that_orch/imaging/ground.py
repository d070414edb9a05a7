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
from numpy.typing import NDArray

from copy_that_orch.imaging.arrays import Codes, Lengths, Mask, Pixels


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
    return cv2.cvtColor(pixels, cv2.COLOR_RGB2BGRA).view("<u4")[..., 0] & np.uint32(0xFFFFFF)


def components(mask: NDArray[np.uint8], connectivity: int) -> tuple[Lengths, Lengths]:
    """Return the connected parts of `mask`, which is 0 and 1, as OpenCV numbers them.

    Returns:
      The number of the part of each pixel, 0 where `mask` is 0; and parts x 5: left, top, width, height and number of
      pixels of each part, row 0 for what is no part.
    """
    _count, labels, statistics, _centres = cv2.connectedComponentsWithStats(mask, connectivity=connectivity)
    return cast("Lengths", labels), cast("Lengths", statistics)


def find_ground(codes: Codes, side: int) -> Ground:
    """Return the plain areas of `codes`, height x width, in which a square with `side` pixels on each side fits."""
    beside = codes[:, 1:] == codes[:, :-1]
    below = codes[1:] == codes[:-1]
    flat = np.ones(codes.shape, np.bool_)
    flat[:, 1:] &= beside
    flat[:, :-1] &= beside
    flat[1:] &= below
    flat[:-1] &= below
    inner = flat.view(np.uint8)
    labels, statistics = components(inner, connectivity=4)
    # The flat pixels of a square lack its rim.
    square = np.ones((side - 2, side - 2), np.uint8)
    is_ground = np.zeros(len(statistics), np.bool_)
    is_ground[labels[cv2.erode(inner, square, borderValue=1) > 0]] = True
    is_ground[0] = False
    ground = is_ground[labels]
    grown = ground.copy()  # by the rim: pixels of the same colour beside it
    grown[:, 1:] |= ground[:, :-1] & beside
    grown[:, :-1] |= ground[:, 1:] & beside
    grown[1:] |= ground[:-1] & below
    grown[:-1] |= ground[1:] & below
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
    flat = codes.ravel()
    above = np.flatnonzero(~ground)  # row after row
    first = np.ones(len(above), np.bool_)
    first[1:] = (np.diff(above) > 1) | (above[1:] % width == 0)
    start = above[first]
    length = np.diff(np.flatnonzero(first), append=len(above))
    end = start + length
    at_left, at_right = start % width == 0, end % width == 0
    left = flat[np.where(at_left, start, start - 1)]
    right = flat[np.where(at_right, end - 1, end)]
    left, right = np.where(at_left, right, left), np.where(at_right, left, right)
    behind, ink = flat.copy(), np.zeros(flat.shape, np.bool_)
    here, bare = flat[above], np.repeat(at_left & at_right, length)
    behind[above] = np.where(bare, here, np.repeat(left, length))
    ink[above] = (here != behind[above]) & (here != np.repeat(right, length)) & ~bare
    return behind.reshape(codes.shape), ink.reshape(codes.shape)
