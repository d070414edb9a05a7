"""Boxes: plain areas with straight sides, such as pages, cards, buttons and table rows."""

from __future__ import annotations

from typing import Final

import attrs
import numpy as np

from copy_that_orch.imaging.ground import Ground

LEAST_SIDE: Final = 10
"""Least width and height of a box, in device pixels."""
STRAIGHT: Final = 0.4
"""Share of each side that is straight at least; round corners and what touches the side may take the rest."""


@attrs.frozen(order=True)
class Box:
    """A plain area, without its border. Lengths are in device pixels, y grows downwards; right and bottom lie outside.

    Attributes:
      left, top, right, bottom: Its sides.
      color: Number of its colour, see `arrays.Codes`.
    """

    left: int
    top: int
    right: int
    bottom: int
    color: int


def find_boxes(ground: Ground) -> tuple[Box, ...]:
    """Return the boxes of a screen, from left to right and from the top down."""
    height, width = ground.labels.shape
    wide_enough = (ground.boxes[:, 2] >= LEAST_SIDE - 2) & (ground.boxes[:, 3] >= LEAST_SIDE - 2)
    found = []
    for region in np.flatnonzero(ground.is_ground & wide_enough).tolist():
        x, y, across, down = ground.boxes[region].tolist()
        own = ground.labels[y : y + down, x : x + across] == region
        if min(own[0].mean(), own[-1].mean(), own[:, 0].mean(), own[:, -1].mean()) < STRAIGHT:
            continue
        color = int(ground.codes[y, x + int(np.argmax(own[0]))])
        # The region lacks its rim, unless that is the edge of the picture.
        found.append(
            Box(
                left=x - (x > 0),
                top=y - (y > 0),
                right=x + across + (x + across < width),
                bottom=y + down + (y + down < height),
                color=color,
            )
        )
    return tuple(sorted(found))
