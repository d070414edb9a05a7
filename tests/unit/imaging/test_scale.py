"""Device pixels per CSS pixel, told from the picture."""

from __future__ import annotations

import attrs
import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from copy_that_orch.imaging.arrays import Pixels
from copy_that_orch.imaging.boxes import Box
from copy_that_orch.imaging.scale import estimate_scale
from copy_that_orch.imaging.screenshot import Screenshot
from copy_that_orch.imaging.text import TALL, TextLine


def line(tall: float) -> TextLine:
    """Return a line of text with capitals of this height."""
    return TextLine(
        left=0,
        top=0,
        width=100,
        height=20,
        pieces=9,
        color=0,
        ground=0xFFFFFF,
        solid=50,
        ink=300.0,
        baseline=16.0,
        tall=tall,
        low=None,
    )


def cards(scale: int, odd: int = 0, border: int = 0) -> list[Box]:
    """Return ten boxes on a grid of `scale` pixels; the last `odd` of them lie off it with two sides."""
    boxes = []
    for n in range(1, 11):
        off = int(n > 10 - odd)
        left, top = scale * 7 * n, scale * (3 * n + 1)
        boxes.append(Box(left + off, top + off, left + scale * 40, top + scale * 30, 0xFFFFFF, (border,) * 4))
    return boxes


@pytest.mark.parametrize("scale", [1, 2, 3])
def test_sides_of_boxes_lie_on_whole_css_pixels(scale: int) -> None:
    """The largest scale that explains the sides is taken, if the text is not too small for it."""
    assert estimate_scale(cards(scale), [line(11.0 * scale)]) == scale


def test_a_few_sides_may_lie_off_the_grid() -> None:
    """Half pixels occur at a scale of 2; but with many of them it is none."""
    assert estimate_scale(cards(2, odd=2), [line(22.0)]) == 2
    assert estimate_scale(cards(2, odd=5), [line(22.0)]) == 1


def test_text_too_small_for_the_scale_speaks_against_it() -> None:
    """Capitals of 8 device pixels would be 4 CSS pixels: nobody sets text in that."""
    assert estimate_scale(cards(2), [line(8.0)]) == 1


def drawn(size: float) -> Pixels:
    """Return a screen of text alone, as large as that of a letter: ten lines, `size` device pixels tall."""
    picture = Image.new("L", (round(24 * size), round(18 * size)), 255)
    font = ImageFont.load_default(size)  # Aileron Regular
    for row in range(10):
        place = (round(size), round(size * (1 + 1.6 * row)))
        ImageDraw.Draw(picture).text(place, "Invoices of Hamburg, page 1", fill=0, font=font)
    return np.asarray(picture.convert("RGB"))


@pytest.mark.parametrize("scale", [1, 2, 3])
@pytest.mark.parametrize("size", [13, 14, 15, 16, 17])
def test_text_alone_tells_the_scale(size: float, scale: int) -> None:
    """In the sizes that most text of screens has; nothing but text is there."""
    screen = Screenshot(name="letter.png", pixels=drawn(size * scale))

    assert len(screen.texts) == 10
    assert screen.scale == scale


@pytest.mark.parametrize(
    ("size", "scale", "told"), [(10, 1, 1), (22, 1, 1), (12, 2, 2), (17, 2, 2), (18, 2, 3), (12, 3, 3), (36, 1, 3)]
)
def test_what_fits_several_scales_is_taken_for_usual_text(size: float, scale: int, told: int) -> None:
    """Text of an article stays what it is; larger one is taken for usual text at the next scale."""
    assert estimate_scale([], [line(size * scale * TALL)] * 6) == told


def test_few_lines_do_not_tell_the_scale() -> None:
    """They may be a title alone."""
    assert estimate_scale([], [line(33.0)] * 5) == 1


def test_borders_that_would_be_parts_of_css_pixels_speak_against_a_scale() -> None:
    """A poster of large text with cards between CSS pixels keeps the scale that its lines have."""
    poster = [line(33.0)] * 6

    assert estimate_scale(cards(1), poster) == 3
    assert estimate_scale(cards(1, border=3), poster) == 3
    assert estimate_scale(cards(1, border=2), poster) == 2
    assert estimate_scale(cards(1, border=1), poster) == 1
    assert estimate_scale(cards(1, border=1)[:3], poster) == 3
    assert estimate_scale([attrs.evolve(card, borders=(0, 0, 0, 1)) for card in cards(1)], poster) == 3  # shadows


def test_without_evidence_the_scale_is_one() -> None:
    """Two boxes may lie on even pixels by chance, and boxes without text may be anything."""
    assert estimate_scale(cards(2)[:2], [line(22.0)]) == 1
    assert estimate_scale(cards(2), []) == 1
    assert estimate_scale([], []) == 1
