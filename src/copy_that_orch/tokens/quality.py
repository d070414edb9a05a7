"""How good what was found is: a score for each token and for the set, each with its reasons.

Scores are shares, 0.0 to 1.0, for ranking and for watching them over time; they are no probabilities.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Final

import attrs

from copy_that_orch.tokens.alias import Alias
from copy_that_orch.tokens.contrast import level
from copy_that_orch.tokens.dimension import Dimension
from copy_that_orch.tokens.model import Severity, Token, TokenSet
from copy_that_orch.tokens.value_names import pixels

ONE_SCREEN_ONLY: Final = 0.9
"""What is left of the score of a token that was seen on one of several screens only."""
WARNED: Final = 0.85
"""What each warning leaves of the score of the token that it is about."""
GRID_PX: Final = 4.0
"""Spacing is in order if it comes in multiples of this, as in most design systems; 1 and 2 are for lines."""
ESSENTIAL: Final = (
    ("color", "background", "default"),
    ("color", "text", "default"),
    ("color", "border", "default"),
    ("color", "accent", "default"),
)
"""What nearly every product has: where it was not found, the screens did not show enough."""


@attrs.frozen
class Quality:
    """How good something is.

    Attributes:
      score: 0.0 to 1.0.
      reasons: What the score comes from, for people; of a token only what lowers it.
    """

    score: float
    reasons: tuple[str, ...]


def token_quality(token: Token, tokens: TokenSet) -> Quality:
    """Return how good `token` is as one of `tokens`: its confidence, lowered by what speaks against it."""
    score = token.confidence
    reasons = [] if score >= 0.9 else [f"confidence {score:.2f}"]
    images = len(_images(tokens))
    if images > 1 and len(token.images) == 1:
        score *= ONE_SCREEN_ONLY
        reasons.append(f"seen on 1 of {images} screens")
    for finding in tokens.findings:
        if finding.path == token.name:
            score *= WARNED if finding.severity is Severity.WARNING else 0.0
            reasons.append(f"{finding.severity} {finding.code}")
    return Quality(score, tuple(reasons))


def set_quality(tokens: TokenSet) -> Quality:
    """Return how good `tokens` are as a whole: the mean of its parts, and 0.0 where there is an error.

    Parts are: how sure the tokens are, how much text reaches level AA of WCAG 2.2, how much of the spacing is on a
    grid, and how much of what every product has was found. A part that there is nothing to say about does not count.
    """
    parts = [*_confidence(tokens), *_readable(tokens), *_grid(tokens), *_essentials(tokens)]
    reasons = tuple(reason for _, reason in parts)
    errors = sum(finding.severity is Severity.ERROR for finding in tokens.findings)
    if errors or not parts:
        return Quality(0.0, (*reasons, _count(errors, "error") if errors else "no tokens"))
    return Quality(math.fsum(score for score, _ in parts) / len(parts), reasons)


def _images(tokens: TokenSet) -> set[str]:
    return {screen.image for screen in tokens.screens} or {image for token in tokens for image in token.images}


def _confidence(tokens: TokenSet) -> Iterator[tuple[float, str]]:
    primitives = [token.confidence for token in tokens if not isinstance(token.value, Alias)]
    if primitives:
        mean = math.fsum(primitives) / len(primitives)
        yield mean, f"mean confidence {mean:.2f} of {_count(len(primitives), 'token')}"


def _readable(tokens: TokenSet) -> Iterator[tuple[float, str]]:
    lines = sum(pair.weight for pair in tokens.pairs)
    if lines:
        of_level: dict[str, int] = {}
        for pair in tokens.pairs:
            of_level[level(pair)] = of_level.get(level(pair), 0) + pair.weight
        best = of_level.get("AAA", 0) / lines
        good = best + of_level.get("AA", 0) / lines
        yield good, f"{_percent(good)} of {_count(lines, 'line')} of text reach WCAG AA, {_percent(best)} AAA"


def _grid(tokens: TokenSet) -> Iterator[tuple[float, str]]:
    spacing = [token.value for token in tokens if token.path[0] == "spacing" and isinstance(token.value, Dimension)]
    lengths = [pixels(length) for length in spacing if abs(pixels(length)) > 2]
    if lengths:
        on_it = sum(math.isclose(length % GRID_PX, 0, abs_tol=0.01) for length in lengths)
        yield on_it / len(lengths), f"{on_it} of {len(lengths)} spacings are multiples of {GRID_PX:g} px"


def _essentials(tokens: TokenSet) -> Iterator[tuple[float, str]]:
    if tokens.tokens:
        missing = [".".join(path) for path in ESSENTIAL if tokens.get(path) is None]
        reason = f"not found: {', '.join(missing)}" if missing else "background, text, border and accent were found"
        yield 1 - len(missing) / len(ESSENTIAL), reason


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _percent(share: float) -> str:
    """Return `share` rounded down: 99.9 % are not all."""
    return f"{math.floor(100 * share)} %"
