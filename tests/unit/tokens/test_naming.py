"""Final names."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from copy_that_orch.tokens.alias import Alias
from copy_that_orch.tokens.color import Color
from copy_that_orch.tokens.dimension import Dimension, Number
from copy_that_orch.tokens.model import Token, TokenType
from copy_that_orch.tokens.naming import Namer, color_family, kebab, purpose
from copy_that_orch.tokens.typography import FontFamily, FontWeight
from copy_that_orch.tokens.values import Value
from tests.unit.tokens import strategies as made


def named(token_type: TokenType, *values: Value | Alias, path: tuple[str, ...] = ("x", "y")) -> list[str]:
    """Names that one namer gives to tokens with these values."""
    namer = Namer()
    return [".".join(namer.name(Token(path, token_type, value))) for value in values]


def colors(*texts: str) -> list[Color]:
    """Colours from hex."""
    return [Color.from_hex(text) for text in texts]


@pytest.mark.parametrize(
    ("text", "name"),
    [("Font Size", "font-size"), ("fontSize", "font-size"), ("Größe", "groe"), ("--a__b--", "a-b"), ("字", "token")],
)
def test_names_become_kebab_case(text: str, name: str) -> None:
    """Of what cannot be written so, something is made up."""
    assert kebab(text) == name


@pytest.mark.parametrize(
    ("text", "family"),
    [
        ("#ffffff", "neutral"),
        ("#000000", "neutral"),
        ("#6c757d", "neutral"),
        ("#0f172a", "neutral"),
        ("#64748b", "neutral"),
        ("#cbd5e1", "neutral"),
        ("#e2e8f0", "neutral"),
        ("#f1f5f9", "neutral"),
        ("#eff6ff", "blue"),
        ("#cff4fc", "cyan"),
        ("#d1e7dd", "green"),
        ("#fef2f2", "red"),
        ("#ef4444", "red"),
        ("#dc3545", "red"),
        ("#f97316", "orange"),
        ("#eab308", "yellow"),
        ("#198754", "green"),
        ("#22c55e", "green"),
        ("#14b8a6", "teal"),
        ("#0dcaf0", "cyan"),
        ("#2563eb", "blue"),
        ("#0d6efd", "blue"),
        ("#6f42c1", "purple"),
        ("#a855f7", "purple"),
        ("#d63384", "pink"),
        ("#ec4899", "pink"),
    ],
)
def test_colours_are_called_what_design_systems_call_them(text: str, family: str) -> None:
    """Tailwind's and Bootstrap's mid tones; tinted greys are grey, and tints are not."""
    assert color_family(Color.from_hex(text)) == family


def test_shades_run_from_white_to_black() -> None:
    """By lightness, in steps of fifty; one that is taken already is told more finely."""
    found = named(
        TokenType.COLOR, *colors("#ffffff", "#2563eb", "#000000", "#f8f9fa", "#fbfbfb", "#ffffff"), path=("color",)
    )
    assert found == [
        "color.neutral.0",
        "color.blue.450",
        "color.neutral.1000",
        "color.neutral.20",
        "color.neutral.10",
        "color.neutral.0-2",
    ]


def test_alpha_is_in_the_name() -> None:
    """In percent."""
    assert named(TokenType.COLOR, *colors("#00000080", "#00000000"), path=("color",)) == [
        "color.neutral.1000-a50",
        "color.neutral.1000-a0",
    ]


def test_numbers_name_themselves() -> None:
    """No dot and no sign is left in a name; what rounds to the same number is counted."""
    dimensions = (Dimension(16), Dimension(13.5), Dimension(-4), Dimension(1.5, "rem"), Dimension(16.0001))
    assert named(TokenType.DIMENSION, *dimensions, path=("spacing", "q")) == [
        "spacing.16",
        "spacing.13-5",
        "spacing.minus-4",
        "spacing.1-5rem",
        "spacing.16-2",
    ]
    assert named(TokenType.NUMBER, Number(1.5), path=("lineHeight", "q")) == ["line-height.1-5"]
    assert named(TokenType.FONT_WEIGHT, FontWeight(600), path=("font-weight", "q")) == ["font-weight.600"]


def test_fonts_are_named_by_the_most_wanted() -> None:
    """What has no such name keeps the one that it came with."""
    families = (FontFamily(["Helvetica Neue", "sans-serif"]), FontFamily("字"), FontFamily([]))
    assert named(TokenType.FONT_FAMILY, *families, path=("font-family", "Body")) == [
        "font-family.helvetica-neue",
        "font-family.font",
        "font-family.body",
    ]
    assert named(TokenType.COLOR, Alias(("a",)), path=("color", "textDefault")) == ["color.text-default"]


def test_a_token_is_no_group_and_a_group_no_token() -> None:
    """Whoever comes later gives way."""
    aliases = [
        Token(path, TokenType.COLOR, Alias(("z",)))
        for path in (("a",), ("a", "b"), ("a", "b"), ("c", "d"), ("c",), ("a-2",), ("字",))
    ]
    namer = Namer()
    assert [".".join(namer.name(token)) for token in aliases] == [
        "a",
        "a-2.b",
        "a-3.b",
        "c.d",
        "c-2",
        "a-2-2",
        "color",
    ]
    assert purpose(aliases[-1]) == "color"


@given(st.lists(made.tokens(), max_size=30))
@settings(max_examples=60, deadline=None)
def test_names_are_kebab_case_and_unique_even_when_joined(tokens: list[Token]) -> None:
    """No name is the group of another either, and the same questions get the same answers."""
    namer, again = Namer(), Namer()
    paths = [namer.name(token) for token in tokens]
    assert [again.name(token) for token in tokens] == paths
    joined = ["-".join(path) for path in paths]
    assert len(set(joined)) == len(joined)
    assert all(re.fullmatch("[a-z0-9]+(-[a-z0-9]+)*", name) for path in paths for name in path)
    groups = {path[:end] for path in paths for end in range(1, len(path))}
    assert groups.isdisjoint(paths)
    assert [path[0] for path in paths] == [purpose(token) for token in tokens]
