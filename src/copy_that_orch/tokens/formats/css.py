"""A token set as CSS custom properties on `:root`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, assert_never

from copy_that_orch.tokens.alias import Alias, Path
from copy_that_orch.tokens.border import Border, StrokeStyle
from copy_that_orch.tokens.color import Color
from copy_that_orch.tokens.dimension import Dimension, Number, plain
from copy_that_orch.tokens.gradient import Gradient
from copy_that_orch.tokens.model import Token, TokenSet, TokenType
from copy_that_orch.tokens.rules import require_sound
from copy_that_orch.tokens.shadow import Shadow, ShadowLayer
from copy_that_orch.tokens.typography import FontFamily, FontWeight, Typography
from copy_that_orch.tokens.values import COMPOSITES, Value

_GENERIC_FAMILIES: Final = (
    *("serif", "sans-serif", "monospace", "cursive", "fantasy", "math", "system-ui"),
    *("ui-serif", "ui-sans-serif", "ui-monospace", "ui-rounded"),
)
"""Keywords; in quotes they would be names of fonts. CSS Fonts Level 4, https://www.w3.org/TR/css-fonts-4/#generic-font-families"""


def write(tokens: TokenSet) -> str:
    """Return the style sheet: the same text for equal sets, ending with a newline.

    A token becomes a property named by its path joined with hyphens, `--color-blue-600`, and a reference a `var()`. A
    style of text becomes one property in the form of CSS `font`, and one for each of its parts. Descriptions become
    comments; names and texts that come from outside are escaped.

    Raises:
      UnsoundTokensError: if the set breaks the format.
      ValueError: if two properties would have one name, e.g. a part of a style of text and another token.
    """
    require_sound(tokens)
    lines: list[str] = []
    taken: set[str] = set()
    for token in tokens:
        if token.description:
            lines.append(f"  /* {_comment(token.description)} */")
        for name, value in _properties(token):
            if name in taken:
                raise ValueError(f"two CSS properties would be named {name}, one of them for {token.name!r}; rename it")
            taken.add(name)
            lines.append(f"  {name}: {value};")
    return "\n".join([":root {", *lines, "}", ""])


def property_name(path: Path) -> str:
    """Return the name of the custom property of the token at `path`, escaped.

    Source:
      CSSOM, "serialize an identifier": https://www.w3.org/TR/cssom-1/#serialize-an-identifier
    """
    return "--" + re.sub(r"[^A-Za-z0-9_\-\u0080-\U0010ffff]", _escape, _encodable("-".join(path)))


def _properties(token: Token) -> Iterator[tuple[str, str]]:
    name = property_name(token.path)
    yield name, css_value(token.value)
    if token.type is TokenType.TYPOGRAPHY:
        for attribute in COMPOSITES[Typography]:
            part = attribute.replace("_", "-")
            if isinstance(token.value, Alias):
                yield f"{name}-{part}", f"var({property_name((*token.value.path, part))})"
            else:
                yield f"{name}-{part}", css_value(getattr(token.value, attribute))


def css_value(value: Value | Alias) -> str:
    """Return a value as CSS writes it, a reference as `var()` of its property; names of fonts are escaped."""
    match value:
        case Alias(path=path):
            return f"var({property_name(path)})"
        case Color():
            return value.hex_with_alpha
        case Dimension() | StrokeStyle():
            return str(value)
        case Number() | FontWeight():
            return str(plain(value.value, 3))
        case FontFamily(names=names):
            return ", ".join(name if name in _GENERIC_FAMILIES else _string(name) for name in names)
        case Typography() | Border() | Shadow() | Gradient():
            return _composite(value)
        case _:  # pragma: no cover -- mypy proves that there is no other
            assert_never(value)


def _composite(value: Typography | Border | Shadow | Gradient) -> str:
    match value:
        case Typography():
            size, line = css_value(value.font_size), css_value(value.line_height)
            return f"{css_value(value.font_weight)} {size}/{line} {css_value(value.font_family)}"
        case Border():
            return f"{css_value(value.width)} {css_value(value.style)} {css_value(value.color)}"
        case Shadow():
            return ", ".join(_layer(layer) for layer in value.layers)
        case Gradient():
            # CSS takes a gradient without an angle to run to the bottom.
            angle = [] if value.angle is None else [f"{plain(value.angle, 2)}deg"]
            stops = [f"{css_value(stop.color)} {plain(100 * stop.position, 2)}%" for stop in value.stops]
            return f"linear-gradient({', '.join([*angle, *stops])})"
        case _:  # pragma: no cover -- mypy proves that there is no other
            assert_never(value)


def _layer(layer: ShadowLayer) -> str:
    lengths = (layer.offset_x, layer.offset_y, layer.blur, layer.spread)
    return " ".join([*(["inset"] if layer.inset else []), *map(css_value, lengths), css_value(layer.color)])


def _string(text: str) -> str:
    escaped = re.sub(r'["\\]|[\x00-\x1f\x7f]', _escape, _encodable(text))
    return f'"{escaped}"'


def _comment(text: str) -> str:
    return re.sub(r"[\x00-\x1f\x7f]+", " ", _encodable(text)).replace("*/", "* /")


def _escape(found: re.Match[str]) -> str:
    character = found.group()
    # A control character stands for itself by its number only; the space ends the number.
    return f"\\{character}" if character.isprintable() else f"\\{ord(character):x} "


def _encodable(text: str) -> str:
    """Return `text` with what no style sheet can hold, NUL and lone surrogates, replaced as CSS parsers do."""
    return re.sub("[\x00\ud800-\udfff]", "\ufffd", text)
