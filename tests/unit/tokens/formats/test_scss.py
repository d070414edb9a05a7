"""SCSS, as text; Sass itself reads it in tests/consumers."""

from __future__ import annotations

import pytest

from copy_that_orch.tokens.color import Color
from copy_that_orch.tokens.dimension import Dimension, Number
from copy_that_orch.tokens.formats import scss
from copy_that_orch.tokens.model import Token, TokenSet, TokenType
from copy_that_orch.tokens.typography import FontFamily, FontWeight, Typography
from tests.unit.tokens.samples import EVERY_TYPE, IN_TWO_MODES, alias, harmful, token

BLUE = Color.from_hex("#2563eb")


def test_variables_a_map_and_a_mixin() -> None:
    """Exact text: a variable comes after those that it refers to."""
    body = Typography(
        font_family=FontFamily(["Inter", "sans-serif"]),
        font_size=alias("size"),
        font_weight=FontWeight(600),
        letter_spacing=Dimension(0),
        line_height=Number(1.5),
    )
    tokens = TokenSet(
        [
            Token(("color", "accent"), TokenType.COLOR, alias("color.blue.500")),
            token("color.blue.500", BLUE, "The brand."),
            token("body", body),
            token("size", Dimension(16)),
        ]
    )
    assert scss.write(tokens) == (
        """\
// Made from screenshots by copy_that_orch. To change it, run it again.

// The brand.
$color-blue-500: #2563eb;

$size: 16px;

$body: (
  "font-family": ("Inter", sans-serif),
  "font-size": $size,
  "font-weight": 600,
  "letter-spacing": 0px,
  "line-height": 1.5,
);

$color-accent: $color-blue-500;

// All of them, by group and name: map.get($tokens, "spacing", "md").
$tokens: (
  "body": (
    "body": $body,
  ),
  "color": (
    "accent": $color-accent,
    "blue-500": $color-blue-500,
  ),
  "size": (
    "size": $size,
  ),
);

// Sets text in a style: @include typography($body).
@mixin typography($style) {
  @each $property, $value in $style {
    #{$property}: $value;
  }
}
"""
    )


def test_composites_refer_to_variables() -> None:
    """As CSS writes them."""
    text = scss.write(EVERY_TYPE)
    assert "$border-drop-zone: 2px $stroke-drop-zone $color-accent;\n" in text
    assert "$gradient-hero: linear-gradient(135deg, $color-accent 0%, #7c3aed 62.5%);\n" in text
    assert "$shadow-pressed: inset 1px 1px 1px 1px #00000033;\n" in text
    assert "$shadow-raised: $shadow-card;\n" in text


def test_a_set_without_styles_of_text_has_no_mixin() -> None:
    """Nothing to use it with."""
    assert "@mixin" not in scss.write(TokenSet([token("color.blue", BLUE)]))


@pytest.mark.parametrize(
    ("name", "variable"),
    [("2nd", r"$\32 nd"), ("_private", r"$\_private"), ("--", r"$\--"), ("a b", r"$a\ b"), ("Größe", "$Größe")],
)
def test_names_that_sass_would_misread_are_escaped(name: str, variable: str) -> None:
    """A digit cannot begin one; what begins with a hyphen or an underscore would be private."""
    assert scss.variable_name((name,)) == variable


def test_expressions_in_texts_are_none() -> None:
    """`#{` in the name of a font and as a key."""
    text = scss.write(harmful("#{1 + 1}"))
    assert r'"\#{1 + 1}", serif' in text
    assert r'"\#(1 + 1)": $color-\#\(1\ \+\ 1\),' in text


def test_a_description_stays_a_comment() -> None:
    """Whatever lines it has."""
    assert "// a b c d\n" in scss.write(harmful("a\r\nb\tc\fd"))


def test_names_that_sass_takes_for_one_are_refused() -> None:
    """It sees no difference between a hyphen and an underscore."""
    with pytest.raises(ValueError, match=r"'a_b' and 'a-b' would be one variable in Sass"):
        scss.write(TokenSet([token("a-b", BLUE), token("a_b", BLUE)]))
    with pytest.raises(ValueError, match=r"'modes' would be \$modes in Sass, which the file has itself; rename it"):
        scss.write(TokenSet([token("modes", BLUE)]))


def test_modes_are_a_map_of_what_is_different() -> None:
    """As it is there, also because of what it refers to; lists and styles of text are parts of it."""
    text = scss.write(IN_TWO_MODES)
    usual, modes = text.split('// What is different in each mode: map.deep-merge($tokens, map.get($modes, "dark")).\n')
    assert usual == scss.write(EVERY_TYPE).split("// Sets text")[0]
    assert modes.split("\n\n")[0] == (
        """\
$modes: (
  "dark": (
    "border": (
      "card": 1px solid #ffffff1a,
    ),
    "color": (
      "neutral-1000-a10": #ffffff1a,
      "text-default": #ffffff,
    ),
    "gradient": (
      "veil": linear-gradient(#ffffff1a 0%, #00000000 100%),
    ),
    "shadow": (
      "card": (0px 1px 2px 0px #ffffff1a, 0px 4px 8px -2px #00000033),
      "pressed": (0px 1px 2px 0px #ffffff1a, 0px 4px 8px -2px #00000033),
      "raised": (0px 1px 2px 0px #ffffff1a, 0px 4px 8px -2px #00000033),
    ),
    "typography": (
      "button": (
        "font-family": ("Inter", sans-serif),
        "font-size": 32px,
        "font-weight": 700,
        "letter-spacing": -0.25px,
        "line-height": 1.25,
      ),
    ),
  ),
);"""
    )
