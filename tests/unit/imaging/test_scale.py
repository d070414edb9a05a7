"""Device pixels per CSS pixel, told from the picture."""

from __future__ import annotations

import pytest

from copy_that_orch.imaging.boxes import Box
from copy_that_orch.imaging.scale import estimate_scale
from copy_that_orch.imaging.text import TextLine


def line(tall: float) -> TextLine:
    """Return a line of text with capitals of this height."""
    return TextLine(
        left=0,
        top=0,
        width=100,
        height=20,
        pieces=9,
        color=0,
        ground=0xFFFFFF,
        solid=50,
        ink=300.0,
        baseline=16.0,
        tall=tall,
        low=None,
    )


def cards(scale: int, odd: int = 0) -> list[Box]:
    """Return ten boxes on a grid of `scale` pixels; the last `odd` of them lie off it with two sides."""
    boxes = []
    for n in range(1, 11):
        off = int(n > 10 - odd)
        left, top = scale * 7 * n, scale * (3 * n + 1)
        boxes.append(Box(left + off, top + off, left + scale * 40, top + scale * 30, 0xFFFFFF))
    return boxes


@pytest.mark.parametrize("scale", [1, 2, 3])
def test_sides_of_boxes_lie_on_whole_css_pixels(scale: int) -> None:
    """The largest scale that explains the sides is taken, if the text is not too small for it."""
    assert estimate_scale(cards(scale), [line(11.0 * scale)]) == scale


def test_a_few_sides_may_lie_off_the_grid() -> None:
    """Half pixels occur at a scale of 2; but with many of them it is none."""
    assert estimate_scale(cards(2, odd=2), [line(22.0)]) == 2
    assert estimate_scale(cards(2, odd=5), [line(22.0)]) == 1


def test_text_too_small_for_the_scale_speaks_against_it() -> None:
    """Capitals of 8 device pixels would be 4 CSS pixels: nobody sets text in that."""
    assert estimate_scale(cards(2), [line(8.0)]) == 1


def test_without_evidence_the_scale_is_one() -> None:
    """Two boxes may lie on even pixels by chance, and boxes without text may be anything."""
    assert estimate_scale(cards(2)[:2], [line(22.0)]) == 1
    assert estimate_scale(cards(2), []) == 1
    assert estimate_scale([], []) == 1
