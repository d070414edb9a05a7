"""What is usual in a product: the radius and the border of most boxes, the styles of most text."""

from __future__ import annotations

from typing import Final

from copy_that_orch.tokens.alias import Alias
from copy_that_orch.tokens.border import Border
from copy_that_orch.tokens.color import Color
from copy_that_orch.tokens.color_names import color_family
from copy_that_orch.tokens.dimension import Dimension
from copy_that_orch.tokens.evidence import Choice, Choices, Evidence
from copy_that_orch.tokens.model import Token, TokenSet
from copy_that_orch.tokens.typography import Typography
from copy_that_orch.tokens.value_names import FULL_RADIUS_PX, pixels

HEADING: Final = 1.2
"""How many times as large as the text a heading is, at least: a minor third, the smallest step of usual type scales."""


def usual_radius(evidence: Evidence) -> Choices:
    """Return the radius of most rounded boxes that are no pills."""
    choice = evidence.choose_token(token for token in _of(evidence, "radius") if _is_corner(token))
    return {} if choice is None else {("radius", "default"): choice}


def _is_corner(token: Token) -> bool:
    return isinstance(token.value, Dimension) and 0 < pixels(token.value) < FULL_RADIUS_PX


def usual_border(evidence: Evidence, line: Choice | None) -> Choices:
    """Return the border of most boxes, if it is grey: others are around what is chosen, or wrong.

    Args:
      evidence: How tokens are used.
      line: The usual colour of lines; borders of that colour go first.
    """
    borders = [token for token in _of(evidence, "border") if _is_grey(token, evidence.tokens)]
    first = [token for token in borders if line is not None and _color_of(token) == Alias(line.token.path)]
    choice = evidence.choose_token(first) or evidence.choose_token(borders)
    return {} if choice is None else {("border", "default"): choice}


def _color_of(token: Token) -> Color | Alias | None:
    return token.value.color if isinstance(token.value, Border) else None


def _is_grey(token: Token, tokens: TokenSet) -> bool:
    color = _color_of(token)
    value = None if color is None else tokens.end_of(color)
    return isinstance(value, Color) and color_family(value) == "neutral"


def usual_styles(evidence: Evidence) -> Choices:
    """Return the style of most text, of most text that is smaller, of most headings, and the largest."""
    sizes = {token.path: _font_size(token, evidence.tokens) for token in _of(evidence, "typography")}
    tokens = [token for token in _of(evidence, "typography") if sizes[token.path] > 0]
    body = evidence.choose_token(tokens)
    if body is None:
        return {}
    size = sizes[body.token.path]
    headings = [token for token in tokens if sizes[token.path] >= HEADING * size]
    largest = max(sizes.values())
    chosen = {
        "body": body,
        "caption": evidence.choose_token(token for token in tokens if sizes[token.path] < size),
        "heading": evidence.choose_token(headings),
        "title": evidence.choose_token(token for token in headings if sizes[token.path] == largest),
    }
    return {("typography", name): choice for name, choice in chosen.items() if choice is not None}


def _of(evidence: Evidence, group: str) -> list[Token]:
    return [token for token in evidence.tokens if token.path[0] == group and not isinstance(token.value, Alias)]


def _font_size(token: Token, tokens: TokenSet) -> float:
    """Return the size of a style of text in CSS pixels; 0 if it is not known."""
    size = tokens.end_of(token.value.font_size) if isinstance(token.value, Typography) else None
    return pixels(size) if isinstance(size, Dimension) else 0.0
