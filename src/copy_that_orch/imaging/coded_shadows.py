"""Box shadows on a JPEG: told from the lightness and the colour that the file has, before it is mended.

Whole blocks across the sides of boxes are compared with what each layer would leave of them, see `coded_fit`. Offset,
blur and alpha come from lightness alone, for it is kept in full; the colour of the boxes that throw one shadow is told
together. A shadow is claimed only if it explains what is seen about as well as the noise of the file allows.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import attrs
import numpy as np

from copy_that_orch.imaging.arrays import Floats, Pixels
from copy_that_orch.imaging.blurs import Drawn
from copy_that_orch.imaging.boxes import Box
from copy_that_orch.imaging.coded import Coded
from copy_that_orch.imaging.coded_fit import CodedFit, fit_box
from copy_that_orch.imaging.coded_lines import Line, ground_beside, line_across
from copy_that_orch.imaging.coded_tint import light_and_tint, likeliest_color
from copy_that_orch.imaging.painting import Color
from copy_that_orch.imaging.ramps import BOTTOM, TOP
from copy_that_orch.imaging.shadow_fit import UNEVEN
from copy_that_orch.imaging.shadow_groups import ROUNDING, named_colors
from copy_that_orch.imaging.shadow_layers import SPREADS, VISIBLE, strongest_first
from copy_that_orch.imaging.shadows import Shadow, with_boxes, without_likes
from copy_that_orch.imaging.sides import Sides
from copy_that_orch.imaging.soft_edges import common_colors, may_throw_shadows

REACH: Final = 64
"""How far from a box its shadow is looked for, in CSS pixels."""
LEAST: Final = 6
"""Pixels outside the box that a line has, at least."""
SIDES: Final = 3
"""Sides that must be seen, if so many of a box are straight."""
DARKER: Final = 1.5
"""Levels of 255 by which two sides are darker than the ground, at least, if a shadow is to be looked for."""
LIKE_GROUND: Final = 2.0
"""Levels of lightness and of colour by which a common colour may differ from the ground."""
GAIN: Final = 40.0
"""How much likelier a shadow must make what is seen: minus twice a logarithm."""
MISFIT: Final = 1.5
"""Mean square of what a shadow leaves unexplained, at most, in those of the noise. Strong ones may leave more, for
browsers draw them otherwise by a share of what they take."""
LEAST_BLUR: Final = 2
MOST_BLUR: Final = 60
"""CSS pixels. What is sharper may be a line, what is softer a gradient."""
MOST: Final = 16
"""How many different soft edges of one screen are looked at, those of the largest boxes; each takes some time."""
ALIKE: Final = 30.0
"""Another box throws a shadow that was found if that makes what is seen less likely than its own by this at most."""
CONFIDENCE: Final = 0.5
"""Confidence in a shadow that is told from a JPEG."""


def find_coded_shadows(
    coded: Coded,
    pixels: Pixels,
    boxes: Sequence[Box],
    scale: float,
    *,
    pills: Sequence[Box] = (),
    gradients: Sequence[Sides] = (),
    inks: Sequence[int] = (),
) -> tuple[Shadow, ...]:
    """Return the shadows on a screen, those of most boxes first.

    Args:
      coded: What the file has.
      pixels: The screen as it was mended, height x width x 3.
      boxes: The boxes on it.
      scale: Device pixels per CSS pixel.
      pills: The boxes on it whose short sides are half circles.
      gradients: The sides of areas on it that are not of one colour.
      inks: Numbers of the colours of text on it.
    """
    grounds = [light_and_tint(color) for color in common_colors(pixels)]
    fits: dict[Sides, CodedFit] = {}
    known: dict[tuple[object, ...], CodedFit | None] = {}
    largest = sorted(may_throw_shadows(boxes, pills, gradients), key=lambda each: (-_area(each[0]), each[0]))
    for sides, _width, straight in largest:
        seen = _lines(coded, sides, straight, round(REACH * scale), grounds)
        if seen is None:
            continue
        lines, ground = seen
        key = tuple((line.side, line.at, line.light.tobytes()) for line in lines)
        if key not in known:
            if len(known) == MOST:
                break
            known[key] = fit_box(lines, ground, scale)
        fit = known[key]
        if fit is not None and _is_sure(fit):
            fits[sides] = fit
    named = named_colors(inks, sorted({box.color for box in boxes}))
    return tuple(without_likes([_shadow(alike, named) for alike in _groups(fits)]))


def _lines(
    coded: Coded, sides: Sides, straight: Sequence[int], reach: int, grounds: Sequence[Floats]
) -> tuple[list[Line], float] | None:
    """Return the lines across the sides of a box, and the lightness of the ground, if it may throw a shadow."""
    across = [line for side in straight if (line := line_across(coded, sides, side, reach)) is not None]
    ground = ground_beside(across)
    if ground is None:
        return None
    lines = [line for each in across if len((line := each.until_it_ends(ground)).light) >= line.at + LEAST]
    if len(lines) < min(SIDES, len(straight)) or not any(line.side in (TOP, BOTTOM) for line in lines):
        return None
    darker = [line for line in lines if ground - line.light[line.at + 1 : line.at + LEAST].min() >= DARKER]
    if len(darker) < min(2, len(lines)):
        return None
    seen = np.array([ground, *np.median([line.ground_tint for line in lines], axis=0)])
    is_common = any(np.abs(each - seen).max() <= LIKE_GROUND for each in grounds)
    return (lines, ground) if is_common else None


def _is_sure(fit: CodedFit) -> bool:
    """Return whether a shadow explains what is seen beside a box, and nothing else would."""
    return (
        fit.gain >= GAIN
        and fit.strongest >= VISIBLE
        and not fit.is_odd
        and max(layer.blur for layer in fit.layers) >= LEAST_BLUR
        and all(
            layer.blur <= MOST_BLUR and SPREADS[0] < layer.spread < SPREADS[-1] for layer in fit.layers
        )  # what is best at the end of what is tried is none of it
        and fit.misfit <= MISFIT + (UNEVEN[Drawn.TRUE] * fit.strongest / ROUNDING) ** 2
    )


def _groups(fits: dict[Sides, CodedFit]) -> list[dict[Sides, CodedFit]]:
    """Return boxes by their shadow, the one first of which most is seen."""
    groups: list[dict[Sides, CodedFit]] = []
    for sides, fit in sorted(fits.items(), key=lambda each: (-each[1].gain, each[0])):
        for group in groups:
            first = next(iter(group.values()))
            if fit.surprise(first.layers) - fit.surprise(fit.layers) <= ALIKE:
                group[sides] = fit
                break
        else:
            groups.append({sides: fit})
    return groups


def _shadow(alike: dict[Sides, CodedFit], named: dict[Color, float]) -> Shadow:
    """Return the shadow of boxes."""
    fits = list(alike.values())
    color, darker = likeliest_color(fits, named)
    layers = [attrs.evolve(layer, alpha=darker * layer.alpha) for layer in fits[0].layers]
    return with_boxes(Shadow(layers=strongest_first(layers), color=color, boxes=(), confidence=CONFIDENCE), alike)


def _area(sides: Sides) -> int:
    return (sides[2] - sides[0]) * (sides[3] - sides[1])
