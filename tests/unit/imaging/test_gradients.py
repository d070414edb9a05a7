"""Linear gradients."""

from __future__ import annotations

import numpy as np
import pytest

from copy_that_orch.imaging.gradients import find_gradients
from tests.unit.imaging.drawing import draw_box, draw_gradient, draw_shadow, page, rendered

BOX = (23, 18, 217, 139)
BLUE_TO_PINK = ((0.0, 0x1E40AF), (1.0, 0xF472B6))


def same_way(angle: float, other: float) -> float:
    """Return by how many degrees two angles differ; there and back are one direction."""
    return abs((angle - other + 90) % 180 - 90)


@pytest.mark.parametrize("angle", [0, 45, 90, 118, 135, 160, 180, 225, 270, 300])
def test_angle_and_ends_are_found(angle: float) -> None:
    """Written from either end; the box is known to the pixel, so the ends have the colours of the style sheet."""
    picture = page()
    draw_gradient(picture, BOX, angle, BLUE_TO_PINK)

    (found,) = find_gradients(rendered(picture))

    assert found.box == BOX
    assert same_way(found.angle, angle) <= 1
    backwards = abs((found.angle - angle + 180) % 360 - 180) > 90
    seen = [color for _position, color in found.stops]
    assert [position for position, _color in found.stops] == [0, 1]
    assert np.abs(np.subtract(seen[::-1] if backwards else seen, [(0x1E, 0x40, 0xAF), (0xF4, 0x72, 0xB6)])).max() <= 3
    assert found.confidence > 0.9


def test_three_stops_are_found() -> None:
    """With the place of the one in the middle."""
    picture = page()
    draw_gradient(picture, BOX, 90, ((0.0, 0x1E40AF), (0.3, 0x22C55E), (1.0, 0xFDE047)))

    (found,) = find_gradients(rendered(picture))

    assert [position for position, _color in found.stops] == pytest.approx([0, 0.3, 1], abs=0.03)
    middle = found.stops[1][1]
    assert middle == pytest.approx((0x22, 0xC5, 0x5E), abs=8)


def test_what_stands_on_a_gradient_is_passed_over() -> None:
    """Buttons, and what is seen through one that is only an outline."""
    picture = page(width=400, height=240)
    draw_gradient(picture, (0, 0, 400, 200), 135, BLUE_TO_PINK)
    plain = picture.copy()
    draw_box(picture, (40, 40, 140, 80), 0xFFFFFF, radius=6)
    draw_box(picture, (180, 40, 330, 120), 0xFFFFFF)
    picture[42:118, 182:328] = plain[42:118, 182:328]

    (found,) = find_gradients(rendered(picture))

    assert found.box == (0, 0, 400, 200)
    assert found.angle in (135, 315)


@pytest.mark.parametrize("angle", [90, 135, 180, 118, 60])
def test_the_shadow_of_a_button_leaves_a_gradient_as_it_is(angle: float) -> None:
    """A slow one changes less than the shadow that lies on it does."""
    picture, button = page(width=640, height=280), (60, 130, 200, 174)
    draw_gradient(picture, (0, 0, 640, 240), angle, ((0.0, 0x4F39F6), (1.0, 0x9810FA)))
    draw_shadow(picture, button, y=20, blur=25, spread=-5, alpha=0.2, radius=8)
    draw_shadow(picture, button, y=8, blur=10, spread=-6, alpha=0.2, radius=8)
    draw_box(picture, button, 0xFFFFFF, radius=8)

    (found,) = find_gradients(rendered(picture))

    assert found.box == (0, 0, 640, 240)
    assert same_way(found.angle, angle) <= 1
    assert np.abs(np.subtract([color for _position, color in found.stops], [(79, 57, 246), (152, 16, 250)])).max() <= 2


def test_a_slow_gradient_over_a_wide_area_has_its_angle() -> None:
    """From a block to the next rounding makes as much of a difference as it does."""
    picture = page(width=1280, height=440)
    draw_gradient(picture, (0, 0, 1280, 400), 60, ((0.0, 0x4F39F6), (1.0, 0x9810FA)))

    assert [found.angle for found in find_gradients(rendered(picture))] == [60]


def test_a_sky_with_a_sun_is_no_gradient() -> None:
    """It has no grain, and much of it changes along one direction only, but not nearly all."""
    y, x = np.mgrid[:160, :240]
    picture = page()
    draw_gradient(picture, (0, 0, 240, 160), 180, BLUE_TO_PINK)
    sun = 80 * np.exp(-((x - 160) ** 2 + (y - 50) ** 2) / (2 * 40**2))[..., None]

    assert find_gradients(rendered(np.clip(picture + sun, 0, 255))) == ()


def test_what_is_left_of_a_picture_without_a_spot_is_no_gradient() -> None:
    """It has a little grain, which alone does not tell it; but then nothing may lie on it."""
    y, x = np.mgrid[:240, :360]
    picture = page(width=360, height=240)
    draw_gradient(picture, (0, 0, 360, 240), 180, BLUE_TO_PINK)
    picture += np.random.default_rng(7).normal(0, 0.4, picture.shape)
    spot = 20 * np.exp(-((x - 160) ** 2 + (y - 90) ** 2) / (2 * 16**2))[..., None]

    assert len(find_gradients(rendered(np.clip(picture, 0, 255)))) == 1
    assert find_gradients(rendered(np.clip(picture + spot, 0, 255))) == ()


def test_a_picture_with_grain_is_no_gradient() -> None:
    """Photos may be brighter at one end too, but their pixels differ across the direction."""
    grain = np.random.default_rng(7).normal(0, 1.2, (160, 240, 3))
    picture = page()
    draw_gradient(picture, BOX, 180, BLUE_TO_PINK)

    assert find_gradients(rendered(np.clip(picture + grain, 0, 255))) == ()


def test_round_and_bent_changes_are_no_linear_gradient() -> None:
    """A radial gradient; colours that go up and down along the line."""
    y, x = np.mgrid[:160, :240]
    around = page()
    around[:] = 120 + np.hypot(x - 100, y - 90)[..., None] * 0.7
    waves = page()
    waves[:] = 120 + 60 * np.sin(x / 18)[..., None]

    assert find_gradients(rendered(around)) == ()
    assert find_gradients(rendered(waves)) == ()


@pytest.mark.parametrize("shape", [(1, 1), (7, 300), (160, 240)])
def test_without_a_change_there_is_no_gradient(shape: tuple[int, int]) -> None:
    """Plain screens, of any shape, and cards on them that are only a little lighter."""
    picture = page(0xF1F5F9, width=shape[1], height=shape[0])
    picture[40:100, 40:160] = 255

    assert find_gradients(rendered(picture)) == ()


def test_a_step_between_flat_areas_is_no_gradient() -> None:
    """However small: between the stops of a gradient there is a change everywhere."""
    picture = page(0xF0F0F0)
    picture[:, 122:] = 0xF3
    picture[:, 125:] = 0xF6
    picture[:, 128:] = 0xFC

    assert find_gradients(rendered(picture)) == ()


def test_of_a_jpeg_only_large_gradients_are_told_from_photos() -> None:
    """It has grain in all that changes."""
    grain = np.random.default_rng(7).normal(0, 0.65, (160, 240, 3))
    large, small = page(), page()
    draw_gradient(large, BOX, 180, BLUE_TO_PINK)
    draw_gradient(small, (24, 24, 72, 64), 180, ((0.0, 0x506070), (1.0, 0x90A0B0)))
    noisy = rendered(np.clip(large + grain, 0, 255))

    assert find_gradients(noisy) == ()
    (found,) = find_gradients(noisy, lossy=True)
    assert same_way(found.angle, 180) <= 1
    assert len(find_gradients(rendered(small))) == 1
    assert find_gradients(rendered(small), lossy=True) == ()
