"""The few font weights that explain how thick the strokes of a product's text are.

Lines of one size and colour are taken for one weight. Their stems are as thick as the font says within some 5 %, and a
step of 100 is about 17 %, so that most groups of lines tell their weight, but of many groups some are wrong. A product
has two or three weights; each must pay for itself by what it explains better than the others do, as sizes must
(`size_choice`).
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Sequence
from typing import Final

import numpy as np

from copy_that_orch.imaging.arrays import Floats, Indices, split
from copy_that_orch.imaging.fonts import WEIGHT_PRIOR, FontTable
from copy_that_orch.imaging.text import TextLine

STEM_SPREAD: Final = 0.05
"""Standard deviation of the logarithm of the stem width of one line, in font sizes, around that of its weight."""
GLOW: Final = 0.015
"""By how much (logarithm) stems look thicker than in the table where text is lighter than its ground, and thinner where
it is darker; the table is the mean of both."""
OUTLYING: Final = 8.0
"""How much less likely (logarithm) than at its weight a line is at most: icons and digits have other stems."""
ABSENT: Final = 60.0
"""Likewise a group of lines in a weight that its font does not have."""
ENOUGH: Final = 5.0
"""Length of the lines of a group that says as much as any, in font sizes."""
PRICE: Final = 1.0
"""By how much (logarithm) a weight must explain lines better than the others do."""
WEIGHTS: Final = tuple(WEIGHT_PRIOR)
CHOICES: Final = np.array(sorted(itertools.product((False, True), repeat=len(WEIGHTS)), key=sum)[1:])
"""All choices x weights: whether it has each of them; those with fewer weights come first."""


def find_weights(
    lines: Sequence[TextLine], ems: Floats, sizes: Floats, fonts: Indices, table: FontTable
) -> tuple[Indices, Floats]:
    """Return the weight of each line of a product, and the chance that it is it.

    Args:
      lines: Lines of text.
      ems: Lines: font sizes in device pixels.
      sizes: Lines: font sizes in CSS pixels.
      fonts: Lines: indices of the fonts that they are set in.
      table: What fonts look like.
    """
    groups: dict[tuple[float, int, int, int], list[int]] = defaultdict(list)
    for index, (line, size, font) in enumerate(zip(lines, sizes.tolist(), fonts.tolist(), strict=True)):
        groups[size, line.color, line.ground, font].append(index)
    stems = np.log([line.strokes.stem if line.strokes else np.nan for line in lines]) - np.log(ems)
    lengths = np.array([line.width for line in lines]) / ems
    likely = np.full((len(groups), len(WEIGHTS)), -ABSENT)
    for row, ((_, color, ground, font), members) in zip(likely, groups.items(), strict=True):
        own = np.flatnonzero(table.font == font)
        glow = GLOW if _sum_of_channels(color) > _sum_of_channels(ground) else -GLOW
        seen = stems[members][~np.isnan(stems[members])]
        off = (seen[:, None] - np.log(table.stem[own]) - glow) / STEM_SPREAD
        together = np.maximum(-0.5 * off**2, -OUTLYING).sum(axis=0) / max(np.sqrt(len(seen)), 1.0)
        for weight, value in zip(table.weight[own].tolist(), together.tolist(), strict=True):
            row[WEIGHTS.index(weight)] = value + np.log(WEIGHT_PRIOR[weight])
    says = np.minimum([float(lengths[members].sum()) / ENOUGH for members in groups.values()], 1.0)
    best_of = np.where(CHOICES, likely[:, None], -np.inf).max(axis=2)
    chosen = CHOICES[np.argmax(says @ best_of - PRICE * CHOICES.sum(axis=1))]
    weights, sure = np.empty(len(lines), np.intp), np.empty(len(lines))
    for row, members in zip(likely, groups.values(), strict=True):
        best = int(np.where(chosen, row, -np.inf).argmax())
        weights[members] = WEIGHTS[best]
        sure[members] = np.exp(row[best] - np.logaddexp.reduce(row))
    return weights, sure


def _sum_of_channels(color: int) -> int:
    return sum(split(color))
