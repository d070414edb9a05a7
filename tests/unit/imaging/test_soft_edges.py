"""Soft edges beside boxes."""

from __future__ import annotations

import attrs
import numpy as np
import pytest

from copy_that_orch.imaging.boxes import Box
from copy_that_orch.imaging.ramps import BOTTOM, LEFT, RIGHT, TOP
from copy_that_orch.imaging.soft_edges import Edges, find_edges
from tests.unit.imaging.drawing import draw_box, draw_shadow, page, rendered

CARD = (60, 40, 180, 110)
BOX = Box(*CARD, 0xFFFFFF)


def test_the_edges_of_a_shadow_are_found_on_all_sides() -> None:
    """Each from the box outwards up to the colour of the ground, and a little of that."""
    picture = page(0xF0F0F0)
    draw_shadow(picture, CARD, y=4, blur=12, alpha=0.3)
    draw_box(picture, CARD, 0xFFFFFF)

    (edges,) = find_edges(rendered(picture), [BOX], 1)

    assert edges.ground == (0xF0, 0xF0, 0xF0)
    assert [ramp.side for ramp in edges.ramps] == [TOP, RIGHT, BOTTOM, LEFT]
    assert all(ramp.ended and (np.diff(ramp.values, axis=0) >= 0).all() for ramp in edges.ramps)
    assert len(edges.ramps[BOTTOM].values) > len(edges.ramps[TOP].values)


def test_equal_shadows_have_equal_keys() -> None:
    """Wherever the box stands and however large it is, as long as the shadow is small beside it."""
    picture = page(0xF0F0F0, 500, 300)
    boxes = []
    for sides in ((60, 40, 180, 110), (260, 80, 440, 240)):
        draw_shadow(picture, sides, y=2, blur=6, alpha=0.2)
        draw_box(picture, sides, 0xFFFFFF)
        boxes.append(Box(*sides, 0xFFFFFF))

    one, other = find_edges(rendered(picture), boxes, 1)

    assert one.key() == other.key()


def test_hard_edges_are_no_shadow() -> None:
    """Neither of a plain box, nor of one with a line around it."""
    picture = page()
    draw_box(picture, (59, 39, 181, 111), 0xCCCCCC)
    draw_box(picture, CARD, 0x3366CC)

    assert find_edges(rendered(picture), [BOX], 1) == []


def test_the_border_of_one_side_does_not_belong_to_the_shadow() -> None:
    """It has another hue, or is far darker than what follows it."""
    picture = page(0xF0F0F0)
    draw_shadow(picture, CARD, y=2, blur=6, alpha=0.2)
    draw_box(picture, CARD, 0xFFFFFF)
    plain = find_edges(rendered(picture), [BOX], 1)[0].ramps[BOTTOM]
    for line in (0xD0D8E8, 0x909090):
        lined = picture.copy()
        draw_box(lined, (60, 109, 180, 110), line)

        ramp = find_edges(rendered(lined), [Box(60, 40, 180, 109, 0xFFFFFF)], 1)[0].ramps[BOTTOM]

        assert (ramp.values == plain.values).all()


def test_boxes_that_stand_on_each_other_are_one_card() -> None:
    """Rows of a table, with a line between them, throw one shadow."""
    picture = page(0xF0F0F0)
    draw_shadow(picture, CARD, y=2, blur=6, alpha=0.2)
    draw_box(picture, CARD, 0xFFFFFF)
    draw_box(picture, (60, 75, 180, 76), 0xCCCCCC)
    rows = [Box(60, 40, 180, 75, 0xFFFFFF), Box(60, 76, 180, 110, 0xFFFFFF)]

    (edges,) = find_edges(rendered(picture), rows, 1)

    assert edges.box == CARD


@pytest.mark.parametrize(("between", "cards"), [(3, 1), (4, 2)])
def test_a_line_between_boxes_is_thin(between: int, cards: int) -> None:
    """What is wider is room, and then each throws its own shadow."""
    picture = page(0xF0F0F0)
    rows = [(60, 30, 180, 70), (60, 70 + between, 180, 120)]
    for row in rows:
        draw_shadow(picture, row, y=1, blur=4, alpha=0.2)
    for row in rows:
        draw_box(picture, row, 0xFFFFFF)

    assert len(find_edges(rendered(picture), [Box(*row, 0xFFFFFF) for row in rows], 1)) == cards


@pytest.mark.parametrize(("width", "count"), [(80, 1), (79, 0)])
def test_a_pill_is_long_if_it_is_twice_as_wide_as_high(width: int, count: int) -> None:
    """The middle of a shorter one is too near to its round ends for its shadow to be as that of a box."""
    picture = page(0xF0F0F0)
    pill = (60, 40, 60 + width, 80)
    draw_shadow(picture, pill, y=2, blur=6, alpha=0.3, radius=20)
    draw_box(picture, pill, 0x3366CC, radius=20)

    assert len(find_edges(rendered(picture), [], 1, pills=[Box(*pill, 0x3366CC)])) == count


@pytest.mark.parametrize("gap", [8, 3])
def test_sides_with_something_close_by_are_passed_over(gap: int) -> None:
    """What stands beside the whole right side hides where the shadow ends there."""
    picture = page(0xF0F0F0)
    draw_shadow(picture, CARD, y=2, blur=12, alpha=0.2)
    draw_box(picture, CARD, 0xFFFFFF)
    draw_box(picture, (180 + gap, 30, 230, 120), 0x3366CC)

    (edges,) = find_edges(rendered(picture), [BOX], 1)

    assert [ramp.side for ramp in edges.ramps] == [TOP, BOTTOM, LEFT]


@pytest.mark.parametrize("width", [240, 238])
def test_the_lower_edge_may_be_all_that_is_seen(width: int) -> None:
    """A bar hides the shadow at its other sides; it is where a shadow is strongest."""
    picture = page(0xF0F0F0)
    draw_shadow(picture, (-40, -40, 280, 48), y=2, blur=6, alpha=0.3)
    draw_box(picture, (0, 0, 240, 48), 0x3366CC)

    (edges,) = find_edges(rendered(picture), [Box(0, 0, width, 48, 0x3366CC)], 1)

    assert [ramp.side for ramp in edges.ramps] == [BOTTOM]


def test_an_upper_edge_alone_tells_too_little() -> None:
    """Most of the shadow may lie below; the sides are hidden by what stands beside them."""
    picture = page(0xF0F0F0)
    draw_shadow(picture, CARD, y=2, blur=12, alpha=0.3)
    draw_box(picture, CARD, 0xFFFFFF)
    for sides in ((20, 30, 58, 140), (182, 30, 220, 140), (60, 113, 180, 140)):
        draw_box(picture, sides, 0x3366CC)

    assert find_edges(rendered(picture), [BOX], 1) == []


def test_a_bar_is_looked_at_in_the_margins_of_the_page() -> None:
    """Where a wide card stands close below it, all else is hidden."""
    picture = page(0xF0F0F0, 1280, 200)
    draw_shadow(picture, (0, -40, 1280, 48), y=2, blur=8, alpha=0.3)
    draw_box(picture, (0, 0, 1280, 48), 0x3366CC)
    draw_box(picture, (24, 52, 1256, 150), 0x202020)

    (edges,) = find_edges(rendered(picture), [Box(0, 0, 1280, 48, 0x3366CC)], 1)

    assert edges.ramps[0].ended
    assert min(edges.ramps[0].ends) < 24


def test_the_edge_of_the_picture_may_cut_a_shadow() -> None:
    """What is seen of it counts: the ground is told by the other sides."""
    picture = page(0xF0F0F0)
    card = (14, 40, 180, 110)
    draw_shadow(picture, card, y=4, blur=20, alpha=0.3)
    draw_box(picture, card, 0xFFFFFF)

    (edges,) = find_edges(rendered(picture), [Box(*card, 0xFFFFFF)], 1)

    left = next(ramp for ramp in edges.ramps if ramp.side == LEFT)
    assert (left.cut, len(left.values)) == (True, 14)
    assert edges.ground == (0xF0, 0xF0, 0xF0)


def between_others(*, striped: bool, off: int = 4) -> list[Edges]:
    """Return the edges of a card from side to side of a picture; above and below is no ground, or not its own.

    That is darker by `off` levels of 255.
    """
    picture = page(0xF0F0F0, 240, 4000)
    beside = (0xF0 - off) * 0x010101
    card = (14, 100, 226, 150)
    for above, below in ((66, 100), (150, 184)):
        draw_box(picture, (60, above, 180, below), beside)
    draw_shadow(picture, card, blur=14, alpha=0.2)
    draw_box(picture, card, 0xFFFFFF)
    for above, below in ((50, 66), (184, 200)):
        draw_box(picture, (60, above, 180, below), 0x202020)
    for away in range(0, 34, 3) if striped else ():
        draw_box(picture, (60, 99 - away, 180, 100 - away), 0x202020)
        draw_box(picture, (60, 150 + away, 180, 151 + away), 0x202020)
    return find_edges(rendered(picture), [Box(*card, 0xFFFFFF)], 1)


def test_a_ground_that_something_hides_is_a_common_colour() -> None:
    """Above and below there is a like one; at the sides the picture ends before the shadow does."""
    (edges,) = between_others(striped=False)

    assert edges.ground == (0xF0, 0xF0, 0xF0)
    assert [ramp.side for ramp in edges.ramps] == [RIGHT, LEFT]
    assert not edges.tells_offset


@pytest.mark.parametrize(("off", "ground"), [(6, 0xF0), (7, 0xE9)])
def test_a_common_colour_is_near_what_is_seen(off: int, ground: int) -> None:
    """What differs from it by more than the rest of a shadow may is a ground of its own."""
    (edges,) = between_others(striped=False, off=off)

    assert edges.ground == (ground,) * 3


def test_without_a_ground_nothing_is_told() -> None:
    """Something stands above and below, and at the sides the picture ends before the shadow does."""
    assert between_others(striped=True) == []


def test_cards_below_each_other_are_several() -> None:
    """Only those without room between them are one."""
    picture = page(0xF0F0F0, 240, 300)
    cards = [(60, 40, 180, 110), (60, 160, 180, 230)]
    for card in cards:
        draw_shadow(picture, card, y=2, blur=6, alpha=0.2)
        draw_box(picture, card, 0xFFFFFF)

    found = find_edges(rendered(picture), [Box(*card, 0xFFFFFF) for card in cards], 1)

    assert [edges.box for edges in found] == cards


def test_a_border_has_one_colour_all_around() -> None:
    """So it is told where the shadow is nearly as dark, from where it is not."""
    picture = page(0xF0F0F0)
    around = (59, 39, 181, 111)
    draw_shadow(picture, around, y=6, blur=8, alpha=0.3)
    draw_box(picture, around, 0xA4A4A4)
    draw_box(picture, CARD, 0xFFFFFF)

    (edges,) = find_edges(rendered(picture), [BOX], 1)

    assert [len(ramp.border) for ramp in edges.ramps] == [1] * 4


@pytest.mark.parametrize("borders", [(0, 0, 0, 0), (1, 1, 1, 1)])
def test_a_border_may_be_a_ring(borders: tuple[int, int, int, int]) -> None:
    """Then the shadow belongs to the box within, whether the border was told with the box or beside it."""
    picture = page(0xF0F0F0)
    draw_shadow(picture, CARD, y=2, blur=12, alpha=0.2)
    draw_box(picture, (59, 39, 181, 111), 0x808080)
    draw_box(picture, CARD, 0xFFFFFF)

    (edges,) = find_edges(rendered(picture), [attrs.evolve(BOX, borders=borders)], 1)
    ring = edges.otherwise()

    assert ring is not None
    assert ring.box == CARD
    assert {ramp.start for ramp in ring.ramps} == {1}
    assert ring.rings == (0x808080,)


def test_what_is_no_border_all_around_may_be_shadow() -> None:
    """A small one has few pixels, and the first may be much darker than the next."""
    picture = page(0xF0F0F0)
    draw_box(picture, (59, 40, 181, 111), 0xECECEC)
    draw_box(picture, (60, 110, 180, 111), 0xC0C0C0)
    draw_box(picture, (60, 111, 180, 112), 0xEAEAEA)
    draw_box(picture, CARD, 0x3366CC)

    (edges,) = find_edges(rendered(picture), [BOX], 1)
    whole = edges.otherwise()

    assert whole is not None
    assert [len(ramp.border) for ramp in whole.ramps] == [0] * len(whole.ramps)
    assert whole.ramps[-2].values[:2, 0].tolist() == [0xC0, 0xEA]
    assert attrs.evolve(edges, ramps=whole.ramps).otherwise() is None


def test_a_stack_has_the_sides_of_its_narrowest_box() -> None:
    """The first pixel of a shadow may be taken for a border of one of its boxes."""
    picture = page(0xF0F0F0)
    draw_shadow(picture, CARD, y=2, blur=6, alpha=0.3)
    draw_box(picture, CARD, 0xFFFFFF)
    rows = [Box(60, 40, 180, 75, 0xFFFFFF, (1, 1, 1, 1)), Box(60, 75, 180, 110, 0xFFFFFF)]

    (edges,) = find_edges(rendered(picture), rows, 1)

    assert (edges.box[0], edges.box[2], edges.box[3]) == (60, 180, 110)


@pytest.mark.parametrize("alpha", [0.05, 0.3])
def test_a_ring_is_left_out_and_keeps_its_place(alpha: float) -> None:
    """It is a shadow without blur, under which another begins at the box; it may be hardly darker than that."""
    picture = page(0xF0F0F0)
    draw_shadow(picture, CARD, y=4, blur=12, alpha=0.2)
    plain = picture.copy()
    draw_shadow(picture, CARD, blur=0, spread=1, alpha=alpha)
    for each in (plain, picture):
        draw_box(each, CARD, 0xFFFFFF)

    ringed, without = (find_edges(rendered(each), [BOX], 1)[0] for each in (picture, plain))

    for ramp, other in zip(ringed.ramps, without.ramps, strict=True):
        assert (ramp.start, len(ramp.border)) == (1, 1)
        assert (ramp.values == other.values[1:]).all()


def test_a_border_is_part_of_its_box() -> None:
    """It has one colour all around, and the shadow begins outside it."""
    picture = page(0xF0F0F0)
    draw_shadow(picture, (59, 39, 181, 111), y=4, blur=12, alpha=0.2)
    draw_box(picture, (59, 39, 181, 111), 0xA0A0A0)
    draw_box(picture, CARD, 0xFFFFFF)

    (edges,) = find_edges(rendered(picture), [BOX], 1)

    assert {(ramp.start, len(ramp.border)) for ramp in edges.ramps} == {(0, 1)}


def test_a_box_at_the_edge_of_the_picture_shows_part_of_its_edges() -> None:
    """What it shows is equal to the same sides of one that stands free, and not the other way round."""
    picture = page(0xF0F0F0, 500, 300)
    boxes = [(0, 40, 120, 110), (260, 40, 380, 110)]
    for sides in boxes:
        draw_shadow(picture, sides, y=2, blur=6, alpha=0.2)
        draw_box(picture, sides, 0xFFFFFF)

    cut, whole = find_edges(rendered(picture), [Box(*sides, 0xFFFFFF) for sides in boxes], 1)

    assert cut.is_part_of(whole)
    assert not whole.is_part_of(cut)


@pytest.mark.parametrize("scale", [1, 3, 8])
def test_a_short_edge_is_looked_at_on_any_scale(scale: int) -> None:
    """It may end sooner than a ring on that scale would."""
    picture = page(0xF0F0F0)
    draw_shadow(picture, CARD, y=1, blur=2, alpha=0.3)
    draw_box(picture, CARD, 0xFFFFFF)

    (edges,) = find_edges(rendered(picture), [BOX], scale)

    assert all(ramp.start == 0 for ramp in edges.ramps)
