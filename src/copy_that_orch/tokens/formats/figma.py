"""A token set as variables of Figma, in the form in which Figma itself exports and imports them.

Variables are colours, numbers and texts; a number that is a length is in pixels. A style of text, a border or a shadow
becomes a group of variables, to be bound one by one. Of a gradient the colours are variables, its line cannot be one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final, cast

import attrs

from copy_that_orch.tokens.alias import Alias, Path
from copy_that_orch.tokens.color import Color
from copy_that_orch.tokens.dimension import Dimension, Number, Unit, plain
from copy_that_orch.tokens.formats.modes import USUAL
from copy_that_orch.tokens.formats.tree import Tree, as_json, nested
from copy_that_orch.tokens.formats.w3c import color_object
from copy_that_orch.tokens.model import Token, TokenSet
from copy_that_orch.tokens.naming import kebab
from copy_that_orch.tokens.rules import require_sound
from copy_that_orch.tokens.typography import FontFamily, FontWeight, Typography
from copy_that_orch.tokens.values import TokenType, Value, parts

ROOT_FONT_SIZE: Final = 16
"""Pixels that one `rem` stands for: the size of text that browsers begin with."""

MODE: Final = "default"
"""Name of the only mode."""

_SCOPES: Final[Mapping[tuple[str, str], tuple[str, ...]]] = {
    ("color", "background"): ("FRAME_FILL", "SHAPE_FILL"),
    ("color", "surface"): ("FRAME_FILL", "SHAPE_FILL"),
    ("color", "text"): ("TEXT_FILL", "SHAPE_FILL"),  # a shape may be an icon
    ("color", "border"): ("STROKE_COLOR",),
    ("spacing", ""): ("GAP",),
    ("radius", ""): ("CORNER_RADIUS",),
    ("border-width", ""): ("STROKE_FLOAT",),
    ("font-size", ""): ("FONT_SIZE",),
    ("font-weight", ""): ("FONT_WEIGHT",),
    ("font-family", ""): ("FONT_FAMILY",),
    ("letter-spacing", ""): ("LETTER_SPACING",),
    ("line-height", ""): (),  # a number would be pixels there, and this one is a multiple
    ("typography", "font-family"): ("FONT_FAMILY",),
    ("typography", "font-size"): ("FONT_SIZE",),
    ("typography", "font-weight"): ("FONT_WEIGHT",),
    ("typography", "letter-spacing"): ("LETTER_SPACING",),
    ("typography", "line-height"): ("LINE_HEIGHT",),
    ("border", "color"): ("STROKE_COLOR",),
    ("border", "width"): ("STROKE_FLOAT",),
    ("shadow", "color"): ("EFFECT_COLOR",),
    **{("shadow", part): ("EFFECT_FLOAT",) for part in ("offset-x", "offset-y", "blur", "spread")},
}
"""Where Figma offers a variable: by first name and group, or by the type of what it is a part of, and part."""

_EVERYWHERE: Final = ("ALL_SCOPES",)

_KINDS: Final = {TokenType.COLOR: "color", TokenType.FONT_FAMILY: "string", TokenType.STROKE_STYLE: "string"}
"""Types of variables; what is not here is a number."""


def write(tokens: TokenSet) -> str:
    """Return the file of the usual mode: the same text for equal sets, ending with a newline.

    Raises:
      UnsoundTokensError: if the set breaks the format.
    """
    return _write(tokens, USUAL if tokens.modes else MODE)


def others(tokens: TokenSet) -> dict[str, str]:
    """Return a file for each other mode, e.g. `figma.dark.json`."""
    return {f"figma.{kebab(mode)}.json": _write(tokens.in_mode(mode), mode) for mode in tokens.modes}


def _write(tokens: TokenSet, mode: str) -> str:
    require_sound(tokens)
    variables = [variable for token in tokens for variable in _variables(tokens, token)]
    return as_json(
        {
            **nested((variable.path, _leaf(variable)) for variable in variables),
            "$extensions": {"com.figma.modeName": mode},
        }
    )


@attrs.frozen
class _Variable:
    path: Path
    type: TokenType
    value: Value | Alias
    scopes: tuple[str, ...]
    description: str | None = None


def _variables(tokens: TokenSet, token: Token) -> Iterator[_Variable]:
    """Yield what a token becomes: one variable, or one for each of its parts."""
    whole = tokens.resolve(token.value)
    composed = list(parts(whole))
    if not composed:
        group = token.path[1] if len(token.path) > 2 else ""
        scopes = _SCOPES.get((token.path[0], group)) or _SCOPES.get((token.path[0], ""), _EVERYWHERE)
        yield _Variable(token.path, token.type, token.value, scopes, token.description)
    for place, of, part in composed:
        names = _names(place)
        variable = _Variable((*token.path, *names), of, part, _SCOPES.get((token.type, names[-1]), _EVERYWHERE))
        if isinstance(token.value, Alias):
            variable = attrs.evolve(variable, value=Alias((*token.value.path, *names)))
        elif isinstance(whole, Typography) and place == "line_height":
            variable = attrs.evolve(variable, type=TokenType.DIMENSION, value=_line_height(tokens, whole))
        yield variable


def _names(place: str) -> Path:
    """Return names for a part: `font-size`; in a list, which may be longer in another mode, `1`, `color`."""
    listed = re.fullmatch(r"\w+\[(\d+)\]\.(\w+)", place)
    names = [place] if listed is None else [str(int(listed[1]) + 1), listed[2]]
    return tuple(name.replace("_", "-") for name in names)


def _line_height(tokens: TokenSet, style: Typography) -> Dimension:
    """Return the line height of a style of text as a length, for numbers are pixels in Figma."""
    ratio = cast("Number", tokens.resolve(style.line_height))  # the rules have seen to the types
    size = cast("Dimension", tokens.resolve(style.font_size))
    return Dimension(round(ratio.value * size.value, 2), size.unit)


def _leaf(variable: _Variable) -> Tree:
    described = {} if variable.description is None else {"$description": variable.description}
    return {
        "$type": _KINDS.get(variable.type, "number"),
        "$value": _written(variable.value),
        **described,
        "$extensions": {"com.figma.scopes": list(variable.scopes)},
    }


def _written(value: Value | Alias) -> Any:
    match value:
        case Color():
            return color_object(value)
        case Dimension(value=length, unit=unit):
            return plain(length * (ROOT_FONT_SIZE if unit is Unit.REM else 1), 4)
        case Number(value=number) | FontWeight(value=number):
            return plain(number, 3)
        case FontFamily(names=(first, *_)):
            return first
        case _:
            return str(value)
