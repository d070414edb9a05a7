"""How many device pixels a CSS pixel has, told from the picture."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from copy_that_orch.imaging.boxes import Box
from copy_that_orch.imaging.text import TextLine

LEAST_EDGES: Final = 10
OFF_GRID: Final = 0.15
"""Sides of boxes lie on whole CSS pixels, nearly all of them. At a scale of 2 few sides are odd; at 1 half of them are.
Of 10 sides by chance, one or none is odd in 1 % of cases."""
LEAST_TALL: Final = 7.5
"""Height of capitals in CSS pixels that the middle line of text has at least, which is a font size of 10."""
MOST_TALL: Final = 16.0
"""The same at most, a font size of 22: a screen of larger text is one of more device pixels."""
LEAST_LINES: Final = 6
"""So many lines have a middle size that means something."""


def estimate_scale(boxes: Sequence[Box], lines: Sequence[TextLine]) -> int:
    """Return the number of device pixels per CSS pixel, 1, 2 or 3: the largest that boxes and text speak for.

    Where boxes stand between CSS pixels, or are few, text that would be too large at one scale speaks for the next.
    """
    if not lines:
        return 1
    sides = np.array([side for box in boxes for side in (box.left, box.top, box.right, box.bottom) if side])
    tall = float(np.median([line.tall for line in lines]))
    if len(sides) >= LEAST_EDGES:
        for scale in (3, 2):
            if (sides % scale > 0).mean() <= OFF_GRID and tall >= scale * LEAST_TALL:
                return scale
    too_large = len(lines) >= LEAST_LINES and tall > MOST_TALL
    return min(3, int(np.ceil(tall / MOST_TALL))) if too_large else 1
