"""Headings in a font of their own, beside text in another one of the same kind.

Serifs tell by themselves (`type_fit`); two fonts without any look alike, so looks alone would find a second one by
chance. Here they count beside what the font makes of the heights and pitches of the headings.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from copy_that_orch.imaging.arrays import Floats, Indices
from copy_that_orch.imaging.fonts import LOOKS, classes_in, font_table, log_likelihoods, looks, rank_on_screens
from copy_that_orch.imaging.size_choice import prior
from copy_that_orch.imaging.size_curves import STEP, LineLooks
from copy_that_orch.imaging.text import TextLine

TALLER: Final = 1.25
"""How much taller than those of most text the letters of headings are, at least."""
FEWEST: Final = 3
"""Headings that tell a font, at least."""
CANDIDATES: Final = 12
"""How many fonts are tried."""
PRICE: Final = 8.0
"""How much better (logarithm) another font must explain the headings."""


def font_of_headings(
    lines: Sequence[TextLine], scales: Floats, screen_of: Indices, says: Floats, font: int, usual: Floats
) -> dict[int, int]:
    """Return the class of each heading if a font of their own explains them far better; else nothing.

    Args:
      lines: All lines of a product.
      scales: Lines: device pixels per CSS pixel.
      screen_of: Lines: index of the screen.
      says: Lines: how much each says, 0 to 1.
      font: Index of the font of the text.
      usual: How usual each size is, by the heights of letters that the font has in the table.
    """
    table = font_table()
    tall, widths = np.array([(line.tall, line.width) for line in lines]).T
    heights = tall / scales
    order = np.argsort(heights)
    letters = np.cumsum((widths / tall)[order])
    body = heights[order[np.searchsorted(letters, letters[-1] / 2)]]
    large = np.flatnonzero(heights > TALLER * body)
    headings = [lines[index] for index in large.tolist()]
    found, told = looks(headings)
    if len(told) < FEWEST:
        return {}
    likelihoods = log_likelihoods(found, table)
    rank = rank_on_screens(found, likelihoods, screen_of[large][told], table)
    seen, steps = LineLooks.of(headings), np.round(np.log(scales[large]) / STEP).astype(np.intp)

    def explained(other: int, sizes: Floats) -> tuple[float, Indices]:
        classes = classes_in(other, len(headings), told, likelihoods, table)
        curves = seen.curves(classes, table)
        return LOOKS * float(rank[other]) + float(says[large] @ curves.explained(steps, sizes[:, None])[:, 0]), classes

    others = [other for other in np.argsort(-rank, kind="stable")[:CANDIDATES].tolist() if other != font]
    best, classes = max((explained(other, prior()) for other in others), key=lambda tried: tried[0])
    if best - explained(font, usual)[0] <= PRICE:
        return {}
    return dict(zip(large.tolist(), classes.tolist(), strict=True))
