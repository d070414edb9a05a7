"""What a report says of one token."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

import attrs

from copy_that_orch.tokens.alias import Alias, Path, dotted
from copy_that_orch.tokens.dimension import plain
from copy_that_orch.tokens.formats.css import css_value
from copy_that_orch.tokens.formats.html.pictures import Picture, Pictures, Sighting, places_of
from copy_that_orch.tokens.model import Provenance, Token, TokenSet, TokenType
from copy_that_orch.tokens.quality import token_quality
from copy_that_orch.tokens.typography import Typography
from copy_that_orch.tokens.values import Value, change_parts, parts, references

MOST_IMAGES: Final = 20
"""Images that are listed of those that a token was seen on."""


@attrs.frozen(kw_only=True)
class Crop:
    """A place where a token was seen: the picture and its id in the page, and the label of the image."""

    id: str
    picture: Picture
    image: str


@attrs.frozen(kw_only=True)
class Seen:
    """How often a token was seen on one image, and what it was used as there."""

    image: str
    roles: str
    count: str


@attrs.frozen
class Target:
    """A token that is referred to: its name, and the id of its card."""

    name: str
    id: str


@attrs.frozen(kw_only=True)
class Fact:
    """A part of a value: what it is, as CSS, and the token that it refers to."""

    what: str
    value: str
    target: Target | None


@attrs.frozen(kw_only=True)
class Variant:
    """What a token is in another mode: the mode, the value as CSS, its references and the class that draws it."""

    mode: str
    value: str
    targets: tuple[Target, ...]
    rule: str


@attrs.frozen(kw_only=True)
class Card:
    """One token, ready to be laid out.

    Attributes:
      id: Of its element in the page.
      rule: Name of the class that draws it.
      name: Dotted path, to be copied.
      label: The name as it is shown: of colours, which have a section of their own, without the first part.
      value: As CSS, references resolved, to be copied.
      facts: The parts of a style of text.
      targets: The tokens that it refers to, but for those of `facts`.
      variants: What it is in other modes.
      confidence, quality: In percent.
      reasons: What lowers the quality.
      usage: How often it was seen; empty if that is not known.
      unit: What is counted where it was seen: "pixels" or "times".
      roles: What it was used as, most often first.
      seen: Where it was seen, at most `MOST_IMAGES`.
      images: On how many images it was seen.
      crops: What can be shown of that.
      description: For people; empty if there is none.
    """

    id: str
    rule: str
    name: str
    label: str
    value: str
    facts: tuple[Fact, ...]
    targets: tuple[Target, ...]
    variants: tuple[Variant, ...]
    confidence: int
    quality: int
    reasons: tuple[str, ...]
    usage: str
    unit: str
    roles: tuple[str, ...]
    seen: tuple[Seen, ...]
    images: int
    crops: tuple[Crop, ...]
    description: str

    @property
    def words(self) -> str:
        """What a search looks through."""
        targets = (*self.targets, *(fact.target for fact in self.facts if fact.target))
        return " ".join((self.name, self.value, *self.roles, *(target.name for target in targets))).casefold()


def resolved(tokens: TokenSet, token: Token) -> Value:
    """Return the value of a sound token without references."""
    return change_parts(tokens.resolve(token.value), lambda _attribute, _type, part: tokens.resolve(part))


def element_id(token: Token, index: int) -> str:
    """Return the id of the token's element: its name, so that links last, or a number if the name cannot be one."""
    return f"token-{token.name}" if re.fullmatch(r"[A-Za-z0-9._-]+", token.name) else f"token-no-{index}"


def cards_of(tokens: TokenSet, crops: Mapping[Sighting, Crop]) -> tuple[Card, ...]:
    """Return a card for each token of a sound set, in the order of the set."""
    ids = {token.path: element_id(token, index) for index, token in enumerate(tokens)}
    sets = {mode: tokens.in_mode(mode) for mode in tokens.modes}
    pixels = sum(screen.width * screen.height for screen in tokens.screens)
    qualities = [token_quality(token, tokens) for token in tokens]
    return tuple(
        Card(
            id=ids[token.path],
            rule=f"v{index}",
            name=token.name,
            label=dotted(token.path[1:]) if token.type is TokenType.COLOR and len(token.path) > 1 else token.name,
            value=css_value(resolved(tokens, token)),
            facts=_facts(tokens, token, ids),
            targets=() if isinstance(token.value, Typography) else _targets(token, ids),
            variants=tuple(
                Variant(
                    mode=mode,
                    value=css_value(resolved(sets[mode], token.in_mode(mode))),
                    targets=_targets(token.in_mode(mode), ids),
                    rule=f"v{index}-{place}",
                )
                for place, (mode, _) in enumerate(token.modes)
            ),
            confidence=round(100 * token.confidence),
            quality=round(100 * quality.score),
            reasons=quality.reasons,
            usage=_usage(token, pixels),
            unit="pixels" if token.type is TokenType.COLOR else "times",
            roles=_roles(token.provenance),
            seen=_seen(token.provenance)[:MOST_IMAGES],
            images=len(token.images),
            crops=tuple(crops[place] for place in places_of(token.provenance) if place in crops),
            description=token.description or "",
        )
        for index, (token, quality) in enumerate(zip(tokens, qualities, strict=True))
    )


def _targets(token: Token, ids: Mapping[Path, str]) -> tuple[Target, ...]:
    return tuple(Target(dotted(alias.path), ids[alias.path]) for alias in dict.fromkeys(references(token.value)))


def _facts(tokens: TokenSet, token: Token, ids: Mapping[Path, str]) -> tuple[Fact, ...]:
    value = tokens.resolve(token.value)
    if not isinstance(value, Typography):
        return ()
    return tuple(
        Fact(
            what=attribute.replace("_", " "),
            value=css_value(tokens.resolve(part)),
            target=Target(dotted(part.path), ids[part.path]) if isinstance(part, Alias) else None,
        )
        for attribute, _, part in parts(value)
    )


def _usage(token: Token, pixels: int) -> str:
    """Return how much was seen of a token: a share of all pixels for a colour, else how often."""
    if not token.provenance:
        return ""
    if token.type is TokenType.COLOR and pixels:
        share = 100 * token.weight / pixels
        return f"{plain(share, 1)} % of pixels" if share >= 0.1 else "under 0.1 % of pixels"
    return "seen once" if token.weight == 1 else f"seen {token.weight:,} times"


def _roles(provenance: Sequence[Provenance]) -> tuple[str, ...]:
    counts: dict[str, int] = {}
    for seen in provenance:
        if seen.role:
            counts[seen.role] = counts.get(seen.role, 0) + seen.count
    return tuple(sorted(counts, key=lambda role: (-counts[role], role)))


def _seen(provenance: Sequence[Provenance]) -> tuple[Seen, ...]:
    """Return where something was seen, image by image, where it was seen most first."""
    images: dict[str, list[Provenance]] = {}
    for one in provenance:
        images.setdefault(one.image, []).append(one)
    counts = {image: sum(one.count for one in ones) for image, ones in images.items()}
    most = sorted(images, key=lambda image: -counts[image])
    return tuple(Seen(image=one, roles=", ".join(_roles(images[one])), count=f"{counts[one]:,}") for one in most)


def crops_of(pictures: Pictures) -> dict[Sighting, Crop]:
    """Return the crops that there are, each to be in the page once, for many tokens may be seen in one place."""
    return {
        place: Crop(id=f"c{index}", picture=picture, image=place.image)
        for index, (place, picture) in enumerate(pictures.crops.items())
    }
