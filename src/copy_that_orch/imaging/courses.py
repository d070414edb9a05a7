"""The course of a gradient: which few stops explain the colours along its line."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import attrs
import numpy as np

from copy_that_orch.imaging.arrays import Floats

BINS: Final = 64
EXACT: Final = 0.35
"""Levels of 255 by which a course may miss what is seen, root mean square; rounding makes 0.3 in a pixel, and less in
many."""
NEAR: Final = 1.2
"""The same for one that is mixed in OKLab, if two stops in sRGB miss it by more than `EXACT`."""
BETTER: Final = 0.6
"""Share of the misfit of two stops in sRGB that is left, at most, where the course is another one."""
POOR: Final = 4.0
"""Levels of 255 by which what is no gradient of a few stops at all is missed."""
LEAST_RANGE: Final = 10
"""Levels of 255 between two stops, at least."""
BREAKS: Final = np.arange(0.1, 0.91, 0.02)
"""Where a stop between the ends is looked for."""
LEAST_BEND: Final = 2.0
"""Levels of 255 by which a stop in the middle lies off the line between the ends, at least."""
COARSE: Final = 5
"""Every how many of `BREAKS` are tried first."""
EVEN: Final = 0.025
"""How far from the best place for a stop in the middle a round one may lie."""


@attrs.frozen
class Course:
    """Stops along a line.

    Attributes:
      stops: Position from 0.0 to 1.0 and red, green and blue of each.
      misfit: By how many levels of 255 it misses what is seen, root mean square.
    """

    stops: tuple[tuple[float, tuple[int, int, int]], ...]
    misfit: float


def find_course(place: Floats, colors: Floats) -> Course | None:
    """Return the stops of a gradient, or None if a few do not explain it.

    Two stops are tried, then two between which colours are mixed in OKLab, as newer style sheets do, then three.

    Args:
      place: Of each pixel, 0.0 at the beginning of the line of the gradient and 1.0 at its end.
      colors: Pixels x 3, levels of 255.
    """
    bins = np.clip((place * BINS).astype(np.intp), 0, BINS - 1)
    counts = np.bincount(bins, minlength=BINS)
    seen = counts >= max(1, 0.1 * len(place) / BINS)
    if seen.sum() < 3:
        return None
    at = (np.bincount(bins, place, BINS) / np.maximum(counts, 1))[seen]
    course = np.stack([np.bincount(bins, channel, BINS) / np.maximum(counts, 1) for channel in colors.T], axis=1)[seen]
    ends = np.array([0.0, 1.0])
    two, off = _line(at, course, ends)
    if off > EXACT:
        bent, _ = _line(at, _to_oklab(course), ends)
        bent_off = float(np.sqrt(((_from_oklab(_between(at, ends, bent)) - course) ** 2).mean()))
        if bent_off <= NEAR and bent_off <= BETTER * off:
            return _course(ends, _from_oklab(bent), bent_off)
        broken = _broken(at, course, BETTER * off)
        if broken is not None:
            return broken
    return _course(ends, two, off)


def _broken(at: Floats, course: Floats, most: float) -> Course | None:
    """Return the three stops between which straight lines fit best, or None if they miss by more than `most`.

    Of places for the middle one that fit as well, a multiple of 10 % is taken, then one of 5.
    """
    breaks = BREAKS[(at[0] + 0.02 < BREAKS) & (at[-1] - 0.02 > BREAKS)].tolist()
    tried: dict[float, tuple[Floats, float]] = {}

    def best_of(places: Iterable[float]) -> float:
        tried.update((place, _line(at, course, np.array([0.0, place, 1.0]))) for place in places)
        return min(tried, key=lambda place: tried[place][1])

    if not breaks:
        return None
    near = breaks.index(best_of(breaks[::COARSE]))
    place = best_of(breaks[max(near - COARSE + 1, 0) : near + COARSE])
    if tried[place][1] > most:
        return None
    first, middle, last = tried[place][0]
    if np.abs(first + place * (last - first) - middle).max() < LEAST_BEND:
        return None
    for steps in (10, 20):
        even = round(place * steps) / steps
        if abs(even - place) > EVEN:
            continue
        values, off = _line(at, course, np.array([0.0, even, 1.0]))
        if off <= 1.1 * tried[place][1] + 0.1:
            return _course(np.array([0.0, even, 1.0]), values, off)
    return _course(np.array([0.0, place, 1.0]), *tried[place])


def _line(at: Floats, course: Floats, knots: Floats) -> tuple[Floats, float]:
    """Return the colours at `knots` between which straight lines fit best, and how far they miss."""
    share = np.stack([np.interp(at, knots, np.eye(len(knots))[place]) for place in range(len(knots))], axis=1)
    values = np.linalg.lstsq(share, course, rcond=None)[0]
    return values, float(np.sqrt(((share @ values - course) ** 2).mean()))


def _between(at: Floats, knots: Floats, values: Floats) -> Floats:
    return np.stack([np.interp(at, knots, channel) for channel in values.T], axis=1)


def _course(knots: Floats, values: Floats, off: float) -> Course | None:
    levels = np.clip(np.round(values), 0, 255).astype(int)
    # Between all stops there is a change: a ramp that ends is a shadow or an edge.
    if off > POOR or np.abs(np.diff(levels, axis=0)).max(axis=1).min() < LEAST_RANGE:
        return None
    stops = []
    for position, (red, green, blue) in zip(knots.tolist(), levels.tolist(), strict=True):
        stops.append((round(position, 2), (red, green, blue)))
    return Course(tuple(stops), off)


_TO_LMS: Final = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_TO_LAB: Final = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)


def _to_oklab(levels: Floats) -> Floats:
    """Return OKLab of sRGB in levels of 255; see https://bottosson.github.io/posts/oklab/."""
    encoded = np.clip(levels / 255, 0, 1)
    linear = np.where(encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4)
    lab: Floats = np.cbrt(linear @ _TO_LMS.T) @ _TO_LAB.T
    return lab


def _from_oklab(lab: Floats) -> Floats:
    linear = np.clip((lab @ np.linalg.inv(_TO_LAB).T) ** 3 @ np.linalg.inv(_TO_LMS).T, 0, 1)
    encoded: Floats = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    return 255 * encoded
