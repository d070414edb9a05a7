"""How likely a line is at each font size."""

from __future__ import annotations

import attrs
import numpy as np
import pytest

from copy_that_orch.imaging.fonts import font_table
from copy_that_orch.imaging.size_curves import COUNT, STEP, LineLooks, sizes
from copy_that_orch.imaging.text import TextLine
from tests.unit.imaging.typeset import class_of, typeset

TABLE = font_table()
INTER = class_of(TABLE, "Inter", 400)


def likeliest(line: TextLine) -> float:
    """Return the size at which a line of Inter is likeliest."""
    curves = LineLooks.of([line]).curves(np.array([INTER]), TABLE)
    return float(sizes()[curves.over_all_sizes(np.array([0]))[0].argmax()])


@pytest.mark.parametrize("size", [11.25, 13.12, 14, 14.7, 15, 16.88, 27.2])
@pytest.mark.parametrize("hinted", [True, False])
def test_pitches_tell_sizes_that_heights_leave_open(size: float, *, hinted: bool) -> None:
    """Low letters of Inter are 8 px tall at 14 and at 15 px, but lie less far apart at 14."""
    assert likeliest(typeset(size, font="Inter", hinted=hinted)) == pytest.approx(size, rel=0.02)


def test_without_pitches_heights_tell_it_about() -> None:
    """Digits and capitals have a height of their own."""
    capitals = typeset(20, font="Inter", low=False)
    bare = attrs.evolve(typeset(20, font="Inter"), strokes=None)

    assert likeliest(capitals) == pytest.approx(20, rel=0.04)
    assert likeliest(bare) == pytest.approx(20, rel=0.04)


def test_the_sizes_of_a_screen_with_two_pixels_per_pixel_are_half_as_large() -> None:
    """Curves are moved by the logarithm of the scale, a whole number of steps."""
    curves = LineLooks.of([typeset(16, font="Inter", scale=2)]).curves(np.array([INTER]), TABLE)

    moved = curves.over_all_sizes(np.array([round(np.log(2) / STEP)]))

    assert moved.shape == (1, COUNT)
    assert sizes()[moved[0].argmax()] == pytest.approx(16, rel=0.02)
    assert moved[0, 0] == moved[0, -1] == moved.min()
    assert moved.max() - moved.min() <= 9.0
