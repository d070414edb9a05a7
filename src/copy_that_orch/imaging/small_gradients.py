"""Linear gradients of small things: bars of progress, buttons, chips.

They are too thin for the blocks in which wide gradients are found, or text covers most of them. But they stand on plain
ground, and what stands there is known to the pixel; so all their pixels are looked at.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, cast

import attrs
import cv2
import numpy as np

from copy_that_orch.imaging.arrays import Floats, Lengths, Mask, Pixels
from copy_that_orch.imaging.directions import finest_direction, main_direction, off_across
from copy_that_orch.imaging.gradients import ACROSS, LEAST_RANGE, LinearGradient, gradient_in, places_in
from copy_that_orch.imaging.patches import LEAST_HEIGHT
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
RIDGE: Final = 1e-6 * np.eye(3)
"""What keeps a plane through pixels of one row from having no answer."""
ROUGH: Final = 4
"""How much more than in the end colours may differ across the direction that the plane tells."""
AROUND: Final = 11.0
"""Degrees by which the direction that the plane tells may be off, or twice as many where few rows tell it: where a
multiple of 45 fits, it is meant."""
OTHER: Final = 24
FEW: Final = 0.25
"""Levels of 255 that a pixel may lie off the mixtures of text and gradient, and the share of those that lie further."""


@attrs.frozen
class _Limits:
    """How exact a gradient has to be.

    Attributes:
      across: Levels of 255 by which colours may differ across the direction, root mean square.
      same: The same by which a gradient that was found elsewhere may miss what is seen.
      side: Device pixels of the shorter side, at least.
      turn: Degrees of which its angle has to be a multiple; 0: of any. In a photo that lost its grain light comes from
        anywhere.
    """

    across: float
    same: float
    side: int
    turn: int


EXACT: Final = _Limits(across=ACROSS, same=1.0, side=LEAST_HEIGHT, turn=0)
LOSSY: Final = _Limits(across=1.25, same=2.0, side=24, turn=45)
"""Of a JPEG: its colours come in blocks of 8 or 16 pixels, so what is thinner takes those of what is beside it."""


def find_small_gradients(
    pixels: Pixels, patches: Iterable[Sides], *, lossy: bool = False
) -> tuple[LinearGradient, ...]:
    """Return the linear gradients that fill some of `patches`.

    Args:
      pixels: The screen, height x width x 3.
      patches: Sides of what may be filled with one; of a gradient with a border or a shadow, with these.
      lossy: Whether it was a JPEG: then what is thin is passed over.
    """
    limits = LOSSY if lossy else EXACT
    found: list[LinearGradient] = []
    for patch in patches:
        if min(patch[2] - patch[0], patch[3] - patch[1]) <= MOST_SIDE:
            gradient = _gradient(pixels, patch, found, limits)
            if gradient is not None:
                found.append(gradient)
    return tuple(found)


def _gradient(pixels: Pixels, patch: Sides, known: Sequence[LinearGradient], limits: _Limits) -> LinearGradient | None:
    left, top, right, bottom = patch
    part = pixels[top:bottom, left:right]
    for bare in _bare(part):
        # The outermost smooth pixels lie beside the edge.
        rows, columns = np.flatnonzero(bare.any(axis=1)).tolist(), np.flatnonzero(bare.any(axis=0)).tolist()
        box = columns[0] - 1, rows[0] - 1, columns[-1] + 2, rows[-1] + 2
        width, height = box[2] - box[0], box[3] - box[1]
        if min(width, height) >= limits.side and bare.sum() >= BARE * width * height:
            found = _fitted(part, bare, box, known, limits)
            if found is not None:
                return attrs.evolve(found, box=(left + box[0], top + box[1], left + box[2], top + box[3]))
    return None


def _fitted(
    part: Pixels, bare: Mask, box: Sides, known: Sequence[LinearGradient], limits: _Limits
) -> LinearGradient | None:
    """Return the gradient that fills a box in a patch; one of those that are `known` already, if it fits.

    Args:
      part: The patch.
      bare: Where nothing is written on it.
      box: Its sides, in the patch.
      known: Gradients that were found elsewhere.
      limits: How exact it has to be.
    """
    x, y, colors = _samples(part, bare)
    for gradient in known:
        places = places_in(box, gradient.angle, x, y)
        positions, stops = zip(*gradient.stops, strict=True)
        course = [np.interp(places, positions, channel) for channel in zip(*stops, strict=True)]
        if ((np.stack(course, axis=1) - colors) ** 2).mean() <= limits.same**2:
            return gradient
    plane, even = _plane(x, y, colors)
    x, y, colors = x[even], y[even], colors[even]
    if np.ptp(np.stack([x, y], axis=1) @ plane[1:], axis=0).max() < LEAST_RANGE:
        return None
    rough = main_direction(plane[1], plane[2])
    if off_across(rough, x, y, colors) > ROUGH * limits.across:
        return None
    angle, across = _direction(rough, _doubt(plane[1:], bare), x, y, colors, limits.across)
    if limits.turn and angle % limits.turn:
        return None
    if across > limits.across or _is_picture(part, bare, box, plane):
        return None
    return gradient_in(box, angle, x, y, colors)


def _bare(part: Pixels) -> Iterator[Mask]:
    """Yield where nothing is written on what fills a patch: pixels that differ little from those beside them.

    Text has edges, and so have a border and a shadow around it: there they end. Text may also divide them; what lies on
    both sides of it goes on in the same colours. A wide shadow may have the most pixels: what lies in it comes next.
    """
    below, right = _even(part[1:], part[:-1]), _even(part[:, 1:], part[:, :-1])
    smooth = np.zeros(part.shape[:2], np.uint8)
    smooth[1:-1, 1:-1] = below[:-1, 1:-1] & below[1:, 1:-1] & right[1:-1, :-1] & right[1:-1, 1:]
    _count, numbers, statistics, _middles = cv2.connectedComponentsWithStats(smooth, connectivity=4)
    labels = cast("Lengths", numbers)
    counts = statistics[:, cv2.CC_STAT_AREA].copy()
    counts[0] = 0  # what is not smooth
    large = [int(label) for label in np.argsort(-counts, kind="stable") if counts[label] >= LEAST_PIXELS]
    for place, label in enumerate(large[:2]):
        if not place or _lies_within(statistics[label], statistics[large[0]]):
            yield _joined(part, labels, label, large[place + 1 :])


def _lies_within(one: Lengths, other: Lengths) -> bool:
    """Return whether the box around one part lies in that around another and does not reach its sides.

    Both are rows of OpenCV's statistics of parts: left, top, width, height, pixels.
    """
    left, top, width, height = (one[:4] - other[:4]).tolist()
    return bool(left > 0 and top > 0 and left + width < 0 and top + height < 0)


def _joined(part: Pixels, labels: Lengths, label: int, others: Sequence[int]) -> Mask:
    """Return where in a patch some part of it is, and those of the others that go on in its colours."""
    bare: Mask = labels == label
    if others:
        plane, _ = _plane(*_samples(part, bare))
        for other in others:
            own: Mask = labels == other
            if np.median(_off(plane, *_samples(part, own))) <= STRAY:
                bare |= own
    return bare


def _samples(part: Pixels, mask: Mask) -> tuple[Floats, Floats, Floats]:
    """Return x and y of the middles of some pixels of a mask, and pixels x 3: their colours."""
    rows, columns = np.nonzero(mask)
    every = -(-len(rows) // SAMPLES)
    # A stride that shares a factor with the width would hit a few columns only, again and again.
    width = int(np.ptp(columns)) + 1
    every = next(stride for stride in itertools.count(every) if math.gcd(stride, width) == 1)
    rows, columns = rows[::every], columns[::every]
    y, x = (middles.astype(np.float64) + 0.5 for middles in (rows, columns))
    return x, y, part[rows, columns].astype(np.float64)


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
    even: Mask = np.ones(len(x), np.bool_)
    for _round in range(ROUNDS):
        chosen = from_here[even]
        plane: Floats = np.asarray(np.linalg.solve(chosen.T @ chosen + RIDGE, chosen.T @ colors[even]), np.float64)
        off = _largest(from_here @ plane - colors)
        even = np.asarray(off <= max(STRAY, 2 * float(np.median(off))))
    return plane, even


def _off(plane: Floats, x: Floats, y: Floats, colors: Floats) -> Floats:
    """Return by how many levels colours lie off a plane."""
    return _largest(np.stack([np.ones(len(x)), x, y], axis=1) @ plane - colors)


def _largest(off: Floats) -> Floats:
    """Return the greatest of three channels, as it is without its sign; NumPy takes long for that over an axis of 3."""
    red, green, blue = np.abs(off).T
    largest: Floats = np.maximum(np.maximum(red, green), blue)
    return largest


def _doubt(slopes: Floats, bare: Mask) -> float:
    """Return by how many degrees a direction may be off: of a few rows, rounding alone may turn it."""
    thickness = min(int(bare.any(axis=axis).sum()) for axis in (0, 1))
    steepest = float(np.hypot(*slopes).max())
    return max(AROUND, min(float(np.degrees(np.arctan2(1, thickness * steepest))), 2 * AROUND))


def _direction(rough: float, doubt: float, x: Floats, y: Floats, colors: Floats, most: float) -> tuple[float, float]:
    """Return the angle near `rough` along which the colours have one course, and how much they differ from it."""
    even = 45.0 * round(rough / 45)
    if abs(even - rough) <= doubt and (across := off_across(even, x, y, colors)) <= most:
        return even % 360, across
    return finest_direction(rough, x, y, colors)


def _is_picture(part: Pixels, bare: Mask, box: Sides, plane: Floats) -> bool:
    """Return whether what stands on a patch has more than one colour, and so is no text."""
    left, top, right, bottom = box
    inside = np.s_[top + 1 : bottom - 1, left + 1 : right - 1]
    rows, columns = np.nonzero(~bare[inside])
    above = part[inside][rows, columns].astype(np.float64)
    behind = np.stack([np.ones(len(rows)), columns + left + 1.5, rows + top + 1.5], axis=1) @ plane
    off = above - behind
    written = np.abs(off).max(axis=1) > STEEPEST
    if written.sum() < LEAST_PIXELS:
        return False
    above, behind, off = above[written], behind[written], off[written]
    way = above[np.abs(off).sum(axis=1).argmax()] - behind
    share = np.clip((off * way).sum(axis=1) / np.maximum((way * way).sum(axis=1), 1.0), 0.0, 1.0)
    return bool((np.abs(off - share[:, None] * way).max(axis=1) > OTHER).mean() > FEW)
