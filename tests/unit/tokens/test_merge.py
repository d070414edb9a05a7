"""Many sets become one."""

from __future__ import annotations

import itertools
import math
import random

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from copy_that_orch.tokens.alias import Alias
from copy_that_orch.tokens.border import Border
from copy_that_orch.tokens.color import Color
from copy_that_orch.tokens.dimension import Dimension, Number
from copy_that_orch.tokens.gradient import Gradient, GradientStop
from copy_that_orch.tokens.merge import combined_confidence, merge
from copy_that_orch.tokens.model import ContrastPair, Finding, Provenance, Screen, Severity, Token, TokenSet, TokenType
from copy_that_orch.tokens.shadow import Shadow, ShadowLayer
from copy_that_orch.tokens.typography import FontFamily, FontWeight, Typography
from copy_that_orch.tokens.values import Value
from tests.unit.tokens import strategies as made

WHITE, SMOKE, BLUE, BLACK = (Color.from_hex(text) for text in ("#ffffff", "#f8f9fa", "#2563eb", "#000000"))


Composite = Typography | Border | Shadow | Gradient


def seen(
    value: Value | Alias,
    image: str,
    count: int = 1,
    *,
    path: tuple[str, ...] | None = None,
    confidence: float = 0.5,
    token_type: TokenType | None = None,
    description: str | None = None,
) -> Token:
    """A colour or length as an extractor tells it."""
    token_type = token_type or (TokenType.COLOR if isinstance(value, Color) else TokenType.DIMENSION)
    default = ("color", "1") if token_type is TokenType.COLOR else ("spacing", "1")
    provenance = (Provenance(image, f"extract.{token_type}", count),)
    return Token(path or default, token_type, value, confidence, provenance, description)


def values(tokens: TokenSet) -> dict[str, Value | Alias]:
    """Values by name."""
    return {token.name: token.value for token in tokens}


def test_near_colours_of_several_images_become_the_heaviest() -> None:
    """One token with the provenance of all, named by its value."""
    merged = merge([TokenSet([seen(SMOKE, "a.png", 3)]), TokenSet([seen(WHITE, "b.png", 4)])])
    (token,) = merged
    assert (token.name, token.value) == ("color.neutral.0", WHITE)
    assert token.provenance == (
        Provenance("a.png", "extract.color", 3),
        Provenance("b.png", "extract.color", 4),
    )
    assert token.confidence == 0.75


def test_a_smaller_tolerance_keeps_them_apart() -> None:
    """The limit is a choice."""
    sets = [TokenSet([seen(SMOKE, "a.png", 3)]), TokenSet([seen(WHITE, "b.png", 4)])]
    assert values(merge(sets, tolerance=1.0)) == {"color.neutral.0": WHITE, "color.neutral.50": SMOKE}


def test_colours_of_lossy_screens_join_from_a_little_farther() -> None:
    """A set is lossy if a screen of its is; what an exact one has shown too, stays."""
    ink, near = Color.from_hex("#212529"), Color.from_hex("#212429")
    first, second = TokenSet([seen(ink, "a.png", 9)]), [seen(near, "b.jpg")]
    exact, lossy = (TokenSet(second, screens=[Screen("b.jpg", "light", 9, 9, lossy=known)]) for known in (False, True))

    assert len(merge([first, exact], 1.0)) == 2
    assert [token.value for token in merge([first, lossy], 1.0)] == [ink]
    assert len(merge([first, exact, lossy], 1.0)) == 2


@pytest.mark.parametrize(
    ("role", "pixels", "lossy", "colors"),
    [
        ("border", 9000, True, 1),
        ("surface", 1000, True, 1),
        ("surface", 9000, True, 2),  # a wide area is shown well
        ("border", 9000, False, 2),
    ],
)
def test_thin_and_small_things_of_lossy_screens_join_what_is_as_light(
    role: str, pixels: int, lossy: bool, colors: int
) -> None:
    """Also on one screen: JPEG keeps how light they are, not their hue."""
    area, thin = (
        Token(
            path=("color", hexadecimal),
            type=TokenType.COLOR,
            value=Color.from_hex(f"#{hexadecimal}"),
            confidence=0.8,
            provenance=[Provenance("a.jpg", "extract.color", count, use)],
        )
        for hexadecimal, count, use in (("cff4fc", 50_000, "surface"), ("c2fff6", pixels, role))
    )
    screens = [Screen("a.jpg", "light", 9, 9, lossy=lossy)]

    assert len(merge([TokenSet([area, thin], screens=screens)])) == colors


def test_equal_lengths_of_one_purpose_become_one() -> None:
    """A font size of 16 is no distance of 16, and 1rem is not 16px here; `fontSize` and `font-size` are one purpose."""
    merged = merge(
        [
            TokenSet([seen(Dimension(16), "a.png", path=("font-size", "1")), seen(Dimension(16), "a.png")]),
            TokenSet([seen(Dimension(16), "b.png", 2, path=("fontSize", "x")), seen(Dimension(1, "rem"), "b.png")]),
        ]
    )
    assert values(merged) == {
        "font-size.16": Dimension(16),
        "spacing.1rem": Dimension(1, "rem"),
        "spacing.16": Dimension(16),
    }
    size = merged.get(("font-size", "16"))
    assert size is not None
    assert (size.weight, size.images, size.confidence) == (3, ("a.png", "b.png"), 0.75)


def test_confidence_grows_with_images_and_not_with_agents() -> None:
    """Agents that look at the same pixels err together; the surest of an image counts."""
    first, again, elsewhere = (
        seen(BLUE, "a.png", confidence=0.5),
        seen(BLUE, "a.png", confidence=0.6),
        seen(BLUE, "b.png", confidence=0.5),
    )
    assert combined_confidence([first]) == 0.5
    assert combined_confidence([first, again]) == 0.6
    assert combined_confidence([again, elsewhere]) == pytest.approx(0.8)
    assert combined_confidence([seen(BLUE, "a", confidence=1.0), seen(BLUE, "b", confidence=0.1)]) == 1.0


@given(st.lists(made.tokens(), min_size=1, max_size=8), st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_confidence_is_a_probability_that_no_witness_lowers(tokens: list[Token], rng: random.Random) -> None:
    """In any order the same, to the last bit."""
    confidence = combined_confidence(tokens)
    assert max(token.confidence for token in tokens) - 1e-12 <= confidence <= 1
    assert combined_confidence(rng.sample(tokens, len(tokens))) == confidence


def test_references_follow_the_names() -> None:
    """A chain of references of an extractor still leads to the same value after merging."""
    sets = [
        TokenSet(
            [
                seen(WHITE, "a.png", 4, path=("color", "swatch")),
                seen(Alias(("color", "swatch")), "a.png", path=("color", "surface"), token_type=TokenType.COLOR),
                seen(Alias(("color", "surface")), "a.png", path=("color", "card"), token_type=TokenType.COLOR),
            ]
        ),
        TokenSet(
            [
                seen(SMOKE, "b.png", 3, path=("color", "c7")),
                seen(Alias(("color", "c7")), "b.png", 2, path=("color", "surface"), token_type=TokenType.COLOR),
            ]
        ),
    ]
    merged = merge(sets)
    assert values(merged) == {
        "color.card": Alias(("color", "surface")),
        "color.neutral.0": WHITE,
        "color.surface": Alias(("color", "neutral", "0")),
    }
    surface = merged.get(("color", "surface"))
    assert surface is not None
    assert surface.images == ("a.png", "b.png")
    assert merged.resolve(Alias(("color", "card"))) == WHITE


def test_one_name_for_two_things_becomes_two_names() -> None:
    """Nothing is dropped: the one seen less often gives way."""
    sets = [
        TokenSet(
            [
                seen(value, image, count, path=("color", "c")),
                seen(Alias(("color", "c")), image, count, path=("color", "link"), token_type=TokenType.COLOR),
            ]
        )
        for image, value, count in (("a.png", BLUE, 1), ("b.png", WHITE, 2))
    ]
    assert values(merge(sets)) == {
        "color.blue.600": BLUE,
        "color.link": Alias(("color", "neutral", "0")),
        "color.link-2": Alias(("color", "blue", "600")),
        "color.neutral.0": WHITE,
    }


def test_references_to_nothing_and_in_circles_are_kept_for_validation() -> None:
    """Merging ends, and drops none of them."""
    circle = [
        seen(Alias(("color", "b")), "a.png", path=("color", "a"), token_type=TokenType.COLOR),
        seen(Alias(("color", "a")), "a.png", path=("color", "b"), token_type=TokenType.COLOR),
        seen(Alias(("no", "where")), "a.png", path=("color", "c"), token_type=TokenType.COLOR),
    ]
    assert values(merge([TokenSet(circle)])) == {
        "color.a": Alias(("color", "b")),
        "color.b": Alias(("color", "a")),
        "color.c": Alias(("no", "where")),
    }


def test_styles_of_text_merge_by_what_their_parts_refer_to() -> None:
    """References among the parts get final names first."""
    sets = [
        TokenSet(
            [
                seen(Dimension(16), image, path=("font-size", name)),
                Token(
                    ("typography", "body"),
                    TokenType.TYPOGRAPHY,
                    Typography(
                        font_family=FontFamily("Inter"),
                        font_size=Alias(("font-size", name)),
                        font_weight=FontWeight(400),
                        letter_spacing=Dimension(0),
                        line_height=Number(1.5),
                    ),
                    0.5,
                    (Provenance(image, "extract.text", 7),),
                ),
            ]
        )
        for image, name in (("a.png", "x"), ("b.png", "y"))
    ]
    style = merge(sets).get(("typography", "16-regular"))
    assert style is not None
    assert isinstance(style.value, Typography)
    assert style.value.font_size == Alias(("font-size", "16"))
    assert style.weight == 14


def test_what_is_made_of_others_refers_to_the_tokens_that_it_is_made_of() -> None:
    """By value and purpose, whatever agent saw them; colours first become what they are taken for."""
    near_blue, near_white = Color.from_hex("#2563ec"), Color.from_hex("#fefefe")
    veil = Color.from_hex("#00000033")
    border = Border(near_blue, Dimension(1))
    shadow = Shadow([ShadowLayer(veil, Dimension(0), Dimension(1), Dimension(4), Dimension(0))])
    gradient = Gradient([GradientStop(near_blue, 0), GradientStop(near_white, 0.5), GradientStop(BLACK, 1)], 90)

    def found_in(image: str) -> list[TokenSet]:
        composites = (
            seen(border, image, path=("border", "1"), token_type=TokenType.BORDER),
            seen(shadow, image, path=("shadow", "1"), token_type=TokenType.SHADOW),
            seen(gradient, image, path=("gradient", "1"), token_type=TokenType.GRADIENT),
        )
        lengths = (seen(Dimension(1), image), seen(Dimension(1), image, path=("border-width", "1")))
        return [TokenSet([seen(BLUE, image), seen(WHITE, image, path=("color", "2"))]), TokenSet(composites + lengths)]

    merged = merge([*found_in("a.png"), *found_in("b.png")])
    blue, white = Alias(("color", "blue", "600")), Alias(("color", "neutral", "0"))
    assert [(token.value, token.weight) for token in merged if token.path[0] in {"border", "shadow", "gradient"}] == [
        (Border(blue, Alias(("border-width", "1"))), 2),
        (Gradient([GradientStop(blue, 0), GradientStop(white, 0.5), GradientStop(BLACK, 1)], 90), 2),
        (shadow, 2),
    ]


def test_references_in_other_modes_follow_the_names_too() -> None:
    """And tokens that differ in a mode only are two."""
    sets = [
        TokenSet(
            [
                seen(WHITE, "a.png", 4, path=("color", "w")),
                seen(BLUE, "a.png", 4, path=("color", "b")),
                attrs.evolve(
                    seen(Alias(("color", "w")), "a.png", path=("color", "ground"), token_type=TokenType.COLOR),
                    modes={"dark": dark},
                ),
            ]
        )
        for dark in (Alias(("color", "b")), BLACK)
    ]
    merged = merge(sets)
    assert {token.name: token.modes for token in merged if token.modes} == {
        "color.ground": (("dark", Alias(("color", "blue", "600"))),),
        "color.ground-2": (("dark", BLACK),),
    }


def test_screens_are_united() -> None:
    """Every screenshot once, though several agents tell of it."""
    one, other = Screen("a.png", "light", 800, 600), Screen("b.png", "dark", 800, 600)
    assert merge([TokenSet(screens=[other]), TokenSet(screens=[one]), TokenSet(screens=[one])]).screens == (one, other)


def test_the_description_of_the_token_seen_most_is_kept() -> None:
    """If it has none, the next one's."""
    sets = [
        TokenSet([seen(BLUE, "a.png", count, description=description)])
        for count, description in ((1, "rare"), (5, None), (3, "common"))
    ]
    (token,) = merge(sets)
    assert token.description == "common"


def test_pairs_get_the_merged_colours() -> None:
    """A colour that is no token is taken for the nearest one, or stays as it is; what is then equal is one pair."""
    near = Color.from_hex("#2563ec")
    other = Color.from_hex("#118811")

    def one_pair(text: Color, background: Color, image: str, size: float | None = None) -> ContrastPair:
        return ContrastPair(text, background, (Provenance(image, "extract.text", 2),), size)

    merged = merge(
        [
            TokenSet(
                [seen(SMOKE, "a.png", 1), seen(BLUE, "a.png", 9, path=("color", "2"))], [one_pair(near, SMOKE, "a.png")]
            ),
            TokenSet([seen(WHITE, "b.png", 5)], [one_pair(BLUE, WHITE, "b.png"), one_pair(other, WHITE, "b.png", 12)]),
        ]
    )
    assert merged.pairs == (
        ContrastPair(BLUE, WHITE, (Provenance("a.png", "extract.text", 2), Provenance("b.png", "extract.text", 2))),
        one_pair(other, WHITE, "b.png", 12),
    )


def test_findings_are_kept_each_once() -> None:
    """What an extractor had to say reaches the user."""
    finding = Finding(Severity.WARNING, "tiny", "", "a.png has 4 pixels only")
    assert merge([TokenSet(findings=[finding]), TokenSet(findings=[finding])]).findings == (finding,)


@given(st.lists(made.extracted_sets(), min_size=1, max_size=3), st.data())
@settings(max_examples=40, deadline=None)
def test_how_often_things_are_seen_names_nothing(sets: list[TokenSet], data: st.DataObject) -> None:
    """The same values have the same names, whatever the screens show most."""

    def names(sources: list[TokenSet]) -> dict[str, Value | Alias]:
        merged = merge(sources, tolerance=0)  # or near colours would be taken for one or the other
        return {token.name: token.value for token in merged if not isinstance(token.value, Alias)}

    shares = st.integers(1, 1000)
    again = [
        TokenSet(attrs.evolve(token, provenance=[Provenance("z.png", "x", data.draw(shares))]) for token in source)
        for source in sets
    ]
    assert names(again) == names(sets)


@given(st.lists(made.crowded_color, min_size=1, max_size=30, unique=True))
@settings(max_examples=60, deadline=None)
def test_one_more_colour_renames_three_at_most(palette: list[Color]) -> None:
    """Even where many shades are crowded: it takes a round shade from one, which takes a finer one from another."""

    def names(colors: list[Color]) -> dict[Color, str]:
        found = [seen(color, "a.png", path=("color", str(index))) for index, color in enumerate(colors)]
        return {token.value: token.name for token in merge([TokenSet(found)]) if isinstance(token.value, Color)}

    before, after = names(palette[1:]), names(palette)
    assert sum(before[color] != after[color] for color in before) <= 3


def test_one_more_screen_renames_nothing_of_a_usual_product() -> None:
    """It brings shades between those that there are, another size and another shadow."""

    def screen(image: str, *texts: str, sizes: tuple[float, ...]) -> TokenSet:
        colors = [seen(Color.from_hex(text), image, path=("color", text[1:])) for text in texts]
        lengths = [seen(Dimension(size), image, path=("font-size", str(size))) for size in sizes]
        layers = [ShadowLayer(BLACK, Dimension(0), Dimension(1), Dimension(sizes[0]), Dimension(0))]
        shadow = seen(Shadow(layers), image, path=("shadow", "1"), token_type=TokenType.SHADOW)
        return TokenSet([*colors, *lengths, shadow])

    home = screen("home.png", "#ffffff", "#f8f9fa", "#212529", "#0d6efd", "#dc3545", sizes=(16, 14, 32))
    shop = screen("shop.png", "#ffffff", "#dee2e6", "#212529", "#0d6efd", "#198754", sizes=(16, 14))
    more = screen("more.png", "#ffffff", "#e9ecef", "#ced4da", "#0a58ca", "#cfe2ff", sizes=(13.5, 24))
    few, many = (values(merge(sets)) for sets in ([home, shop], [more, home, shop]))
    assert few.items() <= many.items()
    assert few.keys() == {
        "color.blue.600",
        "color.green.700",
        "color.neutral.0",
        "color.neutral.50",
        "color.neutral.200",
        "color.neutral.800",
        "color.red.600",
        "font-size.14",
        "font-size.16",
        "font-size.32",
        "shadow.lg",
    }


def test_nothing_becomes_nothing() -> None:
    """Also a pair without any token merges."""
    assert merge([]) == TokenSet()
    pair = ContrastPair(BLUE, WHITE)
    assert merge([TokenSet(pairs=[pair])]).pairs == (pair,)


def test_what_is_seen_equally_often_has_an_order_all_the_same() -> None:
    """Names that two colours want, names and descriptions that two tokens offer, and the last bit of a product."""
    near, far = Color.from_hex("#2563eb"), Color.from_hex("#3f5fe6")
    style = Typography(
        font_family=FontFamily("Inter"),
        font_size=Dimension(16),
        font_weight=FontWeight(400),
        letter_spacing=Dimension(0),
        line_height=Number(1.5),
    )
    sets = [
        TokenSet(
            [
                seen(color, image, confidence=confidence),
                Token(("typography", name), TokenType.TYPOGRAPHY, style, 0.5, [Provenance(image, "x")], name),
                seen(Dimension(4), image, confidence=confidence),
            ]
        )
        for color, image, name, confidence in (
            (near, "a.png", "body", 0.1),
            (far, "b.png", "text", 0.15),
            (near, "c.png", "copy", 0.2),
            (far, "d.png", "base", 0.3),
        )
    ]
    merged = {repr(merge(order)) for order in itertools.permutations(sets)}
    assert len(merged) == 1
    assert values(merge(sets)) == {
        "color.blue.600": near,
        "color.blue.604": far,
        "spacing.4": Dimension(4),
        "typography.16-regular": style,
    }
    # The same four factors in another order are another number.
    assert len({1 - math.prod(1 - c for c in order) for order in itertools.permutations((0.1, 0.15, 0.2, 0.3))}) > 1
    distances = [token for source in sets for token in source if token.type is TokenType.DIMENSION]
    assert len({combined_confidence(order) for order in itertools.permutations(distances)}) == 1


@given(st.lists(made.extracted_sets(), max_size=4), st.randoms(use_true_random=False))
@settings(max_examples=50, deadline=None)
def test_the_order_of_the_sets_decides_nothing(sets: list[TokenSet], rng: random.Random) -> None:
    """Any permutation gives the identical set: names, values, confidence to the last bit."""
    merged = merge(sets)
    assert merge(rng.sample(sets, len(sets))) == merged
    assert repr(merge(reversed(sets))) == repr(merged)


@given(st.lists(made.extracted_sets(), max_size=4))
@settings(max_examples=40, deadline=None)
def test_nothing_is_lost_or_made_up(sets: list[TokenSet]) -> None:
    """Every value was observed, and all sightings add up to what went in."""
    merged = merge(sets)
    observed = {token.value for source in sets for token in source}
    assert all(token.value in observed for token in merged if not isinstance(token.value, Alias | Composite))
    assert {screen for source in sets for screen in source.screens} == set(merged.screens)
    assert sum(token.weight for token in merged) == sum(token.weight for source in sets for token in source)
    assert sum(pair.weight for pair in merged.pairs) == sum(pair.weight for source in sets for pair in source.pairs)
    for token in merged:
        assert merged.resolve(token.value) is not None


@given(st.lists(made.extracted_sets(), max_size=3))
@settings(max_examples=40, deadline=None)
def test_a_merged_set_merges_to_itself(sets: list[TokenSet]) -> None:
    """But for the names of what came too close for a round one, everything stays."""
    merged = merge(sets)
    again = merge([merged])
    assert sorted(repr(token.value) for token in again if not isinstance(token.value, Alias | Composite)) == sorted(
        repr(token.value) for token in merged if not isinstance(token.value, Alias | Composite)
    )
    assert len(again) == len(merged)
    assert {token.value: token.confidence for token in again if isinstance(token.value, Color)} == {
        token.value: token.confidence for token in merged if isinstance(token.value, Color)
    }
