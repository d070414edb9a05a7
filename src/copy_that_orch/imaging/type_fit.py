"""The font and the sizes that explain the heights of all letters on a screen together.

The height of low letters is a share of the font size that differs from font to font: 0.43 in Crimson, 0.57 in DejaVu.
So one line tells its size within 15 %. A screen tells more: which fonts its letters look like (`fonts`), and that one
share must turn all its heights into sizes that style sheets have, which are whole pixels, and some more often than
others. Both together are a sum over hypotheses: a font, and a factor by which its letters are taller than in the table.

Browsers on Linux draw small letters with whole heights ("slight hinting"), on others heights have fractions; so heights
are taken as known to a third of a pixel.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Final

import attrs
import numpy as np

from copy_that_orch.imaging.arrays import Floats, Indices
from copy_that_orch.imaging.fonts import FontTable, font_table, log_likelihoods, looks, rank_fonts
from copy_that_orch.imaging.text import TextLine

DECLARED: Final = {
    10: 6, 11: 3, 12: 10, 13: 6, 14: 13, 15: 3, 16: 14, 17: 1, 18: 5, 19: 4, 20: 10, 21: 2, 22: 5, 23: 1, 24: 9, 25: 1,
    26: 4, 27: 1, 28: 8, 29: 1, 30: 1, 32: 12, 34: 1, 35: 2, 36: 1, 38: 2, 40: 3, 42: 2, 45: 1, 47: 1, 48: 5, 56: 4,
    64: 4, 72: 4, 80: 3,
}  # fmt: skip
"""In how many of 15 style sheets of design systems a font size is declared, in CSS pixels, rounded; counted in
antd 4, bootswatch 5 (three themes), carbon 10, chota, materialize, mini, mvp, picnic, purecss, sakura, semantic-ui,
spectre and water."""
UNDECLARED: Final = 4.0
"""What is added to these counts, for sizes that other style sheets have."""
SIZES: Final = np.array([*range(8, 49), *range(50, 81, 2), *range(84, 129, 4)], np.float64)
"""The sizes that are looked for, CSS pixels."""

ROUND: Final = -0.3
FLAT: Final = -0.2
"""By how much low and tall letters measure less than their height, in pixels: the tops of round letters are faint."""
SHARP: Final = 0.15
HINTED: Final = 0.75
BLUR: Final = 0.3
TALL_BLUR: Final = 0.5
"""Standard deviation of measured heights, device pixels: hinting rounds them; ascenders, capitals and digits differ."""
FAR: Final = 1e-4
"""Likelihood of heights that no size explains, beside 1 at best: icons look like letters sometimes."""
CANDIDATES: Final = 5
"""How many fonts are tried."""
FACTORS: Final = np.arange(-0.08, 0.0801, 0.01)
SAME_FONT: Final = 0.012
OTHER_FONT: Final = 0.04
KNOWN: Final = 0.85
"""How much taller letters may be than in the table: by `SAME_FONT` (standard deviation) if it is the font of the table,
which `KNOWN` is the chance of; else by `OTHER_FONT`."""
STRANGE: Final = 9.0
LEAST_STRANGE: Final = 2
LONG: Final = 6.0
"""How much likelier (logarithm) lines are of a font of another kind, at least, how many such lines there are, and how
long they are in heights of their letters: of a word or two the looks are chance."""
REGULAR: Final = 400
SAME: Final = 0.4
"""Heights that lie less apart are those of one size, device pixels."""


USUAL: Final = 10.0
"""How much likelier a few letters are of a size that many letters have."""
FEW: Final = 0.2
"""How much less well the heights of few letters are known."""


@attrs.frozen(eq=False, kw_only=True)
class TypeFit:
    """What the lines of a screen are set in.

    Attributes:
      sizes: Lines: font sizes in CSS pixels.
      classes: Lines: index of font and weight in the table; the weight is that which a line looks like by itself.
      font: Index of the font that most of the text is set in.
      sure: Chance that it is this font, as far as the fonts of the table are concerned.
    """

    sizes: Floats
    classes: Indices
    font: int
    sure: float


def fit_type(lines: Sequence[TextLine], scale: float) -> TypeFit:
    """Return what `lines` are set in.

    Args:
      lines: Lines of text of one screen, at least one.
      scale: Device pixels per CSS pixel.
    """
    table = font_table()
    found, told = looks(lines)
    likelihoods = log_likelihoods(found, table)
    rank = rank_fonts(found, likelihoods, table)
    letters = np.array([line.width / line.tall for line in lines])
    heights = _Heights.of(lines)
    totals, ways = [], []
    for font in np.argsort(-rank, kind="stable")[:CANDIDATES].tolist():
        classes = _classes(len(lines), told, likelihoods, table, font)
        groups = _groups(heights, classes, letters)
        fit = _fit(groups, table, scale)
        explained = np.log((fit * _declared()).sum(axis=-1)) @ groups.says
        totals.append(rank[font] + explained + _log_factor(FACTORS))
        ways.append((font, classes, groups, fit))
    every = np.array(totals)
    best, factor = np.unravel_index(int(np.argmax(every)), every.shape)
    font, classes, groups, fit = ways[best]
    long = letters[told] >= LONG
    others = _of_another_kind(told[long], likelihoods[long], classes, table, font)
    if others:
        classes[list(others)] = list(others.values())
        groups = _groups(heights, classes, letters)
        fit = _fit(groups, table, scale)
        fit[:, table.font[groups.index] != font] = fit[FACTORS.size // 2, table.font[groups.index] != font]
    sizes = _assign(groups, fit[factor])[groups.of_line]
    chances = np.exp(np.logaddexp.reduce(every, axis=1) - np.logaddexp.reduce(every, axis=None))
    return TypeFit(sizes=sizes, classes=classes, font=font, sure=float(chances[best]))


def _classes(count: int, told: Indices, likelihoods: Floats, table: FontTable, font: int) -> Indices:
    """Return the class of each line if it is set in `font`: the likeliest weight, or the regular one."""
    own = np.flatnonzero(table.font == font)
    regular = own[np.argmin(np.abs(table.weight[own] - REGULAR))]
    classes = np.full(count, regular)
    classes[told] = own[np.argmax(likelihoods[:, own], axis=1)]
    return classes


def _of_another_kind(
    told: Indices, likelihoods: Floats, classes: Indices, table: FontTable, font: int
) -> dict[int, int]:
    """Return the classes of lines that look far more like a font of another kind: code, or headings with serifs.

    They are all taken for one font.
    """
    kinds = np.array(table.kinds)[table.font]
    other = np.flatnonzero(kinds != table.kinds[font])
    own = likelihoods[np.arange(len(told)), classes[told]]
    strange = np.flatnonzero(likelihoods[:, other].max(axis=1, initial=-np.inf) - own > STRANGE)
    if len(strange) < LEAST_STRANGE:
        return {}
    starts = np.flatnonzero(np.diff(table.font[other], prepend=-1))
    together = np.logaddexp.reduceat(likelihoods[strange][:, other], starts, axis=1).sum(axis=0)
    chosen = np.flatnonzero(table.font == table.font[other[starts[np.argmax(together)]]])
    best = chosen[np.argmax(likelihoods[strange][:, chosen], axis=1)]
    return dict(zip(told[strange].tolist(), best.tolist(), strict=True))


@attrs.frozen(eq=False)
class _Heights:
    """Heights of the letters of lines in device pixels; NaN where there are none."""

    low: Floats
    tall: Floats

    @classmethod
    def of(cls, lines: Sequence[TextLine]) -> _Heights:
        return cls(
            low=np.array([line.low or np.nan for line in lines]),
            tall=np.array([line.tall for line in lines]),
        )


@attrs.frozen(eq=False)
class _Groups:
    """Groups of lines: those of one weight whose letters are equally tall. They are measured with one error.

    Attributes:
      of_line: Lines: index of the group of each.
      low, tall: Groups: median heights in device pixels; `low` is NaN if there are no low letters.
      index: Groups: class of the table.
      letters: Groups: about how many letters there are in a line.
      says: Groups: how much each says, 0 to 1; many lines say hardly more than one.
    """

    of_line: Indices
    low: Floats
    tall: Floats
    index: Indices
    letters: Floats
    says: Floats


def _groups(heights: _Heights, classes: Indices, letters: Floats) -> _Groups:
    of_line = np.full(len(classes), -1)
    known = ~np.isnan(heights.low)
    count = 0
    for index in np.unique(classes).tolist():
        for has_low, height in ((True, heights.low), (False, heights.tall)):
            left = np.flatnonzero((classes == index) & (known == has_low))
            while len(left):
                near = np.abs(height[left][:, None] - height[left]) <= np.maximum(SAME, 0.015 * height[left])
                leader = near[int(np.argmax(near @ letters[left]))]
                of_line[left[leader]] = count
                left, count = left[~leader], count + 1
    members = [np.flatnonzero(of_line == group) for group in range(count)]
    return _Groups(
        of_line=of_line,
        low=np.array([np.median(heights.low[lines]) for lines in members]),
        tall=np.array([np.median(heights.tall[lines]) for lines in members]),
        index=np.array([classes[lines[0]] for lines in members]),
        letters=np.array([letters[lines].mean() for lines in members]),
        says=np.array([min(letters[lines].sum() / 20, 1.0) for lines in members]),
    )


def _log_factor(factors: Floats) -> Floats:
    def normal(deviation: float) -> Floats:
        return np.asarray(np.exp(-0.5 * (factors / deviation) ** 2) / deviation)

    return np.asarray(np.log(KNOWN * normal(SAME_FONT) + (1 - KNOWN) * normal(OTHER_FONT)))


@functools.cache
def _declared() -> Floats:
    counts = np.array([DECLARED.get(int(size), 0) + UNDECLARED for size in SIZES])
    return np.asarray(counts / counts.sum())


def _fit(groups: _Groups, table: FontTable, scale: float) -> Floats:
    """Return how likely the heights of each group are at each of `SIZES`, factors x groups x sizes."""
    size = scale * (1 + FACTORS)[:, None, None] * SIZES
    low = table.low[groups.index][:, None] * size
    doubt = FEW * (1 - groups.says)[:, None]
    has_low = ~np.isnan(groups.low)
    tall = np.where(has_low, table.tall[groups.index], table.caps[table.font[groups.index]])[:, None] * size + FLAT
    only_low = np.where(has_low, 1.0, 0.5 ** np.minimum(groups.letters, 10))[:, None]  # half of all letters are low
    as_low = _low(np.where(has_low, groups.low, groups.tall)[:, None], low, doubt)
    as_tall = _bell(groups.tall[:, None] - tall, TALL_BLUR + 0.02 * size + doubt)
    return np.where(has_low[:, None], as_low * as_tall, only_low * as_low + (1 - only_low) * as_tall) + FAR


def _low(measured: Floats, low: Floats, doubt: Floats) -> Floats:
    """Return how likely it is to measure a height of low letters, for each true height: rounded, or as it is."""
    rounded = _bell(measured - (np.round(low) + ROUND), SHARP + doubt)
    return np.asarray(HINTED * rounded + (1 - HINTED) * _bell(measured - (low + ROUND), BLUR + 0.004 * low + doubt))


def _bell(off: Floats, deviation: Floats) -> Floats:
    return np.asarray(np.exp(-0.5 * (off / deviation) ** 2))


def _assign(groups: _Groups, fit: Floats) -> Floats:
    """Return the size of each group, which is that of a large group rather if it is small.

    Args:
      groups: Of lines.
      fit: Groups x sizes, how likely their heights are.
    """
    chosen = np.zeros(len(fit), np.intp)
    usual = np.ones(len(SIZES))
    for group in np.argsort(-groups.says, kind="stable").tolist():
        large = groups.says[group] == 1
        chosen[group] = np.argmax(fit[group] * _declared() * (1.0 if large else usual))
        if large:
            usual[chosen[group]] = USUAL
    return np.asarray(SIZES[chosen])
