"""Long rows and columns of one colour: what was painted and not mixed, if it is no step of a ramp."""

from __future__ import annotations

from typing import Final, cast

import attrs
import cv2
import numpy as np
from numpy.typing import NDArray

from copy_that_orch.imaging.arrays import Channels, Codes, Indices, Mask, channels_of, counted
from copy_that_orch.imaging.ground import runs_of

RUN: Final = 8
"""Least length of a row or column of pixels of one colour that is taken for painted, in device pixels."""
LINE: Final = 4
"""Device pixels that a line is thick at most."""
WIGGLE: Final = 2
"""Levels of 255, multiplied, by which rounding may turn a channel of a ramp back from one pixel to the next."""


@attrs.frozen
class Painted:
    """How many pixels the long rows or columns of one colour have, in all and in thin lines, and the longest line."""

    pixels: int
    line_pixels: int
    line_box: tuple[int, int, int, int] | None


NOTHING: Final = Painted(0, 0, None)


def painted_in(codes: Codes, least: float, plain: Mask | None) -> dict[int, Painted]:
    """Return what each colour has in long rows or columns that are no step of a ramp, if it is `least` pixels."""
    turned = cast("Codes", cv2.transpose(codes.view(np.int32))).view(np.uint32)  # in blocks, as the cache likes it
    rows = _plain_runs(codes, plain).by_color()
    columns = _plain_runs(turned, None if plain is None else plain.T).by_color()
    wanted = np.concatenate([found.colors[found.pixels >= least] for found in (rows, columns)])
    totals: dict[int, Painted] = {}
    for across, found in ((True, rows), (False, columns)):
        for place in np.flatnonzero(np.isin(found.colors, wanted)).tolist():
            code, pixels, in_lines = (int(numbers[place]) for numbers in (found.colors, found.pixels, found.in_lines))
            so_far = totals.get(code, NOTHING)
            box = found.line_box(place, across=across) if in_lines > so_far.line_pixels else so_far.line_box
            totals[code] = Painted(max(so_far.pixels, pixels), max(so_far.line_pixels, in_lines), box)
    return totals


@attrs.frozen
class _Runs:
    """Pixels of one colour in a row: colour, row, first column, length, and whether there is one of few such rows."""

    colors: Codes
    rows: NDArray[np.int64]
    begins: NDArray[np.int64]
    lengths: NDArray[np.int64]
    thin: Mask

    def by_color(self) -> _Tally:
        """Return what they come to for each colour."""
        in_line = self.lengths * self.thin
        # By colour, and of one colour by how much there is in a line: much faster than `np.lexsort`.
        order = np.argsort(self.colors.astype(np.int64) << 32 | in_line, kind="stable")
        colors, counts = counted(self.colors)
        last = np.cumsum(counts) - 1
        pixels, in_lines = (np.diff(np.cumsum(lengths[order])[last], prepend=0) for lengths in (self.lengths, in_line))
        return _Tally(self, colors, pixels, in_lines, order[last])


@attrs.frozen
class _Tally:
    """For each colour of runs: how many pixels these have, in all and in lines, and which is the longest of those."""

    runs: _Runs
    colors: Codes
    pixels: Indices
    in_lines: Indices
    longest: Indices

    def line_box(self, place: int, *, across: bool) -> tuple[int, int, int, int]:
        """Return the sides of the longest line of a colour; if not `across`, of a picture turned over its diagonal."""
        run, runs = int(self.longest[place]), self.runs
        row, begin, length = int(runs.rows[run]), int(runs.begins[run]), int(runs.lengths[run])
        return (begin, row, begin + length, row + 1) if across else (row, begin, row + 1, begin + length)


def _plain_runs(picture: Codes, plain: Mask | None) -> _Runs:
    """Return the long runs in the rows of `picture` that are no step of a ramp across the rows."""
    height, width = picture.shape
    same = np.zeros((height, width), np.bool_)  # as the next one in the row
    np.equal(picture[:, 1:], picture[:, :-1], out=same[:, :-1])
    begin, end = runs_of(same)
    length = end - begin + 1
    long = length >= RUN
    begin, length = begin[long], length[long]
    row, first = np.divmod(begin, width)
    middle = first + length // 2
    if plain is not None:
        where = plain[row, middle]
        row, first, middle, length = row[where], first[where], middle[where], length[where]
    rows = {step: picture[np.clip(row + step, 0, height - 1), middle] for step in range(-LINE, LINE + 1)}
    here, up, up2, down, down2 = (channels_of(rows[step]).T for step in (0, -1, -2, 1, 2))
    keep = ~(_between(up, here, down) | _between(here, up, up2) | _between(here, down, down2))
    row, first, length, colors = row[keep], first[keep], length[keep], rows[0][keep]
    above, below = (
        np.logical_or.reduce([rows[sign * step][keep] != colors for step in range(1, LINE + 1)]) for sign in (-1, 1)
    )
    return _Runs(colors, row, first, length, above & below)


def _between(one: Channels, middle: Channels, other: Channels) -> Mask:
    """Return where `middle` lies strictly between the two others, as a mixture of them does; each 3 x colors."""
    before, after = middle - one, other - middle
    moves = np.logical_or(*before[:2]) | before[2].astype(np.bool_)
    moves &= np.logical_or(*after[:2]) | after[2].astype(np.bool_)
    onward = np.zeros(moves.shape, np.int32)
    for back, forward in zip(before, after, strict=True):
        product = back.astype(np.int32) * forward
        moves &= product >= -WIGGLE
        onward += product
    return np.asarray(moves & (onward > 0), np.bool_)
