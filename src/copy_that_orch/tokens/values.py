"""What a token can hold: the types of the format, their classes, and values that are made of others."""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, TypeVar

import attrs

from copy_that_orch.tokens.alias import Alias
from copy_that_orch.tokens.border import Border, StrokeStyle
from copy_that_orch.tokens.color import Color
from copy_that_orch.tokens.dimension import Dimension, Number
from copy_that_orch.tokens.gradient import Gradient, GradientStop
from copy_that_orch.tokens.shadow import Shadow, ShadowLayer
from copy_that_orch.tokens.typography import FontFamily, FontWeight, Typography

T = TypeVar("T")

Value = Color | Dimension | Number | FontFamily | FontWeight | StrokeStyle | Typography | Border | Shadow | Gradient
"""What a token can hold by itself; the union grows with `TokenType`."""


class TokenType(enum.StrEnum):
    """The types of the format that this package produces, spelled as in `$type`."""

    COLOR = "color"
    DIMENSION = "dimension"
    NUMBER = "number"
    FONT_FAMILY = "fontFamily"
    FONT_WEIGHT = "fontWeight"
    STROKE_STYLE = "strokeStyle"
    TYPOGRAPHY = "typography"
    BORDER = "border"
    SHADOW = "shadow"
    GRADIENT = "gradient"


VALUE_CLASSES: Final[Mapping[TokenType, type[Value]]] = {
    TokenType.COLOR: Color,
    TokenType.DIMENSION: Dimension,
    TokenType.NUMBER: Number,
    TokenType.FONT_FAMILY: FontFamily,
    TokenType.FONT_WEIGHT: FontWeight,
    TokenType.STROKE_STYLE: StrokeStyle,
    TokenType.TYPOGRAPHY: Typography,
    TokenType.BORDER: Border,
    TokenType.SHADOW: Shadow,
    TokenType.GRADIENT: Gradient,
}
"""The class of the values of each type."""


COMPOSITES: Final[Mapping[type[object], Mapping[str, TokenType]]] = {
    Typography: {
        "font_family": TokenType.FONT_FAMILY,
        "font_size": TokenType.DIMENSION,
        "font_weight": TokenType.FONT_WEIGHT,
        "letter_spacing": TokenType.DIMENSION,
        "line_height": TokenType.NUMBER,
    },
    Border: {"color": TokenType.COLOR, "width": TokenType.DIMENSION, "style": TokenType.STROKE_STYLE},
    ShadowLayer: {
        "color": TokenType.COLOR,
        "offset_x": TokenType.DIMENSION,
        "offset_y": TokenType.DIMENSION,
        "blur": TokenType.DIMENSION,
        "spread": TokenType.DIMENSION,
    },
    GradientStop: {"color": TokenType.COLOR},
}
"""The attributes of what is made of other values, and their types; each may be an alias instead."""

LISTS: Final[Mapping[type[object], str]] = {Shadow: "layers", Gradient: "stops"}
"""The attribute of the values that are lists of what is made of other values."""


def parts(value: Value | Alias) -> Iterator[tuple[str, TokenType, Value | Alias]]:
    """Yield place, type and value of each part of a value that is made of others; nothing for one that is not.

    A place is written as in Python: `font_size`, `layers[0].color`.
    """
    listed = LISTS.get(type(value))
    records = [("", value)] if listed is None else [(f"{listed}[{i}].", one) for i, one in enumerate(_items(value))]
    for place, record in records:
        for attribute, part_type in COMPOSITES.get(type(record), {}).items():
            yield place + attribute, part_type, getattr(record, attribute)


def change_parts(value: Value, change: Callable[[str, TokenType, Value | Alias], Value | Alias]) -> Value:
    """Return `value` with each of its parts replaced by what `change` makes of it; itself if it has none.

    Args:
      value: Any value.
      change: Is given attribute, type and value of a part, and returns a value of that type, or an alias.
    """
    listed = LISTS.get(type(value))
    if listed is None:
        return _changed(value, change)
    return _evolve(value, {listed: [_changed(one, change) for one in _items(value)]})


def _items(value: Any) -> Iterator[Any]:
    yield from getattr(value, LISTS[type(value)])


def _changed(record: T, change: Callable[[str, TokenType, Value | Alias], Value | Alias]) -> T:
    types = COMPOSITES.get(type(record), {})
    changes = {attribute: change(attribute, of, getattr(record, attribute)) for attribute, of in types.items()}
    return _evolve(record, changes) if changes else record


def _evolve(record: T, changes: Mapping[str, object]) -> T:
    untyped: Any = record  # `evolve` wants to know the class, and any will do
    evolved: T = attrs.evolve(untyped, **changes)
    return evolved


def references(value: Value | Alias) -> tuple[Alias, ...]:
    """Return the aliases in `value`: itself, or those among its parts."""
    values = (value, *(part for _, _, part in parts(value)))
    return tuple(one for one in values if isinstance(one, Alias))
