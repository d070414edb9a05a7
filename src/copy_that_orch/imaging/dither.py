"""See-through colours are dithered by browsers: where one lies over another, pixels alternate between two neighbours.

Skia, which draws for Chromium, adds a pattern of less than one level of 255 before it rounds, so that slow gradients
show no bands. On a plain area it makes a chequered one, in which no two pixels beside each other need be equal. Such
areas get the colour that most of their pixels have. A gradient drifts over more than a level, and is left alone.
"""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np

from copy_that_orch.imaging.arrays import Codes, Mask
from copy_that_orch.imaging.ground import components

LEAST_PIXELS: Final = 400
"""Pixels of an area that are a level off those on both sides, at least."""
FILLED: Final = 0.5
"""Share of the box around an area that it covers at least."""
COMMONEST: Final = 0.4
"""Share of its pixels that have the commonest colour, at least."""
ALL: Final = 0.99
"""Share of its pixels that are at most a level off it."""
PART: Final = 1 << 18
"""Pixels that are compared together: they stay in the cache, and cost no memory to speak of."""
_MORE_THAN_ONE: Final = np.uint32(0xFEFEFE)
"""The bits that are set in no channel that is 0 or 1."""
_CROSS: Final = np.array([[0, 1, 0], [1, 1, 1], [0, 1, 0]], np.uint8)


def without_dither(codes: Codes) -> Codes:
    """Return a screen, height x width, whose dithered areas have one colour each; itself if it has none."""
    width, flat = codes.shape[1], codes.ravel()
    between = flat[2:] == flat[:-2]
    between &= flat[1:-1] != flat[2:]
    middle = np.flatnonzero(between) + 1
    inside = (middle % width > 0) & ((middle + 1) % width > 0)
    middle = middle[inside]
    middle = middle[_near(flat[middle], flat[middle - 1])]
    if len(middle) < LEAST_PIXELS:  # nearly always: what follows is not worth its time
        return codes
    labels, statistics = components(_smooth(codes), connectivity=4)
    count = np.bincount(labels.ravel()[middle], minlength=len(statistics))
    around = statistics[:, cv2.CC_STAT_WIDTH] * statistics[:, cv2.CC_STAT_HEIGHT]
    chosen = (count >= LEAST_PIXELS) & (statistics[:, cv2.CC_STAT_AREA] >= FILLED * around)
    chosen[0] = False
    even = codes
    for label in np.flatnonzero(chosen).tolist():
        left, top, width, height = statistics[label, :4].tolist()
        # With the rim, which has other neighbours.
        part = np.s_[max(top - 1, 0) : top + height + 1, max(left - 1, 0) : left + width + 1]
        within = labels[part] == label
        color = _color_of(codes[part][within])
        if color is not None:
            grown = np.asarray(cv2.dilate(within.view(np.uint8), _CROSS)) > 0
            even = codes.copy() if even is codes else even
            own = codes[part][grown]
            grown[grown] = _near(own, np.full_like(own, color))
            even[part][grown] = color
    return even


def _smooth(codes: Codes) -> Mask:
    """Return where no pixel above, below or beside differs by more than a level."""
    smooth = np.ones(codes.size, np.bool_)
    width, flat = codes.shape[1], codes.ravel()
    for step, in_row in ((1, True), (width, False)):
        near = _near(flat[step:], flat[:-step])
        if in_row:
            near[width - 1 :: width] = True  # from the end of a row to the beginning of the next
        smooth[step:] &= near
        smooth[:-step] &= near
    return smooth.reshape(codes.shape)


def _near(ones: Codes, others: Codes) -> Mask:
    """Return where no channel of two lists of colours differs by more than a level."""
    near = np.empty(len(ones), np.bool_)
    for start in range(0, len(ones), PART):
        part = slice(start, start + PART)
        apart = cv2.absdiff(*(colors[part].view(np.uint8).reshape(1, -1) for colors in (ones, others)))
        levels = apart.view(np.uint32)[0]
        levels &= _MORE_THAN_ONE
        np.equal(levels, 0, out=near[part])
    return near


def _color_of(codes: Codes) -> int | None:
    """Return the commonest of `codes` if nearly all are at most a level off it."""
    values, counts = np.unique(codes, return_counts=True)
    best = int(counts.argmax())
    near = _near(values, np.full_like(values, values[best]))
    is_one = counts[best] >= COMMONEST * len(codes) and counts[near].sum() >= ALL * len(codes)
    return int(values[best]) if is_one else None
