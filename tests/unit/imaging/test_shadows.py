"""The shadows of a screen."""

from __future__ import annotations

import pytest

from copy_that_orch.imaging.boxes import Box
from copy_that_orch.imaging.shadow_layers import Layer
from copy_that_orch.imaging.shadows import Shadow, find_shadows, without_likes
from tests.unit.imaging.drawing import draw_box, draw_shadow, page, rendered

CARDS = ((40, 40, 160, 120), (240, 40, 380, 130), (40, 200, 200, 260))


def test_cards_share_shadows() -> None:
    """Two cards throw one, a third another; the largest card is the example."""
    picture = page(0xF8F9FA, 460, 340)
    for sides in CARDS[:2]:
        draw_shadow(picture, sides, y=2, blur=6, alpha=0.2)
        draw_box(picture, sides, 0xFFFFFF)
    draw_shadow(picture, CARDS[2], y=8, blur=20, alpha=0.25)
    draw_box(picture, CARDS[2], 0xFFFFFF)

    small, large = find_shadows(rendered(picture), [Box(*sides, 0xFFFFFF) for sides in CARDS], 1)

    assert small.boxes == (CARDS[1], CARDS[0])
    assert small.color == large.color == (0, 0, 0)
    assert (small.layers[0].y, small.layers[0].alpha) == pytest.approx((2, 0.2), abs=0.05)
    assert small.layers[0].blur == pytest.approx(6, abs=1)
    assert (large.layers[0].y, large.layers[0].blur) == pytest.approx((8, 20), abs=2)
    assert 0.4 <= min(small.confidence, large.confidence) <= 0.6


@pytest.mark.parametrize(
    ("ground", "color", "alpha", "seen"),
    [
        (0xFFFFFF, 0x4F46E5, 0.4, (0x4F, 0x46, 0xE5)),  # the colour of the box that glows
        (0xFFFFFF, 0x0000C0, 0.3, (0x19, 0x19, 0xC6)),  # no box has it: nearly the darkest that it can be
        (0xE8F0FF, 0x000000, 0.2, (0, 0, 0)),
    ],
)
def test_the_colour_is_told_as_far_as_it_can_be(
    ground: int, color: int, alpha: float, seen: tuple[int, int, int]
) -> None:
    """Black, or else that of a box, or else one that is nearly the darkest that takes as much from each channel."""
    picture = page(ground)
    draw_shadow(picture, CARDS[0], y=4, blur=12, color=color, alpha=alpha)
    draw_box(picture, CARDS[0], 0x4F46E5)

    (shadow,) = find_shadows(rendered(picture), [Box(*CARDS[0], 0x4F46E5)], 1)

    assert shadow.color == pytest.approx(seen, abs=6)
    assert shadow.layers[0].alpha == pytest.approx(alpha, abs=0.05)


@pytest.mark.parametrize(
    ("color", "seen"),
    [
        (0x303742, (0x30, 0x37, 0x42)),
        (0x333333, (0, 0, 0)),  # a grey takes as much of each channel as black does with less alpha
    ],
)
def test_a_shadow_may_have_the_colour_of_text(color: int, seen: tuple[int, int, int]) -> None:
    """If that explains its tint, it is likelier than another dark colour that nothing on the screen has."""
    picture = page()
    draw_shadow(picture, CARDS[0], y=4, blur=12, color=color, alpha=0.3)
    draw_box(picture, CARDS[0], 0xF8F9FA)

    (shadow,) = find_shadows(rendered(picture), [Box(*CARDS[0], 0xF8F9FA)], 1, inks=[color])

    assert shadow.color == seen


def test_light_around_a_box_is_no_shadow() -> None:
    """What is lighter than the ground is not looked for."""
    picture = page(0x202020)
    draw_shadow(picture, CARDS[0], blur=12, color=0xFFFFFF, alpha=0.3)
    draw_box(picture, CARDS[0], 0x303030)

    assert find_shadows(rendered(picture), [Box(*CARDS[0], 0x303030)], 1) == ()


def test_a_ring_without_blur_is_no_shadow() -> None:
    """It is a line, though it is drawn by the same property; nor is anything that no layers explain."""
    picture = page()
    draw_shadow(picture, CARDS[0], blur=0, spread=2, alpha=0.2)
    draw_shadow(picture, CARDS[0], blur=0, spread=4, alpha=0.2)
    draw_box(picture, CARDS[0], 0xFFFFFF)

    assert find_shadows(rendered(picture), [Box(*CARDS[0], 0xFFFFFF)], 1) == ()


def test_views_of_one_shadow_are_one() -> None:
    """A card in the corner of the picture shows two sides only, and is like the one that shows all."""
    picture = page(0xF8F9FA)
    sides = [(60, 20, 180, 70), (0, 100, 120, 160)]
    for card in sides:
        draw_shadow(picture, card, y=4, blur=10, alpha=0.2)
        draw_box(picture, card, 0xFFFFFF)

    (shadow,) = find_shadows(rendered(picture), [Box(*card, 0xFFFFFF) for card in sides], 1)

    assert shadow.boxes == (sides[1], sides[0])


def test_a_fit_is_believed_if_three_sides_are_seen() -> None:
    """Two of a card in the corner of the picture leave too much open."""
    picture = page(0xF8F9FA)
    card = (0, 0, 120, 60)
    draw_shadow(picture, card, y=4, blur=10, alpha=0.2)
    draw_box(picture, card, 0xFFFFFF)

    assert find_shadows(rendered(picture), [Box(*card, 0xFFFFFF)], 1) == ()


def test_what_is_no_shadow_is_not_fitted() -> None:
    """A glow whose brightness falls in a straight line is like no sum of Gaussians."""
    picture = page(0xFFFFFF)
    for away in range(24, 0, -1):
        left, top, right, bottom = CARDS[0]
        draw_box(picture, (left - away, top - away, right + away, bottom + away), 0x010101 * (255 - 3 * (24 - away)))
    draw_box(picture, CARDS[0], 0xFFFFFF)

    assert find_shadows(rendered(picture), [Box(*CARDS[0], 0xFFFFFF)], 1) == ()


def test_gradients_and_long_pills_throw_shadows_too() -> None:
    """A pill is looked at above and below, where it is like a box; a circle is not."""
    picture = page(0xF8F9FA, 460, 340)
    pill, circle, card = (40, 40, 160, 76), (240, 40, 290, 90), (40, 180, 240, 280)
    for sides, radius in ((pill, 18), (circle, 25), (card, 0)):
        draw_shadow(picture, sides, y=4, blur=8, alpha=0.25, radius=radius)
        draw_box(picture, sides, 0x3366CC, radius=radius)
    pills = [Box(*sides, 0x3366CC) for sides in (pill, circle)]

    (shadow,) = find_shadows(rendered(picture), [], 1, pills=pills, gradients=[card])

    assert shadow.boxes == (card, pill)
    assert (shadow.layers[0].y, shadow.layers[0].blur) == pytest.approx((4, 8), abs=1)


def test_what_is_hardly_seen_is_left_out() -> None:
    """Two levels of 255 do not tell offset, blur and alpha."""
    picture = page()
    draw_shadow(picture, CARDS[0], y=2, blur=10, alpha=0.012)
    draw_box(picture, CARDS[0], 0xFFFFFF)

    assert find_shadows(rendered(picture), [Box(*CARDS[0], 0xFFFFFF)], 1) == ()


def test_shadows_with_other_lengths_that_look_the_same_are_one() -> None:
    """A little less blur with a little more spread, as rounding has it."""
    one = Shadow(layers=(Layer(0, 4, 12, 0, 0.2),), color=(0, 0, 0), boxes=(CARDS[0],), confidence=0.5)
    other = Shadow(layers=(Layer(0, 6, 16, -2, 0.22),), color=(0, 0, 0), boxes=(CARDS[1],), confidence=0.5)
    third = Shadow(layers=(Layer(0, 12, 40, 0, 0.25),), color=(0, 0, 0), boxes=(CARDS[2],), confidence=0.5)

    assert [shadow.boxes for shadow in without_likes([one, other, third])] == [(CARDS[1], CARDS[0]), (CARDS[2],)]
