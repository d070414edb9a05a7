"""Pieces of ink that stand side by side."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from copy_that_orch.imaging.arrays import Codes
from copy_that_orch.imaging.ground import find_ground
from copy_that_orch.imaging.pieces import Row, find_rows

PAGE, CARD, INK = 0xEEEEEE, 0xFFFFFF, 0x222222


def page() -> Codes:
    """Return a plain page."""
    return np.full((120, 300), PAGE, np.uint32)


def write(codes: Codes, left: int, top: int, letters: int = 5, height: int = 10) -> int:
    """Draw letters like small h's, 6 pixels apart, and return where they end."""
    for x in range(left, left + 6 * letters, 6):
        codes[top : top + height, x] = INK
        codes[top + height // 2, x : x + 4] = INK
        codes[top + height // 2 : top + height, x + 3] = INK
    return left + 6 * letters - 2


def rows(codes: Codes) -> list[Row]:
    """Return the rows on a screen."""
    return list(find_rows(find_ground(codes, side=5)))


def test_words_of_a_line_are_one_row() -> None:
    """A space joins them, a wide gap does not."""
    codes = page()
    end = write(codes, 20, 30)
    write(codes, end + 6, 30)
    write(codes, 200, 30)

    assert rows(codes) == [Row(20, 30, 62, 10, pieces=10), Row(200, 30, 28, 10, pieces=5)]


def test_lines_of_a_paragraph_stay_apart() -> None:
    """Two pixels between them are enough."""
    codes = page()
    write(codes, 20, 30)
    write(codes, 20, 42)

    assert rows(codes) == [Row(20, 30, 28, 10, pieces=5), Row(20, 42, 28, 10, pieces=5)]


def test_an_icon_beside_a_label_does_not_join_it() -> None:
    """It is more than twice as tall as the letters, and neither it nor what it touches is in their row."""
    codes = page()
    cv2.line(codes.view(np.int32), (4, 22), (16, 52), INK, 4)
    write(codes, 24, 30)
    write(codes, 24, 44)

    assert rows(codes) == [Row(24, 30, 28, 10, pieces=5), Row(24, 44, 28, 10, pieces=5)]


@pytest.mark.parametrize("shape", ["outline", "bar", "tall", "wide"])
def test_what_has_not_the_shape_of_letters_is_left_out(shape: str) -> None:
    """Outlines of buttons, badges, and what is too tall or too long."""
    codes = page()
    if shape == "outline":
        codes[30:60, 20:120] = INK
        codes[31:59, 21:119] = PAGE
    elif shape == "bar":
        codes[30:34, 20:120] = INK
        codes[34:41, 20:22] = INK
        codes[30:34, 20:120] = INK
        codes[30:42, 20:60] = np.where(np.indices((12, 40)).sum(0) % 40, INK, INK + 1)
    elif shape == "tall":
        codes = np.full((300, 300), PAGE, np.uint32)
        codes[20:260, 40:44] = INK
    else:
        codes = np.full((60, 900), PAGE, np.uint32)
        codes[30, 20:880] = INK
        codes[31, 20:450] = INK

    assert rows(codes) == []


def test_what_stands_on_two_grounds_is_left_out() -> None:
    """A line between a card and the page is no letter."""
    codes = page()
    codes[:, 150:] = CARD
    codes[30:40, 149:151] = INK
    codes[35, 147:154] = INK

    assert rows(codes) == []


def test_nothing_gives_no_rows() -> None:
    """A blank page has none."""
    assert rows(page()) == []
