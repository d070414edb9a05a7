"""Where a token stands in a report, and how it is drawn there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import attrs

from copy_that_orch.tokens.alias import Alias
from copy_that_orch.tokens.color import Color
from copy_that_orch.tokens.difference import to_oklch
from copy_that_orch.tokens.dimension import Dimension, Number, Unit
from copy_that_orch.tokens.formats.css import css_value
from copy_that_orch.tokens.formats.html.cards import Card, resolved
from copy_that_orch.tokens.model import Token, TokenSet, TokenType
from copy_that_orch.tokens.typography import FontWeight, Typography
from copy_that_orch.tokens.values import Value

ROOT_SIZE: Final = 16.0
"""CSS pixels of a `rem` where nobody says otherwise."""

GREY_CHROMA: Final = 0.05
"""OKLCH chroma below which the strongest of a family of colours is a grey."""

WHEEL_START: Final = 10.0
"""Degrees of OKLCH where the wheel begins: between pink, which comes last, and red."""


@attrs.frozen(kw_only=True)
class Group:
    """Cards that stand together under one name."""

    name: str
    cards: tuple[Card, ...]


@attrs.frozen(kw_only=True)
class Section:
    """A chapter of the report.

    Attributes:
      id: Of its element.
      title: For people.
      groups: At least one, each with at least one card.
    """

    id: str
    title: str
    groups: tuple[Group, ...]

    @property
    def count(self) -> int:
        """How many tokens it has."""
        return sum(len(group.cards) for group in self.groups)


TITLES: Final = {
    "roles": "Semantic colours",
    "palette": "Palette",
    "type": "Typography",
    "spacing": "Spacing",
    "radii": "Radii",
    "borders": "Borders",
    "shadows": "Shadows",
    "gradients": "Gradients",
    "other": "Other",
}
"""The sections in their order, and what they are called."""

_NUMBERS: Final = {
    "font-size": ("type", "Sizes"),
    "letter-spacing": ("type", "Letter spacing"),
    "line-height": ("type", "Line heights"),
    "spacing": ("spacing", "Scale"),
    "radius": ("radii", "Scale"),
    "border-width": ("borders", "Widths"),
}
"""Where lengths and numbers stand, by the first name of their path."""

_TYPES: Final = {
    TokenType.TYPOGRAPHY: ("type", "Styles"),
    TokenType.FONT_FAMILY: ("type", "Families"),
    TokenType.FONT_WEIGHT: ("type", "Weights"),
    TokenType.STROKE_STYLE: ("borders", "Line styles"),
    TokenType.BORDER: ("borders", "Borders"),
    TokenType.SHADOW: ("shadows", "Scale"),
    TokenType.GRADIENT: ("gradients", "All"),
}

_GROUPS: Final = (
    *("Styles", "Sizes", "Weights", "Line heights", "Letter spacing", "Families"),
    *("Scale", "Widths", "Line styles", "Borders", "All"),
)
"""The order of the groups in a section that is not about colours."""


def place_of(token: Token) -> tuple[str, str]:
    """Return the section and the group that a token stands in."""
    if token.type is TokenType.COLOR:
        family = token.path[1] if len(token.path) > 2 else token.path[0]
        return ("roles" if isinstance(token.value, Alias) else "palette"), family
    if token.type in (TokenType.DIMENSION, TokenType.NUMBER):
        return _NUMBERS.get(token.path[0], ("other", token.path[0]))
    return _TYPES[token.type]


def sections_of(tokens: TokenSet, cards: tuple[Card, ...]) -> tuple[Section, ...]:
    """Return the sections that have tokens, in the order of `TITLES`; `cards` are those of `tokens`."""
    found: dict[str, dict[str, list[tuple[Token, Card]]]] = {}
    for token, card in zip(tokens, cards, strict=True):
        section, group = place_of(token)
        found.setdefault(section, {}).setdefault(group, []).append((token, card))
    return tuple(
        Section(
            id=section,
            title=TITLES[section],
            groups=tuple(
                Group(name=name, cards=tuple(card for _, card in _in_order(tokens, name, found[section][name])))
                for name in sorted(found[section], key=lambda name: _rank(tokens, section, name, found[section][name]))
            ),
        )
        for section in TITLES
        if section in found
    )


def _rank(tokens: TokenSet, section: str, name: str, members: list[tuple[Token, Card]]) -> tuple[float, str]:
    """Return where a group stands: neutrals first, then the families of colours around the wheel."""
    if section == "palette":
        shades = [to_oklch(value) for token, _ in members if isinstance(value := resolved(tokens, token), Color)]
        strongest = max(shades, key=lambda shade: shade[1])
        return (-1.0 if strongest[1] < GREY_CHROMA else (strongest[2] - WHEEL_START) % 360), name
    return float(_GROUPS.index(name) if name in _GROUPS else 0), name


def _in_order(tokens: TokenSet, group: str, members: list[tuple[Token, Card]]) -> list[tuple[Token, Card]]:
    """Return lengths by their size, what text is set in from the largest to the smallest; the rest as it is."""
    falling = group in ("Sizes", "Styles")
    return sorted(members, key=lambda member: -_length(tokens, member[0]) if falling else _length(tokens, member[0]))


def _length(tokens: TokenSet, token: Token) -> float:
    match resolved(tokens, token):
        case Dimension() as length:
            return pixels_of(length)
        case Typography(font_size=Dimension() as size):
            return pixels_of(size)
        case Number(value=number) | FontWeight(value=number):
            return number
        case _:
            return 0.0


def pixels_of(length: Dimension) -> float:
    """Return a length in CSS pixels."""
    return length.value * (ROOT_SIZE if length.unit is Unit.REM else 1.0)


_PROPERTIES: Final = {
    "Sizes": "font-size",
    "Letter spacing": "letter-spacing",
    "Line heights": "line-height",
    "Widths": "block-size",
}
"""The CSS property that shows the numbers of a group, where that is not the section's own."""

_SECTION_PROPERTIES: Final = {"spacing": "inline-size", "radii": "border-radius"}

_TYPE_PROPERTIES: Final = {
    TokenType.COLOR: "--value",
    TokenType.TYPOGRAPHY: "font",
    TokenType.FONT_FAMILY: "font-family",
    TokenType.FONT_WEIGHT: "font-weight",
    TokenType.STROKE_STYLE: "border-top-style",
    TokenType.BORDER: "border",
    TokenType.SHADOW: "box-shadow",
    TokenType.GRADIENT: "background-image",
}


def declarations(token: Token, value: Value) -> str:
    """Return the CSS that draws a token, given its value without references; empty if there is nothing to draw.

    Nothing of it comes from outside but numbers and names of fonts, which are escaped.
    """
    section, group = place_of(token)
    text = css_value(value)
    if isinstance(value, (Dimension, Number)):
        name = _PROPERTIES.get(group) or _SECTION_PROPERTIES.get(section)
    else:
        name = _TYPE_PROPERTIES[token.type]
    more = f";letter-spacing:{css_value(value.letter_spacing)}" if isinstance(value, Typography) else ""
    return f"{name}:{text}{more}" if name else ""


def rules(tokens: TokenSet, cards: tuple[Card, ...]) -> Iterator[str]:
    """Yield a CSS rule for each token that can be drawn, and one for what it is in each other mode."""
    sets = {mode: tokens.in_mode(mode) for mode in tokens.modes}
    for token, card in zip(tokens, cards, strict=True):
        drawings = {card.rule: declarations(token, resolved(tokens, token))}
        for variant in card.variants:
            changed = token.in_mode(variant.mode)
            drawings[variant.rule] = declarations(changed, resolved(sets[variant.mode], changed))
        yield from (f".{rule}{{{drawn}}}" for rule, drawn in drawings.items() if drawn)
