"""Undoing what JPEG does to a screenshot."""

from __future__ import annotations

import io
import tracemalloc

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from copy_that_orch.imaging.decode import decode
from copy_that_orch.imaging.ground import codes_of
from copy_that_orch.imaging.palette import find_palette
from copy_that_orch.imaging.screenshot import Screenshot
from copy_that_orch.imaging.text_color import color_lines
from copy_that_orch.tokens.color import Color
from copy_that_orch.tokens.difference import ciede2000, to_lab

PAGE, CARD, INK, MUTED, BLUE, GREEN, RULE = "#f8f9fa", "#ffffff", "#212529", "#6c757d", "#0d6efd", "#198754", "#dee2e6"
FONT = ImageFont.load_default(18)


def page() -> Image.Image:
    """Return a page with two cards, text, a button, a badge and rules."""
    image = Image.new("RGB", (480, 420), PAGE)
    pen = ImageDraw.Draw(image)
    for top in (20, 220):
        pen.rectangle((24, top, 455, top + 179), CARD)
        pen.text((44, top + 16), "Invoices of this month", INK, ImageFont.load_default(26))
        pen.text((44, top + 60), "Seven of them are still open", MUTED, FONT)
        pen.text((44, top + 84), "Two were paid on Monday", MUTED, FONT)
        pen.line((44, top + 116, 435, top + 116), RULE)
        pen.rectangle((44, top + 130, 163, top + 165), BLUE)
        pen.text((66, top + 136), "Pay now", "#ffffff", FONT)
        pen.rectangle((300, top + 138, 339, top + 157), GREEN)
        pen.text((200, top + 136), "Details", BLUE, FONT)
    return image


def as_jpeg(image: Image.Image, **options: object) -> bytes:
    """Return `image` as the file of a JPEG, of quality 85 if nothing else is said."""
    file = io.BytesIO()
    image.save(file, "JPEG", **{"quality": 85, **options})
    return file.getvalue()


def mended(image: Image.Image, **options: object) -> Screenshot:
    """Return the screenshot in a JPEG of `image`."""
    return decode(as_jpeg(image, **options), "page.jpg")


def off(screenshot: Screenshot, image: Image.Image) -> float:
    """Return which share of the pixels is more than two levels of 255 off."""
    return float((np.abs(screenshot.pixels.astype(int) - np.asarray(image)).max(axis=2) > 2).mean())


def colors(screenshot: Screenshot) -> list[str]:
    """Return the colours that are found."""
    colored = color_lines(screenshot.layout.lines)
    palette = find_palette(codes_of(screenshot.pixels), colored, screenshot.plain)
    return [f"#{found.code:06x}" for found in palette]


def distance(found: list[str], wanted: str) -> float:
    """Return CIEDE2000 from a colour to the nearest one found."""
    return float(ciede2000(to_lab(map(Color.from_hex, found)), to_lab([Color.from_hex(wanted)])).min())


@pytest.mark.parametrize("options", [{}, {"quality": 95}, {"quality": 75}, {"subsampling": 0}, {"progressive": True}])
def test_most_of_the_noise_is_taken_out(options: dict[str, object]) -> None:
    """Plain areas, up to their edges and up to what is drawn on them, get their colours back."""
    image = page()
    noisy = np.asarray(Image.open(io.BytesIO(as_jpeg(image, **options))))
    before = float((np.abs(noisy.astype(int) - np.asarray(image)).max(axis=2) > 2).mean())

    assert off(mended(image, **options), image) < 0.6 * before


def test_a_jpeg_for_print_is_mended_too() -> None:
    """It keeps four inks instead of lightness and colour; areas come out exactly, text nearly."""
    image = page()
    noisy = np.asarray(Image.open(io.BytesIO(as_jpeg(image.convert("CMYK")))).convert("RGB"))
    before = float((np.abs(noisy.astype(int) - np.asarray(image)).max(axis=2) > 2).mean())

    screenshot = mended(image.convert("CMYK"))

    assert off(screenshot, image) < 0.6 * before
    found = colors(screenshot)
    assert {PAGE, CARD, BLUE} <= set(found)
    assert distance(found, INK) < 2.3


@pytest.mark.parametrize("subsampling", [0, 2])
@pytest.mark.parametrize("quality", [98, 99, 100])
def test_a_jpeg_with_hardly_any_noise_is_as_the_lossless_picture(quality: int, subsampling: int) -> None:
    """Rings, as of radio buttons, have no level of their own that much of them is near to."""
    random = np.random.default_rng(1)
    fine = Image.new("RGB", (1600, 480), tuple(random.integers(200, 256, 3).tolist()))
    pen = ImageDraw.Draw(fine)
    for place in range(40):
        left, top, size = place % 10 * 160 + 40, place // 10 * 120 + 20, 2 * int(random.integers(6, 30))
        red, green, blue = random.integers(0, 256, 3).tolist()
        width = int(random.integers(2, 10))
        pen.ellipse((left, top, left + size, top + size), outline=(red, green, blue), width=width)
    image = fine.resize((400, 120), Image.Resampling.LANCZOS)

    assert off(mended(image, quality=quality, subsampling=subsampling), image) < 0.1


def test_colours_are_found_as_in_the_lossless_picture() -> None:
    """Those of areas exactly, those of text, lines and small areas nearly; and no others."""
    found = colors(mended(page()))

    areas, drawn = (PAGE, CARD, BLUE), (INK, GREEN, MUTED, RULE)
    assert {wanted: distance(found, wanted) < 1 for wanted in areas} == dict.fromkeys(areas, True)
    assert {wanted: distance(found, wanted) < 2 for wanted in drawn} == dict.fromkeys(drawn, True)
    assert len(found) == 7


def test_edges_stay_where_they_are() -> None:
    """A card on a page of nearly its colour begins within a pixel of its place, and so does a button."""
    boxes = np.array([(box.left, box.top, box.right, box.bottom) for box in mended(page()).layout.boxes])

    for box in ((24, 20, 456, 200), (24, 220, 456, 400), (44, 150, 164, 186), (44, 350, 164, 386)):
        assert np.abs(boxes - box).max(axis=1).min() <= 1


def test_colour_that_was_smeared_is_put_together_again() -> None:
    """A line of one pixel has half of its colour left, or less; its sum is still there."""
    image = Image.new("RGB", (320, 160), "white")
    ImageDraw.Draw(image).line((20, 77, 299, 77), BLUE)
    noisy = np.asarray(Image.open(io.BytesIO(as_jpeg(image))))

    line = mended(image).pixels[77, 40:280]

    lab = to_lab(
        [Color.from_bytes(*line[100].tolist()), Color.from_hex(BLUE), Color.from_bytes(*noisy[77, 140].tolist())]
    )
    assert ciede2000(lab[0], lab[1]) < 4
    assert ciede2000(lab[2], lab[1]) > 10


@pytest.mark.parametrize("subsampling", [0, 2])
@pytest.mark.parametrize("turned", [False, True])
def test_a_grey_line_near_something_coloured_stays_grey(subsampling: int, turned: bool) -> None:
    """What is smeared from an edge near a line is no colour of the line: that would be seen on it, too."""
    image = Image.new("RGB", (480, 240), CARD)
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, 0, 479, 103), "#6200ee")
    pen.line((40, 112, 439, 112), "#d6d6d6")
    if turned:
        image = image.transpose(Image.Transpose.TRANSPOSE)
    place = (112, 240) if turned else (240, 112)

    red, green, blue = mended(image, subsampling=subsampling).pixels[place[1], place[0]].tolist()

    assert max(red, green, blue) - min(red, green, blue) <= 8


def test_a_badge_keeps_its_colour_beside_its_text() -> None:
    """Dark text on it has no part in the ratio of colour to lightness."""
    image = Image.new("RGB", (320, 120), "white")
    pen = ImageDraw.Draw(image)
    pen.rectangle((40, 40, 99, 62), "#ff6685")
    pen.text((48, 43), "Danger", "#1a0005", ImageFont.load_default(14))

    found = colors(mended(image))

    assert distance(found, "#ff6685") < 1
    assert len(found) == 2


def test_the_colour_of_one_line_alone_may_be_due_to_rounding() -> None:
    """It is painted, and not counted, unless there is another, or colour was kept at full resolution."""
    alone = Image.new("RGB", (480, 200), "white")
    ImageDraw.Draw(alone).line((40, 41, 439, 41), "#8fd0ff")
    two = alone.copy()
    ImageDraw.Draw(two).line((40, 74, 439, 74), "#8fd0ff")

    assert mended(alone).pixels[41, 240].tolist() != [255, 255, 255]
    assert colors(mended(alone)) == ["#ffffff"]
    assert distance(colors(mended(two)), "#8fd0ff") < 3
    assert distance(colors(mended(alone, subsampling=0)), "#8fd0ff") < 3


def test_a_word_with_few_pixels_full_of_ink_is_not_sure_of_its_colour() -> None:
    """It is painted, and not counted; longer text is."""
    image = Image.new("RGB", (240, 100), "white")
    longer = image.copy()
    ImageDraw.Draw(image).text((20, 20), "of it", MUTED, ImageFont.load_default(12))
    ImageDraw.Draw(longer).text((20, 20), "Seven of them are still open", MUTED, ImageFont.load_default(16))

    assert colors(mended(image)) == ["#ffffff"]
    assert distance(colors(mended(longer)), MUTED) < 3


def test_photos_gradients_and_shadows_are_left_alone_and_not_taken_for_painted() -> None:
    """What is smooth without being plain stays smooth, and is told."""
    rows, columns = np.mgrid[:320, :400]
    ramp = np.stack([40 + columns * 0.3, 90 + rows * 0.3, 200 - columns * 0.2], axis=-1)
    image = Image.fromarray(ramp.astype(np.uint8))
    screenshot = mended(image)

    assert screenshot.plain is not None
    assert screenshot.plain.mean() < 0.05
    assert np.abs(screenshot.pixels.astype(int) - np.asarray(image)).max() <= 6
    noise = np.random.default_rng(5).normal(0, 12, (320, 400, 1))
    photo = mended(Image.fromarray(np.clip(ramp + noise, 0, 255).astype(np.uint8)))
    assert photo.plain is not None
    assert photo.plain.mean() < 0.3
    assert len(colors(photo)) <= 1


def test_what_is_plain_is_known_of_jpeg_only_and_turned_with_the_picture() -> None:
    """The mask has the shape of the pixels, whatever the orientation says."""
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned to the right
    turned = mended(page(), exif=exif.tobytes())
    file = io.BytesIO()
    page().save(file, "PNG")

    assert turned.plain is not None
    assert turned.plain.shape == turned.pixels.shape[:2] == (480, 420)
    assert decode(file.getvalue(), "page.png").plain is None


def test_memory_is_kept_small() -> None:
    """The limit for a screen of 1280 x 900 pixels is 60 MB, and this is where most of it is taken."""
    data = as_jpeg(page().resize((960, 840), Image.Resampling.NEAREST))
    decode(data, "page.jpg")  # what is kept for the next picture does not count

    tracemalloc.start()
    decode(data, "page.jpg")
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert peak * (1280 * 900) / (960 * 840) < 60e6


@pytest.mark.parametrize("size", [(1, 1), (3, 2), (7, 500), (500, 7), (17, 33)])
def test_tiny_pictures_are_no_reason_to_fail(size: tuple[int, int]) -> None:
    """Blocks are cut off at the edges."""
    screenshot = mended(Image.new("RGB", size, BLUE))

    assert screenshot.pixels.shape == (size[1], size[0], 3)


def test_grey_pictures_are_mended_too() -> None:
    """They have no colour to be smeared."""
    image = page().convert("L")
    noisy = np.asarray(Image.open(io.BytesIO(as_jpeg(image)))).astype(int)

    screenshot = mended(image)

    assert np.array_equal(screenshot.pixels[..., 0], screenshot.pixels[..., 2])
    assert off(screenshot, image.convert("RGB")) < 0.6 * (np.abs(noisy - np.asarray(image)) > 2).mean()


def test_even_parts_of_a_photo_are_no_areas() -> None:
    """A hill whose pixels differ by a level is as smooth as a button in the JPEG, but nobody painted it."""
    image = page()
    random = np.random.default_rng(5)
    photo = np.asarray([131, 53, 66]) + random.normal(0, 1.3, (90, 200, 1))
    image.paste(Image.fromarray(photo.round().astype(np.uint8)), (230, 312))
    screenshot = mended(image)
    found = colors(screenshot)

    assert distance(found, "#833542") > 10
    assert screenshot.plain is not None
    assert not screenshot.plain[320:396, 238:424].any()
    assert distance(found, BLUE) < 1


@pytest.mark.parametrize("turned", [False, True])
def test_a_bar_with_a_gradient_is_no_area_and_a_plain_one_is(turned: bool) -> None:
    """Its lightness differs from block to block by more than noise explains."""
    image = Image.new("RGB", (320, 160), "white")
    ramp = np.linspace((24, 144, 255), (115, 196, 121), 200).round().astype(np.uint8)
    image.paste(Image.fromarray(np.tile(ramp, (8, 1, 1))), (60, 43))
    ImageDraw.Draw(image).rectangle((60, 91, 259, 98), GREEN)
    if turned:
        image = image.transpose(Image.Transpose.TRANSPOSE)

    screenshot = mended(image)

    assert distance(colors(screenshot), GREEN) < 1
    assert len(colors(screenshot)) == 2
    assert screenshot.plain is not None
    bar, plain_bar = (
        screenshot.plain.T[rows, 64:256] if turned else screenshot.plain[rows, 64:256] for rows in (47, 95)
    )
    assert not bar.any()
    assert plain_bar.all()
