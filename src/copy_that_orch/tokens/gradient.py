"""Colours that run into each other."""

from __future__ import annotations

import attrs

from copy_that_orch.tokens.alias import Alias
from copy_that_orch.tokens.color import Color
from copy_that_orch.tokens.dimension import finite


@attrs.frozen
class GradientStop:
    """A place on the line of a gradient, and its colour.

    Attributes:
      color: A value, or refers to a colour token.
      position: From 0.0, where the gradient begins, to 1.0.

    Raises:
      ValueError: if the position is infinite or not a number.
    """

    color: Color | Alias
    position: float = attrs.field(converter=finite)


@attrs.frozen
class Gradient:
    """A linear gradient.

    Attributes:
      stops: In the order of their positions.
      angle: Where it runs to, in degrees as CSS counts them: 0 is up, 90 to the right. None if that is not known.

    Raises:
      ValueError: if the angle is infinite or not a number.

    Source:
      CSS Images Level 3, https://www.w3.org/TR/css-images-3/#linear-gradients
    """

    stops: tuple[GradientStop, ...] = attrs.field(converter=tuple[GradientStop, ...])
    angle: float | None = attrs.field(default=None, converter=attrs.converters.optional(finite))
