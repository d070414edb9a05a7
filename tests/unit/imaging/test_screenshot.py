"""The decoded picture of a screen."""

from __future__ import annotations

import numpy as np
import pytest

from copy_that_orch.imaging.screenshot import Screenshot, printable
from tests.unit.imaging.drawing import draw_gradient, page, rendered

BLUE_TO_PINK = ((0.0, 0x1E40AF), (1.0, 0xF472B6))


def test_a_screenshot_knows_its_size_and_cannot_be_written() -> None:
    """Pixels are shared by agents that run side by side, so nobody may change them."""
    pixels = np.zeros((3, 5, 3), np.uint8)
    screenshot = Screenshot(name="shots/a.png", pixels=pixels)

    assert (screenshot.width, screenshot.height, str(screenshot)) == (5, 3, "shots/a.png")
    assert not screenshot.pixels.flags.writeable
    assert pixels.flags.writeable  # the caller's own array is left alone
    assert "pixels" not in repr(screenshot)


@pytest.mark.parametrize(
    "pixels",
    [np.zeros((3, 5), np.uint8), np.zeros((3, 5, 4), np.uint8), np.zeros((3, 5, 3)), np.zeros((0, 5, 3), np.uint8)],
)
def test_other_arrays_are_refused(pixels: np.ndarray) -> None:
    """Only bytes in three channels, and at least one pixel."""
    with pytest.raises(ValueError, match="height x width x 3"):
        Screenshot(name="a", pixels=pixels)


def test_a_scale_is_positive() -> None:
    """A scale of zero would make every length infinite."""
    with pytest.raises(ValueError, match="scale"):
        Screenshot(name="a", pixels=np.zeros((1, 1, 3), np.uint8), told_scale=0)


def test_the_scale_that_was_told_counts() -> None:
    """What user or file say is taken, else what is seen: nothing, on a blank screen."""
    pixels = np.zeros((9, 9, 3), np.uint8)

    assert Screenshot(name="a", pixels=pixels, told_scale=2).scale == 2.0
    assert Screenshot(name="a", pixels=pixels).scale == 1.0


def test_the_layout_is_found_once() -> None:
    """All that measure a screen look at the same layout."""
    screenshot = Screenshot(name="a", pixels=np.zeros((9, 9, 3), np.uint8))

    assert screenshot.layout is screenshot.layout


def test_gradients_of_wide_and_small_things_are_found() -> None:
    """A banner and a bar; but not the sky of a small picture, nor, on a JPEG, what is thin."""
    picture = page(width=400, height=300)
    draw_gradient(picture, (0, 0, 400, 120), 135, BLUE_TO_PINK)
    draw_gradient(picture, (20, 140, 220, 148), 90, BLUE_TO_PINK)
    draw_gradient(picture, (20, 170, 84, 216), 180, ((0.0, 0xA0C0F0), (1.0, 0xE0F0FF)))
    draw_gradient(picture, (20, 216, 84, 234), 90, ((0.0, 0x808000), (1.0, 0x20A020)))
    pixels = rendered(picture)

    found = Screenshot(name="a", pixels=pixels).gradients

    assert [gradient.box for gradient in found] == [(0, 0, 400, 120), (20, 140, 220, 148)]
    assert len(Screenshot(name="a", pixels=pixels, format="JPEG").gradients) == 1


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("shots/Grüße 1.png", "shots/Grüße 1.png"),
        ("a\nb\x1b[31m.png", "a\\nb\\x1b[31m.png"),
        ("gnp\u202e.exe", "gnp\\u202e.exe"),
        ("bad\udcff", "bad\\udcff"),
    ],
)
def test_printable_escapes_what_could_steer_a_terminal(raw: str, shown: str) -> None:
    """Letters of any language stay, control characters and what is no text are escaped."""
    assert printable(raw) == shown
