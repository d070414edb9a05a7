"""How round the corners of a box are."""

from __future__ import annotations

import numpy as np
import pytest

from copy_that_orch.imaging.boxes import Box
from copy_that_orch.imaging.corners import MISFIT, SQUARE, Corner, find_corners, find_outer_corners
from tests.unit.imaging.drawing import draw_box, draw_shadow, page, rendered

SIDES = (30, 20, 150, 120)
BOX = Box(*SIDES, 0x0D6EFD)
BORDERED = Box(32, 22, 148, 118, 0xFFFFFF, (2, 2, 2, 2))


def measured(corners: tuple[Corner | None, ...]) -> list[float]:
    """Return the radii of corners that all look like drawn ones."""
    assert all(corner is not None and corner.misfit <= MISFIT for corner in corners)
    return [corner.radius for corner in corners if corner]


@pytest.mark.parametrize("radius", [2, 4, 5, 6, 8, 12, 16.5, 24, 40])
def test_a_radius_is_measured_to_half_a_pixel(radius: float) -> None:
    """From the shares of the colours in the pixels on the arc, at all four corners."""
    picture = page()
    draw_box(picture, SIDES, BOX.color, radius=radius)

    assert measured(find_corners(rendered(picture), BOX)) == pytest.approx([radius] * 4, abs=0.5)


@pytest.mark.parametrize("radius", [3, 6, 8, 12, 20])
@pytest.mark.parametrize("ground", [0xFFFFFF, 0xEEEEEE])
def test_the_outer_radius_of_a_bordered_box_is_measured(radius: float, ground: int) -> None:
    """Whether or not the inside has the colour of what is outside."""
    picture = page(ground)
    draw_box(picture, SIDES, 0xFFFFFF, radius=radius, border=(2, 0xAAAAAA))

    assert measured(find_corners(rendered(picture), BORDERED)) == pytest.approx([radius] * 4, abs=0.6)


def test_a_card_that_hardly_stands_out_is_measured_through_its_shadow() -> None:
    """What is outside is not one colour; then the pixels that lie wholly inside are counted."""
    picture = page(0xF8F9FA)
    draw_shadow(picture, SIDES, y=2, blur=6, alpha=0.12, radius=12)
    draw_box(picture, SIDES, 0xFFFFFF, radius=12)

    radii = measured(find_corners(rendered(picture), Box(*SIDES, 0xFFFFFF)))

    assert radii == pytest.approx([12] * 4, abs=1)


def test_where_a_shadow_begins_there_is_no_box() -> None:
    """Its outermost level is an even ring, round at its corners, one level apart from what is outside; a box is two."""
    picture = page(0x12141B)
    draw_box(picture, SIDES, 0x11131A, radius=22)
    assert find_corners(rendered(picture), Box(*SIDES, 0x11131A)) == (None,) * 4

    draw_box(picture, SIDES, 0x101219, radius=22)
    assert measured(find_corners(rendered(picture), Box(*SIDES, 0x101219))) == pytest.approx([22] * 4, abs=1)


def test_square_corners_have_no_radius() -> None:
    """Neither of a plain box nor of one with a border."""
    picture = page()
    draw_box(picture, SIDES, BOX.color)
    assert find_corners(rendered(picture), BOX) == (SQUARE,) * 4

    draw_box(picture, SIDES, 0xFFFFFF, border=(2, 0xAAAAAA))
    assert find_corners(rendered(picture), BORDERED) == (SQUARE,) * 4


def test_a_radius_of_the_width_of_the_border_has_a_square_inner_corner() -> None:
    """It is seen by its outer arc alone."""
    picture = page()
    draw_box(picture, SIDES, 0xFFFFFF, radius=2, border=(2, 0x333333))

    assert measured(find_corners(rendered(picture), BORDERED)) == pytest.approx([2] * 4, abs=0.4)


def test_corners_come_in_the_order_of_css() -> None:
    """From left above clockwise; a tab is round above only."""
    picture = page()
    draw_box(picture, SIDES, BOX.color, radius=10)
    picture[70:120, 30:150] = (0x0D, 0x6E, 0xFD)

    left_above, right_above, right_below, left_below = measured(find_corners(rendered(picture), BOX))

    assert (right_below, left_below) == (0, 0)
    assert (left_above, right_above) == pytest.approx((10, 10), abs=0.5)


def test_a_slanted_corner_is_not_round() -> None:
    """A hexagon differs from all arcs."""
    picture = page()
    picture[20:120, 30:150] = (0x0D, 0x6E, 0xFD)
    slanted = np.add.outer(np.arange(24), np.arange(24) / 2) < 12
    picture[20:44, 30:54][slanted] = 255

    corner = find_corners(rendered(picture), BOX)[0]

    assert corner is not None
    assert corner.misfit > MISFIT


def test_corners_that_cannot_be_measured_are_none() -> None:
    """At the edge of the picture, or where the borders beside one differ, or without a pixel of the inside."""
    picture = page()
    draw_box(picture, SIDES, BOX.color, radius=6)
    pixels = rendered(picture)

    assert find_corners(pixels, Box(0, 0, 240, 160, 0xFFFFFF)) == (None,) * 4
    assert find_corners(pixels, Box(32, 20, 150, 120, BOX.color, (2, 0, 0, 0)))[0] is None
    assert find_corners(pixels, Box(*SIDES, 0x123456)) == (None,) * 4
    pixels[30, 170] = pixels[30, 199] = 0  # ends of a line that goes through, not of a border
    assert find_corners(pixels, Box(172, 22, 198, 38, 0xFFFFFF, (2, 2, 2, 2))) == (None,) * 4


@pytest.mark.parametrize("radius", [5, 8, 14, 30])
def test_an_area_of_many_colours_is_told_by_what_is_outside(radius: float) -> None:
    """Which pixels have that colour wholly tells the radius to a pixel."""
    picture = page()
    draw_box(picture, SIDES, 0x808080, radius=radius)
    grain = np.random.default_rng(3).uniform(-40, 40, picture.shape)
    picture = np.where(picture < 255, np.minimum(picture + grain, 250), picture)

    assert measured(find_outer_corners(rendered(picture), SIDES)) == pytest.approx([radius] * 4, abs=1)


def test_outer_corners_may_be_square_or_unknown() -> None:
    """At the edge of the picture they are not known, nor where nothing is seen of the area."""
    picture = page()
    draw_box(picture, SIDES, 0x808080)

    assert find_outer_corners(rendered(picture), SIDES) == (SQUARE,) * 4
    assert find_outer_corners(rendered(picture), (0, 0, 240, 160)) == (None,) * 4
    assert find_outer_corners(rendered(picture), (180, 130, 220, 150)) == (None,) * 4


def test_a_corner_without_the_border_of_the_sides_is_not_measured() -> None:
    """Where the inside begins before the border is over, it is not the border of this corner."""
    picture = page()
    draw_box(picture, SIDES, 0x777777)
    draw_box(picture, (31, 21, 149, 119), 0x0D6EFD)
    draw_box(picture, (30, 30, 150, 110), 0x444444)
    draw_box(picture, (40, 20, 140, 120), 0x444444)
    draw_box(picture, (34, 30, 146, 110), 0x0D6EFD)
    draw_box(picture, (40, 24, 140, 116), 0x0D6EFD)

    assert find_corners(rendered(picture), Box(34, 24, 146, 116, 0x0D6EFD, (4, 4, 4, 4))) == (None,) * 4
