"""Discs and pills that are not of one colour."""

from __future__ import annotations

import numpy as np
import pytest

from copy_that_orch.imaging.arrays import Codes
from copy_that_orch.imaging.discs import find_discs
from copy_that_orch.imaging.ground import find_ground
from tests.unit.imaging.drawing import covered

WHITE, INK = 0xFFFFFF, 0x222222


def page() -> Codes:
    """Return a white page."""
    return np.full((300, 400), WHITE, np.uint32)


def draw(codes: Codes, left: int, top: int, width: int, height: int, *, plain: bool = False) -> None:
    """Draw an oval full of noise, or plain."""
    rows, columns = np.mgrid[: codes.shape[0], : codes.shape[1]] + 0.5
    inside = ((columns - left) * 2 / width - 1) ** 2 + ((rows - top) * 2 / height - 1) ** 2 <= 1
    noise = np.random.default_rng(3).integers(0, 0xEFEFEF, codes.shape, np.uint32)
    codes[inside] = INK if plain else noise[inside]


def discs(codes: Codes) -> tuple[tuple[int, int, int, int], ...]:
    """Return the discs in a picture."""
    return find_discs(find_ground(codes, 5))


@pytest.mark.parametrize(("size", "plain"), [(15, False), (40, False), (41, True), (112, False)])
def test_a_round_portrait_is_found_with_its_sides(size: int, *, plain: bool) -> None:
    """Whatever is in it."""
    codes = page()
    draw(codes, 50, 61, size, size, plain=plain)

    assert discs(codes) == ((50, 61, 50 + size, 61 + size),)


def draw_rounded(codes: Codes, left: int, top: float, width: int, height: int, radius: float) -> None:
    """Draw what touches a pixel in plain colour, with a knob in it; top and height may be parts of pixels."""
    share = covered(codes.shape, (left, top, left + width, top + height), radius)
    codes[share > 0.01] = INK
    codes[covered(codes.shape, (left + 3, top + 3, left + height - 3, top + height - 3), 99) > 0.5] = WHITE


@pytest.mark.parametrize(("top", "width", "height"), [(40, 42, 24), (40, 32, 16), (40.5, 60, 20), (40, 100, 14)])
def test_a_switch_is_found_whole(top: float, width: int, height: int) -> None:
    """Its ends are half circles, and the knob in it leaves no plain area like that; it may lie between two pixels."""
    codes = page()
    draw_rounded(codes, 50, top, width, height, 99)

    ((left, above, right, below),) = discs(codes)

    assert (left, right) == (50, 50 + width)
    assert (above, below) == (int(top), int(np.ceil(top + height)))


@pytest.mark.parametrize("radius", [0, 4, 8])
def test_a_button_with_rounded_corners_is_no_pill(radius: int) -> None:
    """Its outline lies outside of the half circles."""
    codes = page()
    draw_rounded(codes, 50, 40, 80, 24, radius)

    assert discs(codes) == ()


def test_several_are_found_from_the_top_down() -> None:
    """As in a list of people, at the edge of the picture too."""
    codes = page()
    for top in (200, 10, 100):
        draw(codes, 0, top, 48, 48)

    assert discs(codes) == ((0, 10, 48, 58), (0, 100, 48, 148), (0, 200, 48, 248))


@pytest.mark.parametrize(
    ("width", "height"), [(10, 10), (60, 50), (250, 250)], ids=["as small as an icon", "oval", "as large as a photo"]
)
def test_what_is_too_small_large_or_oval_is_none(width: int, height: int) -> None:
    """An icon may be round by its drawing."""
    codes = page()
    draw(codes, 20, 20, width, height)

    assert discs(codes) == ()


def test_squares_rings_and_shapes_of_the_same_size_are_none() -> None:
    """A square fills too much, and a half-moon as much as a disc may, but not the same."""
    codes = page()
    codes[20:60, 20:60] = np.random.default_rng(5).integers(0, 0xEFEFEF, (40, 40))
    draw(codes, 100, 20, 40, 40)
    codes[20:40, 100:120] = WHITE
    codes[150:190, 20:60] = np.random.default_rng(6).integers(0, 0xEFEFEF, (40, 40))
    codes[150:190, 20:24] = codes[150:159, 20:60] = WHITE
    codes[150, 22:60] = INK
    codes[150:190, 20] = INK

    assert discs(codes) == ()


def test_what_is_all_rim_is_none() -> None:
    """A line around nothing leaves nothing when its rim is taken off."""
    codes = page()
    codes[50:52, 50:80] = codes[78:80, 50:80] = codes[50:80, 50:52] = codes[50:80, 78:80] = INK

    assert discs(codes) == ()
