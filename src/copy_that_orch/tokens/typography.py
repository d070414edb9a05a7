"""What text is set in."""

from __future__ import annotations

from collections.abc import Iterable

import attrs

from copy_that_orch.tokens.alias import Alias
from copy_that_orch.tokens.dimension import Dimension, Number, finite


def _as_names(names: Iterable[str]) -> tuple[str, ...]:
    return (names,) if isinstance(names, str) else tuple(names)


@attrs.frozen(order=True)
class FontFamily:
    """Names of fonts, the most wanted first; one name may be given as it is."""

    names: tuple[str, ...] = attrs.field(converter=_as_names)


@attrs.frozen(order=True)
class FontWeight:
    """How heavy a font is, 1 to 1000 as in OpenType; 400 is regular, 700 bold.

    Raises:
      ValueError: if it is infinite or not a number.
    """

    value: float = attrs.field(converter=finite)


@attrs.frozen(kw_only=True)
class Typography:
    """A style of text; each part is a value or refers to a token of the part's type.

    Attributes:
      line_height: A multiple of the font size.
    """

    font_family: FontFamily | Alias
    font_size: Dimension | Alias
    font_weight: FontWeight | Alias
    letter_spacing: Dimension | Alias
    line_height: Number | Alias
