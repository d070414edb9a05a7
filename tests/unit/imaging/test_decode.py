"""From the bytes of a file to pixels."""

from __future__ import annotations

import contextlib
import hashlib
import io
import pickle
import struct
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms, ImageDraw

from copy_that_orch.imaging.container import ImageError
from copy_that_orch.imaging.decode import decode
from copy_that_orch.imaging.screenshot import Screenshot

SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def encoded(image: Image.Image, format_: str = "PNG", **options: Any) -> bytes:
    """Return `image` as a file."""
    file = io.BytesIO()
    image.save(file, format_, **options)
    return file.getvalue()


def sketch() -> Image.Image:
    """Return a small picture without symmetry: 12 x 8 pixels, red, with a blue corner."""
    image = Image.new("RGB", (12, 8), "#c00000")
    ImageDraw.Draw(image).rectangle((0, 0, 3, 1), "#0000c0")
    return image


def profile_with_gamma(gamma: float) -> bytes:
    """Return sRGB's profile with other tone curves: a matrix profile that changes the colours."""
    data = bytearray(SRGB)
    (count,) = struct.unpack_from(">I", data, 128)
    for entry in range(count):
        tag, offset, _size = struct.unpack_from(">4sII", data, 132 + 12 * entry)
        if tag in (b"rTRC", b"gTRC", b"bTRC"):
            struct.pack_into(">4sIHHi", data, offset, b"para", 0, 0, 0, round(gamma * 65536))
    return bytes(data)


def grey_profile_with_gamma(gamma: float) -> bytes:
    """Return a profile for grey: the one above with one curve for all."""
    data = profile_with_gamma(gamma).replace(b"rTRC", b"kTRC")
    return data[:16] + b"GRAY" + data[20:]


def turned() -> Image.Exif:
    """Return what a camera says that was turned to the right."""
    exif = Image.Exif()
    exif[0x0112] = 6
    return exif


def rgb(screenshot: Screenshot) -> tuple[int, ...]:
    """Return the colour of the last pixel."""
    return tuple(screenshot.pixels[-1, -1].tolist())


@pytest.mark.parametrize(("format_", "options"), [("PNG", {}), ("GIF", {}), ("WebP", {"lossless": True})])
def test_lossless_formats_give_exact_pixels(format_: str, options: dict[str, Any]) -> None:
    """What was saved comes out, with the digest of the file."""
    data = encoded(sketch(), format_, **options)

    screenshot = decode(data, "a")

    assert np.array_equal(screenshot.pixels, np.asarray(sketch()))
    assert (screenshot.name, screenshot.format, screenshot.told_scale) == ("a", format_, None)
    assert screenshot.digest == hashlib.sha256(data).hexdigest()


def test_jpeg_gives_nearly_the_pixels() -> None:
    """The lossy format is read too."""
    screenshot = decode(encoded(sketch(), "JPEG", quality=95, subsampling=0), "a")

    assert np.abs(screenshot.pixels.astype(int) - np.asarray(sketch())).max() < 12


def test_what_a_jpeg_has_is_kept_beside_what_was_mended() -> None:
    """Lightness of all pixels and colour of every fourth, through pickling too; of other formats nothing."""
    image = Image.new("RGB", (37, 21), "#204080")
    kept = pickle.loads(pickle.dumps(decode(encoded(image, "JPEG", quality=85), "a"))).coded

    assert kept.light.shape == (21, 37)
    assert kept.tint.shape == (11, 19, 2)
    assert np.abs(kept.light.astype(int) - 62).max() <= 1
    assert np.abs(kept.tint.astype(int) - (106, 165)).max() <= 2
    assert len(kept.steps) == 64
    assert decode(encoded(image, "PNG"), "a").coded is None


@pytest.mark.parametrize(
    ("options", "is_kept"),
    [({"icc_profile": SRGB}, True), ({"icc_profile": profile_with_gamma(1.0)}, False), ({"exif": turned()}, False)],
    ids=["sRGB", "another profile", "turned"],
)
def test_what_a_jpeg_has_is_kept_if_it_is_what_is_seen(options: dict[str, Any], *, is_kept: bool) -> None:
    """Not if blocks lie in other places in the picture, or have other levels."""
    screenshot = decode(encoded(sketch(), "JPEG", quality=85, **options), "a")

    assert (screenshot.coded is not None) == is_kept


@pytest.mark.parametrize("format_", ["GIF", "WebP", "PNG"])
def test_of_an_animation_the_first_frame_is_taken(format_: str) -> None:
    """Later frames are not looked at."""
    frames = [Image.new("RGB", (4, 4), color) for color in ("#c00000", "#0000c0")]

    screenshot = decode(encoded(frames[0], format_, save_all=True, append_images=frames[1:], lossless=True), "a")

    assert rgb(screenshot) == (192, 0, 0)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_orientation_is_applied(orientation: int) -> None:
    """A picture that is stored turned or mirrored comes out as it is meant to be seen."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    undo = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    stored = sketch().transpose(undo[orientation]) if orientation > 1 else sketch()

    screenshot = decode(encoded(stored, exif=exif), "a")

    assert np.array_equal(screenshot.pixels, np.asarray(sketch()))


@pytest.mark.parametrize(
    ("image", "options"),
    [
        (Image.new("RGBA", (2, 2), (0, 0, 0, 128)), {}),
        (Image.new("LA", (2, 2), (0, 128)), {}),
        (Image.new("RGBA", (2, 2), (0, 0, 0, 128)).quantize(4), {}),
    ],
    ids=["RGBA", "LA", "palette with alpha"],
)
def test_what_is_see_through_lies_over_white(image: Image.Image, options: dict[str, Any]) -> None:
    """Half of black over white is the middle grey."""
    assert rgb(decode(encoded(image, **options), "a")) == (127, 127, 127)


@pytest.mark.parametrize(
    ("image", "options"),
    [
        (Image.new("RGB", (2, 2), (9, 9, 9)), {"transparency": (9, 9, 9)}),
        (Image.new("L", (2, 2), 9), {"transparency": 9}),
        (Image.new("P", (2, 2), 0), {"transparency": 0}),
        (Image.new("1", (2, 2), 1), {}),
    ],
    ids=["RGB key", "grey key", "palette key", "one bit"],
)
def test_a_transparent_key_colour_is_white(image: Image.Image, options: dict[str, Any]) -> None:
    """A colour that stands for nothing shows the page, which is white."""
    assert rgb(decode(encoded(image, **options), "a")) == (255, 255, 255)


@pytest.mark.parametrize(
    ("image", "format_", "expected"),
    [
        (Image.new("L", (2, 2), 100), "PNG", (100, 100, 100)),
        (Image.fromarray(np.full((2, 2), 0x64FF, np.uint16)), "PNG", (100, 100, 100)),
        (Image.new("P", (2, 2), 3), "PNG", None),
        (Image.new("CMYK", (2, 2), (0, 255, 255, 0)), "JPEG", (255, 0, 0)),
        (Image.new("L", (2, 2), 100), "JPEG", (100, 100, 100)),
    ],
    ids=["grey", "16 bits", "palette", "CMYK", "grey JPEG"],
)
def test_every_mode_becomes_rgb(image: Image.Image, format_: str, expected: tuple[int, ...] | None) -> None:
    """Grey, 16 bits, palettes and CMYK come out in three channels of 8 bits."""
    assert rgb(decode(encoded(image, format_), "a")) == (expected or image.convert("RGB").getpixel((0, 0)))


@pytest.mark.parametrize(("mode", "profile"), [("RGB", profile_with_gamma(1.0)), ("L", grey_profile_with_gamma(1.0))])
def test_a_profile_is_converted_to_srgb(mode: str, profile: bytes) -> None:
    """Linear light at half is far brighter in sRGB."""
    screenshot = decode(encoded(Image.new(mode, (2, 2), "#808080"), icc_profile=profile), "a")

    assert rgb(screenshot) == pytest.approx((188, 188, 188), abs=2)


def test_alpha_survives_the_conversion() -> None:
    """The colour is converted, then laid over white."""
    image = Image.new("RGBA", (2, 2), (128, 128, 128, 0))

    assert rgb(decode(encoded(image, icc_profile=profile_with_gamma(1.0)), "a")) == (255, 255, 255)


def test_srgb_itself_changes_nothing() -> None:
    """A colour that a browser drew comes out exactly, though the profile's own rounding would move it."""
    ramp = Image.fromarray(np.arange(256 * 3, dtype=np.uint8).reshape(16, 16, 3))

    assert np.array_equal(decode(encoded(ramp, icc_profile=SRGB), "a").pixels, np.asarray(ramp))


@pytest.mark.parametrize(
    ("mode", "profile"),
    [("RGB", b"not a profile"), ("RGB", SRGB[:200]), ("L", SRGB), ("RGB", profile_with_gamma(1.0)[:-40])],
)
def test_a_broken_profile_is_passed_over(mode: str, profile: bytes) -> None:
    """As in browsers, a profile that is no use does not cost the picture."""
    assert decode(encoded(Image.new(mode, (2, 2)), icc_profile=profile), "a").width == 2


@pytest.mark.parametrize(
    ("name", "options", "given", "scale"),
    [
        ("shots/login@2x.png", {}, None, 2.0),
        ("login@3x", {}, None, 3.0),
        ("login@2xl.png", {}, None, None),
        ("login.png", {"dpi": (144, 144)}, None, 2.0),
        ("login.png", {"dpi": (216, 216)}, None, 3.0),
        ("login.png", {"dpi": (300, 300)}, None, None),
        ("login@2x.png", {"dpi": (144, 144)}, 1.5, 1.5),
    ],
)
def test_the_device_scale_is_told(name: str, options: dict[str, Any], given: float | None, scale: float | None) -> None:
    """The caller knows best, then the name, then the density; other densities are about print."""
    assert decode(encoded(sketch(), **options), name, scale=given).told_scale == scale


def test_too_many_bytes_are_refused() -> None:
    """The limit stands in the sentence, and how to change it."""
    with pytest.raises(ImageError, match=r"0\.1 MB are more than the limit of 0\.0 MB; make it smaller$"):
        decode(bytes(90_000), "a", max_bytes=10_000)


def test_a_bomb_is_refused_before_it_is_decoded() -> None:
    """A hundred megapixels in 300 bytes: told by the header, no memory spent."""
    header = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR" + struct.pack(">IIBBBBB", 10_000, 10_000, 8, 2, 0, 0, 0) + bytes(4)

    with pytest.raises(ImageError, match="10000 x 10000 pixels are more than the limit of 50,000,000; cut the picture"):
        decode(header + b"\0\0\0\0IEND" + bytes(4), "a")


def test_one_pixel_is_a_picture() -> None:
    """The smallest picture is read like any other."""
    assert decode(encoded(Image.new("RGB", (1, 1), "red")), "a").pixels.tolist() == [[[255, 0, 0]]]


@pytest.mark.parametrize("format_", ["PNG", "JPEG", "GIF", "WebP"])
def test_a_file_cut_in_its_pixels_is_refused(format_: str) -> None:
    """Half a picture is never passed off as a whole one."""
    noise = Image.fromarray(np.random.default_rng(1).integers(0, 256, (40, 40, 3), np.uint8))
    data = encoded(noise, format_)

    with pytest.raises(ImageError, match="cut off"):
        decode(data[: len(data) * 2 // 3], "a")


def test_a_header_that_lies_about_the_size_is_refused() -> None:
    """Of two headers the first was checked against the limit, so the other must agree."""
    data = encoded(sketch())
    header = data[8:33].replace(struct.pack(">II", 12, 8), struct.pack(">II", 1200, 8))

    with pytest.raises(ImageError, match="damaged"):
        decode(data[:33] + header + data[33:], "a")


SAMPLES = [
    encoded(sketch()),
    encoded(sketch().quantize(4), dpi=(144, 144), icc_profile=SRGB),
    encoded(sketch(), "JPEG", icc_profile=SRGB, exif=Image.Exif().tobytes()),
    encoded(sketch(), "JPEG", progressive=True),
    encoded(sketch(), "GIF"),
    encoded(sketch(), "WebP"),
    encoded(sketch(), "WebP", lossless=True, icc_profile=SRGB),
]


@settings(max_examples=300, deadline=None)
@given(
    sample=st.sampled_from(SAMPLES),
    changes=st.lists(st.tuples(st.integers(0, 2000), st.binary(max_size=4)), max_size=6),
    cut=st.integers(0, 2000) | st.none(),
)
@example(sample=SAMPLES[0], changes=[(29, b"\xff")], cut=None)
def test_damage_gives_a_picture_or_an_image_error(
    sample: bytes, changes: list[tuple[int, bytes]], cut: int | None
) -> None:
    """Whatever happens to a file, the answer is a picture or one sentence, never a warning or another exception."""
    data = bytearray(sample)
    for position, replacement in changes:
        start = position % len(data)
        data[start : start + len(replacement)] = replacement
    with contextlib.suppress(ImageError):
        assert decode(bytes(data[:cut]), "a", max_pixels=1_000_000).pixels.shape[2] == 3


def test_a_dithered_area_becomes_plain_and_the_rest_stays_exact() -> None:
    """Browsers dither what is see-through, by a level of 255."""
    pixels = np.full((100, 200, 3), 20, np.uint8)
    pixels[::2, 1::4] = 21

    assert (decode(encoded(Image.fromarray(pixels)), "a").pixels == 20).all()
