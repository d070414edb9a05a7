"""Tokens and sets."""

from __future__ import annotations

import pickle

import attrs
import pytest
from hypothesis import given, settings

from copy_that_orch.tokens.alias import Alias
from copy_that_orch.tokens.color import Color
from copy_that_orch.tokens.dimension import Dimension
from copy_that_orch.tokens.model import (
    AliasError,
    ContrastPair,
    Measurements,
    Provenance,
    Screen,
    Theme,
    Token,
    TokenSet,
    TokenType,
    add_up,
)
from tests.unit.tokens import strategies as made

BLUE = Color.from_hex("#2563eb")


def spacing(name: str, value: float = 4, *seen: Provenance) -> Token:
    """A token of the group `spacing`."""
    return Token(("spacing", name), TokenType.DIMENSION, Dimension(value), provenance=seen)


def alias(name: str, target: str) -> Token:
    """A token of the group `to` that refers to another."""
    return Token(("to", name), TokenType.DIMENSION, Alias.parse(target))


def test_a_set_is_sorted_by_path_with_numbers_as_numbers() -> None:
    """So sets are equal, and equal in hash and pickle, in whatever order they were made."""
    one = TokenSet([spacing("12"), spacing("4"), spacing("a"), spacing("4b")])
    other = TokenSet(reversed(one.tokens))
    assert [token.name for token in one] == ["spacing.4", "spacing.4b", "spacing.12", "spacing.a"]
    assert len(one) == 4
    assert one == other == pickle.loads(pickle.dumps(one))
    assert hash(one) == hash(other)


@given(made.extracted_sets())
@settings(max_examples=50, deadline=None)
def test_sets_pickle(made_up: TokenSet) -> None:
    """With the way to find a token by its path."""
    copy = pickle.loads(pickle.dumps(made_up))
    assert copy == made_up
    assert hash(copy) == hash(made_up)
    assert [copy.get(token.path) for token in made_up] == list(made_up)


def test_two_tokens_of_one_path_are_refused() -> None:
    """One of them would be lost."""
    with pytest.raises(ValueError, match=r"'spacing\.4'"):
        TokenSet([spacing("4"), spacing("4", 5)])


def test_provenance_is_added_up() -> None:
    """One entry for each image and agent, whatever the order; weight and images are read from it."""
    seen = (Provenance("b", "x", 2), Provenance("a", "x"), Provenance("b", "x", 3), Provenance("b", "w", 1))
    token = spacing("4", 4, *seen)
    assert token.provenance == (Provenance("a", "x", 1), Provenance("b", "w", 1), Provenance("b", "x", 5))
    assert token == spacing("4", 4, *reversed(seen))
    assert (token.weight, token.images) == (7, ("a", "b"))
    assert ContrastPair(BLUE, BLUE, seen).weight == 7


def test_sightings_are_told_apart_by_role_and_keep_a_box() -> None:
    """The box is the one of the largest sighting that has one, in any order."""
    seen = [
        Provenance("a", "x", 2, "text", (0, 0, 1, 1)),
        Provenance("a", "x", 3, "text", (5, 5, 7, 7)),
        Provenance("a", "x", 3, "text", (4, 5, 7, 7)),
        Provenance("a", "x", 9, "text"),
        Provenance("a", "x", 1, "border"),
    ]
    expected = (Provenance("a", "x", 1, "border"), Provenance("a", "x", 17, "text", (4, 5, 7, 7)))
    assert add_up(seen) == add_up(reversed(seen)) == expected


def test_screens_are_sorted_and_each_there_once() -> None:
    """A set knows the screenshots that it was seen on."""
    dark, light = Screen("b.png", "dark", 800, 600, 2), Screen("a.png", "light", 800, 600)
    assert TokenSet(screens=[dark, light, dark]).screens == (light, dark)
    assert dark.theme is Theme.DARK
    assert light.scale == 1


def test_a_token_may_have_other_values_in_other_modes() -> None:
    """Given as a mapping in any order; in a mode, a set has the values of that mode and no modes any more."""
    token = Token(("to", "a"), TokenType.DIMENSION, Dimension(4), modes={"print": Dimension(3), "dark": Alias(("b",))})
    tokens = TokenSet([token, spacing("1", 1)])
    assert token == attrs.evolve(token, modes={"dark": Alias(("b",)), "print": Dimension(3)})
    assert hash(token) is not None
    assert tokens.modes == ("dark", "print")
    assert token.references == (Alias(("b",)),)
    in_print = TokenSet([attrs.evolve(token, value=Dimension(3), modes=()), spacing("1", 1)])
    assert tokens.in_mode("print") == in_print
    assert in_print.modes == ()
    assert in_print.in_mode("dark") == in_print
    assert in_print[("to", "a")].in_mode("dark") is in_print[("to", "a")]  # nothing is made anew that stays the same


def test_what_makes_no_sense_is_refused_where_it_is_made() -> None:
    """Counts below one, boxes around nothing, confidence outside 0 to 1, no path, an unknown type or theme."""
    with pytest.raises(ValueError, match="count is at least 1"):
        Provenance("a", "x", 0)
    for box in ((0, 0, 0, 1), (0, 1, 1, 1), (-1, 0, 1, 1), (0, -1, 1, 1)):
        with pytest.raises(ValueError, match="encloses something"):
            Provenance("a", "x", box=box)
    with pytest.raises(ValueError, match="unpack"):
        Provenance("a", "x", box=(1, 2, 3))
    with pytest.raises(ValueError, match="Theme"):
        Screen("a", "dim", 1, 1)
    for width, height, scale in ((0, 1, 1), (1, 0, 1), (1, 1, 0), (1, 1, float("inf"))):
        with pytest.raises(ValueError, match=r"at least 1|must be > 0|finite"):
            Screen("a", "light", width, height, scale)
    for confidence in (-0.1, 1.1, float("nan")):
        with pytest.raises(ValueError, match="between 0 and 1"):
            Token(("a",), TokenType.COLOR, BLUE, confidence)
    for path in ((), (1,)):
        with pytest.raises(ValueError, match="at least one name"):
            Token(path, TokenType.COLOR, BLUE)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="tuple of names"):
        Token("color.blue", TokenType.COLOR, BLUE)
    with pytest.raises(ValueError, match="TokenType"):
        Token(("a",), "composition", BLUE)


def test_references_resolve_through_chains() -> None:
    """To the value at the end; a value stands for itself."""
    tokens = TokenSet([spacing("4"), alias("a", "{spacing.4}"), alias("b", "{to.a}")])
    assert tokens.resolve(Alias.parse("{to.b}")) == Dimension(4)
    assert tokens.resolve(BLUE) is BLUE


def test_a_reference_to_nothing_and_one_in_a_circle_tell_their_way() -> None:
    """The error names every path on it, and crosses processes."""
    tokens = TokenSet([alias("a", "{to.b}"), alias("b", "{to.a}"), alias("c", "{no.where}")])
    with pytest.raises(AliasError, match=r"comes round again: to\.a → to\.b → to\.a") as circle:
        tokens.resolve(Alias.parse("{to.a}"))
    with pytest.raises(AliasError, match=r"no token 'no\.where': to\.c → no\.where") as missing:
        tokens.resolve(Alias.parse("{to.c}"))
    for error, cyclic in ((circle.value, True), (missing.value, False)):
        copy = pickle.loads(pickle.dumps(error))
        assert (str(copy), copy.chain, copy.cyclic) == (str(error), error.chain, cyclic)


def test_an_image_can_be_called_something_else() -> None:
    """Wherever it was seen: by tokens, by pairs, as a screen, in measurements; other images keep their names."""

    def seen(image: str) -> TokenSet:
        red, white = Color(1, 0, 0), Color(1, 1, 1)
        sightings = [Provenance(image, "extract.color", 3), Provenance("other.png", "extract.color", 2)]
        return TokenSet(
            tokens=[Token(("color", "red"), TokenType.COLOR, red, provenance=sightings)],
            pairs=[ContrastPair(red, white, provenance=sightings)],
            screens=[Screen(image, "light", 8, 8), Screen("other.png", "dark", 8, 8)],
            measurements=[Measurements(image), Measurements("other.png")],
        )

    assert seen("z.png").renamed("z.png", "a.png") == seen("a.png")
    assert seen("z.png").renamed("y.png", "a.png") == seen("z.png")
