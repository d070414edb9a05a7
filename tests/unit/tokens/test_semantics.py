"""Tokens that say what others are for."""

from __future__ import annotations

import random

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from copy_that_orch.tokens.alias import Alias
from copy_that_orch.tokens.border import Border
from copy_that_orch.tokens.color import Color
from copy_that_orch.tokens.dimension import Dimension, Number
from copy_that_orch.tokens.merge import merge
from copy_that_orch.tokens.model import ContrastPair, Provenance, Screen, Token, TokenSet, TokenType
from copy_that_orch.tokens.rules import check, errors_of
from copy_that_orch.tokens.semantics import with_semantics
from copy_that_orch.tokens.typography import FontFamily, FontWeight, Typography
from copy_that_orch.tokens.values import Value
from tests.unit.tokens import strategies as made

LIGHT: dict[str, dict[str, int]] = {
    "#ffffff": {"background": 9000, "surface": 100, "text": 20},
    "#f8f9fa": {"surface": 400, "background": 900},
    "#212529": {"text": 300, "surface": 150},
    "#6c757d": {"text": 100},
    "#adb5bd": {"text": 30, "border": 20},
    "#dee2e6": {"border": 80},
    "#0d6efd": {"accent": 200, "border": 300, "graphic": 500, "surface": 90},
    "#6f42c1": {"accent": 250},
    "#198754": {"success": 10, "accent": 1},
    "#ffc107": {"warning": 10},
    "#dc3545": {"danger": 10},
}
DARK: dict[str, dict[str, int]] = {
    "#0d1117": {"background": 9000},
    "#151b23": {"surface": 500},
    "#f0f6fc": {"text": 300},
    "#9198a1": {"text": 100},
    "#3d444d": {"border": 50},
    "#0d6efd": {"accent": 200},
    "#f85149": {"danger": 20},
}


def screen(image: str, uses: dict[str, dict[str, int]], theme: str = "light") -> TokenSet:
    """What an extractor of colours could tell of one screenshot."""
    return TokenSet(
        [
            Token(
                ("color", text[1:]),
                TokenType.COLOR,
                Color.from_hex(text),
                0.9,
                [Provenance(image, "extract.color", count, role) for role, count in roles.items()],
            )
            for text, roles in uses.items()
        ],
        screens=[Screen(image, theme, 800, 600)],
    )


def made_of(*sets: TokenSet) -> TokenSet:
    """Merged and with meaning."""
    return with_semantics(merge(sets))


def meanings(tokens: TokenSet, mode: str = "") -> dict[str, str]:
    """What references of `color` stand for, by name; in a mode, of those that differ there."""
    found = {}
    for token in tokens:
        value = dict(token.modes).get(mode) if mode else token.value
        if token.path[0] == "color" and isinstance(value, Alias):
            color = tokens.resolve(value)
            assert isinstance(color, Color)
            found[token.name.removeprefix("color.")] = color.hex
    return found


def test_colours_get_meanings_from_how_they_are_used() -> None:
    """Each as far as there is evidence; the accent is what is on buttons and also on pictures."""
    assert meanings(made_of(screen("a.png", LIGHT))) == {
        "accent.default": "#0d6efd",
        "background.default": "#ffffff",
        "background.alternate": "#f8f9fa",
        "border.default": "#dee2e6",
        "border.strong": "#adb5bd",
        "danger.default": "#dc3545",
        "success.default": "#198754",
        "surface.default": "#f8f9fa",
        "surface.alternate": "#ffffff",
        "surface.inverse": "#212529",
        "text.default": "#212529",
        "text.muted": "#6c757d",
        "text.subtle": "#adb5bd",
        "text.inverse": "#ffffff",
        "warning.default": "#ffc107",
    }


def test_they_refer_to_primitive_tokens_and_say_why() -> None:
    """With the sightings that speak for them, and less confidence the closer another one comes."""
    tokens = made_of(screen("a.png", {"#ffffff": {"background": 900, "text": 5}, "#f8f9fa": {"background": 100}}))
    token = tokens[("color", "background", "default")]
    assert token.value == Alias(("color", "neutral", "0"))
    assert token.provenance == (Provenance("a.png", "extract.color", 900, "background"),)
    assert token.confidence == pytest.approx(0.9 * 0.75)
    assert not token.modes
    assert errors_of(check(tokens)) == ()


def test_light_and_dark_screens_are_two_modes_of_one_set() -> None:
    """The light ones say what is usual; only what differs on dark ones is told for them."""
    tokens = made_of(screen("a.png", LIGHT), screen("b.png", DARK, "dark"))
    assert meanings(tokens).items() >= meanings(made_of(screen("a.png", LIGHT))).items()
    assert meanings(tokens, "dark") == {
        "background.default": "#0d1117",
        "border.default": "#3d444d",
        "danger.default": "#f85149",
        "surface.default": "#151b23",
        "text.default": "#f0f6fc",
        "text.muted": "#9198a1",
    }
    ground = tokens[("color", "background", "default")]
    assert ground.images == ("a.png", "b.png")
    assert tokens.in_mode("dark").resolve(Alias(ground.path)) == Color.from_hex("#0d1117")
    assert errors_of(check(tokens)) == ()


def test_the_accent_is_of_one_family_in_all_modes() -> None:
    """What is seen more on one dark screen is not another accent, and another shade is."""
    light = screen("a.png", {"#ffffff": {"background": 9}, "#0969da": {"accent": 9}})
    green = {"#0d1117": {"background": 9}, "#238636": {"accent": 90}}
    assert meanings(made_of(light, screen("b.png", green, "dark")), "dark").keys() == {"background.default"}
    both = {**green, "#2f81f7": {"accent": 1}}
    assert meanings(made_of(light, screen("b.png", both, "dark")), "dark")["accent.default"] == "#2f81f7"


def test_what_is_seen_in_the_dark_only_means_the_same_in_both() -> None:
    """There is no other value to give."""
    tokens = made_of(
        screen("a.png", {"#ffffff": {"background": 9}}), screen("b.png", {"#f85149": {"danger": 1}}, "dark")
    )
    danger = tokens[("color", "danger", "default")]
    assert (danger.value, danger.modes) == (Alias(("color", "red", "500")), ())


@pytest.mark.parametrize("role", ["text.muted", "border.default", "surface.default"])
def test_what_is_seen_in_the_dark_only_is_not_for_the_light(role: str) -> None:
    """A grey that is read on black, and a card that is nearly black, are none on a white page."""
    both = made_of(screen("a.png", LIGHT), screen("b.png", DARK, "dark"))
    light = {"#ffffff": {"background": 9000}, "#212529": {"text": 300}}
    found = made_of(screen("a.png", light), screen("b.png", DARK, "dark"))
    path = ("color", *role.split("."))

    assert both.get(path) is not None
    assert found.get(path) is None
    assert found.get(("color", "accent", "default")) is not None


def test_a_product_that_is_dark_has_no_modes() -> None:
    """Dark is what is usual there."""
    tokens = made_of(screen("b.png", DARK, "dark"))
    assert tokens.modes == ()
    assert meanings(tokens)["background.default"] == "#0d1117"


def test_text_on_an_accent_is_what_is_written_there() -> None:
    """Where it is known."""
    white, blue = Color.from_hex("#ffffff"), Color.from_hex("#0d6efd")
    sets = attrs.evolve(
        screen("a.png", LIGHT), pairs=[ContrastPair(white, blue, [Provenance("a.png", "extract.color", 3)])]
    )
    found = meanings(made_of(sets))
    assert found["text.on-accent"] == "#ffffff"
    assert "text.on-danger" not in found


@pytest.mark.parametrize(
    ("uses", "expected"),
    [
        ({"#777777": {"graphic": 1}}, {}),
        ({"#777777": {"": 1}}, {}),
        ({"#777777": {"text": 1}}, {}),
        (
            {"#ffffff": {"surface": 1}, "#999999": {"text": 1}},
            {"surface.default": "#ffffff", "text.default": "#999999"},
        ),
        (
            {"#ffffff": {"background": 1}, "#2563eb": {"border": 1}},
            {"background.default": "#ffffff", "border.default": "#2563eb"},
        ),
        (
            {"#ffffff": {"background": 99}, "#2563eb": {"background": 99}, "#fafafa": {"background": 1}},
            {"background.default": "#2563eb"},
        ),
    ],
)
def test_where_there_is_little_evidence_little_is_said(
    uses: dict[str, dict[str, int]], expected: dict[str, str]
) -> None:
    """No ground, no text on it; faint text is text if there is no other; a strong colour is no second ground."""
    assert meanings(made_of(screen("a.png", uses))) == expected


def seen(path: tuple[str, ...], token_type: TokenType, value: Value, count: int) -> Token:
    """A token of another type."""
    return Token(path, token_type, value, 0.8, [Provenance("a.png", "x", count)])


def style(size: float, weight: int = 400) -> Typography:
    """A style of text."""
    return Typography(
        font_family=FontFamily("Inter"),
        font_size=Dimension(size),
        font_weight=FontWeight(weight),
        letter_spacing=Dimension(0),
        line_height=Number(1.5),
    )


def test_radii_borders_and_styles_of_text_have_usual_ones() -> None:
    """What most boxes and most text have; the usual border has the usual colour of borders, in every mode."""
    grey = Color.from_hex("#dee2e6")
    sets = [
        screen("a.png", LIGHT),
        TokenSet(
            [
                seen(("radius", "0"), TokenType.DIMENSION, Dimension(0), 900),
                seen(("radius", "4"), TokenType.DIMENSION, Dimension(4), 9),
                seen(("radius", "8"), TokenType.DIMENSION, Dimension(8), 4),
                seen(("radius", "full"), TokenType.DIMENSION, Dimension(9999), 90),
                seen(("border", "1"), TokenType.BORDER, Border(grey, Dimension(1)), 9),
                seen(("border", "2"), TokenType.BORDER, Border(grey, Dimension(2)), 4),
                seen(("border", "3"), TokenType.BORDER, Border(Color.from_hex("#adb5bd"), Dimension(1)), 90),
                seen(("typography", "1"), TokenType.TYPOGRAPHY, style(16), 90),
                seen(("typography", "2"), TokenType.TYPOGRAPHY, style(13), 40),
                seen(("typography", "3"), TokenType.TYPOGRAPHY, style(12), 30),
                seen(("typography", "4"), TokenType.TYPOGRAPHY, style(20, 600), 10),
                seen(("typography", "6"), TokenType.TYPOGRAPHY, style(19), 20),
                seen(("typography", "5"), TokenType.TYPOGRAPHY, style(48, 700), 1),
            ]
        ),
    ]
    tokens = made_of(*sets)
    assert tokens[("border", "default")].value == Border(Alias(("color", "border", "default")), Dimension(1))
    assert tokens[("border", "neutral-200")].value == Border(Alias(("color", "neutral", "200")), Dimension(1))
    assert {token.name: str(token.value) for token in tokens if token.path[0] in {"radius", "typography"}}.items() >= {
        "radius.default": "{radius.4}",
        "typography.body": "{typography.16-regular}",
        "typography.caption": "{typography.13-regular}",
        "typography.heading": "{typography.20-semi-bold}",
        "typography.title": "{typography.48-bold}",
    }.items()
    assert errors_of(check(tokens)) == ()


def test_styles_of_text_are_those_of_all_screens() -> None:
    """The dark ones too; they have no modes."""
    light = TokenSet(
        [seen(("typography", "1"), TokenType.TYPOGRAPHY, style(16), 5)], screens=[Screen("a.png", "light", 8, 6)]
    )
    dark = TokenSet(
        [Token(("typography", "1"), TokenType.TYPOGRAPHY, style(14), 0.8, [Provenance("b.png", "x", 9)])],
        screens=[Screen("b.png", "dark", 8, 6)],
    )
    tokens = made_of(light, dark)
    assert tokens[("typography", "body")].value == Alias(("typography", "14-regular"))
    assert tokens[("typography", "body")].modes == ()


def test_a_strong_border_is_not_the_usual_one() -> None:
    """It is around what is chosen, or wrong; nor is one of which no colour is known."""
    sets = [
        screen("a.png", LIGHT),
        TokenSet([seen(("border", "1"), TokenType.BORDER, Border(Color.from_hex("#dc3545"), Dimension(1)), 9)]),
    ]
    assert made_of(*sets).get(("border", "default")) is None
    unknown = Border(Alias(("no", "where")), Dimension(1))
    assert made_of(TokenSet([seen(("border", "1"), TokenType.BORDER, unknown, 9)])).get(("border", "default")) is None


def test_a_usual_border_of_another_grey_keeps_it() -> None:
    """As a border where nothing is known of the usual colour of lines does."""
    dark = TokenSet([seen(("border", "1"), TokenType.BORDER, Border(Color.from_hex("#212529"), Dimension(1)), 9)])
    assert made_of(screen("a.png", LIGHT), dark)[("border", "default")].value == Alias(("border", "neutral-800"))
    assert made_of(dark)[("border", "default")].value == Alias(("border", "neutral-800"))


def test_what_is_no_style_of_text_is_none() -> None:
    """Somebody's agent may use a path as it likes."""
    tokens = TokenSet([seen(("typography", "a"), TokenType.DIMENSION, Dimension(16), 9)])
    assert with_semantics(tokens) == tokens
    sizeless = attrs.evolve(style(16), font_size=Alias(("font-size", "x")))
    unsound = TokenSet(
        [
            seen(("typography", "a"), TokenType.TYPOGRAPHY, sizeless, 9),
            Token(("font-size", "x"), TokenType.NUMBER, Number(1)),
        ]
    )
    assert with_semantics(unsound) == unsound


def test_names_that_are_taken_stay_with_whom_they_are() -> None:
    """A path, a group on the way to it, one below it, and one that would read the same in CSS."""
    tokens = merge([screen("a.png", LIGHT)])
    blue = Alias(("color", "blue", "600"))
    own = [
        Token(path, TokenType.COLOR, blue)
        for path in (
            ("color", "accent", "default"),
            ("color", "danger"),
            ("color", "success", "default", "x"),
            ("color", "warning-default"),
        )
    ]
    extended = with_semantics(attrs.evolve(tokens, tokens=[*tokens, *own]))
    assert not errors_of(check(extended))
    assert extended[("color", "accent", "default")].value == blue
    for path in (("color", "danger", "default"), ("color", "success", "default"), ("color", "warning", "default")):
        assert extended.get(path) is None
    assert with_semantics(extended) == extended


def test_one_more_screen_moves_what_names_refer_to_and_renames_nothing() -> None:
    """Meanings are there as long as there is evidence."""
    one, other = screen("a.png", LIGHT), screen("b.png", {"#ffffff": {"background": 9}, "#000000": {"text": 9}})
    few, many = made_of(one), made_of(other, one)
    assert {token.path for token in few} <= {token.path for token in many}
    assert (meanings(few)["text.default"], meanings(many)["text.default"]) == ("#212529", "#000000")


@given(st.lists(made.extracted_sets(), max_size=3), st.randoms(use_true_random=False))
@settings(max_examples=40, deadline=None)
def test_any_set_keeps_its_tokens_and_stays_sound(sets: list[TokenSet], rng: random.Random) -> None:
    """In any order of sets the same; nothing is taken away, and twice is as good as once."""
    primitive = merge(sets)
    tokens = with_semantics(primitive)
    assert set(primitive.tokens) <= set(tokens.tokens)
    assert made_of(*rng.sample(sets, len(sets))) == tokens
    assert with_semantics(tokens) == tokens
    assert errors_of(check(tokens)) == ()
    added = [token for token in tokens if primitive.get(token.path) is None]
    assert all(token.references for token in added)
