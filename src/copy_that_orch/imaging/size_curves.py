"""How likely a line of text is at each font size, if it is set in a font of the table.

Two things tell. Letters are as tall as the font says, but browsers on Linux draw small ones with whole heights ("slight
hinting"), so that at 14 and at 15 px they may be equally tall. Strokes follow each other as far apart as the font
says, to a part of a pixel: no browser rounds the outlines of letters across. Which letters there are is not known, but
how often each distance, or *pitch*, occurs in text is: the counts of a line, moved along the logarithm of the size, fit
best at the size that it is set in. Ten letters tell it within 2 %, a paragraph within 1 %.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Final

import attrs
import numpy as np

from copy_that_orch.imaging import fonts, strokes
from copy_that_orch.imaging.arrays import Floats, Indices
from copy_that_orch.imaging.fonts import FontTable
from copy_that_orch.imaging.text import TextLine

STEP: Final = float(np.log(2)) / 70
"""Between sizes that are looked at, in their logarithm: 1 %. Screens of 1, 2 and 3 pixels per CSS pixel share them."""
SMALLEST: Final = 5.5
"""Smallest size that is looked at, in pixels."""
COUNT: Final = 440
"""How many sizes are looked at: up to 440 px."""
REACH: Final = 86
TALLEST: Final = 0.85
"""For each line so many sizes are looked at, from where its letters would be this share of the size on."""

ROUND: Final = -0.3
FLAT: Final = -0.2
"""By how much low and tall letters measure less than their height, in pixels: the tops of round letters are faint."""
SHARP: Final = 0.15
HINTED: Final = 0.75
BLUR: Final = 0.3
TALL_BLUR: Final = 0.5
"""Standard deviation of measured heights, device pixels: hinting rounds them; ascenders, capitals and digits differ."""
CAPITALS: Final = 0.25
"""Chance that a line without low letters is of capitals, or of digits as tall, whose height is as well known."""
ROUNDED_UP: Final = 0.15
"""How much less likely it is that hinting rounds up where it is nearer down, as some fonts say for small sizes."""
FAR: Final = 1e-3
"""Likelihood of heights that no size explains, beside 1 at best: icons look like letters sometimes."""
FEW: Final = 0.2
"""How much less well the heights of few letters are known."""
MIDDLE: Final = 0.55
"""How many rows pitches are counted along, in heights of low letters; all of them tell about the same."""
MOST_STROKES: Final = 40
"""From so many strokes in a row on, more do not tell more."""
AT_MOST: Final = 9.0
"""How much less likely (logarithm) than its best size any size of a line is at most."""


@attrs.frozen(eq=False)
class Curves:
    """How likely lines are at each size.

    Attributes:
      starts: Lines: which of the sizes is the first that is looked at; sizes are numbered from `SMALLEST` on.
      values: Lines x `REACH`: logarithms, up to a constant for each line.
    """

    starts: Indices
    values: Floats

    def over_all_sizes(self, moved: Indices) -> Floats:
        """Return lines x `COUNT`: the logarithms at all sizes less that of the best one, down to `-AT_MOST`.

        Args:
          moved: Lines: by how many steps of the logarithm sizes are smaller than they are numbered.
        """
        every = np.full((len(self.values), COUNT), -AT_MOST)
        places = (self.starts - moved)[:, None] + np.arange(REACH)
        row, column = np.nonzero((places >= 0) & (places < COUNT))
        values = np.maximum(self.values - self.values.max(axis=1, keepdims=True), -AT_MOST)
        every[row, places[row, column]] = values[row, column]
        return every

    def explained(self, moved: Indices, usual: Floats) -> Floats:
        """Return lines x K: the logarithm of how likely each line is if sizes are as usual as that.

        Args:
          moved: Lines: as above.
          usual: `COUNT` x K: how usual each size is, which adds up to 1.
        """
        best = self.values.max(axis=1, keepdims=True)
        least = np.exp(-AT_MOST)
        every = np.zeros((len(self.values), COUNT))
        places = (self.starts - moved)[:, None] + np.arange(REACH)
        row, column = np.nonzero((places >= 0) & (places < COUNT))
        every[row, places[row, column]] = np.maximum(np.exp(self.values - best) - least, 0.0)[row, column]
        return np.asarray(np.log(every @ usual + least) + best)


def sizes() -> Floats:
    """Return the sizes that are looked at, in pixels."""
    return np.asarray(SMALLEST * np.exp(STEP * np.arange(COUNT)))


@attrs.frozen(eq=False, kw_only=True)
class LineLooks:
    """What lines of text look like, as far as it tells their sizes. Lengths are in device pixels.

    Attributes:
      low: Lines: heights of low letters; NaN where there are none.
      tall: Lines: heights of tall letters.
      letters: Lines: their lengths in heights of tall letters.
      starts: Lines: which size is the first that is looked at, see `Curves`.
      late: Lines: by which part of a step it lies after where letters would be `TALLEST`.
      told: Indices of the lines with low letters and pitches.
      pitches: These lines x bins: how often each pitch occurs.
    """

    low: Floats
    tall: Floats
    letters: Floats
    starts: Indices
    late: Floats
    told: Indices
    pitches: Floats

    @classmethod
    def of(cls, lines: Sequence[TextLine]) -> LineLooks:
        """Return what `lines` look like."""
        low = np.array([line.low or np.nan for line in lines])
        tall = np.array([line.tall for line in lines])
        first = np.log(np.where(np.isnan(low), tall, low) / TALLEST / SMALLEST) / STEP
        starts = np.ceil(first)
        rows = [(index, line.strokes.pitches) for index, line in enumerate(lines) if line.low and line.strokes]
        rows = [(index, pitches) for index, pitches in rows if any(pitches)]
        return cls(
            low=low,
            tall=tall,
            letters=np.array([line.width for line in lines]) / tall,
            starts=starts.astype(np.intp),
            late=starts - first,
            told=np.array([index for index, _ in rows], np.intp),
            pitches=np.array([pitches for _, pitches in rows], np.float64).reshape(-1, strokes.PITCH_BINS),
        )

    def curves(self, classes: Indices, table: FontTable) -> Curves:
        """Return how likely each line is at each size in device pixels.

        Args:
          classes: Lines: which font and weight of the table each is set in.
          table: What fonts look like.
        """
        values = np.log(self._heights(classes, table) + FAR)
        if len(self.told):
            values[self.told] += self._pitches(classes[self.told], table)
        return Curves(self.starts, values)

    def _heights(self, classes: Indices, table: FontTable) -> Floats:
        """Return how likely the heights of the letters are, lines x `REACH`."""
        size = SMALLEST * np.exp(STEP * (self.starts[:, None] + np.arange(REACH)))
        has_low = ~np.isnan(self.low)
        doubt = FEW * (1 - np.minimum(self.letters / 20, 1.0))[:, None]
        low = np.where(has_low, self.low, self.tall)[:, None]
        as_low = _height(low - ROUND, table.low[classes][:, None] * size, doubt)
        tall = self.tall[:, None] - FLAT
        as_tall = _bell(tall - table.tall[classes][:, None] * size, TALL_BLUR + 0.02 * size + doubt)
        capitals = table.caps[table.font[classes]][:, None] * size
        loose = _bell(tall - capitals, TALL_BLUR + 0.02 * size + doubt)
        as_capital = CAPITALS * _height(tall, capitals, doubt) + (1 - CAPITALS) * loose
        only_low = (0.5 ** np.minimum(self.letters, 10))[:, None]  # half of all letters are low
        return np.where(has_low[:, None], as_low * as_tall, only_low * as_low + (1 - only_low) * as_capital)

    def _pitches(self, classes: Indices, table: FontTable) -> Floats:
        """Return the logarithm of how likely the pitches are, lines that tell some x `REACH`.

        Args:
          classes: These lines: of the table.
          table: What fonts look like.
        """
        total = self.pitches.sum(axis=1)
        found = np.empty((len(total), REACH + 1))
        for index in np.unique(classes).tolist():
            found[classes == index] = self.pitches[classes == index] @ _densities(table, index)
        late = self.late[self.told][:, None]
        aligned = (1 - late) * found[:, :-1] + late * found[:, 1:]
        rows = np.maximum(MIDDLE * self.low[self.told], 1.0)
        return np.asarray((np.minimum(total / rows, MOST_STROKES) / total)[:, None] * aligned)


@functools.lru_cache(maxsize=128)
def _densities(table: FontTable, index: int) -> Floats:
    """Return the logarithm of how often each pitch of a line occurs in a class, bins x `REACH` + 1 sizes."""
    places = strokes.PITCH_START + strokes.PITCH_STEP * (np.arange(strokes.PITCH_BINS) + 0.5)
    # A pitch in font sizes is a pitch in heights of low letters times their share of the size.
    shares = np.log(TALLEST) - STEP * np.arange(REACH + 1)
    bins = (places[:, None] + shares - fonts.PITCH_START) / fonts.PITCH_STEP - 0.5
    return np.asarray(np.interp(bins, np.arange(fonts.PITCH_BINS), table.pitches[index]))


def _height(measured: Floats, true: Floats, doubt: Floats) -> Floats:
    """Return how likely it is to measure a height, for each true one: rounded, or as it is."""
    nearest = _bell(measured - np.round(true), SHARP + doubt)
    above = _bell(measured - np.ceil(true), SHARP + doubt)
    as_it_is = _bell(measured - true, BLUR + 0.004 * true + doubt)
    return np.asarray(HINTED * np.maximum(nearest, ROUNDED_UP * above) + (1 - HINTED) * as_it_is)


def _bell(off: Floats, deviation: Floats) -> Floats:
    return np.asarray(np.exp(-0.5 * (off / deviation) ** 2))
