"""The direction of a gradient."""

from __future__ import annotations

import numpy as np
import pytest

from copy_that_orch.imaging.arrays import Floats
from copy_that_orch.imaging.directions import (
    finest_direction,
    main_direction,
    off_across,
    steady_direction,
    undisturbed,
)


def pixels_of(angle: float, slope: float, width: int = 240, height: int = 160) -> tuple[Floats, Floats, Floats]:
    """Return x, y and colours of pixels of a gradient that changes by `slope` levels from one to the next."""
    y, x = (places.ravel() + 0.5 for places in np.mgrid[:height:3, :width:3])
    along = x * np.sin(np.radians(angle)) - y * np.cos(np.radians(angle))
    return x, y, np.round(along * slope + 60)[:, None] + np.zeros(3)


@pytest.mark.parametrize(("angle", "expected"), [(88.6, 88.5), (90.0, 90.0), (118.3, 118.3), (120.2, 120.0)])
def test_a_steep_gradient_has_just_its_angle(angle: float, expected: float) -> None:
    """A round angle is taken where it fits as well."""
    found, off = finest_direction(angle + 1.3, *pixels_of(angle, 4.0))

    assert found == pytest.approx(expected, abs=0.25)
    assert off < 0.5


def test_a_slow_gradient_has_a_round_angle() -> None:
    """Rounding leaves more than a degree more or less would change."""
    assert finest_direction(91.7, *pixels_of(90.4, 0.05))[0] == 90


def test_across_another_direction_colors_differ() -> None:
    """By much, if it is far off."""
    x, y, colors = pixels_of(30, 1.0)

    assert off_across(30, x, y, colors) < 0.4
    assert off_across(50, x, y, colors) > 5


@pytest.mark.parametrize("angle", [10, 45, 90, 135, 170])
def test_the_main_direction_is_that_of_most_change(angle: float) -> None:
    """In CSS an angle of 0 points up, so colours that change downwards only run at 180 degrees."""
    sine, cosine = np.sin(np.radians(angle)), np.cos(np.radians(angle))
    change = np.array([3.0, -1.0, 0.5])

    assert (main_direction(change * sine, -change * cosine) - angle + 90) % 180 - 90 == pytest.approx(0)


@pytest.mark.parametrize("angle", [10, 45, 90, 135, 170])
def test_what_few_colors_do_does_not_turn_the_steady_direction(angle: float) -> None:
    """A shadow at a tenth of the places changes four times as much as the gradient, across its direction."""
    sine, cosine = np.sin(np.radians(angle)), np.cos(np.radians(angle))
    right, down = np.full(300, sine), np.full(300, -cosine)
    right[::10] += 4 * cosine
    down[::10] += 4 * sine

    assert abs((main_direction(right, down) - angle + 90) % 180 - 90) > 30
    assert (steady_direction(right, down) - angle + 90) % 180 - 90 == pytest.approx(0, abs=2.5)


def test_colors_off_the_course_are_left_out() -> None:
    """All that do not lie there, and nothing else."""
    x, y, colors = pixels_of(118, 1.0)
    shadow = (abs(x - 100) < 40) & (abs(y - 80) < 20)
    colors[shadow] -= 12 - np.abs(y[shadow] - 80)[:, None] / 4

    assert undisturbed(118, x, y, colors, 0.55).tolist() == np.flatnonzero(~shadow).tolist()


def test_without_a_disturbance_nothing_is_left_out() -> None:
    """Rounding lets no colour lie far off, nor does a direction that is a little off."""
    x, y, colors = pixels_of(118, 1.0)

    assert len(undisturbed(118, x, y, colors, 0.55)) == len(x)
    assert len(undisturbed(117.5, x, y, colors, 0.55)) == len(x)


@pytest.mark.parametrize("disturbed", [0.2, 0.4])
def test_where_many_colors_lie_off_there_is_no_course(disturbed: float) -> None:
    """What is left over of a photo proves nothing."""
    x, y, colors = pixels_of(90, 1.0)
    colors[np.random.default_rng(3).random(len(x)) < disturbed] += 30

    assert not len(undisturbed(90, x, y, colors, 0.55))
