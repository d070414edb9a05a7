"""The few lengths that keep things apart."""

from __future__ import annotations

import pytest

from copy_that_orch.tokens.distance import Between, Seen
from copy_that_orch.tokens.spacing import (
    BY_EVIDENCE,
    BY_PLACE,
    BY_REST,
    EVIDENCE,
    LARGEST,
    PLACES,
    SMALLEST,
    SPEAKS,
    STEPS,
    Length,
    features,
    find_candidates,
    likely_lengths,
)


def seen(between: Between, *values: float) -> list[Seen]:
    """Return distances of one kind."""
    return [Seen(between, value) for value in values]


def chances(found: tuple[Length, ...]) -> dict[int, float]:
    """Return how likely each length is."""
    return {length.value: length.chance for length in found}


def test_paddings_on_opposite_sides_are_surest() -> None:
    """A length seen in many ways is sure; what was seen once below some text is not."""
    found = likely_lengths(
        [
            *seen(Between.PADDING_ACROSS_TEXT, *[16] * 9),
            *seen(Between.PADDING_DOWN, 12, 12),
            *seen(Between.GAP_DOWN_TEXTS, 16, 37),
        ]
    )

    assert [length.value for length in found] == [12, 16, 37]
    assert chances(found)[16] > 0.95
    assert chances(found)[16] > chances(found)[12] > 0.5
    assert chances(found)[37] < 0.2


def test_nearly_equal_distances_speak_for_one_length() -> None:
    """No distance speaks for two, and the length says which speak for it."""
    distances = seen(Between.PADDING_ACROSS, 15.6, 30.0, 16.0, 16.3, 16.9)

    found = likely_lengths(distances)

    assert [(length.value, length.members) for length in found] == [(16, (0, 2, 3, 4)), (30, (1,))]


def test_a_distance_counts_as_often_as_it_was_seen() -> None:
    """Whether one by one or together."""
    one_by_one = seen(Between.GAP_ACROSS, 20, 20, 20, 28)
    together = [Seen(Between.GAP_ACROSS, 20, 3), Seen(Between.GAP_ACROSS, 28)]

    assert chances(likely_lengths(one_by_one)) == pytest.approx(chances(likely_lengths(together)))


@pytest.mark.parametrize("step", [4, 4.5, 5, 6])
def test_places_in_the_scale_of_the_product_are_likelier(step: float) -> None:
    """What was seen once is likelier six steps long than seven, whatever the step."""
    scale = seen(Between.PADDING_ACROSS, *[step, 2 * step, 3 * step, 4 * step] * 3)

    candidates = find_candidates(scale)
    six, seven = (
        chances(likely_lengths([*scale, *seen(Between.GAP_ACROSS, times * step)]))[round(times * step)]
        for times in (6, 7)
    )

    assert STEPS[candidates.steps.argmax()] == step
    assert six > seven + 0.3


def test_of_lengths_that_are_too_near_to_tell_apart_the_one_on_the_scale_is_reported() -> None:
    """Distances to text are off by a pixel sometimes."""
    scale = seen(Between.PADDING_ACROSS, *[8, 16, 24] * 4)

    found = likely_lengths([*scale, *seen(Between.PADDING_DOWN_TEXT, 12, 13, 13)])

    assert [length.value for length in found] == [8, 12, 16, 24]


@pytest.mark.parametrize("value", [0.0, SMALLEST - 1.25, LARGEST + 1.5, 400.0])
def test_what_is_too_small_or_too_large_is_no_spacing(value: float) -> None:
    """Lines of borders, and what stands somewhere on a page."""
    assert likely_lengths(seen(Between.PADDING_ACROSS, *[value] * 9)) == ()
    assert likely_lengths([]) == ()


def test_every_kind_of_distance_has_its_weights() -> None:
    """Each belongs to one group of evidence, and there is a weight for each feature."""
    assert sorted(kind for group in EVIDENCE for kind in group) == sorted(Between) == sorted(SPEAKS)
    assert (len(BY_EVIDENCE), len(BY_PLACE)) == (len(EVIDENCE), len(PLACES))
    assert features(find_candidates(seen(Between.INDENT, *[8] * 9))).shape == (
        1,
        len(BY_EVIDENCE) + len(BY_REST) + len(BY_PLACE),
    )


@pytest.mark.parametrize("step", [4, 4.5])
def test_the_step_of_a_clear_scale_is_told_with_its_multiples(step: float) -> None:
    """Rounded ones too; what lies between them is no multiple, and of few lengths no scale is told."""
    scale = seen(Between.PADDING_ACROSS, *[times * step for times in (1, 2, 3, 4, 6, 8)] * 3)

    found = likely_lengths([*scale, Seen(Between.GAP_ACROSS, 22 if step == 4 else 25)])

    assert {length.value: length.step for length in found} == {
        round(times * step): step for times in (1, 2, 3, 4, 6, 8)
    } | ({22: None} if step == 4 else {25: None})
    assert [length.step for length in likely_lengths(scale[:3])] == [None, None, None]
