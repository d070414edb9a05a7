"""Ramps: how what lies behind a box changes from one of its sides outwards, as a shadow makes it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import attrs
import numpy as np

from copy_that_orch.imaging.arrays import Channels, Pixels
from copy_that_orch.imaging.sides import Sides

REACH: Final = 96
"""How far from a box its shadow is looked for, in CSS pixels."""
BEHIND: Final = 12
"""Pixels of borders and rings, at most, behind which it is looked for."""
PLATEAU: Final = 6
"""Pixels of one colour at the end of a ramp, at least; there the shadow has ended."""
LEAST_SEEN: Final = 8
"""Pixels of a ramp that the edge of the picture cuts, at least."""
FAR: Final = 40
"""Levels of 255 by which such a ramp may end before the ground, at most."""
JUMP: Final = 10
"""Levels of 255: a step as great, away from the box, is the edge of something else."""
NEAR: Final = 4
"""Pixels beside the box in which a shadow may change in greater steps."""
BORDER: Final = 5
"""A first step that is so many times the second one, or so many levels of 255 more coloured, is that from a border to
the shadow of the box."""
RING: Final = 3
"""The same of a ring, whose step is as high at all sides, and by how many levels of 255 it is higher, at least."""
WIDEST_BORDER: Final = 4
"""Device pixels."""
FAINTEST: Final = 3
"""Levels of 255 that a shadow changes at least."""

TOP, RIGHT, BOTTOM, LEFT = range(4)


@attrs.frozen(eq=False)
class Ramp:
    """What is seen from the middle of a side of a box outwards.

    Attributes:
      side: `TOP`, `RIGHT`, `BOTTOM` or `LEFT`.
      values: Pixels x 3: the colours, the nearest first, up to where the ground has its own colour or something stands.
      border: Pixels x 3: what lies between the box and them.
      start: How far from the box the nearest of them lies, in device pixels; a border is part of a box, a ring is not.
      ended: Whether it ends in some pixels of one colour.
      cut: Whether the picture ends there.
      ends: How far from the ends of the side it is seen, its left or upper one first, in device pixels.
    """

    side: int
    values: Channels
    border: Channels
    start: int
    ended: bool
    cut: bool
    ends: tuple[float, float]

    @property
    def ground(self) -> tuple[int, ...]:
        """The colour at its end."""
        return tuple(self.values[-1].tolist())

    def may_stand_on(self, ground: tuple[int, ...]) -> bool:
        """Return whether it ends in a colour, or is on the way to it where the picture ends."""
        off = np.subtract(ground, self.values[-1])
        on_the_way = off * np.sign(self.values[-1].astype(np.int16) - self.values[0])
        is_near = np.abs(off).max() <= FAR and on_the_way.min() >= -1
        return bool((self.ended and np.abs(off).max() <= 1) or (self.cut and is_near))

    def step(self, width: int) -> float:
        """Return by how many levels of 255 the step after so many pixels is higher than the next; 0 if not by far."""
        steps = np.abs(np.diff(self.values[width - 1 : width + 2], axis=0)).max(axis=1)
        return float(steps[0] - steps[1]) if steps[0] >= RING * max(steps[1], 1) else 0.0

    def without(self, width: int) -> Ramp:
        """Return it without so many of the nearest pixels, which are a border."""
        return attrs.evolve(self, border=self.values[:width], values=self.values[width:])

    def around_ring(self, width: int) -> Ramp:
        """Return it as beside a box that ends before its border, or so many pixels sooner: that is a ring."""
        first, last = self.ends
        return attrs.evolve(self, start=width + len(self.border), ends=(first - width, last - width))

    def whole(self) -> Ramp:
        """Return it with what was taken for a border."""
        return attrs.evolve(self, border=self.border[:0], values=np.concatenate([self.border, self.values]), start=0)

    @property
    def is_soft(self) -> bool:
        """Whether it changes in more than one step, and by more than rounding may."""
        changes = (np.diff(self.values, axis=0) != 0).any(axis=1)
        return bool(changes.sum() >= 2 and np.abs(self.values[0] - self.values[-1]).max() >= FAINTEST)


def ramp_beside(pixels: Pixels, sides: Sides, side: int, reach: int, places: Sequence[float]) -> Ramp | None:
    """Return what is seen beside one side, or None if nothing can be told of it."""
    cut = None
    for place in places:
        line, ends = _line(pixels, sides, side, place, reach)
        if len(line) < LEAST_SEEN:
            return None
        if len(line) >= PLATEAU and (line[:PLATEAU] == line[0]).all():  # no shadow: they are strongest at the box
            return Ramp(side, line[:PLATEAU], line[:0], 0, True, False, ends)
        border = _border(line)
        ramp = _until_it_ends(line[border:], line[:border], side, ends, is_cut=len(line) < reach)
        if ramp.ended:
            return ramp
        if ramp.cut:
            cut = cut or ramp
    return cut


def _line(pixels: Pixels, sides: Sides, side: int, place: float, reach: int) -> tuple[Channels, tuple[float, float]]:
    left, top, right, bottom = sides
    x, y = left + int(place * (right - left)), top + int(place * (bottom - top))
    ends = (x + 0.5 - left, right - x - 0.5) if side in (TOP, BOTTOM) else (y + 0.5 - top, bottom - y - 0.5)
    if side == TOP:
        part = pixels[max(top - reach, 0) : top, x][::-1]
    elif side == RIGHT:
        part = pixels[y, right : right + reach]
    elif side == BOTTOM:
        part = pixels[bottom : bottom + reach, x]
    else:
        part = pixels[y, max(left - reach, 0) : left][::-1]
    return part.astype(np.int16), ends


def _border(line: Channels) -> int:
    """Return how many pixels of one colour begin a line, if the step after them is one from a border, and else 0."""
    differ = (line[1 : WIDEST_BORDER + 1] != line[0]).any(axis=1)
    width = int(differ.argmax()) + 1
    if not differ.any() or len(line) < width + 2:
        return 0
    first, second = np.abs(np.diff(line[width - 1 : width + 2], axis=0))
    other_hue = np.ptp(first) > np.ptp(second) + max(BORDER - 1, 0.25 * first.max())
    return width if other_hue or first.max() > BORDER * second.max() + BORDER else 0


def _until_it_ends(line: Channels, border: Channels, side: int, ends: tuple[float, float], *, is_cut: bool) -> Ramp:
    """Return the part of a line, which begins behind a border, in which all channels go one way, in small steps."""
    steps = np.diff(line, axis=0)
    change = line[min(len(line) - 1, 3 * PLATEAU)] - line[0]
    way = np.sign(change)
    # Rounding may take a channel back by a level, but not for long, unless it hardly changes beside the others.
    slack = 2 * np.abs(change) < np.abs(change).max()
    goes_back = ((steps * way < -1) | ((way == 0) & (np.abs(steps) > 1))).any(axis=1)
    goes_back[:-2] |= ((line[3:] - line[:-3]) * way < -slack.astype(np.int16)).any(axis=1)
    far = np.arange(len(steps)) >= NEAR
    stops = np.flatnonzero(goes_back | ((np.abs(steps).max(axis=1) > JUMP) & far))
    values = line[: stops[0] + 1] if len(stops) else line
    ended = len(values) >= PLATEAU and bool((values[-PLATEAU:] == values[-1]).all())
    last = np.flatnonzero((values != values[-1]).any(axis=1)).max(initial=-1)
    return Ramp(side, values[: last + 1 + PLATEAU], border, 0, ended, is_cut and not len(stops), ends)
