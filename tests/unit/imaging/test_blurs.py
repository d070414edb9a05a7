"""The ways in which browsers draw the blurred edge of a box."""

from __future__ import annotations

import math

import numpy as np
import pytest

from copy_that_orch.imaging.blurs import Drawn, blurred_edge, normal

OUTWARDS = -(np.arange(12, dtype=np.float64) + 0.5)
"""The first pixels beside a box."""


@pytest.mark.parametrize(
    ("blur", "seen"),
    [
        (1, [25]),
        (2, [67, 13]),
        (3, [90, 35, 9]),
        (4, [105, 64, 32, 13, 3]),
        (8, [116, 93, 72, 53, 37, 25, 15, 9, 4, 2]),
        (10, [117, 96, 76, 58, 42, 29, 20, 12, 7, 3, 1]),
    ],
)
def test_round_boxes_are_blurred_as_chromium_does(blur: int, seen: list[int]) -> None:
    """Bytes of a black shadow on white, painted by Chromium 156 without a graphics card."""
    shares = 255 * blurred_edge(OUTWARDS, blur / 2, Drawn.ROUND)

    assert np.round(shares).astype(int).tolist() == seen + [0] * (len(OUTWARDS) - len(seen))


@pytest.mark.parametrize(("blur", "seen"), [(2, [82, 18, 1]), (4, [104, 61, 29, 11, 3, 1])])
def test_square_boxes_are_blurred_as_chromium_does(blur: int, seen: list[int]) -> None:
    """The same; whatever is left of a level counts as one."""
    shares = 255 * blurred_edge(OUTWARDS, blur / 2, Drawn.SQUARE)

    assert np.ceil(shares).astype(int).tolist() == seen + [0] * (len(OUTWARDS) - len(seen))


@pytest.mark.parametrize("drawn", Drawn)
def test_all_ways_are_nearly_the_gaussian(drawn: Drawn) -> None:
    """Half at the edge, all within, nothing outside, and never far from what CSS asks for."""
    within = np.linspace(-40, 40, 161)

    shares = blurred_edge(within, 8, drawn)

    assert shares[[0, 80, -1]] == pytest.approx([0, 0.5, 1], abs=1e-6)
    assert np.abs(shares - normal(within / 8)).max() < 0.03


def test_the_normal_distribution() -> None:
    """Against the error function of the standard library."""
    deviations = np.linspace(-6, 6, 121)
    expected = [0.5 * (1 + math.erf(deviation / math.sqrt(2))) for deviation in deviations]

    assert normal(deviations) == pytest.approx(expected, abs=1e-7)
