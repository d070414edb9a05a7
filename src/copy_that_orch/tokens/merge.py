"""Many token sets, one per image and extractor, become one."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import attrs

from copy_that_orch.tokens.alias import Alias, Path
from copy_that_orch.tokens.alike import unify
from copy_that_orch.tokens.cluster import Sighting, cluster
from copy_that_orch.tokens.color import Color
from copy_that_orch.tokens.difference import ciede2000, to_lab
from copy_that_orch.tokens.dimension import Dimension
from copy_that_orch.tokens.lengths import cluster_lengths
from copy_that_orch.tokens.model import ContrastPair, Modes, Token, TokenSet
from copy_that_orch.tokens.naming import Namer, kebab, purpose
from copy_that_orch.tokens.values import TokenType, Value, change_parts, parts

JUST_NOTICEABLE = 2.0
"""CIEDE2000 difference up to which colours of different sets are one token: about one step that the eye can see."""
THIN = frozenset({"border", "text", "graphic"})
SMALL = 2000
"""Roles of what is a pixel or a stroke wide, and pixels of areas in which few blocks of a JPEG's chroma lie wholly."""


def merge(sets: Iterable[TokenSet], tolerance: float = JUST_NOTICEABLE) -> TokenSet:
    """Return one set of what is in `sets`, with final names; the same for any order of `sets`.

    - Colours become one as `cluster` says, each of `sets` being a source that keeps its own colours apart, and lossy if
      a screen of its is.
    - Lengths that serve the same purpose, that is, whose `path[0]` is equal, become one as `cluster_lengths` says.
    - Shadows and gradients that look alike become one as `unify` says.
    - Other values become one if they are equal and serve the same purpose, and have the same type.
    - A token that refers to others follows their new names, and then merges by what it refers to. A reference that
      leads nowhere inside its own set is kept as it is, for validation to tell.
    - A part of a value that is made of others becomes a reference if there is a token of that value for that purpose:
      the colour of a border to `color.…`, its width to `border-width.…`, the size of text to `font-size.…`. A colour
      there is first taken for the nearest colour token within the tolerance.
    - Provenance is added up. Confidence is weighed as `combined_confidence` says. The description of the token that
      was seen most is kept.
    - Contrast pairs get the merged colours; equal ones become one. Findings and screens are kept, each once.

    Args:
      sets: What was extracted. Paths there are provisional but for the first name, the purpose.
      tolerance: Largest CIEDE2000 difference between a colour and the one it is taken for.
    """
    sources = unify(list(sets))
    taken_for = _cluster_colors(sources, tolerance)
    nearest = _nearest_of(sorted(set(taken_for.values())), tolerance)

    lengths = _cluster_lengths(sources)

    def merged_color(color: Color) -> Color:
        return taken_for.get(color) or nearest(color)

    def merged_value(use: str, value: Value) -> Value:
        if isinstance(value, Color):
            return merged_color(value)
        return lengths.get((use, value), value) if isinstance(value, Dimension) else value

    return TokenSet(
        tokens=_merge_tokens(sources, merged_value),
        pairs=_merge_pairs(sources, merged_color),
        findings=sorted({finding for source in sources for finding in source.findings}),
        screens=[screen for source in sources for screen in source.screens],
    )


def combined_confidence(tokens: Iterable[Token]) -> float:
    """Return how sure we are of one token that all of `tokens` speak for, 0.0 to 1.0.

    Every image is a witness: tokens with the same images count as one, with the highest confidence among them,
    because agents that look at the same pixels err together. Witnesses are taken as independent, so the token is only
    wrong if all of them are: 1 - (1 - c1)(1 - c2)... One more image never lowers it.

    Source:
      Pearl: Probabilistic Reasoning in Intelligent Systems (1988), section 4.3.2, the noisy-OR.
    """
    witnesses: dict[tuple[str, ...], float] = {}
    for token in tokens:
        witnesses[token.images] = max(token.confidence, witnesses.get(token.images, 0.0))
    if len(witnesses) == 1:  # 1 - (1 - c) is not always c in floating point
        return next(iter(witnesses.values()))
    return 1.0 - math.prod(sorted(1.0 - confidence for confidence in witnesses.values()))


def _cluster_colors(sources: Sequence[TokenSet], tolerance: float) -> dict[Color, Color]:
    weights: dict[Color, int] = defaultdict(int)
    seen_in: dict[Color, set[int]] = defaultdict(set)
    clear: set[Color] = set()
    lossy = {index for index, source in enumerate(sources) if any(screen.lossy for screen in source.screens)}
    for index, source in enumerate(sources):
        for token in source:
            if isinstance(token.value, Color):
                weights[token.value] += token.weight
                seen_in[token.value].add(index)
                if index not in lossy or not _is_thin(token):
                    clear.add(token.value)
    return cluster(
        {
            color: Sighting(weights[color], seen_in[color], seen_in[color] <= lossy, color not in clear)
            for color in weights
        },
        tolerance,
    )


def _is_thin(token: Token) -> bool:
    """Return whether a colour was seen in lines, text and small things only."""
    return token.weight < SMALL or all(sighting.role in THIN for sighting in token.provenance)


def _cluster_lengths(sources: Sequence[TokenSet]) -> dict[tuple[str, Dimension], Dimension]:
    """Return what each length is taken for, by the purpose that it serves."""
    weights: dict[str, dict[Dimension, int]] = defaultdict(lambda: defaultdict(int))
    seen_in: dict[tuple[str, Dimension], set[int]] = defaultdict(set)
    for index, source in enumerate(sources):
        for token in source:
            if isinstance(token.value, Dimension):
                weights[purpose(token)][token.value] += token.weight
                seen_in[purpose(token), token.value].add(index)
    return {
        (use, length): standing
        for use, lengths in weights.items()
        for length, standing in cluster_lengths(
            {length: Sighting(weight, seen_in[use, length]) for length, weight in lengths.items()}, use
        ).items()
    }


def _merge_tokens(sources: Sequence[TokenSet], merged_value: Callable[[str, Value], Value]) -> list[Token]:
    namer = Namer()
    merged: list[Token] = []
    named: dict[Identity, Path] = {}
    renamed: list[dict[Path, Path]] = [{} for _ in sources]
    waiting = [(index, token) for index, source in enumerate(sources) for token in source]
    while waiting:
        # First the tokens that refer to none, then those that refer to these, and so on: what a token refers to has
        # its final name before the token is compared with others. What is made of others comes after these.
        ready = [(index, token) for index, token in waiting if _is_settled(token, sources[index], renamed[index])]
        simple = [(index, token) for index, token in ready if not any(parts(token.value))]
        ready = simple or ready or waiting  # references that go round in a circle are never settled
        groups: dict[Identity, list[tuple[int, Token]]] = defaultdict(list)
        for index, token in ready:
            use = purpose(token)
            value = _settle(use, token.value, merged_value, renamed[index], named)
            modes = {mode: _settle(use, other, merged_value, renamed[index], named) for mode, other in token.modes}
            settled = attrs.evolve(token, value=value, modes=modes)
            groups[_identity(settled)].append((index, settled))
        drafts = [(_combine(token for _, token in group), group) for group in groups.values()]
        for draft, group in sorted(drafts, key=lambda pair: (namer.claim(pair[0]), *_naming_order(pair[0]))):
            final = attrs.evolve(draft, path=namer.name(draft))
            merged.append(final)
            named[_identity(draft)] = final.path
            for index, token in group:
                renamed[index][token.path] = final.path
        waiting = [(index, token) for index, token in waiting if token.path not in renamed[index]]
    return merged


def _is_settled(token: Token, source: TokenSet, renamed: Mapping[Path, Path]) -> bool:
    return all(alias.path in renamed or source.get(alias.path) is None for alias in token.references)


def _settle(
    use: str,
    value: Value | Alias,
    merged_value: Callable[[str, Value], Value],
    renamed: Mapping[Path, Path],
    named: Mapping[Identity, Path],
) -> Value | Alias:
    """Return `value` with merged colours and lengths, references to final names, and parts that are tokens as such."""

    def settle_part(attribute: str, part_type: TokenType, part: Value | Alias) -> Value | Alias:
        use_of_part = "border-width" if attribute == "width" else kebab(attribute)
        settled = _settle(use_of_part, part, merged_value, renamed, named)
        path = named.get((use_of_part, part_type, settled, ()))
        return settled if path is None else Alias(path)

    if isinstance(value, Alias):
        return Alias(renamed.get(value.path, value.path))
    return change_parts(merged_value(use, value), settle_part)


Identity = tuple[str | Path, TokenType, Value | Alias, Modes]


def _identity(token: Token) -> Identity:
    """Return what two tokens have in common if they are one; of references, the names mean something too."""
    name = token.path if isinstance(token.value, Alias) else purpose(token)
    return name, token.type, token.value, token.modes


def _sort_key(token: Token) -> tuple[str, ...]:
    # Values of different types have no order among themselves; their reprs do, and equal reprs mean equal values.
    return purpose(token), token.type, repr(token.value), repr(token.modes), repr(token.path), token.description or ""


def _naming_order(token: Token) -> tuple[Any, ...]:
    """Return what decides between equal claims: the value, and of references how often they were seen."""
    return -token.weight if isinstance(token.value, Alias) else 0, _sort_key(token)


def _combine(tokens: Iterable[Token]) -> Token:
    """Return the token that all of `tokens`, which have one type and value, speak for."""
    ranked = sorted(tokens, key=lambda token: (-token.weight, -token.confidence, _sort_key(token)))
    return attrs.evolve(
        ranked[0],
        confidence=combined_confidence(ranked),
        provenance=[seen for token in ranked for seen in token.provenance],
        description=next((token.description for token in ranked if token.description), None),
    )


def _merge_pairs(sources: Sequence[TokenSet], merged_color: Callable[[Color], Color]) -> list[ContrastPair]:
    merged: dict[ContrastPair, list[ContrastPair]] = defaultdict(list)
    for source in sources:
        for pair in source.pairs:
            text, background = merged_color(pair.text), merged_color(pair.background)
            bare = attrs.evolve(pair, text=text, background=background, provenance=())
            merged[bare].append(pair)
    pairs = [
        attrs.evolve(bare, provenance=[seen for pair in group for seen in pair.provenance])
        for bare, group in merged.items()
    ]
    return sorted(pairs, key=lambda pair: (-pair.weight, repr(pair)))


def _nearest_of(standing: Sequence[Color], tolerance: float) -> Callable[[Color], Color]:
    """Return a function from a colour to the nearest of `standing` within the tolerance, or else to itself."""
    lab = to_lab(standing)

    def nearest(color: Color) -> Color:
        distances = ciede2000(lab, to_lab([color])).tolist()
        near = [
            (distance, other)
            for distance, other in zip(distances, standing, strict=True)
            if distance <= tolerance and other.alpha == color.alpha
        ]
        return min(near)[1] if near else color

    return nearest
