"""Discs and pills that are not of one colour: portraits, switches, and all else that a style sheet has cut round."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np

from copy_that_orch.imaging.arrays import Mask
from copy_that_orch.imaging.ground import Ground, components
from copy_that_orch.imaging.sides import Sides

LEAST_SIDE: Final = 14
MOST_SIDE: Final = 240
"""Height of a disc or pill, in device pixels: smaller ones may be icons or letters."""
WIDE: Final = 128
"""Width or height of a plain area from which it is no part of a picture, in device pixels."""
ROUGH: Final = 4
"""Device pixels by which sides are off in a picture of half the size, at most."""
OVAL: Final = 1
"""Device pixels by which a disc may be higher than wide."""
CUT: Final = 1 - np.pi / 4
"""Share of a square that its disc leaves."""
FILLED: Final = 0.04
"""How much less of its box a disc or pill may fill than it should."""
LIKELY: Final = 0.12
"""The same for what is looked at, and how much more: each pixel that a disc touches is counted wholly."""
NEAR_ARC: Final = 0.85
"""Device pixels that the outline may lie off the half circles, on average of its rows. Where a browser draws it between
two pixels it lies off by up to 0.8, else by 0.5 at most."""
ROUNDER: Final = 0.5
"""How far it may lie outside of them; that of corners with less of a radius does."""


def find_discs(ground: Ground) -> tuple[Sides, ...]:
    """Return the sides of the discs and pills that stand on wide plain areas, from the top down; plain ones too."""
    wide = ground.is_ground & (ground.boxes[:, 2:].max(axis=1) >= WIDE)
    # They are looked for in a picture of half the size, and measured in the full one.
    _labels, statistics = components(~wide[ground.labels[::2, ::2]], connectivity=4)
    across, down, filled = statistics[:, cv2.CC_STAT_WIDTH :].T
    likely = (2 * across >= 2 * down - ROUGH) & (2 * down >= LEAST_SIDE) & (2 * down <= MOST_SIDE + ROUGH)
    likely &= np.abs(filled / np.maximum(across * down, 1) - 1 + CUT * down / np.maximum(across, 1)) <= LIKELY
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
    """Return whether the pixels that are True make a disc, or a pill, that fills the array.

    Each pixel that it touches differs from the ground, so a row is as wide as it is at that row's side towards its
    middle.
    """
    height, width = own.shape
    if height > width + OVAL or height < LEAST_SIDE or own.mean() < 1 - CUT * height / width - FILLED:
        return False
    rows, radius = np.arange(height), height / 2
    away = np.maximum(np.maximum(rows - radius, radius - 1 - rows), 0.0)
    inset = radius - np.sqrt(radius**2 - away**2)
    off = np.concatenate([own.argmax(axis=1) - inset, own[:, ::-1].argmax(axis=1) - inset])
    return bool(np.abs(off).mean() <= NEAR_ARC and off.mean() >= -ROUNDER)
