"""Distances between what stands on a screen."""

from __future__ import annotations

from collections import Counter

import attrs
import pytest

from copy_that_orch.imaging.boxes import Box
from copy_that_orch.imaging.distances import BEARING, find_distances, with_gradients
from copy_that_orch.imaging.gradients import LinearGradient
from copy_that_orch.imaging.panes import Pane
from copy_that_orch.imaging.text_styles import SetLine
from copy_that_orch.tokens.distance import Between, Distance
from tests.unit.imaging.typeset import typeset

PAGE = Box(0, 0, 1000, 800, 0xEEEEEE)


def card(left: int, top: int, right: int, bottom: int) -> Box:
    """Return a white box."""
    return Box(left, top, right, bottom, 0xFFFFFF)


def text(left: float, top: float, width: int = 100, em: float = 20.0, height: float = 30.0) -> SetLine:
    """Return a line of text whose line box begins at `left` and `top`."""
    middle = top + height / 2
    ink = attrs.evolve(
        typeset(em, baseline=middle + 0.35 * em),
        left=round(left + BEARING[0] * em),
        width=round(width - sum(BEARING) * em),
    )
    return SetLine(line=ink, em=em, middle=middle, height=height, measured=True)


def kinds(found: list[Distance], value: float) -> Counter[Between]:
    """Return how many distances of each kind have about this value."""
    return Counter(one.between for one in found if abs(one.value - value) < 0.6)


def test_what_is_equally_far_from_opposite_sides_is_one_padding() -> None:
    """Else each side has a distance of its own."""
    found = find_distances([PAGE, card(24, 16, 976, 700)], [], 1.0)

    assert [(one.between, one.value) for one in found] == [
        (Between.PADDING_ACROSS, 24),
        (Between.PADDING_TOP, 16),
        (Between.PADDING_BOTTOM, 100),
    ]
    left = find_distances([PAGE, card(24, 16, 500, 784)], [], 1.0)
    assert [(one.between, one.value) for one in left] == [
        (Between.PADDING_LEFT, 24),
        (Between.PADDING_RIGHT, 500),
        (Between.PADDING_DOWN, 16),
    ]


def test_boxes_keep_gaps_between_them() -> None:
    """Six cards in two rows: 16 beside and 32 below each other; each gap is counted."""
    cards = [card(24 + 320 * n, 24 + 376 * m, 24 + 320 * n + 304, 24 + 376 * m + 344) for n in range(3) for m in (0, 1)]

    found = find_distances([Box(0, 0, 992, 768, 0xEEEEEE), *cards], [], 1.0)

    assert kinds(found, 16) == {Between.GAP_ACROSS: 4}
    assert kinds(found, 32) == {Between.GAP_DOWN: 3}
    assert kinds(found, 24) == {Between.PADDING_ACROSS: 1, Between.PADDING_DOWN: 1}


def test_lengths_are_css_pixels() -> None:
    """The same at two device pixels per CSS pixel."""
    (across, down) = find_distances([PAGE, card(48, 32, 952, 768)], [], 2.0)

    assert (across.value, down.value) == (24, 16)


def test_a_border_belongs_to_the_box_that_has_it() -> None:
    """Distances begin outside of it, paddings inside."""
    outer = attrs.evolve(card(21, 21, 979, 779), borders=(1, 1, 1, 1))
    inner = card(29, 29, 971, 771)

    found = find_distances([PAGE, outer, inner], [], 1.0)

    assert kinds(found, 20) == kinds(found, 8) == {Between.PADDING_ACROSS: 1, Between.PADDING_DOWN: 1}


def test_distances_to_text_begin_at_its_line_box() -> None:
    """A button of 12 and 16 px of padding around a line of 30 px has these, whatever the letters fill of the line."""
    found = find_distances([PAGE, card(100, 100, 232, 154)], [text(116, 112)], 1.0)

    assert kinds(found, 16) == {Between.PADDING_ACROSS_TEXT: 1}
    assert kinds(found, 12) == {Between.PADDING_DOWN_TEXT: 1}


@pytest.mark.parametrize(
    ("second", "between"),
    [(text(20, 74), Between.GAP_DOWN_TEXTS), (text(150, 20), Between.GAP_ACROSS_TEXTS)],
    ids=["below", "beside"],
)
def test_texts_have_distances_among_each_other(second: SetLine, between: Between) -> None:
    """They say less: lines of a list may be kept apart by anything."""
    found = find_distances([PAGE], [text(20, 20), second], 1.0)

    assert [one.between for one in found if one.between in {Between.GAP_DOWN_TEXTS, Between.GAP_ACROSS_TEXTS}] == [
        between
    ]


def test_text_and_boxes_have_distances_and_indents_too() -> None:
    """A label above an input, and one that is set in."""
    found = find_distances([PAGE, card(20, 58, 400, 98)], [text(20, 20), text(52, 130)], 1.0)

    assert kinds(found, 8) == {Between.GAP_DOWN_TEXT: 1}
    assert kinds(found, 52) == {Between.INDENT: 1}


def test_each_distance_says_where_it_is() -> None:
    """For a picture of it: both things along the axis, one of them across it."""
    (across, down) = find_distances([PAGE, card(24, 16, 976, 784)], [], 1.0)

    assert across.box == (0, 16, 1000, 784)
    assert down.box == (24, 0, 976, 800)


def test_without_boxes_nothing_is_padded() -> None:
    """Text alone, and nothing at all, have no distances."""
    assert find_distances([], [text(20, 50), text(20, 80)], 1.0) == []
    assert find_distances([], [], 1.0) == []
    assert find_distances([PAGE], [], 1.0) == []


def test_texts_have_paddings_of_their_own() -> None:
    """They are known less well than those of boxes."""
    found = find_distances([card(100, 100, 400, 300)], [text(116, 112)], 1.0)

    assert [one.between for one in found] == [
        Between.PADDING_LEFT_TEXT,
        Between.PADDING_RIGHT_TEXT,
        Between.PADDING_TOP_TEXT,
        Between.PADDING_BOTTOM_TEXT,
    ]
    assert found[0].value == pytest.approx(16, abs=0.6)


def test_text_and_a_box_beside_it_have_a_gap() -> None:
    """A label beside a checkbox."""
    found = find_distances([PAGE, card(20, 20, 40, 50)], [text(48, 20)], 1.0)

    assert kinds(found, 8) == {Between.GAP_ACROSS_TEXT: 1}


@pytest.mark.parametrize(
    ("straight", "expected"),
    [
        ((True, False, True, True), [Between.PADDING_ACROSS, Between.PADDING_BOTTOM]),
        ((True, True, False, False), [Between.PADDING_LEFT, Between.PADDING_TOP]),
        ((False, True, True, True), [Between.PADDING_RIGHT, Between.PADDING_DOWN]),
    ],
)
def test_in_a_pane_only_straight_sides_count(straight: tuple[bool, bool, bool, bool], expected: list[Between]) -> None:
    """Where a shadow ends nothing begins."""
    found = find_distances([card(24, 16, 976, 784)], [], 1.0, [Pane(PAGE, straight)])

    assert [one.between for one in found] == expected


def test_nothing_is_set_in_from_a_side_that_is_not_straight() -> None:
    """The same two lines have an indent where it is."""
    lines = [text(20, 20), text(52, 60)]
    for straight, count in ((True, 1), (False, 0)):
        found = find_distances([], lines, 1.0, [Pane(PAGE, (straight, True, True, True))])
        assert sum(one.between is Between.INDENT for one in found) == count


def test_what_a_gradient_fills_is_a_box() -> None:
    """Unless it was found as a plain area already, a little larger or smaller."""
    near, far = ((24, 18, 976, 783), (40, 300, 960, 400))
    found = [LinearGradient(angle=90, stops=(), box=box, misfit=1.0) for box in (near, far)]

    boxes = with_gradients([PAGE, card(24, 16, 976, 784)], found)

    assert boxes == (PAGE, card(24, 16, 976, 784), Box(*far, 0))


def test_what_is_too_small_to_be_read_is_no_text() -> None:
    """Parts of icons look like letters; at two device pixels per CSS pixel, so do larger ones."""
    for em, scale, count in ((8.0, 1.0, 0), (16.0, 2.0, 0), (16.0, 1.0, 4)):
        assert len(find_distances([PAGE], [text(30, 20, em=em)], scale)) == count
