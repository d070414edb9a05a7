"""Lines in a JPEG, such as borders: long rows and columns of one lightness, painted in one colour each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np

from copy_that_orch.imaging.arrays import Floats
from copy_that_orch.imaging.ink import Ink
from copy_that_orch.imaging.mark import Mark, alike, as_seen, is_noise

LINE: Final = 24
"""Pixels of a line, such as a border, at least."""
ACROSS: Final = 8
"""Pixels beside a line in which to see whether it has company."""
NEAR: Final = 3
"""Pixels beside a line over which its colour is smeared."""
DILUTED: Final = 5.0
"""How many times further from what is beside it a line may be in colour than it looks where colour was smeared: two
pixels share a sample, smoothing leaves three quarters of that, and rounding about half of what is faint."""
SHADOW: Final = 0.3
"""Share of the difference in lightness of a line below which what is beside it is a shadow."""
DOUBT: Final = 5.0
"""Levels of 255 by which the colour of a line is off; what is not much more is likely to be noise."""
SAME_LINE: Final = 5.0
"""Levels of 255 within which lines have one colour."""


def paint_lines(ink: Ink) -> list[list[Mark]]:
    """Paint long rows and columns of one lightness, and return them in groups of one colour."""
    lines = sorted([*_lines(ink, across=True), *_lines(ink, across=False)], key=lambda line: -line.sure)
    groups = alike(lines, SAME_LINE, 0.0)
    for group in groups:
        weights = [len(line.pixels) for line in group]
        level = float(np.average([line.level for line in group], weights=weights))
        slope = np.average([line.slope for line in group], axis=0, weights=weights)
        color = (level * slope) ** 2
        slope = slope * color / (color + DOUBT**2 / len(group))
        sure = not is_doubtful(ink, group, slope)
        for line in group:
            ink.step[line.pixels], ink.slope[line.pixels] = level, slope
            ink.done[line.pixels], ink.plain[line.pixels] = True, sure
    return groups


def is_doubtful(ink: Ink, group: Sequence[Mark], slope: Floats) -> bool:
    """Return whether the colour of some lines may be owed to rounding: of one alone, unless it has next to none."""
    return bool(ink.smeared and len(group) == 1 and np.abs(group[0].level * slope).max() > DOUBT)


def _lines(ink: Ink, *, across: bool) -> Iterator[Mark]:
    """Yield the lines among the rows or the columns of ink."""
    index, delta = ink.index, ink.delta
    if not across:
        index, delta = index.T, delta.transpose(0, 2, 1)
    there = index >= 0
    there[there] = ~ink.done[index[there]]
    change = np.diff(delta[0], axis=1)
    same = np.abs(change, out=change) <= 1
    goes_on = np.zeros((there.shape[0], there.shape[1] + 1), np.bool_)  # from the pixel before to this one
    goes_on[:, 1:-1] = there[:, 1:] & there[:, :-1] & same
    turns = np.flatnonzero(goes_on.ravel()[1:] != goes_on.ravel()[:-1]) + 1
    begin, length = turns[::2] - 1, turns[1::2] - turns[::2] + 1
    long = length >= LINE
    for first, pixels in zip(begin[long].tolist(), length[long].tolist(), strict=True):
        row, column = divmod(first, goes_on.shape[1])
        members = index[row, column : column + pixels].astype(np.intp)
        level = float(np.median(ink.step[members]))
        if is_noise(ink, members, level):
            continue
        top = max(row - ACROSS, 0)
        beside = delta[:, top : row + ACROSS + 1, column : column + pixels]
        light = beside[0]
        light = np.where(np.abs(light) >= SHADOW * abs(level), light, 0)
        sums = light.sum(axis=0)
        clear = np.abs(sums - np.partition(sums, pixels // 2)[pixels // 2]) <= 0.5 * abs(level)
        seen = np.median(beside[1:, :, clear], axis=2).astype(np.float64).T
        near = np.s_[max(row - top - NEAR, 0) : row - top + NEAR + 1]
        total = float(np.median(light[:, clear], axis=1)[near].sum())
        color = level * seen[near].sum(axis=0) / total if abs(total) > 1 else np.zeros(2)
        slope = as_seen(color, seen[row - top], DILUTED if ink.smeared else 1.0) / level
        yield Mark(float(pixels), int(np.median(ink.behind[members])), level, slope, members)
