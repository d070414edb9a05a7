"""What is valid: the rules of the Design Tokens format 2025.10, and those of `accessibility`.

Each rule is a function from a token set to findings; `RULES` lists them. Rules cover what the format's JSON schema
cannot see (names as a whole, references and the types along them) and what it can (ranges), because a fault should be
told with the path of its token before anything is written.

Source:
  Design Tokens Format Module 2025.10 and Color Module 2025.10, https://www.designtokens.org/tr/2025.10/
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final, final

import attrs

from copy_that_orch.tokens.accessibility import meanings_can_be_told_apart, text_can_be_read
from copy_that_orch.tokens.alias import Alias, dotted
from copy_that_orch.tokens.color import Color
from copy_that_orch.tokens.dimension import Dimension
from copy_that_orch.tokens.gradient import Gradient
from copy_that_orch.tokens.model import AliasError, Finding, Severity, Token, TokenSet, TokenType
from copy_that_orch.tokens.shadow import Shadow
from copy_that_orch.tokens.typography import FontFamily, FontWeight
from copy_that_orch.tokens.values import VALUE_CLASSES, Value, parts

Rule = Callable[[TokenSet], Iterable[Finding]]

_KEBAB = re.compile("[a-z0-9]+(-[a-z0-9]+)*")


def _error(code: str, token: Token, message: str) -> Finding:
    return Finding(Severity.ERROR, code, token.name, message)


def _warning(code: str, path: str, message: str) -> Finding:
    return Finding(Severity.WARNING, code, path, message)


def legal_names(tokens: TokenSet) -> Iterator[Finding]:
    """Names are not empty, do not begin with `$`, and are without `{`, `}` and `.`; kebab-case travels best."""
    for token in tokens:
        for name in token.path:
            if not name or name.startswith("$") or set(name) & set("{}."):
                yield _error("name-illegal", token, f"the name {name!r} is empty, begins with $ or has one of {{ }} .")
            elif not _KEBAB.fullmatch(name):
                yield _warning("name-style", token.name, f"the name {name!r} is not kebab-case; some tools refuse it")


def distinct_names(tokens: TokenSet) -> Iterator[Finding]:
    """Paths stay apart when they are joined with hyphens, as in CSS, and should when case is ignored."""
    joined: dict[str, Token] = {}
    folded: dict[str, Token] = {}
    for token in tokens:
        name = "-".join(token.path)
        if name in joined:
            yield _error("name-collision", token, f"written as {name!r}, it has the name of {joined[name].name!r}")
        elif name.casefold() in folded:
            other = folded[name.casefold()].name
            yield _warning("name-case", token.name, f"it differs from {other!r} by case only")
        joined.setdefault(name, token)
        folded.setdefault(name.casefold(), token)


def tokens_are_no_groups(tokens: TokenSet) -> Iterator[Finding]:
    """A token has no tokens below it."""
    for token in tokens:
        for end in range(1, len(token.path)):
            if tokens.get(token.path[:end]):
                yield _error("token-in-token", token, f"it lies below {dotted(token.path[:end])!r}, which is a token")


def values_fit_their_types(tokens: TokenSet) -> Iterator[Finding]:
    """The value of a token, and each part of it, is what its type asks for, or a reference to a token of that type."""
    sets = {"": tokens} | {mode: tokens.in_mode(mode) for mode in tokens.modes}
    for mode, token in _in_every_mode(tokens):
        there, where = sets[mode], f" in mode {mode}" if mode else ""
        yield from _value_fits(there, token, f"value{where}", token.type, token.value)
        for place, part_type, part in parts(token.value):
            yield from _value_fits(there, token, place.replace("_", " ") + where, part_type, part)


def _in_every_mode(tokens: TokenSet) -> Iterator[tuple[str, Token]]:
    """Yield each token as it usually is, with "", and as it is in each mode where it differs, with the mode's name."""
    for token in tokens:
        yield "", token
        for mode, _ in token.modes:
            yield mode, token.in_mode(mode)


def _value_fits(
    tokens: TokenSet, token: Token, what: str, expected: TokenType, value: Value | Alias
) -> Iterator[Finding]:
    if not isinstance(value, Alias):
        if not isinstance(value, VALUE_CLASSES[expected]):
            yield _error("type-mismatch", token, f"the {what} is a {type(value).__name__}, not of type {expected}")
        return
    try:
        tokens.resolve(value)
    except AliasError as error:
        yield _error("alias-cycle" if error.cyclic else "alias-dangling", token, f"the {what} {value}: {error}")
    target = tokens.get(value.path)
    if target is not None and target.type is not expected:
        yield _error("alias-type", token, f"the {what} {value} is of type {target.type}, not {expected}")


def values_are_in_range(tokens: TokenSet) -> Iterator[Finding]:
    """Colour components and alpha lie in 0 to 1, font weights in 1 to 1000, and a font family has names; parts too."""
    for _, token in _in_every_mode(tokens):
        for value in (token.value, *(part for _, _, part in parts(token.value))):
            match value:
                case Color():
                    for field, number in attrs.asdict(value).items():
                        if not 0 <= number <= 1:
                            yield _error("color-range", token, f"{field} is {number:g}, not between 0 and 1")
                case FontWeight(value=weight) if not 1 <= weight <= 1000:
                    yield _error("font-weight-range", token, f"the weight is {weight:g}, not between 1 and 1000")
                case FontFamily(names=names) if not names or not all(name.strip() for name in names):
                    yield _error("font-family-empty", token, "a font has no name")
                case FontFamily(names=names) if any(re.fullmatch(r"\{.*\}", name, re.DOTALL) for name in names):
                    yield _error("font-family-braces", token, "the name of a font reads like a reference")
                case _:
                    pass


def composites_can_be_drawn(tokens: TokenSet) -> Iterator[Finding]:
    """A shadow has a layer, a gradient two stops at positions in 0 to 1; neither blur nor border width is negative."""
    for _, token in _in_every_mode(tokens):
        match token.value:
            case Shadow(layers=()):
                yield _error("shadow-empty", token, "the shadow has no layer")
            case Gradient(stops=stops):
                if len(stops) < 2:
                    yield _error("gradient-stops", token, f"a gradient has at least two stops, not {len(stops)}")
                for stop in stops:
                    if not 0 <= stop.position <= 1:
                        yield _error("gradient-position", token, f"a stop is at {stop.position:g}, not in 0 to 1")
        for place, _, part in parts(token.value):
            if isinstance(part, Dimension) and part.value < 0 and place.endswith(("blur", "width")):
                yield _error("dimension-negative", token, f"the {place} is {part}, and cannot be negative")


RULES: Final[tuple[Rule, ...]] = (
    legal_names,
    distinct_names,
    tokens_are_no_groups,
    values_fit_their_types,
    values_are_in_range,
    composites_can_be_drawn,
    text_can_be_read,
    meanings_can_be_told_apart,
)


def check(tokens: TokenSet, rules: Iterable[Rule] = RULES) -> tuple[Finding, ...]:
    """Return all that `rules` have to say about `tokens`: errors first, then by code and path, each once."""
    return tuple(sorted({finding for rule in rules for finding in rule(tokens)}))


def errors_of(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return the findings that are errors."""
    return tuple(finding for finding in findings if finding.severity is Severity.ERROR)


@final
class UnsoundTokensError(ValueError):
    """A token set breaks the format.

    Attributes:
      findings: The errors that were found, at least one.
    """

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        first = findings[0]
        more = f", and {len(findings) - 1} more" if len(findings) > 1 else ""
        super().__init__(f"{first.path}: {first.message} ({first.code}){more}")
        self.findings = findings

    def __reduce__(self) -> tuple[Any, ...]:  # exceptions pickle their message only, and errors cross processes
        return UnsoundTokensError, (self.findings,)


def require_sound(tokens: TokenSet) -> None:
    """Return if no rule finds an error in `tokens`.

    Raises:
      UnsoundTokensError: with the errors.
    """
    errors = errors_of(check(tokens))
    if errors:
        raise UnsoundTokensError(errors)
