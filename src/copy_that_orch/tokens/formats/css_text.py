"""Values, names and texts as CSS writes them, for all formats that are CSS or close to it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final, assert_never

from copy_that_orch.tokens.alias import Alias, Path
from copy_that_orch.tokens.border import Border, StrokeStyle
from copy_that_orch.tokens.color import Color
from copy_that_orch.tokens.dimension import Dimension, Number, plain
from copy_that_orch.tokens.gradient import Gradient, GradientStop
from copy_that_orch.tokens.shadow import Shadow, ShadowLayer
from copy_that_orch.tokens.typography import FontFamily, FontWeight, Typography
from copy_that_orch.tokens.values import Value

_GENERIC_FAMILIES: Final = (
    *("serif", "sans-serif", "monospace", "cursive", "fantasy", "math", "system-ui"),
    *("ui-serif", "ui-sans-serif", "ui-monospace", "ui-rounded"),
)
"""Keywords; in quotes they would be names of fonts. CSS Fonts Level 4, https://www.w3.org/TR/css-fonts-4/#generic-font-families"""

INVISIBLE: Final = "\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069"
"""Control characters, ends of lines and what turns the direction of text, as members of a class of a pattern."""

_UNHEARD_OF: Final = "\x00\ud800-\udfff\ufffd"
"""What no style sheet can hold, and CSS parsers replace by U+FFFD, which Sass takes for a fault in turn; likewise."""


def string(text: str) -> str:
    """Return `text` in quotes, escaped; inside a `<style>` of a page too."""
    return '"{}"'.format(re.sub(f'["<\\\\{INVISIBLE}{_UNHEARD_OF}]', escape, text))


def comment(text: str) -> str:
    """Return `text` on one line, such that it ends neither a comment that began with `/*` nor a `<style>` around it."""
    return re.sub(r"(\*|<)(?=[/!])", r"\1 ", one_line(text))


def one_line(text: str) -> str:
    """Return `text` with a space for each run of characters that are not seen, so that it ends no line."""
    return re.sub(f"[{INVISIBLE}]+", " ", re.sub(f"[{_UNHEARD_OF}]", "?", text)).strip()


def name(path: Path) -> str:
    """Return the names of `path`, joined with hyphens and escaped: to follow `--`, where CSS allows a digit too.

    Source:
      CSSOM, "serialize an identifier": https://www.w3.org/TR/cssom-1/#serialize-an-identifier
    """
    return re.sub(rf"[^A-Za-z0-9_\-\u0080-\U0010ffff]|[{INVISIBLE}{_UNHEARD_OF}]", escape, "-".join(path))


def escape(found: re.Match[str]) -> str:
    """Return the character that was found as CSS writes it where it has a meaning of its own."""
    character = found.group()
    if re.match(f"[{_UNHEARD_OF}]", character):
        return "\\fffd "
    # A control character stands for itself by its number only, and `\</style>` would end a sheet; the space ends it.
    return f"\\{character}" if character.isprintable() and character != "<" else f"\\{ord(character):x} "


def write_value(value: Value | Alias, reference: Callable[[Alias], str], string: Callable[[str], str] = string) -> str:
    """Return `value` as the value of a CSS property.

    A style of text is written as `font` takes it, which has no place for letter spacing, a shadow as `box-shadow`, a
    border as `border`, a gradient as `background-image`. Without an angle a gradient runs down, as CSS has it.

    Args:
      value: Any value.
      reference: Returns what stands for a reference.
      string: Returns a text in quotes.
    """
    if isinstance(value, Alias):
        return reference(value)
    if isinstance(value, Typography | Border | Shadow | Gradient):
        return _composite(value, lambda part: write_value(part, reference, string))
    match value:
        case Color():
            return value.hex_with_alpha
        case Dimension() | StrokeStyle():
            return str(value)
        case Number() | FontWeight():
            return str(plain(value.value, 3))
        case FontFamily(names=names):
            return ", ".join(name if name in _GENERIC_FAMILIES else string(name) for name in names)
        case _:  # pragma: no cover -- mypy proves that there is no other
            assert_never(value)


def _composite(value: Typography | Border | Shadow | Gradient, write: Callable[[Value | Alias], str]) -> str:
    match value:
        case Typography():
            size, line = write(value.font_size), write(value.line_height)
            return f"{write(value.font_weight)} {size}/{line} {write(value.font_family)}"
        case Border():
            return f"{write(value.width)} {write(value.style)} {write(value.color)}"
        case Shadow(layers=layers):
            return ", ".join(_layer(layer, write) for layer in layers)
        case Gradient(stops=stops, angle=angle):
            direction = [] if angle is None else [f"{plain(angle, 2)}deg"]
            return f"linear-gradient({', '.join([*direction, *(_stop(stop, write) for stop in stops)])})"
        case _:  # pragma: no cover -- mypy proves that there is no other
            assert_never(value)


def _layer(layer: ShadowLayer, write: Callable[[Value | Alias], str]) -> str:
    lengths = (layer.offset_x, layer.offset_y, layer.blur, layer.spread)
    return " ".join([*(["inset"] if layer.inset else []), *map(write, lengths), write(layer.color)])


def _stop(stop: GradientStop, write: Callable[[Value | Alias], str]) -> str:
    return f"{write(stop.color)} {plain(100 * stop.position, 2)}%"
