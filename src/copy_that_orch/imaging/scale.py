"""How many device pixels a CSS pixel has, told from the picture."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from copy_that_orch.imaging.arrays import Indices
from copy_that_orch.imaging.boxes import Box
from copy_that_orch.imaging.text import TextLine

LEAST_EDGES: Final = 10
OFF_GRID: Final = 0.15
"""Sides of boxes lie on whole CSS pixels, nearly all of them. At a scale of 2 few sides are odd; at 1 half of them are.
Of 10 sides by chance, one or none is odd in 1 % of cases."""
LEAST_TALL: Final = 7.5
"""Height of capitals in CSS pixels that the middle line of text has at least, which is a font size of 10."""
USUAL_TALL: Final = 8.5
"""The same as it is on nearly every screen: even on dense ones the middle line is set in 12 px or more. Text from 18 px
at a scale of 2 is as tall as text from 12 px at 3; of the two, screens of small text are the commoner by far."""
LEAST_BORDERS: Final = 4
"""So many boxes with a line all around tell how wide lines are. Under a single side there may be a shadow instead."""
LEAST_LINES: Final = 6
"""So many lines have a middle size that means something."""


def estimate_scale(boxes: Sequence[Box], lines: Sequence[TextLine]) -> int:
    """Return the number of device pixels per CSS pixel, 1, 2 or 3: the largest that boxes and text speak for.

    Where boxes stand between CSS pixels, or are few, it is the largest at which the text is no smaller than usual,
    unless most lines around boxes would be parts of CSS pixels.
    """
    if not lines:
        return 1
    sides = np.array([side for box in boxes for side in (box.left, box.top, box.right, box.bottom) if side])
    framed = [box.borders[0] for box in boxes if box.borders[0] and len(set(box.borders)) == 1]
    tall = float(np.median([line.tall for line in lines]))
    for scale in (3, 2):
        if len(sides) >= LEAST_EDGES and _off_grid(sides, scale) <= OFF_GRID and tall >= scale * LEAST_TALL:
            return scale
    for scale in (3, 2):
        is_broken = len(framed) >= LEAST_BORDERS and _off_grid(np.array(framed), scale) > 1 / 2
        if len(lines) >= LEAST_LINES and tall >= scale * USUAL_TALL and not is_broken:
            return scale
    return 1


def _off_grid(lengths: Indices, scale: int) -> float:
    """Return the share of `lengths` that are no whole CSS pixels at this scale."""
    return float((lengths % scale > 0).mean())
