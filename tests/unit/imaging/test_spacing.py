"""Distances between what stands on a screen."""

from __future__ import annotations

import attrs
import pytest

from copy_that_orch.imaging.boxes import Box
from copy_that_orch.imaging.spacing import LINE_ABOVE, LINE_BELOW, Spacing, find_spacing
from copy_that_orch.imaging.text import TALL, TextLine

PAGE = Box(0, 0, 1000, 800, 0xEEEEEE)


def card(left: int, top: int, right: int, bottom: int) -> Box:
    """Return a white box."""
    return Box(left, top, right, bottom, 0xFFFFFF)


def text(left: int, baseline: float, width: int = 100, size: float = 20.0) -> TextLine:
    """Return a line of text without descenders."""
    return TextLine(
        left=left,
        top=round(baseline - TALL * size),
        width=width,
        height=round(TALL * size),
        pieces=9,
        color=0,
        ground=0xFFFFFF,
        solid=40,
        ink=200.0,
        baseline=baseline,
        tall=TALL * size,
        low=None,
    )


def values(boxes: list[Box], lines: list[TextLine], scale: float = 1.0) -> dict[int, int]:
    """Return the lengths that are found, and how often each was seen."""
    return {found.value: found.count for found in find_spacing(boxes, lines, scale)}


def test_paddings_and_gaps_of_boxes_are_counted() -> None:
    """Six cards in two rows: 24 around them, 16 beside and 32 below each other."""
    cards = [card(24 + 320 * n, 24 + 376 * m, 24 + 320 * n + 304, 24 + 376 * m + 344) for n in range(3) for m in (0, 1)]
    page = Box(0, 0, 24 + 3 * 320 - 16 + 24, 24 + 2 * 376 - 32 + 24, 0xEEEEEE)

    assert values([page, *cards], []) == {16: 4, 24: 10, 32: 3}


def test_lengths_are_css_pixels() -> None:
    """The same at two device pixels per CSS pixel."""
    cards = [card(48 + 640 * n, 48, 48 + 640 * n + 608, 1000) for n in range(4)]
    page = Box(0, 0, 48 + 4 * 640 - 32 + 48, 1048, 0xEEEEEE)

    assert values([page, *cards], [], scale=2) == {16: 3, 24: 10}


def test_a_border_belongs_to_the_box_that_has_it() -> None:
    """Distances begin outside of it, paddings inside."""
    cards = [attrs.evolve(card(21 + 280 * n, 21, 279 + 280 * n, 779), borders=(1, 1, 1, 1)) for n in range(3)]
    inner = [card(box.left + 8, box.top + 8, box.right - 8, box.bottom - 8) for box in cards]

    assert values([Box(0, 0, 860, 800, 0xEEEEEE), *cards, *inner], []) == {8: 12, 20: 10}


def test_the_room_of_a_line_of_text_is_larger_than_its_letters() -> None:
    """Above and below it is told by the font size, so that paddings around text come out as they are written."""
    boxes, lines = [PAGE], []
    for n in range(4):
        box = card(40, 40 + 190 * n, 500, 40 + 190 * n + round(20 * (LINE_ABOVE + LINE_BELOW)) + 24)
        boxes.append(box)
        lines.append(text(left=57, baseline=box.top + 12 + LINE_ABOVE * 20))

    found = values(boxes, lines)

    assert found[12] == 8
    assert found[16] == 4


def test_distances_that_occur_once_or_twice_are_no_scale() -> None:
    """A single box stands where it stands."""
    assert values([PAGE, card(13, 29, 700, 747)], []) == {}


def test_nearly_equal_distances_speak_for_one_value() -> None:
    """Fractions of a pixel are rounding; the next pixel is another value only if it stands far enough off."""
    cards = [card(16, 16 + 100 * n, 900 + n % 2, 100 + 100 * n) for n in range(7)]

    found = values([Box(0, 0, 917, 716, 0xEEEEEE), *cards], [])

    assert 16 in found
    assert 17 not in found


def test_without_boxes_nothing_is_padded() -> None:
    """Text alone, and nothing at all, have no spacing."""
    assert find_spacing([], [text(20, 50), text(20, 80)], 1.0) == ()
    assert find_spacing([], [], 1.0) == ()
    assert find_spacing([PAGE], [], 1.0) == ()


@pytest.mark.parametrize(("share", "confidence"), [(0.05, 0.68), (0.1, 0.84), (0.5, 0.95)])
def test_what_comes_more_often_is_surer(share: float, confidence: float) -> None:
    """Up to a limit: what one sees may always be a sum."""
    assert Spacing(value=16, count=9, share=share).confidence == pytest.approx(confidence)
