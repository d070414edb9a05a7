"""Panes: plain areas that are no boxes because a side of theirs is not straight, such as a page under a bar's shadow.

What lies in them keeps its distance from the sides that are straight all the same.
"""

from __future__ import annotations

from operator import attrgetter
from typing import Final

import attrs
import numpy as np

from copy_that_orch.imaging.arrays import Mask
from copy_that_orch.imaging.boxes import SAMPLES, STRAIGHT, Box, borders_around
from copy_that_orch.imaging.ground import Ground

LEAST_WIDTH, LEAST_HEIGHT, LEAST_PIXELS = 28, 14, 600
"""Of a pane, in device pixels."""
DEEPEST: Final = 2
"""Device pixels that stick out of a straight side at most: a shadow may begin in the colour of the card."""
FILLED: Final = 0.15
"""Share of the box around it that a pane has at least; rings of one level in a shadow have less."""
PAGE: Final = 0.2
"""Share of the screen that is within the box around a page, at least. A page reaches two edges of the screen or more;
only there may sides be unknown."""


@attrs.frozen(order=True)
class Pane:
    """A plain area.

    Attributes:
      box: Around it. Sides that are not straight have no border.
      straight: Whether its left, top, right and bottom side are straight.
    """

    box: Box
    straight: tuple[bool, bool, bool, bool]


def find_panes(ground: Ground) -> tuple[Pane, ...]:
    """Return the panes on a screen, from left to right, top down."""
    wide_enough = (ground.boxes[:, 2] >= LEAST_WIDTH) & (ground.boxes[:, 3] >= LEAST_HEIGHT)
    large = np.flatnonzero(ground.is_ground & wide_enough & (ground.areas >= LEAST_PIXELS))
    found = (_pane(ground, region) for region in large.tolist())
    by_place = attrgetter("box.left", "box.top", "box.right", "box.bottom", "straight")
    return tuple(sorted((pane for pane in found if pane), key=by_place))


def _pane(ground: Ground, region: int) -> Pane | None:
    """Return the pane that a flat region is, or None if it is a box, or none of both."""
    x, y, across, down = ground.boxes[region].tolist()
    height, width = ground.labels.shape
    own = ground.labels[y : y + down, x : x + across] == region
    depths = [_depth(side) for side in (own.T, own, own.T[::-1], own[::-1])]
    if all(depth == 0 for depth in depths):
        return None
    edges = (x <= 1) + (y <= 1) + (x + across >= width - 1) + (y + down >= height - 1)
    if None in depths:
        if edges < 2 or across * down < PAGE * width * height:
            return None
    elif not edges and own.mean() < FILLED:
        return None
    left, top, right, bottom = (depth or 0 for depth in depths)
    # The region lacks its rim, unless that is the edge of the picture.
    left, top = x + left - (x > 0), y + top - (y > 0)
    right, bottom = x + across - right + (x + across < width), y + down - bottom + (y + down < height)
    borders = borders_around(ground, left, top, right, bottom, SAMPLES)
    color = int(ground.codes[y, x + int(np.argmax(own[0]))])
    straight = [depth is not None for depth in depths]
    kept = [border if is_straight else 0 for border, is_straight in zip(borders, straight, strict=True)]
    box = Box(left, top, right, bottom, color, (kept[0], kept[1], kept[2], kept[3]))
    return Pane(box, (straight[0], straight[1], straight[2], straight[3]))


def _depth(own: Mask) -> int | None:
    """Return in which of the first rows an area begins with much of its width; None if it does in none of them."""
    for depth in range(min(DEEPEST + 1, len(own))):
        if own[depth].mean() >= STRAIGHT:
            return depth
    return None
