"""The direction of a gradient: the one along which its colours have one course."""

from __future__ import annotations

from typing import Final

import numpy as np

from copy_that_orch.imaging.arrays import Floats

TURNS: Final = (2.0, 1.0, 0.5, 0.25, 0.12)
"""Degrees by which the direction is turned to find the best one; over a wide area a quarter of one matters."""
BINS: Final = 48
"""Into how many parts the way along a direction is divided, in each of which colours are compared."""
ROUNDED: Final = 0.4
"""Levels of 255 by which rounding, or the pattern that a browser lays over gradients, makes colours differ, root mean
square. Between angles that leave less this decides, and over few rows it favours one that runs across them."""


def main_direction(right: Floats, down: Floats) -> float:
    """Return where colours change most, in degrees as CSS counts them: there or back, which describes one gradient.

    It is the first axis of the structure tensor.

    Args:
      right: By how much they change to the right, at some places or in some channels.
      down: By how much they change downwards, at these.
    """
    xx, yy, xy = float(right @ right), float(down @ down), float(right @ down)
    axis = 0.5 * np.arctan2(2 * xy, xx - yy)
    return float(np.degrees(axis)) + 90  # from the x axis, clockwise, to CSS


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
    along = x * np.sin(np.radians(angle)) - y * np.cos(np.radians(angle))
    along = along - along.min()
    bins = np.minimum((along / max(float(along.max()), 1.0) * BINS).astype(np.intp), BINS - 1)
    counts = np.maximum(np.bincount(bins, minlength=BINS), 1)
    middle = along - (np.bincount(bins, along, BINS) / counts)[bins]
    spread = np.maximum(np.bincount(bins, middle**2, BINS), 1e-9)
    off = 0.0
    for channel in colors.T:
        level = channel - (np.bincount(bins, channel, BINS) / counts)[bins]
        slope = np.bincount(bins, level * middle, BINS) / spread  # a line within each bin
        off = max(off, float(((level - slope[bins] * middle) ** 2).mean()))
    return float(np.sqrt(off))
