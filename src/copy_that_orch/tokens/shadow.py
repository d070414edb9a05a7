"""What a box throws on what is behind it."""

from __future__ import annotations

import attrs

from copy_that_orch.tokens.alias import Alias
from copy_that_orch.tokens.color import Color
from copy_that_orch.tokens.dimension import Dimension


@attrs.frozen
class ShadowLayer:
    """One shadow of a box; colour and lengths are values or refer to tokens of their type.

    Attributes:
      color: Mostly black with alpha.
      offset_x: To the right.
      offset_y: Down.
      blur: How wide the edge is; twice the standard deviation of a Gaussian, as in CSS.
      spread: How much larger than the box it is before it is blurred.
      inset: Whether it falls into the box.

    Source:
      CSS Backgrounds and Borders Level 3, https://www.w3.org/TR/css-backgrounds-3/#box-shadow
    """

    color: Color | Alias
    offset_x: Dimension | Alias
    offset_y: Dimension | Alias
    blur: Dimension | Alias
    spread: Dimension | Alias
    inset: bool = False


@attrs.frozen
class Shadow:
    """The shadows of a box, the uppermost first, as in CSS."""

    layers: tuple[ShadowLayer, ...] = attrs.field(converter=tuple[ShadowLayer, ...])
