"""What speaks for calling a token the text, the background or the accent of a product: how it was seen to be used."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping

import attrs

from copy_that_orch.tokens.alias import Path, natural
from copy_that_orch.tokens.color import Color, contrast_ratio
from copy_that_orch.tokens.model import Provenance, Token, TokenSet, add_up


@attrs.frozen
class Choice:
    """A token that was chosen for a meaning.

    Attributes:
      token: The token.
      certainty: How far ahead of the next one it was: from 0.5, as good, to 1.0, there was no other.
      seen: The sightings that spoke for it.
    """

    token: Token
    certainty: float
    seen: tuple[Provenance, ...]


Choices = dict[Path, Choice]
"""What was chosen, by the path of the token that is to refer to it."""


@attrs.frozen
class Evidence:
    """How the tokens of a set are used on some of its images.

    Every image has one vote for each use, which it divides among tokens by the square roots of their counts: a large
    area says more than a small one, but not in proportion, and a large screenshot no more than a small one.

    Attributes:
      tokens: The set.
      images: Labels of the images that are asked.
    """

    tokens: TokenSet
    images: Collection[str]
    _colors: Mapping[Path, Color] = attrs.field(init=False, eq=False, repr=False)
    _votes: Mapping[str, Mapping[Path, float]] = attrs.field(init=False, eq=False, repr=False)

    @_colors.default
    def _by_path(self) -> Mapping[Path, Color]:
        return {token.path: token.value for token in self.tokens if isinstance(token.value, Color)}

    @_votes.default
    def _by_role(self) -> Mapping[str, Mapping[Path, float]]:
        return _divide(
            (seen.role, seen.image, path, seen.count)
            for path in self._colors
            for seen in self.tokens[path].provenance
            if seen.role and seen.image in self.images
        )

    def color(self, choice: Choice) -> Color:
        """Return the colour that was chosen."""
        return self._colors[choice.token.path]

    def choose(
        self,
        role: str,
        condition: Callable[[Color, float], bool] = lambda _color, _share: True,
        *,
        beside: str | None = None,
    ) -> Choice | None:
        """Return the colour that is used most in `role` among those that fulfil `condition`, or None.

        Args:
          role: What it is used as.
          condition: Is given a colour and its share of the votes, 0.0 to 1.0.
          beside: Another role whose votes count too, for colours that have some in `role`.
        """
        votes, more = self._votes.get(role, {}), self._votes.get(beside or "", {})
        total = math.fsum(votes.values())
        scores = {
            path: share + more.get(path, 0.0)
            for path, share in votes.items()
            if condition(self._colors[path], share / total)
        }
        return self._best(scores, lambda seen: seen.role in {role, beside})

    def choose_on(self, ground: Color) -> Choice | None:
        """Return the colour that most text on `ground` is written in, or None.

        Its sightings are those on `ground` alone: of the pixels of text in that colour the share that its lines have
        there, for pairs count lines.
        """
        paths = {color: path for path, color in self._colors.items()}
        pairs = [pair for pair in self.tokens.pairs if pair.background == ground and pair.text in paths]
        votes = _divide(
            ("", seen.image, paths[pair.text], seen.count)
            for pair in pairs
            for seen in pair.provenance
            if seen.image in self.images
        )
        choice = self._best(votes.get("", {}), lambda seen: seen.role == "text")
        return choice and attrs.evolve(choice, seen=self._seen_on(ground, choice))

    def _seen_on(self, ground: Color, choice: Choice) -> tuple[Provenance, ...]:
        """Return the sightings of text in the colour of `choice` on `ground`, in pixels."""
        pairs = [pair for pair in self.tokens.pairs if pair.text == self.color(choice)]
        lines = _count(seen for pair in pairs for seen in pair.provenance)
        pixels = _count(choice.seen)
        there = add_up(seen for pair in pairs if pair.background == ground for seen in pair.provenance)
        return tuple(
            attrs.evolve(
                seen, role="text", count=max(seen.count, round(pixels[seen.image] * seen.count / lines[seen.image]))
            )
            for seen in there
            if seen.image in self.images
        )

    def choose_token(self, tokens: Iterable[Token]) -> Choice | None:
        """Return the one of `tokens` that is seen most often on all images together, or None."""
        seen_in = {
            token.path: sum(seen.count for seen in token.provenance if seen.image in self.images) for token in tokens
        }
        return self._best({path: count for path, count in seen_in.items() if count}, lambda _seen: True)

    def _best(self, scores: Mapping[Path, float], speaks: Callable[[Provenance], bool]) -> Choice | None:
        if not scores:
            return None
        ranked = sorted(scores, key=lambda path: (-round(scores[path], 9), natural(path)))
        first, second = scores[ranked[0]], scores[ranked[1]] if len(ranked) > 1 else 0.0
        token = self.tokens[ranked[0]]
        seen = tuple(seen for seen in token.provenance if seen.image in self.images and speaks(seen))
        return Choice(token, first / (first + second), seen)


def _count(sightings: Iterable[Provenance]) -> Counter[str]:
    """Return how often something was seen on each image."""
    counts: Counter[str] = Counter()
    for seen in sightings:
        counts[seen.image] += seen.count
    return counts


def _divide(sightings: Iterable[tuple[str, str, Path, int]]) -> dict[str, dict[Path, float]]:
    """Return the votes for each path in each role, from role, image, path and count."""
    weights: dict[tuple[str, str], dict[Path, float]] = defaultdict(lambda: defaultdict(float))
    for role, image, path, count in sightings:
        weights[role, image][path] += math.sqrt(count)
    votes: dict[str, dict[Path, list[float]]] = defaultdict(lambda: defaultdict(list))
    for (role, _image), of_path in weights.items():
        total = math.fsum(of_path.values())
        for path, weight in of_path.items():
            votes[role][path].append(weight / total)
    return {role: {path: math.fsum(shares) for path, shares in of_path.items()} for role, of_path in votes.items()}


def contrast(one: Color, other: Color) -> float:
    """Return the contrast of two colours as they are seen on white, see `contrast_ratio`."""
    white = Color(1.0, 1.0, 1.0)
    return contrast_ratio(one.over(white), other.over(white))
