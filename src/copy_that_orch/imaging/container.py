"""What an image file says about itself, read without decoding a pixel.

Limits must hold before memory is spent, and a decoder that meets odd metadata must not warn from a worker thread,
where `warnings` cannot be silenced safely. So the four containers are walked here, and only what the pixels need is
handed on.

Sources: PNG (https://www.w3.org/TR/png-3/), JPEG (ITU-T T.81, annex B; Exif 2.32 for the orientation; ICC.1:2022 annex
B for profiles in APP2), GIF89a (https://www.w3.org/Graphics/GIF/spec-gif89a.txt), WebP (RFC 9649).
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Iterator, Mapping
from typing import Final

import attrs

PNG_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
_MAX_PROFILE = 16 * 2**20
_INCH = 0.0254


class ImageError(ValueError):
    """A file is no picture that can be used. The message says what is wrong and what to do, but not of which file."""


@attrs.frozen(kw_only=True)
class Container:
    """What a file says about its picture.

    Attributes:
      format: "PNG", "JPEG", "WebP" or "GIF".
      width, height: In pixels, before the orientation is applied; of the first frame with all that lies around it.
      orientation: Exif orientation, 1 (upright) to 8.
      profile: The ICC profile; None if there is none.
      density: Pixels per inch; None if the file does not say.
      payload: The file without metadata, for the decoder.
    """

    format: str
    width: int
    height: int
    orientation: int = 1
    profile: bytes | None = attrs.field(default=None, repr=False)
    density: float | None = None
    payload: bytes = attrs.field(repr=False)


def read_container(data: bytes) -> Container:
    """Return what `data`, the bytes of a file, says about its picture.

    The format is told by the content, never by a name.

    Raises:
      ImageError: if it is empty, of another format, cut off or broken.
    """
    if not data:
        raise ImageError("the file is empty; save the screenshot again")
    name = _format_of(data)
    if name not in _READERS:
        start = data[:4].hex(" ")
        raise ImageError(f"not an image this reads (starts with {start}: {name}); give a PNG, JPEG, WebP or GIF")
    try:
        container = _READERS[name](data)
    except (struct.error, IndexError):
        raise ImageError(f"the {name} is cut off; save or copy it again") from None
    if container.width < 1 or container.height < 1:
        raise ImageError(f"the {name} has no size ({container.width} x {container.height}); save it again")
    return container


def _format_of(data: bytes) -> str:
    """Name the format of `data`: one that is read, else what a person would call it."""
    for offset, signature, name in _SIGNATURES:
        if data.startswith(signature, offset):
            return name
    head = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if b"<svg" in head:
        return "SVG"
    if head.startswith((b"<!doctype html", b"<html")):
        return "HTML"
    try:
        text = data[:1024].decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start < min(len(data), 1024) - 3:  # nearer to the end, the cut may have gone through a letter
            return "unknown"
        text = data[: error.start].decode("utf-8")
    return "plain text" if all(letter.isprintable() or letter.isspace() for letter in text) else "unknown"


_SIGNATURES: Final = (
    (0, PNG_SIGNATURE, "PNG"),
    (0, b"\xff\xd8\xff", "JPEG"),
    (0, b"GIF87a", "GIF"),
    (0, b"GIF89a", "GIF"),
    (8, b"WEBP", "WebP"),
    (0, b"II*\0", "TIFF"),
    (0, b"MM\0*", "TIFF"),
    (0, b"BM", "BMP"),
    (0, b"%PDF", "PDF"),
    (0, b"8BPS", "Photoshop"),
    (0, b"PK\x03\x04", "ZIP"),
    (0, b"\0\0\x01\0", "ICO"),
    (4, b"ftypavif", "AVIF"),
    (4, b"ftyphei", "HEIC"),
    (4, b"ftyp", "MP4"),
)


def _png(data: bytes) -> Container:
    kept = [PNG_SIGNATURE]
    found: dict[bytes, bytes] = {}
    position = len(PNG_SIGNATURE)
    while b"IEND" not in found:
        length, kind = struct.unpack_from(">I4s", data, position)
        end = position + 12 + length
        if end > len(data):
            raise ImageError("the PNG is cut off; save or copy it again")
        found.setdefault(kind, data[position + 8 : end - 4])
        if kind in _PNG_PIXELS:
            kept.append(data[position:end])
        position = end
    width, height = struct.unpack_from(">II", found.get(b"IHDR", b""))
    return Container(
        format="PNG",
        width=width,
        height=height,
        orientation=_orientation(found.get(b"eXIf", b"")),
        profile=_inflated_profile(found.get(b"iCCP", b"")),
        density=_png_density(found.get(b"pHYs", b"")),
        payload=b"".join(kept),
    )


_PNG_PIXELS: Final = frozenset({b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"})


def _inflated_profile(chunk: bytes) -> bytes | None:
    _name, _zero, rest = chunk.partition(b"\0")
    try:
        return zlib.decompressobj().decompress(rest[1:], _MAX_PROFILE) or None  # rest[0] is the method: always zlib
    except zlib.error:
        return None


def _png_density(chunk: bytes) -> float | None:
    if len(chunk) != 9:
        return None
    across, _down, unit = struct.unpack(">IIB", chunk)
    return across * _INCH if unit == 1 and across else None


def _jpeg(data: bytes) -> Container:
    kept = [data[:2]]
    size = (0, 0)
    orientation = 1
    density: float | None = None
    profile: dict[int, bytes] = {}
    for marker, start, end in _segments(data):
        body = data[start:end]
        if marker in _FRAME_MARKERS:
            height, width = struct.unpack_from(">HH", body, 1)
            size = (width, height)
        elif marker == 0xE1 and body.startswith(b"Exif\0\0"):
            orientation = _orientation(body[6:])
        elif marker == 0xE2 and body.startswith(b"ICC_PROFILE\0"):
            profile[body[12]] = body[14:]
        elif marker == 0xE0 and body.startswith(b"JFIF\0"):
            density = _jfif_density(body)
        if marker not in _JPEG_METADATA:
            kept.append(data[start - 4 : end])
        if marker == 0xDA:  # the scan, and whatever follows it
            kept.append(data[end:])
    return Container(
        format="JPEG",
        width=size[0],
        height=size[1],
        orientation=orientation,
        profile=b"".join(part for _number, part in sorted(profile.items())) or None,
        density=density,
        payload=b"".join(kept),
    )


def _segments(data: bytes) -> Iterator[tuple[int, int, int]]:
    """Yield marker, start and end of the body of each segment, up to and with the start of the first scan."""
    position, marker = 2, 0x00
    while marker != 0xDA:
        marker = data[position + 1]
        if data[position] != 0xFF or marker in (0x00, 0xFF):  # padding, or junk that every decoder skips
            position += 1
            continue
        (length,) = struct.unpack_from(">H", data, position + 2)
        end = position + 2 + length
        if length < 2 or end > len(data):
            raise ImageError("the JPEG is cut off or damaged; save or copy it again")
        yield marker, position + 4, end
        position = end


_FRAME_MARKERS: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_JPEG_METADATA: Final = (frozenset(range(0xE1, 0xF0)) - {0xEE}) | {0xFE}  # Adobe's 0xEE says how CMYK is stored


def _jfif_density(body: bytes) -> float | None:
    unit, across, _down = struct.unpack_from(">BHH", body, 7)
    if not across or unit not in (1, 2):
        return None
    return float(across) if unit == 1 else across * 2.54


def _gif(data: bytes) -> Container:
    width, height, flags = struct.unpack_from("<HHB", data, 6)
    position = 13 + _colour_table(flags)
    while data[position] != 0x2C:  # the first frame
        if data[position] != 0x21:
            raise ImageError("the GIF holds no picture; save it again")
        position += 2
        while data[position]:
            position += 1 + data[position]
        position += 1
    left, top, across, down = struct.unpack_from("<HHHH", data, position + 1)
    return Container(format="GIF", width=max(width, left + across), height=max(height, top + down), payload=data)


def _colour_table(flags: int) -> int:
    return 3 * 2 ** ((flags & 7) + 1) if flags & 0x80 else 0


def _webp(data: bytes) -> Container:
    chunks: dict[bytes, bytes] = {}
    (size,) = struct.unpack_from("<I", data, 4)
    if size + 8 > len(data):
        raise ImageError("the WebP is cut off; save or copy it again")
    position = 12
    while position + 8 <= size + 8:
        kind, length = struct.unpack_from("<4sI", data, position)
        chunks.setdefault(kind, data[position + 8 : position + 8 + length])
        position += 8 + length + length % 2
    width, height = _webp_size(chunks)
    return Container(
        format="WebP",
        width=width,
        height=height,
        orientation=_orientation(chunks.get(b"EXIF", b"").removeprefix(b"Exif\0\0")),
        profile=chunks.get(b"ICCP"),
        payload=data,
    )


def _webp_size(chunks: Mapping[bytes, bytes]) -> tuple[int, int]:
    if extended := chunks.get(b"VP8X"):
        across, across_high, down, down_high = struct.unpack_from("<HBHB", extended, 4)
        return 1 + across + (across_high << 16), 1 + down + (down_high << 16)
    if lossless := chunks.get(b"VP8L"):
        (bits,) = struct.unpack_from("<I", lossless, 1)
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    width, height = struct.unpack_from("<HH", chunks.get(b"VP8 ", b""), 6)
    return width & 0x3FFF, height & 0x3FFF


def _orientation(exif: bytes) -> int:
    """Return the orientation in `exif`, a TIFF header and what follows; 1 if there is none or it makes no sense."""
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(exif[:4])
    if order is None:
        return 1
    try:
        (start,) = struct.unpack_from(order + "I", exif, 4)
        (count,) = struct.unpack_from(order + "H", exif, start)
        for entry in range(count):
            tag, kind, _number, value = struct.unpack_from(order + "HHIH", exif, start + 2 + 12 * entry)
            if tag == 0x0112:
                return value if kind == 3 and 1 <= value <= 8 else 1
    except struct.error:  # broken metadata never costs the picture
        return 1
    return 1


_READERS: Final[Mapping[str, Callable[[bytes], Container]]] = {"PNG": _png, "JPEG": _jpeg, "GIF": _gif, "WebP": _webp}
