"""How letters are drawn, in numbers."""

from __future__ import annotations

import numpy as np
import pytest

from copy_that_orch.imaging.arrays import Floats
from copy_that_orch.imaging.letters import LetterHeights
from copy_that_orch.imaging.strokes import PITCH_BINS, PITCH_START, PITCH_STEP, measure_strokes

HEIGHTS = LetterHeights(baseline=16.0, tall=14.0, low=10.0)


def stems(count: int, width: float, pitch: int) -> Floats:
    """Return upright strokes from the top of tall letters to the baseline, anti-aliased on their right."""
    coverage = np.zeros((20, count * pitch + 8))
    for place in range(count):
        left, whole = 4 + place * pitch, int(width)
        coverage[2:16, left : left + whole] = 1.0
        coverage[2:16, left + whole] = width - whole
    return coverage


def test_strokes_and_gaps_are_told_to_a_part_of_a_pixel() -> None:
    """A stroke is as long as the ink in it, and a gap is what is left of the pitch."""
    found = measure_strokes(stems(12, 2.4, 7), HEIGHTS)

    assert found is not None
    assert [found.stem, found.thin, found.mean] == pytest.approx([2.4] * 3)
    assert [found.gap, found.narrow, found.wide] == pytest.approx([4.6] * 3)
    assert found.density == pytest.approx(12 / 92)
    assert found.below == 4.0


def test_pitches_are_counted_whatever_the_width_of_the_strokes() -> None:
    """From one stroke to the next it is 7 px, that is 0.7 heights of low letters, if strokes grow to the right."""
    for width in (1.4, 2.0, 2.4):
        found = measure_strokes(stems(12, width, 7), HEIGHTS)

        assert found is not None
        assert len(found.pitches) == PITCH_BINS
        (place,) = np.flatnonzero(found.pitches)
        assert np.exp(PITCH_START + PITCH_STEP * place) <= 0.7 < np.exp(PITCH_START + PITCH_STEP * (place + 1))
        assert found.pitches[place] == 11 * 6  # gaps, along the rows in the middle


def test_a_stroke_begins_where_its_outline_does() -> None:
    """Moved to the right by a third of a pixel, it leaves a third of a pixel less from itself to the next."""
    moved = stems(12, 2.0, 7)
    moved[2:16, 4 + 70] = 1 - 1 / 3
    moved[2:16, 6 + 70] = 1 / 3

    found = measure_strokes(moved, HEIGHTS)

    assert found is not None
    pitches = np.exp(PITCH_START + PITCH_STEP * (np.flatnonzero(found.pitches) + 0.5)) * 10
    assert pitches == pytest.approx([7 - 1 / 3, 7, 7 + 1 / 3], rel=PITCH_STEP / 2)


def test_serifs_make_feet_wider_than_stems() -> None:
    """What lies on the baseline is measured by itself."""
    plain, serifs = stems(12, 2.0, 9), stems(12, 2.0, 9)
    for place in range(12):
        serifs[15, 2 + 9 * place : 8 + 9 * place] = 1.0

    plain_found, serifs_found = measure_strokes(plain, HEIGHTS), measure_strokes(serifs, HEIGHTS)

    assert plain_found is not None
    assert serifs_found is not None
    assert [plain_found.foot, plain_found.sole] == pytest.approx([2.0] * 2)
    assert serifs_found.foot == pytest.approx(6.0)
    assert serifs_found.stem == pytest.approx(2.0)


def test_letters_that_are_all_equally_wide_have_a_rhythm() -> None:
    """Strokes at one pitch fit themselves when moved on by it; strokes at random do not."""
    random = np.zeros((20, 300))
    for left in np.random.default_rng(3).permutation(290)[:40].tolist():
        random[2:16, left : left + 2] = 1.0

    even, uneven = measure_strokes(stems(24, 2.0, 12), HEIGHTS), measure_strokes(random, HEIGHTS)

    assert even is not None
    assert uneven is not None
    assert even.rhythm > 0.9
    assert uneven.rhythm < 0.5


def test_a_line_without_low_letters_has_strokes_too() -> None:
    """Their middle is told by the tall letters."""
    found = measure_strokes(stems(6, 2.0, 8), LetterHeights(baseline=16.0, tall=14.0, low=None))

    assert found is not None
    assert found.stem == pytest.approx(2.0)


@pytest.mark.parametrize("coverage", [stems(1, 2.0, 8)[:, :5], np.zeros((20, 40)), np.ones((20, 40))])
def test_a_stroke_or_two_tell_nothing(coverage: Floats) -> None:
    """Neither does nothing at all, nor a bar."""
    assert measure_strokes(coverage, HEIGHTS) is None
