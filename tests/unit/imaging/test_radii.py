"""The few radii of a screen."""

from __future__ import annotations

import numpy as np
import pytest

from copy_that_orch.imaging.boxes import Box
from copy_that_orch.imaging.corners import SQUARE, Corner, find_corners
from copy_that_orch.imaging.radii import FULL, find_radii, radius_of
from tests.unit.imaging.drawing import covered, draw_box, draw_gradient, page, paint, rendered

BLUE = 0x0D6EFD
CARD, BUTTON, PILL = (20, 10, 120, 70), (20, 80, 90, 110), (20, 120, 90, 140)
BOXES = [Box(*sides, BLUE) for sides in (CARD, BUTTON, PILL)]


def test_boxes_vote_for_radii_in_css_pixels() -> None:
    """Two buttons of one radius and a card of another; what has half circles is a pill whatever its height."""
    picture = page()
    draw_box(picture, CARD, BLUE, radius=12)
    draw_box(picture, BUTTON, BLUE, radius=6)
    draw_box(picture, PILL, BLUE, radius=99)
    draw_box(picture, (130, 80, 200, 110), BLUE, radius=6)
    boxes = [*BOXES, Box(130, 80, 200, 110, BLUE)]

    found = find_radii(rendered(picture), boxes, 1)

    assert [(radius.value, len(radius.boxes)) for radius in found] == [(6, 2), (12, 1), (FULL, 1)]
    assert found[0].confidence > found[1].confidence > 0.5
    halved = find_radii(rendered(picture), boxes, 2)
    assert [radius.value for radius in halved] == [3, 6, FULL]


def test_the_largest_box_comes_first() -> None:
    """It is shown as the example."""
    picture = page()
    draw_box(picture, CARD, BLUE, radius=6)
    draw_box(picture, BUTTON, BLUE, radius=6)

    (found,) = find_radii(rendered(picture), [BOXES[1], BOXES[0]], 1)

    assert found.boxes == (CARD, BUTTON)


def test_two_corners_beside_each_other_are_needed() -> None:
    """One alone may be anything; those of a tab are two."""
    picture = page()
    draw_box(picture, CARD, BLUE, radius=10)
    picture[10:30, 100:120] = (0x0D, 0x6E, 0xFD)
    picture[40:70, 20:120] = (0x0D, 0x6E, 0xFD)
    assert radius_of(find_corners(rendered(picture), BOXES[0]), CARD, 1) is None

    draw_box(picture, BUTTON, BLUE, radius=6)
    picture[95:110, 20:90] = (0x0D, 0x6E, 0xFD)
    assert radius_of(find_corners(rendered(picture), BOXES[1]), BUTTON, 1) == pytest.approx(6, abs=0.4)


def test_corners_that_differ_are_no_radius() -> None:
    """Such as those of a speech bubble."""
    picture = page()
    draw_box(picture, CARD, BLUE, radius=12)
    picture[10:70, 60:120] = 255
    draw_box(picture, (50, 10, 120, 70), BLUE, radius=4)

    assert radius_of(find_corners(rendered(picture), BOXES[0]), CARD, 1) is None


def test_gradients_have_corners_too() -> None:
    """They are told by what is outside."""
    picture = page()
    draw_gradient(picture, CARD, 45, ((0.0, 0x1E40AF), (1.0, 0x22C55E)))
    outside = 1 - covered(picture.shape[:2], CARD, 14)
    outside[:, :20] = outside[:, 120:] = outside[:10] = outside[70:] = 0
    paint(picture, outside, 0xFFFFFF)

    (found,) = find_radii(rendered(picture), [], 1, gradients=[CARD])

    assert found.value == pytest.approx(14, abs=1)
    assert found.boxes == (CARD,)


def test_what_is_small_must_be_round_all_over() -> None:
    """Icons have a round corner here and there; a small button at a scale of 2 is small too."""
    round_ones = [Corner(5, 0.05)] * 4

    assert radius_of(round_ones, (0, 0, 20, 20), 1) == 5
    assert radius_of([*round_ones[:2], SQUARE, SQUARE], (0, 0, 20, 20), 1) is None
    assert radius_of([Corner(5, 0.12)] * 4, (0, 0, 20, 20), 1) is None
    assert radius_of([Corner(5, 0.12)] * 4, (0, 0, 40, 40), 1) == 5
    assert radius_of([Corner(5, 0.12)] * 4, (0, 0, 40, 40), 2) is None


def test_pills_that_are_alike_are_full_though_their_corners_are_not_clear() -> None:
    """Of radio buttons there are several; a round logo is alone."""
    pixels = rendered(page())
    pills = [Box(20, top, 54, top + 34 + top % 2, 0xFFFFFF, (1, 1, 1, 2)) for top in (10, 55)]

    (found,) = find_radii(pixels, [], 1, pills=pills)

    assert (found.value, len(found.boxes)) == (FULL, 2)
    assert find_radii(pixels, [], 1, pills=pills[:1]) == ()


def test_discs_that_are_alike_are_full_once() -> None:
    """Portraits in a list are cut round; a disc that is a pill too is counted as that."""
    pixels = np.full((300, 200, 3), 255, np.uint8)
    discs = [(20, top, 60, top + 40) for top in (10, 60, 110)]
    pill = Box(21, 11, 59, 49, 0xFFFFFF, (1, 1, 1, 1))

    (found,) = find_radii(pixels, [], 1, pills=[pill], discs=discs)

    assert (found.value, set(found.boxes)) == (FULL, {pill.outside, *discs[1:]})
    assert find_radii(pixels, [], 1, discs=discs[:1]) == ()


def test_a_round_portrait_and_a_pill_are_full_alone() -> None:
    """A logo is one colour, or a few, and a disc; hardly any two pixels of a portrait are alike."""
    pixels = np.full((200, 200, 3), 255, np.uint8)
    portrait, pill = (20, 10, 60, 50), (20, 100, 80, 130)
    pixels[10:50, 20:60] = np.random.default_rng(2).integers(0, 255, (40, 40, 3))

    (found,) = find_radii(pixels, [], 1, discs=[portrait, pill, (100, 10, 150, 60)])

    assert (found.value, set(found.boxes)) == (FULL, {portrait, pill})


def test_boxes_in_a_pill_tell_no_other_radius() -> None:
    """The knob of a switch is a part of it, and a pill between two pixels looks less round."""
    picture = page()
    draw_box(picture, BUTTON, BLUE, radius=6)
    boxes, pixels = [BOXES[1]], rendered(picture)

    (found,) = find_radii(pixels, boxes, 1, discs=[(19, 80, 91, 110)])

    assert (found.value, found.boxes) == (FULL, ((19, 80, 91, 110),))
    assert [radius.value for radius in find_radii(pixels, boxes, 1)] == [6]
