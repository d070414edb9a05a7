"""Small pictures of a screenshot."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from copy_that_orch.imaging.arrays import Pixels
from copy_that_orch.imaging.crops import Cut, cut, thumbnail


def screen(width: int, height: int, box: tuple[int, int, int, int] = (0, 0, 0, 0)) -> Pixels:
    """A white screen with a red box."""
    pixels = np.full((height, width, 3), 255, dtype=np.uint8)
    left, top, right, bottom = box
    pixels[top:bottom, left:right] = (200, 0, 0)
    return pixels


def shown(one: Cut) -> Pixels:
    """The pixels of a small picture."""
    with Image.open(io.BytesIO(one.webp)) as image:
        assert (image.format, image.size) == ("WEBP", (one.width, one.height))
        return np.asarray(image.convert("RGB"))


def red(pixels: Pixels) -> tuple[int, int, int, int]:
    """The box of what is red."""
    rows, columns = np.nonzero(pixels[..., 1] < 128)
    return int(columns.min()), int(rows.min()), int(columns.max()) + 1, int(rows.max()) + 1


@pytest.mark.parametrize(
    ("box", "size", "mark"),
    [
        ((500, 300, 540, 320), (160, 64), (60, 22, 100, 42)),  # in the middle of what is around it
        ((0, 0, 20, 10), (160, 64), (0, 0, 20, 10)),  # at the edge of the screen nothing is around it
        ((980, 590, 1000, 600), (160, 64), (140, 54, 160, 64)),
        ((300, 300, 500, 340), (216, 86), (8, 23, 208, 63)),  # larger than usual: shown whole
        ((100, 300, 900, 320), (320, 128), (0, 54, 320, 74)),  # too wide: its middle
        ((100, 100, 900, 500), (320, 128), (8, 8, 320, 128)),  # too large: its corner
    ],
)
def test_a_box_is_shown_with_what_is_around(
    box: tuple[int, int, int, int], size: tuple[int, int], mark: tuple[int, int, int, int]
) -> None:
    """The mark is where it is in the crop, and colours are exact."""
    one = cut(screen(1000, 600, box), box)
    assert ((one.width, one.height), one.mark) == (size, mark)
    assert red(shown(one)) == mark
    assert {tuple(pixel) for row in shown(one).tolist() for pixel in row} == {(255, 255, 255), (200, 0, 0)}


def test_a_crop_of_a_dense_screen_has_as_many_pixels_but_not_more_than_are_of_use() -> None:
    """What is shown is told in CSS pixels."""
    one = cut(screen(2000, 1200, (1000, 600, 1080, 640)), (1000, 600, 1080, 640), scale=2)
    assert ((one.width, one.height), one.mark) == ((320, 128), (120, 44, 200, 84))
    large = cut(screen(2000, 1200, (600, 600, 1000, 640)), (600, 600, 1000, 640), scale=2)
    assert (large.width, large.height) == (320, 128)
    assert large.mark == (12, 50, 308, 79)


def test_a_box_that_lies_outside_is_cut_to_the_screen() -> None:
    """A file may have changed since it was measured; a crop that is all box has no mark."""
    assert cut(screen(100, 50), (90, 40, 400, 400)).mark == (90, 40, 100, 50)
    assert cut(screen(100, 50), (400, 400, 500, 500)).mark == (99, 49, 100, 50)
    whole = cut(screen(20, 10), (0, 0, 20, 10))
    assert ((whole.width, whole.height), whole.mark) == ((20, 10), None)


def test_a_photo_gets_small_rather_than_exact() -> None:
    """Noise is what no lossless compression makes small; few colours do not help, if they lie close."""
    random = np.random.default_rng(1)
    loud = random.integers(0, 256, (64, 160, 3), dtype=np.uint8)
    assert len(cut(loud, (0, 0, 160, 64)).webp) < 12_000
    quiet = random.integers(124, 132, (64, 160, 3), dtype=np.uint8)
    assert len(cut(quiet, (0, 0, 160, 64)).webp) < 3_000


def test_what_is_painted_stays_exact() -> None:
    """However much of it there is, as long as that is smaller."""
    dots = np.random.default_rng(1).integers(0, 2, (128, 320, 1), dtype=np.uint8).repeat(3, axis=2) * np.uint8(255)
    one = cut(dots, (0, 0, 320, 128), scale=2)
    assert len(one.webp) > 3_000
    assert np.array_equal(shown(one), dots)


@pytest.mark.parametrize(
    ("size", "scale", "small"),
    [
        ((1280, 900), 1, (560, 394)),
        ((1280, 9000), 1, (560, 400)),
        ((780, 1688), 2, (190, 400)),
        ((300, 200), 1, (190, 127)),
        ((100, 50), 1, (100, 50)),
        ((3000, 1), 1, (560, 1)),
    ],
)
def test_a_thumbnail_shows_the_upper_part(size: tuple[int, int], scale: float, small: tuple[int, int]) -> None:
    """A phone gets less room than a large screen, and nothing is enlarged."""
    one = thumbnail(screen(*size), scale)
    assert (one.width, one.height) == small
    assert shown(one).shape[:2] == (small[1], small[0])
