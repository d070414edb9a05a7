"""Tokens and sets of them, close to the Design Tokens format 2025.10. Everything here is frozen and can be hashed."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import attrs

from copy_that_orch.tokens.alias import Alias, Path, as_path, dotted, natural
from copy_that_orch.tokens.color import Color
from copy_that_orch.tokens.dimension import finite
from copy_that_orch.tokens.sightings import Box, Measurements, Provenance, Screen, Theme, add_up
from copy_that_orch.tokens.values import TokenType, Value, references

__all__ = [
    "AliasError",
    "Box",
    "ContrastPair",
    "Finding",
    "Measurements",
    "Modes",
    "Provenance",
    "Screen",
    "Severity",
    "Theme",
    "Token",
    "TokenSet",
    "TokenType",
    "add_up",
]


class Severity(enum.StrEnum):
    """How bad a finding is. ERROR: the set breaks the format. WARNING: it is sound, the design may not be."""

    ERROR = "error"
    WARNING = "warning"


@attrs.frozen(order=True)
class Finding:
    """Something that validation has to say.

    Attributes:
      severity: How bad it is.
      code: Names the rule, e.g. `alias-cycle`; stable, for programs.
      path: Dotted path of the token that it is about; empty if it is about the whole set.
      message: A sentence for people.
    """

    severity: Severity
    code: str
    path: str
    message: str


def _share(_instance: object, attribute: attrs.Attribute[float], value: float) -> None:
    if not 0 <= value <= 1:
        raise ValueError(f"{attribute.name} lies between 0 and 1, not {value}")


def _path(_instance: object, attribute: attrs.Attribute[Path], value: Path) -> None:
    if not value or not all(isinstance(name, str) for name in value):
        raise ValueError(f"{attribute.name} is a tuple of at least one name, not {value!r}")


Modes = tuple[tuple[str, Value | Alias], ...]


def _as_modes(modes: Mapping[str, Value | Alias] | Modes) -> Modes:
    return tuple(sorted(dict(modes).items()))


@attrs.frozen
class Token:
    """One decision of a design, and how we know of it.

    Attributes:
      path: Groups and own name; `path[0]` says what the token is for: "color", "spacing", "font-size".
      type: Type of the value, also where the value is an alias.
      value: A value of that type, or an alias.
      confidence: How sure we are that the design has this token, 0.0 to 1.0.
      provenance: Where it was seen.
      description: For people; plain text.
      modes: What the value is in other modes than the usual one, e.g. in "dark", sorted by mode; may be given as a
        mapping.

    Raises:
      ValueError: if the path is empty, or the confidence not in 0 to 1.
    """

    path: Path = attrs.field(converter=as_path, validator=_path)
    type: TokenType = attrs.field(converter=TokenType)
    value: Value | Alias
    confidence: float = attrs.field(default=1.0, converter=float, validator=_share)
    provenance: tuple[Provenance, ...] = attrs.field(default=(), converter=add_up)
    description: str | None = None
    modes: Modes = attrs.field(default=(), converter=_as_modes)

    @property
    def name(self) -> str:
        """The path with dots, e.g. `color.blue.600`."""
        return dotted(self.path)

    @property
    def weight(self) -> int:
        """How often the token was seen, in all images."""
        return sum(seen.count for seen in self.provenance)

    @property
    def images(self) -> tuple[str, ...]:
        """Labels of the images that it was seen in, sorted, each once."""
        return tuple(sorted({seen.image for seen in self.provenance}))

    @property
    def references(self) -> tuple[Alias, ...]:
        """All aliases in its value, in parts of it, and in what it is in other modes."""
        return tuple(alias for value in (self.value, *dict(self.modes).values()) for alias in references(value))

    def in_mode(self, mode: str) -> Token:
        """Return the token with its value in `mode`, or its usual one if it has no other there, and without modes."""
        return attrs.evolve(self, value=dict(self.modes).get(mode, self.value), modes=()) if self.modes else self


@attrs.frozen
class ContrastPair:
    """A colour of text and the colour behind it.

    Attributes:
      text: May have alpha.
      background: What is behind the text.
      provenance: Where it was seen; counts are lines of text.
      font_size: In CSS pixels; None if it is not known.
      bold: Whether the text is bold; False if it is not known.
    """

    text: Color
    background: Color
    provenance: tuple[Provenance, ...] = attrs.field(default=(), converter=add_up)
    font_size: float | None = attrs.field(default=None, converter=attrs.converters.optional(finite))
    bold: bool = False

    @property
    def weight(self) -> int:
        """How often the pair was seen, in all images."""
        return sum(seen.count for seen in self.provenance)


class AliasError(ValueError):
    """An alias leads nowhere.

    Attributes:
      chain: Paths that were followed, from the first target to the one that is missing or comes round again.
      cyclic: Whether the chain comes round again; else its last path is missing.
    """

    def __init__(self, chain: tuple[Path, ...], *, cyclic: bool) -> None:
        way = " → ".join(dotted(path) for path in chain)
        super().__init__(f"reference comes round again: {way}" if cyclic else f"no token {dotted(chain[-1])!r}: {way}")
        self.chain = chain
        self.cyclic = cyclic

    def __reduce__(self) -> tuple[Any, ...]:  # exceptions pickle their message only, and errors cross processes
        return _alias_error, (self.chain, self.cyclic)


def _alias_error(chain: tuple[Path, ...], cyclic: bool) -> AliasError:
    return AliasError(chain, cyclic=cyclic)


def _sorted(tokens: Iterable[Token]) -> tuple[Token, ...]:
    return tuple(sorted(tokens, key=lambda token: natural(token.path)))


def _as_screens(screens: Iterable[Screen]) -> tuple[Screen, ...]:
    return tuple(sorted(set(screens)))


@attrs.frozen
class TokenSet:
    """Tokens with unique paths, sorted by path, so that equal sets are equal in whatever order they were made.

    Attributes:
      tokens: The tokens.
      pairs: Text on background, for contrast.
      findings: What validation said; empty before.
      screens: The screenshots that it was seen on, sorted, each once.
      measurements: What aggregation is to look at beside that of other images; a merged set has none.

    Raises:
      ValueError: if two tokens have one path.
    """

    tokens: tuple[Token, ...] = attrs.field(default=(), converter=_sorted)
    pairs: tuple[ContrastPair, ...] = attrs.field(default=(), converter=tuple[ContrastPair, ...])
    findings: tuple[Finding, ...] = attrs.field(default=(), converter=tuple[Finding, ...])
    screens: tuple[Screen, ...] = attrs.field(default=(), converter=_as_screens)
    measurements: tuple[Measurements, ...] = attrs.field(default=(), converter=tuple[Measurements, ...], repr=False)
    _index: Mapping[Path, Token] = attrs.field(init=False, eq=False, repr=False)

    @_index.default
    def _by_path(self) -> Mapping[Path, Token]:
        index: dict[Path, Token] = {}
        for token in self.tokens:
            if token.path in index:
                raise ValueError(f"two tokens have the path {token.name!r}")
            index[token.path] = token
        return index

    def __len__(self) -> int:
        return len(self.tokens)

    def __iter__(self) -> Iterator[Token]:
        return iter(self.tokens)

    @property
    def modes(self) -> tuple[str, ...]:
        """Names of the modes, beside the usual one, in which some token has another value; sorted."""
        return tuple(sorted({mode for token in self.tokens for mode, _ in token.modes}))

    def in_mode(self, mode: str) -> TokenSet:
        """Return the set with the values that its tokens have in `mode`, and without modes."""
        return attrs.evolve(self, tokens=[token.in_mode(mode) for token in self.tokens])

    def renamed(self, old: str, new: str) -> TokenSet:
        """Return the set with the image `old` called `new`: the same picture may be in a file of another name."""

        def change(provenance: Iterable[Provenance]) -> list[Provenance]:
            return [attrs.evolve(seen, image=new) if seen.image == old else seen for seen in provenance]

        return attrs.evolve(
            self,
            tokens=[attrs.evolve(token, provenance=change(token.provenance)) for token in self.tokens],
            pairs=[attrs.evolve(pair, provenance=change(pair.provenance)) for pair in self.pairs],
            screens=[attrs.evolve(one, image=new) if one.image == old else one for one in self.screens],
            measurements=[attrs.evolve(one, image=new) if one.image == old else one for one in self.measurements],
        )

    def __getitem__(self, path: Path) -> Token:
        """Return the token at `path`.

        Raises:
          KeyError: if there is none.
        """
        return self._index[path]

    def get(self, path: Path) -> Token | None:
        """Return the token at `path`, or None."""
        return self._index.get(path)

    def end_of(self, value: Value | Alias) -> Value | None:
        """Return what `resolve` does, or None where that raises."""
        try:
            return self.resolve(value)
        except AliasError:
            return None

    def resolve(self, value: Value | Alias) -> Value:
        """Return `value`, or what it stands for at the end of a chain of references.

        Raises:
          AliasError: if the chain leads to a path without a token, or back to itself.
        """
        chain: list[Path] = []
        while isinstance(value, Alias):
            cyclic = value.path in chain
            chain.append(value.path)
            token = self._index.get(value.path)
            if cyclic or token is None:
                raise AliasError(tuple(chain), cyclic=cyclic)
            value = token.value
        return value
