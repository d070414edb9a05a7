"""Which lengths are one: those of different screens that differ by no more than they are measured wrong."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

from copy_that_orch.tokens.cluster import Sighting
from copy_that_orch.tokens.dimension import Dimension
from copy_that_orch.tokens.value_names import pixels

TOLERANCES: Final[Mapping[str, tuple[float, float]]] = {
    "font-size": (1.0, 0.07),
    "spacing": (1.0, 0.0),
    "radius": (1.0, 0.0),
}
"""How far apart lengths for a purpose may be that are one: in CSS pixels, and in shares of the length if that is more;
it is what the extractors of this package err by. Lengths for other purposes are one only if they are equal."""


def tolerance(purpose: str, length: Dimension) -> float:
    """Return how far from `length` another one may be that is taken for it, in CSS pixels."""
    absolute, relative = TOLERANCES.get(purpose, (0.0, 0.0))
    return max(absolute, relative * abs(pixels(length)))


def cluster_lengths(seen: Mapping[Dimension, Sighting], purpose: str) -> dict[Dimension, Dimension]:
    """Return what each length is taken for: itself, or a heavier length within the tolerance.

    From the heaviest down, ties broken by value, a length takes those within its tolerance that stand for none yet. So
    what stands for a cluster was measured, not averaged, and nothing chains. As with colours (`cluster`), a source
    keeps its own lengths apart: of each source only the nearest may join, so that a screen that shows 14 and 15 px has
    both. The result depends on lengths, weights and on who shares a source with whom, not on any order. Lengths in
    pixels and in `rem` are never one.
    """
    order = sorted(seen, key=lambda length: (-seen[length].weight, length))
    taken_for: dict[Dimension, Dimension] = {}
    for length in order:
        if length in taken_for:
            continue
        reach = tolerance(purpose, length) + 1e-9  # 1.1 - 0.1 is more than 1.0
        near = sorted(
            (abs(pixels(other) - pixels(length)), other)
            for other in order
            if other.unit == length.unit and abs(pixels(other) - pixels(length)) <= reach
        )
        taken_for[length] = length
        nearest: dict[int, Dimension] = {}
        for _, other in near:
            for source in seen[other].sources:
                nearest.setdefault(source, other)
        for _, other in near:
            if other not in taken_for and _is_nearest(other, seen[other].sources, nearest):
                taken_for[other] = length
    return taken_for


def _is_nearest(length: Dimension, sources: Collection[int], nearest: Mapping[int, Dimension]) -> bool:
    return all(nearest[source] == length for source in sources)
