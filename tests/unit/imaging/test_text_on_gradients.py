"""Lines of text on gradients."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from copy_that_orch.imaging.arrays import Pixels
from copy_that_orch.imaging.gradients import LinearGradient
from copy_that_orch.imaging.screenshot import Screenshot
from copy_that_orch.imaging.text_on_gradients import lines_on_gradients

WHITE, BLACK = (255, 255, 255), (0, 0, 0)


def hero(angle: float, *, bend: float = 1.0, text: str = "Less paper, more time") -> tuple[Pixels, LinearGradient]:
    """Return a page with white text on a gradient from blue to purple; with a bend, colours do not run in a line."""
    height, width = 200, 480
    x, y = np.meshgrid(np.arange(width), np.arange(height))
    turn = np.radians(angle)
    along = (x - width / 2) * np.sin(turn) - (y - height / 2) * np.cos(turn)
    place = np.clip(along / (abs(width * np.sin(turn)) + abs(height * np.cos(turn))) + 0.5, 0, 1)[..., None] ** bend
    drawn = np.round((1 - place) * (13, 60, 180) + place * (90, 10, 120)).astype(np.uint8)
    page = Image.new("RGB", (560, 300), WHITE)
    page.paste(Image.fromarray(drawn), (40, 60))
    ImageDraw.Draw(page).text((70, 130), text, WHITE, ImageFont.load_default(32))
    ends = ((0.0, (13, 60, 180)), (1.0, (90, 10, 120)))
    return np.asarray(page), LinearGradient(angle=angle, stops=ends, box=(40, 60, 520, 260), misfit=0.2)


@pytest.mark.parametrize("angle", [0, 90, 135, 300])
@pytest.mark.parametrize("bend", [1.0, 1.4])
def test_text_is_found_where_it_stands_on_the_page(angle: float, bend: float) -> None:
    """Whatever the direction of the gradient, and whatever colour space it runs through."""
    pixels, gradient = hero(angle, bend=bend)
    on_black = Image.new("RGB", (560, 300), BLACK)
    ImageDraw.Draw(on_black).text((70, 130), "Less paper, more time", WHITE, ImageFont.load_default(32))
    left, top, right, bottom = on_black.getbbox() or (0, 0, 0, 0)

    (line,) = lines_on_gradients(pixels, [gradient])

    assert (line.left, line.top) == pytest.approx((left, top), abs=2)
    assert (line.width, line.height) == pytest.approx((right - left, bottom - top), abs=3)
    assert line.color == 0xFFFFFF
    assert top < line.baseline < bottom
    assert line.strokes is not None


def test_where_nothing_is_written_nothing_is_found() -> None:
    """A bare gradient has no text, nor has a small one that has hardly a place to be."""
    pixels, gradient = hero(90, text="")
    corner = LinearGradient(angle=0, stops=gradient.stops, box=(40, 60, 41, 61), misfit=0.2)

    assert lines_on_gradients(pixels, [gradient, corner]) == ()
    assert lines_on_gradients(pixels, []) == ()


def test_a_screen_has_the_text_on_its_gradients_too() -> None:
    """Beside that on plain ground, each line once."""
    pixels, _ = hero(90)
    page = Image.fromarray(pixels)
    ImageDraw.Draw(page).text((70, 20), "Plain and simple", BLACK, ImageFont.load_default(24))

    texts = Screenshot(name="hero.png", pixels=np.asarray(page)).texts

    assert sorted(line.color for line in texts) == [0x000000, 0xFFFFFF]
