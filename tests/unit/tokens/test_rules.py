"""What is valid."""

from __future__ import annotations

import pickle

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from copy_that_orch.tokens.alias import Alias
from copy_that_orch.tokens.border import Border
from copy_that_orch.tokens.color import Color
from copy_that_orch.tokens.dimension import Dimension, Number
from copy_that_orch.tokens.gradient import Gradient, GradientStop
from copy_that_orch.tokens.merge import merge
from copy_that_orch.tokens.model import ContrastPair, Severity, Token, TokenSet, TokenType
from copy_that_orch.tokens.rules import UnsoundTokensError, check, errors_of, require_sound, values_fit_their_types
from copy_that_orch.tokens.shadow import Shadow, ShadowLayer
from copy_that_orch.tokens.typography import FontFamily, FontWeight, Typography
from copy_that_orch.tokens.values import Value
from tests.unit.tokens import strategies as made

WHITE, BLUE = Color.from_hex("#ffffff"), Color.from_hex("#2563eb")
BODY = Typography(
    font_family=FontFamily(["Inter", "sans-serif"]),
    font_size=Alias(("font-size", "16")),
    font_weight=FontWeight(400),
    letter_spacing=Dimension(0),
    line_height=Number(1.5),
)
SOUND = (
    Token(("color", "blue", "450"), TokenType.COLOR, BLUE),
    Token(("color", "link"), TokenType.COLOR, Alias(("color", "blue", "450"))),
    Token(("font-size", "16"), TokenType.DIMENSION, Dimension(16)),
    Token(("typography", "body"), TokenType.TYPOGRAPHY, BODY),
)


LAYER = ShadowLayer(Color(0, 0, 0, 0.2), Dimension(-1), Dimension(-1), Dimension(0), Dimension(-4))
STOP = GradientStop(BLUE, 0)


def token(name: str, value: Value | Alias, token_type: TokenType = TokenType.COLOR) -> Token:
    """A token at a path that is written with dots."""
    return Token(tuple(name.split(".")), token_type, value)


def told(*tokens: Token, pairs: tuple[ContrastPair, ...] = ()) -> list[tuple[str, str]]:
    """Code and path of what is said about these tokens beside the sound ones."""
    return [(finding.code, finding.path) for finding in check(TokenSet([*SOUND, *tokens], pairs))]


def test_a_sound_set_has_nothing_to_tell() -> None:
    """References resolve, types fit, the text can be read."""
    tokens = TokenSet(SOUND, [ContrastPair(BLUE, WHITE)])
    assert check(tokens) == ()
    require_sound(tokens)


@pytest.mark.parametrize("name", ["", "$color", "a{b", "a}b", "a.b"])
def test_illegal_names_are_errors(name: str) -> None:
    """The format keeps these characters for itself, also in the name of a group."""
    for path in (("color", name), (name, "x")):
        (finding,) = check(TokenSet([Token(path, TokenType.COLOR, BLUE)]))
        assert (finding.severity, finding.code) == (Severity.ERROR, "name-illegal")


@pytest.mark.parametrize("name", ["Größe", "with space", "camelCase", "a--b", "-a", "a\n"])
def test_names_that_do_not_travel_are_warnings(name: str) -> None:
    """They are legal; Penpot and others refuse them."""
    (finding,) = check(TokenSet([Token(("color", name), TokenType.COLOR, BLUE)]))
    assert (finding.severity, finding.code) == (Severity.WARNING, "name-style")


def test_names_that_collide() -> None:
    """Joined with hyphens it is an error, by case a warning."""
    assert told(token("a.b-c", BLUE), token("a-b.c", BLUE)) == [("name-collision", "a-b.c")]
    assert told(token("color.LINK", BLUE)) == [("name-case", "color.link"), ("name-style", "color.LINK")]


def test_a_token_below_a_token_is_an_error() -> None:
    """A reader would lose one of them."""
    assert told(token("color.link.hover.dark", BLUE)) == [("token-in-token", "color.link.hover.dark")]


def test_values_must_be_of_the_type_that_the_token_says() -> None:
    """Also parts of a style of text, and what no type knows."""
    style = Typography(
        font_family=FontFamily("Inter"),
        font_size=BLUE,  # type: ignore[arg-type]
        font_weight=FontWeight(400),
        letter_spacing=Alias(("color", "blue", "450")),
        line_height=Number(1.5),
    )
    found = check(
        TokenSet(
            [
                *SOUND,
                token("space.a", BLUE, TokenType.DIMENSION),
                token("typography.b", style, TokenType.TYPOGRAPHY),
                token("color.c", "#fff"),  # type: ignore[arg-type]
            ]
        )
    )
    assert [(finding.code, finding.path, finding.message) for finding in found] == [
        ("alias-type", "typography.b", "the letter spacing {color.blue.450} is of type color, not dimension"),
        ("type-mismatch", "color.c", "the value is a str, not of type color"),
        ("type-mismatch", "space.a", "the value is a Color, not of type dimension"),
        ("type-mismatch", "typography.b", "the font size is a Color, not of type dimension"),
    ]


def test_references_that_lead_nowhere_are_told_with_their_way() -> None:
    """Dangling, to a group, in a circle, or to another type."""
    found = check(
        TokenSet(
            [
                *SOUND,
                token("color.a", Alias(("color", "b"))),
                token("color.b", Alias(("color", "a"))),
                token("color.c", Alias(("color", "c"))),
                token("color.d", Alias(("no", "where"))),
                token("color.e", Alias(("color", "blue"))),
                token("color.f", Alias(("font-size", "16"))),
            ]
        )
    )
    assert {(finding.severity, finding.code, finding.path) for finding in found} == {
        (Severity.ERROR, "alias-cycle", "color.a"),
        (Severity.ERROR, "alias-cycle", "color.b"),
        (Severity.ERROR, "alias-cycle", "color.c"),
        (Severity.ERROR, "alias-dangling", "color.d"),
        (Severity.ERROR, "alias-dangling", "color.e"),
        (Severity.ERROR, "alias-type", "color.f"),
    }
    assert "color.b → color.a → color.b" in found[0].message
    assert "no token 'no.where'" in next(finding.message for finding in found if finding.path == "color.d")


@pytest.mark.parametrize(
    ("value", "token_type", "code"),
    [
        (Color(255, 0, 0), TokenType.COLOR, "color-range"),
        (Color(0, -0.001, 0), TokenType.COLOR, "color-range"),
        (Color(0, 0, 0, 1.1), TokenType.COLOR, "color-range"),
        (FontWeight(0), TokenType.FONT_WEIGHT, "font-weight-range"),
        (FontWeight(1001), TokenType.FONT_WEIGHT, "font-weight-range"),
        (FontFamily([]), TokenType.FONT_FAMILY, "font-family-empty"),
        (FontFamily(["Inter", " "]), TokenType.FONT_FAMILY, "font-family-empty"),
        (FontFamily("{font.a}"), TokenType.FONT_FAMILY, "font-family-braces"),
    ],
)
def test_values_out_of_range_are_errors(value: Value, token_type: TokenType, code: str) -> None:
    """The message tells the number."""
    assert told(token("x.y", value, token_type)) == [(code, "x.y")]


def test_parts_out_of_range_are_errors_too() -> None:
    """Of a style of text."""
    style = Typography(
        font_family=FontFamily("Inter"),
        font_size=Dimension(16),
        font_weight=FontWeight(0),
        letter_spacing=Dimension(-1),
        line_height=Number(1.5),
    )
    assert told(token("typography.b", style, TokenType.TYPOGRAPHY)) == [("font-weight-range", "typography.b")]


@pytest.mark.parametrize(
    ("value", "token_type", "code", "message"),
    [
        (Shadow([]), TokenType.SHADOW, "shadow-empty", "no layer"),
        (Shadow([LAYER, attrs.evolve(LAYER, blur=Dimension(-1))]), TokenType.SHADOW, "dimension-negative", "[1].blur"),
        (Border(BLUE, Dimension(-1)), TokenType.BORDER, "dimension-negative", "width is -1px"),
        (Gradient([]), TokenType.GRADIENT, "gradient-stops", "not 0"),
        (Gradient([STOP]), TokenType.GRADIENT, "gradient-stops", "not 1"),
        (Gradient([STOP, attrs.evolve(STOP, position=1.1)]), TokenType.GRADIENT, "gradient-position", "1.1"),
        (Gradient([STOP, attrs.evolve(STOP, position=-0.1)]), TokenType.GRADIENT, "gradient-position", "-0.1"),
        (Gradient([STOP, attrs.evolve(STOP, color=Color(2, 0, 0))]), TokenType.GRADIENT, "color-range", "red is 2"),
        (Gradient([STOP, attrs.evolve(STOP, color=Alias(("b",)))]), TokenType.GRADIENT, "alias-dangling", "stops[1]"),
        (Border(BLUE, Alias(("color", "link"))), TokenType.BORDER, "alias-type", "the width {color.link} is of type"),
    ],
)
def test_shadows_gradients_and_borders_that_cannot_be_drawn(
    value: Value, token_type: TokenType, code: str, message: str
) -> None:
    """The message tells the layer or the stop; negative offsets and spread are fine."""
    (finding,) = check(TokenSet([*SOUND, token("x.y", value, token_type)]))
    assert (finding.severity, finding.code, finding.path) == (Severity.ERROR, code, "x.y")
    assert message in finding.message


def test_a_set_is_put_into_each_mode_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many of its tokens have another value there: a set may be large."""
    asked = []
    in_mode = TokenSet.in_mode

    def watched(tokens: TokenSet, mode: str) -> TokenSet:
        asked.append(mode)
        return in_mode(tokens, mode)

    monkeypatch.setattr(TokenSet, "in_mode", watched)
    tokens = TokenSet(attrs.evolve(token(f"color.{name}", BLUE), modes={"dark": WHITE}) for name in "abcdef")
    assert check(tokens, [values_fit_their_types]) == ()
    assert asked == ["dark"]


def test_values_in_other_modes_are_checked_as_well() -> None:
    """References are followed in the mode, and what is wrong in one mode only is told with it."""
    ink = attrs.evolve(token("color.a", BLUE), modes={"dark": Alias(("color", "b"))})
    found = check(
        TokenSet(
            [
                *SOUND,
                ink,
                token("color.b", Alias(("color", "a"))),
                attrs.evolve(token("color.c", BLUE), modes={"dark": Color(2, 0, 0), "print": Dimension(1)}),
            ]
        )
    )
    assert [(finding.code, finding.path) for finding in found] == [
        ("alias-cycle", "color.a"),
        ("color-range", "color.c"),
        ("type-mismatch", "color.c"),
    ]
    assert found[0].message.startswith("the value in mode dark {color.b}: reference comes round again: color.b →")
    assert found[2].message == "the value in mode print is a Dimension, not of type color"


def test_an_unsound_set_is_refused_with_all_its_errors() -> None:
    """The sentence tells the first; the error crosses processes."""
    tokens = TokenSet([token("x.y", Color(2, 3, 0)), token("X.y", BLUE)])
    with pytest.raises(UnsoundTokensError, match=r"^x\.y: green is 3.* \(color-range\), and 1 more$") as caught:
        require_sound(tokens)
    assert caught.value.findings == errors_of(check(tokens))
    copy = pickle.loads(pickle.dumps(caught.value))
    assert (str(copy), copy.findings) == (str(caught.value), caught.value.findings)
    with pytest.raises(UnsoundTokensError, match=r"\(color-range\)$"):
        require_sound(TokenSet([token("x.y", Color(2, 0, 0))]))


@given(st.lists(made.extracted_sets(), max_size=3))
@settings(max_examples=50, deadline=None)
def test_what_merging_makes_is_sound(sets: list[TokenSet]) -> None:
    """Out of sound values it never makes an error, and names that travel."""
    found = check(merge(sets))
    assert {finding.code for finding in found} <= {"contrast"}
