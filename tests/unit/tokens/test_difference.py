"""Colour differences on arrays: the paper's own numbers, and ColorAide's."""

from __future__ import annotations

import coloraide
import numpy as np
import pytest
from hypothesis import given, settings

from copy_that_orch.tokens.color import Color
from copy_that_orch.tokens.difference import ciede2000, to_lab, to_oklch
from tests.unit.tokens import strategies as made

# Sharma, Wu, Dalal (2005), table 1: pairs chosen to find mistakes in hue means, signs and rotation.
PAPER = [
    ((50, 2.6772, -79.7751), (50, 0, -82.7485), 2.0425),
    ((50, 3.1571, -77.2803), (50, 0, -82.7485), 2.8615),
    ((50, 2.8361, -74.0200), (50, 0, -82.7485), 3.4412),
    ((50, -1.3802, -84.2814), (50, 0, -82.7485), 1.0),
    ((50, 0, 0), (50, -1, 2), 2.3669),
    ((50, -1, 2), (50, 0, 0), 2.3669),
    ((50, 2.4900, -0.0010), (50, -2.4900, 0.0009), 7.1792),
    ((50, 2.4900, -0.0010), (50, -2.4900, 0.0010), 7.1792),
    ((50, 2.4900, -0.0010), (50, -2.4900, 0.0011), 7.2195),
    ((50, 2.4900, -0.0010), (50, -2.4900, 0.0012), 7.2195),
    ((50, -0.0010, 2.4900), (50, 0.0009, -2.4900), 4.8045),
    ((50, -0.0010, 2.4900), (50, 0.0011, -2.4900), 4.7461),
    ((50, 2.5, 0), (50, 0, -2.5), 4.3065),
    ((50, 2.5, 0), (73, 25, -18), 27.1492),
    ((50, 2.5, 0), (61, -5, 29), 22.8977),
    ((50, 2.5, 0), (56, -27, -3), 31.9030),
    ((50, 2.5, 0), (58, 24, 15), 19.4535),
    ((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387), 1.2644),
    ((63.0109, -31.0961, -5.8663), (62.8187, -29.7946, -4.0864), 1.2630),
    ((2.0776, 0.0795, -1.1350), (0.9033, -0.0636, -0.5514), 0.9082),
]


@pytest.mark.parametrize(("one", "other", "expected"), PAPER)
def test_the_numbers_of_the_paper(
    one: tuple[float, float, float], other: tuple[float, float, float], expected: float
) -> None:
    """To the four decimals it gives, in both directions."""
    assert ciede2000(one, other) == pytest.approx(expected, abs=5.1e-5)
    assert ciede2000(other, one) == pytest.approx(expected, abs=5.1e-5)


@given(made.any_color | made.crowded_color, made.any_color | made.crowded_color)
@settings(max_examples=100, deadline=None)
def test_the_numbers_of_coloraide(one: Color, other: Color) -> None:
    """From hex to difference; a grey has 1e-14 of chroma by rounding, whose hue shows in the ninth decimal."""
    theirs = coloraide.Color(one.hex).delta_e(coloraide.Color(other.hex), method="2000")
    mine = ciede2000(*to_lab([one, other]))
    assert mine == pytest.approx(theirs, abs=1e-6)
    assert ciede2000(*to_lab([one, one])) == 0


def test_shapes_are_broadcast() -> None:
    """Three colours with two give a table of three by two; no colours give none."""
    lab = to_lab([Color(1, 0, 0), Color(0, 1, 0), Color(0, 0, 1)])
    assert ciede2000(lab[:, None], lab[:2]).shape == (3, 2)
    assert to_lab([]).shape == (0, 3)
    assert ciede2000(to_lab([]), lab[:1]).shape == (0,)


def test_grey_has_hue_zero() -> None:
    """Never not-a-number."""
    lightness, chroma, hue = to_oklch(Color(0.5, 0.5, 0.5))
    assert lightness == pytest.approx(0.598, abs=1e-3)
    assert chroma == pytest.approx(0, abs=1e-6)
    assert hue == 0
    assert np.isfinite(to_lab([Color(0, 0, 0), Color(1, 1, 1)])).all()
