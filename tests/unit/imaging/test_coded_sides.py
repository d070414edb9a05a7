"""Sides of boxes in a JPEG, as weights of equal noise."""

from __future__ import annotations

import numpy as np
import pytest

from copy_that_orch.imaging.arrays import Floats
from copy_that_orch.imaging.coded_sides import BORDER, LEVEL, CodedSide
from copy_that_orch.imaging.noise import COSINES, LUMA_BLOCK
from copy_that_orch.imaging.shadow_groups import ROUNDING
from tests.unit.imaging.test_coded_lines import STEPS, line

EDGE, PIXELS = 11, 40


def light(box: float = 250.0, ground: float = 240.0) -> Floats:
    """Return the lightness across a side, without a shadow."""
    return np.where(np.arange(PIXELS) < EDGE, box, ground)


def test_rounding_is_noise_of_deviation_one() -> None:
    """In each weight by itself, whatever the step; levels of box and ground are damped."""
    random = np.random.default_rng(8)
    side = CodedSide(line(light()), EDGE, 1, 250, 240)
    weights = random.uniform(-0.5, 0.5, (4000, PIXELS // LUMA_BLOCK, LUMA_BLOCK)) * STEPS
    drawn = random.normal(0, ROUNDING, (4000, PIXELS))
    pixels = np.arange(PIXELS)
    unknown = [
        random.normal(0, LEVEL, (4000, 1)) * (pixels < EDGE - 1),
        random.normal(0, LEVEL, (4000, 1)) * (pixels >= EDGE),
    ]
    border = random.normal(0, BORDER, (4000, 1)) * (pixels == EDGE - 1)

    noise = side.weighed((weights @ COSINES).reshape(4000, PIXELS) + drawn + sum(unknown) + border)

    assert np.cov(noise.T) == pytest.approx(np.eye(PIXELS), abs=0.12)


def test_what_a_shadow_takes_is_what_is_left() -> None:
    """A side without a shadow leaves nothing, and one with a shadow what that took."""
    taken = np.linspace(20, 0, PIXELS - EDGE)
    plain = CodedSide(line(light()), EDGE, 0, 250, 240)
    shaded = CodedSide(line(light() - np.concatenate([np.zeros(EDGE), taken])), EDGE, 0, 250, 240)

    assert plain.outside == PIXELS - EDGE
    assert shaded.lost == pytest.approx(taken)
    assert plain.rest == pytest.approx(0, abs=1e-9)
    assert shaded.surprise(taken) - shaded.unlikely < 0.1
    assert shaded.surprise(0 * taken) > shaded.surprise(taken) + 400
    # More than the line has, as tables of all shadows have, is left out.
    assert plain.beside(np.ones((2, 200))).shape == (2, PIXELS)


def test_a_border_may_have_any_colour_but_is_not_free() -> None:
    """It explains a dark pixel, and costs something where there is none."""
    seen = light()
    seen[EDGE - 1] = 180
    none = np.zeros(PIXELS - EDGE)

    without, with_border = (CodedSide(line(seen), EDGE, border, 250, 240) for border in (0, 1))
    assert with_border.surprise(none) < without.surprise(none) - 400
    without, with_border = (CodedSide(line(light()), EDGE, border, 250, 240) for border in (0, 1))
    assert with_border.surprise(none) > without.surprise(none) + 4


def test_dark_ground_loses_more_than_a_shadow_takes() -> None:
    """Half a level on average, as browsers cut to bytes."""
    taken = np.where(np.arange(PIXELS - EDGE) < 10, 6.0, 0)
    cut = np.where(np.arange(PIXELS - EDGE) < 10, 6.45, 0)
    seen = light(60, 25) - np.concatenate([np.zeros(EDGE), cut])

    side = CodedSide(line(seen), EDGE, 0, 60, 25)

    assert side.surprise(taken) < side.surprise(cut)
