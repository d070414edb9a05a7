"""The styles that text is set in: size, weight, line height and kind of font, from all lines of a product's screens."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Final

import attrs
import numpy as np

from copy_that_orch.imaging.arrays import Floats
from copy_that_orch.imaging.fonts import font_table
from copy_that_orch.imaging.lettering import Lettering
from copy_that_orch.imaging.line_heights import LineHeights
from copy_that_orch.imaging.text import TextLine
from copy_that_orch.imaging.type_fit import fit_type
from copy_that_orch.imaging.weights import find_weights

SMALLEST: Final = 9
"""Smallest font size that is looked for, in CSS pixels; below, dust and parts of icons look like letters."""
FEWEST: Final = 10.0
FEWEST_LARGE: Final = 4.0
LARGE: Final = 16
FEWEST_SMALL: Final = 100.0
SMALL: Final = 10.5
"""Letters that a size has at least, one from `LARGE` on, and one below `SMALL`: icons are mostly small, and many."""
FEWEST_OF_STYLE: Final = 4.0
"""Letters that a style has at least, of a size that has enough."""
LETTER: Final = 0.5
"""Width of a letter in font sizes, about."""

PRECISION: Final = 0.012
"""To what share of them sizes are known, and given in steps of a quarter, a half or a whole pixel."""


@attrs.frozen
class Place:
    """Where a style is to be seen on one screen.

    Attributes:
      image: Label of the screen.
      lines: How many lines of text are set in it.
      box: Left, top, right and bottom of the ink of the longest of them, in device pixels.
    """

    image: str
    lines: int
    box: tuple[int, int, int, int]


@attrs.frozen(kw_only=True)
class TextStyle:
    """A style that text is set in.

    Attributes:
      size: Font size in CSS pixels.
      weight: As in CSS, 300 to 700 in steps of 100.
      weight_sure: Chance that it is this weight and no other.
      line_height: In font sizes.
      measured: Whether the line height was measured; else it is a guess.
      kind: Of the font: "sans", "serif" or "mono".
      letters: About how many letters are set in it.
      confidence: How sure it is that text is set in this size, 0.0 to 1.0.
      places: Where it is to be seen, one for each screen.
    """

    size: float
    weight: int
    weight_sure: float
    line_height: float
    measured: bool
    kind: str
    letters: float
    confidence: float
    places: tuple[Place, ...]


@attrs.frozen(kw_only=True)
class SetLine:
    """A line of text and the room that a browser gives it. Lengths are in device pixels.

    Attributes:
      line: What is seen.
      em: Font size.
      middle: y of the middle of the line box.
      height: Of the line box.
      measured: Whether the height was measured; else it is a guess.
    """

    line: TextLine
    em: float
    middle: float
    height: float
    measured: bool


@attrs.frozen(kw_only=True)
class Typesetting:
    """What text is set in.

    Attributes:
      lines: The lines, those of one screen after those of another.
      styles: The styles, the smallest first.
      font: Name of the font that most of it looks like; empty if there is no text.
      sure: Chance that it is this font, and not only one like it.
    """

    lines: tuple[SetLine, ...] = ()
    styles: tuple[TextStyle, ...] = ()
    font: str = ""
    sure: float = 0.0


def find_styles(letterings: Sequence[Lettering]) -> Typesetting:
    """Return what the text of screens of one product is set in."""
    lines = [line for lettering in letterings for line in lettering.lines]
    if not lines:
        return Typesetting()
    counts = [len(lettering.lines) for lettering in letterings]
    images = np.repeat([lettering.image for lettering in letterings], counts).tolist()
    scales = np.repeat([lettering.scale for lettering in letterings], counts)
    fit = fit_type([lettering.lines for lettering in letterings], [lettering.scale for lettering in letterings])
    table = font_table()
    sizes = _as_known(fit.sizes)
    letters = np.array([line.width for line in lines]) / (scales * LETTER * sizes)
    fonts = table.font[fit.classes]
    weights, sure = find_weights(lines, sizes * scales, fit.sizes, fonts, table)
    heights = LineHeights.of(lines, images, sizes, weights, scales, letters)
    kinds = np.array(table.kinds)[fonts]
    groups: dict[tuple[float, int, str], list[int]] = defaultdict(list)
    for index, key in enumerate(zip(sizes.tolist(), weights.tolist(), kinds.tolist(), strict=True)):
        groups[key].append(index)
    styles = []
    for (size, weight, kind), members in sorted(groups.items()):
        count = float(letters[members].sum())
        of_size = float(letters[sizes == size].sum())
        enough = FEWEST_LARGE if size >= LARGE else FEWEST_SMALL if size < SMALL else FEWEST
        if size < SMALLEST or of_size < enough or count < FEWEST_OF_STYLE:
            continue
        height, measured = heights.of_style(size, weight)
        styles.append(
            TextStyle(
                size=size,
                weight=weight,
                weight_sure=float(sure[members].max()),
                line_height=height,
                measured=measured,
                kind=kind,
                letters=count,
                confidence=_confidence(size, of_size),
                places=_places(lines, images, members),
            )
        )
    placed = [
        SetLine(
            line=line,
            em=size * scale,
            middle=line.baseline - rise * size * scale,
            height=height * size * scale,
            measured=measured,
        )
        for line, size, scale, rise, (height, measured) in zip(
            lines,
            sizes.tolist(),
            scales.tolist(),
            table.rise[fonts].tolist(),
            map(heights.of_style, sizes.tolist(), weights.tolist()),
            strict=True,
        )
    ]
    return Typesetting(lines=tuple(placed), styles=tuple(styles), font=table.names[fit.font], sure=fit.sure)


def _confidence(size: float, letters: float) -> float:
    """Return how sure it is that text is set in a size; fitted to 27 products and their 74 screens.

    Args:
      size: In CSS pixels; a large one may be measured wrong by more of them.
      letters: About how many are set in it.
    """
    return max(0.99 - 2 / (letters + 3) - 0.002 * max(size - LARGE, 0.0), 0.3)


def _as_known(sizes: Floats) -> Floats:
    """Return sizes without the digits that are not known."""
    steps = np.select([PRECISION * sizes <= 0.25, PRECISION * sizes <= 0.5], [0.25, 0.5], 1.0)
    return np.asarray(np.round(sizes / steps) * steps)


def _places(lines: Sequence[TextLine], images: Sequence[str], members: Sequence[int]) -> tuple[Place, ...]:
    """Return where some of the lines are to be seen, one for each screen."""
    on_screens: dict[str, list[TextLine]] = defaultdict(list)
    for index in members:
        on_screens[images[index]].append(lines[index])
    places = []
    for image, here in sorted(on_screens.items()):
        longest = max(here, key=lambda line: line.width)
        places.append(Place(image, len(here), longest.box))
    return tuple(places)
