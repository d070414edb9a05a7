"""Discs that are not of one colour: portraits and other pictures that a style sheet has cut round."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np

from copy_that_orch.imaging.arrays import Mask
from copy_that_orch.imaging.ground import Ground, components

LEAST_SIDE: Final = 14
MOST_SIDE: Final = 240
"""Diameter of a disc, in device pixels: smaller ones may be icons or letters."""
WIDE: Final = 128
"""Width or height of a plain area from which it is no part of a picture, in device pixels."""
ROUGH: Final = 4
"""Device pixels by which sides are off in a picture of half the size, at most."""
OVAL: Final = 1
"""Device pixels by which width and height may differ."""
FILLED: Final = 0.04
"""How far the share of its box that a disc fills may lie from a quarter of pi."""
NEAR_ARC: Final = 1.0
"""Device pixels that the outline may lie off the circle, on average of its rows."""

Sides = tuple[int, int, int, int]
"""Left, top, right and bottom, in device pixels; right and bottom lie outside."""


def find_discs(ground: Ground) -> tuple[Sides, ...]:
    """Return the sides of what stands on wide plain areas and is round, from the top down; plain discs too."""
    wide = ground.is_ground & (ground.boxes[:, 2:].max(axis=1) >= WIDE)
    # They are looked for in a picture of half the size, and measured in the full one.
    _labels, statistics = components(~wide[ground.labels[::2, ::2]], connectivity=4)
    width, height = 2 * statistics[:, cv2.CC_STAT_WIDTH], 2 * statistics[:, cv2.CC_STAT_HEIGHT]
    likely = (np.abs(width - height) <= ROUGH) & (width >= LEAST_SIDE) & (width <= MOST_SIDE + ROUGH)
    found = []
    for number in np.flatnonzero(likely[1:]).tolist():
        left, top, across, down = (2 * statistics[number + 1, :4]).tolist()
        left, top, right, bottom = max(left - ROUGH, 0), max(top - ROUGH, 0), left + across + ROUGH, top + down + ROUGH
        # What is flat lacks a rim, which is here part of what stands on it.
        grown = ~wide[ground.labels[top:bottom, left:right]]
        own = np.asarray(cv2.erode(grown.view(np.uint8), _CROSS, borderValue=1)) > 0
        rows, columns = np.flatnonzero(own.any(axis=1)), np.flatnonzero(own.any(axis=0))
        if len(rows) and _is_disc(own[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]):
            x, y = left + int(columns[0]), top + int(rows[0])
            found.append((x, y, left + int(columns[-1]) + 1, top + int(rows[-1]) + 1))
    return tuple(found)


_CROSS: Final = np.array([[0, 1, 0], [1, 1, 1], [0, 1, 0]], np.uint8)


def _is_disc(own: Mask) -> bool:
    """Return whether the pixels that are True make a disc that fills the array."""
    height, width = own.shape
    if abs(height - width) > OVAL or height < LEAST_SIDE or abs(own.mean() - np.pi / 4) > FILLED:
        return False
    middle = (np.arange(height) + 0.5 - height / 2) / height
    half = width * np.sqrt(0.25 - middle**2)
    begin, end = own.argmax(axis=1), width - own[:, ::-1].argmax(axis=1)
    off = np.abs(begin - (width / 2 - half)) + np.abs(end - (width / 2 + half))
    return bool(off.mean() / 2 <= NEAR_ARC)
