"""Small pictures of a screenshot: a place on it with what is around, or the whole of it."""

from __future__ import annotations

import io
from typing import Final

import attrs
import numpy as np
from PIL import Image

from copy_that_orch.imaging.arrays import Pixels

Box = tuple[int, int, int, int]

WINDOW: Final = (160, 64)
"""Width and height of what a crop shows at least, in CSS pixels."""

GROWTH: Final = 2.0
"""How much larger than `WINDOW` a crop may be to show a whole box."""

LARGEST: Final = (320, 128)
"""Width and height of a crop at most, in its own pixels."""

MARGIN: Final = 8
"""CSS pixels that are to be seen around a box."""

PAINTED_COLORS: Final = 1024
"""A crop with more colours is of a photo or so, and small is better than exact."""

LOSSLESS_BYTES: Final = 3000
"""Up to here a crop keeps its exact colours; above, it is made small."""

SMALL: Final = (560, 400)
"""Width and height of a screenshot made small, at most, in its own pixels."""

SMALL_PHONE: Final = 190
"""Width of the screenshot of a phone made small."""

PHONE: Final = 600
"""Width of a phone at most, in CSS pixels."""

_QUALITY: Final = 70


@attrs.frozen(kw_only=True)
class Cut:
    """A small picture.

    Attributes:
      webp: The bytes of a WebP file.
      width, height: In its pixels.
      mark: Where the box is in it, as left, top, right, bottom; None if nothing of its edge is to be seen.
    """

    webp: bytes = attrs.field(repr=False)
    width: int
    height: int
    mark: Box | None = None


def cut(pixels: Pixels, box: Box, scale: float = 1.0) -> Cut:
    """Return the place `box` of a screenshot, with what is around it.

    A box that is too large in one direction is shown around its middle, one that is too large in both by its upper
    left corner: edges tell more than an area.

    Args:
      pixels: Height x width x 3 bytes.
      box: Left, top, right, bottom in its pixels; what lies outside of it is left out.
      scale: Device pixels per CSS pixel.
    """
    height, width = pixels.shape[:2]
    left, top, right, bottom = _inside(box, width, height)
    margin = MARGIN * scale
    least = (WINDOW[0] * scale, WINDOW[1] * scale)
    wanted = max((right - left + 2 * margin) / least[0], (bottom - top + 2 * margin) / least[1], 1.0)
    growth = min(wanted, GROWTH)
    across, down = (min(round(growth * one), limit) for one, limit in zip(least, (width, height), strict=True))
    corner = right - left > across and bottom - top > down
    x = round(left - margin) if corner else (left + right - across) // 2
    y = round(top - margin) if corner else (top + bottom - down) // 2
    x, y = min(max(x, 0), width - across), min(max(y, 0), height - down)
    image = Image.fromarray(np.ascontiguousarray(pixels[y : y + down, x : x + across]))
    small = min(1.0, LARGEST[0] / across, LARGEST[1] / down)
    size = max(1, round(across * small)), max(1, round(down * small))
    if size != image.size:
        image = image.resize(size, Image.Resampling.LANCZOS, reducing_gap=3)
    edges = (left - x, top - y, right - x, bottom - y)
    mark = _inside(tuple(round(edge * small) for edge in edges), *size)
    return Cut(webp=_webp(image), width=size[0], height=size[1], mark=None if mark == (0, 0, *size) else mark)


def thumbnail(pixels: Pixels, scale: float = 1.0) -> Cut:
    """Return a screenshot made small, of one that is higher than `SMALL` its upper part.

    Args:
      pixels: Height x width x 3 bytes.
      scale: Device pixels per CSS pixel; tells a phone, which gets less room, from a large screen.
    """
    width = SMALL_PHONE if pixels.shape[1] / scale <= PHONE else SMALL[0]
    small = min(1.0, width / pixels.shape[1])
    shown = pixels[: max(1, round(SMALL[1] / small))]
    image = Image.fromarray(np.ascontiguousarray(shown))
    size = max(1, round(image.width * small)), max(1, round(image.height * small))
    image = image.resize(size, Image.Resampling.LANCZOS, reducing_gap=1.5)
    return Cut(webp=_lossy(image), width=size[0], height=size[1])


def _inside(box: tuple[int, ...], width: int, height: int) -> Box:
    """Return what of `box` lies in a picture of this size, at least one pixel."""
    left, top = min(max(box[0], 0), width - 1), min(max(box[1], 0), height - 1)
    return left, top, min(max(box[2], left + 1), width), min(max(box[3], top + 1), height)


def _webp(image: Image.Image) -> bytes:
    if image.getcolors(PAINTED_COLORS) is None:
        return _lossy(image)
    file = io.BytesIO()
    image.save(file, "WEBP", lossless=True, quality=60, method=1)
    exact = file.getvalue()
    return exact if len(exact) <= LOSSLESS_BYTES else min(exact, _lossy(image), key=len)


def _lossy(image: Image.Image) -> bytes:
    file = io.BytesIO()
    image.save(file, "WEBP", quality=_QUALITY, method=2)
    return file.getvalue()
