"""Patches: things that are filled with more than one colour, such as gradients, portraits and photos."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import numpy as np

from copy_that_orch.imaging.arrays import Pixels, counted
from copy_that_orch.imaging.ground import Ground, codes_of
from copy_that_orch.imaging.sides import Sides, lies_in

LEAST_WIDTH, LEAST_HEIGHT, LEAST_PIXELS = 12, 4, 100
"""Of a patch, in device pixels."""
FILLED: Final = 0.7
"""Share of its box that a patch has at least: a disc has 0.79, most letters have less."""
EDGE: Final = 2
"""Device pixels by which sides of a patch and of what fills it differ, at most."""
UNEVEN: Final = 0.01
"""Share of its width by which what is around a wide gradient may differ on its sides: its ends are less exact."""
PLAIN: Final = 0.5
"""Share of the rest of a bar that has one colour, at least."""


def find_patches(ground: Ground) -> tuple[Sides, ...]:
    """Return the sides of the patches that stand on plain ground, from the top down."""
    left, top, width, height, pixels = ground.ink_parts.T
    filled = (width >= LEAST_WIDTH) & (height >= LEAST_HEIGHT) & (pixels >= LEAST_PIXELS)
    filled &= pixels >= FILLED * width * height
    sides = np.stack([left, top, left + width, top + height], axis=1)[filled]
    return tuple((left, top, right, bottom) for left, top, right, bottom in sides.tolist())


def is_part(box: Sides, patches: Iterable[Sides], pixels: Pixels) -> bool:
    """Return whether a box is a part of one of `patches`, such as the sky in a picture.

    What fills a patch reaches all of its sides, or there is something all around it, a border or a shadow, which is as
    wide on the left as on the right; or it is the part of a bar that is done, and the rest of the bar is plain.

    Args:
      box: Its sides.
      patches: Sides of things.
      pixels: The screen, height x width x 3.
    """
    for patch in patches:
        if lies_in(box, patch):
            gaps = [abs(inner - outer) for inner, outer in zip(box, patch, strict=True)]
            is_around = min(gaps) >= 1 and abs(gaps[0] - gaps[2]) <= max(EDGE, UNEVEN * (box[2] - box[0]))
            if max(gaps) > EDGE and not is_around and not _is_rest_plain(box, patch, pixels):
                return True
    return False


def _is_rest_plain(box: Sides, patch: Sides, pixels: Pixels) -> bool:
    """Return whether most of what lies beside a box in a patch has one colour."""
    left, top, right, bottom = patch
    codes = codes_of(np.ascontiguousarray(pixels[top:bottom, left:right]))
    rest = np.concatenate([codes[:, : box[0] - left].ravel(), codes[:, box[2] - left :].ravel()])
    if not len(rest):
        return False
    _colors, counts = counted(rest)
    return bool(counts.max() >= PLAIN * len(rest))
