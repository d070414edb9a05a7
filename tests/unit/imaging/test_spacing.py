"""The few lengths that keep the things on a screen apart."""

from __future__ import annotations

import pytest

from copy_that_orch.imaging.distances import Distance, Kind
from copy_that_orch.imaging.spacing import LARGEST, SMALLEST, UNLIKELY, Spacing, find_spacing

BOX = (0, 0, 9, 9)


def seen(kind: Kind, *values: float) -> list[Distance]:
    """Return distances of one kind."""
    return [Distance(kind, value, BOX) for value in values]


def confidence(found: tuple[Spacing, ...]) -> dict[int, float]:
    """Return how sure each length is."""
    return {spacing.value: spacing.confidence for spacing in found}


def test_paddings_on_opposite_sides_are_surest() -> None:
    """A length seen in many ways is sure; what was seen once below some text is not."""
    found = find_spacing([*seen(Kind.PAIR_ACROSS, *[16] * 5), *seen(Kind.TEXTS, 16, 37), *seen(Kind.PAIR_DOWN, 12, 12)])

    assert found[0].value == 12
    assert confidence(found)[16] > 0.98 > confidence(found)[12] > 0.5
    assert 37 not in confidence(found)


def test_nearly_equal_distances_speak_for_one_value() -> None:
    """They are counted together, and one that shows the value best is shown."""
    boxes = [(n, 0, n + 9, 9) for n in range(4)]
    values = (15.6, 16.0, 16.3, 16.9)
    distances = [Distance(Kind.PAIR_ACROSS, value, box) for value, box in zip(values, boxes, strict=True)]

    (spacing,) = find_spacing(distances)

    assert (spacing.value, spacing.count, spacing.box) == (16, 4, boxes[1])


def test_multiples_of_a_clear_base_are_surer() -> None:
    """A scale of 5, 10, 15 and 20 makes 25 likelier than 26, and one of 6, 12, 18 and 24 makes it less."""
    fives = seen(Kind.PAIR_ACROSS, *[5, 10, 15, 20] * 3) + seen(Kind.BESIDE, 25)
    sixes = seen(Kind.PAIR_ACROSS, *[6, 12, 18, 24] * 3) + seen(Kind.BESIDE, 35)

    of_fives, of_sixes = confidence(find_spacing(fives)), confidence(find_spacing(sixes))

    assert of_fives[25] > of_sixes.get(35, UNLIKELY) + 0.1


def test_what_is_doubtful_is_reported_as_such_and_what_is_unlikely_is_not() -> None:
    """Another screen may speak for it too."""
    strong = seen(Kind.PAIR_ACROSS, *[8] * 9, *[16] * 9, *[24] * 9)

    found = confidence(find_spacing([*strong, *seen(Kind.BESIDE, 11), *seen(Kind.INDENT, *[71] * 9)]))

    assert UNLIKELY <= found[11] < 0.8
    assert 71 not in found


@pytest.mark.parametrize("value", [0.0, SMALLEST - 1, LARGEST + 1.5, 400.0])
def test_what_is_too_small_or_too_large_is_no_spacing(value: float) -> None:
    """Lines of borders, and what stands somewhere on a page."""
    assert find_spacing(seen(Kind.PAIR_ACROSS, *[value] * 9)) == ()
    assert find_spacing([]) == ()
