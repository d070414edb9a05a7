"""The course of a gradient along its line."""

from __future__ import annotations

import numpy as np
import pytest

from copy_that_orch.imaging.arrays import Floats
from copy_that_orch.imaging.courses import _from_oklab, _to_oklab, find_course

PLACE = np.linspace(0.02, 0.98, 800)


def mixed(start: tuple[int, int, int], end: tuple[int, int, int]) -> Floats:
    """Return pixels between two colours that are mixed in OKLab."""
    ends = _to_oklab(np.array([start, end], np.float64))
    return np.round(_from_oklab(ends[0] + (ends[1] - ends[0]) * PLACE[:, None]))


def test_a_mixture_in_oklab_has_two_stops() -> None:
    """Its channels do not run straight, and still it is two colours."""
    course = find_course(PLACE, mixed((15, 118, 110), (180, 83, 9)))

    assert course is not None
    assert [position for position, _color in course.stops] == [0, 1]
    assert course.stops[0][1] == pytest.approx((15, 118, 110), abs=2)
    assert course.stops[1][1] == pytest.approx((180, 83, 9), abs=2)
    assert course.misfit < 0.5


def test_oklab_is_undone() -> None:
    """There and back gives the same colours; white has lightness 1 and no chroma."""
    levels = np.array([[0, 0, 0], [255, 255, 255], [12, 200, 77]], np.float64)

    assert _from_oklab(_to_oklab(levels)) == pytest.approx(levels, abs=1e-3)
    assert _to_oklab(levels)[1] == pytest.approx([1, 0, 0], abs=1e-3)


def test_an_end_that_is_hidden_is_extrapolated() -> None:
    """Text may stand on it."""
    shown = PLACE[PLACE > 0.3]
    colors = np.stack([200 * shown, 250 - 100 * shown, 40 + 0 * shown], axis=1)

    course = find_course(shown, np.round(colors))

    assert course is not None
    (_start, first), (_end, last) = course.stops
    assert first == pytest.approx((0, 250, 40), abs=1)
    assert last == pytest.approx((200, 150, 40), abs=1)


@pytest.mark.parametrize("middle", [0.2, 0.35, 0.6, 0.8])
def test_a_stop_in_the_middle_is_found_however_little_it_matters(middle: float) -> None:
    """It may lie near the line between the ends, as in a button that is a little lighter above; at a round place."""
    level = 190 - 140 * middle
    levels = np.interp(PLACE, [0, middle, 1], [184, level, 44])

    course = find_course(PLACE, np.round(levels)[:, None] + np.zeros(3))

    assert course is not None
    assert [position for position, _color in course.stops] == [0, middle, 1]
    assert course.stops[1][1][0] == pytest.approx(level, abs=1.5)


def test_a_stop_on_the_line_between_the_others_is_none() -> None:
    """It may explain a little of what noise makes."""
    levels = np.interp(PLACE, [0, 0.5, 1], [184, 115.4, 44])

    course = find_course(PLACE, levels[:, None] + np.array([0.0, 0.4, -0.4]) * np.sign(PLACE - 0.5)[:, None])

    assert course is not None
    assert len(course.stops) == 2


def test_of_what_is_hardly_seen_no_stop_is_looked_for() -> None:
    """There is no room for one between the places that are seen."""
    shown = np.linspace(0.49, 0.527, 400)

    course = find_course(shown, np.round(100 + 20000 * (shown - 0.49) ** 2)[:, None] + np.array([0, 40.0, 0]))

    assert course is not None
    assert len(course.stops) == 2


def test_too_little_to_see_has_no_course() -> None:
    """Two places are a line whatever their colours are; and a line without a slope is no gradient."""
    assert find_course(np.array([0.1, 0.9]), np.array([[0.0, 0, 0], [255, 255, 255]])) is None
    assert find_course(PLACE, np.full((800, 3), 128.0)) is None


def test_a_wild_course_is_none() -> None:
    """Many colours one after the other are no gradient of a few stops."""
    assert find_course(PLACE, 128 + 100 * np.sin(40 * PLACE)[:, None] * np.ones(3)) is None


def test_stops_are_looked_for_only_where_there_are_pixels() -> None:
    """Of a course that is seen at its middle only, no third stop is invented."""
    shown = np.linspace(0.49, 0.55, 400)
    colors = 100 + 3000 * (shown - 0.52)[:, None] ** 2 * np.ones(3) * 30

    assert find_course(shown, colors) is None
