"""Fonts told apart by how their letters are drawn.

`fonts.json` holds what 133 fonts look like that web pages are often set in: for each weight the mean of the features
below, over some twenty lines of text each, light on dark and dark on light, 12 to 40 px, drawn by Chromium on Linux;
and the covariance of the features of a line around these means. A line is compared with all of them as in linear
discriminant analysis; the lines of a screen together tell one font from the others mostly.

Source:
  Fisher: The use of multiple measurements in taxonomic problems, Annals of Eugenics 7 (1936).
"""

from __future__ import annotations

import functools
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import attrs
import numpy as np

from copy_that_orch.imaging.arrays import Floats, Indices
from copy_that_orch.imaging.text import TextLine

WEIGHT_PRIOR: Final = {300: 0.05, 400: 0.6, 500: 0.1, 600: 0.1, 700: 0.15}
"""Share of text that is set in each weight."""
UNLIKE: Final = 60.0
"""Squared distance from which a line is unlike a class, so that it does not matter how much."""
OUTLYING: Final = 3.0
"""Standard deviations that a feature of a line counts at most."""
EACH: Final = 0.3
"""How much the looks of single lines count beside what they have in common; fitted to 70 screens of 24 products."""

LOOKS: Final = 0.4
"""How much it counts what the letters look like beside what explains their heights and pitches, which tells the same in
part."""

OTHER_USERS: Final = 20.0
"""What is added to the users of each font, who are told by downloads of its packages in thousands a month: there are
other ways to get one."""

REGULAR: Final = 400

PITCH_STEP: Final = 0.04
PITCH_START: Final = -2.3
PITCH_BINS: Final = 68
"""How often strokes follow each other at a pitch is stored by its logarithm, in font sizes, in so many bins of this
width from this value on."""
STRAY_PITCHES: Final = 0.03
"""Share of pitches that may be any: of signs and icons, and where letters touch."""


@attrs.frozen(eq=False, kw_only=True)
class FontTable:
    """What fonts look like.

    Attributes:
      names: Of the fonts.
      kinds: Of each font: "sans", "serif" or "mono".
      usual: Fonts: logarithm of the share of text that is set in each, about.
      caps: Fonts: height of capitals and digits in font sizes; ascenders, which `tall` counts too, are taller in some.
      rise: Fonts: how far the middle of a line lies above the baseline, in font sizes: half of ascent less descent, by
        which browsers place text in its line box.
      font, weight: Classes: index of the font, and its weight. Classes are sorted by font.
      low, tall: Classes: height of low and of tall letters in font sizes.
      stem: Classes: median length of strokes along a row through the middle of low letters, in font sizes.
      means: Classes x features.
      pitches: Classes x `PITCH_BINS`: logarithm of how often each pitch of strokes occurs, see `strokes.Strokes`.
      covariance: Features x features: how lines of a class lie around its mean.
      screens: Features x features: how the means of lines of one screen lie around that of the class: contrast and the
        darkness of a theme make all strokes look thicker or thinner.
    """

    names: tuple[str, ...]
    kinds: tuple[str, ...]
    usual: Floats
    rise: Floats
    caps: Floats
    font: Indices
    weight: Indices
    low: Floats
    tall: Floats
    stem: Floats
    means: Floats
    pitches: Floats
    covariance: Floats
    screens: Floats


@functools.cache
def font_table() -> FontTable:
    """Return the table that comes with this package."""
    stored = json.loads((Path(__file__).parent / "fonts.json").read_text())
    classes = [
        (index, int(weight), drawn)
        for index, font in enumerate(stored["fonts"])
        for weight, drawn in font["weights"].items()
    ]
    return FontTable(
        names=tuple(font["name"] for font in stored["fonts"]),
        kinds=tuple(font["kind"] for font in stored["fonts"]),
        usual=_log_shares(np.array([font["users"] for font in stored["fonts"]], np.float64)),
        rise=np.array([font["rise"] for font in stored["fonts"]]),
        caps=np.array([font["caps"] for font in stored["fonts"]]),
        font=np.array([index for index, _, _ in classes]),
        weight=np.array([weight for _, weight, _ in classes]),
        low=np.array([drawn["low"] for _, _, drawn in classes]),
        tall=np.array([drawn["tall"] for _, _, drawn in classes]),
        stem=np.array([drawn["stem"] for _, _, drawn in classes]),
        means=np.array([drawn["look"] for _, _, drawn in classes]),
        pitches=_log_densities(np.array([drawn["pitches"] for _, _, drawn in classes], np.float64)),
        covariance=np.array(stored["covariance"]),
        screens=np.array(stored["screens"]),
    )


def _log_shares(users: Floats) -> Floats:
    shares = users + OTHER_USERS
    return np.asarray(np.log(shares / shares.sum()))


def _log_densities(counts: Floats) -> Floats:
    """Return the logarithms of densities; a few strokes follow each other at any pitch."""
    shares = counts / counts.sum(axis=1, keepdims=True)
    return np.asarray(np.log(((1 - STRAY_PITCHES) * shares + STRAY_PITCHES / PITCH_BINS) / PITCH_STEP))


def features(line: TextLine) -> list[float] | None:
    """Return how the letters of `line` look, whatever their size; None if it has no low letters, or too few of any."""
    strokes, low = line.strokes, line.low
    if strokes is None or low is None:
        return None
    ratios = [
        low / line.tall,
        1 / (strokes.density * low),
        strokes.gap / low,
        strokes.stem / low,
        strokes.foot / strokes.stem,
        strokes.wide / low,
        strokes.sole / strokes.stem,
        max(strokes.narrow, 0.1) / low,
        strokes.mean / strokes.stem,
        strokes.thin / strokes.stem,
        strokes.bar / strokes.stem,
    ]
    return [*np.log(np.maximum(ratios, 0.05)).tolist(), strokes.rhythm, strokes.below / low]


def looks(lines: Sequence[TextLine]) -> tuple[Floats, Indices]:
    """Return the features of the lines that have some, lines x features, and the indices of these lines."""
    rows = [(index, row) for index, line in enumerate(lines) if (row := features(line)) is not None]
    found = np.array([row for _, row in rows]) if rows else np.empty((0, 13))
    return found, np.array([index for index, _ in rows], np.intp)


def log_likelihoods(found: Floats, table: FontTable) -> Floats:
    """Return the logarithm of how likely lines with such features are of each class, lines x classes.

    Squared Mahalanobis distances count up to `UNLIKE`.
    """
    prior = np.log([WEIGHT_PRIOR[weight] for weight in table.weight.tolist()])
    if not len(found):
        return np.empty((0, len(prior)))
    precision = np.linalg.inv(table.covariance)
    # |f - m|² in the metric of the precision matrix, multiplied out
    left, right = found @ precision, table.means @ precision
    squares = (left * found).sum(axis=1)[:, None] + (right * table.means).sum(axis=1) - 2 * left @ table.means.T
    return np.asarray(prior - 0.5 * np.minimum(squares, UNLIKE))


def rank_fonts(found: Floats, likelihoods: Floats, table: FontTable) -> Floats:
    """Return for each font the logarithm of how likely all lines together are set in it, up to a constant.

    What all lines of a screen have in common as against the font counts as one observation; how each of them looks
    counts a little.
    """
    if not len(found):
        return np.zeros(len(table.names))
    classes = _classes_of_fonts(table)
    starts = np.flatnonzero(np.diff(table.font, prepend=-1))
    each = np.logaddexp.reduceat(likelihoods, starts, axis=1).sum(axis=0) / np.sqrt(len(found))
    weight = likelihoods[:, classes].argmax(axis=2)
    nearest = classes[np.arange(len(classes)), weight]
    spread = OUTLYING * np.sqrt(np.diag(table.covariance))
    common = np.clip(found[:, None] - table.means[nearest], -spread, spread).mean(axis=0)
    precision = np.linalg.inv(table.screens + table.covariance / len(found))
    together = -0.5 * ((common @ precision) * common).sum(axis=1)
    return np.asarray(together + EACH * each)


@functools.lru_cache(maxsize=4)
def _classes_of_fonts(table: FontTable) -> Indices:
    """Return fonts x weights: the classes of each font; those that have fewer have their first one several times."""
    starts = np.flatnonzero(np.diff(table.font, prepend=-1))
    counts = np.diff(starts, append=len(table.font))
    places = np.arange(counts.max())
    return starts[:, None] + np.where(places < counts[:, None], places, 0)


def rank_on_screens(found: Floats, likelihoods: Floats, screen_of: Indices, table: FontTable) -> Floats:
    """Return for each font how likely all lines of several screens are set in it, see `rank_fonts`.

    Args:
      found: Lines x features.
      likelihoods: Lines x classes.
      screen_of: Lines: index of the screen.
      table: What fonts look like.
    """
    rank = np.zeros(len(table.names))
    for screen in np.unique(screen_of).tolist():
        here = screen_of == screen
        rank += rank_fonts(found[here], likelihoods[here], table)
    return rank


def classes_in(font: int, count: int, told: Indices, likelihoods: Floats, table: FontTable) -> Indices:
    """Return the class of each line if it is set in `font`: the likeliest weight, or the regular one.

    Args:
      font: Index of the font.
      count: How many lines there are.
      told: Indices of the lines that have features.
      likelihoods: These lines x classes.
      table: What fonts look like.
    """
    own = np.flatnonzero(table.font == font)
    regular = own[np.argmin(np.abs(table.weight[own] - REGULAR))]
    classes = np.full(count, regular)
    classes[told] = own[np.argmax(likelihoods[:, own], axis=1)]
    return classes
