"""Final names."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from copy_that_orch.tokens.alias import Alias
from copy_that_orch.tokens.border import Border, StrokeStyle
from copy_that_orch.tokens.color import Color
from copy_that_orch.tokens.dimension import Dimension, Number
from copy_that_orch.tokens.gradient import Gradient, GradientStop
from copy_that_orch.tokens.model import Token, TokenType
from copy_that_orch.tokens.naming import Namer, kebab, purpose
from copy_that_orch.tokens.shadow import Shadow, ShadowLayer
from copy_that_orch.tokens.typography import FontFamily, FontWeight, Typography
from copy_that_orch.tokens.values import Value
from tests.unit.tokens import strategies as made

BLACK = Color.from_hex("#000000")


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


def test_shades_run_from_white_to_black() -> None:
    """In Tailwind's steps; one that is taken already is told more finely."""
    found = named(
        TokenType.COLOR, *colors("#ffffff", "#2563eb", "#000000", "#fdfdfd", "#fcfcfc", "#ffffff"), path=("color",)
    )
    assert found == [
        "color.neutral.0",
        "color.blue.600",
        "color.neutral.1000",
        "color.neutral.20",
        "color.neutral.50",
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
    """A reference keeps the name that it came with."""
    families = (FontFamily(["Helvetica Neue", "sans-serif"]), FontFamily("字"), FontFamily([]))
    assert named(TokenType.FONT_FAMILY, *families, path=("font-family", "Body")) == [
        "font-family.helvetica-neue",
        "font-family.font",
        "font-family.font-2",
    ]
    assert named(TokenType.COLOR, Alias(("a",)), path=("color", "textDefault")) == ["color.text-default"]


def shadow(*layers: tuple[float, float, bool], color: Color | Alias = BLACK) -> Shadow:
    """A shadow of layers with this offset down and blur."""
    zero = Dimension(0)
    return Shadow([ShadowLayer(color, zero, Dimension(y), Dimension(blur), zero, inset) for y, blur, inset in layers])


def test_shadows_have_sizes() -> None:
    """By the widest layer; of the same size, the blur and then the offset tells them apart."""
    shadows = (
        shadow((1, 2, False)),
        shadow((1, 1, False), (4, 6, False)),
        shadow((8, 10, False)),
        shadow((2, 10, False)),
        shadow((0, 60, False)),
        shadow((1, 3, True)),
        shadow((-0.25, 0, False)),
        Shadow([]),
    )
    assert named(TokenType.SHADOW, *shadows, path=("shadow", "1")) == [
        "shadow.xs",
        "shadow.md",
        "shadow.md-10",
        "shadow.md-10-2",
        "shadow.2xl",
        "shadow.inset-sm",
        "shadow.2xs",
        "shadow.2xs-0",
    ]


def test_gradients_are_named_by_the_colours_that_they_run_through() -> None:
    """Families, not shades; the angle tells those of the same colours apart."""
    blue, light, purple = colors("#2563eb", "#93c5fd", "#9333ea")
    gradients = (
        Gradient([GradientStop(light, 0), GradientStop(blue, 0.5), GradientStop(purple, 1)], 90),
        Gradient([GradientStop(blue, 0), GradientStop(purple, 1)], 22.5),
        Gradient([GradientStop(blue, 0), GradientStop(light, 1)]),
        Gradient([GradientStop(blue, 0), GradientStop(light, 1)]),
        Gradient([GradientStop(blue, 0), GradientStop(Alias(("brand",)), 1)]),
    )
    assert named(TokenType.GRADIENT, *gradients, path=("gradient", "1")) == [
        "gradient.blue-purple",
        "gradient.blue-purple-22-5",
        "gradient.blue",
        "gradient.blue-2",
        "gradient.blue-brand",
    ]


def test_borders_and_styles_of_text_are_named_by_their_parts() -> None:
    """What goes without saying, one solid pixel, is not said."""
    (grey,) = colors("#d1d5db")
    borders = (
        Border(grey, Dimension(1)),
        Border(grey, Dimension(2), "dashed"),
        Border(Alias(("color", "line")), Alias(("width", "thin"))),
    )
    assert named(TokenType.BORDER, *borders, path=("border", "1")) == [
        "border.neutral-300",
        "border.neutral-300-2px-dashed",
        "border.line-thin",
    ]
    styles = [
        Typography(
            font_family=family,
            font_size=Dimension(16),
            font_weight=weight,
            letter_spacing=Dimension(0),
            line_height=Number(height),
        )
        for family, weight, height in (
            (FontFamily("Inter"), FontWeight(600), 1.5),
            (FontFamily("Inter"), FontWeight(600), 1.25),
            (FontFamily("Fira Code"), FontWeight(600), 1.25),
            (FontFamily([]), FontWeight(600), 1.25),
            (FontFamily("Inter"), FontWeight(450), 1.5),
            (FontFamily("Inter"), Alias(("weight", "heavy")), 1.5),
        )
    ]
    assert named(TokenType.TYPOGRAPHY, *styles, path=("typography", "1")) == [
        "typography.16-semi-bold",
        "typography.16-semi-bold-1-25",
        "typography.16-semi-bold-1-25-fira-code",
        "typography.16-semi-bold-1-25-font",
        "typography.16-450",
        "typography.16-heavy",
    ]


def test_names_of_parts_are_found_behind_references() -> None:
    """To what was named before."""
    namer = Namer()
    ground = namer.name(Token(("color", "1"), TokenType.COLOR, Color.from_hex("#2563eb")))
    blur = namer.name(Token(("blur", "1"), TokenType.DIMENSION, Dimension(25)))
    border = Token(("border", "1"), TokenType.BORDER, Border(Alias(ground), Dimension(1)))
    layer = ShadowLayer(Alias(ground), Dimension(0), Dimension(0), Alias(blur), Dimension(0))
    assert ".".join(namer.name(border)) == "border.blue-600"
    deep = Token(("shadow", "1"), TokenType.SHADOW, Shadow([layer]))
    assert namer.claim(deep) == 0
    assert ".".join(namer.name(deep)) == "shadow.xl"


def test_strokes_and_full_radii() -> None:
    """9999 pixels are a way to say: as round as can be."""
    assert named(TokenType.STROKE_STYLE, StrokeStyle.DASHED, path=("stroke", "1")) == ["stroke.dashed"]
    radii = (Dimension(9999), Dimension(40, "rem"), Dimension(499))
    assert named(TokenType.DIMENSION, *radii, path=("radius", "1")) == ["radius.full", "radius.full-2", "radius.499"]
    assert named(TokenType.DIMENSION, Dimension(9999), path=("spacing", "1")) == ["spacing.9999"]


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
