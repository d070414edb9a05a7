"""Small real files of every format that is read, and ways to damage them."""

from __future__ import annotations

import io
import random
import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import numpy as np
from PIL import Image, ImageCms

DEMO: Final = Path(__file__).parents[2] / "src" / "copy_that_orch" / "demo_screens"
_NASTY: Final = (0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFF)


def seeds() -> list[bytes]:
    """Return files to damage: crops of real screens in all formats, with palettes, alpha, 16 bits, profiles, frames."""
    screen = Image.open(next(DEMO.rglob("*.png"))).convert("RGB")
    crop = screen.crop((0, 0, 72, 56))
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    exif = Image.Exif()
    exif[0x0112] = 6
    see_through = crop.convert("RGBA")
    see_through.putalpha(128)
    deep = Image.fromarray(np.arange(72 * 56, dtype=np.uint16).reshape(56, 72) * 16)
    frames: list[Image.Image] = [crop.rotate(turn) for turn in (90, 180)]
    kinds: list[tuple[Image.Image, str, dict[str, Any]]] = [
        (crop, "PNG", {"icc_profile": profile, "dpi": (144, 144), "exif": exif}),
        (crop.quantize(16), "PNG", {"transparency": 3}),
        (see_through, "PNG", {}),
        (deep, "PNG", {}),
        (crop.convert("1"), "PNG", {}),
        (crop, "JPEG", {"quality": 85, "icc_profile": profile, "exif": exif}),
        (crop, "JPEG", {"quality": 60, "progressive": True, "dpi": (144, 144)}),
        (crop.convert("CMYK"), "JPEG", {}),
        (crop.convert("L"), "JPEG", {}),
        (crop, "GIF", {"save_all": True, "append_images": frames, "transparency": 1}),
        (crop, "WebP", {"lossless": True, "exif": exif, "icc_profile": profile}),
        (see_through, "WebP", {"quality": 60}),
        (crop, "WebP", {"save_all": True, "append_images": frames}),
    ]
    return [_saved(image, format_, options) for image, format_, options in kinds]


def _saved(image: Image.Image, format_: str, options: dict[str, Any]) -> bytes:
    file = io.BytesIO()
    image.save(file, format_, **options)
    return file.getvalue()


def damaged(rng: random.Random, files: list[bytes]) -> bytes:
    """Return one of `files` with one to six faults; the checksums of a PNG are put right half of the time."""
    data = rng.choice(files)
    for _ in range(rng.choice((1, 1, 2, 3, 6))):
        data = rng.choice(_WAYS)(rng, data, files)
    return with_right_checksums(data) if rng.random() < 0.5 else data


def _flip(rng: random.Random, data: bytes, _: list[bytes]) -> bytes:
    changed = bytearray(data)
    for _turn in range(rng.randint(1, 8)):
        if changed:
            changed[_place(rng, changed)] ^= 1 << rng.randrange(8)
    return bytes(changed)


def _number(rng: random.Random, data: bytes, _: list[bytes]) -> bytes:
    """Write a number that is at the edge of something, as lengths and sizes are told."""
    place, form = _place(rng, data), rng.choice((">B", ">H", "<H", ">I", "<I"))
    number = rng.choice(_NASTY) & (1 << 8 * struct.calcsize(form)) - 1
    return data[:place] + struct.pack(form, number) + data[place + struct.calcsize(form) :]


def _cut(rng: random.Random, data: bytes, _: list[bytes]) -> bytes:
    return data[: rng.randint(0, len(data))]


def _remove(rng: random.Random, data: bytes, _: list[bytes]) -> bytes:
    place = _place(rng, data)
    return data[:place] + data[place + rng.choice((1, 2, 4, 12, 200)) :]


def _repeat(rng: random.Random, data: bytes, _: list[bytes]) -> bytes:
    place, length = _place(rng, data), rng.choice((1, 4, 12, 300))
    return data[:place] + data[place : place + length] * rng.randint(2, 40) + data[place:]


def _splice(rng: random.Random, data: bytes, files: list[bytes]) -> bytes:
    other = rng.choice(files)
    return data[: rng.randint(0, len(data))] + other[rng.randint(0, len(other)) :]


def _noise(rng: random.Random, data: bytes, _: list[bytes]) -> bytes:
    place = _place(rng, data)
    return data[:place] + rng.randbytes(rng.choice((1, 8, 64))) + data[place:]


_WAYS: Final[tuple[Callable[[random.Random, bytes, list[bytes]], bytes], ...]] = (
    _flip,
    _flip,
    _number,
    _number,
    _cut,
    _remove,
    _repeat,
    _splice,
    _noise,
)


def _place(rng: random.Random, data: bytes | bytearray) -> int:
    """Return a place in `data`, half of the time near its beginning, where headers are."""
    end = len(data)
    return rng.randrange(min(end, 120) if rng.random() < 0.5 else end) if end else 0


def with_right_checksums(data: bytes) -> bytes:
    """Return a PNG with the right checksums, so that a decoder reads on; other files as they are."""
    if not data.startswith(b"\x89PNG\r\n\x1a\n"):
        return data
    kept, position = [data[:8]], 8
    while position + 12 <= len(data):
        (length,) = struct.unpack_from(">I", data, position)
        body = data[position + 4 : position + 8 + length]
        if position + 12 + length > len(data):
            break
        kept.append(data[position : position + 8 + length] + struct.pack(">I", zlib.crc32(body)))
        position += 12 + length
    return b"".join([*kept, data[position:]])
