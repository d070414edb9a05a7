"""How two things lie to each other."""

from __future__ import annotations

import pytest

from copy_that_orch.imaging.sides import Sides, lies_in, overlap

BOX = (10, 20, 50, 60)


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        ((49, 59, 90, 90), True),
        ((50, 20, 90, 60), False),
        ((10, 60, 50, 90), False),
        ((0, 0, 10, 20), False),
        ((20, 30, 30, 40), True),
    ],
)
def test_what_overlaps_has_pixels_in_common(other: Sides, *, expected: bool) -> None:
    """Right and bottom lie outside, so what touches does not overlap."""
    assert overlap(BOX, other) == overlap(other, BOX) == expected


@pytest.mark.parametrize("sides", [(9, 20, 50, 60), (10, 19, 50, 60), (10, 20, 51, 60), (10, 20, 50, 61)])
def test_a_thing_lies_in_another_one_or_reaches_out_of_it_a_little(sides: Sides) -> None:
    """On each side."""
    assert lies_in(BOX, BOX)
    assert not lies_in(sides, BOX)
    assert lies_in(sides, BOX, 1)
