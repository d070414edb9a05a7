"""CSS custom properties, read back with a CSS parser."""

from __future__ import annotations

import attrs
import pytest
import tinycss2  # type: ignore[import-untyped]  # it has no types
from hypothesis import given, settings
from hypothesis import strategies as st

from copy_that_orch.tokens.alias import Alias
from copy_that_orch.tokens.border import Border, StrokeStyle
from copy_that_orch.tokens.color import Color
from copy_that_orch.tokens.dimension import Dimension, Number
from copy_that_orch.tokens.formats import FORMATS, css
from copy_that_orch.tokens.gradient import Gradient, GradientStop
from copy_that_orch.tokens.merge import merge
from copy_that_orch.tokens.model import Screen, Token, TokenSet, TokenType
from copy_that_orch.tokens.rules import UnsoundTokensError, check, errors_of
from copy_that_orch.tokens.shadow import Shadow, ShadowLayer
from copy_that_orch.tokens.typography import FontFamily, FontWeight, Typography
from tests.unit.tokens import strategies as made
from tests.unit.tokens.samples import EVERY_TYPE, IN_TWO_MODES

BLUE = Color.from_hex("#2563eb")


def properties(text: str) -> dict[str, str]:
    """Names and values that a parser reads; fails if it finds anything but declarations, comments, and a dark mode."""
    rule, *modes = tinycss2.parse_stylesheet(text, skip_comments=True, skip_whitespace=True)
    assert rule.type == "qualified-rule"
    assert tinycss2.serialize(rule.prelude).strip() == ":root"
    assert [(mode.type, mode.at_keyword) for mode in modes] in ([], [("at-rule", "media")])
    found: dict[str, str] = {}
    for declaration in tinycss2.parse_blocks_contents(rule.content, skip_comments=True, skip_whitespace=True):
        assert declaration.type == "declaration"
        assert declaration.name not in found
        assert not any(node.type == "error" for node in declaration.value)
        found[declaration.name] = tinycss2.serialize(declaration.value).strip()
    assert found.pop("color-scheme", None) in (["light dark"] if modes else [None, "dark"])
    return found


def test_a_token_of_each_kind() -> None:
    """Exact text: what refers to others after them; a style of text in the form of `font`, and each part by itself."""
    body = Typography(
        font_family=FontFamily(["Helvetica Neue", "sans-serif"]),
        font_size=Alias(("font-size", "16")),
        font_weight=FontWeight(600),
        letter_spacing=Dimension(-0.1, "rem"),
        line_height=Number(1.33333),
    )
    tokens = TokenSet(
        [
            Token(("color", "blue", "450"), TokenType.COLOR, BLUE, description="The brand."),
            Token(("color", "link"), TokenType.COLOR, Alias(("color", "blue", "450"))),
            Token(("color", "veil"), TokenType.COLOR, Color.from_hex("#00000080")),
            Token(("font-size", "16"), TokenType.DIMENSION, Dimension(16)),
            Token(("typography", "body"), TokenType.TYPOGRAPHY, body),
            Token(("typography", "text"), TokenType.TYPOGRAPHY, Alias(("typography", "body"))),
        ]
    )
    assert FORMATS["css"].write(tokens) == (
        """\
/* Made from screenshots by copy_that_orch. To change it, run it again. */
:root {
  /* The brand. */
  --color-blue-450: #2563eb;
  --color-veil: #00000080;

  --font-size-16: 16px;

  --color-link: var(--color-blue-450);

  --typography-body: 600 var(--font-size-16)/1.333 "Helvetica Neue", sans-serif;
  --typography-body-font-family: "Helvetica Neue", sans-serif;
  --typography-body-font-size: var(--font-size-16);
  --typography-body-font-weight: 600;
  --typography-body-letter-spacing: -0.1rem;
  --typography-body-line-height: 1.333;
  --typography-text: var(--typography-body);
  --typography-text-font-family: var(--typography-body-font-family);
  --typography-text-font-size: var(--typography-body-font-size);
  --typography-text-font-weight: var(--typography-body-font-weight);
  --typography-text-letter-spacing: var(--typography-body-letter-spacing);
  --typography-text-line-height: var(--typography-body-line-height);
}
"""
    )


def test_shadows_gradients_and_borders_as_css_writes_them() -> None:
    """A gradient whose angle is not known has none, and runs to the bottom."""
    layer = ShadowLayer(Color.from_hex("#0000001a"), Dimension(0), Dimension(1), Dimension(2.5), Dimension(-1))
    ink = Alias(("color", "ink"))
    stops = [GradientStop(ink, 0), GradientStop(BLUE, 0.333), GradientStop(BLUE, 1)]
    tokens = TokenSet(
        [
            Token(("border",), TokenType.BORDER, Border(ink, Dimension(1), "dashed")),
            Token(ink.path, TokenType.COLOR, Color(0, 0, 0)),
            Token(("gradient", "a"), TokenType.GRADIENT, Gradient(stops, 45.5)),
            Token(("gradient", "b"), TokenType.GRADIENT, Gradient(stops[1:])),
            Token(("shadow",), TokenType.SHADOW, Shadow([layer, attrs.evolve(layer, color=ink, inset=True)])),
            Token(("stroke",), TokenType.STROKE_STYLE, StrokeStyle.DOTTED),
        ]
    )
    assert properties(css.write(tokens)) == {
        "--border": "1px dashed var(--color-ink)",
        "--color-ink": "#000000",
        "--gradient-a": "linear-gradient(45.5deg, var(--color-ink) 0%, #2563eb 33.3%, #2563eb 100%)",
        "--gradient-b": "linear-gradient(#2563eb 33.3%, #2563eb 100%)",
        "--shadow": "0px 1px 2.5px -1px #0000001a, inset 0px 1px 2.5px -1px var(--color-ink)",
        "--stroke": "dotted",
    }


def test_nothing_makes_an_empty_rule() -> None:
    """Which is valid CSS."""
    assert css.write(TokenSet()).endswith("*/\n:root {\n}\n")


@pytest.mark.parametrize(
    "text", ["*/ } body { color: red }", "\n", "\"'\\", "\\", "</style>", "\x00\x07\x7f", "\r\f", "\ud800", "a", "f00"]
)
def test_texts_from_outside_stay_where_they_are_put(text: str) -> None:
    """In names, fonts and descriptions; what CSS cannot hold is replaced as its parsers do."""
    name = f"x{text}1" if "." not in text else "x"
    tokens = TokenSet(
        [
            Token((name.translate({ord("{"): "(", ord("}"): ")"}),), TokenType.COLOR, BLUE, description=text),
            Token(("font",), TokenType.FONT_FAMILY, FontFamily(["A" + text])),
        ]
    )
    found = properties(css.write(tokens))
    kept = text.translate({0: "\ufffd", 0xD800: "\ufffd"})
    expected = "--x" + kept.translate({ord("{"): "(", ord("}"): ")"}) + "1"
    assert found[expected] == "#2563eb"
    (font,) = tinycss2.parse_component_value_list(found["--font"])
    assert font.value == "A" + kept


def test_two_properties_of_one_name_are_refused() -> None:
    """Rather than one of them silently winning."""
    body = Typography(
        font_family=FontFamily("Inter"),
        font_size=Dimension(16),
        font_weight=FontWeight(400),
        letter_spacing=Dimension(0),
        line_height=Number(1.5),
    )
    tokens = TokenSet(
        [Token(("body",), TokenType.TYPOGRAPHY, body), Token(("body-font-size",), TokenType.DIMENSION, Dimension(1))]
    )
    with pytest.raises(ValueError, match="two CSS properties would be named --body-font-size"):
        css.write(tokens)


def test_a_set_that_breaks_the_format_is_refused() -> None:
    """A reference to nothing would be a property that silently does nothing."""
    with pytest.raises(UnsoundTokensError, match="alias-dangling"):
        css.write(TokenSet([Token(("a",), TokenType.COLOR, Alias(("b",)))]))


@given(st.lists(made.extracted_sets(), max_size=3))
@settings(max_examples=40, deadline=None)
def test_every_token_of_a_merged_set_is_a_property(sets: list[TokenSet]) -> None:
    """As a CSS parser reads it; colours, lengths and numbers with their values."""
    merged = merge(sets)
    found = properties(css.write(merged))
    styles = sum(token.type is TokenType.TYPOGRAPHY for token in merged)
    assert len(found) == len(merged) + 5 * styles
    for token in merged:
        value = found["--" + "-".join(token.path)]
        if isinstance(token.value, Color):
            assert Color.from_hex(value) == token.value
        elif isinstance(token.value, Dimension):
            (parsed,) = tinycss2.parse_component_value_list(value)
            assert (parsed.type, parsed.unit) == ("dimension", token.value.unit)
            assert parsed.value == pytest.approx(token.value.value, abs=1e-4)


@given(made.extracted_sets())
@settings(max_examples=40, deadline=None)
def test_any_legal_name_is_one_property(tokens: TokenSet) -> None:
    """Escaped, a parser gives it back."""
    if not errors_of(check(tokens)):
        found = properties(css.write(tokens))
        assert {"--" + "-".join(token.path) for token in tokens} <= set(found)


def test_a_dark_mode_follows_the_preference_of_the_reader() -> None:
    """What is different there, and nothing else; the browser's own parts follow too."""
    text = css.write(IN_TWO_MODES)
    usual, dark = text.split("@media (prefers-color-scheme: dark) {\n")
    assert usual.replace("  color-scheme: light dark;\n\n", "") == css.write(EVERY_TYPE) + "\n"
    assert properties(dark.rstrip("}\n") + "}") == {
        "--color-neutral-1000-a10": "#ffffff1a",
        "--color-text-default": "var(--color-neutral-0)",
        "--shadow-pressed": "var(--shadow-card)",
        "--typography-button": "var(--typography-heading)",
        "--typography-button-font-family": "var(--typography-heading-font-family)",
        "--typography-button-font-size": "var(--typography-heading-font-size)",
        "--typography-button-font-weight": "var(--typography-heading-font-weight)",
        "--typography-button-letter-spacing": "var(--typography-heading-letter-spacing)",
        "--typography-button-line-height": "var(--typography-heading-line-height)",
    }


def test_modes_of_other_names_ask_an_attribute() -> None:
    """Whatever they are called."""
    tokens = TokenSet([Token(("a",), TokenType.COLOR, BLUE, modes={'"]{': Color(0, 0, 0)})])
    assert css.write(tokens).endswith(':root[data-mode="\\"]{"] {\n  --a: #000000;\n}\n')


@pytest.mark.parametrize(
    ("themes", "scheme"),
    [([], ""), (["light"], ""), (["light", "dark"], ""), (["dark", "dark"], "  color-scheme: dark;\n\n")],
)
def test_a_product_that_is_always_dark_says_so(themes: list[str], scheme: str) -> None:
    """Or its scroll bars and fields would be white."""
    screens = [Screen(f"{number}.png", theme, 10, 10) for number, theme in enumerate(themes)]
    text = css.write(TokenSet([Token(("a",), TokenType.COLOR, BLUE)], screens=screens))
    assert text.endswith(f"\n:root {{\n{scheme}  --a: #2563eb;\n}}\n")
