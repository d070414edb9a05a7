"""Pictures with plain colours in them."""

from __future__ import annotations

import numpy as np
import pytest

from copy_that_orch.imaging.areas import find_areas
from copy_that_orch.imaging.arrays import Codes
from copy_that_orch.imaging.ground import find_ground
from copy_that_orch.imaging.pictures import colors_in_photos, colors_of_pictures

WHITE, SKY, SKIN, SHIRT, HAIR = 0xFFFFFF, 0xCF8C88, 0x946242, 0x6D4E22, 0x2C1B10
BUTTON = 0x0969DA


def page() -> Codes:
    """Return a white page."""
    return np.full((300, 400), WHITE, np.uint32)


def portrait(codes: Codes, left: int, top: int, *, shirt: int = SHIRT, size: int = 40) -> None:
    """Draw a head before a plain ground, with edges of mixtures around its parts."""
    part = codes[top : top + size, left : left + size]
    part[:] = SKY
    part[size // 4 - 1 : 3 * size // 4 + 1, size // 3 - 1 : 2 * size // 3 + 1] = 0x7A5A4A
    part[size // 4 : 3 * size // 4, size // 3 : 2 * size // 3] = SKIN
    part[3 * size // 4 :, 3:-3] = shirt


def pictured(codes: Codes, scale: float = 1.0) -> frozenset[int]:
    """Return the colours of the pictures in this one."""
    return colors_of_pictures(find_areas(find_ground(codes, 5)), scale)


def test_a_drawn_portrait_is_a_picture() -> None:
    """Ground, skin and shirt stand close together and nowhere else; the page does not belong to it."""
    codes = page()
    portrait(codes, 50, 50)

    assert pictured(codes) == {SKY, SKIN, SHIRT}


def test_a_colour_that_also_stands_elsewhere_is_no_pictures() -> None:
    """Two portraits may share the colour of a skin, and a shirt may have that of the buttons."""
    codes = page()
    portrait(codes, 50, 50)
    codes[200:240, 50:200] = SHIRT

    assert pictured(codes) == {SKY, SKIN}
    codes[200:240, 250:350] = SKY
    assert pictured(codes) == frozenset()


def test_a_badge_is_no_picture() -> None:
    """It has one colour, or two where there is a dot on it."""
    codes = page()
    codes[50:74, 50:120] = SKY
    codes[58:66, 56:64] = SHIRT

    assert pictured(codes) == frozenset()


def test_what_hardly_differs_is_one_colour() -> None:
    """Around a button with a shadow there are many shades of one."""
    codes = page()
    codes[50:74, 50:120] = SKY
    for step, level in enumerate((0xF0F0F0, 0xF4F4F4, 0xF8F8F8)):
        codes[75 + 8 * step : 83 + 8 * step, 50:120] = level

    assert pictured(codes) == frozenset()


@pytest.mark.parametrize(("scale", "expected"), [(1.0, frozenset()), (2.0, {SKY, SKIN, SHIRT})])
def test_large_ones_may_be_charts(scale: float, expected: frozenset[int]) -> None:
    """How large is told in CSS pixels."""
    codes = page()
    portrait(codes, 50, 50, size=120)

    assert pictured(codes, scale) == expected


def test_a_row_of_buttons_is_no_picture() -> None:
    """Each is small, and they stand close together, but not the row."""
    codes = page()
    for place, color in enumerate((SKY, SKIN, SHIRT, HAIR)):
        codes[50:80, 50 + 60 * place : 108 + 60 * place] = color

    assert pictured(codes) == frozenset()


def test_a_page_with_nothing_small_on_it_has_no_pictures() -> None:
    """There is one area, and it is large."""
    assert pictured(page()) == frozenset()


def test_what_has_nothing_plain_around_it_stands_in_a_photo() -> None:
    """A vase before hills, and what stands in front of it; a button on the page and the page itself do not."""
    codes = page()
    plain = np.ones(codes.shape, np.bool_)
    plain[20:180, 20:220] = False
    for rows, columns, color in (
        (np.s_[60:140], np.s_[60:120], SKIN),
        (np.s_[90:110], np.s_[120:180], SHIRT),
        (np.s_[200:240], np.s_[50:200], BUTTON),
    ):
        codes[rows, columns] = color
        plain[rows, columns] = True
    areas = find_areas(find_ground(codes, 5))

    assert colors_in_photos(areas, codes, plain, ()) == {SKIN, SHIRT}
    assert SKIN not in colors_in_photos(areas, codes, plain, {SKIN})


def test_a_colour_that_stands_on_the_page_too_is_no_photos() -> None:
    """One place where it was painted is enough."""
    codes = page()
    plain = np.ones(codes.shape, np.bool_)
    plain[20:180, 20:220] = False
    codes[60:140, 60:120] = codes[200:240, 50:200] = BUTTON
    plain[60:140, 60:120] = True
    areas = find_areas(find_ground(codes, 5))

    assert colors_in_photos(areas, codes, plain, ()) == frozenset()


def test_what_covers_much_of_a_screen_is_no_thing_in_a_photo() -> None:
    """A page may have nothing else on it that is plain."""
    codes = page()
    plain = codes == WHITE
    codes[100:200, 100:300] = HAIR
    plain[100:200, 100:300] = False

    assert WHITE not in colors_in_photos(find_areas(find_ground(codes, 5)), codes, plain, ())
