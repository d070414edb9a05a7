"""What is likely to be wrong is left out."""

from __future__ import annotations

from copy_that_orch.tokens.alias import Alias
from copy_that_orch.tokens.dimension import Dimension
from copy_that_orch.tokens.doubt import without_doubtful
from copy_that_orch.tokens.model import Token, TokenSet
from copy_that_orch.tokens.values import TokenType


def length(name: str, confidence: float) -> Token:
    """Return a length of 9 px."""
    return Token(tuple(name.split(".")), TokenType.DIMENSION, Dimension(9), confidence)


def test_doubtful_spacing_is_left_out() -> None:
    """Other lengths are reported however doubtful they are, with their confidence."""
    tokens = TokenSet([length("spacing.8", 0.51), length("spacing.9", 0.49), length("radius.9", 0.1)])

    assert [token.name for token in without_doubtful(tokens)] == ["radius.9", "spacing.8"]


def test_what_is_referred_to_is_kept() -> None:
    """A reference must not lead nowhere."""
    card = Token(("gap", "card"), TokenType.DIMENSION, Alias(("spacing", "9")))

    assert len(without_doubtful(TokenSet([length("spacing.9", 0.1), card]))) == 2
