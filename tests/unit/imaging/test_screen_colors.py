"""The colours of a whole screen."""

from __future__ import annotations

import numpy as np

from copy_that_orch.imaging.arrays import channels_of
from copy_that_orch.imaging.screen_colors import find_colors
from copy_that_orch.imaging.screenshot import Screenshot
from tests.unit.imaging.test_pictures import BUTTON, SHIRT, SKIN, SKY, WHITE, page, portrait


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


def test_a_plain_thing_in_a_photo_adds_no_colour() -> None:
    """It is as plain as a button, but around it is only the photo."""
    codes = page()
    plain = np.ones(codes.shape, np.bool_)
    plain[20:180, 20:220] = False
    codes[20:180, 20:220] = np.random.default_rng(3).integers(0x404040, 0x606060, (160, 200))
    codes[60:140, 60:120] = SKIN
    plain[60:140, 60:120] = True
    codes[200:240, 50:200] = BUTTON
    pixels = channels_of(codes).astype(np.uint8)

    found = {color.code for color in find_colors(Screenshot(name="a.jpg", pixels=pixels, plain=plain)).palette}

    assert found == {WHITE, BUTTON}
