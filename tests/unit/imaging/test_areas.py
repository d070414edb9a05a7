"""Areas of one colour."""

from __future__ import annotations

import numpy as np

from copy_that_orch.imaging.areas import Area, find_areas
from copy_that_orch.imaging.ground import find_ground


def test_areas_of_any_shape_are_found_with_colour_and_size() -> None:
    """A disc on a page: both are areas, a letter's worth of pixels is not."""
    codes = np.full((100, 120), 0xFFFFFF, np.uint32)
    rows, columns = np.mgrid[:100, :120]
    disc = (rows - 50) ** 2 + (columns - 40) ** 2 < 20**2
    codes[disc] = 0x0D6EFD
    codes[20:26, 90:96] = 0x222222

    page, found = find_areas(find_ground(codes, 5))

    assert (page.color, page.box) == (0xFFFFFF, (0, 0, 120, 100))
    assert found == Area((22, 32, 59, 69), 0x0D6EFD, found.pixels)
    assert 0.85 * disc.sum() < found.pixels < disc.sum()
