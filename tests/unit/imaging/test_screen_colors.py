"""The colours of a whole screen."""

from __future__ import annotations

import numpy as np

from copy_that_orch.imaging.arrays import channels_of
from copy_that_orch.imaging.screen_colors import find_colors
from copy_that_orch.imaging.screenshot import Screenshot
from tests.unit.imaging.test_pictures import SHIRT, SKIN, SKY, WHITE, page, portrait

BUTTON = 0x0969DA


def test_a_drawn_portrait_adds_no_colours_and_a_button_does() -> None:
    """Each colour of the palette has its uses, and the colours of pictures have none."""
    codes = page()
    portrait(codes, 50, 50)
    codes[200:240, 50:200] = BUTTON

    colors = find_colors(Screenshot(name="a.png", pixels=channels_of(codes).astype(np.uint8)))

    codes_found = [found.code for found in colors.palette]
    assert codes_found[:2] == [WHITE, BUTTON]
    assert not {SKY, SKIN, SHIRT} & set(codes_found)
    assert list(colors.uses) == codes_found
    assert list(colors.lines) == []
