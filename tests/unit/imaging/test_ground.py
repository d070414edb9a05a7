"""Plain areas, and what is drawn on them."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from copy_that_orch.imaging.arrays import Codes
from copy_that_orch.imaging.ground import Ground, codes_of, components, find_ground, runs_of

PAGE, CARD, INK = 0xEEEEEE, 0xFFFFFF, 0x222222


def page(height: int = 40, width: int = 60) -> Codes:
    """Return a plain page."""
    return np.full((height, width), PAGE, np.uint32)


def test_pixels_become_numbers() -> None:
    """Red is the highest byte."""
    assert codes_of(np.array([[[0x12, 0x34, 0x56]]], np.uint8)).tolist() == [[0x123456]]


def test_runs_end_with_their_row() -> None:
    """What goes on at the beginning of the next row is another run."""
    mask = np.array([[1, 0, 1], [1, 1, 0], [0, 0, 0], [1, 1, 1]], np.bool_)

    begins, ends = runs_of(mask)

    assert list(zip(begins.tolist(), ends.tolist(), strict=True)) == [(0, 1), (2, 3), (3, 5), (9, 12)]


@pytest.mark.parametrize("connectivity", [4, 8])
@pytest.mark.parametrize(("shape", "share"), [((40, 60), 0.5), ((60, 1), 0.6), ((1, 60), 0.6), ((30, 30), 0.0)])
def test_parts_are_those_of_opencv(shape: tuple[int, int], share: float, connectivity: int) -> None:
    """With the same numbers, boxes and areas, whatever their shape."""
    mask = np.random.default_rng(1).random(shape) < share

    labels, statistics = components(mask, connectivity)

    _count, expected, measured, _centres = cv2.connectedComponentsWithStats(
        mask.view(np.uint8), connectivity=connectivity
    )
    assert np.array_equal(labels, expected)
    assert np.array_equal(statistics[1:], measured[1:])


def behind(ground: Ground) -> Codes:
    """Return the colour that each pixel lies on, height x width."""
    places = np.indices(ground.codes.shape, np.int32)
    return ground.behind(places[0], places[1])


def test_each_plain_area_is_a_region_of_its_own() -> None:
    """A card on a page: two regions of ground, each with its flat pixels; nothing is ink."""
    codes = page()
    codes[10:30, 20:50] = CARD

    ground = find_ground(codes, side=5)

    assert sorted(ground.boxes[ground.is_ground].tolist()) == [[0, 0, 60, 40], [21, 11, 28, 18]]
    assert sorted(ground.areas[ground.is_ground].tolist()) == [28 * 18, 60 * 40 - 32 * 20 - 2 * 30]
    assert not ground.ink.any()
    assert np.array_equal(behind(ground)[11:29], codes[11:29])  # the corners of the card lie on the page


@pytest.mark.parametrize(("width", "is_ink"), [(1, True), (4, True), (5, False)])
def test_what_is_too_thin_for_ground_is_ink(width: int, is_ink: bool) -> None:
    """A square of 5 fits into ground, so a bar of 4 is ink on what lies beside it."""
    codes = page()
    codes[10:30, 20 : 20 + width] = INK

    ground = find_ground(codes, side=5)

    assert np.array_equal(ground.ink, (codes == INK) & is_ink)
    assert (behind(ground) == PAGE).all() == is_ink


def test_narrow_gaps_between_letters_are_no_ink() -> None:
    """A gap of a pixel between two strokes has the colour of the ground, though it is not flat."""
    codes = page()
    codes[10:20, [20, 22, 24]] = INK

    assert np.array_equal(find_ground(codes, side=5).ink, codes == INK)


def test_at_the_edge_of_the_picture_the_other_side_counts() -> None:
    """A stripe along the left or right edge lies on what is beside it."""
    codes = page()
    codes[:, :2] = codes[:, -2:] = INK

    ground = find_ground(codes, side=5)

    assert np.array_equal(ground.ink, codes == INK)
    assert (behind(ground) == PAGE).all()


def test_a_row_without_ground_has_no_ink() -> None:
    """Noise from edge to edge, such as a photo, is nothing that stands on something."""
    noise = np.arange(40 * 60, dtype=np.uint32).reshape(40, 60)

    ground = find_ground(noise, side=5)

    assert not ground.ink.any()
    assert np.array_equal(behind(ground), noise)
    assert not ground.is_ground.any()
