"""One colour for each thing that is drawn: small areas, lines, words; and the same for things of one colour.

Letters are full of ink in a few pixels only, and noise moves these. But a screen has few colours, so what is nearly
alike is taken to be alike, and the surest of them tells the colour.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from typing import Final

import attrs
import cv2
import numpy as np

from copy_that_orch.imaging.arrays import Codes, Floats, Indices, Pixels
from copy_that_orch.imaging.hues import ColorSteps, find_hues
from copy_that_orch.imaging.ink import Ink

STEEP: Final = 2.0
"""Difference of colour by that of lightness from which noise of lightness would show in the colour: such are left."""
SMALL: Final = 80
"""Pixels of something small that was painted with one colour, such as a badge or a large letter, at least."""
FILLED: Final = 0.4
"""Share of it that has that colour, at least; small letters have less."""
CORE: Final = 12
"""Pixels inside it whose neighbours all have that colour, at least."""
FAINTEST: Final = 8.0
"""Difference in lightness of it, or of a line, from its ground, at least."""
RING: Final = 0.15
"""Share of the strongest difference in lightness beside it below which it is noise of that."""

LINE: Final = 24
"""Pixels of a line, such as a border, at least."""
ACROSS: Final = 8
"""Pixels beside a line in which to see whether it has company."""
NEAR: Final = 3
"""Pixels beside a line over which its colour is smeared."""
DILUTED: Final = 5.0
"""How many times further from what is beside it a line may be in colour than it looks where colour was smeared: two
pixels share a sample, smoothing leaves three quarters of that, and rounding about half of what is faint."""
DILUTED_CORE: Final = 1.3
"""The same for a pixel whose neighbours all have its colour: of three rows, 7 parts in 8 are left in the middle one."""
ROUNDED: Final = 2.0
"""Levels of 255 by which the colour that a line shows is off."""
SHADOW: Final = 0.3
"""Share of the difference in lightness of a line below which what is beside it is a shadow."""
DOUBT: Final = 5.0
"""Levels of 255 by which the colour of a line is off; what is not much more is likely to be noise."""

MISFIT: Final = 0.5
MISFIT_ALONE: Final = 0.05
"""Levels of 255 by which lines of one colour, or one line alone, may be out of what the file allows: where it is more,
two of three, or seven of eight, were steps of shadows or had something else beside them."""

WORD: Final = 8
"""Pixels of a word at least."""
JOIN: Final = np.ones((1, 15), np.uint8)
"""Letters that are so near stand in one word."""
LEAST_LEVEL: Final = 24.0
"""Difference in lightness of a word from its ground, at least; what is fainter is a shadow."""
SURE_FULL: Final = 20
"""Pixels full of ink from which a word may tell its colour."""
OUTER: Final = 95.0
MIDDLE: Final = 0.37
"""Pixels of a word that come within a tenth of this percentile are full or nearly so, and at this part of them lies the
colour: within 1 % on average and 2 % mostly, for 690 words of seven design systems, thin and bold."""
SUREST: Final = 0.8
"""How sure a word is, beside the surest of its colour, if it helps to tell that."""
LEAST_DEVIATION: Final = 6.0
"""Levels of 255 below which a pixel of a word counts as full, however little noise there is."""
LEAST_SURE: Final = 0.15
"""How sure a word is at least, for its colour to be counted. On screens of seven design systems at two qualities, three
of ten colours told by less were right, and seven of ten told by more."""

SAME: Final = 6.0
SAME_LINE: Final = 5.0
"""Levels of 255 within which words on one ground, or lines, have one colour."""
THIN: Final = 0.07
"""Share of its level by which a word of thin letters may seem to be paler than it is."""


@attrs.frozen(eq=False)
class _Mark:
    """Something drawn in one colour.

    Attributes:
      sure: How sure its level is.
      behind: Colour of its ground, as a number.
      level: How much lighter than the ground it is.
      slope: Difference of colour by difference of lightness.
      pixels: Which pixels of ink it has.
    """

    sure: float
    behind: int
    level: float
    slope: Floats
    pixels: Indices

    @property
    def color(self) -> Floats:
        """Differences from the ground in lightness and colour."""
        return np.array([self.level, *(self.level * self.slope)])

    def off(self, other: _Mark) -> float:
        """Return by how much lightness or colour differ at most."""
        return float(np.abs(self.color - other.color).max())


def paint_marks(ink: Ink, deviation: float, ycc: Pixels, color: ColorSteps | None, areas: Codes) -> None:
    """Give everything drawn its colour.

    Args:
      ink: What is drawn; it is changed.
      deviation: Standard deviation of the noise of lightness, in levels of 255.
      ycc: Height x width x 3: the picture as decoded.
      color: How the file keeps colour; None if it has none, or keeps it in another way.
      areas: Colours of areas.
    """
    small = list(_small(ink, deviation))
    lines = _paint_lines(ink)
    words = sorted([*small, *_words(ink, max(deviation, LEAST_DEVIATION))], key=lambda mark: -mark.sure)
    groups = _alike(words, SAME, THIN)
    for group in groups:
        surest = [mark for mark in group if mark.sure >= SUREST * group[0].sure]
        level = float(np.average([mark.level for mark in surest], weights=[len(mark.pixels) for mark in surest]))
        weights = [abs(mark.level) * len(mark.pixels) for mark in group]
        slope = np.average([mark.slope for mark in group], axis=0, weights=weights)
        for mark in group:
            share = ink.step[mark.pixels] / mark.level
            full = share >= 1 - deviation / abs(mark.level)
            share[full] = 1.0
            ink.step[mark.pixels] = share * level
            ink.slope[mark.pixels] = slope
            ink.plain[mark.pixels[full]] |= group[0].sure >= LEAST_SURE
    if color is not None:
        _settle_hues(ink, lines, groups, ycc, color, areas)


def _settle_hues(
    ink: Ink, lines: list[list[_Mark]], groups: list[list[_Mark]], ycc: Pixels, color: ColorSteps, areas: Codes
) -> None:
    """Give groups of marks the hues from which the file can have come; what has none was not seen as it was painted."""
    things = [np.concatenate([mark.pixels for mark in group]) for group in (*lines, *groups)]
    hues = find_hues(ink, things, ycc, color, areas)
    for number, (pixels, hue) in enumerate(zip(things, hues, strict=True)):
        if hue is None:
            continue
        ink.slope[pixels] = hue.slope
        if number < len(lines):
            level = abs(lines[number][0].level)
            alone = ink.smeared and len(lines[number]) == 1
            least = MISFIT_ALONE if alone else MISFIT
            ink.plain[pixels] = level * hue.misfit < least and not (alone and level * np.abs(hue.slope).max() > DOUBT)


def _alike(marks: Iterable[_Mark], same: float, thin: float) -> list[list[_Mark]]:
    """Return the marks in groups of one ground and nearly one colour; the first ones, which are surer, lead."""
    groups: dict[int, list[list[_Mark]]] = {}
    for mark in marks:
        on_it = groups.setdefault(mark.behind, [])
        near: list[tuple[float, int, list[_Mark]]] = []
        for group in on_it:
            paler = abs(mark.level) < abs(group[0].level)
            reach = max(same, thin * abs(group[0].level) if paler else 0.0)
            off = mark.off(group[0])
            if off <= reach:
                near.append((off / reach, len(near), group))
        if near:
            min(near)[2].append(mark)
        else:
            on_it.append([mark])
    return list(itertools.chain.from_iterable(groups.values()))


def _small(ink: Ink, deviation: float) -> Iterator[_Mark]:
    """Paint and yield small areas of one colour."""
    reach = 2 * deviation
    for piece in ink.pieces(SMALL):
        step = ink.step[piece]
        peak, share = _peak(step, deviation)
        if share < FILLED:
            continue
        inside = piece[np.abs(step - peak) <= reach]
        core = _core(ink, inside)
        level = float(np.median(ink.step[inside]))
        if len(core) < CORE or _is_noise(ink, core, level):
            continue
        slope = np.median(ink.slope[core], axis=0)
        seen = np.median(ink.delta[1:, ink.rows[core], ink.columns[core]].astype(np.float64), axis=1)
        slope = _as_seen(level * slope, seen, DILUTED_CORE if ink.smeared else 1.0) / level
        if np.abs(slope).max() > STEEP:
            continue
        parts = step / level
        # Its edges are mixtures; what goes far beyond its colour is something else, such as text on it.
        own = (parts >= 0) & (parts <= 1 + 2 * reach / abs(level))
        parts = np.where(np.abs(parts - 1) <= reach / abs(level), 1.0, np.minimum(parts, 1.0))
        mine = piece[own]
        ink.step[mine], ink.slope[mine], ink.done[mine] = parts[own] * level, slope, True
        ink.plain[inside] = True
        yield _Mark(1 + len(core), int(np.median(ink.behind[piece])), level, slope, mine)


def _is_noise(ink: Ink, pixels: Indices, level: float) -> bool:
    """Return whether what is so much lighter or darker than its ground is no more than noise."""
    return abs(level) < max(FAINTEST, RING * float(np.median(ink.beside[pixels])))


def _peak(values: Floats, deviation: float) -> tuple[float, float]:
    """Return the value around which most of `values` lie, and which share of them does."""
    low = int(np.floor(values.min()))
    counts = np.bincount((values - low).astype(np.intp))
    half = round(1.5 * deviation)
    smooth = np.convolve(counts, np.ones(2 * half + 1))[half : half + len(counts)]
    best = int(smooth.argmax())
    return float(low + best), float(smooth[best] / len(values))


def _core(ink: Ink, inside: Indices) -> Indices:
    """Return those of the pixels `inside` that have all their neighbours inside."""
    rows, columns = ink.rows[inside] - ink.rows[inside].min() + 1, ink.columns[inside] - ink.columns[inside].min() + 1
    raster = np.zeros((int(rows.max()) + 2, int(columns.max()) + 2), np.uint8)
    raster[rows, columns] = 1
    solid = np.asarray(cv2.erode(raster, np.ones((3, 3), np.uint8)))[rows, columns] > 0
    core: Indices = inside[solid]
    return core


def _paint_lines(ink: Ink) -> list[list[_Mark]]:
    """Paint long rows and columns of one lightness, and return them in groups of one colour."""
    lines = sorted([*_lines(ink, across=True), *_lines(ink, across=False)], key=lambda line: -line.sure)
    groups = _alike(lines, SAME_LINE, 0.0)
    for group in groups:
        weights = [len(line.pixels) for line in group]
        level = float(np.average([line.level for line in group], weights=weights))
        slope = np.average([line.slope for line in group], axis=0, weights=weights)
        color = (level * slope) ** 2
        slope = slope * color / (color + DOUBT**2 / len(group))
        # One line alone may owe its colour to rounding; if it has next to none, that hardly shows.
        sure = not ink.smeared or len(group) > 1 or np.abs(level * slope).max() <= DOUBT
        for line in group:
            ink.step[line.pixels], ink.slope[line.pixels] = level, slope
            ink.done[line.pixels], ink.plain[line.pixels] = True, sure
    return groups


def _lines(ink: Ink, *, across: bool) -> Iterator[_Mark]:
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
        if _is_noise(ink, members, level):
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
        slope = _as_seen(color, seen[row - top], DILUTED if ink.smeared else 1.0) / level
        yield _Mark(float(pixels), int(np.median(ink.behind[members])), level, slope, members)


def _as_seen(color: Floats, seen: Floats, diluted: float) -> Floats:
    """Return a colour, no further from what is behind it than what is seen of it allows.

    Sums around it tell its colour, unless something else that is coloured stands nearby.

    Args:
      color: By how much its two differences of colour differ from those behind it, by these sums.
      seen: The same as it is seen.
      diluted: How many times stronger it may be than it is seen.
    """
    return np.clip(color, np.minimum(seen, diluted * seen) - ROUNDED, np.maximum(seen, diluted * seen) + ROUNDED)


def _words(ink: Ink, deviation: float) -> Iterator[_Mark]:
    """Yield the words that are left."""
    for pixels in ink.pieces(WORD, JOIN):
        step = ink.step[pixels]
        sign = 1.0 if step.sum() > 0 else -1.0
        level = _full(sign * step)
        if level >= LEAST_LEVEL:
            full = int((sign * step >= level - deviation).sum())
            sure = full / len(pixels) if full >= SURE_FULL else 0.0
            slope = np.median(ink.slope[pixels[sign * step >= level / 2]], axis=0)
            if np.abs(slope).max() > STEEP:
                continue
            yield _Mark(sure, int(np.median(ink.behind[pixels])), sign * level, slope, pixels)


def _full(steps: Floats) -> float:
    """Return the step of pixels full of ink: the middle of those that are, with some of their neighbours."""
    steps = steps[steps > 0]
    if len(steps) < WORD:
        return 0.0
    share = float((steps > 0.9 * np.percentile(steps, OUTER)).mean())
    return float(np.percentile(steps, 100 * (1 - MIDDLE * share)))
