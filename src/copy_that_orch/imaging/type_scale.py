"""From heights of letters to font sizes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

import attrs
import numpy as np

from copy_that_orch.imaging.arrays import Floats, Indices
from copy_that_orch.imaging.text import LOW, TALL, TextLine, is_text

SPREAD: Final = 0.008
"""Standard deviation of `LOW` and `TALL` between fonts, as a share of them."""
SMALLEST: Final = 9
"""Smallest font size that is looked for, in CSS pixels; below, dust and parts of icons look like letters."""

NEAR: Final = 0.05
MINOR: Final = 0.35
"""Lines of a size that is at most `NEAR` (or a pixel) away from one with far more letters, so that they have less than
`MINOR` of these, were measured badly: a word of capitals here, a word of round letters there."""


@attrs.frozen(kw_only=True)
class FontSize:
    """A font size that is in use.

    Attributes:
      size: In CSS pixels.
      lines: How many lines of text are set in it.
      letters: About how many letters these have.
    """

    size: float
    lines: int
    letters: float

    @property
    def confidence(self) -> float:
        """How sure it is that text is set in this size, 0.0 to 1.0; fitted to 32 screens of 13 design systems."""
        return 1 - 3 / (self.letters + 4)


def font_sizes(lines: Iterable[TextLine], scale: float) -> tuple[FontSize, ...]:
    """Return the font sizes of `lines`, the smallest first.

    Args:
      lines: From one screenshot.
      scale: Device pixels per CSS pixel.
    """
    texts = [line for line in lines if is_text(line)]
    if not texts:
        return ()
    rough = _rough_sizes(texts) / scale
    letters = np.array([line.width / scale for line in texts]) / (0.5 * rough)
    groups = _groups(rough, letters)
    middles = np.array([np.average(rough[group], weights=letters[group]) for group in groups])
    weights = np.array([letters[group].sum() for group in groups])
    sizes = np.round(middles * _correction(middles, weights))
    found: dict[float, FontSize] = {}
    for index in np.argsort(-weights, kind="stable"):
        size = float(sizes[index])
        near = [other for other in found if abs(other - size) <= max(1.0, NEAR * size)]
        blur = [other for other in near if weights[index] < MINOR * found[other].letters or other == size]
        into = min(blur, key=lambda other: abs(other - size), default=size)
        so_far = found.get(into, FontSize(size=size, lines=0, letters=0.0))
        found[into] = attrs.evolve(
            so_far, lines=so_far.lines + len(groups[index]), letters=so_far.letters + float(weights[index])
        )
    return tuple(found[size] for size in sorted(found) if size >= SMALLEST)


def _rough_sizes(texts: Sequence[TextLine]) -> Floats:
    """Return the font size of each line in device pixels, within a few percent.

    A line without a second height has tall letters only, such as "€48", or low ones only, such as "now". It is the
    latter if its height is that of the low letters of other lines, and not that of the tall ones of any.
    """
    tall = np.array([line.tall for line in texts])
    low = np.array([line.low or np.nan for line in texts])
    both = ~np.isnan(low)
    like_tall = np.abs(tall[:, None] - tall[both]) < 0.035 * tall[:, None]
    like_low = np.abs(tall[:, None] - low[both]) < 0.035 * tall[:, None]
    is_low = ~both & (like_low.sum(axis=1) > 2 * like_tall.sum(axis=1))
    return np.where(both, low / LOW, np.where(is_low, tall / LOW, tall / TALL))


def _groups(heights: Floats, letters: Floats) -> list[Indices]:
    """Return the indices of heights that are about equal, group by group; the best supported height leads."""
    left = np.ones(len(heights), np.bool_)
    groups = []
    while left.any():
        near = np.abs(heights[:, None] - heights) <= np.maximum(0.04 * heights[:, None], 0.3)
        support = (near * (letters * left)).sum(axis=1) * left
        leader = int(np.argmax(support))
        members = np.flatnonzero(near[leader] & left)
        groups.append(members)
        left[members] = False
    return groups


def _correction(sizes: Floats, weights: Floats) -> float:
    """Return the factor that turns `sizes` into those of the font that most of the text is set in.

    Sizes are nearly always whole pixels, so of the factors near to 1 the one is taken that makes most of them whole.
    """
    factors = np.arange(1 - 2.5 * SPREAD, 1 + 2.5 * SPREAD, 0.001)
    candidates = sizes * factors[:, None]
    off = np.abs(candidates - np.round(candidates))
    blur = 0.008 * candidates + 0.03
    fit = np.log(0.3 + 0.7 * np.exp(-0.5 * (off / blur) ** 2) / (blur * np.sqrt(2 * np.pi)))
    score = (fit * np.minimum(weights / 20, 1.0)).sum(axis=1) - 0.5 * ((factors - 1) / SPREAD) ** 2
    return float(factors[np.argmax(score)])
