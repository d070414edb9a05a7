"""Heights of letters, from where their outlines begin and end."""

from __future__ import annotations

import numpy as np
import pytest

from copy_that_orch.imaging.arrays import Floats
from copy_that_orch.imaging.letters import letter_heights


def stems(*heights: float, baseline: float = 20.0, rows: int = 26) -> Floats:
    """Return straight strokes of 3 columns each that stand on `baseline`, anti-aliased at their tops and feet."""
    coverage = np.zeros((rows, 5 * len(heights)))
    row = np.arange(rows)
    for place, height in enumerate(heights):
        covered = np.clip(np.minimum(row + 1, baseline) - np.maximum(row, baseline - height), 0, 1)
        coverage[:, 5 * place : 5 * place + 3] = covered[:, None]
    return coverage


def test_tall_and_low_letters_are_told_to_a_part_of_a_pixel() -> None:
    """Outlines end within pixels, and the share of the pixel that they cover tells where."""
    found = letter_heights(stems(11.63, 8.73, 8.73, 8.73, 11.63, 8.73, 8.73, baseline=20.0))

    assert found is not None
    assert found.baseline == pytest.approx(20.0, abs=0.05)
    assert found.tall == pytest.approx(11.63, abs=0.05)
    assert found.low == pytest.approx(8.73, abs=0.05)


def test_a_baseline_may_lie_within_a_pixel() -> None:
    """Letters that are moved by a part of a pixel keep their height."""
    found = letter_heights(stems(11.6, 8.7, 8.7, 11.6, baseline=19.4))

    assert found is not None
    assert found.baseline == pytest.approx(19.4, abs=0.05)
    assert found.tall == pytest.approx(11.6, abs=0.05)


def test_letters_of_one_height_have_no_low_ones() -> None:
    """Digits and capitals are all tall."""
    found = letter_heights(stems(*[12.0] * 6))

    assert found is not None
    assert found.tall == pytest.approx(12.0, abs=0.05)
    assert found.low is None


def test_descenders_do_not_move_the_baseline() -> None:
    """Most letters stand on it, a few hang below."""
    coverage = stems(*[9.0] * 8)
    coverage[20:24, 0:3] = 1.0

    found = letter_heights(coverage)

    assert found is not None
    assert found.baseline == pytest.approx(20.0, abs=0.05)


def test_dust_has_no_heights() -> None:
    """Without ink, and where no two columns end at one height, there is no line of letters."""
    slope = np.zeros((40, 8))
    for column in range(8):
        slope[: 18 + 3 * column, column] = 1.0

    assert letter_heights(np.zeros((20, 30))) is None
    assert letter_heights(np.full((20, 30), 0.4)) is None
    assert letter_heights(slope[:, :1]) is None
    assert letter_heights(slope) is None


def test_where_no_tops_agree_their_middle_is_taken() -> None:
    """A row of round shapes has a height too."""
    coverage = stems(*[9.0] * 6)
    for column in range(coverage.shape[1]):
        coverage[: 11 + column % 7, column] = 0.0
    coverage = coverage[:, [0, 1, 2, 10, 11]]

    found = letter_heights(coverage)

    assert found is not None
    assert 3 < found.tall < 9
