"""In which order tokens are written: what is referred to comes before what refers to it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

from copy_that_orch.tokens.alias import Path
from copy_that_orch.tokens.model import Token, TokenSet
from copy_that_orch.tokens.values import references


def by_group(tokens: Iterable[Token]) -> Iterator[tuple[Token, ...]]:
    """Yield tokens that follow each other and are in one outermost group."""
    for _, group in groupby(tokens, key=lambda token: token.path[0]):
        yield tuple(group)


def referred_first(tokens: TokenSet) -> tuple[Token, ...]:
    """Return the tokens of a sound set: those that refer to none, then those that refer to these, and so on."""
    depths: dict[Path, int] = {}

    def depth(token: Token) -> int:
        if token.path not in depths:
            targets = (tokens.get(alias.path) for alias in references(token.value))
            depths[token.path] = max((1 + depth(target) for target in targets if target is not None), default=0)
        return depths[token.path]

    return tuple(sorted(tokens, key=depth))  # a stable sort: by path among equals
