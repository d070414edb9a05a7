"""What a file says about its picture, without decoding it."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

import pytest
from PIL import Image, ImageCms

from copy_that_orch.imaging.container import PNG_SIGNATURE, ImageError, read_container

SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def saved(format_: str, size: tuple[int, int] = (7, 5), **options: Any) -> bytes:
    """Return a small picture as a file."""
    file = io.BytesIO()
    Image.new("RGB", size, "teal").save(file, format_, **options)
    return file.getvalue()


def exif(value: int, order: str = "<", *, kind: int = 3, tag: int = 0x0112, count: int = 1) -> bytes:
    """Return a TIFF header with one entry."""
    signature = b"II*\0" if order == "<" else b"MM\0*"
    return signature + struct.pack(order + "IHHHIHH", 8, count, tag, kind, 1, value, 0)


def chunk(kind: bytes, body: bytes) -> bytes:
    """Return a chunk of a PNG."""
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png_with(*chunks: bytes) -> bytes:
    """Return a PNG with more chunks after its header."""
    data = saved("PNG")
    return data[:33] + b"".join(chunks) + data[33:]


def jpeg_with(*segments: bytes) -> bytes:
    """Return a JPEG with more segments at its start."""
    data = saved("JPEG")
    return data[:2] + b"".join(segments) + data[2:]


def segment(marker: int, body: bytes) -> bytes:
    """Return a segment of a JPEG."""
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body


def webp_with(kind: bytes, body: bytes) -> bytes:
    """Return a WebP with one more chunk at its end."""
    data = saved("WEBP") + struct.pack("<4sI", kind, len(body)) + body + b"\0" * (len(body) % 2)
    return data[:4] + struct.pack("<I", len(data) - 8) + data[8:]


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("PNG", {}),
        ("JPEG", {}),
        ("JPEG", {"progressive": True}),
        ("GIF", {}),
        ("WebP", {}),
        ("WebP", {"lossless": True}),
        ("WebP", {"exif": b"Exif\0\0" + exif(1)}),
    ],
)
def test_format_and_size_are_told(name: str, options: dict[str, Any]) -> None:
    """Each of the four formats tells its name and size, and the payload still decodes to that size."""
    container = read_container(saved(name, **options))

    assert (container.format, container.width, container.height) == (name, 7, 5)
    assert Image.open(io.BytesIO(container.payload)).size == (7, 5)


def test_an_animated_webp_tells_the_size_of_its_canvas() -> None:
    """The extended header is what counts."""
    file = io.BytesIO()
    frames = [Image.new("RGB", (9, 4), color) for color in ("red", "blue")]
    frames[0].save(file, "WEBP", save_all=True, append_images=frames[1:])

    container = read_container(file.getvalue())

    assert (container.width, container.height) == (9, 4)


def test_a_gif_frame_larger_than_its_screen_counts_in_full() -> None:
    """A small screen cannot hide a large frame from the limit."""
    data = bytearray(saved("GIF"))
    data[6:10] = struct.pack("<HH", 1, 1)

    container = read_container(bytes(data))

    assert (container.width, container.height) == (7, 5)


@pytest.mark.parametrize(
    ("start", "name"),
    [
        (b"Hello, world\n", "plain text"),
        ("Grüße".encode(), "plain text"),
        (b"x" * 1023 + "é".encode(), "plain text"),  # a letter cut in two by the end of the part that is looked at
        (b"ab\xffcd" * 9, "unknown"),
        (b"\x00\x01\x02\x03", "unknown"),
        (b"\xef\xbb\xbf<?xml version='1.0'?><svg/>", "SVG"),
        (b"  <!DOCTYPE html>", "HTML"),
        (b"BM6\0", "BMP"),
        (b"II*\0", "TIFF"),
        (b"MM\0*", "TIFF"),
        (b"%PDF-1.7", "PDF"),
        (b"\0\0\0\x1cftypavif", "AVIF"),
        (b"\0\0\0\x1cftypheic", "HEIC"),
        (b"\0\0\0\x1cftypmp42", "MP4"),
        (b"RIFF\x10\0\0\0WAVEfmt ", "unknown"),
    ],
)
def test_other_formats_are_named_in_the_refusal(start: bytes, name: str) -> None:
    """What is not one of the four is refused by name, with its first bytes."""
    with pytest.raises(ImageError) as caught:
        read_container(start)

    assert str(caught.value) == (
        f"not an image this reads (starts with {start[:4].hex(' ')}: {name}); give a PNG, JPEG, WebP or GIF"
    )


def test_an_empty_file_is_refused() -> None:
    """Zero bytes are told as such."""
    with pytest.raises(ImageError, match=r"^the file is empty; save the screenshot again$"):
        read_container(b"")


@pytest.mark.parametrize("name", ["PNG", "JPEG", "GIF", "WebP"])
def test_every_beginning_of_a_file_is_refused_as_cut_off(name: str) -> None:
    """Wherever the part before the pixels is cut, the reader says so and raises nothing else."""
    data = saved(name)
    for length in range(12, data.index(b",") + 9 if name == "GIF" else 40):
        with pytest.raises(ImageError, match="cut off"):
            read_container(data[:length])


@pytest.mark.parametrize(
    "data",
    [
        PNG_SIGNATURE + chunk(b"IHDR", struct.pack(">II", 0, 5) + bytes(5)) + chunk(b"IEND", b""),
        jpeg_with(segment(0xDA, b"")),
        saved("GIF")[:6] + bytes(4) + saved("GIF")[10:].replace(struct.pack("<HHHH", 0, 0, 7, 5), bytes(8), 1),
    ],
    ids=["PNG", "JPEG", "GIF"],
)
def test_a_picture_without_size_is_refused(data: bytes) -> None:
    """No width or no height is told as such."""
    with pytest.raises(ImageError, match="has no size"):
        read_container(data)


def test_a_gif_without_a_frame_is_refused() -> None:
    """The end of the file instead of a frame is told as such."""
    with pytest.raises(ImageError, match="holds no picture"):
        read_container(b"GIF89a" + struct.pack("<HHBBB", 7, 5, 0, 0, 0) + b"\x21\xfe\x03abc\0" + b";")


@pytest.mark.parametrize(
    "data",
    [
        png_with(chunk(b"eXIf", exif(6))),
        jpeg_with(segment(0xE1, b"Exif\0\0" + exif(6, ">"))),
        webp_with(b"EXIF", exif(6)),
        webp_with(b"EXIF", b"Exif\0\0" + exif(6)),
    ],
    ids=["PNG", "JPEG", "WebP", "WebP with a prefix"],
)
def test_the_orientation_is_read(data: bytes) -> None:
    """Exif tells how a picture is turned, in either byte order."""
    assert read_container(data).orientation == 6


@pytest.mark.parametrize(
    "broken",
    [b"", b"nothing", exif(9), exif(6, kind=4), exif(6, tag=0x0100), exif(6)[:-3], exif(6, tag=0x0100, count=9)],
)
def test_broken_exif_costs_nothing(broken: bytes) -> None:
    """Metadata that makes no sense leaves the picture upright."""
    assert read_container(png_with(chunk(b"eXIf", broken))).orientation == 1


@pytest.mark.parametrize("name", ["PNG", "JPEG", "WebP"])
def test_the_profile_is_read(name: str) -> None:
    """The ICC profile comes out as it went in."""
    assert read_container(saved(name, icc_profile=SRGB)).profile == SRGB


def test_a_profile_in_parts_is_put_together_in_order() -> None:
    """JPEG splits a profile over segments, which may come in any order."""
    parts = [segment(0xE2, b"ICC_PROFILE\0" + bytes([number, 2]) + text) for number, text in ((2, b"B"), (1, b"A"))]

    assert read_container(jpeg_with(*parts)).profile == b"AB"


@pytest.mark.parametrize("body", [b"name\0\0garbage", b"name", b"name\0\0" + zlib.compress(b"")])
def test_a_profile_that_does_not_inflate_is_none(body: bytes) -> None:
    """A broken profile is passed over."""
    assert read_container(png_with(chunk(b"iCCP", body))).profile is None


FROM_SCAN = saved("JPEG")[saved("JPEG").index(b"\xff\xc0") :]


@pytest.mark.parametrize(
    ("data", "density"),
    [
        (saved("PNG", dpi=(144, 144)), 144),
        (saved("JPEG", dpi=(72, 72)), 72),
        (b"\xff\xd8" + segment(0xE0, b"JFIF\0" + struct.pack(">HBHHBB", 0x101, 2, 100, 100, 0, 0)) + FROM_SCAN, 254),
        (saved("JPEG"), None),
        (saved("PNG"), None),
        (png_with(chunk(b"pHYs", struct.pack(">IIB", 2, 1, 0))), None),
        (png_with(chunk(b"pHYs", b"short")), None),
    ],
)
def test_the_density_is_read(data: bytes, density: float | None) -> None:
    """Density is told in pixels per inch, an aspect ratio alone is not one."""
    assert read_container(data).density == (None if density is None else pytest.approx(density, abs=0.01))


def test_metadata_does_not_reach_the_decoder() -> None:
    """Comments, text and animation are left out of the payload; what the pixels need stays."""
    png = read_container(png_with(chunk(b"tEXt", b"Comment\0secret"), chunk(b"acTL", bytes(8))))
    jpeg = read_container(jpeg_with(segment(0xFE, b"secret"), segment(0xE1, b"secret"), b"\xff"))

    assert png.payload == saved("PNG")
    assert b"secret" not in jpeg.payload
    assert Image.open(io.BytesIO(jpeg.payload)).tobytes() == Image.open(io.BytesIO(saved("JPEG"))).tobytes()
