"""Lines of text, found by their shape: no letter is read.

Pieces of ink that stand side by side on one ground are drawn together into lines. In a line every pixel is a mixture of
two colours, that of the text and that of the ground (this is what anti-aliasing does), so the share of the text colour
in a pixel, its *coverage*, tells where the outline runs to a small part of a pixel.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import attrs
import numpy as np
from numpy.typing import NDArray

from copy_that_orch.imaging.arrays import Codes, Floats, Indices, Lengths, Mask, channels_of
from copy_that_orch.imaging.ground import Ground, components, find_ground

MAX_HEIGHT: Final = 160
"""Tallest piece of ink taken for a letter, in device pixels."""
MIN_HEIGHT: Final = 5
"""Least height of a line's ink, in device pixels."""
HOLLOW: Final = 0.18
BLOCK: Final = 0.85
"""Share of its box that a letter fills at least and, if it is wide, at most; outlines of buttons and radio buttons fill
less, badges and bars more."""
TALLEST: Final = 2.0
"""Tallest letter in heights of the median one; a capital with a descender is 1.8 times as tall as an x."""
WIDE_GROUND: Final = 9
"""Side of the square that fits in the ground behind large letters, in pixels of the picture of half the size."""
LARGE: Final = 20
"""Height of a line from which it is looked for in that picture, in device pixels."""
WORD_SPACE: Final = 0.7
"""Widest gap inside a line, in heights of the pieces beside it: a space is about a quarter of the font size, a capital
0.7 of it, so this lets a wide space pass, but not the gap between a label and what stands beside it."""
MIN_FILLED: Final = 0.08
MAX_FILLED: Final = 0.62
"""Share of its box that a line covers at least and at most; the boldest capitals cover 0.55."""
MAX_STRAY: Final = 8.0
"""Levels of 255 that pixels of text may lie off the mixtures of two colours, on average; photos and icons of several
colours lie further off."""


LOW: Final = 0.54
"""Height of low letters in font sizes: x of Inter, Roboto, Open Sans, Noto Sans and Liberation Sans has 0.52 to 0.55,
the round letters are a little taller, and their outlines are counted here."""
TALL: Final = 0.722
"""Height of capitals and digits in font sizes: 0.69 to 0.73 for the same fonts, likewise."""


@attrs.frozen(kw_only=True)
class TextLine:
    """A line of text, or a part of one between wide gaps. Lengths are in device pixels, y grows downwards.

    Attributes:
      left, top, width, height: Box around the ink.
      pieces: How many separate pieces of ink; letters that touch are one.
      color: Number of the colour of the text, see `arrays.Codes`.
      ground: Number of the colour behind it.
      solid: Number of pixels that have just the colour of the text; 0 if hardly any has, so that the colour is a guess.
      ink: Number of pixels of ink, weighted by their coverage.
      baseline: y of the line on which the letters stand.
      tall: Height of capitals, ascenders and digits above the baseline.
      low: Height of letters such as x above the baseline; None if all letters are about as tall.
    """

    left: int
    top: int
    width: int
    height: int
    pieces: int
    color: int
    ground: int
    solid: int
    ink: float
    baseline: float
    tall: float
    low: float | None


def is_text(line: TextLine) -> bool:
    """Return whether `line` is long enough to be text rather than an icon."""
    return line.width >= 1.6 * line.tall and line.height <= 2.2 * line.tall


def em_of(line: TextLine) -> float:
    """Return the font size of `line` in device pixels, within a few percent."""
    return line.tall / TALL if line.low is None else line.low / LOW


def find_lines(ground: Ground) -> tuple[TextLine, ...]:
    """Return the lines of text on plain ground, from the top down and from left to right.

    Letters with stems so thick that these would be ground themselves are looked for in a picture of half the size, on
    ground that is wider still.
    """
    small = [line for box, pieces in _candidates(ground) if (line := _measure(ground.codes, box, pieces))]
    half = find_ground(np.ascontiguousarray(ground.codes[::2, ::2]), WIDE_GROUND)
    large = [
        line
        for (left, top, width, height), pieces in _candidates(half)
        if height * 2 >= LARGE
        and (line := _measure(ground.codes, (2 * left - 1, 2 * top - 1, 2 * width + 2, 2 * height + 2), pieces))
        and not any(
            _overlap(line, other) and other.tall > 0.8 * line.tall and other.width > 0.6 * line.width for other in small
        )
    ]
    small = [line for line in small if not any(_overlap(line, other) for other in large)]
    return tuple(sorted(small + large, key=lambda line: (line.top, line.left)))


def _overlap(one: TextLine, other: TextLine) -> bool:
    return (
        one.left < other.left + other.width
        and other.left < one.left + one.width
        and one.top < other.top + other.height
        and other.top < one.top + one.height
    )


def _candidates(ground: Ground) -> Iterator[tuple[tuple[int, int, int, int], int]]:
    """Yield left, top, width, height and number of pieces of what stands in a line on one ground."""
    _labels, statistics = components(ground.ink.view(np.uint8), connectivity=8)
    left, top, width, height, area = statistics[1:].T
    letter_like = (height <= MAX_HEIGHT) & (width <= 40 * np.maximum(height, 8)) & (height > 1)
    filled = area / (width * height)
    letter_like &= (height < 2 * MIN_HEIGHT) | ((filled > HOLLOW) & ((filled < BLOCK) | (width < height)))
    letter_like &= _stands_on_one_ground(ground, left, top, width, height)
    left, top, width, height = (side[letter_like] for side in (left, top, width, height))
    for last_round in (False, True):
        groups = _split(_side_by_side(ground.ink.shape, left, top, width, height))
        # A radio button or an icon is no letter, and must not join the lines beside it.
        groups = [group[height[group] <= TALLEST * np.median(height[group])] for group in groups]
        if last_round:
            break
        kept = np.sort(np.concatenate([*groups, np.empty(0, np.intp)]))
        left, top, width, height = (side[kept] for side in (left, top, width, height))
    for group in groups:
        x1, y1 = int(left[group].min()), int(top[group].min())
        x2, y2 = int((left + width)[group].max()), int((top + height)[group].max())
        yield (x1, y1, x2 - x1, y2 - y1), len(group)


def _side_by_side(shape: tuple[int, ...], left: Lengths, top: Lengths, width: Lengths, height: Lengths) -> Lengths:
    """Return for each box the number of the line that it stands in."""
    # Each is drawn with half of the widest gap on both sides, but only in the middle of its height, so that lines of a
    # paragraph stay apart.
    raster = np.zeros(shape, np.uint8)
    reach = np.ceil(height * (WORD_SPACE / 2)).astype(np.int32)
    first, last = top + height * 3 // 10, top + height * 7 // 10
    for x1, x2, y1, y2 in zip(left - reach, left + width + reach, first, last, strict=True):
        raster[y1 : y2 + 1, max(x1, 0) : x2] = 1
    lines, _statistics = components(raster, connectivity=4)
    return np.asarray(lines[top + height // 2, left + width // 2], np.int32)


def _split(group: Lengths) -> list[Indices]:
    """Return for each value in `group` where it stands."""
    order = np.argsort(group, kind="stable")
    return [part for part in np.split(order, np.flatnonzero(np.diff(group[order])) + 1) if len(part)]


def _stands_on_one_ground(ground: Ground, left: Lengths, top: Lengths, width: Lengths, height: Lengths) -> Mask:
    """Return for each box whether the ground is the same all around it."""
    bottom, right = ground.ink.shape[0] - 1, ground.ink.shape[1] - 1
    xs = np.stack([np.maximum(left - 1, 0), left + width // 2, np.minimum(left + width, right)])
    ys = np.stack([np.maximum(top - 1, 0), top + height // 2, np.minimum(top + height, bottom)])
    around = [(0, 0), (1, 0), (2, 0), (0, 1), (2, 1), (0, 2), (1, 2), (2, 2)]
    colors = np.stack([ground.behind[ys[y], xs[x]] for x, y in around])
    alike: Mask = (colors == colors[3]).sum(axis=0) >= len(around) - 1  # one may fall on what stands beside it
    return alike


def _measure(picture: Codes, box: tuple[int, int, int, int], pieces: int) -> TextLine | None:
    """Return the line in `box`, which may be a little too large, or None if it does not look like text."""
    left, top, width, height = box
    left, top, right, bottom = max(left, 0), max(top, 0), left + width, top + height
    if bottom - top < MIN_HEIGHT or (pieces == 1 and width * 2 < height):
        return None
    part = picture[top:bottom, left:right]
    behind = _ground_color(picture, left, top, right, bottom)
    ink = part != behind
    away = channels_of(part) - channels_of(behind)
    codes, counts = np.unique(part[ink], return_counts=True)
    steps = channels_of(codes) - channels_of(behind)
    distance = np.abs(steps).max(axis=1)
    if not len(codes) or distance.max() < 16:
        return None
    chosen, solid = _text_color(distance, counts)
    direction = steps[chosen].astype(np.float64)
    square = direction @ direction
    stray = np.abs(steps - np.outer(steps @ direction / square, direction)).max(axis=1)
    if np.average(stray, weights=counts) > MAX_STRAY:
        return None
    coverage = np.clip(away @ direction / square, 0.0, 1.0)
    filled = coverage.sum()
    if not MIN_FILLED <= filled / (width * height) <= MAX_FILLED:
        return None
    heights = _heights(coverage)
    if heights is None:
        return None
    baseline, tall, low = heights
    return TextLine(
        left=left,
        top=top,
        width=width,
        height=height,
        pieces=pieces,
        color=int(codes[chosen]),
        ground=behind,
        solid=solid,
        ink=float(filled),
        baseline=top + baseline,
        tall=tall,
        low=low,
    )


def _ground_color(picture: Codes, left: int, top: int, right: int, bottom: int) -> int:
    """Return the commonest colour on the rim of a box."""
    bottom, right = bottom - 1, right - 1
    rim = (picture[top, left:right], picture[bottom, left:right], picture[top:bottom, left], picture[top:bottom, right])
    colors, counts = np.unique(np.concatenate(rim), return_counts=True)
    return int(colors[np.argmax(counts)])


def _text_color(distance: NDArray[np.int16], counts: NDArray[np.int64]) -> tuple[int, int]:
    """Return the index of the colour of the text, and how many pixels have just this colour.

    Mixtures lie nearer to the ground than the colour itself, so it is the commonest of the farthest colours. Thin
    strokes may have no pixel of just that colour; then the number is 0.
    """
    full = np.flatnonzero(distance >= 0.97 * distance.max())
    best = int(full[np.argmax(counts[full])])
    if counts[best] >= max(3, 0.02 * counts.sum()):
        return best, int(counts[best])
    far = np.flatnonzero(distance >= 0.85 * distance.max())
    return int(far[np.argmax(counts[far])]), 0


def _heights(coverage: Floats) -> tuple[float, float, float | None] | None:
    """Return baseline (from the top of `coverage`), height of tall and of low letters; None if there is no baseline.

    Where each column of pixels begins and ends is collected, to a part of a pixel. Straight letters make the ends pile
    up at the baseline, the beginnings at the height of x and at the height of capitals and ascenders.
    """
    rows = coverage.shape[0]
    solid = coverage > 0.5
    columns = np.flatnonzero(solid.any(axis=0))
    if not len(columns):
        return None
    first = np.argmax(solid[:, columns], axis=0)
    last = rows - 1 - np.argmax(solid[::-1][:, columns], axis=0)
    padded = np.pad(coverage, ((1, 1), (0, 0)))
    begins = first + 1 - coverage[first, columns] - padded[first, columns]
    ends = last + coverage[last, columns] + padded[last + 2, columns]
    baseline = _highest_peak(ends[ends > 0.4 * rows])
    if baseline is None:
        return None
    heights = baseline - begins
    heights = heights[heights > 0.25 * heights.max()]
    tall = _outermost_peak(heights)
    low = _highest_peak(heights[(heights > 0.6 * tall) & (heights < 0.84 * tall)], least=max(3, 0.1 * len(heights)))
    return baseline, tall, low


_BIN: Final = 0.2
"""Width of the bins in which ends are counted, in pixels."""


def _density(values: Floats) -> tuple[NDArray[np.float64], Floats]:
    """Return how many of `values` lie within about a quarter pixel of each of a row of places, and the places."""
    bins = np.arange(np.floor(values.min()) - 1.0, values.max() + 1.2, _BIN)
    counts, _ = np.histogram(values, bins)
    return np.convolve(counts, [0.5, 1, 1, 0.5], mode="same"), bins[:-1] + _BIN / 2


def _highest_peak(values: Floats, least: float = 2.0) -> float | None:
    """Return the value around which most of `values` lie; None if fewer than `least` do."""
    if not len(values):
        return None
    density, places = _density(values)
    best = int(np.argmax(density))
    if density[best] < least:
        return None
    return _mean_around(values, float(places[best]))


def _outermost_peak(values: Floats) -> float:
    """Return the largest value around which a fair share of `values` lie."""
    density, places = _density(values)
    enough = np.flatnonzero(density >= max(2.0, 0.02 * len(values)))
    if not len(enough):
        return float(np.median(values))
    best = int(enough[-1])
    while best > 0 and density[best - 1] > density[best]:  # walk up to the top of the peak
        best -= 1
    return _mean_around(values, float(places[best]))


def _mean_around(values: Floats, place: float) -> float:
    near = values[np.abs(values - place) <= 0.4]
    return float(near.mean()) if len(near) else place
