"""How far the lines of a paragraph are apart, and what that tells of styles without any paragraph.

The line height of a single line cannot be seen. Style sheets give most text one line height in font sizes, so that a
style without a paragraph has that of the others; but lines do not overlap, so that it is no more than how far any two
of its size are apart.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import attrs
import numpy as np

from copy_that_orch.imaging.arrays import Floats, Indices
from copy_that_orch.imaging.text import TextLine

TIGHTEST: Final = 0.95
WIDEST: Final = 2.0
"""Line heights that are looked for, in font sizes."""
PARAGRAPH: Final = 15
"""Letters that a line has at least that is broken because it is full; what stands below it goes on with it."""
ALIGNED: Final = 0.15
"""How far apart the left sides of lines of a paragraph, or their middles, are at most, in font sizes."""
ONE: Final = 1.0
"""Distances that differ by no more are one line height, in device pixels: browsers let lines stand on whole pixels."""
MANY: Final = 0.4
"""How often a distance occurs at least to be that of lines in a paragraph, beside the one that occurs most."""
USUAL_LINE_HEIGHT: Final = 1.5
HEADING_LINE_HEIGHT: Final = 1.2
HEADING: Final = 1.5
"""Line heights, in font sizes, where nothing tells them; styles from `HEADING` times the size of most text on are
headings. 1.5 and 1.2 are the commonest in style sheets."""
ALIKE: Final = 1.15
"""Sizes that differ by less share a line height, for want of better."""
SAME: Final = 0.03
"""Measured line heights that differ by no more are one, in font sizes."""


@attrs.frozen(eq=False)
class LineHeights:
    """The line heights of a product.

    Attributes:
      of_styles: By size in CSS pixels and weight: the line height in font sizes.
      of_sizes: By size: that of most of its paragraphs.
      closest: By size: how close two lines of it stand at least, in font sizes, paragraphs or not.
      body: Size of most text.
      of_text: The line height of most paragraphs that are not headings.
    """

    of_styles: Mapping[tuple[float, int], float]
    of_sizes: Mapping[float, float]
    closest: Mapping[float, float]
    body: float
    of_text: float

    @classmethod
    def of(
        cls,
        lines: Sequence[TextLine],
        images: Sequence[str],
        sizes: Floats,
        weights: Indices,
        scales: Floats,
        letters: Floats,
    ) -> LineHeights:
        """Return the line heights that lines tell; the arguments say for each line what it is and what it is set in.

        Args:
          lines: What is seen.
          images: Labels of the screens.
          sizes: In CSS pixels.
          weights: As in CSS.
          scales: Device pixels per CSS pixel.
          letters: About how many letters there are.
        """
        by_style: dict[tuple[float, int], list[tuple[float, float]]] = defaultdict(list)
        by_size: dict[float, list[tuple[float, float]]] = defaultdict(list)
        closest: dict[float, float] = {}
        for one, below, apart in _stacked(lines, images, sizes * scales):
            size, scale = float(sizes[one]), float(scales[one])
            closest[size] = min(apart / scale / size, closest.get(size, WIDEST))
            if letters[one] >= PARAGRAPH and lines[one].color == lines[below].color:
                by_style[size, int(weights[one])].append((apart / scale, ONE / scale))
                by_size[size].append((apart / scale, ONE / scale))
        of_sizes = {size: round(_tightest(found) / size, 2) for size, found in by_size.items()}
        body = float(np.average(sizes, weights=letters))
        text = [(of_sizes[size], len(found)) for size, found in by_size.items() if size < HEADING * body]
        return cls(
            of_styles={style: round(_tightest(found) / style[0], 2) for style, found in by_style.items()},
            of_sizes=of_sizes,
            closest={size: round(least, 2) for size, least in closest.items()},
            body=body,
            of_text=_commonest(text) if text else USUAL_LINE_HEIGHT,
        )

    def of_style(self, size: float, weight: int) -> tuple[float, bool]:
        """Return the line height of a style in font sizes, and whether it was measured."""
        own = self.of_styles.get((size, weight), self.of_sizes.get(size))
        if own is not None:
            return own, True
        near = [other for other in self.of_sizes if 1 / ALIKE < other / size < ALIKE]
        if near:
            guess = self.of_sizes[min(near, key=lambda other: (abs(np.log(other / size)), other))]
        else:
            guess = HEADING_LINE_HEIGHT if size >= HEADING * self.body else self.of_text
        return min(guess, self.closest.get(size, guess)), False


def _stacked(lines: Sequence[TextLine], images: Sequence[str], ems: Floats) -> Iterator[tuple[int, int, float]]:
    """Yield the indices of lines with the next line of their size below them, and how far their baselines are apart.

    All lengths are in device pixels.
    """
    order = sorted(range(len(lines)), key=lambda index: (images[index], lines[index].baseline))
    for place, index in enumerate(order):
        em, line = float(ems[index]), lines[index]
        for other in order[place + 1 :]:
            below = lines[other]
            apart = below.baseline - line.baseline
            if apart > WIDEST * em or images[other] != images[index]:
                break
            if apart >= TIGHTEST * em and ems[other] == em and _aligned(line, below, ALIGNED * em + 1):
                yield index, other, apart
                break


def _aligned(line: TextLine, below: TextLine, tolerance: float) -> bool:
    left = below.left - line.left
    return abs(left) <= tolerance or abs(left + (below.width - line.width) / 2) <= tolerance


def _commonest(found: Sequence[tuple[float, int]]) -> float:
    """Return the line height that most lines have, of those of some sizes; of several the least.

    Args:
      found: Line heights in font sizes, and how many lines have each.
    """
    many = {height: sum(count for other, count in found if abs(other - height) <= SAME) for height, _ in found}
    return min(many, key=lambda height: (-many[height], height))


def _tightest(found: Sequence[tuple[float, float]]) -> float:
    """Return the mean of the distances around the smallest one around which many lie.

    Lines of a paragraph are nowhere closer than its line height; items of a list may be set wider, and there may be
    more of these.

    Args:
      found: Distances, and how far from each another one may lie to be the same.
    """
    distances, within = np.array(found).T
    near = np.abs(distances[:, None] - distances) <= within[:, None]
    counts = near.sum(axis=1)
    many = np.flatnonzero(counts >= MANY * counts.max())
    first = many[np.argmin(distances[many])]
    around = np.flatnonzero(near[first])
    return float(distances[near[around[np.argmax(counts[around])]]].mean())
