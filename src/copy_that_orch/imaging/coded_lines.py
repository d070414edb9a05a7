"""Lines across the sides of boxes in a JPEG, in whole blocks.

A JPEG cuts a picture into blocks of 8 x 8 pixels and rounds the weights of the cosines that each is a sum of. Beside
the straight middle of a side the picture changes in one direction only, so a block there has the 8 weights of one row
or column of its transform, and all its lines are equal: that tells places where nothing else stands. All blocks along a
side are rounded alike, so there is nothing to gain from more of them.

Source: ITU-T T.81, annex A.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

import attrs
import numpy as np
from numpy.typing import NDArray

from copy_that_orch.imaging.arrays import Floats, Indices
from copy_that_orch.imaging.coded import Coded
from copy_that_orch.imaging.noise import COLOR_BLOCK, COSINES, LUMA_BLOCK
from copy_that_orch.imaging.ramps import BOTTOM, LEFT, RIGHT, TOP
from copy_that_orch.imaging.sides import Sides

INSIDE: Final = 6
"""Pixels of the box that a line has at least: as many as its side may lie off, and some for a border."""
PLACES: Final = (1 / 2, 3 / 8, 5 / 8, 1 / 4, 3 / 4, 1 / 8, 7 / 8)
"""Where along a side it is looked at, the best first."""
EVEN: Final = 1.5
"""Levels of 255 by which pixels along a side differ, at most."""
FLAT: Final = 0.6
"""Levels of 255 by which the pixels of a block without contrast differ, at most."""
NEAR: Final = 1.2
"""Levels of 255 by which what is seen differs from the ground where the shadow has ended, at most."""
RISE: Final = 3.0
"""Levels of 255 by which it changes again, at least, where something else begins."""
JUMP: Final = 4.0
"""Levels of 255: a step as great, away from the box, is the edge of something else."""
BESIDE: Final = 2
"""Pixels beside the box that may be part of its border."""
STILL: Final = 6
"""Pixels that must be near the ground before a shadow has ended."""
FULL: Final = 254.5
"""What is lighter may have been cut off at 255."""
TURNS: Final = 4
"""How often what was cut off is guessed from what is left."""
MIDDLE: Final = 128.0
"""What is taken from all pixels before they are transformed."""


@attrs.frozen(eq=False)
class Line:
    """What is seen from inside a box outwards, across the middle of one of its sides.

    Attributes:
      side: `ramps.TOP`, `RIGHT`, `BOTTOM` or `LEFT`.
      light: Lightness of each pixel, of whole blocks.
      tint: Pixels x 2: the differences of red and of blue.
      at: The pixel with which the ground begins, as the box was found.
      ends: How far from the ends of the side it is seen, its left or upper one first, in device pixels.
      steps: The 8 steps to which the weights of a block were rounded, in those of `COSINES`.
      is_turned: Whether pixels are in the order of the file's last to first.
      color_block: The first pixel with which a block of colour begins.
    """

    side: int
    light: Floats
    tint: Floats
    at: int
    ends: tuple[float, float]
    steps: tuple[float, ...]
    is_turned: bool
    color_block: int

    @property
    def ground_tint(self) -> Floats:
        """The differences of red and of blue where it ends."""
        return np.asarray(self.tint[-LUMA_BLOCK // 2 :].mean(axis=0), np.float64)

    def until_it_ends(self, ground: float) -> Line:
        """Return it without the blocks where something else stands.

        Where that is so before the shadow has ended, the half that is nearer to the other thing may lie in its shadow.
        """
        begin = min(self.at + BESIDE, len(self.light) - 1)
        off = np.abs(self.light[begin:] - ground)
        rises = np.flatnonzero(off > np.minimum.accumulate(off) + RISE)
        stop = len(self.light)
        if len(rises):
            quiet = np.convolve(off[: rises[0]] <= NEAR, np.ones(STILL))
            stop = begin + int(rises[0] if (quiet >= STILL).any() else rises[0] // 2)
        count = stop // LUMA_BLOCK * LUMA_BLOCK
        return attrs.evolve(self, light=self.light[:count], tint=self.tint[:count])


def line_across(coded: Coded, sides: Sides, side: int, reach: int) -> Line | None:
    """Return what is seen across a side, `reach` pixels outwards at most, or None if it is uneven everywhere."""
    left, top, right, bottom = sides
    height, width = coded.light.shape
    is_level = side in (TOP, BOTTOM)
    across = _outwards(sides, side, height if is_level else width, reach)
    first, last, end = (left, right, width) if is_level else (top, bottom, height)
    count = place_of_it = 0
    for place in PLACES:
        start = int(first + place * (last - first)) // LUMA_BLOCK * LUMA_BLOCK
        if start < first or start + LUMA_BLOCK > min(last, end):
            continue
        uneven = np.flatnonzero(np.ptp(_part(coded.light, across, start, LUMA_BLOCK, is_level=is_level), axis=1) > EVEN)
        even = int(uneven[0]) // LUMA_BLOCK * LUMA_BLOCK if len(uneven) else len(across)
        if even > count:
            count, place_of_it = even, start
        if count == len(across):
            break
    if count == 0:
        return None
    start = place_of_it
    across = across[:count]
    is_turned = side in (TOP, LEFT)
    table = np.array(coded.steps, np.float64).reshape(LUMA_BLOCK, LUMA_BLOCK)
    steps = (table[:, 0] if is_level else table[0]) / np.sqrt(LUMA_BLOCK)
    light = _part(coded.light, across, start, LUMA_BLOCK, is_level=is_level).mean(axis=1)
    tint = _part(coded.tint, across // 2, start // 2, LUMA_BLOCK // 2, is_level=is_level).mean(axis=1)
    at = {TOP: across[0] - top + 1, LEFT: across[0] - left + 1, RIGHT: right - across[0], BOTTOM: bottom - across[0]}
    return Line(
        side=side,
        light=_as_rounded(light[::-1], steps)[::-1] if is_turned else _as_rounded(light, steps),
        tint=tint,
        at=int(at[side]),
        ends=(start + LUMA_BLOCK / 2 - first, last - start - LUMA_BLOCK / 2),
        steps=tuple(steps.tolist()),
        is_turned=is_turned,
        color_block=int((across[0] + 1 if is_turned else -across[0]) % COLOR_BLOCK),
    )


def _outwards(sides: Sides, side: int, size: int, reach: int) -> Indices:
    """Return the rows or columns of whole blocks from within a box outwards, of a picture with `size` of them."""
    left, top, right, bottom = sides
    if side in (RIGHT, BOTTOM):
        out = right if side == RIGHT else bottom
        first = max(out - INSIDE, 0) // LUMA_BLOCK * LUMA_BLOCK
        stop = min(out + reach, size)
        return np.arange(first, max(first, stop // LUMA_BLOCK * LUMA_BLOCK))
    out = left if side == LEFT else top
    last = -(-(out + INSIDE) // LUMA_BLOCK) * LUMA_BLOCK
    if last > size:
        return np.arange(0)
    stop = -(-max(out - reach, 0) // LUMA_BLOCK) * LUMA_BLOCK
    return np.arange(stop, last)[::-1]


def _part(plane: NDArray[np.uint8], across: Indices, start: int, count: int, *, is_level: bool) -> Floats:
    """Return a strip of a plane: pixels outwards x pixels along the side, and what else it has."""
    if is_level:
        return np.asarray(plane[across, start : start + count], np.float64)
    return np.asarray(plane[start : start + count, across].swapaxes(0, 1), np.float64)


def _as_rounded(light: Floats, steps: Floats) -> Floats:
    """Return lightness as the file has it: not rounded to levels, nor cut off at white."""
    blocks = light.reshape(-1, LUMA_BLOCK)
    is_full = blocks >= FULL
    guess = blocks - MIDDLE
    for _turn in range(TURNS):
        exact = np.round(guess @ COSINES.T / steps) * steps @ COSINES
        guess = np.where(is_full, np.maximum(exact, blocks - MIDDLE), blocks - MIDDLE)
    return np.asarray((exact + MIDDLE).ravel(), np.float64)


def ground_beside(lines: Sequence[Line]) -> float | None:
    """Return the lightness of the ground on which a box stands, or None if it cannot be told.

    It is where most lines across the sides first stay: two blocks without contrast, of one lightness. If something else
    stands too near for that, it is that of the last such block before it.
    """
    seen: Counter[float] = Counter()
    for line in lines:
        begin = min(line.at + LUMA_BLOCK, len(line.light))
        jumps = np.flatnonzero(np.abs(np.diff(line.light[begin:])) > JUMP)
        stop = begin + int(jumps[0]) + 1 if len(jumps) else len(line.light)
        outside = line.light[-(-line.at // LUMA_BLOCK) * LUMA_BLOCK : stop // LUMA_BLOCK * LUMA_BLOCK].reshape(
            -1, LUMA_BLOCK
        )
        light = np.round(2 * outside.mean(axis=1)) / 2
        is_flat = np.ptp(outside, axis=1) <= FLAT
        stays = np.flatnonzero(is_flat[:-1] & is_flat[1:] & (light[:-1] == light[1:]))
        if len(stays):
            seen[float(light[stays[0]])] += 2
        elif is_flat.any():
            seen[float(light[is_flat][-1])] += 1
    return max(seen, key=lambda light: (seen[light], light), default=None)
