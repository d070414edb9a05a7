"""How tall the letters of a font may be: as the table says, or, if it is none of the table, as tall as letters are.

Of a font that is not in the table some font of the table has the shapes, but not the size of the letters in font sizes:
Open Sans looks like Hind, and its letters are 10 % taller. How tall they are, then, is told better by how tall letters
mostly are. A rare font that is found is less likely to be it than a common one, and likelier one that looks like it.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Final

import numpy as np

from copy_that_orch.imaging.arrays import Floats
from copy_that_orch.imaging.fonts import REGULAR, FontTable
from copy_that_orch.imaging.size_curves import STEP

FACTORS: Final = np.arange(-22, 23)
"""How much taller letters may be than in the table, in steps of the logarithm."""
SAME_FONT: Final = 0.006
"""Standard deviation of that, as a logarithm, if it is the font of the table."""
KNOWN: Final = 0.85
"""Share of text that is set in fonts of the table."""


def log_factors(font: int, table: FontTable) -> tuple[Floats, Floats]:
    """Return how likely each of the factors is, beside all fonts: if text is set in `font`, and if in one like it.

    Args:
      font: Index of the font.
      table: What fonts look like.
    """
    factors = np.asarray(STEP * FACTORS, np.float64)
    known = np.log(KNOWN) + table.usual[font] + _log_normal(factors, SAME_FONT)
    heights = _heights(table)
    middle, deviation = _usual_heights(table)[table.kinds[font]]
    unknown = np.log((1 - KNOWN) / len(heights)) + _log_normal(heights[font] + factors - middle, deviation)
    return known, unknown


@functools.lru_cache(maxsize=4)
def _heights(table: FontTable) -> Floats:
    """Return the heights of letters of each font in font sizes, low and tall ones alike, as a logarithm."""
    regular = np.lexsort((np.abs(table.weight - REGULAR), table.font))
    first = regular[np.flatnonzero(np.diff(table.font[regular], prepend=-1))]
    return np.asarray(np.log(table.low[first] * table.tall[first]) / 2)


@functools.lru_cache(maxsize=4)
def _usual_heights(table: FontTable) -> Mapping[str, tuple[float, float]]:
    """Return the mean and the standard deviation of these heights for each kind of font; usual fonts count more."""
    found, kinds = {}, np.array(table.kinds)
    for kind in sorted(set(table.kinds)):
        own = _heights(table)[kinds == kind]
        weights = np.exp(table.usual[kinds == kind])
        middle = np.average(own, weights=weights)
        found[kind] = (float(middle), float(np.sqrt(np.average((own - middle) ** 2, weights=weights))))
    return found


def _log_normal(off: Floats, deviation: float) -> Floats:
    return np.asarray(-0.5 * (off / deviation) ** 2 - np.log(deviation * np.sqrt(2 * np.pi)))
