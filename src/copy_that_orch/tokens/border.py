"""Lines around boxes."""

from __future__ import annotations

import enum

import attrs

from copy_that_orch.tokens.alias import Alias
from copy_that_orch.tokens.color import Color
from copy_that_orch.tokens.dimension import Dimension


class StrokeStyle(enum.StrEnum):
    """How a line is drawn, in the words of the format and of CSS."""

    SOLID = "solid"
    DASHED = "dashed"
    DOTTED = "dotted"
    DOUBLE = "double"
    GROOVE = "groove"
    RIDGE = "ridge"
    OUTSET = "outset"
    INSET = "inset"


def _as_style(style: str | Alias) -> StrokeStyle | Alias:
    return style if isinstance(style, Alias) else StrokeStyle(style)


@attrs.frozen
class Border:
    """A line around a box; each part is a value or refers to a token of the part's type.

    Raises:
      ValueError: if the style is none of `StrokeStyle`.
    """

    color: Color | Alias
    width: Dimension | Alias
    style: StrokeStyle | Alias = attrs.field(default=StrokeStyle.SOLID, converter=_as_style)
