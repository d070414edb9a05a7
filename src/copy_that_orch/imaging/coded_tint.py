"""The colour of shadows on a JPEG.

A shadow takes as much lightness and of each difference of colour as the way from the ground to its own colour is long,
times its alpha. So their quotients tell on which way the colour lies, but not how far along it: the same is taken by a
darker one with less alpha. It is black, or the colour of text or of a box, or as dark as it can be on that way.

Colour is smeared where something of another colour ends, over all of its block; there it tells nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

from copy_that_orch.imaging.arrays import Floats
from copy_that_orch.imaging.coded_fit import CodedFit
from copy_that_orch.imaging.noise import COLOR_BLOCK
from copy_that_orch.imaging.painting import Color
from copy_that_orch.imaging.shadow_groups import ANY, BLACK, TINTED
from copy_that_orch.imaging.shadow_layers import MOST_ALPHA

OFF: Final = 2.0
"""Levels of 255 by which colour is off, counted as if it were so in each pixel by itself."""
DARK: Final = 0.4
"""Lightness of shadows, as a share of that of the ground, at most."""
CLEAR: Final = 3.0
"""Standard deviations from grey beyond which a shadow may have a colour that is seen nowhere else."""
SAME: Final = 2.0
"""Levels of 255 of the differences of colour up to which a box is of the colour of the ground, as far as they go."""
SPILL: Final = 2
"""Pixels beside the end of a block into which its colour is smoothed."""
MIDDLE: Final = 128.0
TO_RGB: Final[Floats] = np.array([[1, 1.402, 0], [1, -0.714136, -0.344136], [1, 0, 1.772]])
"""Red, green and blue of lightness and the differences of red and blue. Source: JFIF 1.02, page 3."""
_TO_LIGHT: Final[Floats] = np.asarray(np.linalg.inv(TO_RGB), np.float64)


def light_and_tint(color: Color | tuple[int, ...]) -> Floats:
    """Return lightness and the differences of red and of blue of a colour, as a JPEG has them."""
    return np.asarray(_TO_LIGHT @ np.array(color, np.float64) + np.array([0, MIDDLE, MIDDLE]), np.float64)


def likeliest_color(fits: Sequence[CodedFit], named: Mapping[Color, float]) -> tuple[Color, float]:
    """Return the likeliest colour of the shadow of some boxes, and how many times the alpha of black its alpha is.

    Args:
      fits: The shadow as it is seen beside each of them, of one ground.
      named: The colours that are seen elsewhere on the screen, and how unlikely each is.
    """
    ground = np.array([fits[0].levels, *_ground_tint(fits[0])])
    slope, deviation = _slope(fits)
    rated: list[tuple[float, Color, float]] = [(np.inf, BLACK, 1.0)]
    for color, rarity in named.items():
        way = ground - light_and_tint(color)
        if way[0] >= (1 - DARK) * ground[0]:
            off = way[1:] / way[0] - slope
            rated.append((rarity + 0.5 * float(off @ off) / deviation**2, color, float(ground[0] / way[0])))
    if np.abs(slope).max() > CLEAR * deviation:
        levels, way = TO_RGB @ (ground - np.array([0, MIDDLE, MIDDLE])), TO_RGB @ np.array([1, *slope])
        length = float(((1 - TINTED) * levels / np.maximum(way, 1e-6)).min())
        if length >= (1 - DARK) * ground[0]:
            red, green, blue = np.clip(np.round(levels - length * way), 0, 255).astype(int).tolist()
            rated.append((ANY, (red, green, blue), float(ground[0] / length)))
    most = MOST_ALPHA / max(layer.alpha for layer in fits[0].layers)
    _cost, color, times = min(each for each in rated if each[2] <= most or each[1] == BLACK)
    return color, times


def _ground_tint(fit: CodedFit) -> Floats:
    return np.asarray(np.median([side.line.ground_tint for side in fit.sides], axis=0), np.float64)


def _slope(fits: Sequence[CodedFit]) -> tuple[Floats, float]:
    """Return how much of the differences of colour is lost with each level of lightness, and how far that is off."""
    products, sums = np.zeros(2), 1e-9
    for fit in fits:
        ground = _ground_tint(fit)
        for side in fit.sides:
            line = side.line
            is_alike = np.abs(line.tint[0] - ground).max() <= SAME
            clean = side.edge + SPILL + (0 if is_alike else (line.color_block - side.edge) % COLOR_BLOCK)
            taken = fit.taken(side, fit.layers)[clean - side.edge :]
            products += taken @ (ground - line.tint[clean:])
            sums += float(taken @ taken)
    return products / sums, OFF / float(np.sqrt(sums))
