"""What lies behind everything: areas of one exact colour, and what is drawn on them.

A browser fills most of a screen with plain colours. A pixel whose four neighbours have its colour is *flat*; flat
pixels that touch form a *region*. Regions in which a square of some pixels fits are *ground*. Whatever differs from the
ground beside it is *ink*: glyphs, icons, thin borders, photos, shadows.
"""

from __future__ import annotations

import functools
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
      gaps: 2 x runs: where runs of pixels in the rows that are no ground begin and end, as places in the picture row
        after row; an end lies outside.
      under: Runs: the colour that each of these lies on.
      ink: Height x width: whether the pixel differs from the ground on both its sides.
    """

    codes: Codes
    labels: Lengths
    boxes: Lengths
    areas: Lengths
    is_ground: Mask
    gaps: Indices
    under: Codes
    ink: Mask

    @functools.cached_property
    def ink_parts(self) -> Lengths:
        """Parts x 5: left, top, width, height and number of pixels of each piece of ink, corners joined."""
        return components(self.ink, connectivity=8)[1][1:]

    def behind(self, rows: Lengths, columns: Lengths) -> Codes:
        """Return the colour of the ground that some pixels lie on; their own colour if there is none in their row.

        It is looked up where it is asked for: a picture of it is as large as the screen, and hardly looked at.
        """
        own = self.codes[rows, columns]
        if not self.gaps.size:
            return own
        places = rows.astype(np.intp) * self.codes.shape[1] + columns
        gap = np.maximum(np.searchsorted(self.gaps[0], places, side="right") - 1, 0)
        inside = (self.gaps[0, gap] <= places) & (places < self.gaps[1, gap])
        inside &= self.gaps[1, gap] - self.gaps[0, gap] < self.codes.shape[1]
        return np.where(inside, self.under[gap], own)


def codes_of(pixels: Pixels) -> Codes:
    """Return the colours of `pixels`, height x width x 3, as numbers."""
    codes = cv2.cvtColor(pixels, cv2.COLOR_RGB2BGRA).view("<u4")[..., 0]
    codes &= np.uint32(0xFFFFFF)
    return codes


def pixels_of(codes: Codes) -> Pixels:
    """Return numbers of colours, height x width, as pixels: what `codes_of` is the other way round."""
    planes = np.ascontiguousarray(codes).view(np.uint8).reshape(*codes.shape, 4)
    return cast("Pixels", cv2.cvtColor(planes, cv2.COLOR_BGRA2RGB))


def runs_of(mask: Mask) -> tuple[Indices, Indices]:
    """Return where the runs of True in the rows of `mask` begin and end, as places in it row after row.

    An end lies outside its run.
    """
    flat, width = mask.ravel(), mask.shape[1]
    edge = np.empty(mask.size + 1, np.bool_)
    edge[0], edge[-1] = flat[0], flat[-1]
    np.not_equal(flat[1:], flat[:-1], out=edge[1:-1])
    turns = np.flatnonzero(edge)
    # What goes on from the end of a row to the beginning of the next is two runs.
    broken = (np.flatnonzero(mask[:-1, -1] & mask[1:, 0]) + 1) * width
    begins, ends = (np.sort(np.concatenate([turns[first::2], broken]), kind="stable") for first in (0, 1))
    return begins, ends


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
    gaps, under, ink = _on_ground(codes, grown)
    return Ground(
        codes=codes,
        labels=labels,
        boxes=statistics[:, :4],
        areas=statistics[:, cv2.CC_STAT_AREA],
        is_ground=is_ground,
        gaps=gaps,
        under=under,
        ink=ink,
    )


def _on_ground(codes: Codes, ground: Mask) -> tuple[Indices, Codes, Mask]:
    """Return where there is no ground in the rows, what colour lies under that, and what differs from it on both sides.

    At the edge of the picture the other side stands for both, and without ground in the row nothing is ink.
    """
    width = codes.shape[1]
    flat, above = codes.ravel(), ~ground
    start, end = runs_of(above)
    at_left, at_right = start % width == 0, end % width == 0
    left = flat[np.where(at_left, start, start - 1)]
    right = flat[np.where(at_right, end - 1, end)]
    left, right = np.where(at_left, right, left), np.where(at_right, left, right)
    length, ink = end - start, np.zeros(codes.size, np.bool_)
    places = np.flatnonzero(above)
    here = flat[places]
    is_ink = here != np.repeat(left, length)
    is_ink &= here != np.repeat(right, length)
    is_ink &= ~np.repeat(at_left & at_right, length)
    ink[places] = is_ink
    return np.stack([start, end]), left, ink.reshape(codes.shape)
