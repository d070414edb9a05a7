"""Rounded corners: the radius of the arc that a corner of a box is drawn with.

A browser covers each pixel on the arc in part, so the share of the colours in it tells where the arc runs to a small
part of a pixel. The corner as it is seen is compared with corners as they would be drawn, for each radius that comes
into question, and the radius that comes nearest is taken. A border has an outer and an inner arc with one centre.

Source:
  CSS Backgrounds and Borders Level 3, "corner shaping": the inner radius is the outer one less the width of the border.
  https://www.w3.org/TR/css-backgrounds-3/#corner-shaping
"""

from __future__ import annotations

import functools
from typing import Final, cast

import attrs
import numpy as np

from copy_that_orch.imaging.arrays import Floats, Mask, Pixels, split
from copy_that_orch.imaging.boxes import Box

LARGEST: Final = 64
"""Largest radius that is looked for, in device pixels; pills may be rounder."""
STEP: Final = 0.5
"""Device pixels between the radii that are compared; a parabola through the best three tells the part of a step."""
DIAGONAL: Final = 1 - 1 / np.sqrt(2)
"""How far from the corner the arc crosses the diagonal, to the right and downwards, in radii."""
FLATTER: Final = 0.1
"""Device pixels by which a radius looks larger than it is: half of what is measured where arcs are drawn as a few
straight pieces, as Skia does without a graphics card, because with one it draws them true."""
FLATTER_LINE: Final = 0.3
"""The same where a border has two arcs."""
CLEAR: Final = 20
"""Levels of 255 between the inside and what is outside, from which the colours on the arc are compared. Below, and
where what is outside is not one colour, it only counts which pixels lie wholly inside."""
FAINTEST: Final = 0.2
"""Least share of its colour that a thin border has on the diagonal, where it may fall between two pixels."""
MISFIT: Final = 0.15
"""How much a corner may differ from the corner that it is taken for."""
HARDLY: Final = 0.01
"""Share of a pixel that an area may cover and not change its colour."""
SHADED: Final = 1
"""Levels of 255 by which a shadow differs from what is outside where it begins: that is no box, though it is round."""
SUBSTEPS: Final = 8


@attrs.frozen
class Corner:
    """A corner of a box as it is drawn.

    Attributes:
      radius: Of its outer arc, in device pixels; 0.0 for a square one.
      misfit: How much it differs from such a corner, as a share of the pixels on the arc; 0.0 is none.
    """

    radius: float
    misfit: float


SQUARE: Final = Corner(0.0, 0.0)


def find_corners(pixels: Pixels, box: Box) -> tuple[Corner | None, ...]:
    """Return the corners of a box: left above, right above, right below, left below, as CSS orders them.

    None stands for one that cannot be measured: it lies at the edge of the picture, or the borders beside it differ.
    """
    return tuple(_corner(pixels, box, *sides) for sides in ((0, 1), (2, 1), (2, 3), (0, 3)))


def _corner(pixels: Pixels, box: Box, side: int, end: int) -> Corner | None:
    """Return the corner where a side meets an end: 0 left, 2 right; 1 above, 3 below."""
    height, width, _ = pixels.shape
    left, top, right, bottom = box.outside
    x, y = left - 1 if side == 0 else right, top - 1 if end == 1 else bottom
    border = box.borders[side]
    if border != box.borders[end] or not (0 <= x < width and 0 <= y < height):
        return None
    reach = min((right - left + 1) // 2, (bottom - top + 1) // 2, LARGEST)
    rows = slice(top, top + reach) if end == 1 else slice(bottom - reach, bottom)
    columns = slice(left, left + reach) if side == 0 else slice(right - reach, right)
    patch = pixels[rows, columns][:: 1 if end == 1 else -1, :: 1 if side == 0 else -1]
    inside = np.array(split(box.color), np.float64)
    beyond = pixels[y, x].astype(np.float64)
    line = inside
    if not border and np.abs(inside - beyond).max() <= SHADED:
        return None
    if border:
        middle = (top + bottom) // 2
        line = pixels[middle, left if side == 0 else right - 1].astype(np.float64)
    first = _first_inside(patch, inside, line if border else None, beyond)
    if first is None:
        return None
    if first <= border and (patch[0, 0] == line).all():
        return SQUARE
    if first < border:  # it is not the border of this corner
        return None
    most = min((first - border + 0.5) / DIAGONAL + border, min(right - left, bottom - top) / 2 + STEP)
    least = max(min((first - border - 1.5) / DIAGONAL + border, most - 2 * STEP), 0.0) if first > border else 0.0
    if least > 1 / DIAGONAL:  # the outermost pixel lies wholly outside, and nearer to the arc
        beyond = patch[0, 0].astype(np.float64)
    arcs = _arcs(int(least / STEP), int(np.ceil(most / STEP)), reach, border)
    return _best(patch[: arcs.size, : arcs.size], arcs, inside, line, beyond)


def find_outer_corners(pixels: Pixels, sides: tuple[int, int, int, int]) -> tuple[Corner | None, ...]:
    """Return the corners of an area that is not of one colour, such as a gradient, as `find_corners` does.

    It counts which pixels have the colour of what is outside.

    Args:
      pixels: The screen, height x width x 3.
      sides: Left, top, right and bottom of the area.
    """
    return tuple(_outer_corner(pixels, sides, *corner) for corner in ((0, 1), (2, 1), (2, 3), (0, 3)))


def _outer_corner(pixels: Pixels, sides: tuple[int, int, int, int], side: int, end: int) -> Corner | None:
    height, width, _ = pixels.shape
    left, top, right, bottom = sides
    x, y = left - 1 if side == 0 else right, top - 1 if end == 1 else bottom
    if not (0 <= x < width and 0 <= y < height):
        return None
    reach = min((right - left + 1) // 2, (bottom - top + 1) // 2, LARGEST)
    rows = slice(top, top + reach) if end == 1 else slice(bottom - reach, bottom)
    columns = slice(left, left + reach) if side == 0 else slice(right - reach, right)
    patch = pixels[rows, columns][:: 1 if end == 1 else -1, :: 1 if side == 0 else -1]
    outside: Mask = (patch == pixels[y, x]).all(axis=2)
    covered = np.flatnonzero(~outside[np.arange(reach), np.arange(reach)])
    if not len(covered):
        return None
    if not covered[0]:
        return SQUARE
    first, last = int(covered[0] / DIAGONAL / STEP), int(np.ceil((covered[0] + 1.5) / DIAGONAL / STEP))
    arcs = _arcs(first, last, reach, 0)
    wrong = ((arcs.outer <= HARDLY) != outside[: arcs.size, : arcs.size]).sum(axis=(1, 2))
    radius = (arcs.first + float(np.flatnonzero(wrong == wrong.min()).mean())) * STEP
    return Corner(radius, float(wrong.min()) / (np.pi * radius))


def _first_inside(patch: Pixels, inside: Floats, line: Floats | None, beyond: Floats) -> int | None:
    """Return the first place on the diagonal that has the colour inside, and if there is a border lies behind it."""
    diagonal = patch[np.arange(len(patch)), np.arange(len(patch))]
    is_inside: Mask = (diagonal == inside).all(axis=1)
    start = 0
    if line is not None:
        away = np.abs(diagonal - beyond).max(axis=1)
        on_line = np.flatnonzero(away >= FAINTEST * np.abs(line - beyond).max())
        if not len(on_line):
            return None
        start = int(on_line[0]) + 1
    place = np.flatnonzero(is_inside[start:])
    return start + int(place[0]) if len(place) else None


@attrs.frozen(eq=False)
class _Arcs:
    """How much corners of several radii cover of each pixel.

    Attributes:
      size: Pixels on each side of the square that is looked at.
      outer, inner: Radii x size x size: what lies within the outer arc, and within the inner one.
      zone: Size x size: the pixels that tell the radii apart.
    """

    first: int
    size: int
    outer: Floats
    inner: Floats
    zone: Mask


@functools.lru_cache(maxsize=1024)
def _arcs(first: int, last: int, reach: int, border: int) -> _Arcs:
    """Return corners with radii of `first` to `last` steps, no larger than `reach`."""
    size = min(int(np.ceil(last * STEP)) + 1, reach)
    outer = np.stack([_covered(step, size, 0) for step in range(first, last + 1)])
    if not border:
        return _Arcs(first, size, outer, outer, outer[-1] < 0.999)
    inner = np.stack([_covered(max(step - round(border / STEP), 0), size, border) for step in range(first, last + 1)])
    near = np.add.outer(np.arange(size), np.arange(size)) < 1.2 * last * STEP
    return _Arcs(first, size, outer, inner, (outer[-1] < 0.999) | ((inner[-1] < 0.999) & near))


@functools.lru_cache(maxsize=1024)
def _covered(steps: int, size: int, start: int) -> Floats:
    """Return what a corner with this radius covers of `size` x `size` pixels; it begins at pixel `start`."""
    radius = steps * STEP
    across = (np.arange(size * SUBSTEPS) + 0.5) / SUBSTEPS - start
    to_centre = np.clip(radius - across, 0, None)
    depth = np.where(across < 0, size, radius - np.sqrt(np.clip(radius**2 - to_centre**2, 0, None)) + start)
    share = np.clip(np.arange(1, size + 1)[:, None] - depth, 0, 1)
    return cast("Floats", share.reshape(size, size, SUBSTEPS).mean(axis=2))


def _best(patch: Pixels, arcs: _Arcs, inside: Floats, line: Floats, beyond: Floats) -> Corner:
    contrast = np.maximum(np.abs(inside - beyond), np.abs(line - beyond))
    channel = int(contrast.argmax())
    clear = float(contrast[channel])
    bordered = arcs.inner is not arcs.outer
    fits = Corner(0.0, np.inf)
    if clear >= CLEAR or bordered:
        values = patch[..., channel].astype(np.float64)
        drawn = beyond[channel] + (line[channel] - beyond[channel]) * arcs.outer
        if bordered:
            drawn = drawn + (inside[channel] - line[channel]) * arcs.inner
        off = (((drawn - values) * arcs.zone) ** 2).sum(axis=(1, 2))
        best = int(off.argmin())
        radius = (arcs.first + best + _part_of_step(off, best)) * STEP
        arc = max(np.pi / 2 * radius, 1.0)
        flatter = FLATTER_LINE if bordered else FLATTER
        fits = Corner(max(radius - flatter, 0.0), float(np.sqrt(off[best] / arc) / max(clear, 1.0)))
    step = float(np.abs(inside - beyond).max())
    if fits.misfit <= MISFIT or not step:
        return fits
    wholly = (patch == inside).all(axis=2)
    expected = arcs.inner > 1 - 0.5 / max(step, float(np.abs(inside - line).max()))
    wrong = ((expected != wholly) & arcs.zone).sum(axis=(1, 2))
    radius = (arcs.first + float(np.flatnonzero(wrong == wrong.min()).mean())) * STEP
    return min(fits, Corner(max(radius - 2 * FLATTER, 0.0), float(wrong.min()) / max(np.pi * radius, 1.0)), key=_misfit)


def _misfit(corner: Corner) -> float:
    return corner.misfit


def _part_of_step(off: Floats, best: int) -> float:
    """Return where between the steps beside `best` the least value lies, -0.5 to 0.5."""
    if not 0 < best < len(off) - 1:
        return 0.0
    before, here, after = off[best - 1 : best + 2].tolist()
    return float(0.5 * (before - after) / max(before + after - 2 * here, 1e-9))
