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
    """Return the tokens that have a value of their own in `mode`, with it.

    They tell the screens in that mode that they were seen on; all screens, if none is known to be in it.
    """
    there = {screen.image for screen in tokens.screens if screen.theme == mode}
    own = (token.in_mode(mode) for token in tokens if mode in dict(token.modes))
    if not there:
        return tuple(own)
    return tuple(
        attrs.evolve(token, provenance=[seen for seen in token.provenance if seen.image in there]) for token in own
    )


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
