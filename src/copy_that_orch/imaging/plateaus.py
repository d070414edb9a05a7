"""Plain areas under the noise of JPEG: where a page, a card or a button has one colour, it is given it back.

What lies still keeps its colour through JPEG within a level. From there the colour spreads to whatever around it is no
further off than noise explains. Between two plain areas each pixel goes to the one that is more like it, so edges stay
where they are.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, cast

import attrs
import cv2
import numpy as np

from copy_that_orch.imaging.arrays import Codes, Indices, Lengths, Mask, Pixels, channels_of
from copy_that_orch.imaging.grain import may_be_plain
from copy_that_orch.imaging.ground import components, pixels_of
from copy_that_orch.imaging.noise import COLOR_BLOCK, Noise

ROUND: Final = 2
"""Levels of 255 that pixels of one plain colour lie apart where nothing happens."""
ROUND_COLOR: Final = 3
LEAST_FLAT: Final = 12
"""Pixels without contrast of an area at least."""
OF_ONE_COLOR: Final = 0.6
"""Share of an area that is within `ROUND` of its commonest colour, unless it is a gradient or lies in a shadow."""
MOST: Final = 0.5
"""Share of an area that lies where something may be plain, at least."""
SMEARED: Final = 6
NEARLY_ALL: Final = 0.9
"""Levels of 255 and share: of a small area beside a strong colour, nearly all is as near to its commonest colour."""
SURE: Final = 400
SURE_STILL: Final = 64
"""Pixels of an area whose colour is sure: in all, or where nothing happens; smaller ones may be noise of one beside."""
REACH: Final = 16
"""Pixels over which a colour spreads: as far as noise does."""
COLOR_COUNTS: Final = 0.25
"""How much a difference of colour counts beside one of lightness: it is smeared."""
BAND: Final = 128
"""Rows that are looked at together; an even number, for two share samples of colour."""
FAR: Final = 0.5
"""How much a pixel of distance counts beside a level of difference in lightness."""
_SQUARE: Final = np.ones((3, 3), np.uint8)
_SMEARED: Final = np.ones((5, 5), np.uint8)
"""Steps of colour are smeared to slopes."""


@attrs.define(eq=False)
class Mending:
    """A picture while it is mended; what is held has its final colour.

    Attributes:
      codes: Height x width: colours.
      ycc: Height x width x 3: lightness and differences of colour as decoded.
      held: Height x width: whether the pixel is part of a plain area.
      shaded: Height x width: whether it is part of something smooth: a gradient, a shadow, the sky of a photo.
    """

    codes: Codes
    ycc: Pixels
    held: Mask
    shaded: Mask


def spread_plateaus(codes: Codes, ycc: Pixels, noise: Noise) -> Mending:
    """Return a picture whose plain areas are mended; `codes` are changed and become part of it."""
    labels, areas, colors, plain, sure = _plateaus(codes, ycc, noise)
    painted = colors[labels]
    near = _within(codes, painted, ROUND)
    held = near & sure[labels]
    shaded = ((areas >= SURE) & ~plain)[labels] | ((areas >= SURE)[labels] & ~held & ~noise.busy)
    np.copyto(codes, painted, where=held)
    more = near & plain[labels]
    del labels, near  # they are large
    mending = Mending(codes, ycc, held, shaded)
    _spread(mending, noise)
    # Small ones that are no noise of a larger one stand for themselves.
    more &= ~mending.held & ~mending.shaded
    np.copyto(codes, painted, where=more)
    del painted
    mending.held |= more
    _spread(mending, noise)
    return mending


def _plateaus(codes: Codes, ycc: Pixels, noise: Noise) -> tuple[Lengths, Lengths, Codes, Mask, Mask]:
    """Return the area of each pixel and, by area, its size, its colour, whether it is plain, whether this is sure."""
    contrasts = [
        cv2.subtract(cv2.dilate(plane, square), cv2.erode(plane, square))
        for plane, square in zip(cv2.split(ycc), (_SQUARE, _SMEARED, _SMEARED), strict=True)
    ]
    color = cv2.max(contrasts[1], contrasts[2])
    flat = ((contrasts[0] <= ROUND) & (color <= ROUND_COLOR)).view(np.uint8)
    labels, statistics = components(flat.view(np.bool_), connectivity=4)
    areas = statistics[:, cv2.CC_STAT_AREA]
    areas[0] = 0
    large = areas >= LEAST_FLAT
    colors = _commonest(labels, codes, large)
    painted = colors[labels]
    near = _within(codes, painted, ROUND) & large[labels]
    count = _count(labels, near, len(areas))
    nearly = _count(labels, _within(codes, painted, SMEARED), len(areas))
    still = _count(labels, near & ~noise.busy, len(areas))
    plain = large & (
        (count >= OF_ONE_COLOR * areas) | (nearly >= NEARLY_ALL * areas) | _lies_still(labels, codes, noise, len(areas))
    )
    plain &= _count(labels, may_be_plain(ycc[..., 0]), len(areas)) >= MOST * areas
    colors[plain] = _joined(colors[plain], count[plain])
    return labels, areas, colors, plain, plain & ((still >= SURE_STILL) | (count >= SURE))


def _count(labels: Lengths, where: Mask, count: int) -> Indices:
    """Return how many pixels each area has `where`."""
    total = np.zeros(count, np.intp)
    for band in bands(len(labels)):
        total += np.bincount(labels[band][where[band]], minlength=count)
    return total


def _within(codes: Codes, others: Codes, levels: int) -> Mask:
    """Return where no channel of two pictures differs by more than `levels`."""
    planes = [np.ascontiguousarray(one).view(np.uint8).reshape(*one.shape, 4) for one in (codes, others)]
    return cv2.inRange(cv2.absdiff(*planes), (0, 0, 0, 0), (levels, levels, levels, 0)) > 0


def _commonest(labels: Lengths, codes: Codes, which: Mask) -> Codes:
    """Return the commonest colour of each of the areas `which`; 0 for the others."""
    label, code = labels.ravel(), codes.ravel()
    first = np.ones(label.size, np.bool_)
    np.not_equal(label[1:], label[:-1], out=first[1:])
    first[1:] |= code[1:] != code[:-1]
    starts = np.flatnonzero(first)
    lengths = np.diff(starts, append=label.size)
    runs = label[starts].astype(np.int64) << 24 | code[starts]
    wanted = which[runs >> 24]
    values, inverse = np.unique(runs[wanted], return_inverse=True)
    counts = np.bincount(inverse, weights=lengths[wanted], minlength=len(values))
    order = np.lexsort((-values, counts))  # of each area the last one is the commonest
    colors = np.zeros(len(which), np.uint32)
    colors[values[order] >> 24] = values[order] & 0xFFFFFF
    return colors


def _lies_still(labels: Lengths, codes: Codes, noise: Noise, count: int) -> Mask:
    """Return which areas have a block that has one colour, together with the blocks on all its sides.

    A gradient may be so slow that it has blocks of one colour; those beside them have another.
    """
    corners = codes[::COLOR_BLOCK, ::COLOR_BLOCK]
    still = noise.still.copy()
    for one, other in ((np.s_[1:], np.s_[:-1]), (np.s_[:, 1:], np.s_[:, :-1])):
        same = (corners[one] == corners[other]) & noise.still[one] & noise.still[other]
        still[one] &= same
        still[other] &= same
    middles = labels[COLOR_BLOCK // 2 :: COLOR_BLOCK, COLOR_BLOCK // 2 :: COLOR_BLOCK]
    found = np.zeros(count, np.bool_)
    found[middles[still[: middles.shape[0], : middles.shape[1]]]] = True
    return found


def _joined(colors: Codes, pixels: Indices) -> Codes:
    """Return for each colour the one that it is a rounding of: one with more pixels and at most `ROUND` away."""
    values, inverse = np.unique(colors, return_inverse=True)
    counts = np.bincount(inverse, weights=pixels, minlength=len(values))
    channels = channels_of(values)
    joined = values.copy()
    left = np.ones(len(values), np.bool_)
    for index in np.argsort(-counts, kind="stable").tolist():
        if left[index]:
            near = left & (np.abs(channels - channels[index]).max(axis=1) <= ROUND)
            joined[near] = values[index]
            left &= ~near
    return joined[inverse]


def _spread(mending: Mending, noise: Noise) -> None:
    """Give pixels the colour of what is held to the left, the right, above or below, whichever is most like them."""
    smooth = mending.held | mending.shaded
    for around in nearest(smooth, noise.busy & ~smooth):
        places = _most_like(mending, noise, around)
        known = places >= 0
        rows, columns, places = around.rows[known], around.columns[known], places[known]
        held = mending.held.ravel()[places]
        mending.codes[rows[held], columns[held]] = mending.codes.ravel()[places[held]]
        mending.held[rows[held], columns[held]] = True
        mending.shaded[rows[~held], columns[~held]] = True


def _most_like(mending: Mending, noise: Noise, around: Around) -> Lengths:
    """Return for each pixel which of the places around it is most like it; -1 if noise explains none."""
    rows, columns = around.rows, around.columns
    off = ycc_of(mending.codes.ravel()[around.places]).astype(np.int16)
    off -= mending.ycc[rows, columns]
    np.abs(off, out=off)
    color = np.maximum(off[..., 1], off[..., 2])
    fits = around.there & (off[..., 0] <= noise.luma[rows, columns]) & (color <= noise.color[rows, columns])
    cost = off[..., 0] + np.float32(COLOR_COUNTS) * color
    cost += np.float32(FAR) * around.distances.astype(np.float32)
    cost[~fits] = np.inf
    best, each = cost.argmin(axis=0), np.arange(len(rows))
    return np.where(fits[best, each], around.places[best, each], -1)


@attrs.frozen(eq=False)
class Around:
    """What is to the left, the right, above and below of pixels.

    Attributes:
      rows, columns: The pixels.
      places: 4 x pixels: the nearest on each side, as places in the picture, row after row.
      there: 4 x pixels: whether there is one within `REACH`.
      distances: 4 x pixels: how far away it is.
    """

    rows: Indices
    columns: Indices
    places: Lengths
    there: Mask
    distances: Lengths


def nearest(held: Mask, which: Mask) -> Iterator[Around]:
    """Yield what of `held` is around the pixels `which`, band after band of the picture, row after row."""
    height, width = held.shape
    for band in bands(height):
        rows, columns = np.nonzero(which[band])
        if not len(rows):
            continue
        top = max(band.start - REACH, 0)
        part = held[top : band.stop + REACH]
        rows += band.start
        index = np.arange(top * width, top * width + part.size, dtype=np.int32).reshape(part.shape)
        here = index[rows - top, columns]
        places = np.empty((4, len(rows)), np.int32)
        distances = np.empty((4, len(rows)), np.int32)
        for side, (axis, back) in enumerate(((1, False), (1, True), (0, False), (0, True))):
            known = np.where(part, index, np.iinfo(np.int32).max if back else -1)
            seen = known[::-1, ::-1] if back else known
            (np.minimum if back else np.maximum).accumulate(seen, axis=axis, out=seen)
            places[side] = known[rows - top, columns]
            distances[side] = np.abs(places[side] - here) // (1 if axis else width)
        there = (places >= 0) & (places < height * width) & (distances <= REACH)
        places[~there] = 0
        yield Around(rows, columns, places, there, distances)


def bands(height: int) -> Iterator[slice]:
    """Yield the rows of a picture in parts, from the top down: memory for one picture is kept small."""
    for top in range(0, height, BAND):
        yield slice(top, min(top + BAND, height))


def ycc_of(codes: Codes) -> Pixels:
    """Return lightness and differences of colour, height x width x 3."""
    return cast("Pixels", cv2.cvtColor(pixels_of(codes), cv2.COLOR_RGB2YCrCb))
