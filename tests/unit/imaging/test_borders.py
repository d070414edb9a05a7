"""Lines around boxes and between them."""

from __future__ import annotations

import numpy as np
import pytest

from copy_that_orch.imaging.arrays import Codes
from copy_that_orch.imaging.borders import find_borders
from copy_that_orch.imaging.boxes import Box, find_boxes
from copy_that_orch.imaging.ground import codes_of, find_ground
from tests.unit.imaging.drawing import draw_box, page, rendered

PAGE, CARD, LINE = 0xEEEEEE, 0xFFFFFF, 0xCCCCCC


def boxes(codes: Codes) -> tuple[Box, ...]:
    """Return the boxes on a screen."""
    return find_boxes(find_ground(codes, side=5))[0]


@pytest.mark.parametrize(
    ("width", "scale", "css"),
    [(1, 1, 1), (2, 1, 2), (2, 2, 1), (3, 2, 1.5), (1, 3, 0.5), (1, 1.25, 1), (1, 1.5, 1), (3, 1.5, 2), (2, 1.5, 1.5)],
)
def test_the_line_around_a_box_is_found(width: int, scale: float, css: float) -> None:
    """One box is enough; its width is in CSS pixels, and text in the box does not matter."""
    picture = page(PAGE)
    draw_box(picture, (20, 20, 160, 100), CARD, radius=6, border=(width, LINE))
    picture[50:60, 40:50] = 0
    codes = codes_of(rendered(picture))

    (found,) = find_borders(codes, boxes(codes), scale)

    assert (found.width, found.color, found.style, found.closed) == (css, LINE, "solid", 1)
    assert [box.outside for box in found.boxes] == [(20, 20, 160, 100)]


def test_lines_between_rows_count_where_there_are_many() -> None:
    """A table has as many; one line below a heading may be anything."""
    picture = page(PAGE)
    draw_box(picture, (20, 20, 220, 140), CARD)
    picture[49:50, 20:220] = 0xCC
    codes = codes_of(rendered(picture))
    assert find_borders(codes, boxes(codes), 1) == ()

    picture[79:80, 20:220] = picture[109:110, 20:220] = 0xCC
    codes = codes_of(rendered(picture))
    (found,) = find_borders(codes, boxes(codes), 1)
    assert (found.width, found.color, found.closed, len(found.boxes)) == (1, LINE, 0, 4)


def test_what_shows_between_bars_is_no_line() -> None:
    """It has the colour of the ground."""
    picture = page(PAGE)
    for left in range(20, 200, 26):
        draw_box(picture, (left, 20, left + 24, 120), 0x3366CC)
    codes = codes_of(rendered(picture))

    assert find_borders(codes, boxes(codes), 1) == ()


@pytest.mark.parametrize(("dash", "style"), [(6, "dashed"), (2, "dotted")])
def test_dashes_and_dots_are_told_apart(dash: int, style: str) -> None:
    """By the length of what is drawn, in widths of the line."""
    codes = np.full((120, 240), PAGE, np.uint32)
    codes[20:100, 20:200] = CARD
    codes[24:96, 24:196] = 0xDDEEFF
    box = Box(24, 24, 196, 96, 0xDDEEFF, (2, 2, 2, 2))
    codes[22:98, 22:198] = np.where((np.arange(176) // dash) % 2 == 0, LINE, CARD)
    codes[22:98, 22:24] = codes[22:98, 196:198] = np.where((np.arange(76) // dash) % 2 == 0, LINE, CARD)[:, None]
    codes[24:96, 24:196] = 0xDDEEFF

    (found,) = find_borders(codes, [box], 1)

    assert (found.width, found.style, found.closed) == (2, style, 1)


def test_a_side_that_is_hardly_drawn_is_no_line() -> None:
    """Three ticks are no dashes; a side of one pixel, or of the colour of the box, is nothing."""
    codes = np.full((120, 240), PAGE, np.uint32)
    codes[20:100, 20:200] = CARD
    codes[19, 60:110] = codes[19, 120:140] = LINE
    border = (0, 1, 0, 0)

    assert find_borders(codes, [Box(20, 20, 200, 100, CARD, border)] * 3, 1) == ()
    assert find_borders(codes, [Box(20, 20, 21, 100, CARD, border)] * 3, 1) == ()
    assert find_borders(codes, [Box(30, 31, 60, 60, CARD, border)] * 3, 1) == ()
