"""A token set as a file of Tokens Studio for Figma, which Penpot reads too: values are texts, first names are sets.

Both have types of their own for what lengths are for, and neither reads colours or lengths that are objects. What only
one of them has is written for Tokens Studio; Penpot leaves out types that it does not know.

Source:
  Tokens Studio, "Token types", https://docs.tokens.studio/manage-tokens/token-types
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from copy_that_orch.tokens.alias import Alias
from copy_that_orch.tokens.border import Border
from copy_that_orch.tokens.dimension import Number, plain
from copy_that_orch.tokens.formats import css_text
from copy_that_orch.tokens.formats.modes import USUAL, overrides
from copy_that_orch.tokens.formats.tree import Tree, as_json, camel_case, nested
from copy_that_orch.tokens.model import Token, TokenSet
from copy_that_orch.tokens.rules import require_sound
from copy_that_orch.tokens.shadow import Shadow, ShadowLayer
from copy_that_orch.tokens.typography import FontFamily, Typography
from copy_that_orch.tokens.values import COMPOSITES, TokenType, Value

BASE: Final = "global"
"""The set that holds all tokens."""

_THEME_GROUP: Final = "mode"
"""Of the themes of one group, one is chosen."""

_TYPES: Final[Mapping[TokenType, str]] = {
    TokenType.COLOR: "color",
    TokenType.DIMENSION: "dimension",
    TokenType.NUMBER: "number",
    TokenType.FONT_FAMILY: "fontFamilies",
    TokenType.FONT_WEIGHT: "fontWeights",
    TokenType.STROKE_STYLE: "other",
    TokenType.TYPOGRAPHY: "typography",
    TokenType.BORDER: "border",
    TokenType.SHADOW: "boxShadow",
    TokenType.GRADIENT: "color",
}

_TYPES_BY_PURPOSE: Final[Mapping[tuple[TokenType, str], str]] = {
    (TokenType.DIMENSION, "spacing"): "spacing",
    (TokenType.DIMENSION, "font-size"): "fontSizes",
    (TokenType.DIMENSION, "letter-spacing"): "letterSpacing",
    (TokenType.DIMENSION, "line-height"): "lineHeights",
    (TokenType.DIMENSION, "radius"): "borderRadius",
    (TokenType.DIMENSION, "border-width"): "borderWidth",
    (TokenType.NUMBER, "line-height"): "lineHeights",
}
"""Types of tokens by what they are for, which is their first name."""


def write(tokens: TokenSet) -> str:
    """Return the file, to be imported as a single file: the same text for equal sets, ending with a newline.

    What is different in a dark mode is a set of its own, and there is a theme for each mode.

    Raises:
      UnsoundTokensError: if the set breaks the format.
    """
    require_sound(tokens)
    sets = {BASE: tokens.tokens, **{mode: overrides(tokens, mode) for mode in tokens.modes}}
    themes = [_theme(mode, [BASE, mode]) for mode in tokens.modes]
    active = [f"{_THEME_GROUP}/{USUAL}"] if themes else []
    return as_json(
        {
            **{name: nested((one.path, _leaf(tokens, one)) for one in members) for name, members in sets.items()},
            "$themes": [_theme(USUAL, [BASE]), *themes] if themes else [],
            # What is active is for Penpot, which would use nothing of a file that does not say.
            "$metadata": {"tokenSetOrder": list(sets), "activeSets": [BASE], "activeThemes": active},
        }
    )


def _theme(name: str, sets: list[str]) -> Tree:
    return {"id": name, "name": name, "group": _THEME_GROUP, "selectedTokenSets": dict.fromkeys(sets, "enabled")}


def _leaf(tokens: TokenSet, token: Token) -> Tree:
    studio_type = _TYPES_BY_PURPOSE.get((token.type, token.path[0]), _TYPES[token.type])
    leaf = {"$value": _value(tokens, token.value, studio_type), "$type": studio_type}
    return leaf if token.description is None else {**leaf, "$description": token.description}


def _value(tokens: TokenSet, value: Value | Alias, studio_type: str = "") -> Any:
    match value:
        case FontFamily(names=names):
            return ", ".join(names)
        case Number(value=ratio) if studio_type == "lineHeights":  # without a unit it would be pixels
            return f"{plain(100 * ratio, 1)}%"
        case Typography() | Border():
            record = _record(tokens, value)
            if isinstance(value, Typography):  # not a reference: Penpot has no line heights by themselves
                record["lineHeight"] = _value(tokens, tokens.resolve(value.line_height), "lineHeights")
            return record
        case Shadow(layers=layers):
            written = [_layer(tokens, layer) for layer in layers]
            return written[0] if len(written) == 1 else written
        case _:
            return css_text.write_value(value, str)


def _record(tokens: TokenSet, record: Typography | Border | ShadowLayer) -> Tree:
    return {camel_case(name): _value(tokens, getattr(record, name)) for name in COMPOSITES[type(record)]}


def _layer(tokens: TokenSet, layer: ShadowLayer) -> Tree:
    written = _record(tokens, layer)
    offsets = {"x": written.pop("offsetX"), "y": written.pop("offsetY")}
    return {"type": "innerShadow" if layer.inset else "dropShadow", **offsets, **written}
