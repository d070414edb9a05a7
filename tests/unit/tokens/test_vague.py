"""Colours of thin things in JPEG."""

from __future__ import annotations

import pytest

from copy_that_orch.tokens.color import Color
from copy_that_orch.tokens.vague import settle_vague


def color(code: int) -> Color:
    """Return the colour of a number."""
    return Color.from_bytes(code >> 16, code >> 8 & 255, code & 255)


@pytest.mark.parametrize(
    ("vague", "sure", "joins"),
    [
        (0xC2FFF6, 0xCFF4FC, True),  # a line of one pixel around an area of the colour, at quality 85
        (0xE0FFFF, 0xF1F5FA, False),  # too far in hue
        (0x2D221E, 0x212429, True),
        (0x1C1C1C, 0x202020, False),  # 4 levels darker: lightness is not vague
    ],
)
def test_what_is_as_light_and_near_in_hue_is_one(vague: int, sure: int, joins: bool) -> None:
    """The colour that is sure stands for both, though the other one was seen more."""
    settled = settle_vague([color(vague), color(sure)], [9, 1], [True, False])

    assert settled == ({color(vague): color(sure)} if joins else {})


def test_what_is_sure_stays_as_it_is() -> None:
    """However near it is to another one."""
    assert settle_vague([color(0xFFFFFF), color(0xFEFEFE)], [9, 1], [False, False]) == {}


def test_several_vague_ones_are_their_mean() -> None:
    """Each is off another way; the heavier one counts more, by the root of its weight."""
    one, other = color(0xE1E0E7), color(0xDFE3E7)

    settled = settle_vague([one, other], [900, 100], [True, True])

    assert settled == {one: color(0xE0E1E7), other: color(0xE0E1E7)}


def test_the_nearest_one_is_taken() -> None:
    """Lightness counts most: it is what JPEG keeps."""
    vague, darker, bluer = color(0x808080), color(0x7E7E7E), color(0x808086)

    assert settle_vague([darker, bluer, vague], [9, 9, 1], [False, False, True]) == {vague: bluer}


def test_of_nothing_nothing_is_settled() -> None:
    """There may be no colours."""
    assert settle_vague([], [], []) == {}
