"""What a report can show of the screenshots: small pictures, made by whoever has the pixels."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from typing import Final

import attrs

from copy_that_orch.tokens.model import Box, Provenance, TokenSet

PER_TOKEN: Final = 3
"""Places that a report shows of one token at most."""


@attrs.frozen(order=True)
class Sighting:
    """A place on a screenshot: the label of the image, and the box."""

    image: str
    box: Box


@attrs.frozen(kw_only=True)
class Picture:
    """A small picture in the page.

    Attributes:
      uri: `data:image/webp;base64,…`.
      width, height: In pixels.
      mark: The box in it that it was cut for; None if it shows nothing in particular.
    """

    uri: str = attrs.field(repr=False)
    width: int
    height: int
    mark: Box | None = None


@attrs.frozen(kw_only=True)
class Pictures:
    """What there is to be seen of the screenshots of a token set.

    Attributes:
      title: Name of the product; empty if it has none.
      crops: Places where tokens were seen. What is missing is left out of the report.
      screens: Whole screenshots, made small, by label.
    """

    title: str = ""
    crops: Mapping[Sighting, Picture] = attrs.field(factory=dict)
    screens: Mapping[str, Picture] = attrs.field(factory=dict)


def places_of(provenance: Iterable[Provenance]) -> tuple[Sighting, ...]:
    """Return the places to show of something that was seen there: where it was seen most first, each once."""
    seen = sorted((one for one in provenance if one.box is not None), key=lambda one: -one.count)
    places = dict.fromkeys(Sighting(one.image, one.box) for one in seen if one.box is not None)
    return tuple(places)[:PER_TOKEN]


def wanted(tokens: TokenSet) -> tuple[Sighting, ...]:
    """Return the places that a report on `tokens` would show, the most wanted first, each once.

    All tokens have their first place before any has its second, so that whoever has not room for all can stop anywhere.
    """
    places = [places_of(token.provenance) for token in tokens]
    rounds = itertools.chain.from_iterable(itertools.zip_longest(*places))
    return tuple(dict.fromkeys(place for place in rounds if place is not None))
