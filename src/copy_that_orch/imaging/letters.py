"""How tall letters are, from where their outlines begin and end."""

from __future__ import annotations

import math
from typing import Final

import attrs
import numpy as np

from copy_that_orch.imaging.arrays import Floats

BIN: Final = 0.2
"""Width of the bins in which outlines are counted, in pixels."""
PEAK: Final = 0.4
"""How far from a peak outlines may lie to be averaged with it, in pixels."""


@attrs.frozen
class LetterHeights:
    """Heights in a line of text, in pixels.

    Attributes:
      baseline: Where the letters stand, from the top of the picture of the line.
      tall: Height of capitals, ascenders and digits above the baseline.
      low: Height of letters such as x above the baseline; None if all letters are about as tall.
    """

    baseline: float
    tall: float
    low: float | None


def letter_heights(coverage: Floats) -> LetterHeights | None:
    """Return the heights in a line of text, or None if its letters do not stand on a line.

    Where each column of pixels begins and ends is collected, to a part of a pixel. Straight letters make the ends pile
    up at the baseline, the beginnings at the height of x and at the height of capitals and ascenders.

    Args:
      coverage: Height x width of the line: how much of each pixel is ink, 0.0 to 1.0.
    """
    rows = coverage.shape[0]
    solid = coverage > 0.5
    columns = np.flatnonzero(solid.any(axis=0))
    if not len(columns):
        return None
    solid = solid[:, columns]
    framed = np.zeros((rows + 2, len(columns)))
    framed[1:-1] = coverage[:, columns]
    first, last = solid.argmax(axis=0), rows - 1 - solid[::-1].argmax(axis=0)
    here = np.arange(len(columns))
    begins = first + 1 - framed[first + 1, here] - framed[first, here]
    ends = last + framed[last + 1, here] + framed[last + 2, here]
    baseline = _highest_peak(ends[ends > 0.4 * rows], least=2.0)
    if baseline is None:
        return None
    heights = baseline - begins
    heights = heights[heights > 0.25 * heights.max()]
    tall = _outermost_peak(heights)
    between = heights[(heights > 0.6 * tall) & (heights < 0.84 * tall)]
    return LetterHeights(baseline, tall, _highest_peak(between, least=max(3.0, 0.1 * len(heights))))


def _density(values: Floats) -> tuple[Floats, float]:
    """Return how many of `values` lie within about a quarter pixel of places a `BIN` apart, and the first place."""
    start = math.floor(values.min()) - 1.0
    counts = np.bincount(((values - start) / BIN).astype(np.intp))
    # What `np.convolve` with 0.5, 1, 1, 0.5 returns, in a third of the time.
    around = np.zeros(len(counts) + 3)
    around[2:-1] = counts
    return (around[:-3] + around[3:]) / 2 + around[1:-2] + around[2:-1], start + BIN / 2


def _highest_peak(values: Floats, least: float) -> float | None:
    """Return the value around which most of `values` lie; None if fewer than `least` do."""
    if len(values) < least:
        return None
    density, start = _density(values)
    best = int(density.argmax())
    return _mean_around(values, start + BIN * best) if density[best] >= least else None


def _outermost_peak(values: Floats) -> float:
    """Return the largest value around which a fair share of `values` lie."""
    density, start = _density(values)
    enough = np.flatnonzero(density >= max(2.0, 0.02 * len(values)))
    if not len(enough):
        return float(np.median(values))
    best = int(enough[-1])
    while density[best - 1] > density[best]:  # from its foot up to its top; the first bin is always empty
        best -= 1
    return _mean_around(values, start + BIN * best)


def _mean_around(values: Floats, place: float) -> float:
    near = values[np.abs(values - place) <= PEAK]
    return float(near.sum()) / len(near) if len(near) else place
