"""One colour for each thing that is drawn: small areas, lines, words; and the same for things of one colour.

Letters are full of ink in a few pixels only, and noise moves these. But a screen has few colours, so what is nearly
alike is taken to be alike, and the surest of them tells the colour.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import cv2
import numpy as np

from copy_that_orch.imaging.arrays import Codes, Floats, Indices, Pixels
from copy_that_orch.imaging.hues import ColorSteps, find_hues
from copy_that_orch.imaging.ink import Ink
from copy_that_orch.imaging.mark import Mark, alike, as_seen, is_noise
from copy_that_orch.imaging.noise import LUMA_BLOCK
from copy_that_orch.imaging.ruled_lines import is_doubtful, paint_lines

STEEP: Final = 2.0
"""Difference of colour by that of lightness from which noise of lightness would show in the colour: such are left."""
SMALL: Final = 80
"""Pixels of something small that was painted with one colour, such as a badge or a large letter, at least."""
FILLED: Final = 0.4
"""Share of it that has that colour, at least; small letters have less."""
CORE: Final = 12
"""Pixels inside it whose neighbours all have that colour, at least."""
DILUTED_CORE: Final = 1.3
"""How many times further such a pixel may be in colour than it looks where colour was smeared: of three rows, 7 parts
in 8 are left in the middle one."""
UNEVEN: Final = 0.1
"""By how many deviations of the noise of a pixel the blocks of something plain differ, at most. Of 865 things with one
colour on screens of twenty design systems 1 % differ by more, and of 134 bars with a gradient, portraits and parts of
photos 84 %."""

MISFIT: Final = 0.5
MISFIT_ALONE: Final = 0.05
"""Levels of 255 by which lines of one colour, or one line alone, may be out of what the file allows: where it is more,
two of three, or seven of eight, were steps of shadows or had something else beside them."""

WORD: Final = 8
"""Pixels of a word at least."""
JOIN: Final = np.ones((1, 15), np.uint8)
"""Letters that are so near stand in one word."""
LEAST_LEVEL: Final = 24.0
"""Difference in lightness of a word from its ground, at least; what is fainter is a shadow."""
SURE_FULL: Final = 20
"""Pixels full of ink from which a word may tell its colour."""
OUTER: Final = 95.0
MIDDLE: Final = 0.37
"""Pixels of a word that come within a tenth of this percentile are full or nearly so, and at this part of them lies the
colour: within 1 % on average and 2 % mostly, for 690 words of seven design systems, thin and bold."""
SUREST: Final = 0.8
"""How sure a word is, beside the surest of its colour, if it helps to tell that."""
LEAST_DEVIATION: Final = 6.0
"""Levels of 255 below which a pixel of a word counts as full, however little noise there is, to tell how sure it is."""
LEAST_SURE: Final = 0.15
"""How sure a word is at least, for its colour to be counted. On screens of seven design systems at two qualities, three
of ten colours told by less were right, and seven of ten told by more."""

PEAK: Final = 1.5
"""Standard deviations around a level in which the pixels of an area are counted."""
SAME: Final = 6.0
"""Levels of 255 within which words on one ground have one colour."""
THIN: Final = 0.07
"""Share of its level by which a word of thin letters may seem to be paler than it is."""


def paint_marks(ink: Ink, deviation: float, ycc: Pixels, color: ColorSteps | None, areas: Codes) -> None:
    """Give everything drawn its colour.

    Args:
      ink: What is drawn; it is changed.
      deviation: Standard deviation of the noise of lightness, in levels of 255.
      ycc: Height x width x 3: the picture as decoded.
      color: How the file keeps colour; None if it has none, or keeps it in another way.
      areas: Colours of areas.
    """
    small = list(_small(ink, deviation))
    lines = paint_lines(ink)
    words = sorted([*small, *_words(ink, max(deviation, LEAST_DEVIATION))], key=lambda mark: -mark.sure)
    groups = alike(words, SAME, THIN)
    for group in groups:
        surest = [mark for mark in group if mark.sure >= SUREST * group[0].sure]
        level = float(np.average([mark.level for mark in surest], weights=[len(mark.pixels) for mark in surest]))
        weights = [abs(mark.level) * len(mark.pixels) for mark in group]
        slope = np.average([mark.slope for mark in group], axis=0, weights=weights)
        for mark in group:
            share = ink.step[mark.pixels] / mark.level
            full = share >= 1 - deviation / abs(mark.level)
            share[full] = 1.0
            ink.step[mark.pixels] = share * level
            ink.slope[mark.pixels] = slope
            ink.plain[mark.pixels[full]] |= group[0].sure >= LEAST_SURE
    if color is not None:
        _settle_hues(ink, lines, groups, ycc, color, areas)


def _settle_hues(
    ink: Ink, lines: list[list[Mark]], groups: list[list[Mark]], ycc: Pixels, color: ColorSteps, areas: Codes
) -> None:
    """Give groups of marks the hues from which the file can have come; what has none was not seen as it was painted."""
    things = [np.concatenate([mark.pixels for mark in group]) for group in (*lines, *groups)]
    hues = find_hues(ink, things, ycc, color, areas)
    for number, (pixels, hue) in enumerate(zip(things, hues, strict=True)):
        if hue is None:
            continue
        ink.slope[pixels] = hue.slope
        if number < len(lines):
            level = abs(lines[number][0].level)
            least = MISFIT_ALONE if ink.smeared and len(lines[number]) == 1 else MISFIT
            ink.plain[pixels] = level * hue.misfit < least and not is_doubtful(ink, lines[number], hue.slope)


def _small(ink: Ink, deviation: float) -> Iterator[Mark]:
    """Paint and yield small areas of one colour."""
    reach = max(2 * deviation, _half_width(deviation))  # so that some pixels lie within
    for piece in ink.pieces(SMALL):
        step = ink.step[piece]
        peak, share = _peak(step, deviation)
        if share < FILLED:
            continue
        inside = piece[np.abs(step - peak) <= reach]
        core = _core(ink, inside)
        level = float(np.median(ink.step[inside]))
        if len(core) < CORE or is_noise(ink, core, level):
            continue
        if _unevenness(ink, core) > UNEVEN * deviation:
            ink.done[piece] = True
            continue
        slope = np.median(ink.slope[core], axis=0)
        seen = np.median(ink.delta[1:, ink.rows[core], ink.columns[core]].astype(np.float64), axis=1)
        slope = as_seen(level * slope, seen, DILUTED_CORE if ink.smeared else 1.0) / level
        if np.abs(slope).max() > STEEP:
            continue
        parts = step / level
        # Its edges are mixtures; what goes far beyond its colour is something else, such as text on it.
        own = (parts >= 0) & (parts <= 1 + 2 * reach / abs(level))
        parts = np.where(np.abs(parts - 1) <= reach / abs(level), 1.0, np.minimum(parts, 1.0))
        mine = piece[own]
        ink.step[mine], ink.slope[mine], ink.done[mine] = parts[own] * level, slope, True
        ink.plain[inside] = True
        yield Mark(1 + len(core), int(np.median(ink.behind[piece])), level, slope, mine)


def _peak(values: Floats, deviation: float) -> tuple[float, float]:
    """Return the value around which most of `values` lie, and which share of them does."""
    low = int(np.floor(values.min()))
    counts = np.bincount((values - low).astype(np.intp))
    half = int(_half_width(deviation))
    smooth = np.convolve(counts, np.ones(2 * half + 1))[half : half + len(counts)]
    best = int(smooth.argmax())
    return low + best + 0.5, float(smooth[best] / len(values))


def _half_width(deviation: float) -> float:
    """Return how far values lie, at most, from the one around which they are counted: whole levels and a half."""
    return round(PEAK * deviation) + 0.5


def _core(ink: Ink, inside: Indices) -> Indices:
    """Return those of the pixels `inside` that have all their neighbours inside."""
    rows, columns = ink.rows[inside] - ink.rows[inside].min() + 1, ink.columns[inside] - ink.columns[inside].min() + 1
    raster = np.zeros((int(rows.max()) + 2, int(columns.max()) + 2), np.uint8)
    raster[rows, columns] = 1
    solid = np.asarray(cv2.erode(raster, np.ones((3, 3), np.uint8)))[rows, columns] > 0
    core: Indices = inside[solid]
    return core


def _unevenness(ink: Ink, pixels: Indices) -> float:
    """Return how much the blocks of something differ in lightness, in levels of 255: standard deviation of their means.

    A block counts as much as it has of the thing, for the noise of single pixels is lost in the mean of a whole one.
    """
    across = ink.index.shape[1] // LUMA_BLOCK + 1
    block = ink.rows[pixels] // LUMA_BLOCK * across + ink.columns[pixels] // LUMA_BLOCK
    step = ink.step[pixels]
    _blocks, inverse, counts = np.unique(block, return_inverse=True, return_counts=True)
    off = np.bincount(inverse, step) / counts - step.mean()
    return float(np.sqrt((counts * off**2).mean()) / LUMA_BLOCK)


def _words(ink: Ink, deviation: float) -> Iterator[Mark]:
    """Yield the words that are left."""
    for pixels in ink.pieces(WORD, JOIN):
        step = ink.step[pixels]
        sign = 1.0 if step.sum() > 0 else -1.0
        level = _full(sign * step)
        if level >= LEAST_LEVEL:
            full = int((sign * step >= level - deviation).sum())
            sure = full / len(pixels) if full >= SURE_FULL else 0.0
            slope = np.median(ink.slope[pixels[sign * step >= level / 2]], axis=0)
            if np.abs(slope).max() > STEEP:
                continue
            yield Mark(sure, int(np.median(ink.behind[pixels])), sign * level, slope, pixels)


def _full(steps: Floats) -> float:
    """Return the step of pixels full of ink: the middle of those that are, with some of their neighbours."""
    steps = steps[steps > 0]
    if len(steps) < WORD:
        return 0.0
    share = float((steps > 0.9 * np.percentile(steps, OUTER)).mean())
    return float(np.percentile(steps, 100 * (1 - MIDDLE * share)))
