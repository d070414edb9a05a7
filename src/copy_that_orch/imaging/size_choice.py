"""The few sizes that explain all lines of a product together.

A product has some ten font sizes, so that a word which might be 13 or 14 px is of the one that other text has. Each
size must pay for itself by what it explains better than the sizes that there are; whole pixels pay less than others,
for style sheets have them more often, but no number is out of the question.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Final

import numpy as np

from copy_that_orch.imaging.arrays import Floats
from copy_that_orch.imaging.size_curves import COUNT, STEP, sizes

DECLARED: Final = {
    10: 6, 11: 3, 12: 10, 13: 6, 14: 13, 15: 3, 16: 14, 17: 1, 18: 5, 19: 4, 20: 10, 21: 2, 22: 5, 23: 1, 24: 9, 25: 1,
    26: 4, 27: 1, 28: 8, 29: 1, 30: 1, 32: 12, 34: 1, 35: 2, 36: 1, 38: 2, 40: 3, 42: 2, 45: 1, 47: 1, 48: 5, 56: 4,
    64: 4, 72: 4, 80: 3,
}  # fmt: skip
"""In how many of 15 style sheets of design systems a font size is declared, in CSS pixels, rounded; counted in
antd 4, bootswatch 5 (three themes), carbon 10, chota, materialize, mini, mvp, picnic, purecss, sakura, semantic-ui,
spectre and water."""
UNDECLARED: Final = 4.0
UNDECLARED_LARGE: Final = 1.0
LARGE: Final = 48
"""What is added to these counts, for sizes that other style sheets have."""
LARGEST: Final = 128
WHOLE: Final = 0.006
"""How far sizes that are meant to be whole pixels lie off them, standard deviation of the logarithm."""
FRACTIONS: Final = 0.25
"""Share of sizes that are no whole pixels."""
USUAL: Final = ((6, 0.0), (8, 0.2), (10, 1.0), (14, 1.0), (20, 0.6), (40, 0.3), (130, 0.05), (500, 0.0))
"""How usual fractional sizes are, in CSS pixels, at these sizes and linearly between them; up to a factor."""
PRICE: Final = 0.4
"""By how much (logarithm) a size must explain lines better than the others do, for each screen: the more there are, the
more lines are measured wrong by chance."""
PRIOR: Final = 0.5
"""How much it counts what style sheets have; the least it makes of a size is `UNHEARD` of the usual most."""
UNHEARD: Final = 1e-4
NEIGHBOUR: Final = 4.0
CLOSE: Final = 0.025
"""What a size pays on top that is near to another one, and how near (standard deviation of the logarithm)."""
MOST: Final = 25
"""Sizes that are chosen at most."""
ODD: Final = 6.0
"""How much less likely (logarithm) than at its likeliest size a line is at any of those that others have, to be of none
of them: so is an icon, or one word that is the only one of its size."""
WITHIN: Final = 6
"""By how many steps a size may move when all of its lines are looked at together."""


@functools.cache
def prior() -> Floats:
    """Return how often style sheets have each of the sizes; the sum is 1. In CSS pixels."""
    every = sizes()
    whole = range(8, LARGEST + 1)
    counts = np.array([DECLARED.get(size, 0) + (UNDECLARED if size <= LARGE else UNDECLARED_LARGE) for size in whole])
    bells = np.exp(-0.5 * (np.log(every[:, None] / np.array(whole)) / WHOLE) ** 2) @ counts
    at, usual = np.array(USUAL).T
    fractions = np.interp(every, at, usual)
    return np.asarray((1 - FRACTIONS) * bells / bells.sum() + FRACTIONS * fractions / fractions.sum())


def choose_sizes(likely: Floats, says: Floats, screens: int = 1) -> Floats:
    """Return the size of each line in CSS pixels: few sizes that explain all of them best.

    A line that none of them explains keeps its own likeliest size.

    Args:
      likely: Lines x sizes: logarithm of how likely each line is at each size, 0 at the likeliest.
      says: Lines: how much each says, 0 to 1.
      screens: How many screens the lines are from.
    """
    price = PRICE * screens
    usual = PRIOR * np.log(prior() / prior().max() + UNHEARD)
    weighed = likely * says[:, None]
    chosen = _without_idle(weighed, _greedy(weighed, usual, price), usual, price)
    of_line = np.argmax(likely[:, chosen], axis=1)
    fits = likely[:, chosen].max(axis=1) > -ODD
    found = sizes()[np.argmax(likely, axis=1)]
    for index, place in enumerate(chosen):
        members = (of_line == index) & fits
        found[members] = _summit(weighed[members].sum(axis=0) + usual, place)
    return np.asarray(found)


def _greedy(likely: Floats, usual: Floats, price: float) -> list[int]:
    """Return sizes, each of which explains some lines better than those before it do."""
    chosen: list[int] = []
    so_far = likely.min(axis=1)
    while len(chosen) < MOST:
        gain = np.maximum(likely - so_far[:, None], 0.0).sum(axis=0) + usual
        best = int(gain.argmax())
        if chosen and gain[best] < price:
            break
        chosen.append(best)
        usual = usual - _price_beside(best)
        so_far = np.maximum(so_far, likely[:, best])
    return chosen


def _without_idle(likely: Floats, chosen: Sequence[int], usual: Floats, price: float) -> list[int]:
    """Return the sizes without those that later ones have made superfluous."""
    kept = list(chosen)
    for one in chosen:
        rest = [other for other in kept if other != one]
        if rest:
            beside = max(float(_price_beside(other)[one]) for other in rest)
            if (likely[:, kept].max(axis=1) - likely[:, rest].max(axis=1)).sum() + usual[one] < price + beside:
                kept = rest
    return kept


@functools.cache
def _price_beside(place: int) -> Floats:
    """Return what each size pays for being near to that at `place`."""
    return np.asarray(NEIGHBOUR * np.exp(-0.5 * (STEP * (np.arange(COUNT) - place) / CLOSE) ** 2))


def _summit(curve: Floats, place: int) -> float:
    """Return the size at which a curve is highest near a place, to a part of a step."""
    first = max(place - WITHIN, 1)
    top = first + int(curve[first : place + WITHIN + 1].argmax())
    top = min(top, len(curve) - 2)
    before, here, after = curve[top - 1 : top + 2].tolist()
    bend = before - 2 * here + after
    part = float(np.clip(0.5 * (before - after) / bend, -0.5, 0.5)) if bend < 0 else 0.0
    return float(sizes()[top] * np.exp(STEP * part))
