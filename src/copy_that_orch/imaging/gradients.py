"""Linear gradients: areas whose colour changes along one direction, and only there.

The picture is looked at in blocks. Blocks in which neighbours differ by little are smooth, and smooth blocks that pass
into each other with a change make an area. Its direction is where the colours change most, and along it their course
is a line, or a few; text and buttons on it are not smooth and are passed over. In a photo colours change across the
direction too.

Source:
  CSS Images Level 3, "linear-gradient()": an angle of 0 points up, 90 to the right, and the line of a gradient is
  |width sin a| + |height cos a| long, so that its ends have the colours of the corners.
  https://www.w3.org/TR/css-images-3/#linear-gradients
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import attrs
import numpy as np
from numpy.typing import NDArray

from copy_that_orch.imaging.arrays import Floats, Mask, Pixels
from copy_that_orch.imaging.blocks import BLOCK, STEEPEST, find_blocks
from copy_that_orch.imaging.courses import find_course
from copy_that_orch.imaging.directions import finest_direction, off_across, steady_direction, undisturbed
from copy_that_orch.imaging.ground import components
from copy_that_orch.imaging.sides import Sides, lies_in

LEAST_CHANGE: Final = 0.6
"""Levels of 255 by which the means of blocks beside each other differ, or those a few blocks apart, at least."""
APART: Final = (1, 3)
"""Blocks between those that are compared."""
LEAST_BLOCKS: Final = 6
FILLED: Final = 0.3
"""Share of the blocks around an area that belong to it, at least; shadows lie around something else."""
LEAST_RANGE: Final = 10
"""Levels of 255 between the lightest and the darkest block, at least, in the channel that changes most."""
MOST_AREAS: Final = 24
"""How many areas are looked at, the largest first; a photo may have many more."""
SAMPLES: Final = 2000
"""About how many pixels of an area are looked at."""
ACROSS: Final = 0.55
"""Levels of 255 by which colours may differ across the direction, root mean square: rounding makes 0.3 to 0.4, the
grain of a photo 0.7 and more."""
ACROSS_LOSSY: Final = 1.6
LEAST_LOSSY: Final = 0.04
"""The same for a JPEG, where an area covers at least this share of the screen."""
ROOMY: Final = 100
"""Blocks of an area on which a shadow or the like may lie, at least: buttons with a gradient have fewer, and so have
most areas in photos."""
REST: Final = 0.7
"""Share of `ACROSS` that is allowed where such a thing had to be left out: what is left of a photo differs by
more, or has no course of a few stops."""


@attrs.frozen(kw_only=True)
class LinearGradient:
    """A gradient that is in use.

    Attributes:
      angle: Where it runs to, in degrees as CSS counts them: more than 0 and up to 180, to the right or straight down.
        What runs the other way is the same with its stops reversed.
      stops: Position from 0.0 to 1.0 and red, green and blue of each.
      box: Left, top, right and bottom of the area, in device pixels.
      misfit: By how many levels of 255 it differs from what is seen, root mean square.
    """

    angle: float
    stops: tuple[tuple[float, tuple[int, int, int]], ...]
    box: tuple[int, int, int, int]
    misfit: float

    @property
    def confidence(self) -> float:
        """How sure it is that a style sheet has it, 0.0 to 1.0."""
        return 0.95 / max(self.misfit, 1.0)


def find_gradients(pixels: Pixels, *, lossy: bool = False) -> tuple[LinearGradient, ...]:
    """Return the linear gradients of a screen, the largest first.

    Args:
      pixels: The screen, height x width x 3.
      lossy: Whether it was a JPEG: that takes grain from photos and gives some to gradients, so only gradients that
        fill a good part of the screen are told from photos.
    """
    found: list[LinearGradient] = []
    across, least = (ACROSS_LOSSY, LEAST_LOSSY * pixels[..., 0].size) if lossy else (ACROSS, 0)
    areas = (area for area in _areas(pixels) if area.mask.sum() * BLOCK**2 >= least)
    gradients = (_gradient(pixels, area, across) for area in areas)
    for gradient in sorted(filter(None, gradients), key=_negative_area):
        # What is seen through a button without a ground of its own is part of the gradient behind it.
        if not any(lies_in(gradient.box, other.box) for other in found):
            found.append(gradient)
    return tuple(found)


def _negative_area(gradient: LinearGradient) -> int:
    left, top, right, bottom = gradient.box
    return (left - right) * (bottom - top)


@attrs.frozen(eq=False)
class _Area:
    """Blocks of an area: left, top, width and height in blocks, and which of these belong to it."""

    left: int
    top: int
    mask: Mask
    means: Floats


def _areas(pixels: Pixels) -> Iterator[_Area]:
    down, across = pixels.shape[0] // BLOCK, pixels.shape[1] // BLOCK
    if min(down, across) < 2:
        return
    blocks = find_blocks(pixels)
    means, smooth = blocks.means, blocks.smooth
    planes = [means[..., channel] for channel in range(3)]
    changing = np.zeros_like(smooth)
    for apart in APART:
        for one, other in (
            (np.s_[:, apart:], np.s_[:, :-apart]),
            (np.s_[apart:], np.s_[:-apart]),
        ):
            step = np.maximum.reduce([np.abs(plane[one] - plane[other]) for plane in planes])
            differ = smooth[one] & smooth[other] & (step >= LEAST_CHANGE) & (step <= apart * BLOCK * STEEPEST)
            changing[one] |= differ
            changing[other] |= differ
    labels, statistics = components(changing, connectivity=4)
    width, height, count = statistics[:, 2:].T
    likely = (count >= LEAST_BLOCKS) & (np.minimum(width, height) >= 2) & (count >= FILLED * width * height)
    likely[0] = False
    largest = sorted(np.flatnonzero(likely).tolist(), key=lambda label: -int(count[label]))[:MOST_AREAS]
    for label in largest:
        left, top, width, height, _count = statistics[label].tolist()
        here = np.s_[top : top + height, left : left + width]
        mask = labels[here] == label
        inside = means[here].astype(np.float64)
        if np.ptp(inside[mask], axis=0).max() >= LEAST_RANGE:
            yield _Area(left, top, mask, inside)


def _gradient(pixels: Pixels, area: _Area, most: float) -> LinearGradient | None:
    rough = _direction(area)
    if rough is None:
        return None
    x, y, colors = samples = _samples(pixels, area)
    if area.mask.sum() >= ROOMY:
        kept = undisturbed(rough, x, y, colors, most)
        x, y, colors = x[kept], y[kept], colors[kept]
    if not len(x) or off_across(rough, x, y, colors) > 2 * most:
        return None
    angle, across = finest_direction(rough, x, y, colors)
    if across > most:
        return None
    found = gradient_in(_grown(pixels, area), angle, x, y, colors)
    if len(x) == len(samples[0]) or found is None or off_across(angle, *samples) <= most:
        return found
    return found if across <= REST * most and found.misfit <= most else None


def gradient_in(box: Sides, angle: float, x: Floats, y: Floats, colors: Floats) -> LinearGradient | None:
    """Return the gradient that fills `box`, or None if a few stops do not explain its colours.

    Args:
      box: Its sides.
      angle: Where it runs to, in degrees as CSS counts them.
      x: Of the middles of some of its pixels.
      y: Of these.
      colors: Pixels x 3: their colours.
    """
    course = find_course(places_in(box, angle, x, y), colors)
    if course is None:
        return None
    if 0 < angle <= 180:
        return LinearGradient(angle=angle, stops=course.stops, box=box, misfit=course.misfit)
    stops = tuple((round(1 - position, 2), color) for position, color in reversed(course.stops))
    return LinearGradient(angle=angle - 180 if angle else 180.0, stops=stops, box=box, misfit=course.misfit)


def places_in(box: Sides, angle: float, x: Floats, y: Floats) -> Floats:
    """Return where on the line of a gradient that fills `box` pixels are, from 0.0 where it begins to 1.0."""
    left, top, right, bottom = box
    sine, cosine = np.sin(np.radians(angle)), np.cos(np.radians(angle))
    length = abs((right - left) * sine) + abs((bottom - top) * cosine)
    return np.asarray(((x - (left + right) / 2) * sine - (y - (top + bottom) / 2) * cosine) / length + 0.5)


def _direction(area: _Area) -> float | None:
    """Return where the colours change most, in degrees as CSS counts them; None if nothing tells it."""
    for apart in reversed(APART):  # over a longer way, rounding matters less
        here, right, below = np.s_[:-apart, :-apart], np.s_[:-apart, apart:], np.s_[apart:, :-apart]
        places = np.flatnonzero(area.mask[here] & area.mask[right] & area.mask[below])
        if len(places):
            places = places[:: -(-len(places) // SAMPLES)]
            own, *beside = (area.means[where].reshape(-1, 3)[places] for where in (here, right, below))
            return steady_direction((beside[0] - own).ravel(), (beside[1] - own).ravel())
    return None


def _samples(pixels: Pixels, area: _Area) -> tuple[Floats, Floats, Floats]:
    """Return x and y of the middles of pixels of an area, and pixels x 3: their colours."""
    rows, columns = np.nonzero(area.mask)
    per_block = max(1, min(BLOCK * BLOCK, SAMPLES // len(rows)))
    step = max(1, round(BLOCK / np.sqrt(per_block)))
    if len(rows) > SAMPLES:
        chosen = np.linspace(0, len(rows) - 1, SAMPLES).astype(np.intp)
        rows, columns = rows[chosen], columns[chosen]
    dy, dx = np.mgrid[step // 2 : BLOCK : step, step // 2 : BLOCK : step]
    y = ((rows[:, None] + area.top) * BLOCK + dy.ravel()).ravel()
    x = ((columns[:, None] + area.left) * BLOCK + dx.ravel()).ravel()
    return x + 0.5, y + 0.5, pixels[y, x].astype(np.float64)


def _grown(pixels: Pixels, area: _Area) -> tuple[int, int, int, int]:
    """Return left, top, right and bottom of an area, to the pixel: as far as colours pass into each other."""
    rows, columns = np.nonzero(area.mask)
    return (
        _edge(pixels, area, rows, columns, axis=1, forward=False),
        _edge(pixels, area, rows, columns, axis=0, forward=False),
        _edge(pixels, area, rows, columns, axis=1, forward=True),
        _edge(pixels, area, rows, columns, axis=0, forward=True),
    )


def _edge(
    pixels: Pixels, area: _Area, rows: NDArray[np.intp], columns: NDArray[np.intp], *, axis: int, forward: bool
) -> int:
    """Return where most of the outermost blocks at one side end."""
    at, other = (rows, columns) if axis == 0 else (columns, rows)
    start, beside = (area.top, area.left) if axis == 0 else (area.left, area.top)
    outermost = at.max() if forward else at.min()
    ends = []
    for block in np.unique(other[at == outermost])[:: max(1, len(np.unique(other[at == outermost])) // 9)].tolist():
        middle = (beside + block) * BLOCK + BLOCK // 2
        line = pixels[:, middle] if axis == 0 else pixels[middle]
        first = (start + int(outermost)) * BLOCK + BLOCK // 2
        part = line[first : first + 4 * BLOCK] if forward else line[max(first - 4 * BLOCK, 0) : first + 1][::-1]
        great = np.abs(np.diff(part.astype(np.int16), axis=0)).max(axis=1) > STEEPEST
        length = int(great.argmax()) if great.any() else len(part) - 1
        ends.append(first + length + 1 if forward else first - length)
    return int(np.median(ends))
