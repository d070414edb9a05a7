"""The decoded picture of a screen."""

from __future__ import annotations

import numpy as np
import pytest

from copy_that_orch.imaging.screenshot import Screenshot, printable


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
