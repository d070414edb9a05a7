"""The colours that a screen was painted with: exact values, not averages.

Most pixels carry just the colour that a style sheet names. The others are mixtures, from anti-aliasing, shadows,
gradients and photos, and there are far more values of these. So a colour counts where it fills something that was
painted with one colour: an area, a line of some length, the strokes of a line of text.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Final

import attrs
import cv2
import numpy as np
from numpy.typing import NDArray

from copy_that_orch.imaging.arrays import Codes, Mask, channels_of
from copy_that_orch.imaging.boxes import Box
from copy_that_orch.imaging.grain import whole_blocks
from copy_that_orch.imaging.painted import NOTHING, Painted, painted_in
from copy_that_orch.imaging.text import TextLine
from copy_that_orch.tokens.color import Color
from copy_that_orch.tokens.difference import ciede2000, to_lab

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
WHOLE: Final = 8
"""Blocks of a JPEG that a colour fills, at least, to be known exactly: in them it is off by less than a level."""
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


@attrs.define
class _Evidence:
    found: Painted = NOTHING
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
    boxes: Sequence[Box] = (),
) -> tuple[PaletteColor, ...]:
    """Return the colours that a screen was painted with, the commonest first.

    Args:
      codes: The screen, height x width.
      colored: The lines of text on it, with their colours; see `text_color.color_lines`.
      plain: Where there may be areas and lines, if that is known; None: anywhere.
      pictured: Colours of areas that do not count; see `pictures.colors_of_pictures`.
      boxes: Areas of one colour with straight sides, and pills.
    """
    least = LEAST_SHARE * codes.size
    noisy = plain is not None
    exact = set() if plain is None else _filling(codes, plain)
    gathered = _areas(codes, least, plain, pictured, exact, boxes)
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
        for code, evidence in _without_likes(gathered, WIDE * codes.size if noisy else 0.0, exact).items()
    )


def _is_solid(line: TextLine, color: int, codes: Codes, plain: Mask | None) -> bool:
    """Return whether a line of text has pixels that surely are just its colour."""
    if plain is None or not line.solid:
        return line.solid > 0
    box = np.s_[line.top : line.top + line.height, line.left : line.left + line.width]
    return bool((plain[box] & (codes[box] == color)).any())


def _filling(codes: Codes, plain: Mask) -> set[int]:
    """Return the colours that fill blocks of a JPEG where it is `plain`."""
    low, inside = whole_blocks(plain, codes)
    colors, counts = np.unique(low[inside], return_counts=True)
    return set(colors[counts >= WHOLE].tolist())


def _areas(
    codes: Codes,
    least: float,
    plain: Mask | None,
    pictured: Collection[int],
    exact: Collection[int],
    boxes: Sequence[Box],
) -> dict[int, _Evidence]:
    """Return the colours that cover at least `least` pixels in areas and lines, without the steps of gradients.

    Those that are `pictured` must do so in lines; of `exact` ones, steps to each other are no gradient's. What fills
    `boxes` counts though a gradient has it too.
    """
    painted = {
        code: found
        for code, found in painted_in(codes, least, plain).items()
        if code not in pictured or found.line_pixels >= least
    }
    candidates = np.array(sorted(painted), np.uint32)
    evidence = {}
    limit = FAINT if plain is None else NOISY_FAINT
    counts = _faint_steps(codes, candidates, limit, np.array(sorted(exact), np.uint32))
    for code, (faint, steps) in zip(candidates.tolist(), counts.tolist(), strict=True):
        found = painted[code]
        wide = found.pixels >= WIDE * codes.size
        if (
            (plain is not None and found.pixels >= NOISY_WIDE * codes.size)
            or not _is_step(found.pixels, faint, steps, wide=wide)
            or _boxed(code, codes, boxes, limit) >= least
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


def _boxed(code: int, codes: Codes, boxes: Iterable[Box], limit: int) -> int:
    """Return how many pixels those `boxes` of a colour have that end with an edge on all sides.

    A band of a gradient has straight sides too, but faint steps lead from it to the next ones.
    """
    return sum(
        (box.right - box.left) * (box.bottom - box.top)
        for box in boxes
        if box.color == code and not any(_is_faint(code, side, limit) for side in _beside(codes, box))
    )


def _beside(codes: Codes, box: Box) -> Iterator[Codes]:
    """Yield the pixels outside each side of a box, along the middle half of it, where corners do not reach."""
    across, down = (box.right - box.left) // 4, (box.bottom - box.top) // 4
    rows, columns = slice(box.top + down, box.bottom - down), slice(box.left + across, box.right - across)
    height, width = codes.shape
    if box.left > 0:
        yield codes[rows, box.left - 1]
    if box.right < width:
        yield codes[rows, box.right]
    if box.top > 0:
        yield codes[box.top - 1, columns]
    if box.bottom < height:
        yield codes[box.bottom, columns]


def _is_faint(code: int, beside: Codes, limit: int) -> bool:
    """Return whether most steps from a colour to those beside it are faint."""
    own = np.full(len(beside), code, np.uint32)
    return bool(_channels_within(own, np.ascontiguousarray(beside), limit).mean() > 0.5)


def _without_likes(evidence: dict[int, _Evidence], sure: float, exact: Collection[int]) -> dict[int, _Evidence]:
    """Return `evidence` without the colours that look like one with more pixels.

    Those with less than `sure` pixels in areas may be off by noise, unless they are `exact`.
    """
    codes = sorted(evidence, key=lambda code: (-evidence[code].weight, code))
    lab = to_lab([Color.from_bytes(*channels_of(code).tolist()) for code in codes])
    kept: list[int] = []
    for index in range(len(codes)):
        known = evidence[codes[index]].found.pixels >= sure or codes[index] in exact
        like = LIKE if known else NOISY_LIKE
        if not kept or ciede2000(lab[kept], lab[index]).min() >= like:
            kept.append(index)
    return {codes[index]: evidence[codes[index]] for index in kept}


def _faint_steps(codes: Codes, candidates: Codes, limit: int, exact: Codes) -> NDArray[np.int64]:
    """Return for each candidate, which are sorted, how many faint steps lead to other colours, and how many in all.

    From one of the `exact` colours to another no step is faint, but an edge.
    """
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
        places = np.flatnonzero(differ)
        ones, others = flat[places + step], flat[places]
        for here, there in ((ones, others), (others, ones)):
            # Of a gradient hardly any, and to search is slow.
            some = np.flatnonzero(likely[here & _GREEN_AND_BLUE])
            colors, beside = here[some], there[some]
            place = np.minimum(np.searchsorted(candidates, colors), len(candidates) - 1)
            known = candidates[place] == colors
            is_faint = _channels_within(colors[known], beside[known], limit)
            if len(exact):
                is_faint &= ~(np.isin(colors[known], exact) & np.isin(beside[known], exact))
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
