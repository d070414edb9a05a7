"""Plain areas that a browser has dithered."""

from __future__ import annotations

import numpy as np

from copy_that_orch.imaging.arrays import Codes
from copy_that_orch.imaging.dither import without_dither

TINT, BESIDE, PAGE = 0x12261D, 0x11251D, 0x0D1117


def dithered() -> Codes:
    """Return a dark page with an area whose pixels alternate between two colours, and a word on it."""
    codes = np.full((120, 300), PAGE, np.uint32)
    codes[20:100, 30:270] = TINT
    codes[20:100:2, 31:270:4] = BESIDE
    codes[50:58, 60:64] = 0xF0F6FC
    return codes


def test_a_dithered_area_gets_its_commonest_colour_up_to_its_rim() -> None:
    """The page around it and what stands on it stay as they are."""
    codes = dithered()

    even = without_dither(codes)

    assert set(np.unique(even[20:100, 30:270]).tolist()) == {TINT, 0xF0F6FC}
    assert np.array_equal(even != codes, codes == BESIDE)


def test_a_gradient_is_no_dither() -> None:
    """It is dithered, too, but drifts over more than a level."""
    noise = np.random.default_rng(3).random((120, 300))
    level = (60 + np.arange(300) / 12 + noise).astype(np.uint32)
    codes: Codes = level << np.uint32(16) | level << np.uint32(8) | level

    assert np.array_equal(without_dither(codes), codes)


def test_nothing_is_done_where_nothing_alternates() -> None:
    """The very same array comes back, of a plain screen and of a tiny one."""
    for shape in ((40, 50), (1, 1), (3, 2), (2, 9)):
        codes = np.full(shape, PAGE, np.uint32)
        assert without_dither(codes) is codes


def test_alternating_pixels_of_several_colours_are_noise() -> None:
    """A photo has no commonest colour."""
    rng = np.random.default_rng(4)
    red, green = rng.integers(90, 92, (2, 120, 300), np.uint32)
    blue = rng.integers(80, 83, (120, 300), np.uint32)
    codes = red << 16 | green << 8 | blue

    assert np.array_equal(without_dither(codes), codes)
