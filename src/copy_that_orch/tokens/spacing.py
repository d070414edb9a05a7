"""The few lengths that keep things apart in a product, told from all distances on its screens.

What one sees may be a sum, of padding and margin, or chance. How likely a length is to be one that a style sheet has is
told by logistic regression: from which distances have it, and from its place in the scale of the product, whose step is
told from the same distances. No length is likelier than another for being a usual one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import attrs
import numpy as np

from copy_that_orch.tokens.difference import Floats
from copy_that_orch.tokens.distance import Between, Seen

SMALLEST: Final = 2
LARGEST: Final = 96
"""CSS pixels; what lies further apart was rarely put apart by one length."""
APART: Final = 1.0
"""CSS pixels: a distance that lies off a length by so much no longer speaks for it; one that lies nearer speaks for it
the more, the nearer it lies, and then for no other."""
SPEAKS: Final = {
    Between.PADDING_ACROSS: 1.0,
    Between.PADDING_ACROSS_TEXT: 1.0,
    Between.PADDING_DOWN: 0.9,
    Between.PADDING_DOWN_TEXT: 0.8,
    Between.PADDING_LEFT: 0.9,
    Between.PADDING_LEFT_TEXT: 0.7,
    Between.PADDING_TOP: 0.9,
    Between.PADDING_TOP_TEXT: 0.3,
    Between.PADDING_RIGHT: 0.3,
    Between.PADDING_RIGHT_TEXT: 0.3,
    Between.PADDING_BOTTOM: 0.5,
    Between.PADDING_BOTTOM_TEXT: 0.5,
    Between.GAP_ACROSS: 1.0,
    Between.GAP_ACROSS_TEXT: 0.5,
    Between.GAP_ACROSS_TEXTS: 0.1,
    Between.GAP_DOWN: 0.8,
    Between.GAP_DOWN_TEXT: 0.5,
    Between.GAP_DOWN_TEXTS: 0.35,
    Between.INDENT: 0.1,
}
"""How much distances speak for their length: how much oftener than chance it is one of the style sheet."""
LEAST: Final = 0.15
"""How much speaks for a length at least."""
FINE: Final = 40
"""CSS pixels up to which lengths tell the step of a scale; larger ones are multiples of anything, nearly."""
SMALL: Final = 3
"""CSS pixels; what lies nearer is a line of another colour, or a length measured wrong, more often than a padding."""

STEPS: Final = np.arange(3.5, 7, 0.5)
"""Steps of scales that are tried, CSS pixels. Every scale has one of these: one of 8 has 4 too, one of 10 has 5."""
ON_STEP: Final = 1.0
"""CSS pixels that a length may lie off a multiple of the step."""
CLEAR: Final = 20.0
"""How much likelier (logarithm) a step is, for each share more of what speaks that lies on its multiples."""
CLEAR_STEP: Final = 0.6
SCALE: Final = 4
MOSTLY: Final = 0.75
"""How likely a step is, how many lengths are its multiples, and which share of the lengths, at least, for people to be
told of it."""
LIKELY: Final = 0.65
"""How likely the lengths are that are counted here, at least."""
ROUNDED: Final = 0.5
"""CSS pixels that a length may lie off a multiple of the step for having been rounded."""
PLACES: Final = ((1,), (2,), (3, 4, 6), (5, 8), (0.5, 1.5, 2.5), (10, 12, 14, 16, 20), (7, 9, 11, 13, 15))
"""Multiples of the step, those together that style sheets have about as often: scales begin with small steps and go on
with larger ones."""
OFTEN: Final = 4
"""How many groups of them are frequent."""
PREFER: Final = 2.0
"""How much more speaks for a multiple in these groups, as a share, beside lengths that differ from it by no more than
distances are measured wrong."""
EVIDENCE: Final = (
    (Between.PADDING_ACROSS, Between.PADDING_ACROSS_TEXT),
    (Between.PADDING_DOWN, Between.PADDING_DOWN_TEXT),
    (Between.PADDING_LEFT, Between.PADDING_TOP),
    (Between.PADDING_LEFT_TEXT,),
    (Between.PADDING_TOP_TEXT,),
    (Between.PADDING_RIGHT, Between.PADDING_RIGHT_TEXT),
    (Between.PADDING_BOTTOM, Between.PADDING_BOTTOM_TEXT),
    (Between.GAP_ACROSS,),
    (Between.GAP_DOWN,),
    (Between.GAP_DOWN_TEXT,),
    (Between.GAP_ACROSS_TEXT,),
    (Between.GAP_DOWN_TEXTS,),
    (Between.GAP_ACROSS_TEXTS,),
    (Between.INDENT,),
)
INTERCEPT: Final = 1.68
BY_EVIDENCE: Final = (0.59, 0.84, 0.37, 0.19, -0.23, 0.39, 0.04, 0.36, 0.03, 0.36, 1.03, -0.71, 0.45, -0.21)
"""Weight of each group of `EVIDENCE`, of the logarithm of how many distances there are."""
BY_REST: Final = (0.19, 1.7, -1.17, -2.63, -0.58)
"""Weights of: how much speaks for the length; the same as a share of what speaks for the best one; the logarithm of the
length; whether it is less than `SMALL`; and for how many lengths more speaks, in tens."""
BY_PLACE: Final = (3.48, 3.57, 2.63, 1.18, 0.58, 2.46, -0.72)
"""Weight of each group of `PLACES`.

All weights were fitted by `benchmarks/fit_spacing.py` to 70 screens of 27 products of design systems.
"""
SURE: Final = (0.62, 0.78)
"""What the odds that the weights make (their logarithm) are to be moved and multiplied by, so that lengths are right as
often as is said: fitted to all 939 candidates of 42 products.

Source:
  Platt: Probabilistic Outputs for Support Vector Machines (1999), section 2.2.
"""


@attrs.frozen
class Length:
    """A length that may be one of the style sheet.

    Attributes:
      value: In CSS pixels.
      chance: How likely it is, 0.0 to 1.0.
      members: Indices of the distances that speak for it.
      step: Step of the product's scale in CSS pixels, if that is clear and the length is a multiple of it; else None.
    """

    value: int
    chance: float
    members: tuple[int, ...]
    step: float | None = None


@attrs.frozen(eq=False, kw_only=True)
class Candidates:
    """Lengths that something speaks for, the one first that most speaks for.

    Attributes:
      values: Candidates: in CSS pixels.
      counts: Candidates x kinds of distances: how many speak for it, those that lie off it less than one.
      members: Of each candidate: indices of the distances that speak for it; no distance speaks for two.
      steps: How likely each of `STEPS` is that of the scale.
    """

    values: Floats
    counts: Floats
    members: tuple[tuple[int, ...], ...]
    steps: Floats


def likely_lengths(seen: Sequence[Seen]) -> tuple[Length, ...]:
    """Return the lengths that distances on the screens of one product speak for, the smallest first."""
    candidates = find_candidates(seen)
    if not candidates.members:
        return ()
    chances = chances_of(INTERCEPT + features(candidates) @ np.array(BY_EVIDENCE + BY_REST + BY_PLACE))
    found = zip(candidates.values.tolist(), chances.tolist(), candidates.members, strict=True)
    lengths = sorted(
        (Length(int(value), chance, members) for value, chance, members in found), key=lambda one: one.value
    )
    step = _clear_step(candidates.steps, [one.value for one in lengths if one.chance > LIKELY])
    return tuple(attrs.evolve(one, step=step if step and _is_multiple(one.value, step) else None) for one in lengths)


def chances_of(odds: Floats) -> Floats:
    """Return how likely lengths are, from the logarithms of odds that the weights make."""
    moved, times = SURE
    return np.asarray(1 / (1 + np.exp(-moved - times * odds)))


def _clear_step(steps: Floats, lengths: Sequence[float]) -> float | None:
    """Return the step of a scale of `lengths`, from how likely each of `STEPS` is; None if there is no clear one."""
    step = float(STEPS[steps.argmax()])
    multiples = sum(_is_multiple(length, step) for length in lengths)
    clear = steps.max() >= CLEAR_STEP and multiples >= max(SCALE, MOSTLY * len(lengths))
    return step if clear else None


def _is_multiple(value: float, step: float) -> bool:
    """Return whether a length, which was rounded to whole pixels, is a multiple of `step`."""
    return value > step / 2 and abs(value - round(value / step) * step) <= ROUNDED


def find_candidates(seen: Sequence[Seen]) -> Candidates:
    """Return the lengths that distances speak for."""
    kinds = list(Between)
    values = np.array([one.value for one in seen], np.float64)
    kind = np.array([kinds.index(one.between) for one in seen], np.intp)
    often = np.array([one.count for one in seen], np.float64)
    whole = np.arange(SMALLEST, LARGEST + 1, dtype=np.float64)
    is_kind = (kind[:, None] == np.arange(len(kinds))) * often[:, None]
    speaks = np.array([SPEAKS[one] for one in kinds])
    off = np.abs(values - whole[:, None])
    near = np.clip(1 - off / APART, 0, 1)
    steps = _steps(whole, np.log1p(np.clip(1 - off, 0, 1) @ is_kind) @ speaks)
    prefer = 1 + PREFER * np.sum(_places(whole, steps, PLACES[:OFTEN]), axis=0)
    left = np.ones(len(values), np.bool_)
    found: list[tuple[int, Floats, tuple[int, ...]]] = []
    counts = near @ is_kind
    while True:
        total = np.log1p(counts) @ speaks
        best = int(np.argmax(total * prefer))
        if total[best] < LEAST:
            break
        members = np.flatnonzero(left & (near[best] > 0))
        found.append((int(whole[best]), counts[best], tuple(members.tolist())))
        taken = np.flatnonzero(left & (off[best] <= APART))
        left[taken] = False
        counts = np.maximum(counts - near[:, taken] @ is_kind[taken], 0)
    return Candidates(
        values=np.array([value for value, _, _ in found], np.float64),
        counts=np.array([counts for _, counts, _ in found]).reshape(-1, len(kinds)),
        members=tuple(members for _, _, members in found),
        steps=steps,
    )


def features(candidates: Candidates) -> Floats:
    """Return what there are weights for, candidates x weights, in the order of `BY_EVIDENCE`, `BY_REST`, `BY_PLACE`."""
    kinds = list(Between)
    speaks = np.log1p(candidates.counts) @ np.array([SPEAKS[kind] for kind in kinds])
    values = candidates.values
    evidence = [np.log1p(candidates.counts[:, [kinds.index(kind) for kind in group]].sum(axis=1)) for group in EVIDENCE]
    return np.stack(
        [
            *evidence,
            speaks,
            speaks / speaks[0],
            np.log(values),
            values < SMALL,
            np.arange(len(values)) / 10,
            *_places(values, candidates.steps),
        ],
        axis=1,
    )


def _steps(lengths: Floats, speaks: Floats) -> Floats:
    """Return how likely each of `STEPS` is, from how much speaks for each of `lengths`."""
    fine = lengths <= FINE
    lengths, speaks = lengths[fine], speaks[fine]
    steps = STEPS[:, None]
    off = np.abs(lengths - np.maximum(np.round(lengths / steps), 1) * steps)
    on_steps = np.clip(1 - off / ON_STEP, 0, 1) @ speaks / max(float(speaks.sum()), 1e-9)
    clear = CLEAR * (on_steps - ON_STEP / STEPS)  # of what is there by chance, this share lies on them
    likely = np.exp(clear - clear.max())
    return np.asarray(likely / likely.sum())


def _places(values: Floats, steps: Floats, groups: Sequence[Sequence[float]] = PLACES) -> list[Floats]:
    """Return for each group of multiples how near each value lies to one, for the steps that are likely."""
    found = []
    for multiples in groups:
        lengths = np.array(multiples)[:, None, None] * STEPS[:, None]
        near = np.clip(1 - np.abs(values - lengths) / ON_STEP, 0, 1).max(axis=0)
        found.append(np.asarray(sum(step * row for step, row in zip(steps.tolist(), near, strict=True))))
    return found
