"""Linear gradients."""

from __future__ import annotations

import numpy as np
import pytest

from copy_that_orch.imaging.gradients import find_gradients
from tests.unit.imaging.drawing import draw_box, draw_gradient, page, rendered

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
