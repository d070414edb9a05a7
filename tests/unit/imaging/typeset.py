"""Lines of text as a font of the table would give them, for tests."""

from __future__ import annotations

import math

import attrs
import numpy as np

from copy_that_orch.imaging import fonts, strokes
from copy_that_orch.imaging.fonts import FontTable, font_table
from copy_that_orch.imaging.size_curves import FLAT, ROUND
from copy_that_orch.imaging.strokes import Strokes
from copy_that_orch.imaging.text import TextLine


def class_of(table: FontTable, font: str, weight: int) -> int:
    """Return the index of a font in one weight."""
    return int(np.flatnonzero((table.font == table.names.index(font)) & (table.weight == weight))[0])


def pitches_of(table: FontTable, index: int, low: float, letters: int) -> tuple[int, ...]:
    """Return how often each pitch occurs in a line whose low letters have that share of the font size."""
    places = strokes.PITCH_START + strokes.PITCH_STEP * (np.arange(strokes.PITCH_BINS) + 0.5) + math.log(low)
    bins = (places - fonts.PITCH_START) / fonts.PITCH_STEP - 0.5
    density = np.exp(np.interp(bins, np.arange(fonts.PITCH_BINS), table.pitches[index]))
    return tuple(round(count) for count in (10 * letters * density * strokes.PITCH_STEP).tolist())


def typeset(
    size: float,
    letters: int = 30,
    *,
    font: str = "Roboto",
    weight: int = 400,
    low: bool = True,
    left: int = 0,
    baseline: float = 20.0,
    scale: float = 1.0,
    hinted: bool = True,
    color: int = 0,
) -> TextLine:
    """Return a line that looks just as `font` does on average.

    Args:
      size: In CSS pixels.
      letters: How many there are.
      font: In the table.
      weight: As in CSS.
      low: Whether there are letters such as x; else all are capitals.
      left: Where it begins, device pixels.
      baseline: Where it stands, device pixels.
      scale: Device pixels per CSS pixel.
      hinted: Whether low letters are drawn with whole heights.
      color: Of the text.
    """
    table = font_table()
    index = class_of(table, font, weight)
    em = size * scale
    x = table.low[index] * em
    x = (round(x) if hinted else x) + ROUND
    tall = (table.tall[index] if low else table.caps[table.font[index]]) * em + FLAT
    look = table.means[index]
    stem = table.stem[index] * em
    strokes = Strokes(
        density=1 / (math.exp(look[1]) * x),
        gap=math.exp(look[2]) * x,
        stem=stem,
        foot=math.exp(look[4]) * stem,
        wide=math.exp(look[5]) * x,
        sole=math.exp(look[6]) * stem,
        narrow=math.exp(look[7]) * x,
        mean=math.exp(look[8]) * stem,
        thin=math.exp(look[9]) * stem,
        bar=math.exp(look[10]) * stem,
        rhythm=look[11],
        below=look[12] * x,
        pitches=pitches_of(table, index, x / em, letters),
    )
    line = TextLine(
        left=left,
        top=round(baseline - tall),
        width=round(letters * em / 2),
        height=round(tall),
        pieces=letters,
        color=color,
        ground=0xFFFFFF,
        solid=99,
        ink=letters * em,
        baseline=baseline,
        tall=tall,
        low=x,
        strokes=strokes,
    )
    return line if low else attrs.evolve(line, low=None)
