"""The few radii that the corners of a screen are drawn with."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Final

import attrs
import numpy as np

from copy_that_orch.imaging.arrays import Pixels
from copy_that_orch.imaging.boxes import Box
from copy_that_orch.imaging.corners import MISFIT, Corner, find_corners, find_outer_corners
from copy_that_orch.imaging.sides import Sides, lies_in, overlap

LEAST: Final = 1.2
"""Least radius, in device pixels; a smaller one cannot be told from a square corner."""
APART: Final = 0.75
"""CSS pixels by which measured radii that are one may differ, or eight percent."""
SMALL: Final = 24
"""CSS pixels: what is smaller may be an icon, so all four corners must be round, and truly so."""
SMALL_MISFIT: Final = 0.1
NEAR: Final = 2
"""Device pixels that a box with half circles may reach out of the disc or pill that is found there."""
PLAIN: Final = 0.25
"""Share of the middle of a portrait that is of one colour, at most."""
ROUND: Final = 1.2
"""How many times as wide as high a disc is at most; a pill is wider, and no logo."""
FULL: Final = math.inf
"""Stands for a radius so large that the short sides of the box are half circles."""


@attrs.frozen(kw_only=True)
class Radius:
    """A radius that is in use.

    Attributes:
      value: In CSS pixels; `FULL` for pills and circles.
      boxes: The sides of what has it, with borders, the largest first.
      confidence: How sure it is that a style sheet has it, 0.0 to 1.0.
    """

    value: float
    boxes: tuple[Sides, ...]

    @property
    def confidence(self) -> float:
        """How sure it is that a style sheet has it, 0.0 to 1.0; fitted to 19 screens of 7 design systems."""
        return 1 - 0.15 / math.sqrt(len(self.boxes))


def find_radii(
    pixels: Pixels,
    boxes: Iterable[Box],
    scale: float,
    *,
    pills: Sequence[Box] = (),
    discs: Sequence[Sides] = (),
    gradients: Iterable[Sides] = (),
) -> tuple[Radius, ...]:
    """Return the radii of the corners on a screen, the smallest first.

    Args:
      pixels: The screen, height x width x 3.
      boxes: The boxes with straight sides on it.
      scale: Device pixels per CSS pixel.
      pills: The boxes on it whose short sides are about half circles.
      discs: The sides of discs and pills on it, such as portraits; those of `pills` and gradients may be among them.
      gradients: The sides of areas on it that are not of one colour.
    """
    corners = [(box.outside, find_corners(pixels, box)) for box in (*boxes, *pills)]
    corners += [(sides, find_outer_corners(pixels, sides)) for sides in gradients]
    measured = [(radius, sides) for sides, four in corners if (radius := radius_of(four, sides, scale))]
    full = {sides for radius, sides in measured if radius == FULL}
    known = [*full, *(pill.outside for pill in pills)]
    more = [disc for disc in discs if not any(overlap(disc, other) for other in known)]
    full |= _alike([*(pill.outside for pill in pills), *more])
    full |= {disc for disc in more if not _is_disc(disc) or _is_picture(pixels, disc)}
    # Half circles between two pixels are seen as less; and what lies in a pill, as the knob of a switch, is part of it.
    measured = [(radius, sides) for radius, sides in measured if not any(lies_in(sides, disc, NEAR) for disc in discs)]
    others = [(radius / scale, sides) for radius, sides in measured if radius != FULL]
    scaled = _scale([value for value, _ in others], [sides for _, sides in others])
    found = [_radius(value, group) for value, group in scaled]
    return (*found, _radius(FULL, full)) if full else tuple(found)


def _alike(pills: Sequence[Sides]) -> set[Sides]:
    """Return the sides of pills that are as high as another one: a round logo is alone, radio buttons are not."""
    heights = [bottom - top for _left, top, _right, bottom in pills]
    return {
        pill
        for place, pill in enumerate(pills)
        if any(abs(heights[place] - height) <= 1 for height in heights[:place] + heights[place + 1 :])
    }


def _is_disc(sides: Sides) -> bool:
    left, top, right, bottom = sides
    return right - left <= ROUND * (bottom - top)


def _is_picture(pixels: Pixels, sides: Sides) -> bool:
    """Return whether hardly any two pixels in the middle of a disc are of one colour, as in a portrait."""
    left, top, right, bottom = sides
    inset = (bottom - top) // 4
    middle = pixels[top + inset : bottom - inset, left + inset : right - inset].reshape(-1, 3)
    _colors, counts = np.unique(middle, axis=0, return_counts=True)
    return bool(counts.max() <= PLAIN * len(middle))


def _radius(value: float, boxes: Iterable[Sides]) -> Radius:
    by_size = sorted(boxes, key=lambda sides: ((sides[0] - sides[2]) * (sides[3] - sides[1]), sides))
    return Radius(value=value, boxes=tuple(by_size))


def radius_of(corners: Sequence[Corner | None], sides: Sides, scale: float) -> float | None:
    """Return the radius of a box in device pixels: `FULL` if it is a pill or a circle, None if it has square corners.

    At least two corners beside each other have it, and none has another one, other than a square one: that of a tab
    or of the lower part of a card.

    Args:
      corners: From left above clockwise.
      sides: Of the box, with its border.
      scale: Device pixels per CSS pixel.
    """
    round_ones = [_is_round(corner) for corner in corners]
    measured = [corner for corner, is_round in zip(corners, round_ones, strict=True) if corner and is_round]
    if not any(round_ones[place - 1] and round_ones[place] for place in range(4)):
        return None
    radii = [corner.radius for corner in measured]
    radius = float(np.median(radii))
    if max(radii) - min(radii) > 0.6 + 0.15 * radius:
        return None
    left, top, right, bottom = sides
    short = min(right - left, bottom - top)
    if 2 * radius >= short - max(1.5, 0.16 * short):
        return FULL
    misfit = sum(corner.misfit for corner in measured) / len(measured)
    if short < SMALL * scale and (len(measured) < 4 or misfit > SMALL_MISFIT):
        return None
    return radius


def _is_round(corner: Corner | None) -> bool:
    return corner is not None and corner.radius >= LEAST and corner.misfit <= MISFIT


def _scale(values: list[float], boxes: list[Sides]) -> list[tuple[int, list[Sides]]]:
    """Return the radii that `values` stand for, each with its boxes: whole pixels, as style sheets mostly have them."""
    left = np.ones(len(values), np.bool_)
    known = np.array(values)
    found: dict[int, list[Sides]] = {}
    while left.any():
        near = np.abs(known[:, None] - known) <= np.maximum(APART, 0.08 * known[:, None])
        support = (near & left).sum(axis=1) * left
        members = np.flatnonzero(near[int(support.argmax())] & left)
        value = round(float(np.median(known[members])))
        found.setdefault(value, []).extend(boxes[member] for member in members.tolist())
        left[members] = False
    return sorted(found.items())
