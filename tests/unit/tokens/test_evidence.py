"""What speaks for calling a token the text or the background."""

from __future__ import annotations

import pytest

from copy_that_orch.tokens.color import Color
from copy_that_orch.tokens.dimension import Dimension
from copy_that_orch.tokens.evidence import Evidence, contrast
from copy_that_orch.tokens.model import ContrastPair, Provenance, Token, TokenSet, TokenType

WHITE, GREY, BLUE = (Color.from_hex(text) for text in ("#ffffff", "#777777", "#2563eb"))


def colored(name: str, value: Color, *seen: Provenance) -> Token:
    """A colour token."""
    return Token(("color", name), TokenType.COLOR, value, provenance=seen)


def used(image: str, role: str, count: int) -> Provenance:
    """A sighting."""
    return Provenance(image, "x", count, role)


def name_of(evidence: Evidence, role: str, **options: str) -> str | None:
    """The last name of the token that is chosen."""
    choice = evidence.choose(role, **options)  # type: ignore[arg-type]
    return choice.token.path[-1] if choice else None


def test_every_image_has_one_vote_however_large_it_is() -> None:
    """Two small screens beat a large one; within a screen, the square root of the count decides."""
    tokens = TokenSet(
        [
            colored("a", WHITE, used("1.png", "background", 90_000), used("2.png", "background", 100)),
            colored("b", GREY, *(used(image, "background", 400) for image in ("2.png", "3.png"))),
            Token(("spacing", "1"), TokenType.DIMENSION, Dimension(1), provenance=[used("1.png", "background", 10**9)]),
        ]
    )
    evidence = Evidence(tokens, {"1.png", "2.png", "3.png"})
    choice = evidence.choose("background")
    assert choice is not None
    assert choice.token.name == "color.b"
    # b has 20/30 of one vote and all of another, a has one vote and 10/30.
    assert choice.certainty == pytest.approx((5 / 3) / (5 / 3 + 4 / 3))
    assert choice.seen == (used("2.png", "background", 400), used("3.png", "background", 400))
    assert name_of(Evidence(tokens, {"1.png", "2.png"}), "background") == "a"
    assert name_of(evidence, "text") is None


def test_votes_of_another_role_may_count_too() -> None:
    """But only for what is seen in the first role at all; and colours may have to fulfil a condition."""
    tokens = TokenSet(
        [
            colored("a", BLUE, used("1.png", "accent", 1), used("1.png", "graphic", 9)),
            colored("b", GREY, used("1.png", "accent", 4)),
            colored("c", WHITE, used("1.png", "graphic", 900)),
        ]
    )
    evidence = Evidence(tokens, {"1.png"})
    assert name_of(evidence, "accent") == "b"
    assert name_of(evidence, "accent", beside="graphic") == "b"
    assert name_of(Evidence(TokenSet(tokens.tokens[:2]), {"1.png"}), "accent", beside="graphic") == "a"
    choice = evidence.choose("accent", lambda color, share: color == BLUE and share == pytest.approx(1 / 3))
    assert choice is not None
    assert (choice.token.name, choice.certainty) == ("color.a", 1.0)
    assert evidence.color(choice) == BLUE


def test_equal_votes_are_decided_by_the_path() -> None:
    """So that any order of tokens gives the same."""
    tokens = [colored(name, color, used("1.png", "text", 5)) for name, color in (("10", GREY), ("9", BLUE))]
    assert name_of(Evidence(TokenSet(tokens), {"1.png"}), "text") == "9"


def test_what_is_written_on_a_colour_is_told_by_pairs() -> None:
    """Of images that are asked, and if the text is a token."""
    tokens = TokenSet(
        [colored("a", WHITE, used("1.png", "text", 7)), colored("b", GREY), colored("c", BLUE)],
        [
            ContrastPair(WHITE, BLUE, [Provenance("1.png", "x", 2)]),
            ContrastPair(GREY, BLUE, [Provenance("1.png", "x", 1), Provenance("2.png", "x", 900)]),
            ContrastPair(Color(0, 0, 0), BLUE, [Provenance("1.png", "x", 900)]),
            ContrastPair(GREY, WHITE, [Provenance("1.png", "x", 900)]),
        ],
    )
    choice = Evidence(tokens, {"1.png"}).choose_on(BLUE)
    assert choice is not None
    assert (choice.token.name, choice.seen) == ("color.a", (used("1.png", "text", 7),))
    assert Evidence(tokens, {"1.png"}).choose_on(GREY) is None


def test_of_text_on_a_colour_only_what_stands_there_counts() -> None:
    """The place is one on that colour, and the pixels are those of its share of the lines, at least one a line."""
    on_black, on_blue, bold = (0, 0, 9, 9), (50, 0, 60, 9), (50, 20, 60, 29)
    tokens = TokenSet(
        [
            colored("a", WHITE, Provenance("1.png", "x", 800, "text", on_black), used("1.png", "background", 9)),
            colored("b", GREY),
            colored("c", BLUE),
        ],
        [
            ContrastPair(WHITE, Color(0, 0, 0), [Provenance("1.png", "x", 5, box=on_black)]),
            ContrastPair(WHITE, BLUE, [Provenance("1.png", "x", 1, box=bold)], 24, bold=True),
            ContrastPair(WHITE, BLUE, [Provenance("1.png", "x", 2, box=on_blue), Provenance("2.png", "x", 3)], 16),
        ],
    )
    choice = Evidence(tokens, {"1.png", "2.png"}).choose_on(BLUE)
    assert choice is not None
    assert choice.seen == (Provenance("1.png", "x", 300, "text", on_blue), Provenance("2.png", "x", 3, "text"))


def test_tokens_of_any_type_are_chosen_by_how_often_they_are_seen() -> None:
    """On all images that are asked."""
    tokens = TokenSet(
        [
            Token(("radius", "4"), TokenType.DIMENSION, Dimension(4), provenance=[Provenance("1.png", "x", 9)]),
            Token(("radius", "8"), TokenType.DIMENSION, Dimension(8), provenance=[Provenance("1.png", "x", 16)]),
        ]
    )
    choice = Evidence(tokens, {"1.png"}).choose_token(tokens)
    assert choice is not None
    assert choice.token.name == "radius.8"
    assert choice.certainty == pytest.approx(16 / 25)
    assert Evidence(tokens, {"2.png"}).choose_token(tokens) is None


def test_contrast_of_what_is_see_through_is_that_on_white() -> None:
    """The same as of opaque colours for these."""
    assert contrast(Color(0, 0, 0), WHITE) == pytest.approx(21)
    assert contrast(Color(0, 0, 0, 0), WHITE) == 1
