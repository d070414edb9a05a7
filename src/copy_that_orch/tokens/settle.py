"""The spacing of a product is settled on all its screens together: each screen only tells what distances are on it.

One screen shows a length too seldom to tell it from chance, or shows sums only; and where screens that each doubt a
length are asked one by one, their doubts add up to a certainty that nobody has.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Final

import attrs

from copy_that_orch.tokens.dimension import Dimension
from copy_that_orch.tokens.distance import Between, Distance, Seen
from copy_that_orch.tokens.model import Provenance, Token, TokenSet, TokenType
from copy_that_orch.tokens.spacing import LARGEST, SMALLEST, Length, likely_lengths

PURPOSE: Final = "spacing"
FINE: Final = 4
"""Parts of a CSS pixel in which distances are told apart."""


def distance_tokens(distances: Iterable[Distance], image: str, agent: str) -> list[Token]:
    """Return a token for each length that distances on a screen have, to a part of a pixel.

    The provenance says what they lie between, as the role; the confidence, how sure a screen alone can be that the
    style sheet has the length.
    """
    groups: dict[tuple[float, Between], list[Distance]] = defaultdict(list)
    for one in distances:
        if SMALLEST - 1 < one.value <= LARGEST + 1:
            groups[round(FINE * one.value) / FINE, one.between].append(one)
    seen = [Seen(between, value, len(members)) for (value, between), members in groups.items()]
    chances = {index: length.chance for length in likely_lengths(seen) for index in length.members}
    tokens: dict[float, Token] = {}
    for index, ((value, between), members) in enumerate(groups.items()):
        provenance = Provenance(image, agent, len(members), between.value, members[0].box)
        token = tokens.get(value, Token((PURPOSE, f"{value:g}"), TokenType.DIMENSION, Dimension(value), 0.0))
        tokens[value] = attrs.evolve(
            token,
            confidence=max(token.confidence, chances.get(index, 0.0)),
            provenance=[*token.provenance, provenance],
        )
    return [token for _, token in sorted(tokens.items())]


def distances_in(sources: Iterable[TokenSet]) -> list[tuple[Seen, Provenance]]:
    """Return the distances that tokens of `distance_tokens` among `sources` stand for, and where each was seen."""
    return [
        (Seen(Between(one.role), token.value.value, one.count), one)
        for source in sources
        for token in source
        if isinstance(token.value, Dimension) and _is_distance(token)
        for one in token.provenance
    ]


def settle_spacing(sources: Sequence[TokenSet]) -> list[TokenSet]:
    """Return `sources` without their distances, and a set with the lengths that these come from.

    Tokens for spacing that do not say what they lie between were settled by whoever made them, and are kept.
    """
    distances = distances_in(sources)
    lengths = [
        Token(
            (PURPOSE, str(length.value)),
            TokenType.DIMENSION,
            Dimension(length.value),
            length.chance,
            [_as_used(distances[index][1]) for index in length.members],
            _told(length),
        )
        for length in likely_lengths([seen for seen, _ in distances])
    ]
    rest = [attrs.evolve(source, tokens=[token for token in source if not _is_distance(token)]) for source in sources]
    return [*rest, TokenSet(lengths)] if lengths else rest


def _told(length: Length) -> str | None:
    """Return for people what the length is in the scale of the product."""
    if length.step is None:
        return None
    return f"{round(length.value / length.step)} times {length.step:g} px, the step of the scale"


def _is_distance(token: Token) -> bool:
    """Return whether a token is one of `distance_tokens`."""
    roles = {seen.role for seen in token.provenance}
    return token.path[0] == PURPOSE and bool(roles) and roles <= _ROLES


_ROLES: Final = frozenset(between.value for between in Between)


def _as_used(seen: Provenance) -> Provenance:
    """Return a sighting with what the distance is in a style sheet as its role: padding, gap or indent."""
    return attrs.evolve(seen, role=seen.role.partition("-")[0])
