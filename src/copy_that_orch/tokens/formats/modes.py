"""What is different in other modes, such as the dark one."""

from __future__ import annotations

from typing import Final

import attrs

from copy_that_orch.tokens.alias import Alias
from copy_that_orch.tokens.model import Token, TokenSet
from copy_that_orch.tokens.values import Value, change_parts

USUAL: Final = "light"
"""Name of the usual mode where others need one beside it."""


def overrides(tokens: TokenSet, mode: str) -> tuple[Token, ...]:
    """Return the tokens that have a value of their own in `mode`, with it."""
    return tuple(token.in_mode(mode) for token in tokens if mode in dict(token.modes))


def changed(tokens: TokenSet, mode: str) -> tuple[Token, ...]:
    """Return the tokens that are different in `mode`, also because what they refer to is; without references."""
    there = tokens.in_mode(mode)
    return tuple(
        attrs.evolve(other, value=value)
        for token, other in zip(tokens, there, strict=True)
        if (value := replaced(there, other.value)) != replaced(tokens, token.value)
    )


def replaced(tokens: TokenSet, value: Value | Alias) -> Value:
    """Return `value` with everything that it refers to in its place."""
    return change_parts(tokens.resolve(value), lambda _name, _type, part: tokens.resolve(part))
