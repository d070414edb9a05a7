"""Which two shadows, one over the other, may make a soft edge.

What two layers let through multiplies, so the logarithms of it add up, and of each pair the strengths that fit best are
the solution of two linear equations. All pairs of some lengths are tried so, at once.
"""

from __future__ import annotations

import functools
from typing import Final

import numpy as np

from copy_that_orch.imaging.arrays import Floats
from copy_that_orch.imaging.shadow_layers import BLURS, DOWN, SPREADS, Layer, Places

PAIR_BLURS: Final = (0, 1, 2, 3, 4, 5, 6, 8, 10, 13, 16, 20, 25, 32, 40)
PAIR_DOWN: Final = (0, 1, 2, 3, 4, 6, 8, 10, 13, 16, 20)
PAIR_SPREADS: Final = (-6, -4, -3, -2, -1, 0, 1)
"""CSS pixels that are tried for blur, vertical offset and spread."""
MOST_PIXELS: Final = 64
"""Pixels, up to twice as many, by which pairs are compared; of more every second, third and so on is taken."""
MOST_PAIRED: Final = 24
"""Layers of each blur that are tried in pairs: those most like the edge by themselves."""
BEYOND: Final = 0.2
"""Sum of squares that a layer may take where nothing is taken."""
FAINT: Final = 0.05
"""Share that a layer takes at least somewhere beside the box."""
PAIRS: Final = 3
BETWEEN: Final = 100
"""Pairs that are returned, and how many pairs stand between them in the order of how well they fit."""


@functools.lru_cache(maxsize=64)
def paired(blurs: int) -> Places:
    """Return the places in `BLURS`, `DOWN` and `SPREADS` of the layers that are tried, of the first so many blurs."""
    blur, down, spread = np.meshgrid(
        [place for place in map(BLURS.index, PAIR_BLURS) if place < blurs],
        [DOWN.index(down) for down in PAIR_DOWN],
        [SPREADS.index(spread) for spread in PAIR_SPREADS],
        indexing="ij",
    )
    return blur.ravel(), down.ravel(), spread.ravel()


def likely_pairs(places: Places, shares: Floats, lost: Floats, unlikely: Floats, usual: float) -> list[list[Layer]]:
    """Return some of the pairs of layers that fit best, not next to each other in that order.

    Args:
      places: Of the layers, as `paired` has them.
      shares: How far each pixel lies within each of them, layers x pixels.
      lost: The light that each pixel has lost, 0.0 to 1.0.
      unlikely: How unlikely each of them is, as a sum of squares of what is lost.
      usual: The same for a strength of 1.0.
    """
    seen = slice(None, None, 1 + len(lost) // MOST_PIXELS)
    shares, lost = shares[:, seen], lost[seen]
    wanted = -np.log(1 - np.minimum(lost, 0.99))
    alike = shares @ wanted / np.sqrt((shares**2).sum(axis=1) + 1e-9)
    alike[((shares[:, lost <= 0] ** 2).sum(axis=1) > BEYOND) | (shares.max(axis=1) < FAINT)] = 0
    of_blur = len(PAIR_DOWN) * len(PAIR_SPREADS)
    by_blur = np.argsort(-alike.reshape(-1, of_blur), axis=1, kind="stable")[:, :MOST_PAIRED]
    kept = (by_blur + np.arange(len(by_blur))[:, None] * of_blur).ravel()
    kept = kept[alike[kept] > 0]
    if len(kept) ** 2 <= PAIRS * BETWEEN:
        return []

    taken = shares[kept].astype(np.float32)
    product, own, both = taken @ wanted, (taken**2).sum(axis=1) + usual, taken @ taken.T
    determinant = own[:, None] * own - both**2
    strength = (own * product[:, None] - both * product) / np.maximum(determinant, 1e-12)
    gain = strength * product[:, None] + strength.T * product - unlikely[kept, None] - unlikely[kept]
    gain[(strength <= 0) | (strength.T <= 0) | (determinant < 1e-6)] = -np.inf
    ranked = np.triu(gain, 1).ravel()
    leaders = np.argpartition(-ranked, PAIRS * BETWEEN)[: PAIRS * BETWEEN]
    pairs = (divmod(place, len(kept)) for place in leaders[np.argsort(-ranked[leaders])][::BETWEEN].tolist())
    return [
        [_layer(places, kept[one], strength[one, other]), _layer(places, kept[other], strength[other, one])]
        for one, other in pairs
    ]


def _layer(places: Places, row: int, strength: float) -> Layer:
    """Return a layer whose alpha takes so much, as a logarithm."""
    blur, down, spread = (int(place[row]) for place in places)
    return Layer(0, DOWN[down], BLURS[blur], SPREADS[spread], float(1 - np.exp(-max(strength, 0))))
