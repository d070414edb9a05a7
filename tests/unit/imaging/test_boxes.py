"""Plain areas with straight sides, and their borders."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from copy_that_orch.imaging.arrays import Codes
from copy_that_orch.imaging.boxes import Box, find_boxes
from copy_that_orch.imaging.ground import codes_of, find_ground
from tests.unit.imaging import drawing

PAGE, CARD, LINE = 0xEEEEEE, 0xFFFFFF, 0xCCCCCC
WHOLE = Box(0, 0, 120, 80, PAGE)


def page() -> Codes:
    """Return a plain page."""
    return np.full((80, 120), PAGE, np.uint32)


def boxes(codes: Codes) -> list[Box]:
    """Return the boxes on a screen."""
    return list(find_boxes(find_ground(codes, side=5))[0])


def test_a_card_is_a_box_on_the_box_of_the_page() -> None:
    """Sides are exact, to the pixel; the page ends with the picture."""
    codes = page()
    codes[20:60, 30:100] = CARD

    assert boxes(codes) == [WHOLE, Box(30, 20, 100, 60, CARD)]


@pytest.mark.parametrize("width", [1, 2, 3])
def test_a_border_is_measured_and_does_not_belong_to_the_box(width: int) -> None:
    """Inside are the sides, outside is what the border takes."""
    codes = page()
    codes[20:60, 30:100] = LINE
    codes[20 + width : 60 - width, 30 + width : 100 - width] = CARD

    _whole, card = boxes(codes)

    assert card.borders == (width,) * 4
    assert (card.left, card.top, card.right, card.bottom) == (30 + width, 20 + width, 100 - width, 60 - width)
    assert card.outside == (30, 20, 100, 60)


@pytest.mark.parametrize("line", [None, 0x888888])
def test_the_first_pixels_of_a_shadow_are_no_border(line: int | None) -> None:
    """They are of another colour above than below, unlike those of a border that stands in a shadow."""
    picture = drawing.page(PAGE, 120, 80)
    drawing.draw_shadow(picture, (30, 20, 100, 60), y=1, blur=3, alpha=0.35)
    drawing.draw_box(picture, (30, 20, 100, 60), CARD, border=(1, line) if line else None)

    card = boxes(codes_of(drawing.rendered(picture)))[-1]

    assert card.color == CARD
    assert card.borders == ((1, 1, 1, 1) if line else (0, 0, 0, 0))


def test_borders_may_differ() -> None:
    """A line below and a bar on the left, as tabs and notes have."""
    codes = page()
    codes[20:60, 30:100] = CARD
    codes[20:60, 26:30] = LINE
    codes[60, 26:100] = LINE

    _whole, card = boxes(codes)

    assert card.borders == (4, 0, 0, 1)


def test_a_shadow_is_no_border() -> None:
    """Its first row is followed by a slightly fainter one."""
    codes = page()
    codes[20:60, 30:100] = CARD
    for row, level in enumerate((0xDD, 0xE1, 0xE5, 0xE8, 0xEB)):
        codes[60 + row, 30:100] = level * 0x010101

    _whole, card = boxes(codes)

    assert card.borders == (0, 0, 0, 0)


def test_a_border_with_a_shadow_is_a_border() -> None:
    """The step from the border to the shadow is too great for a ramp."""
    codes = page()
    codes[20:60, 30:100] = CARD
    for row, level in enumerate((0x99, 0xE5, 0xE8, 0xEB)):
        codes[60 + row, 30:100] = level * 0x010101

    _whole, card = boxes(codes)

    assert card.borders == (0, 0, 0, 1)


def test_a_border_has_one_colour_all_around() -> None:
    """So it is told from the other sides where the shadow below is nearly as dark."""
    picture = drawing.page(PAGE, 120, 80)
    drawing.draw_shadow(picture, (30, 20, 90, 60), y=4, blur=8, alpha=0.2)
    drawing.draw_box(picture, (30, 20, 90, 60), CARD, border=(1, 0xC4C4C4))

    (card,) = (box for box in boxes(codes_of(drawing.rendered(picture))) if box.color == CARD)

    assert card.borders == (1, 1, 1, 1)


def test_a_wide_frame_of_ink_is_no_border() -> None:
    """What does not end within a few pixels is something else."""
    codes = page()
    codes[20:60, 30:100] = CARD
    codes[5:20, 30:100] = np.arange(15 * 70, dtype=np.uint32).reshape(15, 70)
    codes[5:20, 65] = LINE  # a column of one colour that is longer than a border is wide

    _whole, card = boxes(codes)

    assert card.borders[1] == 0


def test_a_disc_is_no_box() -> None:
    """Too little of its sides is straight; a round corner leaves enough."""
    drawn = np.zeros((80, 120), np.uint8)
    cv2.circle(drawn, (60, 40), 30, 1, thickness=-1)
    round_corners = np.zeros((80, 120), np.uint8)
    cv2.rectangle(round_corners, (38, 20), (82, 60), 1, thickness=-1)
    cv2.rectangle(round_corners, (30, 28), (90, 52), 1, thickness=-1)
    for x in (38, 82):
        for y in (28, 52):
            cv2.circle(round_corners, (x, y), 8, 1, thickness=-1)

    assert boxes(np.where(drawn > 0, np.uint32(CARD), page())) == [WHOLE]
    assert boxes(np.where(round_corners > 0, np.uint32(CARD), page())) == [WHOLE, Box(30, 20, 91, 61, CARD)]


def test_small_areas_are_no_boxes() -> None:
    """A check mark's square may be ground, but keeps nothing apart."""
    codes = page()
    codes[20:28, 30:38] = CARD

    assert boxes(codes) == [WHOLE]


def pills(codes: Codes) -> list[Box]:
    """Return the pills and circles on a screen."""
    return list(find_boxes(find_ground(codes, side=5))[1])


@pytest.mark.parametrize("sides", [(30, 20, 90, 44), (30, 20, 54, 70), (20, 10, 80, 70)])
@pytest.mark.parametrize("border", [None, (1, LINE)])
def test_pills_and_circles_are_told_by_their_ends(
    sides: tuple[int, int, int, int], border: tuple[float, int] | None
) -> None:
    """Lying, standing and round ones, with the width of their border."""
    picture = drawing.page(PAGE, 120, 80)
    drawing.draw_box(picture, sides, CARD, radius=99, border=border)

    (found,) = pills(codes_of(drawing.rendered(picture)))

    assert found.outside == sides
    assert found.borders == ((1,) * 4 if border else (0,) * 4)


def test_rings_diamonds_and_round_corners_are_no_pills() -> None:
    """Letters such as o are hollow; the ends must be half circles."""
    picture = drawing.page(PAGE, 240, 80)
    drawing.draw_box(picture, (10, 10, 70, 70), CARD, radius=30)
    drawing.draw_box(picture, (20, 20, 60, 60), PAGE, radius=20)
    drawing.draw_box(picture, (160, 10, 230, 70), CARD, radius=10)
    codes = codes_of(drawing.rendered(picture))
    y, x = np.mgrid[:80, :240]
    codes[abs(x - 115) + abs(y - 40) < 30] = CARD

    assert [pill for pill in pills(codes) if pill.color == CARD] == []
