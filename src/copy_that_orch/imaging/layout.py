"""What stands where on a screen: found once, and looked at by all that measure it."""

from __future__ import annotations

from typing import Final

import attrs

from copy_that_orch.imaging.areas import Area, find_areas
from copy_that_orch.imaging.arrays import Codes
from copy_that_orch.imaging.boxes import Box, find_boxes
from copy_that_orch.imaging.ground import find_ground
from copy_that_orch.imaging.scale import estimate_scale
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
    """

    lines: tuple[TextLine, ...]
    boxes: tuple[Box, ...]
    areas: tuple[Area, ...]
    pills: tuple[Box, ...]
    scale: int


def find_layout(codes: Codes) -> Layout:
    """Return what stands where on a screen with these colours, height x width."""
    ground = find_ground(codes, GROUND_SIDE)
    lines = find_lines(ground)
    boxes, pills = find_boxes(ground)
    scale = estimate_scale(boxes, [line for line in lines if is_text(line)])
    return Layout(lines=lines, boxes=boxes, areas=find_areas(ground), pills=pills, scale=scale)
