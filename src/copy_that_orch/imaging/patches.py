"""Patches: things that are filled with more than one colour, such as gradients, portraits and photos."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import numpy as np

from copy_that_orch.imaging.ground import Ground
from copy_that_orch.imaging.sides import Sides, lies_in

LEAST_WIDTH, LEAST_HEIGHT, LEAST_PIXELS = 12, 5, 100
"""Of a patch, in device pixels."""
FILLED: Final = 0.7
"""Share of its box that a patch has at least: a disc has 0.79, most letters have less."""
EDGE: Final = 2
"""Device pixels by which sides of a patch and of what fills it differ, at most."""


def find_patches(ground: Ground) -> tuple[Sides, ...]:
    """Return the sides of the patches that stand on plain ground, from the top down."""
    left, top, width, height, pixels = ground.ink_parts.T
    filled = (width >= LEAST_WIDTH) & (height >= LEAST_HEIGHT) & (pixels >= LEAST_PIXELS)
    filled &= pixels >= FILLED * width * height
    sides = np.stack([left, top, left + width, top + height], axis=1)[filled]
    return tuple((left, top, right, bottom) for left, top, right, bottom in sides.tolist())


def is_part(box: Sides, patches: Iterable[Sides]) -> bool:
    """Return whether a box is a part of one of `patches`, such as the sky in a picture.

    What fills a patch reaches all of its sides, or there is something all around it, a border or a shadow.
    """
    for patch in patches:
        if lies_in(box, patch):
            gaps = [abs(inner - outer) for inner, outer in zip(box, patch, strict=True)]
            if max(gaps) > EDGE and min(gaps) < 1:
                return True
    return False
