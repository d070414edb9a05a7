"""Things that are filled with more than one colour."""

from __future__ import annotations

import numpy as np
import pytest

from copy_that_orch.imaging.ground import codes_of, find_ground
from copy_that_orch.imaging.patches import find_patches, is_part
from copy_that_orch.imaging.sides import Sides
from tests.unit.imaging.drawing import draw_box, draw_gradient, page, rendered

BLUE_TO_PINK = ((0.0, 0x1E40AF), (1.0, 0xF472B6))


def test_what_is_filled_with_more_than_one_color_is_a_patch() -> None:
    """A plain box is none, and neither are an outline, a dot and a hair line."""
    picture = page()
    for sides in ((10, 10, 110, 18), (10, 30, 90, 66), (10, 80, 16, 86), (10, 100, 110, 102)):
        draw_gradient(picture, sides, 90, BLUE_TO_PINK)
    draw_box(picture, (130, 10, 230, 50), 0xFFFFFF, border=(1, 0x808080))
    draw_box(picture, (130, 70, 230, 110), 0x228833)

    patches = find_patches(find_ground(codes_of(rendered(picture)), 5))

    assert patches == ((10, 10, 110, 18), (10, 30, 90, 66))


@pytest.mark.parametrize(
    ("box", "expected"),
    [
        ((10, 10, 74, 74), False),  # all of it
        ((12, 11, 73, 74), False),  # but for a line
        ((16, 14, 68, 62), False),  # with a shadow around it
        ((14, 14, 50, 62), True),  # somewhere in it
        ((10, 10, 74, 50), True),  # the upper part
        ((10, 10, 40, 74), True),
        ((0, 10, 74, 50), False),  # it reaches out
        ((100, 10, 140, 50), False),
    ],
)
def test_a_part_of_a_patch_reaches_some_of_its_sides(box: Sides, expected: bool) -> None:
    """What fills it reaches all, or none."""
    grain = np.random.default_rng(5).integers(0, 256, (200, 200, 3), np.uint8)

    assert is_part(box, [(100, 100, 200, 200), (10, 10, 74, 74)], grain) is expected


@pytest.mark.parametrize(("right", "expected"), [(906, False), (890, True)])
def test_the_ends_of_a_wide_gradient_are_told_less_exactly(right: int, expected: bool) -> None:
    """So what is around it may be a little wider on one side."""
    grain = np.random.default_rng(5).integers(0, 256, (200, 1000, 3), np.uint8)

    assert is_part((14, 14, right, 160), [(10, 12, 914, 166)], grain) is expected


def test_the_done_part_of_a_bar_is_no_part_of_a_picture() -> None:
    """The rest of the bar may have a shadow in it, so that the bar is one patch."""
    bar = (10, 20, 130, 30)
    picture = page()
    draw_box(picture, bar, 0xE5E7EB)
    picture[20, 10:130] -= 12
    draw_gradient(picture, (10, 20, 90, 30), 90, BLUE_TO_PINK)

    assert not is_part((10, 20, 90, 30), [bar], rendered(picture))
