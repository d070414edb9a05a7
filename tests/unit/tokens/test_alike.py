"""Shadows and gradients that were measured on several screens."""

from __future__ import annotations

import attrs
import pytest

from copy_that_orch.tokens.alias import Alias
from copy_that_orch.tokens.alike import unify
from copy_that_orch.tokens.color import Color
from copy_that_orch.tokens.dimension import Dimension
from copy_that_orch.tokens.gradient import Gradient, GradientStop
from copy_that_orch.tokens.merge import merge
from copy_that_orch.tokens.model import Provenance, Token, TokenSet, TokenType
from copy_that_orch.tokens.shadow import Shadow, ShadowLayer

LAYER = ShadowLayer(Color(0, 0, 0, 0.1), Dimension(0), Dimension(8), Dimension(16), Dimension(0))
BLUE, TEAL = Color.from_hex("#6200ee"), Color.from_hex("#03dac6")
GRADIENT = Gradient([GradientStop(BLUE, 0), GradientStop(TEAL, 1)], 90)


def seen(value: Shadow | Gradient, image: str, count: int = 1) -> TokenSet:
    """Return what one screen shows."""
    kind = TokenType.SHADOW if isinstance(value, Shadow) else TokenType.GRADIENT
    name = f"{image}-{count}"
    return TokenSet([Token((kind, name), kind, value, provenance=[Provenance(image, "extract", count)])])


def values(*sets: TokenSet) -> list[object]:
    """Return the values that the sets have after all."""
    return [token.value for source in unify(sets) for token in source]


@pytest.mark.parametrize(
    "layer",
    [
        attrs.evolve(LAYER, offset_y=Dimension(7)),
        attrs.evolve(LAYER, offset_x=Dimension(1)),
        attrs.evolve(LAYER, blur=Dimension(12)),
        attrs.evolve(LAYER, spread=Dimension(-2)),
        attrs.evolve(LAYER, color=Color(0, 0, 0, 0.14)),
        attrs.evolve(LAYER, color=Color(0.01, 0.01, 0.01, 0.1)),
    ],
)
def test_shadows_that_look_alike_become_the_one_seen_most(layer: ShadowLayer) -> None:
    """In whatever order they come; further layers do not matter."""
    often, rarely = Shadow([LAYER]), Shadow([layer, attrs.evolve(LAYER, blur=Dimension(1))])

    assert values(seen(often, "a", 9), seen(rarely, "b")) == [often, often]
    assert values(seen(rarely, "b"), seen(often, "a", 9)) == [often, often]
    assert [token.weight for token in merge([seen(often, "a", 9), seen(rarely, "b")])] == [10]


def test_a_lighter_colour_with_more_alpha_is_alike() -> None:
    """On white it looks the same, and a picture tells little more of a dark colour."""
    ink, black = (
        Shadow([attrs.evolve(LAYER, color=Color.from_hex("#20242a33"))]),
        Shadow([attrs.evolve(LAYER, color=Color.from_hex("#0000002b"))]),
    )

    assert values(seen(ink, "a", 9), seen(black, "b")) == [ink, ink]


@pytest.mark.parametrize(
    "layer",
    [
        attrs.evolve(LAYER, offset_y=Dimension(6)),
        attrs.evolve(LAYER, offset_x=Dimension(2)),
        attrs.evolve(LAYER, blur=Dimension(11)),
        attrs.evolve(LAYER, color=Color(0, 0, 0, 0.16)),
        attrs.evolve(LAYER, color=Color(0.5, 0, 0, 0.1)),
        attrs.evolve(LAYER, color=Alias(("color", "shade"))),
        attrs.evolve(LAYER, blur=Alias(("blur", "16"))),
        attrs.evolve(LAYER, inset=True),
    ],
)
def test_other_shadows_stay_apart(layer: ShadowLayer) -> None:
    """Also those that refer to tokens, of which the value is not known here."""
    often, other = Shadow([LAYER]), Shadow([layer])

    assert values(seen(often, "a", 9), seen(other, "b")) == [often, other]


def test_gradients_that_look_alike_become_one() -> None:
    """A level or two, a degree or two."""
    near = Gradient([GradientStop(Color.from_hex("#6301ed"), 0), GradientStop(TEAL, 1)], 91)

    assert values(seen(GRADIENT, "a", 9), seen(near, "b")) == [GRADIENT, GRADIENT]
    around = attrs.evolve(GRADIENT, angle=359.5)
    assert (
        values(seen(attrs.evolve(GRADIENT, angle=0.5), "a", 9), seen(around, "b"))
        == [attrs.evolve(GRADIENT, angle=0.5)] * 2
    )


@pytest.mark.parametrize(
    "other",
    [
        attrs.evolve(GRADIENT, angle=100),
        attrs.evolve(GRADIENT, angle=None),
        Gradient([*GRADIENT.stops, GradientStop(BLUE, 1)], 90),
        Gradient([GradientStop(BLUE, 0.2), GradientStop(TEAL, 1)], 90),
        Gradient([GradientStop(TEAL, 0), GradientStop(TEAL, 1)], 90),
        Shadow([LAYER]),
        Shadow([]),
    ],
)
def test_other_gradients_stay_apart(other: Shadow | Gradient) -> None:
    """Another direction, other stops, or no gradient at all."""
    assert values(seen(GRADIENT, "a", 9), seen(other, "b")) == [GRADIENT, other]
    assert values(seen(other, "a", 9), seen(GRADIENT, "b")) == [other, GRADIENT]


def test_other_tokens_are_kept() -> None:
    """Nothing else is looked at."""
    source = TokenSet([Token(("color", "a"), TokenType.COLOR, BLUE)])

    assert unify([source]) == [source]
