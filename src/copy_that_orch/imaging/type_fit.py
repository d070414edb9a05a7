"""The font and the sizes that explain all letters of a product together.

The height of low letters is a share of the font size that differs from font to font: 0.43 in Crimson, 0.57 in DejaVu.
So one line tells its size within 15 %. All lines together tell more: which font their letters look like (`fonts`), and
at which sizes of that font they would be as tall, and their strokes as far apart, as they are (`size_curves`). A
product has one font for nearly all of its text, so that all of its screens are looked at together.

Headings may have a font of their own, see `heading_font`.

A font that is not in the table is taken for one that looks like it, whose letters are taller or lower
(`unknown_fonts`); then it tells something that sizes are mostly whole pixels.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

import attrs
import numpy as np

from copy_that_orch.imaging.arrays import Floats, Indices
from copy_that_orch.imaging.fonts import (
    LOOKS,
    FontTable,
    classes_in,
    font_table,
    log_likelihoods,
    looks,
    rank_on_screens,
)
from copy_that_orch.imaging.heading_font import font_of_headings
from copy_that_orch.imaging.size_choice import choose_sizes, prior
from copy_that_orch.imaging.size_curves import STEP, LineLooks
from copy_that_orch.imaging.text import TextLine
from copy_that_orch.imaging.unknown_fonts import FACTORS, log_factors

CANDIDATES: Final = 10
"""How many fonts are tried."""
EXPLAINED: Final = 0.8
"""How much it counts what explains heights and pitches of single lines, whose errors are not independent."""
STRANGE: Final = 9.0
LEAST_STRANGE: Final = 2
LONG: Final = 6.0
"""How much likelier (logarithm) lines are of a font of another kind, at least, how many such lines there are, and how
long they are in heights of their letters: of a word or two the looks are chance."""
SURE: Final = 0.9
AS_KNOWN: Final = 2
"""How sure the font is, and by how many steps its letters are taller than in the table at most, for headings to be
looked at by themselves: beside a font that is a guess, another one explains any lines better."""
ENOUGH: Final = 20.0
"""Length of a line that says as much as any, in heights of its letters."""
ALIKE: Final = 0.4
"""Lines of one colour on one screen whose letters differ in height by less, in device pixels, are measured with one
error: many of them say no more than the root of their number."""


@attrs.frozen(eq=False, kw_only=True)
class TypeFit:
    """What lines are set in.

    Attributes:
      sizes: Lines: font sizes in CSS pixels.
      classes: Lines: index of font and weight in the table; the weight is that which a line looks like by itself.
      font: Index of the font that most of the text is set in.
      sure: Chance that it is this font, and not another one of the table or one that only looks like it.
    """

    sizes: Floats
    classes: Indices
    font: int
    sure: float


def fit_type(screens: Sequence[Sequence[TextLine]], scales: Sequence[float]) -> TypeFit:
    """Return what the lines of all `screens` are set in, in their order.

    Args:
      screens: Lines of text of each screen; at least one line in all.
      scales: Device pixels per CSS pixel of each screen.
    """
    table = font_table()
    lines = [line for screen in screens for line in screen]
    screen_of = np.repeat(np.arange(len(screens)), [len(screen) for screen in screens])
    scale_steps = np.round(np.log(np.asarray(scales)) / STEP).astype(np.intp)[screen_of]
    found, told = looks(lines)
    likelihoods = log_likelihoods(found, table)
    rank = LOOKS * rank_on_screens(found, likelihoods, screen_of[told], table)
    usual = np.stack([np.roll(prior(), step) for step in FACTORS.tolist()], axis=1)
    seen = LineLooks.of(lines)
    says = np.minimum(seen.letters / ENOUGH, 1.0) / np.sqrt(_alike(lines, screen_of))
    as_known, totals, ways = [], [], []
    for font in np.argsort(-(rank + table.usual), kind="stable")[:CANDIDATES].tolist():
        classes = classes_in(font, len(lines), told, likelihoods, table)
        curves = seen.curves(classes, table)
        known, unknown = log_factors(font, table)
        explained = rank[font] + EXPLAINED * (says @ curves.explained(scale_steps, usual))
        as_known.append(np.logaddexp.reduce(explained + known))
        totals.append(explained + np.logaddexp(known, unknown))
        ways.append((font, classes, curves))
    every = np.array(totals)
    best, factor = np.unravel_index(int(np.argmax(every)), every.shape)
    font, classes, curves = ways[best]
    sure = float(np.exp(as_known[best] - np.logaddexp.reduce(every, axis=None)))
    moved = np.full(len(lines), FACTORS[factor])
    long = seen.letters[told] >= LONG
    others = _of_another_kind(told[long], likelihoods[long], classes, table, font)
    if not others and sure >= SURE and abs(FACTORS[factor]) <= AS_KNOWN:
        own = np.roll(prior(), FACTORS[factor])
        others = font_of_headings(lines, np.asarray(scales)[screen_of], screen_of, says, font, own)
    if others:
        classes[list(others)], moved[list(others)] = list(others.values()), 0
        curves = seen.curves(classes, table)
    sizes = choose_sizes(curves.over_all_sizes(scale_steps + moved), says, len(screens))
    return TypeFit(sizes=sizes, classes=classes, font=font, sure=sure)


def _alike(lines: Sequence[TextLine], screen_of: Indices) -> Indices:
    """Return how many lines are alike to each of them, itself included."""
    keys = [
        (screen, line.low is None, round((line.low or line.tall) / ALIKE), line.color)
        for line, screen in zip(lines, screen_of.tolist(), strict=True)
    ]
    many = Counter(keys)
    return np.array([many[key] for key in keys])


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
    strange = strange[likelihoods[strange][:, chosen].max(axis=1) - own[strange] > STRANGE]
    if len(strange) < LEAST_STRANGE:
        return {}
    best = chosen[np.argmax(likelihoods[strange][:, chosen], axis=1)]
    return dict(zip(told[strange].tolist(), best.tolist(), strict=True))
