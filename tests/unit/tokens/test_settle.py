"""The spacing of a product is settled on all its screens together."""

from __future__ import annotations

from copy_that_orch.tokens.dimension import Dimension
from copy_that_orch.tokens.distance import Between, Distance, Seen
from copy_that_orch.tokens.merge import merge
from copy_that_orch.tokens.model import Provenance, Token, TokenSet, TokenType
from copy_that_orch.tokens.settle import distance_tokens, distances_in, settle_spacing

BOX, OTHER = (0, 0, 9, 9), (5, 5, 9, 9)


def screen(name: str, *distances: tuple[Between, float]) -> TokenSet:
    """Return what is seen on a screen."""
    found = [Distance(between, value, BOX) for between, value in distances]
    return TokenSet(distance_tokens(found, name, "extract.spacing"))


def test_a_screen_tells_every_distance_and_what_it_lies_between() -> None:
    """To a quarter of a pixel; what is too small or too large is left out."""
    found = [
        Distance(Between.PADDING_ACROSS, 16.1, BOX),
        Distance(Between.PADDING_ACROSS, 15.9, OTHER),
        Distance(Between.GAP_DOWN, 16.0, OTHER),
        Distance(Between.INDENT, 24.3, BOX),
        Distance(Between.INDENT, 97.1, BOX),
        Distance(Between.INDENT, 1.0, BOX),
    ]

    first, second = distance_tokens(found, "a.png", "extract.spacing")

    assert (first.path, first.type, first.value) == (("spacing", "16"), TokenType.DIMENSION, Dimension(16))
    assert first.provenance == (
        Provenance("a.png", "extract.spacing", 1, "gap-down", OTHER),
        Provenance("a.png", "extract.spacing", 2, "padding-across", BOX),
    )
    assert (second.path, second.value) == (("spacing", "24.25"), Dimension(24.25))
    assert 0.8 < first.confidence < 1
    assert second.confidence < 0.2


def test_what_speaks_for_nothing_has_no_confidence() -> None:
    """It is told nevertheless: with other screens it may speak for something."""
    (token,) = distance_tokens([Distance(Between.INDENT, 30.0, BOX)], "a.png", "extract.spacing")

    assert token.confidence == 0


def test_distances_come_back_as_they_were_seen() -> None:
    """Others are not among them."""
    one = screen("a.png", (Between.GAP_DOWN, 16), (Between.GAP_DOWN, 16))
    guess = Token(("spacing", "12"), TokenType.DIMENSION, Dimension(12))

    assert [seen for seen, _ in distances_in([one, TokenSet([guess])])] == [Seen(Between.GAP_DOWN, 16, 2)]


def test_screens_together_have_one_length_for_distances_that_are_nearly_equal() -> None:
    """Its provenance adds up, with what it is in a style sheet as the role."""
    one = screen("a.png", (Between.PADDING_ACROSS, 16), (Between.PADDING_DOWN, 16), (Between.GAP_ACROSS, 16.25))
    other = screen("b.png", (Between.PADDING_ACROSS_TEXT, 15.75))

    *rest, settled = settle_spacing([one, other])

    assert rest == [TokenSet(), TokenSet()]
    (token,) = settled
    assert (token.path, token.value) == (("spacing", "16"), Dimension(16))
    assert token.provenance == (
        Provenance("a.png", "extract.spacing", 1, "gap", BOX),
        Provenance("a.png", "extract.spacing", 2, "padding", BOX),
        Provenance("b.png", "extract.spacing", 1, "padding", BOX),
    )
    assert token.confidence > max(token.confidence for token in other)


def test_merging_does_not_make_a_length_surer() -> None:
    """How sure it is was told from all screens already."""
    sets = settle_spacing([screen(name, (Between.PADDING_ACROSS, 16)) for name in ("a.png", "b.png")])

    assert [token.confidence for token in merge(sets)] == [token.confidence for token in sets[-1]]


def test_what_others_settled_is_kept() -> None:
    """Spacing without a role, or with one that is no distance, and all that is no spacing."""
    tokens = [
        Token(("spacing", "9"), TokenType.DIMENSION, Dimension(9)),
        Token(("spacing", "10"), TokenType.DIMENSION, Dimension(10), 1.0, [Provenance("a.png", "mine")]),
        Token(("spacing", "11"), TokenType.DIMENSION, Dimension(11), 1.0, [Provenance("a.png", "mine", role="gap")]),
        Token(("radius", "9"), TokenType.DIMENSION, Dimension(9)),
    ]

    assert settle_spacing([TokenSet(tokens)]) == [TokenSet(tokens)]


def test_people_are_told_what_a_length_is_in_the_scale() -> None:
    """In its description, with the step; what is no multiple has none."""
    scale = [(Between.PADDING_ACROSS, 4.0 * times) for times in (1, 2, 3, 4, 6, 8)] * 3

    settled = settle_spacing([screen("a.png", *scale, (Between.GAP_ACROSS, 22.0))])[-1]

    described = {token.name: token.description for token in settled}
    assert described["spacing.12"] == "3 times 4 px, the step of the scale"
    assert described["spacing.22"] is None
