"""Soft edges: the ramps beside all sides of a box that may throw a shadow."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

import attrs
import numpy as np

from copy_that_orch.imaging.arrays import Pixels, counted, split
from copy_that_orch.imaging.boxes import Box
from copy_that_orch.imaging.ground import codes_of
from copy_that_orch.imaging.ramps import BEHIND, BOTTOM, LEFT, REACH, RIGHT, RING, TOP, WIDEST_BORDER, Ramp, ramp_beside
from copy_that_orch.imaging.sides import Sides

HIDDEN: Final = 6
"""Levels of 255 by which what is seen where a ramp ends differs from the ground, at most."""
SAMPLED: Final = 8
COMMON: Final = 0.01
"""Distance of the pixels that are looked at for common colours, and share of them that these have at least."""
UNEVEN: Final = 0.1
"""Share by which the steps of a ring may differ from side to side, beside a level for rounding."""
LONG: Final = 2
"""Width of a pill, in heights, from which the middle of it throws a shadow as a box does."""
PLACES: Final = (1 / 2, 3 / 8, 5 / 8, 1 / 4, 3 / 4)
"""Where along a side it is looked at, the best first; something else may stand beside the box at one of them."""
PLACES_OF_BAR: Final = (*PLACES, 1 / 8, 7 / 8, 1 / 32, 31 / 32, 1 / 128, 127 / 128)
"""The same for a bar, which has no corners, above a page that may have narrow margins."""
BETWEEN: Final = 3
"""Pixels of a line between boxes that stand on each other, at most."""

ALL_SIDES: Final = (TOP, RIGHT, BOTTOM, LEFT)


@attrs.frozen(eq=False)
class Edges:
    """The soft edges of one box.

    Attributes:
      box: Left, top, right and bottom of it, with its border, in device pixels.
      ground: What it stands on, 3 channels.
      ramps: Those of its sides that can be measured.
      is_round: Whether it has round corners.
      border: How wide the border around it is, in device pixels, where that is part of `box`.
      rings: Numbers of the colours of a ring around it.
    """

    box: Sides
    ground: tuple[int, ...]
    ramps: tuple[Ramp, ...]
    is_round: bool
    border: int
    rings: tuple[int, ...] = ()

    def key(self) -> tuple[object, ...]:
        """Return what is equal for boxes with the same shadow, wherever they stand."""
        return self.ground, self.is_round, self._looks

    def is_part_of(self, other: Edges) -> bool:
        """Return whether all its sides look as the same sides of another do."""
        return set(self._looks) <= set(other._looks) and self.is_round == other.is_round

    @property
    def tells_offset(self) -> bool:
        """Whether the vertical offset of a shadow can be seen."""
        return any(ramp.side in (TOP, BOTTOM) for ramp in self.ramps)

    @property
    def is_bordered(self) -> bool:
        """Whether the same border is seen all around."""
        return len({ramp.border.tobytes() for ramp in self.ramps}) == 1

    def otherwise(self) -> Edges | None:
        """Return how else they may be understood, if some lie behind borders.

        What is around the whole box is a border, but may be a ring; what is not, may be the shadow itself.
        """
        if not (self.border or any(len(ramp.border) for ramp in self.ramps)):
            return None
        if self.is_bordered:
            left, top, right, bottom = self.box
            width = self.border
            return attrs.evolve(
                self,
                box=(left + width, top + width, right - width, bottom - width),
                ramps=tuple(ramp.around_ring(width) for ramp in self.ramps),
            )
        return attrs.evolve(self, ramps=tuple(ramp.whole() for ramp in self.ramps))

    @property
    def _looks(self) -> tuple[tuple[int, int, bytes], ...]:
        return tuple((ramp.side, ramp.start, ramp.values.tobytes()) for ramp in self.ramps)


def find_edges(
    pixels: Pixels,
    boxes: Sequence[Box],
    scale: float,
    *,
    pills: Sequence[Box] = (),
    gradients: Sequence[Sides] = (),
) -> list[Edges]:
    """Return the soft edges of the boxes that have some.

    Args:
      pixels: The screen, height x width x 3.
      boxes: The boxes on it.
      scale: Device pixels per CSS pixel.
      pills: The boxes on it whose short sides are half circles; long ones are looked at above and below.
      gradients: The sides of areas on it that are not of one colour.
    """
    beside: list[tuple[Sides, int, list[Ramp]]] = []
    for sides, width, straight in may_throw_shadows(boxes, pills, gradients):
        places = PLACES_OF_BAR if _is_bar(sides, pixels.shape[1]) else PLACES
        ramps = [
            ramp
            for side in straight
            if (ramp := ramp_beside(pixels, sides, side, round(REACH * scale) - BEHIND, places))
        ]
        if any(ramp.is_soft or ramp.whole().is_soft for ramp in ramps):
            beside.append((sides, width, ramps))
    plain = common_colors(pixels) if beside else {}
    found = []
    for sides, width, ramps in beside:
        grounds = Counter(ramp.ground for ramp in ramps if ramp.ended and ramp.whole().is_soft)
        if not grounds:
            continue
        ground = max(grounds, key=lambda each: (grounds[each], plain.get(each, 0)))
        if ground not in plain:
            # The shadow of a neighbour or something else hides what is a common colour that is near.
            near = [each for each in plain if np.abs(np.subtract(each, ground)).max() <= HIDDEN]
            ground = max(near, key=lambda each: plain[each], default=ground)
        of_ground = [ramp for ramp in ramps if ramp.may_stand_on(ground)]
        if len(of_ground) > 1 or any(ramp.side == BOTTOM or _is_bar(sides, pixels.shape[1]) for ramp in of_ground):
            begun = tuple(_without_rings(of_ground, min(max(round(scale), 1), WIDEST_BORDER)))
            line = pixels[(sides[1] + sides[3]) // 2, sides[0]] if width else begun[0].border[-1:]
            rings = tuple(red << 16 | green << 8 | blue for red, green, blue in line.reshape(-1, 3).tolist())
            found.append(Edges(sides, ground, begun, _is_round(pixels, sides), width, rings))
    return found


def may_throw_shadows(
    boxes: Sequence[Box], pills: Sequence[Box], gradients: Sequence[Sides]
) -> list[tuple[Sides, int, tuple[int, ...]]]:
    """Return what may throw shadows: its sides, how wide a border is part of it, and which of its sides are straight.

    Boxes that stand on each other are one.
    """
    found: list[tuple[Sides, int, tuple[int, ...]]] = [(*card, ALL_SIDES) for card in _cards(boxes)]
    found += [(sides, 0, ALL_SIDES) for sides in gradients]
    found += [(*_with_border(pill), (TOP, BOTTOM)) for pill in pills if _is_long(pill)]
    return found


def common_colors(pixels: Pixels) -> dict[tuple[int, ...], int]:
    """Return the colours of which a good part of a picture is, and how many of the pixels that were looked at."""
    some = codes_of(np.ascontiguousarray(pixels[::SAMPLED, ::SAMPLED]))
    colors, counts = counted(some.ravel())
    common = counts >= COMMON * some.size
    return {split(color): count for color, count in zip(colors[common].tolist(), counts[common].tolist(), strict=True)}


def _without_rings(ramps: Sequence[Ramp], width: int) -> Sequence[Ramp]:
    """Return ramps that begin behind rings and borders, whose width is looked for if none was told from any.

    A ring is a shadow without blur, so it is of one width all around, and takes as much light everywhere. A border is
    of one colour all around, and at some side the shadow may be nearly as dark. What was taken for a border and has
    not one colour is a ring.
    """
    told = Counter(ramp.border.tobytes() for ramp in ramps if len(ramp.border))
    if told:
        (border, _count), *_others = told.most_common(1)
        width = max(len(ramp.border) for ramp in ramps if ramp.border.tobytes() == border)
        ramps = [
            ramp.without(width)
            if not len(ramp.border) and (ramp.values[:width].tobytes() == border or ramp.step(width))
            else ramp
            for ramp in ramps
        ]
    else:
        steps = [ramp.step(width) for ramp in ramps]
        shorter = [ramp.without(width) for ramp in ramps]
        is_around = len(ramps) > 1 and any(ramp.side in (TOP, BOTTOM) for ramp in ramps)
        is_even = max(steps) - min(steps) <= 1 + UNEVEN * max(steps)
        if not (is_around and min(steps) >= RING and is_even and any(ramp.is_soft for ramp in shorter)):
            return ramps
        ramps = shorter
    if len({ramp.border[-1].tobytes() for ramp in ramps if len(ramp.border)}) > 1:
        return [attrs.evolve(ramp, start=len(ramp.border)) for ramp in ramps]
    return ramps


def _is_round(pixels: Pixels, sides: Sides) -> bool:
    """Return whether two or more corners of a box look unlike the sides between them."""
    left, top, right, bottom = sides
    x, y = (left + right) // 2, (top + bottom) // 2
    corners = ((row, column) for row in (top, bottom - 1) for column in (left, right - 1))
    unlike = (
        (pixels[corner] != pixels[corner[0], x]).any() and (pixels[corner] != pixels[y, corner[1]]).any()
        for corner in corners
    )
    return sum(map(bool, unlike)) >= 2


def _is_bar(sides: Sides, width: int) -> bool:
    """Return whether a box reaches from one side of the picture to the other, as bars above and below pages do."""
    return sides[0] == 0 and sides[2] == width


def _is_long(pill: Box) -> bool:
    return pill.right - pill.left >= LONG * (pill.bottom - pill.top)


def _with_border(box: Box) -> tuple[Sides, int]:
    """Return left, top, right and bottom of a box with a border around it, and how wide that is."""
    # Fewer than four borders may be lines, but also the first pixels of a shadow.
    width = min(box.borders)
    return (box.outside if width else (box.left, box.top, box.right, box.bottom)), width


def _cards(boxes: Sequence[Box]) -> list[tuple[Sides, int]]:
    """Return left, top, right and bottom of boxes, and the width of a border that is part of them.

    Boxes that stand on each other are one.
    """
    columns: dict[tuple[int, int], list[tuple[Sides, int]]] = {}
    for sides, width in map(_with_border, boxes):
        # The first pixel of the shadow may be taken for the border of one of a stack.
        near = (key for key in columns if max(abs(key[0] - sides[0]), abs(key[1] - sides[2])) <= 1)
        columns.setdefault(next(near, (sides[0], sides[2])), []).append((sides, width))
    cards = []
    for column in columns.values():
        column.sort(key=lambda each: each[0][1::2])
        stack = [column[0]]
        for each in column[1:]:
            if each[0][1] > max(sides[3] for sides, _width in stack) + BETWEEN:
                cards.append(_around(stack))
                stack = []
            stack.append(each)
        cards.append(_around(stack))
    return cards


def _around(stack: Sequence[tuple[Sides, int]]) -> tuple[Sides, int]:
    """Return the sides and the border of boxes that stand on each other, as wide as most of them are."""
    boxes = [sides for sides, _width in stack]
    lefts, rights = Counter(sides[0] for sides in boxes), Counter(sides[2] for sides in boxes)
    left, right = max(lefts, key=lambda at: (lefts[at], at)), min(rights, key=lambda at: (-rights[at], at))
    return (left, min(sides[1] for sides in boxes), right, max(sides[3] for sides in boxes)), stack[0][1]
