"""Linear gradients of small things: bars of progress, buttons, chips.

They are too thin for the blocks in which wide gradients are found, or text covers most of them. But they stand on plain
ground, and what stands there is known to the pixel; so all their pixels are looked at.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import attrs
import cv2
import numpy as np

from copy_that_orch.imaging.arrays import Floats, Mask, Pixels
from copy_that_orch.imaging.directions import finest_direction, main_direction, off_across
from copy_that_orch.imaging.gradients import ACROSS, LEAST_RANGE, LinearGradient, gradient_in
from copy_that_orch.imaging.sides import Sides

STEEPEST: Final = 9
"""Levels of 255 from one pixel to the next, at most; the edges of text are steeper."""
MOST_SIDE: Final = 128
"""Device pixels on the shorter side of a patch, at most."""
BARE: Final = 0.35
LEAST_PIXELS: Final = 60
"""Share of its box, and pixels, on which nothing is written and that hang together, at least."""
SAMPLES: Final = 400
"""About how many of these are looked at."""
STRAY: Final = 3.0
"""Levels of 255 that a pixel may lie off a plane through the others, or twice as far as most: others are of text."""
ROUNDS: Final = 3
AROUND: Final = 12.0
"""Degrees by which the direction that the plane tells may be off: where a multiple of 45 fits, it is meant."""
OTHER: Final = 24
FEW: Final = 0.25
"""Levels of 255 that a pixel may lie off the mixtures of text and gradient, and the share of those that lie further."""


def find_small_gradients(pixels: Pixels, patches: Iterable[Sides]) -> tuple[LinearGradient, ...]:
    """Return the linear gradients that fill some of `patches`.

    Args:
      pixels: The screen, height x width x 3.
      patches: Sides of what may be filled with one; of a gradient with a border or a shadow, with these.
    """
    small = (patch for patch in patches if min(patch[2] - patch[0], patch[3] - patch[1]) <= MOST_SIDE)
    return tuple(filter(None, (_gradient(pixels, patch) for patch in small)))


def _gradient(pixels: Pixels, patch: Sides) -> LinearGradient | None:
    left, top, right, bottom = patch
    part = pixels[top:bottom, left:right]
    bare = _bare(part)
    if bare is None:
        return None
    rows, columns = np.nonzero(bare.mask)
    every = -(-len(rows) // SAMPLES)
    rows, columns = rows[::every] + bare.top + 1, columns[::every] + bare.left + 1
    colors = part[rows, columns].astype(np.float64)
    y, x = (middles.astype(np.float64) + 0.5 for middles in (rows + top, columns + left))
    plane, even = _plane(x - left, y - top, colors)
    x, y, colors = x[even], y[even], colors[even]
    if np.ptp(np.stack([x, y], axis=1) @ plane[1:], axis=0).max() < LEAST_RANGE:
        return None
    angle, across = _direction(main_direction(plane[1], plane[2]), x, y, colors)
    if across > ACROSS or _is_picture(part, bare, plane):
        return None
    return gradient_in((left + bare.left, top + bare.top, left + bare.right, top + bare.bottom), angle, x, y, colors)


@attrs.frozen(eq=False)
class _Bare:
    """A box in a patch, and which pixels in it, its rim aside, have nothing on them."""

    left: int
    top: int
    right: int
    bottom: int
    mask: Mask


def _bare(part: Pixels) -> _Bare | None:
    """Return the most pixels of a patch that hang together and differ little from those beside them, if they are many.

    Text on it has edges, and so have a border and a shadow around it: there they end.
    """
    below, right = _even(part[1:], part[:-1]), _even(part[:, 1:], part[:, :-1])
    smooth = np.zeros(part.shape[:2], np.uint8)
    smooth[1:-1, 1:-1] = below[:-1, 1:-1] & below[1:, 1:-1] & right[1:-1, :-1] & right[1:-1, 1:]
    _count, labels, statistics, _middles = cv2.connectedComponentsWithStats(smooth, connectivity=4)
    largest = 1 + int(np.argmax(statistics[1:, cv2.CC_STAT_AREA])) if len(statistics) > 1 else 0
    left, top, width, height, count = statistics[largest].tolist()
    if not largest or count < max(LEAST_PIXELS, BARE * (width + 2) * (height + 2)):
        return None
    mask = labels[top : top + height, left : left + width] == largest
    return _Bare(left - 1, top - 1, left + width + 1, top + height + 1, mask)


def _even(part: Pixels, beside: Pixels) -> Mask:
    """Return which pixels differ little from those beside them."""
    red, green, blue = cv2.split(cv2.absdiff(part, beside))
    even: Mask = cv2.max(cv2.max(red, green), blue) <= STEEPEST
    return even


def _plane(x: Floats, y: Floats, colors: Floats) -> tuple[Floats, Mask]:
    """Return the plane that most colours lie on, 3 x 3, and which: the insides of letters do not.

    Its rows are the levels at 0, and by how many they change from a pixel to the next on the right and below.
    """
    from_here = np.stack([np.ones(len(x)), x, y], axis=1)
    even = np.ones(len(x), np.bool_)
    for _round in range(ROUNDS):
        chosen = from_here[even]
        plane = np.linalg.lstsq(chosen.T @ chosen, chosen.T @ colors[even], rcond=None)[0]
        off = np.abs(from_here @ plane - colors).max(axis=1)
        even = off <= max(STRAY, 2 * float(np.median(off)))
    return plane, even


def _direction(rough: float, x: Floats, y: Floats, colors: Floats) -> tuple[float, float]:
    """Return the angle near `rough` along which the colours have one course, and how much they differ from it."""
    even = 45.0 * round(rough / 45)
    if abs(even - rough) <= AROUND and (across := off_across(even, x, y, colors)) <= ACROSS:
        return even % 360, across
    return finest_direction(rough, x, y, colors)


def _is_picture(part: Pixels, bare: _Bare, plane: Floats) -> bool:
    """Return whether what stands on a patch has more than one colour, and so is no text."""
    inside = part[bare.top + 1 : bare.bottom - 1, bare.left + 1 : bare.right - 1]
    rows, columns = np.nonzero(~bare.mask)
    above = inside[rows, columns].astype(np.float64)
    x, y = columns + bare.left + 1.5, rows + bare.top + 1.5
    behind = np.stack([np.ones(len(x)), x, y], axis=1) @ plane
    off = above - behind
    written = np.abs(off).max(axis=1) > STEEPEST
    if written.sum() < LEAST_PIXELS:
        return False
    above, behind, off = above[written], behind[written], off[written]
    way = above[np.abs(off).sum(axis=1).argmax()] - behind
    share = np.clip((off * way).sum(axis=1) / np.maximum((way * way).sum(axis=1), 1.0), 0.0, 1.0)
    return bool((np.abs(off - share[:, None] * way).max(axis=1) > OTHER).mean() > FEW)
