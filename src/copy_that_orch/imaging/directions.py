"""The direction of a gradient: the one along which its colours have one course.

A shadow may lie on part of it: that must neither turn the direction nor count as a difference from the course.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from copy_that_orch.imaging.arrays import Floats, Indices

TURNS: Final = (2.0, 1.0, 0.5, 0.25, 0.12)
"""Degrees by which the direction is turned to find the best one; over a wide area a quarter of one matters."""
BINS: Final = 48
"""Into how many parts the way along a direction is divided, in each of which colours are compared."""
ROUNDS: Final = 4
"""How often changes are weighed anew."""
HALVINGS: Final = 8
"""How often the distance from which on colours lie off is halved, at most: from 255 levels down to one."""
ROUNDED_CHANGE: Final = 0.3
"""Levels of 255 by which rounding makes the means of blocks differ: less is no change."""
OUTLYING: Final = 3.0
"""How many times as far as is allowed on average, or as half of the others do, a colour lies off the course, to be left
out: of normally distributed grain next to nothing does."""
MOST_OUTLYING: Final = 0.1
"""Share of the colours that may be left out, at most; in a photo more have to be."""
ROUNDED: Final = 0.4
"""Levels of 255 by which rounding, or the pattern that a browser lays over gradients, makes colours differ, root mean
square. Between angles that leave less this decides, and over few rows it favours one that runs across them."""


def main_direction(right: Floats, down: Floats, weights: Floats | float = 1.0) -> float:
    """Return where colours change most, in degrees as CSS counts them: there or back, which describes one gradient.

    It is the first axis of the structure tensor.

    Args:
      right: By how much they change to the right, at some places or in some channels.
      down: By how much they change downwards, at these.
      weights: How much each of these counts.
    """
    weighed = right * weights
    xx, yy, xy = float(weighed @ right), float(down * weights @ down), float(weighed @ down)
    axis = 0.5 * np.arctan2(2 * xy, xx - yy)
    return float(np.degrees(axis)) + 90  # from the x axis, clockwise, to CSS


def steady_direction(right: Floats, down: Floats) -> float:
    """Return where most colours change most, as `main_direction` does; what few of them do does not turn it.

    A shadow changes more than the gradient that it lies on, and squared even more. So it is not the squares of the
    changes across the direction that are made least but the changes, by weighing them anew a few times.

    Args:
      right: By how much they change to the right, at many places, in levels of 255.
      down: By how much they change downwards, at these.

    Source:
      Iteratively reweighted least squares: https://en.wikipedia.org/wiki/Iteratively_reweighted_least_squares
    """
    weights: Floats = 1 / np.maximum(np.hypot(right, down), ROUNDED_CHANGE)
    for _round in range(ROUNDS):
        angle = main_direction(right, down, weights)
        across = right * np.cos(np.radians(angle)) + down * np.sin(np.radians(angle))
        weights = 1 / np.maximum(np.abs(across), ROUNDED_CHANGE)
    return main_direction(right, down, weights)


def finest_direction(rough: float, x: Floats, y: Floats, colors: Floats) -> tuple[float, float]:
    """Return the angle near `rough` along which the colours have one course, and how much they differ from it.

    Of angles that are as good, a multiple of 45 degrees is taken, then one of 5, then one of 1: these are mostly meant.
    """
    tried = {rough: off_across(rough, x, y, colors)}
    best = rough
    for turn in TURNS:
        tried |= {angle: off_across(angle, x, y, colors) for angle in (best - turn, best + turn)}
        best = min(tried, key=lambda angle: tried[angle])
    for multiple, near in ((45, 4.0), (5, 1.5), (1, 1.0)):
        even = multiple * round(best / multiple)
        if abs(even - best) > near:
            continue
        off = off_across(even, x, y, colors)
        if off <= max(1.1 * tried[best] + 0.1, ROUNDED):
            return even % 360.0, off
    return best % 360.0, tried[best]


def off_across(angle: float, x: Floats, y: Floats, colors: Floats) -> float:
    """Return by how many levels colours differ from the mean of those at the same place along a direction."""
    return float(np.sqrt(max(float((channel**2).mean()) for channel in _off(angle, x, y, colors))))


def undisturbed(angle: float, x: Floats, y: Floats, colors: Floats, most: float) -> Indices:
    """Return which pixels do not lie off the course that colours have along a direction; none if too many do.

    Args:
      angle: The direction, in degrees as CSS counts them; a few more or less do no harm.
      x: Of the middles of some pixels.
      y: Of these.
      colors: Pixels x 3: their colours.
      most: Levels of 255 by which colours may differ from the course, root mean square.
    """
    kept = np.arange(len(x))
    for _round in range(HALVINGS):
        off = np.maximum.reduce([np.abs(channel) for channel in _off(angle, x[kept], y[kept], colors[kept])])
        usual = float(np.median(off))
        # Those that lie furthest off go first: they draw the course away from the others.
        near = off <= max(OUTLYING * max(most, usual), float(off.max()) / 2)
        if usual > 2 * most or near.sum() < (1 - MOST_OUTLYING) * len(x):
            return kept[:0]
        if near.all():
            break
        kept = kept[near]
    return kept


def _off(angle: float, x: Floats, y: Floats, colors: Floats) -> list[Floats]:
    """Return for each channel by how many levels colours differ from the mean of those at the same place."""
    along = x * np.sin(np.radians(angle)) - y * np.cos(np.radians(angle))
    along = along - along.min()
    bins = np.minimum((along / max(float(along.max()), 1.0) * BINS).astype(np.intp), BINS - 1)
    counts = np.maximum(np.bincount(bins, minlength=BINS), 1)
    middle = along - (np.bincount(bins, along, BINS) / counts)[bins]
    spread = np.maximum(np.bincount(bins, middle**2, BINS), 1e-9)
    off = []
    for channel in colors.T:
        level = channel - (np.bincount(bins, channel, BINS) / counts)[bins]
        slope = np.bincount(bins, level * middle, BINS) / spread  # a line within each bin
        off.append(level - slope[bins] * middle)
    return off
