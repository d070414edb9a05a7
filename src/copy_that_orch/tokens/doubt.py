"""What is likely to be wrong is left out of a merged set."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import attrs

from copy_that_orch.tokens.model import TokenSet
from copy_that_orch.tokens.naming import purpose

LEAST_CONFIDENCE: Final[Mapping[str, float]] = {"spacing": 0.5}
"""Confidence below which a token for a purpose is left out. Extractors report what they doubt nevertheless, because two
screens that both doubt a length may together be sure of it; so this comes after the merge. What is likelier right than
wrong is told: mean F1 of 39 products of design systems is 0.79 with it, and 0.78 with 0.56."""


def without_doubtful(tokens: TokenSet) -> TokenSet:
    """Return `tokens` without those that are less sure than `LEAST_CONFIDENCE`, unless a token refers to them."""
    needed = {alias.path for token in tokens for alias in token.references}
    kept = [
        token
        for token in tokens
        if token.path in needed or token.confidence >= LEAST_CONFIDENCE.get(purpose(token), 0.0)
    ]
    return attrs.evolve(tokens, tokens=kept)
