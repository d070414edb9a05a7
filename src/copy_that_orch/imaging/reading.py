"""What lines of text say, read by RapidOCR, and what that tells of their letters. Needs the extra `ocr`.

Letters tell whether a line has low ones ("€48" has none), and what is no text at all is an icon. RapidOCR brings its
models along and asks no network.

Source:
  RapidOCR: https://github.com/RapidAI/RapidOCR
"""

from __future__ import annotations

import functools
import importlib
import importlib.util
from collections.abc import Iterable, Sequence
from typing import Any, Final

import attrs
import numpy as np

from copy_that_orch.imaging.arrays import Pixels
from copy_that_orch.imaging.text import TextLine

LOW: Final = frozenset("acegmnopqrsuvwxyz")
"""Letters that are as tall as x."""
MARKS: Final = frozenset(".,:;-_'\"`~*^")
"""What icons are often taken for."""
OVERLAP: Final = 0.5
"""Share of a line that lies in what was read, at least."""


@attrs.frozen
class ReadText:
    """A piece of text that was read.

    Attributes:
      text: What it says.
      box: Left, top, right and bottom in device pixels.
    """

    text: str
    box: tuple[float, float, float, float]


def can_read() -> bool:
    """Return whether what the extra `ocr` installs is there."""
    return all(importlib.util.find_spec(name) is not None for name in ("rapidocr", "onnxruntime"))


def read_text(pixels: Pixels) -> tuple[ReadText, ...]:
    """Return the text on `pixels`, height x width x 3 in sRGB, in the order in which it was found.

    Raises:
      ImportError: if the extra `ocr` is not installed.
    """
    found = _engine()(
        np.ascontiguousarray(pixels[..., ::-1]), use_cls=False
    )  # it takes BGR, and nothing is upside down
    if found.boxes is None:
        return ()
    return tuple(
        ReadText(text, (*corners.min(axis=0).tolist(), *corners.max(axis=0).tolist()))
        for text, corners in zip(found.txts, np.asarray(found.boxes), strict=True)
    )


@functools.cache
def _engine() -> Any:  # loaded only by who reads, and without types
    return importlib.import_module("rapidocr").RapidOCR(params={"Global.log_level": "error"})


def with_text(lines: Iterable[TextLine], read: Sequence[ReadText]) -> tuple[TextLine, ...]:
    """Return those of `lines` that were read, without low letters where the text has none."""
    return tuple(
        line if LOW & set(text) else attrs.evolve(line, low=None)
        for line in lines
        if (text := _text_of(line, read)) is not None
    )


def _text_of(line: TextLine, read: Sequence[ReadText]) -> str | None:
    """Return what a line says, or None if nothing was read where it is."""
    here = [piece.text for piece in read if _share(line, piece.box) >= OVERLAP]
    text = "".join(here)
    return text if set(text) - MARKS - {" "} else None


def _share(line: TextLine, box: tuple[float, float, float, float]) -> float:
    """Return the share of the box of a line that lies in `box`."""
    left, top, right, bottom = box
    across = min(line.left + line.width, right) - max(line.left, left)
    down = min(line.top + line.height, bottom) - max(line.top, top)
    return max(across, 0) * max(down, 0) / (line.width * line.height)
