"""Hues of what is drawn in a JPEG."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image, ImageDraw

from copy_that_orch.imaging.decode import decode
from copy_that_orch.imaging.hues import between
from copy_that_orch.imaging.screenshot import Screenshot
from copy_that_orch.tokens.color import Color
from copy_that_orch.tokens.difference import ciede2000, to_lab

REACH = np.array([1.0, 1.0])


def decoded(image: Image.Image, **options: object) -> Screenshot:
    """Return the screenshot in a JPEG of `image`, of quality 85 if nothing else is said."""
    file = io.BytesIO()
    image.save(file, "JPEG", **{"quality": 85, **options})
    return decode(file.getvalue(), "page.jpg")


def off(screenshot: Screenshot, place: tuple[int, int], wanted: str) -> float:
    """Return CIEDE2000 from the colour at a place, x and y, to another."""
    red, green, blue = screenshot.pixels[place[1], place[0]].tolist()
    return float(ciede2000(to_lab([Color.from_bytes(red, green, blue)]), to_lab([Color.from_hex(wanted)]))[0])


def test_a_value_lies_in_the_middle_of_what_all_bounds_allow() -> None:
    """Weights of 2 and 4, each off by 1 at most: from 2.5 to 3.5, and from 2.75 to 3.25."""
    found = between(np.array([[6.0, 12.0]]), np.array([[2.0, 4.0]]), REACH)

    assert (found.middle, found.spread, found.misfit) == (3.0, 0.25, 0.0)


def test_of_bounds_that_contradict_each_other_those_count_that_weigh_more() -> None:
    """One says 3 and two say 1: it is as near to these as they allow, and how far off the first is is told."""
    found = between(np.array([[12.0, 4.0], [4.0, 0.0]]), np.array([[4.0, 4.0], [4.0, 0.0]]), REACH)

    assert found.middle == pytest.approx(1.25)
    assert found.misfit == pytest.approx((3 - 0.25 - 1.25) / 3)


def test_what_hardly_weighs_says_nothing() -> None:
    """Its bounds are far apart, and what something else adds to it is much for it."""
    found = between(np.array([[40.0, 40.0]]), np.array([[10.0, 0.1]]), REACH)

    assert found.middle == pytest.approx(4.0)
    assert found.misfit == 0.0


@pytest.mark.parametrize("subsampling", [0, 2])
@pytest.mark.parametrize(("line", "ground"), [("#d6d9e0", "#ffffff"), ("#2e353c", "#0d1117"), ("#792d2d", "#25171c")])
def test_lines_at_different_places_in_their_blocks_tell_their_hue(line: str, ground: str, subsampling: int) -> None:
    """Each alone may have been rounded away."""
    image = Image.new("RGB", (480, 320), ground)
    pen = ImageDraw.Draw(image)
    for top in range(24, 300, 37):
        pen.line((40, top, 440, top), line)

    screenshot = decoded(image, subsampling=subsampling)

    assert max(off(screenshot, (240, top), line) for top in range(24, 300, 37)) < 3
    assert screenshot.plain is not None
    assert screenshot.plain[24, 240]


def test_a_grey_line_is_grey_and_not_between_what_bounds_allow() -> None:
    """A hue that areas have is likelier than one that nothing has."""
    image = Image.new("RGB", (480, 320), "#ffffff")
    ImageDraw.Draw(image).line((40, 120, 440, 120), "#c4c4c4")

    red, green, blue = decoded(image).pixels[120, 240].tolist()

    assert red == green == blue


def test_a_small_badge_has_its_hue() -> None:
    """Its colour is smeared over blocks that it does not fill."""
    image = Image.new("RGB", (480, 320), "#ffffff")
    pen = ImageDraw.Draw(image)
    for left in (43, 150, 259):
        pen.rectangle((left, 101, left + 44, 113), "#d0fae5")

    assert off(decoded(image), (60, 107), "#d0fae5") < 2.3


def test_a_line_beside_a_photo_is_no_colour() -> None:
    """What lies beside it is neither its ground nor drawn in one colour, so that no hue fits what is in the file."""
    pixels = np.full((320, 480, 3), 255, np.uint8)
    pixels[100, 40:440] = 128
    pixels[104:109, 40:440] = np.random.default_rng(1).integers(0, 255, (5, 400, 3))
    screenshot = decoded(Image.fromarray(pixels))

    assert screenshot.plain is not None
    assert not screenshot.plain[100, 40:440].any()


@pytest.mark.parametrize("size", [(7, 30), (30, 7), (15, 15), (16, 41)])
def test_where_no_block_is_whole_colours_stay_as_they_look(
    size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is known of what the edge of the picture cuts."""
    image = Image.new("RGB", size, "#ffffff")
    ImageDraw.Draw(image).line((0, size[1] - 3, size[0], size[1] - 3), "#4040a0", 2)

    found = decoded(image).pixels
    monkeypatch.setattr("copy_that_orch.imaging.decode._color_steps", lambda *_image: None)

    assert found.shape == (size[1], size[0], 3)
    assert np.array_equal(found, decoded(image).pixels)


def test_a_line_that_the_edge_of_the_picture_cuts_off_has_a_colour_all_the_same() -> None:
    """Others are told by whole blocks beside it."""
    image = Image.new("RGB", (480, 328), "#ffffff")
    pen = ImageDraw.Draw(image)
    pen.line((40, 324, 440, 324), "#0d6efd")
    pen.line((40, 100, 440, 100), "#808080")

    screenshot = decoded(image)

    assert off(screenshot, (240, 100), "#808080") < 2.3
    assert off(screenshot, (240, 324), "#0d6efd") < 2.3


def test_colour_that_is_halved_in_one_direction_is_left_as_it_looks() -> None:
    """4:2:2 is rare."""
    image = Image.new("RGB", (480, 320), "#ffffff")
    ImageDraw.Draw(image).line((40, 120, 440, 120), "#c4c4c4")

    assert off(decoded(image, subsampling=1), (240, 120), "#c4c4c4") < 5
