"""What stands where on a screen: found once, and looked at by all that measure it."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Final

import attrs
import numpy as np

from copy_that_orch.imaging.areas import Area, find_areas
from copy_that_orch.imaging.arrays import Codes
from copy_that_orch.imaging.boxes import Box, find_boxes
from copy_that_orch.imaging.discs import find_discs
from copy_that_orch.imaging.ground import find_ground
from copy_that_orch.imaging.panes import Pane, find_panes
from copy_that_orch.imaging.patches import find_patches
from copy_that_orch.imaging.scale import estimate_scale
from copy_that_orch.imaging.sides import Sides
from copy_that_orch.imaging.text import TextLine, find_lines, is_text

GROUND_SIDE: Final = 5
"""Side of the square that fits in the ground, in device pixels. Stems of text up to about 30 px are thinner; the
padding of a small badge is not."""


@attrs.frozen
class Layout:
    """What stands where on a screen.

    Attributes:
      lines: Lines of text, and icons that look like some.
      boxes: Plain areas with straight sides.
      areas: Plain areas of any shape.
      pills: Plain areas whose short sides are half circles.
      scale: Device pixels per CSS pixel, as far as lines and boxes tell.
      panes: Plain areas with some straight sides that are no boxes.
      discs: The sides of all discs and pills, plain or not.
      patches: The sides of things that are filled, and with more than one colour.
    """

    lines: tuple[TextLine, ...]
    boxes: tuple[Box, ...]
    areas: tuple[Area, ...]
    pills: tuple[Box, ...]
    scale: int
    panes: tuple[Pane, ...] = ()
    discs: tuple[Sides, ...] = ()
    patches: tuple[Sides, ...] = ()

    @functools.cached_property
    def cards(self) -> tuple[Box, ...]:
        """The boxes that do not lie in a line of text, as holes in large letters do."""
        return _outside_text(self.boxes, [line for line in self.lines if is_text(line)])


def find_layout(codes: Codes) -> Layout:
    """Return what stands where on a screen with these colours, height x width."""
    ground = find_ground(codes, GROUND_SIDE)
    lines = find_lines(ground)
    boxes, pills = find_boxes(ground)
    texts = [line for line in lines if is_text(line)]
    scale = estimate_scale(_outside_text(boxes, texts), texts)
    return Layout(
        lines=lines,
        boxes=boxes,
        areas=find_areas(ground),
        pills=_outside_text(pills, texts),
        scale=scale,
        panes=find_panes(ground),
        discs=find_discs(ground),
        patches=find_patches(ground),
    )


def _outside_text(boxes: Sequence[Box], lines: Sequence[TextLine]) -> tuple[Box, ...]:
    """Return the boxes that do not lie in a line of text."""
    lines = [line for line in lines if line.pieces > 1]  # a card with its shadow is like one large letter
    if not boxes or not lines:
        return tuple(boxes)
    left, top, right, bottom = np.array([(box.left, box.top, box.right, box.bottom) for box in boxes]).T[..., None]
    begin, above, width, height = np.array([(line.left, line.top, line.width, line.height) for line in lines]).T
    lies_in = (begin <= left) & (above <= top) & (right <= begin + width) & (bottom <= above + height)
    lies_in &= bottom - top <= np.array([line.tall for line in lines])  # a radio button is like an o before its label
    return tuple(box for box, inside in zip(boxes, lies_in.any(axis=1).tolist(), strict=True) if not inside)
