"""The sides of things on a screen, and how two things lie to each other."""

from __future__ import annotations

Sides = tuple[int, int, int, int]
"""Left, top, right and bottom, in device pixels; right and bottom lie outside."""


def overlap(one: Sides, other: Sides) -> bool:
    """Return whether two things have pixels in common."""
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def lies_in(one: Sides, other: Sides, beyond: int = 0) -> bool:
    """Return whether a thing lies in another one, or reaches at most `beyond` pixels out of it."""
    return (
        one[0] >= other[0] - beyond
        and one[1] >= other[1] - beyond
        and one[2] <= other[2] + beyond
        and one[3] <= other[3] + beyond
    )
