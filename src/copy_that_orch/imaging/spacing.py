"""The few lengths that keep the things on a screen apart, told from all distances on it.

What one sees may be a sum, of padding and margin, or chance. How likely a length is to be one that a style sheet has is
told by logistic regression from which distances have it, and how it goes with the other lengths of the screen. The
regression was fitted to 75 screens of 24 products of design systems, seven of those of the benchmark among them; the
product whose lengths it is tried on was left out each time.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import attrs
import numpy as np

from copy_that_orch.imaging.arrays import Floats, Indices
from copy_that_orch.imaging.distances import Distance, Kind

SMALLEST: Final = 2
LARGEST: Final = 96
"""CSS pixels; what lies further apart was rarely put apart by one length."""
APART: Final = 1.5
"""CSS pixels: a distance that lies off a value by so much no longer speaks for it; one that lies nearer speaks for it
the more, the nearer it lies, and then for no other."""
SPEAKS: Final = {
    Kind.PAIR_ACROSS: 1.0,
    Kind.PAIR_DOWN: 0.8,
    Kind.LEFT: 0.8,
    Kind.TOP: 0.35,
    Kind.BOTTOM: 0.4,
    Kind.RIGHT: 0.1,
    Kind.BESIDE: 0.9,
    Kind.BELOW: 0.6,
    Kind.TEXT_AND_BOX: 0.5,
    Kind.TEXTS: 0.3,
    Kind.TEXT_BESIDE: 0.05,
    Kind.INDENT: 0.1,
}
"""How much distances of a kind speak for their value: how much oftener than chance it is one of the style sheet."""
LEAST: Final = 0.25
"""How much speaks for a value at least."""
BASES: Final = (4, 5, 6, 7, 8)
"""Lengths that others are multiples of, in many scales."""
LARGE: Final = 40

INTERCEPT: Final = 0.43
BY_KIND: Final = (1.43, 0.41, 0.0, 0.02, 0.46, 0.39, 0.75, -0.12, 0.32, 0.62, 0.46, -0.01)
"""Weight of each kind of distance, of the logarithm of how many have the value."""
BY_STRENGTH, BY_LENGTH, BY_LARGE, BY_BASE, BY_RANK = 1.07, -0.35, -1.44, 0.94, -1.11
"""Weights of: how much speaks for the value, as a share of what speaks for the best one; the logarithm of its length;
whether it is larger than `LARGE`; whether it is a multiple of the base, times three times how clear the base is; and
for how many values more speaks, in tens."""
UNLIKELY: Final = 0.3
"""Values that are less likely are not reported; on another screen they would have to be seen anew."""


@attrs.frozen(kw_only=True)
class Spacing:
    """A length that keeps things apart.

    Attributes:
      value: In CSS pixels.
      count: How many distances have it.
      confidence: How likely it is that a style sheet has it, 0.0 to 1.0.
      box: Left, top, right and bottom of where it is to be seen, in device pixels.
    """

    value: int
    count: int
    confidence: float
    box: tuple[int, int, int, int]


@attrs.frozen(eq=False)
class _Candidate:
    value: int
    kinds: Floats
    speaks: float
    members: Indices


def find_spacing(distances: Sequence[Distance]) -> tuple[Spacing, ...]:
    """Return the lengths that `distances`, of one screen, come from, the smallest first."""
    usual = [one for one in distances if SMALLEST - 1 < one.value <= LARGEST + 1]
    candidates = _candidates(usual)
    if not candidates:
        return ()
    chances = _chances(candidates)
    found = [
        Spacing(
            value=candidate.value,
            count=len(candidate.members),
            confidence=float(chance),
            box=min(
                (usual[index] for index in candidate.members.tolist()),
                key=lambda one: (one.kind, abs(one.value - candidate.value), one.box),
            ).box,
        )
        for candidate, chance in zip(candidates, chances.tolist(), strict=True)
        if chance >= UNLIKELY
    ]
    return tuple(sorted(found, key=lambda spacing: spacing.value))


def _candidates(distances: Sequence[Distance]) -> list[_Candidate]:
    """Return whole values that distances speak for, the one first that most speaks for; no distance speaks for two."""
    values = np.array([one.value for one in distances])
    kinds = np.array([one.kind for one in distances], np.intp)
    whole = np.arange(SMALLEST, LARGEST + 1)
    near = np.clip(1 - np.abs(values - whole[:, None]) / APART, 0, 1)
    is_kind = kinds[:, None] == np.arange(len(Kind))
    speaks = np.array([SPEAKS[kind] for kind in Kind])
    left = np.ones(len(values), np.bool_)
    found: list[_Candidate] = []
    while True:
        counts = (near * left) @ is_kind
        total = np.log1p(counts) @ speaks
        best = int(np.argmax(total))
        if total[best] < LEAST:
            return found
        members = np.flatnonzero(left & (near[best] > 0))
        found.append(_Candidate(int(whole[best]), counts[best], float(total[best]), members))
        left &= np.abs(values - whole[best]) > APART


def _chances(candidates: Sequence[_Candidate]) -> Floats:
    """Return how likely each candidate is a length of the style sheet."""
    values = np.array([candidate.value for candidate in candidates])
    speaks = np.array([candidate.speaks for candidate in candidates])
    kinds = np.array([candidate.kinds for candidate in candidates])
    base, clear = _base(values, speaks)
    score = (
        INTERCEPT
        + np.log1p(kinds) @ np.array(BY_KIND)
        + BY_STRENGTH * speaks / speaks[0]
        + BY_LENGTH * np.log(values)
        + BY_LARGE * (values > LARGE)
        + BY_BASE * 3 * clear * (values % base == 0)
        + BY_RANK * np.arange(len(values)) / 10
    )
    return np.asarray(1 / (1 + np.exp(-score)))


def _base(values: Indices, speaks: Floats) -> tuple[int, float]:
    """Return the length that most of what speaks speaks for multiples of, and by how much more than by chance."""
    clear = [float(speaks[values % base == 0].sum() / speaks.sum()) - 1 / base for base in BASES]
    best = int(np.argmax(clear))
    return BASES[best], max(clear[best], 0.0)
