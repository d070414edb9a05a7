"""A screen in blocks."""

from __future__ import annotations

import numpy as np
import pytest

from copy_that_orch.imaging.blocks import BLOCK, STEEPEST, STRIPE, find_blocks

TALL = (2 * STRIPE + 1) * BLOCK
"""Height of a screen that is looked at in three stripes."""


def test_means_are_exact() -> None:
    """Of all pixels of a block, in every stripe; what is no whole block is left out."""
    pixels = np.random.default_rng(1).integers(0, 256, (TALL + 5, 3 * BLOCK + 7, 3), np.uint8)

    found = find_blocks(pixels)

    whole = pixels[:TALL, : 3 * BLOCK].reshape(TALL // BLOCK, BLOCK, 3, BLOCK, 3)
    assert np.array_equal(found.means, whole.mean(axis=(1, 3)))


@pytest.mark.parametrize("row", [2 * BLOCK, STRIPE * BLOCK, 2 * STRIPE * BLOCK], ids=["in a stripe", "two", "last"])
def test_a_great_step_makes_the_blocks_on_both_its_sides_rough(row: int) -> None:
    """Down the picture, whatever stripe they are in."""
    pixels = np.zeros((TALL, 2 * BLOCK, 3), np.uint8)
    pixels[row:, :, 1] = STEEPEST + 1

    smooth = find_blocks(pixels).smooth

    assert np.flatnonzero(~smooth.all(axis=1)).tolist() == [row // BLOCK - 1, row // BLOCK]


@pytest.mark.parametrize(("column", "rough"), [(2 * BLOCK, [1, 2]), (2 * BLOCK + 3, [2])])
def test_steps_across_the_picture_count_as_well(column: int, rough: list[int]) -> None:
    """Between blocks and within one."""
    pixels = np.zeros((BLOCK, 4 * BLOCK, 3), np.uint8)
    pixels[:, column:, 2] = STEEPEST + 1

    assert np.flatnonzero(~find_blocks(pixels).smooth[0]).tolist() == rough


def test_small_steps_are_smooth() -> None:
    """As gradients have."""
    pixels = np.zeros((TALL, 2 * BLOCK, 3), np.uint8)
    pixels[:, BLOCK:] = STEEPEST

    assert find_blocks(pixels).smooth.all()


def test_what_lies_below_the_last_whole_block_does_not_count() -> None:
    """It is in no block."""
    pixels = np.zeros((2 * BLOCK + 3, 2 * BLOCK, 3), np.uint8)
    pixels[2 * BLOCK :] = 255

    assert find_blocks(pixels).smooth.all()
