"""How good what was found is."""

from __future__ import annotations

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from copy_that_orch.tokens.color import Color
from copy_that_orch.tokens.dimension import Dimension
from copy_that_orch.tokens.merge import merge
from copy_that_orch.tokens.model import ContrastPair, Finding, Provenance, Screen, Severity, Token, TokenSet, TokenType
from copy_that_orch.tokens.quality import Quality, set_quality, token_quality
from copy_that_orch.tokens.rules import check
from copy_that_orch.tokens.semantics import with_semantics
from tests.unit.tokens import strategies as made

BLACK, GREY, WHITE = Color(0, 0, 0), Color.from_hex("#777777"), Color(1, 1, 1)


def token(name: str, value: Color | Dimension, confidence: float, *images: str) -> Token:
    """A token that was seen on these images."""
    of = TokenType.COLOR if isinstance(value, Color) else TokenType.DIMENSION
    return Token(tuple(name.split(".")), of, value, confidence, [Provenance(image, "x") for image in images])


def test_a_token_is_as_good_as_its_confidence_less_what_speaks_against_it() -> None:
    """With the reasons; what was seen on several screens and is sure has none."""
    good, rare = token("color.a", BLACK, 0.95, "a.png", "b.png"), token("color.b", GREY, 0.8, "a.png")
    tokens = TokenSet([good, rare], findings=[Finding(Severity.WARNING, "contrast", "color.b", "faint")])
    assert token_quality(good, tokens) == Quality(0.95, ())
    quality = token_quality(rare, tokens)
    assert quality.score == pytest.approx(0.8 * 0.9 * 0.85)
    assert quality.reasons == ("confidence 0.80", "seen on 1 of 2 screens", "warning contrast")


def test_a_token_with_an_error_is_worth_nothing() -> None:
    """Nobody can use it."""
    broken = token("color.b", GREY, 1, "a.png")
    tokens = TokenSet([broken], findings=[Finding(Severity.ERROR, "color-range", "color.b", "too red")])
    assert token_quality(broken, tokens) == Quality(0.0, ("error color-range",))
    assert set_quality(tokens).score == 0
    assert set_quality(tokens).reasons[-1] == "1 error"


def test_screens_that_showed_nothing_of_it_count() -> None:
    """There were three, and it was on one of them."""
    one = token("color.a", BLACK, 1, "a.png")
    tokens = TokenSet([one], screens=[Screen(f"{name}.png", "light", 8, 6) for name in "abc"])
    assert token_quality(one, tokens).reasons == ("seen on 1 of 3 screens",)
    assert token_quality(one, TokenSet([one])).reasons == ()


def test_a_set_is_the_mean_of_its_parts() -> None:
    """Sureness, readable text, a grid, and what every product has."""
    seen = [Provenance("a.png", "x", 3)]
    tokens = TokenSet(
        [
            token("color.background.default", WHITE, 0.9, "a.png"),
            token("color.text.default", BLACK, 0.7, "a.png"),
            *(token(f"spacing.{length}", Dimension(length), 0.8, "a.png") for length in (1, 4, 6, 8, 16)),
        ],
        [ContrastPair(BLACK, WHITE, seen), ContrastPair(GREY, WHITE, seen), ContrastPair(GREY, WHITE, seen, 24)],
    )
    quality = set_quality(tokens)
    assert quality.score == pytest.approx((0.8 + 2 / 3 + 3 / 4 + 2 / 4) / 4)
    assert quality.reasons == (
        "mean confidence 0.80 of 7 tokens",
        "66 % of 9 lines of text reach WCAG AA, 33 % AAA",
        "3 of 4 spacings are multiples of 4 px",
        "not found: color.border.default, color.accent.default",
    )


def test_a_set_of_which_all_was_found_says_so() -> None:
    """The four that nearly every product has."""
    names = ("background", "text", "border", "accent")
    tokens = TokenSet(token(f"color.{name}.default", GREY, 1) for name in names)
    assert set_quality(tokens) == Quality(
        1.0, ("mean confidence 1.00 of 4 tokens", "background, text, border and accent were found")
    )


def test_nothing_is_worth_nothing() -> None:
    """Without a division by it."""
    assert set_quality(TokenSet()) == Quality(0.0, ("no tokens",))


@given(st.lists(made.extracted_sets(), max_size=3))
@settings(max_examples=30, deadline=None)
def test_scores_are_shares_of_any_set(sets: list[TokenSet]) -> None:
    """From 0 to 1, with as few reasons as there is to say; a finding more makes nothing better."""
    tokens = with_semantics(merge(sets))
    checked = attrs.evolve(tokens, findings=check(tokens))
    assert 0 <= set_quality(checked).score <= 1
    for one in tokens:
        assert 0 <= token_quality(one, checked).score <= token_quality(one, tokens).score <= 1
