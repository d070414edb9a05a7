"""Areas of one colour, whatever their shape, with what they cover."""

from __future__ import annotations

from operator import attrgetter
from typing import Final

import attrs
import numpy as np

from copy_that_orch.imaging.ground import Ground

LEAST_PIXELS: Final = 40
"""Flat pixels of an area at least; the ground inside a letter is less."""


@attrs.frozen(order=True)
class Area:
    """Pixels of one colour that touch. Lengths are in device pixels, y grows downwards.

    Attributes:
      box: Left, top, right and bottom of the area; right and bottom lie outside.
      color: Number of its colour, see `arrays.Codes`.
      pixels: How many pixels it has, as far as they have neighbours of the same colour on all sides.
    """

    box: tuple[int, int, int, int]
    color: int
    pixels: int


def find_areas(ground: Ground) -> tuple[Area, ...]:
    """Return the areas that are ground, sorted by their places."""
    found = []
    for region in np.flatnonzero(ground.is_ground & (ground.areas >= LEAST_PIXELS)).tolist():
        x, y, across, down = ground.boxes[region].tolist()
        color = int(ground.codes[y, x + int(np.argmax(ground.labels[y, x : x + across] == region))])
        found.append(Area((x, y, x + across, y + down), color, int(ground.areas[region])))
    return tuple(sorted(found, key=attrgetter("box", "color")))
