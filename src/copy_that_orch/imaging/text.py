"""Lines of text, found by their shape: no letter is read.

Pieces of ink that stand side by side on one ground are drawn together into lines. In a line every pixel is a mixture of
two colours, that of the text and that of the ground (this is what anti-aliasing does), so the share of the text colour
in a pixel, its *coverage*, tells where the outline runs to a small part of a pixel.
"""

from __future__ import annotations

from typing import Final

import attrs
import numpy as np

from copy_that_orch.imaging.arrays import Channels, Codes, Indices, channels_of, counted
from copy_that_orch.imaging.ground import Ground, find_ground
from copy_that_orch.imaging.letters import letter_heights
from copy_that_orch.imaging.pieces import Row, find_rows
from copy_that_orch.imaging.sides import overlap
from copy_that_orch.imaging.strokes import Strokes, measure_strokes

MIN_HEIGHT: Final = 5
"""Least height of the ink of a line, in device pixels."""
WIDE_GROUND: Final = 9
"""Side of the square that fits in the ground behind large letters, in pixels of the picture of half the size."""
LARGE: Final = 20
"""Height of a line from which it is looked for in that picture, in device pixels."""
LEAST_CONTRAST: Final = 16
"""Levels of 255 between text and ground, at least; fainter things are shadows and stripes."""
MIN_FILLED: Final = 0.08
MAX_FILLED: Final = 0.62
"""Share of its box that a line covers at least and at most; the boldest capitals cover 0.55."""
LEAST_SOLID: Final = 3
SOLID: Final = 0.02
"""Pixels of just the colour of the text, and their share in its pixels, at least, for it to be known."""
MANY: Final = 0.08
"""Share of the pixels of the text that one colour hardly has if it is a mixture."""
FULL: Final = 0.97
"""Contrast from which a colour may be that of the text, as a share of the greatest."""
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
      strokes: How the letters are drawn; None if there are too few to tell.
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
    strokes: Strokes | None = None

    @property
    def box(self) -> tuple[int, int, int, int]:
        """Left, top, right and bottom of the ink; right and bottom lie outside."""
        return self.left, self.top, self.left + self.width, self.top + self.height


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
    small = [line for row in find_rows(ground) if (line := _measure(ground.codes, row))]
    half = find_ground(np.ascontiguousarray(ground.codes[::2, ::2]), WIDE_GROUND)
    large = [
        line
        for row in find_rows(half)
        if 2 * row.height >= LARGE
        and (line := _measure(ground.codes, _twice(row)))
        and not any(overlap(line.box, other.box) and _as_large(other, line) for other in small)
    ]
    small = [line for line in small if not any(overlap(line.box, other.box) for other in large)]
    return tuple(sorted(small + large, key=lambda line: (line.top, line.left)))


def _twice(row: Row) -> Row:
    """Return where in the full picture `row` of the picture of half the size may be; what lies out of it is cut off."""
    left, top = max(2 * row.left - 1, 0), max(2 * row.top - 1, 0)
    return Row(left=left, top=top, width=2 * row.width + 2, height=2 * row.height + 2, pieces=row.pieces)


def _as_large(one: TextLine, other: TextLine) -> bool:
    return one.tall > 0.8 * other.tall and one.width > 0.6 * other.width


def _measure(picture: Codes, row: Row) -> TextLine | None:
    """Return the line in `row`, or None if it does not look like text."""
    part = picture[row.top : row.top + row.height, row.left : row.left + row.width]
    height, width = part.shape
    if height < MIN_HEIGHT or (row.pieces == 1 and width * 2 < height):
        return None
    behind = _commonest(np.concatenate([part[0], part[-1], part[:, 0], part[:, -1]]))
    above = part != behind
    codes, counts = counted(part[above])
    steps = channels_of(codes) - channels_of(behind)
    distance = np.abs(steps).max(axis=1, initial=0)
    if distance.max(initial=0) < LEAST_CONTRAST:
        return None
    chosen, solid = _text_color(distance, counts)
    direction = steps[chosen].astype(np.float64)
    direction /= direction @ direction
    shares = steps @ direction
    stray = np.abs(steps - shares[:, None] * steps[chosen]).max(axis=1)
    if stray @ counts > MAX_STRAY * counts.sum():
        return None
    coverage = np.zeros(part.shape)
    coverage[above] = np.minimum(np.maximum(shares, 0.0), 1.0)[np.searchsorted(codes, part[above])]
    filled = float(coverage.sum())
    if not MIN_FILLED <= filled / coverage.size <= MAX_FILLED:
        return None
    heights = letter_heights(coverage)
    if heights is None:
        return None
    return TextLine(
        left=row.left,
        top=row.top,
        width=width,
        height=height,
        pieces=row.pieces,
        color=int(codes[chosen]),
        ground=behind,
        solid=solid,
        ink=filled,
        baseline=row.top + heights.baseline,
        tall=heights.tall,
        low=heights.low,
        strokes=measure_strokes(coverage, heights),
    )


def _commonest(codes: Codes) -> int:
    values, counts = counted(codes)
    return int(values[counts.argmax()])


def _text_color(distance: Channels, counts: Indices) -> tuple[int, int]:
    """Return the index of the colour of the text, and how many pixels have just this colour.

    Mixtures lie nearer to the ground than the colour itself, so it is the farthest; but where many pixels have one that
    is nearly as far, the few beyond it are noise. Thin strokes may have no pixel of just that colour; then the number
    is 0.
    """
    least = max(LEAST_SOLID, SOLID * counts.sum())
    farthest = int(distance.argmax())
    full = np.flatnonzero(distance >= FULL * distance[farthest])
    commonest = int(full[np.argmax(counts[full])])
    many = counts[commonest] >= MANY * counts.sum()
    for best in (commonest, farthest) if many else (farthest, commonest):
        if counts[best] >= least:
            return best, int(counts[best])
    return farthest, 0
