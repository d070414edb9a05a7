"""What lines of text say."""

from __future__ import annotations

import itertools as it
import sys
import types
from collections.abc import Iterator
from typing import ClassVar

import attrs
import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from copy_that_orch.imaging import reading
from copy_that_orch.imaging.reading import ReadText, can_read, read_text, with_text
from tests.unit.imaging.typeset import typeset

LINE = attrs.evolve(typeset(16, 10), left=20, top=30, width=80, height=12)


class ResizeImgError(Exception):
    """RapidOCR has one of this name, without a message."""


class FakeEngine:
    """Reads "Total" on every bar of red, in pictures of sizes that RapidOCR takes as they are."""

    params: object = None
    sizes: ClassVar[list[tuple[int, int]]] = []  # height and width of what was read

    def __init__(self, params: object) -> None:
        FakeEngine.params = params

    def __call__(self, image: NDArray[np.uint8], *, use_cls: bool) -> types.SimpleNamespace:
        """Return corners and texts as RapidOCR does; it takes BGR."""
        assert not use_cls
        height, width = image.shape[:2]
        FakeEngine.sizes.append((height, width))
        assert max(height, width) <= 8 * min(height, width), "enlarges the picture until it has many millions of pixels"
        if min(round(side * 30 / min(height, width, 30) / 32) for side in (height, width)) == 0:
            raise ResizeImgError
        count, _labels, boxes, _centers = cv2.connectedComponentsWithStats((image[..., 2] == 255).astype(np.uint8))
        if count == 1:
            return types.SimpleNamespace(boxes=None, txts=None)
        corners = [
            [[left, top], [left + across, top], [left + across, top + down], [left, top + down]]
            for left, top, across, down, _area in boxes[1:].tolist()
        ]
        return types.SimpleNamespace(boxes=np.array(corners, np.float32), txts=("Total",) * (count - 1))


@pytest.fixture(autouse=True)
def _fake(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    module = types.ModuleType("rapidocr")
    module.RapidOCR = FakeEngine  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "rapidocr", module)
    reading._engine.cache_clear()
    FakeEngine.sizes.clear()
    yield
    reading._engine.cache_clear()


def test_text_is_read_where_it_stands() -> None:
    """Boxes are upright, whatever the corners; without text there is none."""
    pixels = np.zeros((40, 60, 3), np.uint8)
    assert read_text(pixels, 1.0) == ()

    pixels[10:20, 5:50, 0] = 255

    assert read_text(pixels, 1.0) == (ReadText("Total", (5.0, 10.0, 50.0, 20.0)),)
    assert FakeEngine.params == {"Global.log_level": "error"}


@pytest.mark.parametrize(("text", "low"), [("Total", True), ("€48,20", False), ("TOTAL", False)])
def test_only_low_letters_are_low(text: str, low: bool) -> None:
    """Digits seem to have some, where their curves begin."""
    (line,) = with_text([LINE], [ReadText(text, (18, 28, 102, 44))])

    assert line == (LINE if low else attrs.evolve(LINE, low=None))


@pytest.mark.parametrize(
    ("height", "width"), [(1, 1), (1, 3000), (3000, 1), (3000, 24), (24, 3000), (12_000, 90), (90, 12_000), (20_000, 9)]
)
def test_pictures_too_thin_for_text_have_none(height: int, width: int) -> None:
    """RapidOCR would refuse them."""
    assert read_text(np.zeros((height, width, 3), np.uint8), 1.0) == ()


@pytest.mark.parametrize("upright", [True, False])
@pytest.mark.parametrize("length", [1999, 2000, 2001, 3744, 3745, 20_000])
def test_text_of_long_pages_is_read_once_and_whole(length: int, upright: bool) -> None:
    """Text of up to 256 pixels may stand across a seam; where it is cut, the other tile has it whole."""
    pixels = np.zeros((length, 60, 3), np.uint8)
    bars = [(top, min(top + down, length)) for top, down in zip(range(5, length, 270), it.cycle((12, 256)))]
    for top, bottom in bars:
        pixels[top:bottom, 5:50, 0] = 255

    read = read_text(pixels if upright else np.ascontiguousarray(pixels.swapaxes(0, 1)), 1.0)

    assert max(map(max, FakeEngine.sizes)) <= 2000  # more would be shrunk
    assert sorted(piece.box for piece in read) == sorted(
        (5.0, top, 50.0, bottom) if upright else (top, 5.0, bottom, 50.0) for top, bottom in bars
    )


@pytest.mark.parametrize(("scale", "tiles"), [(1.0, 4), (1.25, 3), (2.0, 2), (3.0, 1)])
def test_text_of_more_device_pixels_may_be_shrunk(scale: float, tiles: int) -> None:
    """It can be read at its size in CSS pixels, in fewer tiles."""
    read_text(np.zeros((6000, 1800, 3), np.uint8), scale)

    assert len(FakeEngine.sizes) == tiles
    assert max(map(max, FakeEngine.sizes)) <= 2000 * scale


def test_lines_longer_than_a_seam_are_read_in_parts() -> None:
    """On very wide screens; together they are the line."""
    pixels = np.zeros((40, 3000, 3), np.uint8)
    pixels[10:20, 100:2900, 0] = 255
    line = attrs.evolve(LINE, left=100, top=10, width=2800, height=10)

    read = read_text(pixels, 1.0)

    assert len(read) == 2
    assert with_text([line], read) == (line,)


@pytest.mark.parametrize("read", [[], [ReadText("Total", (90, 28, 140, 44))], [ReadText("*-.", (18, 28, 102, 44))]])
def test_what_cannot_be_read_is_no_text(read: list[ReadText]) -> None:
    """Icons are read as nothing, or as marks; and what stands beside them is something else."""
    assert with_text([attrs.evolve(LINE, pieces=2)], read) == ()


def test_what_looks_like_text_stays_where_nothing_can_be_read() -> None:
    """Of a page in two scripts only the one may be known; icons are none in either."""
    rows = [attrs.evolve(LINE, top=top) for top in range(0, 6000, 20)]
    latin, other = rows[:150], rows[150:]
    stars = attrs.evolve(LINE, left=200, top=1000, pieces=5)
    icon = attrs.evolve(LINE, left=200, top=5000, pieces=1)
    read = [ReadText("Total", (18, line.top - 2, 102, line.top + 14)) for line in latin]

    kept = with_text([*latin, stars, *other, icon], read)

    assert stars not in kept
    assert icon not in kept
    assert set(latin) <= set(kept)
    assert {line.top for line in other} - {line.top for line in kept} == set()


def test_the_extra_may_be_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Then nothing can be read."""
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert not can_read()

    monkeypatch.setattr("importlib.util.find_spec", lambda name: name)
    assert can_read()
