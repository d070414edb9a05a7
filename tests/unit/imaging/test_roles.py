"""What colours are used as."""

from __future__ import annotations

from collections.abc import Iterable

import attrs

from copy_that_orch.imaging.areas import Area
from copy_that_orch.imaging.palette import PaletteColor
from copy_that_orch.imaging.roles import Use, find_uses
from copy_that_orch.imaging.text import TextLine

WHITE, CARD, INK, LINE, BLUE, GREEN, RED, AMBER = (
    0xFFFFFF,
    0xF3F4F6,
    0x222222,
    0xDEE2E6,
    0x0D6EFD,
    0x198754,
    0xDC3545,
    0xFFC107,
)
SIZE = (400, 300)


def found(code: int, pixels: int, **more: object) -> PaletteColor:
    """Return a colour of the palette."""
    return PaletteColor(code=code, pixels=pixels, text_lines=0, confidence=0.9, **more)  # type: ignore[arg-type]


def line(left: int, top: int, ground: int, ink: float = 200.0, width: int = 60) -> TextLine:
    """Return a line of text at this place."""
    return TextLine(
        left=left,
        top=top,
        width=width,
        height=15,
        pieces=9,
        color=INK,
        ground=ground,
        solid=40,
        ink=ink,
        baseline=top + 12.0,
        tall=11.5,
        low=8.6,
    )


def uses(
    palette: list[PaletteColor], areas: Iterable[Area] = (), colored: list[tuple[TextLine, int]] | None = None
) -> dict[int, dict[str, int]]:
    """Return pixels by role of each colour."""
    used = find_uses(palette, areas, colored or [], SIZE, 1.0)
    return {code: {use.role: use.pixels for use in of_color} for code, of_color in used.items()}


def button(color: int, top: int, height: int = 40) -> tuple[Area, tuple[TextLine, int]]:
    """Return an area with a line of white text on it."""
    text = line(40, top + (height - 15) // 2, color)
    return Area((20, top, 120, top + height), color, 100 * height - 400), (text, WHITE)


def test_backgrounds_surfaces_text_and_borders_are_told_apart() -> None:
    """A page, a card on it with text, and a rule."""
    areas = [Area((0, 0, 400, 300), WHITE, 90_000), Area((20, 20, 220, 120), CARD, 18_000)]
    palette = [
        found(WHITE, 92_000),
        found(CARD, 19_000),
        found(INK, 400),
        found(LINE, 380, line_pixels=380, line_box=(10, 200, 390, 201)),
    ]

    used = find_uses(palette, areas, [(line(40, 40, CARD), INK), (line(40, 60, CARD, ink=90.0), INK)], SIZE, 1.0)

    assert used == {
        WHITE: (Use("background", 92_000, (0, 0, 400, 300)),),
        CARD: (Use("surface", 19_000, (20, 20, 220, 120)),),
        INK: (Use("text", 290, (40, 40, 100, 55)), Use("graphic", 110, None)),
        LINE: (Use("border", 380, (10, 200, 390, 201)),),
    }


def test_parts_of_large_letters_are_text() -> None:
    """A stem that is as wide as a small box is no surface, and a bar of an E is no border."""
    heading = attrs.evolve(line(40, 40, WHITE, ink=3000.0, width=300), height=40, tall=40.0)
    stem, bar = Area((50, 42, 58, 78), INK, 288), (60, 42, 90, 48)
    palette = [found(INK, 3100, line_pixels=900, line_box=bar)]

    used = uses(palette, [stem], [(heading, INK)])

    assert used == {INK: {"text": 3100}}
    assert set(uses(palette, [stem])[INK]) == {"surface", "border", "graphic"}


def test_the_strong_colour_of_most_buttons_and_links_is_the_accent() -> None:
    """Whatever it is: here blue; red, green and amber keep their meanings."""
    many = [button(BLUE, 10), button(BLUE, 60), button(GREEN, 110, 20), button(RED, 140, 20), button(AMBER, 170, 20)]
    areas, colored = [area for area, _text in many], [text for _area, text in many]

    used = uses([found(BLUE, 8000), found(GREEN, 2000), found(RED, 2000), found(AMBER, 2000)], areas, colored)

    assert {code: set(roles) for code, roles in used.items()} == {
        BLUE: {"accent"},
        GREEN: {"success"},
        RED: {"danger"},
        AMBER: {"warning"},
    }


def test_a_product_may_make_a_colour_of_a_status_its_own() -> None:
    """Where nearly all buttons are green, green is no success."""
    area, text = button(GREEN, 10, 60)
    small, word = button(BLUE, 100, 16)

    used = uses([found(GREEN, 6000), found(BLUE, 900)], [area, small], [text, word])

    assert set(used[GREEN]) == {"accent"}
    assert set(used[BLUE]) == {"accent"}


def test_strong_text_is_a_link_and_strong_areas_without_text_are_graphics() -> None:
    """The bars of a chart are no buttons; a strong area that is high is a surface."""
    bar = Area((20, 100, 40, 200), GREEN, 1700)
    hero, title = button(RED, 10, 90)
    link = (line(20, 250, WHITE), BLUE)

    used = uses([found(BLUE, 200), found(GREEN, 1900), found(RED, 9000)], [bar, hero], [link, title])

    assert used == {BLUE: {"accent": 200}, GREEN: {"graphic": 1900}, RED: {"surface": 9000}}


def test_icons_are_graphics_and_a_surface_needs_no_text() -> None:
    """What is neither area, line nor text is a graphic."""
    assert uses([found(INK, 300), found(CARD, 900)], [Area((10, 10, 40, 40), CARD, 784)]) == {
        INK: {"graphic": 300},
        CARD: {"surface": 900},
    }
