"""What lines of text say, read by RapidOCR, and what that tells of their letters. Needs the extra `ocr`.

Letters tell whether a line has low ones ("€48" has none), and what is no text at all is an icon. RapidOCR brings its
models along and asks no network. It shrinks pictures of more than 2,000 pixels until small text is lost, and refuses
thin ones, so a screen is read in tiles.

Source:
  RapidOCR: https://github.com/RapidAI/RapidOCR
"""

from __future__ import annotations

import functools
import importlib
import importlib.util
import math
from collections.abc import Iterable, Sequence
from typing import Any, Final

import attrs
import numpy as np

from copy_that_orch.imaging.arrays import Pixels
from copy_that_orch.imaging.text import MIN_HEIGHT, TextLine

LOW: Final = frozenset("acegmnopqrsuvwxyz")
"""Letters that are as tall as x."""
MARKS: Final = frozenset(".,:;-_'\"`~*^")
"""What icons are often taken for."""
OVERLAP: Final = 0.5
"""Share of a line that lies in what was read, at least; and of what was read twice that lies in the other reading."""
TILE: Final = 2000
"""Side of a tile at most, in CSS pixels: RapidOCR's `max_side_len`, to which it shrinks what has more device pixels."""
SEAM: Final = 256
"""How far tiles overlap, in CSS pixels: what is less tall is whole in one of them."""
LONGEST: Final = 4
"""How many times as long as wide a tile is at most. A thinner one gets more of its edge, for RapidOCR enlarges it until
it is 736 pixels wide, and one of a few pixels it refuses."""
LETTERS: Final = 3
"""Separate pieces of a line from which it looks like text even if it was not read; icons have one or two."""
AROUND: Final = 1000
"""Device pixels above and below a line in which others tell whether text can be read there."""


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


def read_text(pixels: Pixels, scale: float) -> tuple[ReadText, ...]:
    """Return the text on `pixels`, height x width x 3 in sRGB, in the order in which it was found.

    Args:
      pixels: Of the screen.
      scale: Device pixels per CSS pixel. Text is read well at its size in CSS pixels, so that it may be shrunk to that.

    Raises:
      ImportError: if the extra `ocr` is not installed.
    """
    height, width = pixels.shape[:2]
    if min(height, width) < MIN_HEIGHT:
        return ()  # no line is so thin
    return _once(
        [
            [_moved(piece, left, top) for piece in _read_tile(pixels[top:bottom, left:right])]
            for top, bottom in _tiles(height, scale)
            for left, right in _tiles(width, scale)
        ]
    )


def _tiles(length: int, scale: float) -> list[tuple[int, int]]:
    """Return where tiles of about the same size begin and end on a side of `length` device pixels."""
    seam = round(SEAM * scale)
    count = max(math.ceil((length - seam) / (round(TILE * scale) - seam)), 1)
    step = math.ceil((length - seam) / count)
    return [(n * step, min(n * step + step + seam, length)) for n in range(count)]


def _read_tile(tile: Pixels) -> list[ReadText]:
    height, width = tile.shape[:2]
    more = (max(-(-width // LONGEST) - height, 0), max(-(-height // LONGEST) - width, 0))
    upright = np.pad(tile, ((0, more[0]), (0, more[1]), (0, 0)), mode="edge") if any(more) else tile
    found = _engine()(
        np.ascontiguousarray(upright[..., ::-1]), use_cls=False
    )  # it takes BGR, and nothing is upside down
    if found.boxes is None:
        return []
    return [
        ReadText(text, (*corners.min(axis=0).tolist(), *corners.max(axis=0).tolist()))
        for text, corners in zip(found.txts, np.asarray(found.boxes), strict=True)
    ]


def _moved(piece: ReadText, across: int, down: int) -> ReadText:
    left, top, right, bottom = piece.box
    return ReadText(piece.text, (left + across, top + down, right + across, bottom + down))


def _once(tiles: Sequence[Sequence[ReadText]]) -> tuple[ReadText, ...]:
    """Return what was read on each of `tiles`, but what two of them have only once: the larger, for it was not cut."""
    pieces = [piece for tile in tiles for piece in tile]
    tile_of = np.repeat(np.arange(len(tiles)), [len(tile) for tile in tiles])
    left, top, right, bottom = np.array([piece.box for piece in pieces]).reshape(-1, 4).T
    areas = (right - left) * (bottom - top)
    kept = np.zeros(len(pieces), bool)
    for n in np.argsort(-areas, kind="stable"):
        across = np.minimum(right, right[n]) - np.maximum(left, left[n])
        down = np.minimum(bottom, bottom[n]) - np.maximum(top, top[n])
        shared = np.maximum(across, 0) * np.maximum(down, 0)
        kept[n] = not (kept & (tile_of != tile_of[n]) & (shared > OVERLAP * areas[n])).any()
    return tuple(piece for piece, is_kept in zip(pieces, kept, strict=True) if is_kept)


@functools.cache
def _engine() -> Any:  # loaded only by who reads, and without types
    return importlib.import_module("rapidocr").RapidOCR(params={"Global.log_level": "error"})


def with_text(lines: Iterable[TextLine], read: Sequence[ReadText]) -> tuple[TextLine, ...]:
    """Return those of `lines` that are text, without low letters where the text has none.

    What was not read is an icon, if text can be read there: if most lines that look like text were, of those around.
    Else it is text that cannot be read, such as that of a script that the models do not know; where it looks like text,
    it stays as it is.
    """
    lines = list(lines)
    texts = [_text_of(line, read) for line in lines]
    middle = np.array([line.top + line.height / 2 for line in lines])
    letters = np.array([line.pieces >= LETTERS for line in lines], bool)
    is_read = np.array([text is not None for text in texts], bool)
    kept = []
    for n, (line, text) in enumerate(zip(lines, texts, strict=True)):
        if text is not None:
            kept.append(line if LOW & set(text) else attrs.evolve(line, low=None))
        elif letters[n] and is_read[letters & (np.abs(middle - middle[n]) <= AROUND)].mean() < 1 / 2:
            kept.append(line)
    return tuple(kept)


def _text_of(line: TextLine, read: Sequence[ReadText]) -> str | None:
    """Return what a line says, or None if nothing was read where it is."""
    here = [(share, piece.text) for piece in read if (share := _share(line, piece.box)) > 0]
    text = "".join(text for _share_of_line, text in here)
    is_covered = sum(share for share, _text in here) >= OVERLAP
    return text if is_covered and set(text) - MARKS - {" "} else None


def _share(line: TextLine, box: tuple[float, float, float, float]) -> float:
    """Return the share of the width of a line that lies in `box`, or 0 if the two are not side by side.

    They are, if half of the height of the line lies in `box`, and half of the one's or the other's width.
    """
    left, top, right, bottom = box
    across = min(line.left + line.width, right) - max(line.left, left)
    down = min(line.top + line.height, bottom) - max(line.top, top)
    is_here = down >= OVERLAP * line.height and across >= OVERLAP * min(line.width, right - left)
    return across / line.width if is_here else 0.0
