"""Lines of text, found by their shape."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from copy_that_orch.imaging.arrays import split
from copy_that_orch.imaging.ground import codes_of, find_ground
from copy_that_orch.imaging.text import TextLine, em_of, find_lines, is_text

PAGE = "#f8f9fa"


def draw(*texts: tuple[int, int, str, int, str], size: tuple[int, int] = (420, 160)) -> Image.Image:
    """Return a page with texts: left, top, text, font size and colour."""
    image = Image.new("RGB", size, PAGE)
    pen = ImageDraw.Draw(image)
    for left, top, text, font_size, color in texts:
        pen.text((left, top), text, fill=color, font=ImageFont.load_default(font_size))
    return image


def lines(image: Image.Image) -> tuple[TextLine, ...]:
    """Return the lines of text on a picture."""
    return find_lines(find_ground(codes_of(np.asarray(image)), side=5))


@pytest.mark.parametrize("size", [12, 14, 16, 20, 24, 32, 48])
def test_a_line_is_found_with_its_size_and_colour(size: int) -> None:
    """Small text and large: one line, the exact colour, the font size within a few percent."""
    image = draw((20, 30, "The house of invoices", size, "#212529"), size=(800, 160))

    (line,) = lines(image)

    assert is_text(line)
    assert line.ground == 0xF8F9FA
    assert line.color == 0x212529 or (size < 14 and split(line.color) == pytest.approx((0x21, 0x25, 0x29), abs=8))
    assert line.solid > 10
    assert em_of(line) == pytest.approx(size, rel=0.07)
    assert 18 <= line.left <= 24
    assert line.top < line.baseline - line.tall + 2
    assert line.baseline < line.top + line.height


def test_lines_come_from_the_top_down_and_from_left_to_right() -> None:
    """Two columns, two rows."""
    image = draw(*((x, y, "Reports", 16, "#000") for y in (90, 20) for x in (220, 20)))

    found = lines(image)

    assert [(line.left // 200, line.top // 70) for line in found] == [(0, 0), (1, 0), (0, 1), (1, 1)]
    assert all(line.low is not None for line in found)


def test_digits_have_one_height() -> None:
    """They are as tall as capitals, and none is low."""
    (line,) = lines(draw((20, 30, "38 4170", 20, "#000")))

    assert line.low is None
    assert em_of(line) == pytest.approx(20, rel=0.07)


def test_light_text_on_dark_ground_is_found_alike() -> None:
    """A dark screen is no exception, nor a button of its own."""
    image = draw()
    pen = ImageDraw.Draw(image)
    pen.rectangle((20, 20, 220, 70), "#0d6efd")
    pen.text((40, 35), "New invoice", fill="#ffffff", font=ImageFont.load_default(16))

    (line,) = lines(image)

    assert (line.color, line.ground) == (0xFFFFFF, 0x0D6EFD)


def test_text_that_is_all_mixtures_has_no_solid_pixel() -> None:
    """Its colour is the farthest from the ground, which is nearest to the true one."""
    image = draw((20, 30, "Invoices of the house", 16, "#212529"))
    small = image.resize((180, 69), Image.Resampling.BICUBIC)

    (line,) = lines(small)

    assert line.solid == 0
    assert 0x21 <= line.color >> 16 < 0x80


@pytest.mark.parametrize(
    ("shades", "feet", "color"),
    [(12, 12, 0x525252), (12, 1, 0x565656), (1, 12, 0x565656)],
    ids=["thin", "stray", "noise"],
)
def test_the_colour_of_text_is_the_farthest_that_is_no_stray(shades: int, feet: int, color: int) -> None:
    """In thin letters a mixture is commonest; a few pixels carry the colour itself, but one letter of many does not.

    Where most pixels of a letter have one colour, a few that go beyond it are noise.
    """
    image = draw()
    pen = ImageDraw.Draw(image)
    for n in range(12):
        for y in range(40, 52):  # an upright of mixtures, of which #565656 is a little commoner
            shade = 0x56 + 9 * (y % shades)
            image.putpixel((20 + 10 * n, y), (shade, shade, shade))
        pen.line((20 + 10 * n, 52, 21 + 10 * n, 52), (0x57 + n,) * 3 if shades > 1 else "#565656")
        if n < feet:
            image.putpixel((20 + 10 * n, 46), (0x52, 0x52, 0x52))

    (line,) = lines(image)

    assert line.color == color


def test_a_photo_has_no_lines() -> None:
    """Noise, gradients and patches of several colours are no text."""
    rng = np.random.default_rng(3)
    noise = rng.integers(0, 256, (160, 420, 3), np.uint8)
    patches = Image.fromarray(rng.integers(0, 256, (8, 21, 3), np.uint8)).resize((420, 160), Image.Resampling.NEAREST)

    assert lines(Image.fromarray(noise)) == ()
    assert lines(patches) == ()
    assert lines(Image.fromarray(noise).resize((21, 8)).resize((420, 160), Image.Resampling.BICUBIC)) == ()


@pytest.mark.parametrize(
    "draw_it",
    [
        lambda pen: pen.text((20, 30), "Invoices", fill="#f1f2f3", font=ImageFont.load_default(16)),
        lambda pen: pen.line((20, 40, 200, 40), "#000"),
        lambda pen: pen.rectangle((20, 40, 22, 120), "#000"),
        lambda pen: [pen.point((20 + 3 * n, 40 + n % 2), "#000") for n in range(60)],
        lambda pen: [
            pen.rectangle((20 + 9 * n, 40, 24 + 9 * n, 50), ("#c00", "#0a0", "#00c")[n % 3]) for n in range(9)
        ],
        lambda pen: [pen.line((20 + 14 * n, 40, 32 + 14 * n, 70), "#000") for n in range(8)],
        lambda pen: [pen.rectangle((20 + 13 * n, 40, 31 + 13 * n, 63), "#000") for n in range(8)],
        lambda pen: [
            *(pen.rectangle((20 + 5 * n, 40, 21 + 5 * n, 50), "#b0b0b0") for n in range(20)),
            pen.point((24, 45), "#000"),
        ],
    ],
    ids=["too faint", "a rule", "a bar", "dots", "many colours", "slopes", "blocks", "one dark pixel"],
)
def test_what_only_stands_in_a_row_is_no_text(draw_it: object) -> None:
    """Too faint, too thin, too few, too colourful, too slanted or too full."""
    image = draw()
    draw_it(ImageDraw.Draw(image))  # type: ignore[operator]

    assert not [line for line in lines(image) if is_text(line)]


def test_large_letters_replace_what_was_seen_in_them() -> None:
    """Their stems are ground themselves on the first look, and pieces of them look like letters."""
    (line,) = lines(draw((10, 20, "About it", 96, "#0b0c0c"), size=(460, 160)))

    assert em_of(line) == pytest.approx(96, rel=0.07)
    assert line.color == 0x0B0C0C


def test_text_at_the_edge_of_the_picture_is_measured() -> None:
    """Large letters that reach beyond the bottom and the right side do no harm."""
    for cut in (61, 70, 77):
        found = lines(draw((120, 20, "About it", 96, "#0b0c0c"), size=(421, cut)))

        assert all(line.left + line.width <= 421 and line.top + line.height <= cut for line in found)
