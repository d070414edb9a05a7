"""Boxes: plain areas with straight sides, such as pages, cards, buttons and table rows."""

from __future__ import annotations

from collections import Counter
from typing import Final

import attrs
import numpy as np

from copy_that_orch.imaging.arrays import Mask, split
from copy_that_orch.imaging.ground import Ground

LEAST_SIDE: Final = 10
"""Least width and height of a box, in device pixels."""
STRAIGHT: Final = 0.4
"""Share of each side that is straight at least; round corners and what touches the side may take the rest."""
FILLED: Final = 0.5
"""Share of the box around a pill or a circle that has its colour at least; letters such as o have less."""
NEAR_ARC: Final = 1.5
"""Device pixels that the outline of a pill may lie off the arc."""

MAX_BORDER: Final = 8
"""Widest border that is looked for, in device pixels."""
STEP: Final = 8
"""Levels of 255 by which a border differs from what follows it outside, at least, if that is not ground: a shadow."""
SAMPLES: Final = (1 / 4, 1 / 2, 3 / 4)
"""Where along a side its border is measured; text that touches it may stand at one of them."""
MIDDLE: Final = (1 / 2,)
"""The same for a side that is round."""


@attrs.frozen(order=True)
class Box:
    """A plain area. Lengths are in device pixels, y grows downwards; right and bottom lie outside.

    Attributes:
      left, top, right, bottom: Its sides, without the border.
      color: Number of its colour, see `arrays.Codes`.
      borders: How wide its border is on the left, above, on the right and below; 0 where it has none.
    """

    left: int
    top: int
    right: int
    bottom: int
    color: int
    borders: tuple[int, int, int, int] = (0, 0, 0, 0)

    @property
    def outside(self) -> tuple[int, int, int, int]:
        """Left, top, right and bottom with the border."""
        left, top, right, bottom = self.borders
        return self.left - left, self.top - top, self.right + right, self.bottom + bottom


def find_boxes(ground: Ground) -> tuple[tuple[Box, ...], tuple[Box, ...]]:
    """Return the boxes with straight sides on a screen, and its pills and circles, from left to right, top down."""
    height, width = ground.labels.shape
    wide_enough = (ground.boxes[:, 2] >= LEAST_SIDE - 2) & (ground.boxes[:, 3] >= LEAST_SIDE - 2)
    straight: list[Box] = []
    pills: list[Box] = []
    for region in np.flatnonzero(ground.is_ground & wide_enough).tolist():
        x, y, across, down = ground.boxes[region].tolist()
        own = ground.labels[y : y + down, x : x + across] == region
        is_straight = min(own[0].mean(), own[-1].mean(), own[:, 0].mean(), own[:, -1].mean()) >= STRAIGHT
        if not is_straight and not _is_pill(own):
            continue
        color = int(ground.codes[y, x + int(np.argmax(own[0]))])
        # The region lacks its rim, unless that is the edge of the picture.
        left, top = x - (x > 0), y - (y > 0)
        right, bottom = x + across + (x + across < width), y + down + (y + down < height)
        borders = _borders(ground, left, top, right, bottom, SAMPLES if is_straight else MIDDLE)
        box = Box(left=left, top=top, right=right, bottom=bottom, color=color, borders=borders)
        (straight if is_straight else pills).append(box)
    return tuple(sorted(straight)), tuple(sorted(pills))


def _is_pill(own: Mask) -> bool:
    """Return whether the ends of an area are half circles, or it is a circle; what stands in it is passed over."""
    height, width = own.shape
    radius = min(height, width) / 2
    if own.mean() < FILLED or radius < (LEAST_SIDE - 2) / 2:
        return False
    near = NEAR_ARC + 0.05 * radius
    for end in (own, own[::-1], own[:, ::-1], own[::-1, ::-1]):
        for depth in (1 + int(0.1 * radius), round((1 - np.sqrt(0.5)) * radius)):
            start = radius - np.sqrt(radius**2 - (radius - depth - 0.5) ** 2)
            if abs(int(end[depth].argmax()) - start) > near or abs(int(end[:, depth].argmax()) - start) > near:
                return False
    return True


def _borders(
    ground: Ground, left: int, top: int, right: int, bottom: int, samples: tuple[float, ...]
) -> tuple[int, int, int, int]:
    """Return the width of the border on the left, above, on the right and below."""
    seen: list[list[tuple[int, int]]] = [[], [], [], []]
    for share in samples:
        x, y = left + int(share * (right - left)), top + int(share * (bottom - top))
        lines: tuple[tuple[int | slice, int | slice], ...] = (
            np.s_[y, max(left - MAX_BORDER - 1, 0) : left],
            np.s_[max(top - MAX_BORDER - 1, 0) : top, x],
            np.s_[y, right : right + MAX_BORDER + 1],
            np.s_[bottom : bottom + MAX_BORDER + 1, x],
        )
        for side, (line, outwards) in enumerate(zip(lines, (-1, -1, 1, 1), strict=True)):
            seen[side].append(_border(ground.codes[line][::outwards].tolist(), ground.ink[line][::outwards].tolist()))
    left_side, above, right_side, below = (_agreed(side) for side in seen)
    return left_side, above, right_side, below


def _agreed(seen: list[tuple[int, int]]) -> int:
    """Return the width that most samples have with the same colour, or 0."""
    (width, _color), count = Counter(seen).most_common(1)[0]
    return width if count > len(seen) / 2 else 0


def _border(colors: list[int], ink: list[bool]) -> tuple[int, int]:
    """Return how many pixels of one colour that is not ground stand at the start, and the colour.

    There are none if a ramp follows them, as in a shadow, or if they do not end.
    """
    width = next((place for place, color in enumerate(colors) if color != colors[0] or not ink[place]), len(colors))
    if width in (0, len(colors)):
        return 0, 0
    if ink[width]:
        step = max(abs(one - other) for one, other in zip(split(colors[0]), split(colors[width]), strict=True))
        if step < STEP:
            return 0, 0
    return width, colors[0]
