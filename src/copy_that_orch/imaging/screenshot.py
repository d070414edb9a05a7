"""The picture of a screen, decoded: what every measurement starts from."""

from __future__ import annotations

import functools
from typing import Any

import attrs
import numpy as np

from copy_that_orch.imaging.arrays import Mask, Pixels
from copy_that_orch.imaging.coded import Coded
from copy_that_orch.imaging.gradients import LinearGradient, find_gradients
from copy_that_orch.imaging.ground import codes_of
from copy_that_orch.imaging.layout import Layout, find_layout
from copy_that_orch.imaging.lettering import Lettering
from copy_that_orch.imaging.patches import is_part
from copy_that_orch.imaging.sides import lies_in, overlap
from copy_that_orch.imaging.small_gradients import find_small_gradients
from copy_that_orch.imaging.text import TextLine, is_text
from copy_that_orch.imaging.text_on_gradients import lines_on_gradients
from copy_that_orch.imaging.text_styles import Typesetting, find_styles


def printable(text: str) -> str:
    r"""Return `text` with everything that could steer a terminal or break a line escaped: `\n`, `\x1b`, `\u202e`.

    Also what cannot be written as UTF-8, such as the bytes of a file name that are no text.
    """
    return "".join(letter if letter.isprintable() else repr(letter)[1:-1] for letter in text)


def _pixels(_instance: object, attribute: attrs.Attribute[Pixels], value: Pixels) -> None:
    if value.dtype != np.uint8 or value.ndim != 3 or value.shape[2] != 3 or 0 in value.shape:
        raise ValueError(f"{attribute.name} is a height x width x 3 array of bytes, not {value.dtype} {value.shape}")


def _read_only(pixels: Pixels) -> Pixels:
    view = pixels.view()
    view.setflags(write=False)
    return view


@attrs.frozen(eq=False, kw_only=True, slots=False)  # with slots, a pickle would leave out the layout
class Screenshot:
    """The picture of a screen.

    Attributes:
      name: Tells it to a reader and stands in the provenance of tokens, e.g. "shots/login.png".
      pixels: Height x width x 3 bytes in sRGB, opaque, upright, read-only.
      format: Of the file: "PNG", "JPEG", "WebP" or "GIF".
      told_scale: Device pixels per CSS pixel, as told by the user or the file; None if it was not told.
      plain: Height x width: where areas of one colour may be, if decoding could tell; None: anywhere.
      coded: What the file had before it was mended, if it is a JPEG whose blocks lie as in the picture.
      digest: SHA-256 of the file, in hex: equal digests, equal pictures.
      fingerprint: Equal ones, equal screenshots but for the name; empty if it is not known.
    """

    name: str
    pixels: Pixels = attrs.field(repr=False, validator=_pixels, converter=_read_only)
    format: str = "PNG"
    told_scale: float | None = attrs.field(default=None, validator=attrs.validators.optional(attrs.validators.gt(0)))
    plain: Mask | None = attrs.field(default=None, repr=False)
    coded: Coded | None = attrs.field(default=None, repr=False)
    digest: str = ""
    fingerprint: str = ""

    @property
    def width(self) -> int:
        """In device pixels."""
        return int(self.pixels.shape[1])

    @property
    def height(self) -> int:
        """In device pixels."""
        return int(self.pixels.shape[0])

    @functools.cached_property
    def layout(self) -> Layout:
        """What stands where on the screen; found when it is first asked for, and kept."""
        return find_layout(codes_of(self.pixels))

    @functools.cached_property
    def gradients(self) -> tuple[LinearGradient, ...]:
        """The linear gradients on the screen; found when they are first asked for, and kept."""
        lossy = self.format == "JPEG"
        wide, patches = find_gradients(self.pixels, lossy=lossy), self.layout.patches
        alone = (patch for patch in patches if not any(lies_in(patch, gradient.box) for gradient in wide))
        small = find_small_gradients(self.pixels, alone, lossy=lossy)
        # Text may divide one into what looks like several.
        wide = tuple(one for one in wide if not any(lies_in(one.box, gradient.box) for gradient in small))
        return tuple(gradient for gradient in (*wide, *small) if not is_part(gradient.box, patches, self.pixels))

    @functools.cached_property
    def typesetting(self) -> Typesetting:
        """What the text of the screen is set in; found when it is first asked for, and kept."""
        return find_styles([self.lettering])

    @property
    def lettering(self) -> Lettering:
        """The lines of text on the screen, to be looked at together with those of other screens."""
        return Lettering(self.name, self.scale, self.texts)

    @functools.cached_property
    def texts(self) -> tuple[TextLine, ...]:
        """The lines of text on the screen, those on gradients too; found when first asked for, and kept."""
        on_gradients = lines_on_gradients(self.pixels, self.gradients)
        plain = (line for line in self.layout.lines if is_text(line))
        return (
            *(line for line in plain if not any(overlap(line.box, other.box) for other in on_gradients)),
            *on_gradients,
        )

    @property
    def scale(self) -> float:
        """Device pixels per CSS pixel: as told, else as the layout tells."""
        return self.told_scale or float(self.layout.scale)

    def __str__(self) -> str:
        return self.name

    def __setstate__(self, state: dict[str, Any]) -> None:  # arrays come out of a pickle as writable ones
        state["pixels"] = _read_only(state["pixels"])
        self.__dict__.update(state)
