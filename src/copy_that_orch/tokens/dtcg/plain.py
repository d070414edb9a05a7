"""Plain values, the parts that composite ones are made of: numbers in their ranges, names, flags.

Source:
  Design Tokens Format Module 2025.10, section "types", and Color Module 2025.10,
  https://www.designtokens.org/tr/2025.10/
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

from copy_that_orch.tokens.dtcg.json_text import kind

Check: TypeAlias = Callable[[Any], str | None]
"""Returns what is wrong with a value, None if nothing is."""

Range = tuple[float, float]

ANY: Final[Range] = (float("-inf"), float("inf"))
SHARE: Final[Range] = (0.0, 1.0)
_HUE: Final[Range] = (0.0, 359.999999999)
_PERCENT: Final[Range] = (0.0, 100.0)
_POSITIVE: Final[Range] = (0.0, float("inf"))

COLOR_SPACES: Final[Mapping[str, tuple[Range, Range, Range]]] = {
    **dict.fromkeys(
        ("srgb", "srgb-linear", "display-p3", "a98-rgb", "prophoto-rgb", "rec2020", "xyz-d65", "xyz-d50"),
        (SHARE, SHARE, SHARE),
    ),
    "hsl": (_HUE, _PERCENT, _PERCENT),
    "hwb": (_HUE, _PERCENT, _PERCENT),
    "lab": (_PERCENT, ANY, ANY),
    "lch": (_PERCENT, _POSITIVE, _HUE),
    "oklab": (SHARE, ANY, ANY),
    "oklch": (SHARE, _POSITIVE, _HUE),
}
"""The ranges of the components; a component may be "none" instead."""

FONT_WEIGHTS: Final = (
    *("thin", "hairline", "extra-light", "ultra-light", "light", "normal", "regular", "book", "medium"),
    *("semi-bold", "demi-bold", "bold", "extra-bold", "ultra-bold", "black", "heavy", "extra-black", "ultra-black"),
)


def is_number(value: Any) -> bool:
    """Return whether a JSON value is a number; true and false are not."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def number_in(limits: Range, *, none: bool = False) -> Check:
    """Return the check for a number in a range, or the word "none" if that may stand there."""
    least, most = limits

    def check(value: Any) -> str | None:
        if none and value == "none":
            return None
        if not is_number(value):
            return f"it is {kind(value)}, not a number"
        return None if least <= value <= most else f"it is {kind(value)}, not between {least:g} and {most:g}"

    return check


def one_of(what: str, names: Mapping[str, object] | tuple[str, ...]) -> Check:
    """Return the check for one of some names."""

    def check(value: Any) -> str | None:
        known = isinstance(value, str) and value in names
        return None if known else f"it is {kind(value)}, not {what}: {', '.join(names)}"

    return check


def hex_digits(value: Any) -> str | None:
    """Return what keeps `value` from being a colour in six digits."""
    good = isinstance(value, str) and re.fullmatch("#[0-9a-fA-F]{6}", value)
    return None if good else f"it is {kind(value)}, not # and six digits"


def font_name(value: Any) -> str | None:
    """Return what keeps `value` from being the name of a font."""
    return None if isinstance(value, str) and value.strip() else f"it is {kind(value)}, not the name of a font"


def flag(value: Any) -> str | None:
    """Return what keeps `value` from being true or false."""
    return None if isinstance(value, bool) else f"it is {kind(value)}, not true or false"
