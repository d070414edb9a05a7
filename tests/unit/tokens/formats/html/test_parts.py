"""What the report is put together from."""

from __future__ import annotations

from typing import Any

import attrs
import pytest

from copy_that_orch.tokens.color import Color
from copy_that_orch.tokens.formats.html.cards import cards_of
from copy_that_orch.tokens.formats.html.matrix import matrix_of
from copy_that_orch.tokens.formats.html.page import write
from copy_that_orch.tokens.formats.html.pictures import Sighting, wanted
from copy_that_orch.tokens.formats.html.sections import rules, sections_of
from copy_that_orch.tokens.model import ContrastPair, Provenance, Screen, Theme, Token, TokenSet, TokenType
from tests.unit.tokens import samples

BOX = (0, 0, 10, 10)


def color(name: str, code: str, count: int = 1, **more: Any) -> Token:
    """A colour that was seen so often."""
    seen = [Provenance("a.png", "extract.color", count)]
    return attrs.evolve(Token(name.split("."), TokenType.COLOR, Color.from_hex(code), provenance=seen), **more)


def test_every_token_has_its_first_place_before_any_has_its_second() -> None:
    """The largest sightings first, at most three, each place once; what has no box is not asked for."""
    other = (5, 5, 8, 8)
    often = Token(
        ("spacing", "8"),
        TokenType.DIMENSION,
        samples.EVERY_TYPE.tokens[0].value,
        provenance=[
            *(
                Provenance(f"{letter}.png", "x", count, box=BOX)
                for letter, count in zip("abcd", (1, 4, 3, 2), strict=True)
            ),
            Provenance("e.png", "x", 9),
        ],
    )
    once = color(
        "color.red",
        "#ff0000",
        provenance=[Provenance("b.png", "x", 1, "text", BOX), Provenance("b.png", "x", 2, "", other)],
    )
    assert wanted(TokenSet([often, once])) == (
        Sighting("b.png", other),
        Sighting("b.png", BOX),
        Sighting("c.png", BOX),
        Sighting("d.png", BOX),
    )


def test_sections_and_groups_stand_in_a_fixed_order() -> None:
    """Greys first and the other colours around the wheel, sizes from large to small, lengths from small to large."""
    tokens = TokenSet(
        [
            *samples.EVERY_TYPE.tokens,
            color("color.pink.500", "#ec4899"),
            color("color.red.500", "#ef4444"),
            color("color.green.500", "#22c55e"),
        ]
    )
    sections = sections_of(tokens, cards_of(tokens, {}))
    order = {section.title: [group.name for group in section.groups] for section in sections}
    assert order["Palette"] == ["neutral", "red", "green", "blue", "pink"]
    assert order["Typography"] == ["Styles", "Sizes", "Weights", "Line heights", "Letter spacing", "Families"]
    assert order["Borders"] == ["Widths", "Line styles", "Borders"]
    names = {group.name: [card.name for card in group.cards] for section in sections for group in section.groups}
    assert names["Styles"] == ["typography.heading", "typography.body", "typography.button"]
    assert names["Sizes"] == ["font-size.md", "font-size.sm"]
    assert [
        card.name for section in sections if section.id == "spacing" for group in section.groups for card in group.cards
    ] == [
        "spacing.md",
        "spacing.lg",
    ]
    assert sum(section.count for section in sections) == len(tokens)


def test_each_token_is_drawn_as_what_it_is() -> None:
    """References are resolved; a token that nobody could draw has no rule; other modes have their own."""
    modes = color("color.surface.page", "#ffffff", modes={"dark": Color.from_hex("#0f172a")})
    tokens = TokenSet([*samples.EVERY_TYPE.tokens, modes])
    cards = cards_of(tokens, {})
    drawn = dict(rule[1:-1].split("{") for rule in rules(tokens, cards))
    by_name = {card.name: drawn.get(card.rule) for card in cards}
    assert by_name["color.text.default"] == "--value:#0f172a"
    assert by_name["spacing.lg"] == "inline-size:1.5rem"
    assert by_name["radius.md"] == "border-radius:8px"
    assert by_name["border-width.hair"] == "block-size:1px"
    assert by_name["font-size.sm"] == "font-size:0.875rem"
    assert by_name["line-height.normal"] == "line-height:1.5"
    assert by_name["letter-spacing.tight"] == "letter-spacing:-0.25px"
    assert by_name["font-weight.bold"] == "font-weight:700"
    assert by_name["font-family.mono"] == 'font-family:"Courier New"'
    assert by_name["typography.button"] == 'font:400 16px/1.5 "Inter", system-ui, sans-serif;letter-spacing:0px'
    assert by_name["stroke.drop-zone"] == "border-top-style:dashed"
    assert by_name["border.card"] == "border:1px solid #0000001a"
    assert by_name["shadow.pressed"] == "box-shadow:inset 1px 1px 1px 1px #00000033"
    assert by_name["gradient.hero"] == "background-image:linear-gradient(135deg, #2563eb 0%, #7c3aed 62.5%)"
    assert by_name["opacity.disabled"] is None
    page = next(card for card in cards if card.name == "color.surface.page")
    assert [(one.mode, one.value, drawn[one.rule]) for one in page.variants] == [("dark", "#0f172a", "--value:#0f172a")]


@pytest.mark.parametrize(
    ("count", "usage"), [(1, "under 0.1 % of pixels"), (500, "5 % of pixels"), (1234, "12.3 % of pixels")]
)
def test_how_much_was_seen_of_a_colour(count: int, usage: str) -> None:
    """A share of all pixels, if it is known how many there are."""
    screens = [Screen("a.png", Theme.LIGHT, 100, 100)]
    (card,) = cards_of(TokenSet([color("color.red", "#ff0000", count)], screens=screens), {})
    assert card.usage == usage


def test_how_often_other_tokens_were_seen() -> None:
    """In words; nothing if that is not known."""
    once, often = color("color.a", "#ff0000"), color("color.b", "#fe0000", 1200)
    assert [card.usage for card in cards_of(TokenSet([once, often]), {})] == ["seen once", "seen 1,200 times"]
    assert {card.usage for card in cards_of(samples.EVERY_TYPE, {})} == {""}


def pair(text: str, background: str, lines: int = 1, size: float | None = None, *, bold: bool = False) -> ContrastPair:
    """Text that was seen on so many lines."""
    seen = [Provenance("a.png", "extract.color", lines)]
    return ContrastPair(Color.from_hex(text), Color.from_hex(background), seen, size, bold)


def test_the_matrix_has_the_pairs_that_occur() -> None:
    """Those that were seen most first, each with its verdict for the smallest text that it was seen as."""
    tokens = TokenSet(
        [
            color("color.neutral.0", "#ffffff"),
            color("color.neutral.900", "#111111"),
            samples.reference("color.accent", TokenType.COLOR, "color.neutral.900"),
        ],
        pairs=[
            pair("#777777", "#ffffff", 2, 16),
            pair("#767676", "#ffffff", 3, 12.4),
            pair("#767676", "#ffffff", 1, 14),
            pair("#949494", "#ffffff", 1, 30),
            pair("#111111", "#ffffff", 9),
            pair("#ffffff", "#111111", 1, 20, bold=True),
        ],
    )
    matrix = matrix_of(tokens)
    assert [ground.hex for ground in matrix.backgrounds] == ["#ffffff", "#111111"]
    assert [(cell.text.hex, cell.background.name, cell.ratio, cell.verdict, cell.sizes) for cell in matrix.cells] == [
        ("#111111", "neutral.0", "18.88", "AAA", ""),
        ("#767676", "neutral.0", "4.54", "AA", "12 to 14 px"),
        ("#777777", "neutral.0", "4.47", "fail", "16 px"),
        ("#949494", "neutral.0", "3.03", "AA large", "30 px"),
        ("#ffffff", "neutral.900", "18.88", "AAA", "20 px"),
    ]
    assert [len(row) for _, row in matrix.rows] == [2] * 5
    assert matrix_of(TokenSet()).cells == ()
    assert "Contrast" in write(tokens)


def test_the_band_shows_the_colours_that_were_seen_most() -> None:
    """At most 24, opaque ones, in the order of their names, by the square root of their share."""
    many = [color(f"color.grey.{number}", f"#{number:02x}{number:02x}{number:02x}", number) for number in range(1, 31)]
    see_through = color("color.veil", "#00000080", 10_000)
    html = write(TokenSet([*many, see_through]))
    shares = [line for line in html.splitlines() if line.startswith(".band .v")]
    assert len(shares) == 24
    assert shares[0] == ".band .v6{flex-grow:48}"
    assert shares[-1] == ".band .v29{flex-grow:100}</style>"


def test_of_many_images_those_are_listed_that_show_most() -> None:
    """A page of a thousand screens stays readable, and small."""
    seen = [Provenance(f"{number}.png", "x", number, "text") for number in range(1, 1001)]
    tokens = TokenSet([color("color.red", "#ff0000", provenance=seen)])
    (card,) = cards_of(tokens, {})
    assert [one.image for one in card.seen] == [f"{number}.png" for number in range(1000, 980, -1)]
    html = write(tokens)
    assert "on 1000 screens" in html
    assert "And on 980 more." in html
    assert len(html) < 50_000
