"""Something drawn in one colour, and which of these have the same."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from typing import Final

import attrs
import numpy as np

from copy_that_orch.imaging.arrays import Floats, Indices
from copy_that_orch.imaging.ink import Ink

FAINTEST: Final = 8.0
"""Difference in lightness of something drawn from its ground, at least."""
RING: Final = 0.15
"""Share of the strongest difference in lightness beside it below which it is noise of that."""
ROUNDED: Final = 2.0
"""Levels of 255 by which the colour that a line shows is off."""


@attrs.frozen(eq=False)
class Mark:
    """Something drawn in one colour.

    Attributes:
      sure: How sure its level is.
      behind: Colour of its ground, as a number.
      level: How much lighter than the ground it is.
      slope: Difference of colour by difference of lightness.
      pixels: Which pixels of ink it has.
    """

    sure: float
    behind: int
    level: float
    slope: Floats
    pixels: Indices

    @property
    def color(self) -> Floats:
        """Differences from the ground in lightness and colour."""
        return np.array([self.level, *(self.level * self.slope)])

    def off(self, other: Mark) -> float:
        """Return by how much lightness or colour differ at most."""
        return float(np.abs(self.color - other.color).max())


def alike(marks: Iterable[Mark], same: float, thin: float) -> list[list[Mark]]:
    """Return the marks in groups of one ground and nearly one colour; the first ones, which are surer, lead."""
    groups: dict[int, list[list[Mark]]] = {}
    for mark in marks:
        on_it = groups.setdefault(mark.behind, [])
        near: list[tuple[float, int, list[Mark]]] = []
        for group in on_it:
            paler = abs(mark.level) < abs(group[0].level)
            reach = max(same, thin * abs(group[0].level) if paler else 0.0)
            off = mark.off(group[0])
            if off <= reach:
                near.append((off / reach, len(near), group))
        if near:
            min(near)[2].append(mark)
        else:
            on_it.append([mark])
    return list(itertools.chain.from_iterable(groups.values()))


def is_noise(ink: Ink, pixels: Indices, level: float) -> bool:
    """Return whether what is so much lighter or darker than its ground is no more than noise."""
    return abs(level) < max(FAINTEST, RING * float(np.median(ink.beside[pixels])))


def as_seen(color: Floats, seen: Floats, diluted: float) -> Floats:
    """Return a colour, no further from what is behind it than what is seen of it allows.

    Sums around it tell its colour, unless something else that is coloured stands nearby.

    Args:
      color: By how much its two differences of colour differ from those behind it, by these sums.
      seen: The same as it is seen.
      diluted: How many times stronger it may be than it is seen.
    """
    return np.clip(color, np.minimum(seen, diluted * seen) - ROUNDED, np.maximum(seen, diluted * seen) + ROUNDED)
