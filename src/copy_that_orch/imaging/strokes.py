"""How letters are drawn, in numbers: how thick, how wide, how far apart their strokes are.

No letter is read. Along a row of pixels through the middle of low letters, text is a sequence of *strokes* and *gaps*;
how long these are, measured in heights of low letters, differs from font to font and from weight to weight, and hardly
from text to text once there are some words.
"""

from __future__ import annotations

from typing import Final

import attrs
import numpy as np

from copy_that_orch.imaging.arrays import Floats
from copy_that_orch.imaging.letters import LetterHeights

INK: Final = 0.3
"""Coverage from which a pixel belongs to a stroke; its exact length is the sum of the coverage."""
MIDDLE: Final = (0.8, 0.25)
"""Between which heights strokes are measured, in heights of low letters: above it letters begin to arch, below it end
their bowls."""
FOOT: Final = 0.14
"""Up to which height the feet of letters are, in heights of low letters: serifs, and the bottoms of round letters."""
USUAL_LOW: Final = 0.74
"""Height of low letters in heights of tall ones, where a line has no low ones."""
PITCH: Final = (0.9, 1.45)
"""From how much to how much letters of a font whose letters are all equally wide advance, in heights of low letters."""
LEAST_STROKES: Final = 4

PITCH_STEP: Final = 0.02
PITCH_START: Final = -1.5
PITCH_BINS: Final = 126
"""Pitches are counted by the logarithm of what they are in heights of low letters, in so many bins of this width from
this value on, that is from 0.22 to 2.8 heights."""


@attrs.frozen(kw_only=True)
class Strokes:
    """How the letters of a line are drawn. Lengths are in pixels.

    Attributes:
      stem: Median length of the strokes along the rows through the middle of low letters.
      thin, mean: Lower quartile of these lengths, and their mean.
      gap, narrow, wide: Median and quartiles of the gaps between them.
      foot, sole: Median and upper quartile of the lengths of strokes along the rows at the feet of the letters.
      bar: Lower quartile of the lengths of strokes along the columns.
      density: Number of strokes in a row, per pixel of its length.
      rhythm: How well the line fits itself when it is moved on by the pitch of a font whose letters are all equally
        wide: autocorrelation, at most about 1.
      below: How far the ink reaches below the baseline.
      pitches: How often each pitch occurs: the distance from where one stroke begins to where the next one does, along
        the rows through the middle of low letters; bins of the logarithm, see `PITCH_STEP`.
    """

    stem: float
    thin: float
    mean: float
    gap: float
    narrow: float
    wide: float
    foot: float
    sole: float
    bar: float
    density: float
    rhythm: float
    below: float
    pitches: tuple[int, ...] = ()


def measure_strokes(coverage: Floats, heights: LetterHeights) -> Strokes | None:
    """Return how the letters of a line are drawn, or None if there are too few strokes to tell.

    Args:
      coverage: Height x width of the line: how much of each pixel is ink, 0.0 to 1.0.
      heights: Of its letters.
    """
    low = heights.low or USUAL_LOW * heights.tall
    rows, width = coverage.shape
    baseline = heights.baseline
    middle = _rows(coverage, baseline - MIDDLE[0] * low, baseline - MIDDLE[1] * low)
    strokes, gaps = _runs(middle)
    feet, _ = _runs(_rows(coverage, baseline - FOOT * low, baseline))
    upright, _ = _runs(_rows(coverage, baseline - low, baseline).T)
    if len(strokes) < LEAST_STROKES or not len(gaps) or not len(feet) or not len(upright):
        return None
    thin, stem, _ = _quartiles(strokes)
    narrow, gap, wide = _quartiles(gaps)
    _, foot, sole = _quartiles(feet)
    return Strokes(
        stem=stem,
        thin=thin,
        mean=float(strokes.mean()),
        gap=gap,
        narrow=narrow,
        wide=wide,
        foot=foot,
        sole=sole,
        bar=_quartiles(upright)[0],
        density=len(strokes) / (len(middle) * width),
        rhythm=_rhythm(_rows(coverage, baseline - heights.tall, baseline).sum(axis=0), low),
        below=rows - baseline,
        pitches=_pitches(middle, low),
    )


def _rows(coverage: Floats, first: float, last: float) -> Floats:
    """Return the rows between two heights, one at least."""
    start = min(max(round(first), 0), len(coverage) - 1)
    return coverage[start : max(round(last), start + 1)]


def _runs(coverage: Floats) -> tuple[Floats, Floats]:
    """Return the lengths of the strokes along the rows, and of the gaps between strokes of one row, in pixels.

    The faint pixels at both ends of a stroke belong to it, so that lengths are exact to a part of a pixel.
    """
    width = coverage.shape[1] + 2
    line = np.zeros((len(coverage), width))
    line[:, 1:-1] = coverage
    flat = line.ravel()
    on = flat > INK
    turns = np.flatnonzero(on[1:] != on[:-1]) + 1
    begins, ends = turns[::2], turns[1::2]
    sums = np.zeros(len(flat) + 1)
    np.cumsum(flat, out=sums[1:])
    lengths = sums[ends + 1] - sums[begins - 1]
    middles = (begins + ends) / 2
    gaps = middles[1:] - middles[:-1] - (lengths[1:] + lengths[:-1]) / 2
    return lengths, gaps[begins[1:] // width == begins[:-1] // width]


def _pitches(coverage: Floats, low: float) -> tuple[int, ...]:
    """Return how often each pitch occurs along the rows, in bins.

    Where a stroke begins is told by the coverage of its first pixel and of the faint one before it, so it moves as the
    outline does. It does not depend on how thick the stroke is.
    """
    width = coverage.shape[1] + 3
    line = np.zeros((len(coverage), width))
    line[:, 2:-1] = coverage
    flat = line.ravel()
    on = flat > INK
    first = np.flatnonzero(on[1:] & ~on[:-1]) + 1
    begins = first + (1 - np.minimum(flat[first], 1.0)) - flat[first - 1]
    apart = np.diff(begins)[first[1:] // width == first[:-1] // width]
    bins = (np.log(np.maximum(apart, 0.1) / low) - PITCH_START) / PITCH_STEP
    inside = bins[(bins >= 0) & (bins < PITCH_BINS)].astype(np.intp)
    return tuple(np.bincount(inside, minlength=PITCH_BINS).tolist())


def _quartiles(values: Floats) -> tuple[float, float, float]:
    values = np.sort(values)
    last = len(values) - 1
    return float(values[last // 4]), float(values[last // 2]), float(values[last * 3 // 4])


def _rhythm(ink: Floats, low: float) -> float:
    """Return the highest autocorrelation of the ink of the columns at a pitch that a font may have."""
    ink = ink - ink.mean()
    power = float(ink @ ink)
    count = len(ink)
    lags = range(int(PITCH[0] * low), min(int(PITCH[1] * low) + 2, int(0.8 * count)))
    if not power or not lags:
        return 0.0
    return max(float(ink[lag:] @ ink[: count - lag]) / (count - lag) for lag in lags) * count / power
