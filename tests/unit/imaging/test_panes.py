"""Plain areas with some straight sides."""

from __future__ import annotations

import numpy as np
import pytest

from copy_that_orch.imaging.boxes import Box
from copy_that_orch.imaging.ground import Ground, codes_of, find_ground
from copy_that_orch.imaging.panes import Pane, find_panes
from tests.unit.imaging.drawing import draw_box, page

GREY, WHITE = 0xEEEEEE, 0xFFFFFF


def ground_of(picture: np.ndarray) -> Ground:
    """Return what lies behind everything in a picture, height x width x 3."""
    return find_ground(codes_of(np.round(picture).astype(np.uint8)), 5)


def shade(picture: np.ndarray, top: int, levels: int = 12) -> None:
    """Lay a shadow below `top`, which ends in the middle sooner than at the sides."""
    width = picture.shape[1]
    for x in range(width):
        depth = levels if abs(x - width / 2) > width / 8 else levels - 4
        for y in range(depth):
            picture[top + y, x] -= 2 * (depth - y)


def test_a_page_under_a_shadow_has_three_straight_sides() -> None:
    """Where the shadow ends is no side of it."""
    picture = page(GREY)
    draw_box(picture, (0, 0, 240, 30), 0x6200EE)
    shade(picture, 30)

    (pane,) = find_panes(ground_of(picture))

    assert pane.straight == (True, False, True, True)
    assert (pane.box.left, pane.box.right, pane.box.bottom) == (0, 240, 160)
    assert pane.box.color == GREY


@pytest.mark.parametrize("sticking_out", [1, 2])
def test_what_sticks_out_a_little_is_passed_over(sticking_out: int) -> None:
    """A card beside which some pixels have its colour by chance."""
    picture = page(GREY)
    draw_box(picture, (40, 40, 200, 120), WHITE)
    picture[60:70, 200 : 200 + sticking_out] = 255

    assert find_panes(ground_of(picture)) == (Pane(Box(40, 40, 200, 120, WHITE), (True, True, True, True)),)


def test_boxes_rings_and_what_has_no_sides_are_no_panes() -> None:
    """A card in a page, a circle, and one level of a shadow around a card."""
    picture = page(GREY)
    draw_box(picture, (20, 20, 100, 100), WHITE)
    draw_box(picture, (140, 20, 200, 80), WHITE, radius=30)
    assert find_panes(ground_of(picture)) == ()

    draw_box(picture, (110, 90, 230, 150), 0xE0E0E0)
    draw_box(picture, (115, 95, 225, 145), WHITE)
    picture[90:96, 150:160] = 0xE9  # so that the ring is no box either
    assert find_panes(ground_of(picture)) == ()


def test_a_ring_with_straight_sides_is_no_pane() -> None:
    """It has too little of what it encloses, though only a pixel sticks out of it."""
    picture = page(GREY)
    draw_box(picture, (30, 30, 210, 130), 0xE0E0E0)
    draw_box(picture, (35, 35, 205, 125), WHITE)
    picture[60:70, 210] = 0xE0

    assert find_panes(ground_of(picture)) == ()


def test_a_border_belongs_to_a_straight_side() -> None:
    """It is measured as that of a box is."""
    picture = page(GREY)
    draw_box(picture, (40, 40, 200, 120), WHITE, border=(1, 0x333333))
    picture[60:70, 40:200] = 255

    (pane,) = find_panes(ground_of(picture))

    assert pane.box.outside == (40, 40, 200, 120)
    assert pane.straight == (True, True, True, True)
