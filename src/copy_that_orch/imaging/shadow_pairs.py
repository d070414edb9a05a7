"""Which two shadows, one over the other, may make a soft edge.

Far from the box one of the two is alone. So it takes no more than is taken in all, and just as much in many places:
that tells it, and how strong it is, from nearly all other shadows. What it leaves is then explained by the other.
"""

from __future__ import annotations

import functools
from typing import Final

import attrs
import numpy as np

from copy_that_orch.imaging.arrays import Floats
from copy_that_orch.imaging.shadow_layers import BLURS, DOWN, MOST_ALPHA, SPREADS, Indices, Layer, Places

PAIR_DOWN: Final = (-4, -2, -1, *range(13), 14, 15, 16, 18, 20, 24, 25, 28, 32)
PAIR_SPREADS: Final = (-12, -10, *range(-8, 5), 6, 8)
"""CSS pixels that are tried for vertical offset and spread."""
MOST_PIXELS: Final = 48
"""Pixels, up to twice as many, by which pairs are to be compared; of more every second, third and so on is taken."""
SLACK: Final = 1.2
"""Levels of 255 by which a layer may take more than is taken."""
TOUCH: Final = 1.0
"""Levels of 255 by which a layer misses at most what it takes alone."""
SEEN: Final = 0.8
"""Levels of 255 that are taken where anything can be told."""
COST: Final = 0.5
"""Places in which a layer takes all alone that outweigh one that is less likely by 1, as a logarithm."""
STRENGTHS: Final = (1.0, 0.93, 0.86)
"""Shares of what a layer may take at most, with which it is tried."""
WIDE: Final = 40
NEAR: Final = 8
"""Layers that are tried as the one that is alone far from the box, and as the other beside each."""
PARTS: Final = 256
"""Parts of the others that are compared by their greatest."""
COUNTS: Final = 0.1
"""What a pixel counts as evidence: what is cut to whole levels twice is cut unevenly."""
NONE: Final = 1.6
"""Misfit of the best pair, in times of what rounding explains, from which it is no pair."""
PAIRS: Final = 100
"""Pairs that are returned."""
STEPS: Final = 3
"""Of Newton's method, by which the alphas of a pair are found."""


@functools.lru_cache(maxsize=64)
def paired(blurs: int) -> Places:
    """Return the places in `BLURS`, `DOWN` and `SPREADS` of the layers that are tried, of the first so many blurs.

    Those that nobody would want are left out: far smaller or larger than their box, or moved out of their blur.
    """
    blur, down, spread = np.meshgrid(BLURS[:blurs], PAIR_DOWN, PAIR_SPREADS, indexing="ij")
    usual = (-spread <= blur / 2 + 2) & (spread <= 0.75 * blur + 1) & (np.abs(down) <= 1.3 * blur + 3)
    blur_at, down_at, spread_at = (
        np.searchsorted(lengths, each[usual]) for lengths, each in ((BLURS, blur), (DOWN, down), (SPREADS, spread))
    )
    return blur_at, down_at, spread_at


@attrs.frozen(eq=False)
class Pair:
    """Two layers as places in `BLURS`, `DOWN` and `SPREADS`, and their alphas."""

    places: Places
    alphas: Floats

    def layers(self) -> list[Layer]:
        """Return them."""
        return [
            Layer(0, DOWN[down], BLURS[blur], SPREADS[spread], float(alpha))
            for blur, down, spread, alpha in zip(*self.places, self.alphas, strict=True)
        ]


def likely_pairs(
    places: Places, shares: Floats, lost: Floats, geometry: Floats, levels: float, noise: float
) -> list[Pair]:
    """Return the pairs of layers that fit best, the likeliest first.

    Args:
      places: Of the layers, as `paired` has them.
      shares: How far each pixel lies within each of them, layers x pixels.
      lost: The light that each pixel has lost, 0.0 to 1.0.
      geometry: How unlikely the lengths of each of them are, a logarithm.
      levels: Levels of 255 that a loss of 1.0 is.
      noise: The square of what rounding explains, in those of `lost`.
    """
    shares, lost = np.ascontiguousarray(shares, np.float32), lost.astype(np.float32)
    most = np.minimum(((lost + SLACK / levels) / np.maximum(shares, 1e-6)).min(axis=1), MOST_ALPHA)
    wide = _alone(shares, lost, most, geometry, levels)
    near = np.flatnonzero(most * shares.max(axis=1) * levels >= SEEN)
    if len(near) < 2:
        return []
    weight = COUNTS / noise
    others = shares[near]
    others_cost = geometry[near].astype(np.float32)
    # So that its square is what it gains.
    others *= np.sqrt(weight / ((others**2).sum(axis=1, keepdims=True) + 1e-6))
    found = []
    for strength in STRENGTHS:
        left = 1 - (1 - lost) / (1 - strength * most[wide, None] * shares[wide])
        gain = np.maximum(left @ others.T, 0)
        gain *= gain
        gain -= others_cost
        rows, columns = _greatest(gain)
        found.append(np.stack([wide[rows], near[columns]]))
    pairs = np.unique(np.sort(np.concatenate(found, axis=1), axis=0), axis=1)
    alphas, missed = _strengths(shares[pairs[0]], shares[pairs[1]], lost)
    if np.sqrt(missed.min() / len(lost) / noise) > NONE:
        return []
    costs = weight * missed + geometry[pairs].sum(axis=0)
    real = np.flatnonzero(alphas.min(axis=0) > 0)
    likeliest = real[np.argsort(costs[real], kind="stable")[:PAIRS]]
    blur, down, spread = places
    return [
        Pair((blur[both], down[both], spread[both]), alphas[:, at])
        for at, both in zip(likeliest, pairs.T[likeliest], strict=True)
    ]


def _greatest(values: Floats) -> tuple[Indices, Indices]:
    """Return rows and columns of the `NEAR` greatest of each row, and maybe of a few more.

    That they are not less than the greatest of as many parts is told much faster than which they are.
    """
    rows, columns = values.shape
    parts = min(columns, PARTS)
    greatest = values[:, : columns // parts * parts].reshape(rows, -1, parts).max(axis=1)
    least = np.partition(greatest, max(parts - NEAR, 0), axis=1)[:, max(parts - NEAR, 0), None]
    found, place = np.nonzero(values >= least)
    return found, place


def _alone(shares: Floats, lost: Floats, most: Floats, costs: Floats, levels: float) -> Indices:
    """Return the rows of `shares` that take all that is taken in most places."""
    touches = np.zeros(len(shares))
    for strength in STRENGTHS[:2]:
        taken = strength * most[:, None] * shares
        alone = (np.abs(lost - taken) * levels <= TOUCH) & (np.minimum(taken, lost) * levels >= SEEN)
        np.maximum(touches, alone.sum(axis=1), out=touches)
    return np.argsort(COST * costs - touches, kind="stable")[:WIDE]


def _strengths(first: Floats, second: Floats, lost: Floats) -> tuple[Floats, Floats]:
    """Return the two alphas of each pair that explain most, by Newton's steps, and the squares of what they miss."""
    alphas = np.zeros((2, len(first), 1), np.float32)
    for step in range(STEPS + 1):
        one, other = 1 - alphas[0] * first, 1 - alphas[1] * second
        left = lost - 1 + one * other
        if step == STEPS:
            break
        ways = first * other, second * one
        own, across, far = ((ways[at] * ways[to]).sum(axis=1, keepdims=True) for at, to in ((0, 0), (0, 1), (1, 1)))
        wanted = [(way * left).sum(axis=1, keepdims=True) for way in ways]
        determinant = np.maximum(own * far - across**2, 1e-9)
        alphas[0] += (far * wanted[0] - across * wanted[1]) / determinant
        alphas[1] += (own * wanted[1] - across * wanted[0]) / determinant
        alphas = np.clip(alphas, 0, MOST_ALPHA)
    return alphas[..., 0].astype(np.float64), (left**2).sum(axis=1).astype(np.float64)
