"""Soft edges: how what lies behind a box changes from its sides outwards, as a shadow makes it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import attrs
import numpy as np

from copy_that_orch.imaging.arrays import Channels, Pixels
from copy_that_orch.imaging.boxes import Box

REACH: Final = 96
"""How far from a box its shadow is looked for, in CSS pixels."""
PLATEAU: Final = 6
"""Pixels of one colour at the end of a ramp, at least; there the shadow has ended."""
JUMP: Final = 10
"""Levels of 255: a step as great, away from the box, is the edge of something else."""
NEAR: Final = 4
"""Pixels beside the box in which a shadow may change in greater steps."""
BORDER: Final = 5
"""A first step that is so many times the second one, or so many levels of 255 more coloured, is that from a border to
the shadow of the box."""
RING: Final = 3
"""The same of a ring, whose step is as high at all sides, and by how many levels of 255 it is higher, at least."""
UNEVEN: Final = 0.1
"""Share by which such steps may differ from side to side, beside a level for rounding."""
WIDEST_BORDER: Final = 4
"""Device pixels."""
LONG: Final = 2
"""Width of a pill, in heights, from which the middle of it throws a shadow as a box does."""
FAINTEST: Final = 3
"""Levels of 255 that a shadow changes at least."""
PLACES: Final = (1 / 2, 3 / 8, 5 / 8, 1 / 4, 3 / 4)
"""Where along a side it is looked at, the best first; something else may stand beside the box at one of them."""

TOP, RIGHT, BOTTOM, LEFT = range(4)


@attrs.frozen(eq=False)
class Ramp:
    """What is seen from the middle of a side of a box outwards.

    Attributes:
      side: `TOP`, `RIGHT`, `BOTTOM` or `LEFT`.
      values: Pixels x 3: the colours, the nearest first, up to where the ground has its own colour or something stands.
      border: Pixels x 3: what lies between the box and them.
      start: How far from the box the nearest of them lies, in device pixels; a border is part of a box, a ring is not.
      ended: Whether it reaches that colour.
      ends: How far from the ends of the side it is seen, its left or upper one first, in device pixels.
    """

    side: int
    values: Channels
    border: Channels
    start: int
    ended: bool
    ends: tuple[float, float]

    @property
    def ground(self) -> tuple[int, ...]:
        """The colour at its end."""
        return tuple(self.values[-1].tolist())

    def step(self, width: int) -> float:
        """Return by how many levels of 255 the step after so many pixels is higher than the next; 0 if not by far."""
        steps = np.abs(np.diff(self.values[width - 1 : width + 2], axis=0)).max(axis=1)
        return float(steps[0] - steps[1]) if steps[0] >= RING * max(steps[1], 1) else 0.0

    def without(self, width: int) -> Ramp:
        """Return it without so many of the nearest pixels, which are a border."""
        return attrs.evolve(self, border=self.values[:width], values=self.values[width:])


@attrs.frozen(eq=False)
class Edges:
    """The soft edges of one box.

    Attributes:
      box: Left, top, right and bottom of it, with its border, in device pixels.
      ground: What it stands on, 3 channels.
      ramps: Those of its sides that can be measured.
      is_round: Whether it has round corners.
    """

    box: tuple[int, int, int, int]
    ground: tuple[int, ...]
    ramps: tuple[Ramp, ...]
    is_round: bool

    def key(self) -> tuple[object, ...]:
        """Return what is equal for boxes with the same shadow, wherever they stand."""
        return self.ground, self.is_round, self._looks

    def is_part_of(self, other: Edges) -> bool:
        """Return whether all its sides look as the same sides of another do."""
        return set(self._looks) <= set(other._looks) and self.is_round == other.is_round

    @property
    def _looks(self) -> tuple[tuple[int, int, bytes], ...]:
        return tuple((ramp.side, ramp.start, ramp.values.tobytes()) for ramp in self.ramps)


def find_edges(
    pixels: Pixels,
    boxes: Sequence[Box],
    scale: float,
    *,
    pills: Sequence[Box] = (),
    gradients: Sequence[tuple[int, int, int, int]] = (),
) -> list[Edges]:
    """Return the soft edges of the boxes that have some.

    Args:
      pixels: The screen, height x width x 3.
      boxes: The boxes on it.
      scale: Device pixels per CSS pixel.
      pills: The boxes on it whose short sides are half circles; long ones are looked at above and below.
      gradients: The sides of areas on it that are not of one colour.
    """
    found = []
    candidates: list[tuple[tuple[int, int, int, int], tuple[int, ...]]] = [
        (sides, (TOP, RIGHT, BOTTOM, LEFT)) for sides in (*_cards(boxes), *gradients)
    ]
    candidates += [(pill.outside, (TOP, BOTTOM)) for pill in pills if _is_long(pill)]
    for sides, straight in candidates:
        ramps = [ramp for side in straight if (ramp := _ramp(pixels, sides, side, round(REACH * scale)))]
        soft = [ramp for ramp in ramps if ramp.ended and _is_soft(ramp)]
        if not soft:
            continue
        ground = max((ramp.ground for ramp in soft), key=[ramp.ground for ramp in soft].count)
        of_ground = [ramp for ramp in ramps if ramp.ended and np.abs(np.subtract(ramp.ground, ground)).max() <= 1]
        if len(of_ground) > 1 or (of_ground and _is_bar(sides, pixels.shape[1])):
            begun = tuple(_without_rings(of_ground, min(max(round(scale), 1), WIDEST_BORDER)))
            found.append(Edges(sides, ground, begun, _is_round(pixels, sides)))
    return found


def _without_rings(ramps: Sequence[Ramp], width: int) -> Sequence[Ramp]:
    """Return ramps that begin behind rings, whose width is looked for if no border was told from any.

    A ring is a shadow without blur, so it is of one width all around, and takes as much light everywhere. What was
    taken for a border and has not one colour is one, too.
    """
    told = max(len(ramp.border) for ramp in ramps)
    width = told or width
    steps = [0 if len(ramp.border) else ramp.step(width) for ramp in ramps]
    if told:
        ramps = [ramp.without(width) if step else ramp for ramp, step in zip(ramps, steps, strict=True)]
    else:
        shorter = [ramp.without(width) for ramp in ramps]
        is_around = len(ramps) > 1 and any(ramp.side in (TOP, BOTTOM) for ramp in ramps)
        is_even = max(steps) - min(steps) <= 1 + UNEVEN * max(steps)
        if not (is_around and min(steps) >= RING and is_even and any(map(_is_soft, shorter))):
            return ramps
        ramps = shorter
    if len({ramp.border[-1].tobytes() for ramp in ramps if len(ramp.border)}) > 1:
        return [attrs.evolve(ramp, start=len(ramp.border)) for ramp in ramps]
    return ramps


def _is_round(pixels: Pixels, sides: tuple[int, int, int, int]) -> bool:
    """Return whether two or more corners of a box look unlike the sides between them."""
    left, top, right, bottom = sides
    x, y = (left + right) // 2, (top + bottom) // 2
    corners = ((row, column) for row in (top, bottom - 1) for column in (left, right - 1))
    unlike = (
        (pixels[corner] != pixels[corner[0], x]).any() and (pixels[corner] != pixels[y, corner[1]]).any()
        for corner in corners
    )
    return sum(map(bool, unlike)) >= 2


def _is_bar(sides: tuple[int, int, int, int], width: int) -> bool:
    """Return whether a box reaches from one side of the picture to the other, as bars above and below pages do."""
    return sides[0] == 0 and sides[2] == width


def _is_long(pill: Box) -> bool:
    return pill.right - pill.left >= LONG * (pill.bottom - pill.top)


def _cards(boxes: Sequence[Box]) -> list[tuple[int, int, int, int]]:
    """Return left, top, right and bottom of boxes; those that stand on each other are one."""
    columns: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for box in boxes:
        # Fewer than four borders may be lines, but also the first pixels of a shadow.
        left, top, right, bottom = box.outside if min(box.borders) else (box.left, box.top, box.right, box.bottom)
        # The first pixel of the shadow may be taken for the border of one of a stack.
        near = (key for key in columns if max(abs(key[0] - left), abs(key[1] - right)) <= 1)
        key = next(near, (left, right))
        spans = columns.pop(key, [])
        columns[max(key[0], left), min(key[1], right)] = [*spans, (top, bottom)]
    cards = []
    for (left, right), spans in columns.items():
        spans.sort()
        stack = [spans[0]]
        for top, bottom in spans[1:]:
            if top <= stack[-1][1] + 3:
                stack[-1] = (stack[-1][0], max(bottom, stack[-1][1]))
            else:
                stack.append((top, bottom))
        cards += [(left, top, right, bottom) for top, bottom in stack]
    return cards


def _ramp(pixels: Pixels, sides: tuple[int, int, int, int], side: int, reach: int) -> Ramp | None:
    """Return what is seen beside one side, or None if nothing can be told of it."""
    for place in PLACES:
        line, ends = _line(pixels, sides, side, place, reach)
        if len(line) < PLATEAU + 1:
            return None
        border = _border(line)
        ramp = _until_it_ends(line[border:], line[:border], side, ends)
        if ramp.ended:
            return ramp
    return None


def _line(
    pixels: Pixels, sides: tuple[int, int, int, int], side: int, place: float, reach: int
) -> tuple[Channels, tuple[float, float]]:
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


def _until_it_ends(line: Channels, border: Channels, side: int, ends: tuple[float, float]) -> Ramp:
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
    return Ramp(side, values[: last + 1 + PLATEAU], border, 0, ended, ends)


def _is_soft(ramp: Ramp) -> bool:
    """Return whether it changes in more than one step, and by more than rounding may."""
    changes = (np.diff(ramp.values, axis=0) != 0).any(axis=1)
    return bool(changes.sum() >= 2 and np.abs(ramp.values[0] - ramp.values[-1]).max() >= FAINTEST)
