"""Linear gradients of bars, buttons and chips."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from copy_that_orch.imaging.small_gradients import find_small_gradients
from tests.unit.imaging.drawing import draw_box, draw_gradient, draw_shadow, page, paint, rendered

BLUE_TO_PINK = ((0.0, 0x1E40AF), (1.0, 0xF472B6))
GREY = ((0.0, 0x484E55), (1.0, 0x313539))
BUTTON = (31, 40, 171, 78)


def dithered(picture: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the picture with the pattern of 8 x 8 thresholds that browsers lay over gradients."""
    thresholds = np.zeros((1, 1))
    for _doubling in range(3):
        thresholds = np.block([[4 * thresholds, 4 * thresholds + 2], [4 * thresholds + 3, 4 * thresholds + 1]])
    height, width = picture.shape[:2]
    pattern = np.tile((thresholds + 0.5) / 64 - 0.5, (height // 8 + 1, width // 8 + 1))[:height, :width]
    return np.where(picture == np.round(picture), picture, picture + pattern[..., None])


def write(picture: NDArray[np.float64], text: str, left: int, baseline: int, color: int = 0xFFFFFF) -> None:
    """Write a text of about 14 px with soft edges."""
    cover = np.zeros(picture.shape[:2], np.uint8)
    cv2.putText(cover, text, (left, baseline), cv2.FONT_HERSHEY_SIMPLEX, 0.5, 255, 1, cv2.LINE_AA)
    paint(picture, cover / 255, color)


@pytest.mark.parametrize("height", [4, 6, 8, 13])
@pytest.mark.parametrize("width", [34, 211])
def test_gradients_of_thin_bars_are_found(width: int, height: int) -> None:
    """However they lie to blocks of eight pixels."""
    picture, bar = page(), (13, 27, 13 + width, 27 + height)
    draw_gradient(picture, bar, 90, BLUE_TO_PINK)

    (found,) = find_small_gradients(rendered(dithered(picture)), [bar])

    assert found.angle == 90
    assert found.box == bar
    ends = [color for _position, color in found.stops]
    assert np.abs(np.subtract(ends, [(0x1E, 0x40, 0xAF), (0xF4, 0x72, 0xB6)])).max() <= 4


@pytest.mark.parametrize(("angle", "stops"), [(90, GREY), (180, BLUE_TO_PINK)])
@pytest.mark.parametrize("width", [14, 20])
def test_gradients_of_tall_strips_are_found(width: int, angle: int, stops: tuple[tuple[float, int], ...]) -> None:
    """Though every so many pixels of one lie in few of its columns."""
    picture, strip = page(height=460), (13, 27, 13 + width, 429)
    draw_gradient(picture, strip, angle, stops)

    (found,) = find_small_gradients(rendered(dithered(picture)), [strip])

    assert found.angle == angle
    assert found.box == strip
    ends = [color for _position, color in found.stops]
    assert np.abs(np.subtract(ends, [list(color.to_bytes(3, "big")) for _position, color in stops])).max() <= 4


@pytest.mark.parametrize("angle", [90, 120, 135, 180])
@pytest.mark.parametrize("stops", [BLUE_TO_PINK, GREY])
def test_gradients_of_buttons_are_found(angle: float, stops: tuple[tuple[float, int], ...]) -> None:
    """With the text that is written on them, whose edges and insides are passed over."""
    picture = page()
    draw_gradient(picture, BUTTON, angle, stops)
    write(picture, "Add report", BUTTON[0] + 24, BUTTON[1] + 24)

    (found,) = find_small_gradients(rendered(dithered(picture)), [BUTTON])

    assert abs((found.angle - angle + 90) % 180 - 90) <= 5
    assert found.box == BUTTON


def test_text_may_divide_a_button() -> None:
    """Where it is as high as the button, both sides of it are one gradient all the same."""
    picture, (left, top, _right, bottom) = page(), BUTTON
    draw_gradient(picture, BUTTON, 90, BLUE_TO_PINK)
    draw_box(picture, (left + 50, top, left + 90, bottom), 0xFFFFFF)

    (found,) = find_small_gradients(rendered(picture), [BUTTON])

    assert found.box == BUTTON


def test_one_gradient_of_several_things_is_told_once() -> None:
    """With just the same stops, however wide the thing is."""
    picture = page()
    bars = [(13, 20, 213, 28), (13, 40, 113, 48), (13, 60, 43, 68)]
    for bar in bars:
        draw_gradient(picture, bar, 90, BLUE_TO_PINK)

    found = find_small_gradients(rendered(dithered(picture)), bars)

    assert [gradient.box for gradient in found] == bars
    assert len({gradient.stops for gradient in found}) == 1


def test_on_a_jpeg_what_is_thin_or_askew_is_passed_over() -> None:
    """A bar takes the colours of what is beside it, and a photo without its grain changes anywhere."""
    picture, bar, sky = page(), (13, 100, 213, 112), (13, 114, 93, 154)
    draw_gradient(picture, BUTTON, 180, BLUE_TO_PINK)
    draw_gradient(picture, bar, 90, BLUE_TO_PINK)
    draw_gradient(picture, sky, 160, ((0.0, 0xA0C0F0), (1.0, 0xE0F0FF)))
    grain = np.random.default_rng(7).normal(0, 0.7, picture.shape)
    rough = rendered(np.clip(picture + grain, 0, 255))

    assert find_small_gradients(rough, [BUTTON, bar, sky]) == ()
    assert [gradient.box for gradient in find_small_gradients(rough, [BUTTON, bar, sky], lossy=True)] == [BUTTON]


def test_a_border_and_a_shadow_are_no_part_of_the_gradient() -> None:
    """The patch has them too; the box is what the gradient fills."""
    picture, (left, top, right, bottom) = page(), BUTTON
    draw_shadow(picture, BUTTON, y=2, blur=8, alpha=0.4)
    draw_box(picture, (left - 1, top - 1, right + 1, bottom + 1), 0x101030)
    draw_gradient(picture, BUTTON, 180, BLUE_TO_PINK)

    (found,) = find_small_gradients(rendered(picture), [(left - 7, top - 5, right + 7, bottom + 9)])

    assert found.box == BUTTON


def test_a_wide_shadow_is_larger_than_what_casts_it() -> None:
    """The gradient is what lies in the middle."""
    picture = page()
    button = (71, 60, 151, 84)
    draw_shadow(picture, button, y=4, blur=28, color=0x6366F1, alpha=0.5)
    draw_gradient(picture, button, 90, BLUE_TO_PINK)

    (found,) = find_small_gradients(rendered(picture), [(45, 40, 177, 114)])

    assert found.box == button


def test_a_picture_of_several_colors_on_a_gradient_is_no_gradient() -> None:
    """Such as a drawn portrait before a sky."""
    picture, sky = page(), (20, 20, 84, 84)
    draw_gradient(picture, sky, 180, ((0.0, 0xA0C0F0), (1.0, 0xE0F0FF)))
    draw_box(picture, (40, 34, 64, 64), 0x503010, radius=12)
    draw_box(picture, (44, 40, 60, 60), 0xE0A080, radius=8)
    draw_box(picture, (34, 62, 70, 84), 0x208040, radius=10)

    assert find_small_gradients(rendered(picture), [sky]) == ()


@pytest.mark.parametrize("grain", [1.0, 2.5, 4.0])
def test_a_picture_with_grain_is_no_gradient(grain: float) -> None:
    """A small photo of a sky, say."""
    picture = page()
    draw_gradient(picture, BUTTON, 180, BLUE_TO_PINK)
    noise = np.random.default_rng(3).normal(0, grain, picture.shape)

    assert find_small_gradients(rendered(np.clip(picture + noise, 0, 255)), [BUTTON]) == ()


def test_what_hardly_changes_or_has_no_room_is_no_gradient() -> None:
    """A plain badge; a gradient of a few levels; one that is nearly covered; what is too large to be small."""
    picture, covered, faint, badge = page(width=400, height=400), (10, 10, 90, 40), (10, 60, 90, 90), (10, 110, 90, 140)
    draw_gradient(picture, covered, 90, BLUE_TO_PINK)
    draw_box(picture, (14, 12, 86, 38), 0xFFFFFF)
    draw_gradient(picture, faint, 90, ((0.0, 0x808080), (1.0, 0x878787)))
    draw_box(picture, badge, 0x228833)
    draw_gradient(picture, (100, 10, 390, 200), 90, BLUE_TO_PINK)
    frame = (10, 230, 130, 290)
    draw_gradient(picture, frame, 90, BLUE_TO_PINK)
    picture[238:282, 18:122] = np.random.default_rng(3).integers(0, 256, (44, 104, 3))
    steep = (10, 200, 90, 215)
    draw_gradient(picture, steep, 180, ((0.0, 0x000000), (1.0, 0xFFFFFF)))

    assert find_small_gradients(rendered(picture), [covered, faint, badge, (100, 10, 390, 200), steep, frame]) == ()


def test_round_changes_are_no_linear_gradient() -> None:
    """Nor is one that turns: few stops do not explain it."""
    y, x = np.mgrid[:160, :240]
    around = page()
    around[20:52, 20:84] = (90 + np.hypot(x - 52, y - 36)[20:52, 20:84] * 2)[..., None]
    waves = page()
    waves[20:52, 20:120] = (120 + x * 0.5 + 20 * np.sin(x / 5))[20:52, 20:120, None]
    fan = page()
    fan[20:52, 20:84] = (60 + x + (y - 36) * (x - 52) * 0.05)[20:52, 20:84, None]

    assert find_small_gradients(rendered(around), [(20, 20, 84, 52)]) == ()
    assert find_small_gradients(rendered(waves), [(20, 20, 120, 52)]) == ()
    assert find_small_gradients(rendered(fan), [(20, 20, 84, 52)]) == ()
