"""Which colours the shadow of a group of boxes may have."""

from __future__ import annotations

from copy_that_orch.imaging.arrays import split
from copy_that_orch.imaging.boxes import Box
from copy_that_orch.imaging.shadow_groups import INK, OF_BOX, group_of
from copy_that_orch.imaging.soft_edges import find_edges
from tests.unit.imaging.chromium_shadows import PAINTED

DARK = 0x333333
"""A colour that a black shadow may have as well, on white."""


def test_a_colour_counts_once_as_what_is_likeliest() -> None:
    """Black that is also the colour of text and of a box does not stand in the way of other colours."""
    black = next(painted for painted in PAINTED if painted.color == 0 and len(painted.layers) == 1)
    edges = list(find_edges(black.picture(), [Box(*black.box, 0xFFFFFE)], 1, pills=(), gradients=()))

    group = group_of(edges, [0, DARK], [0, DARK, 0x222222], 1)

    assert group is not None
    assert group.named == (((0, 0, 0), 0.0), (split(DARK), INK), (split(0x222222), OF_BOX))
