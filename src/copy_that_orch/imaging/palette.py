"""The colours that a screen was painted with: exact values, not averages.

Most pixels carry just the colour that a style sheet names. The others are mixtures, from anti-aliasing, shadows,
gradients and photos, and there are far more values of these. So a colour counts where it fills something that was
painted with one colour: an area, a line of some length, the strokes of a line of text.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Final, cast

import attrs
import cv2
import numpy as np
from numpy.typing import NDArray

from copy_that_orch.imaging.arrays import Channels, Codes, Indices, Mask, channels_of, counted
from copy_that_orch.imaging.ground import runs_of
from copy_that_orch.imaging.text import TextLine
from copy_that_orch.tokens.color import Color
from copy_that_orch.tokens.difference import ciede2000, to_lab

RUN: Final = 8
"""Least length of a row or column of pixels of one colour that is taken for painted, in device pixels."""
LINE: Final = 4
"""Device pixels that a line is thick at most."""
FAINT: Final = 3
"""Levels of 255: neighbours that differ by no more are steps of a gradient, a shadow or a photo."""
LIKE: Final = 1.0
"""CIEDE2000 below which two colours of one screen are one: rounding makes neighbours of a painted colour."""
NOISY_FAINT: Final = 14
NOISY_LIKE: Final = 3.0
"""The same where noise was taken out of a picture: what it leaves."""
NOISY_TRUST: Final = 0.8
"""What is left of the confidence: about three of four colours of mended screens of seven design systems were right."""
NOISY_WIDE: Final = 0.05
"""Share of the pixels of such a picture that only what was painted covers."""
WIGGLE: Final = 2
"""Levels of 255, multiplied, by which rounding may turn a channel of a ramp back from one pixel to the next."""
WIDE: Final = 0.01
"""Share of a screen's pixels that a band of a gradient hardly ever covers, but a page or a card does."""
LEAST_SHARE: Final = 3e-4
"""Share of a screen's pixels that a colour covers at least."""


@attrs.frozen(kw_only=True)
class PaletteColor:
    """A colour that was painted.

    Attributes:
      code: Its number, see `arrays.Codes`.
      pixels: How many pixels carry it exactly, in areas, lines and text.
      text_lines: How many lines of text are written in it.
      confidence: How sure it is that a style sheet names it, 0.0 to 1.0.
      line_pixels: How many pixels are in thin lines, such as borders.
      line_box: Left, top, right and bottom of the longest such line; None if there is none.
    """

    code: int
    pixels: int
    text_lines: int
    confidence: float
    line_pixels: int = 0
    line_box: tuple[int, int, int, int] | None = None


@attrs.frozen
class _Painted:
    """How many pixels the long rows or columns of one colour have, in all and in thin lines, and the longest line."""

    pixels: int
    line_pixels: int
    line_box: tuple[int, int, int, int] | None


_NOTHING: Final = _Painted(0, 0, None)


@attrs.define
class _Evidence:
    found: _Painted = _NOTHING
    text_lines: int = 0
    text_pixels: float = 0.0

    @property
    def weight(self) -> float:
        """How many pixels speak for it."""
        return self.found.pixels + self.text_pixels

    @property
    def confidence(self) -> float:
        """How often such a colour was right on 32 screens of 13 design systems."""
        if self.found.pixels:
            return 0.98
        return 0.95 if self.text_lines > 1 else 0.85


def find_palette(
    codes: Codes,
    colored: Iterable[tuple[TextLine, int]],
    plain: Mask | None = None,
    pictured: Collection[int] = (),
) -> tuple[PaletteColor, ...]:
    """Return the colours that a screen was painted with, the commonest first.

    Args:
      codes: The screen, height x width.
      colored: The lines of text on it, with their colours; see `text_color.color_lines`.
      plain: Where there may be areas and lines, if that is known; None: anywhere.
      pictured: Colours of areas that do not count; see `pictures.colors_of_pictures`.
    """
    least = LEAST_SHARE * codes.size
    noisy = plain is not None
    gathered = _areas(codes, least, plain, pictured)
    written: dict[int, list[TextLine]] = {}
    for line, color in colored:
        written.setdefault(color, []).append(line)
    for color, lines in written.items():
        ink = sum(line.ink for line in lines)
        # Of a word, about half is as much as truly is that colour; of one that was mended, this may be another's that
        # is a little off, unless there is more of it. One that was guessed from mixtures is not exact.
        if ink >= (least if noisy else least / 2) and any(_is_solid(line, color, codes, plain) for line in lines):
            found = gathered.setdefault(color, _Evidence())
            found.text_lines += len(lines)
            found.text_pixels += ink
    return tuple(
        PaletteColor(
            code=code,
            pixels=round(evidence.weight),
            text_lines=evidence.text_lines,
            confidence=evidence.confidence * (NOISY_TRUST if noisy else 1.0),
            line_pixels=evidence.found.line_pixels,
            line_box=evidence.found.line_box,
        )
        for code, evidence in _without_likes(gathered, WIDE * codes.size if noisy else 0.0).items()
    )


def _is_solid(line: TextLine, color: int, codes: Codes, plain: Mask | None) -> bool:
    """Return whether a line of text has pixels that surely are just its colour."""
    if plain is None or not line.solid:
        return line.solid > 0
    box = np.s_[line.top : line.top + line.height, line.left : line.left + line.width]
    return bool((plain[box] & (codes[box] == color)).any())


def _areas(codes: Codes, least: float, plain: Mask | None, pictured: Collection[int]) -> dict[int, _Evidence]:
    """Return the colours that cover at least `least` pixels in areas and lines, without the steps of gradients.

    Those that are `pictured` must do so in lines.
    """
    painted = {
        code: found
        for code, found in _painted(codes, least, plain).items()
        if code not in pictured or found.line_pixels >= least
    }
    candidates = np.array(sorted(painted), np.uint32)
    evidence = {}
    limit = FAINT if plain is None else NOISY_FAINT
    for code, (faint, steps) in zip(candidates.tolist(), _faint_steps(codes, candidates, limit).tolist(), strict=True):
        found = painted[code]
        wide = found.pixels >= WIDE * codes.size
        if (plain is not None and found.pixels >= NOISY_WIDE * codes.size) or not _is_step(
            found.pixels, faint, steps, wide=wide
        ):
            evidence[code] = _Evidence(found)
    return evidence


def _is_step(pixels: int, faint: int, steps: int, *, wide: bool) -> bool:
    """Return whether a colour is a step of a gradient or a shadow rather than an area with a shadow beside it.

    Args:
      pixels: How much it covers.
      faint: How many faint steps lead to other colours.
      steps: How many steps lead to other colours.
      wide: Whether it covers a good part of the screen.
    """
    share = faint / max(steps, 1)
    return (share > 0.8 and pixels < 30 * faint) or (share > 0.45 and pixels < (4 if wide else 16) * faint)


def _without_likes(evidence: dict[int, _Evidence], sure: float) -> dict[int, _Evidence]:
    """Return `evidence` without the colours that look like one with more pixels.

    Those with less than `sure` pixels in areas may be off by noise.
    """
    codes = sorted(evidence, key=lambda code: (-evidence[code].weight, code))
    lab = to_lab([Color.from_bytes(*channels_of(code).tolist()) for code in codes])
    kept: list[int] = []
    for index in range(len(codes)):
        like = LIKE if evidence[codes[index]].found.pixels >= sure else NOISY_LIKE
        if not kept or ciede2000(lab[kept], lab[index]).min() >= like:
            kept.append(index)
    return {codes[index]: evidence[codes[index]] for index in kept}


def _painted(codes: Codes, least: float, plain: Mask | None) -> dict[int, _Painted]:
    """Return what each colour has in long rows or columns that are no step of a ramp, if it is `least` pixels."""
    turned = cast("Codes", cv2.transpose(codes.view(np.int32))).view(np.uint32)  # in blocks, as the cache likes it
    rows = _plain_runs(codes, plain).by_color()
    columns = _plain_runs(turned, None if plain is None else plain.T).by_color()
    wanted = np.concatenate([found.colors[found.pixels >= least] for found in (rows, columns)])
    totals: dict[int, _Painted] = {}
    for across, found in ((True, rows), (False, columns)):
        for place in np.flatnonzero(np.isin(found.colors, wanted)).tolist():
            code, pixels, in_lines = (int(numbers[place]) for numbers in (found.colors, found.pixels, found.in_lines))
            so_far = totals.get(code, _NOTHING)
            box = found.line_box(place, across=across) if in_lines > so_far.line_pixels else so_far.line_box
            totals[code] = _Painted(max(so_far.pixels, pixels), max(so_far.line_pixels, in_lines), box)
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


def _faint_steps(codes: Codes, candidates: Codes, limit: int) -> NDArray[np.int64]:
    """Return for each candidate, which are sorted, how many faint steps lead to other colours, and how many in all."""
    counts = np.zeros((len(candidates), 2), np.int64)
    if not len(candidates):
        return counts
    likely = np.zeros(_GREEN_AND_BLUE + 1, np.bool_)
    likely[candidates & _GREEN_AND_BLUE] = True
    width, flat = codes.shape[1], codes.ravel()
    for step, in_row in ((1, True), (width, False)):
        differ = flat[step:] != flat[:-step]
        if in_row:
            differ[width - 1 :: width] = False  # from the end of a row to the beginning of the next
        ones, others = flat[step:][differ], flat[:-step][differ]
        for here, there in ((ones, others), (others, ones)):
            some = likely[here & _GREEN_AND_BLUE]  # of a gradient hardly any, and to search is slow
            colors, beside = here[some], there[some]
            place = np.minimum(np.searchsorted(candidates, colors), len(candidates) - 1)
            known = candidates[place] == colors
            is_faint = _channels_within(colors[known], beside[known], limit)
            steps = np.bincount(2 * place[known] + is_faint, minlength=counts.size).reshape(counts.shape)
            counts += np.stack([steps[:, 1], steps.sum(axis=1)], axis=1)
    return counts


_GREEN_AND_BLUE: Final = 0xFFFF
_ALL_FOUR: Final = 0x01010101
"""Four bytes that are true, as one number: a maximum over so short an axis takes NumPy ten times as long."""


def _channels_within(ones: Codes, others: Codes, levels: int) -> Mask:
    """Return where no channel of two lists of colours differs by more than `levels`."""
    if not len(ones):
        return np.zeros(0, np.bool_)
    apart = np.asarray(cv2.absdiff(*(one.view(np.uint8).reshape(-1, 4) for one in (ones, others))))
    within = (apart <= levels).view(np.uint32)[:, 0]
    return np.asarray(within == _ALL_FOUR)
