"""What values are called below the group that says what they are for.

A name depends on the value alone, never on how often it was seen or what else there is, so that one more screen renames
nothing; only of values that want one name, all but one get a longer one.
"""

from __future__ import annotations

import bisect
import itertools
import math
from collections.abc import Iterator
from typing import Final, assert_never

from copy_that_orch.tokens.alias import Alias, Path
from copy_that_orch.tokens.border import Border, StrokeStyle
from copy_that_orch.tokens.color import Color
from copy_that_orch.tokens.color_names import color_family, color_names, roundness
from copy_that_orch.tokens.dimension import Dimension, Number, Unit, plain
from copy_that_orch.tokens.gradient import Gradient
from copy_that_orch.tokens.shadow import Shadow
from copy_that_orch.tokens.typography import FontFamily, FontWeight, Typography
from copy_that_orch.tokens.values import Value

ROOT_PX: Final = 16.0
"""What browsers take 1rem for."""

FULL_RADIUS_PX: Final = 500.0
"""From here on a radius makes pills and circles of all that is on a screen."""

_BLURS: Final = {"2xs": 1.0, "xs": 2.0, "sm": 4.0, "md": 8.0, "lg": 15.0, "xl": 25.0, "2xl": 50.0}
"""Sizes of shadows by the blur of their widest layer, CSS pixels; close to those of Tailwind CSS 4.3."""

_WEIGHTS: Final = {
    100: "thin",
    200: "extra-light",
    300: "light",
    400: "regular",
    500: "medium",
    600: "semi-bold",
    700: "bold",
    800: "extra-bold",
    900: "black",
}


def value_names(purpose: str, value: Value) -> Iterator[Path]:
    """Yield the names that a value may have, the best first; at least one, and not always in kebab-case.

    Args:
      purpose: What the value is for, e.g. "radius".
      value: Of any type. What is made of others had best have values for parts, but for the colour of a border, whose
        name says more than its value.
    """
    match value:
        case Color():
            yield from color_names(value)
        case Dimension():
            full = purpose == "radius" and pixels(value) >= FULL_RADIUS_PX
            yield ("full",) if full else (_length(value),)
        case Number(value=number) | FontWeight(value=number):
            yield (_number(number),)
        case FontFamily(names=names):
            yield (names[0] if names else "font",)
        case StrokeStyle():
            yield (str(value),)
        case Typography() | Border() | Shadow() | Gradient():
            yield from ((name,) for name in _composite_names(value))
        case _:  # pragma: no cover -- mypy proves that there is no other
            assert_never(value)


def claim(value: Value) -> float:
    """Return how far a value is from the best of the names that it may have: of several, the nearest gets it."""
    match value:
        case Color():
            return roundness(value)
        case Shadow():
            blur = _widest_blur(value)
            return round(min(abs(math.log((blur + 0.1) / (level + 0.1))) for level in _BLURS.values()), 6)
        case _:
            return 0.0


def pixels(length: Dimension) -> float:
    """Return a length in CSS pixels."""
    return length.value * (ROOT_PX if length.unit is Unit.REM else 1)


def _composite_names(value: Typography | Border | Shadow | Gradient) -> Iterator[str]:
    match value:
        case Typography():
            return _typography_names(value)
        case Border():
            return _border_names(value)
        case Shadow():
            return _shadow_names(value)
        case Gradient():
            return _gradient_names(value)
        case _:  # pragma: no cover -- mypy proves that there is no other
            assert_never(value)


def _typography_names(value: Typography) -> Iterator[str]:
    """Yield size and weight, then with the line height, then with the font."""
    weight = value.font_weight
    heavy = _WEIGHTS.get(round(weight.value)) if isinstance(weight, FontWeight) else None
    name = f"{_part(value.font_size)}-{heavy or _part(weight)}"
    yield name
    yield f"{name}-{_part(value.line_height)}"
    yield f"{name}-{_part(value.line_height)}-{_part(value.font_family)}"


def _border_names(value: Border) -> Iterator[str]:
    """Yield the colour, the width unless it is one pixel, and the style unless it is solid."""
    thick = [] if value.width == Dimension(1) else [_width(value.width)]
    drawn = [] if value.style is StrokeStyle.SOLID else [_part(value.style)]
    yield "-".join([_part(value.color), *thick, *drawn])


def _width(width: Dimension | Alias) -> str:
    """Return the width with its unit always: a number alone would read as a shade."""
    return _number(width.value, width.unit) if isinstance(width, Dimension) else _part(width)


def _shadow_names(value: Shadow) -> Iterator[str]:
    """Yield a t-shirt size by the widest blur, then with that blur, then with the offset down as well."""
    blur = _widest_blur(value)
    levels = list(_BLURS.values())
    between = [math.sqrt(one * other) for one, other in itertools.pairwise(levels)]
    size = list(_BLURS)[bisect.bisect(between, blur)]
    inset = "inset-" if value.layers and all(layer.inset for layer in value.layers) else ""
    down = max((_px(layer.offset_y) for layer in value.layers), key=abs, default=0.0)
    yield f"{inset}{size}"
    yield f"{inset}{size}-{_number(blur)}"
    yield f"{inset}{size}-{_number(blur)}-{_number(down)}"


def _widest_blur(value: Shadow) -> float:
    return max((_px(layer.blur) for layer in value.layers), default=0.0)


def _px(length: Dimension | Alias) -> float:
    return pixels(length) if isinstance(length, Dimension) else 0.0


def _gradient_names(value: Gradient) -> Iterator[str]:
    """Yield the colour families that it runs through, then with its angle."""
    families: list[str] = []
    for stop in value.stops:
        family = color_family(stop.color) if isinstance(stop.color, Color) else _part(stop.color)
        if families[-1:] != [family]:
            families.append(family)
    name = "-".join(families)
    yield name
    if value.angle is not None:
        yield f"{name}-{_number(value.angle)}"


def _part(part: Value | Alias) -> str:
    """Return what a part of a value is called in the name of the whole."""
    match part:
        case Alias(path=path):
            return "-".join(path[1:] or path)
        case _:
            return "-".join(next(value_names("", part)))


def _length(length: Dimension) -> str:
    return _number(length.value, "rem" if length.unit is Unit.REM else "")


def _number(value: float, unit: str = "") -> str:
    text = str(plain(abs(value), 3)).replace(".", "-") + unit
    return f"minus-{text}" if value < 0 else text
