"""Tokens and sets of them, close to the Design Tokens format 2025.10. Everything here is frozen and can be hashed."""

from __future__ import annotations

import enum
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

import attrs

from copy_that_orch.tokens.alias import Alias, Path, as_path, dotted
from copy_that_orch.tokens.color import Color
from copy_that_orch.tokens.dimension import Dimension, Number, finite
from copy_that_orch.tokens.typography import FontFamily, FontWeight, Typography

Value = Color | Dimension | Number | FontFamily | FontWeight | Typography
"""What a token can hold by itself; the union grows with `TokenType`."""


class TokenType(enum.StrEnum):
    """The types of the format that this package produces, spelled as in `$type`."""

    COLOR = "color"
    DIMENSION = "dimension"
    NUMBER = "number"
    FONT_FAMILY = "fontFamily"
    FONT_WEIGHT = "fontWeight"
    TYPOGRAPHY = "typography"


VALUE_CLASSES: Final[Mapping[TokenType, type[Value]]] = {
    TokenType.COLOR: Color,
    TokenType.DIMENSION: Dimension,
    TokenType.NUMBER: Number,
    TokenType.FONT_FAMILY: FontFamily,
    TokenType.FONT_WEIGHT: FontWeight,
    TokenType.TYPOGRAPHY: Typography,
}
"""The class of the values of each type."""


COMPOSITES: Final[Mapping[type[object], Mapping[str, TokenType]]] = {
    Typography: {
        "font_family": TokenType.FONT_FAMILY,
        "font_size": TokenType.DIMENSION,
        "font_weight": TokenType.FONT_WEIGHT,
        "letter_spacing": TokenType.DIMENSION,
        "line_height": TokenType.NUMBER,
    },
}
"""The attributes of the values that are made of others, and their types; each may be an alias instead."""


def parts(value: Value | Alias) -> Iterator[tuple[str, TokenType, Value | Alias]]:
    """Yield attribute, type and value of each part of a value that is made of others; nothing for one that is not."""
    for attribute, part_type in COMPOSITES.get(type(value), {}).items():
        yield attribute, part_type, getattr(value, attribute)


def change_parts(value: Value, change: Callable[[Value | Alias], Value | Alias]) -> Value:
    """Return `value` with `change` applied to each of its parts; itself if it has none."""
    composite: Any = value  # `evolve` wants to know the class, and any composite will do
    changes = {attribute: change(part) for attribute, _, part in parts(value)}
    return attrs.evolve(composite, **changes) if changes else value


def references(value: Value | Alias) -> tuple[Alias, ...]:
    """Return the aliases in `value`: itself, or those among its parts."""
    values = (value, *(part for _, _, part in parts(value)))
    return tuple(one for one in values if isinstance(one, Alias))


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


def _at_least_one(_instance: object, attribute: attrs.Attribute[int], value: int) -> None:
    if value < 1:
        raise ValueError(f"{attribute.name} is at least 1, not {value}")


def _share(_instance: object, attribute: attrs.Attribute[float], value: float) -> None:
    if not 0 <= value <= 1:
        raise ValueError(f"{attribute.name} lies between 0 and 1, not {value}")


@attrs.frozen(order=True)
class Provenance:
    """Where something was seen.

    Attributes:
      image: Label of the image.
      agent: The agent that saw it, e.g. "extract.color".
      count: How often; all agents that look for one kind of token count the same thing, e.g. pixels of a colour.

    Raises:
      ValueError: if the count is below 1.
    """

    image: str
    agent: str
    count: int = attrs.field(default=1, converter=int, validator=_at_least_one)


def add_up(provenance: Iterable[Provenance]) -> tuple[Provenance, ...]:
    """Return one entry per image and agent, counts added up, sorted: the same for any order of the input."""
    counts: dict[tuple[str, str], int] = {}
    for seen in provenance:
        counts[seen.image, seen.agent] = counts.get((seen.image, seen.agent), 0) + seen.count
    return tuple(Provenance(image, agent, count) for (image, agent), count in sorted(counts.items()))


def _path(_instance: object, attribute: attrs.Attribute[Path], value: Path) -> None:
    if not value or not all(isinstance(name, str) for name in value):
        raise ValueError(f"{attribute.name} is a tuple of at least one name, not {value!r}")


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

    Raises:
      ValueError: if the path is empty, or the confidence not in 0 to 1.
    """

    path: Path = attrs.field(converter=as_path, validator=_path)
    type: TokenType = attrs.field(converter=TokenType)
    value: Value | Alias
    confidence: float = attrs.field(default=1.0, converter=float, validator=_share)
    provenance: tuple[Provenance, ...] = attrs.field(default=(), converter=add_up)
    description: str | None = None

    @property
    def name(self) -> str:
        """The path with dots, e.g. `color.blue.450`."""
        return dotted(self.path)

    @property
    def weight(self) -> int:
        """How often the token was seen, in all images."""
        return sum(seen.count for seen in self.provenance)

    @property
    def images(self) -> tuple[str, ...]:
        """Labels of the images that it was seen in, sorted, each once."""
        return tuple(sorted({seen.image for seen in self.provenance}))


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


def natural(path: Path) -> tuple[tuple[tuple[int, int, str], ...], ...]:
    """Return a sort key under which numbers in names count as numbers: `spacing.4` comes before `spacing.12`."""
    return tuple(
        tuple((0, int(part), part) if part.isdecimal() else (1, 0, part) for part in re.split(r"(\d+)", name))
        for name in path
    )


def _sorted(tokens: Iterable[Token]) -> tuple[Token, ...]:
    return tuple(sorted(tokens, key=lambda token: natural(token.path)))


def _as_pairs(pairs: Iterable[ContrastPair]) -> tuple[ContrastPair, ...]:
    return tuple(pairs)


def _as_findings(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    return tuple(findings)


@attrs.frozen
class TokenSet:
    """Tokens with unique paths, sorted by path, so that equal sets are equal in whatever order they were made.

    Attributes:
      tokens: The tokens.
      pairs: Text on background, for contrast.
      findings: What validation said; empty before.

    Raises:
      ValueError: if two tokens have one path.
    """

    tokens: tuple[Token, ...] = attrs.field(default=(), converter=_sorted)
    pairs: tuple[ContrastPair, ...] = attrs.field(default=(), converter=_as_pairs)
    findings: tuple[Finding, ...] = attrs.field(default=(), converter=_as_findings)
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

    def get(self, path: Path) -> Token | None:
        """Return the token at `path`, or None."""
        return self._index.get(path)

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
