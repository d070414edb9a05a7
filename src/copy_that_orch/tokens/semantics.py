"""Tokens that say what a colour is for: `color.text.default` refers to `color.neutral.900`.

They are made from how primitive tokens were seen to be used, see `evidence`. Where light and dark screens were seen,
the light ones say what a token usually refers to, and the dark ones what it refers to in the mode "dark".
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator
from typing import Final

import attrs

from copy_that_orch.tokens.alias import Alias, Path
from copy_that_orch.tokens.border import Border
from copy_that_orch.tokens.color import Color
from copy_that_orch.tokens.color_names import FAMILIES, color_family
from copy_that_orch.tokens.dimension import Dimension
from copy_that_orch.tokens.evidence import Choice, Evidence, contrast
from copy_that_orch.tokens.model import Theme, Token, TokenSet, TokenType
from copy_that_orch.tokens.typography import Typography
from copy_that_orch.tokens.value_names import FULL_RADIUS_PX, pixels

READABLE: Final = 4.5
"""Contrast from which text is the text of a page: that of WCAG 2.2, 1.4.3."""
VISIBLE: Final = 2.0
"""Contrast below which nobody writes on purpose: such text stands on another ground."""
MUTED: Final = 0.7
"""Muted text has at most this share of the contrast of the usual text, and subtle text of that of muted text."""
STRONGER: Final = 1.3
"""A strong border has at least this many times the contrast of a usual one."""
NOTABLE: Final = 0.1
"""A second background or surface has at least this share of what speaks for backgrounds or surfaces."""
MEANINGS: Final = ("accent", "success", "warning", "danger")
"""What colours say: that one can click there, that something went well or badly."""

Choices = dict[Path, Choice]
Named = dict[tuple[str, str], Choice | None]


def with_semantics(tokens: TokenSet) -> TokenSet:
    """Return `tokens` and beside them tokens that refer to them by what they are for, as far as there is evidence.

    - `color.background.default` and `.alternate`; `color.surface.default`, `.alternate` and `.inverse`.
    - `color.text.default`, `.muted`, `.subtle` and `.inverse`; `.on-accent` and so on for what is written on these.
    - `color.border.default` and `.strong`; `color.accent.default`; `color.success.default`, `warning`, `danger`.
    - `radius.default`; `border.default`, whose colour is `color.border.default`; `typography.body`, `.caption`,
      `.heading` and `.title`.

    Their provenance has the sightings that spoke for them, their confidence is that of the token that they refer to,
    lowered by how close another one came. What has such a path already, or stands in its way, stays as it is.
    """
    images = {theme: {screen.image for screen in tokens.screens if screen.theme is theme} for theme in Theme}
    dark = images[Theme.DARK]
    seen_in = {image for token in tokens for image in token.images}
    if not seen_in - dark:
        return _extended(tokens, _choices(Evidence(tokens, seen_in)), {})
    in_light = Evidence(tokens, seen_in - dark)
    usual = _choices(in_light)
    accent = usual.get(("color", "accent", "default"))
    # A product has one accent: on a few dark screens, another colour may happen to be seen more.
    accents = FAMILIES if accent is None else (color_family(in_light.color(accent)),)
    return _extended(tokens, usual, _colors(Evidence(tokens, dark), accents))


def _extended(tokens: TokenSet, usual: Choices, in_dark: Choices) -> TokenSet:
    made = []
    for path in sorted(usual.keys() | in_dark.keys()):
        if _is_free(path, tokens):
            choice = usual.get(path) or in_dark[path]
            other = in_dark.get(path, choice)
            target, elsewhere = choice.token, other.token
            made.append(
                Token(
                    path,
                    target.type,
                    Alias(target.path),
                    confidence=target.confidence * choice.certainty,
                    provenance=[*choice.seen, *(other.seen if other is not choice else ())],
                    modes={} if elsewhere is target else {Theme.DARK.value: Alias(elsewhere.path)},
                )
            )
    extended = attrs.evolve(tokens, tokens=[*tokens, *made])
    return attrs.evolve(extended, tokens=[_following(token, extended) for token in extended])


def _is_free(path: Path, tokens: TokenSet) -> bool:
    name = "-".join(path)
    return not any("-".join(token.path) == name or _nested(token.path, path) for token in tokens)


def _nested(one: Path, other: Path) -> bool:
    shorter = min(len(one), len(other))
    return one[:shorter] == other[:shorter]


def _following(token: Token, tokens: TokenSet) -> Token:
    """Return the usual border with the colour of the usual border, so that it is another one in another mode."""
    line = tokens.get(("color", "border", "default"))
    if token.path == ("border", "default") and line is not None:
        border = tokens.resolve(token.value)
        if isinstance(border, Border) and border.color == line.value:
            return attrs.evolve(token, value=attrs.evolve(border, color=Alias(line.path)))
    return token


def _choices(evidence: Evidence) -> Choices:
    return {**_colors(evidence), **dict(_shapes(evidence)), **dict(_styles(evidence))}


def _colors(evidence: Evidence, accents: Collection[str] = FAMILIES) -> Choices:
    """Return what colours are for; the accent is of one of the families `accents`."""
    chosen = {**_grounds(evidence, "background"), **_grounds(evidence, "surface"), **_meanings(evidence, accents)}
    below = chosen["background", "default"] or chosen["surface", "default"]
    if below is not None:
        ground = evidence.color(below)
        chosen |= {**_texts(evidence, ground), **_borders(evidence, ground)}
    return {("color", *names): choice for names, choice in chosen.items() if choice is not None}


def _grounds(evidence: Evidence, role: str) -> Named:
    """Return the colours of what lies behind all, or of what lies on it."""
    default = evidence.choose(role)
    if default is None:
        return {(role, "default"): None}
    usual = evidence.color(default)

    def is_alternate(color: Color, share: float) -> bool:
        return share >= NOTABLE and is_neutral(color) and color != usual and contrast(color, usual) < VISIBLE

    def is_inverse(color: Color, _share: float) -> bool:
        return role == "surface" and is_neutral(color) and contrast(color, usual) >= READABLE

    return {
        (role, "default"): default,
        (role, "alternate"): evidence.choose(role, is_alternate),
        (role, "inverse"): evidence.choose(role, is_inverse),
    }


def is_neutral(color: Color) -> bool:
    """Return whether a colour is a grey, black or white."""
    return color_family(color) == "neutral"


def _texts(evidence: Evidence, ground: Color) -> Named:
    """Return the colours of text on the usual ground, from the strongest down, and of what stands on other grounds."""

    def between(least: float, most: float = math.inf) -> Choice | None:
        return evidence.choose("text", lambda color, _share: least <= contrast(color, ground) <= most)

    def weaker_than(usual: Choice | None) -> Choice | None:
        return usual and between(VISIBLE, MUTED * contrast(evidence.color(usual), ground))

    default = between(READABLE) or between(VISIBLE)
    muted = weaker_than(default)
    return {
        ("text", "default"): default,
        ("text", "muted"): muted,
        ("text", "subtle"): weaker_than(muted),
        ("text", "inverse"): evidence.choose("text", lambda color, _share: contrast(color, ground) < VISIBLE),
    }


def _borders(evidence: Evidence, ground: Color) -> Named:
    """Return the greys of lines; where no line is grey, the colour of most lines."""
    default = evidence.choose("border", lambda color, _share: is_neutral(color)) or evidence.choose("border")
    if default is None:
        return {}
    least = contrast(evidence.color(default), ground) * STRONGER
    strong = evidence.choose("border", lambda color, _share: is_neutral(color) and contrast(color, ground) >= least)
    return {("border", "default"): default, ("border", "strong"): strong}


def _meanings(evidence: Evidence, accents: Collection[str]) -> Named:
    """Return the colours that say something, and of text on them; pictures of a product often show its accent too."""
    named: Named = {}
    for role in MEANINGS:
        if role == "accent":
            choice = evidence.choose(role, lambda color, _share: color_family(color) in accents, beside="graphic")
        else:
            choice = evidence.choose(role)
        named[role, "default"] = choice
        named["text", f"on-{role}"] = choice and evidence.choose_on(evidence.color(choice))
    return named


def _shapes(evidence: Evidence) -> Iterator[tuple[Path, Choice]]:
    """Yield the radius and the grey border that most boxes have."""
    radii = [token for token in _of(evidence, "radius") if _is_corner(token)]
    lines = [token for token in _of(evidence, "border") if _is_grey_line(token, evidence.tokens)]
    for group, tokens in (("radius", radii), ("border", lines)):
        choice = evidence.choose_token(tokens)
        if choice is not None:
            yield (group, "default"), choice


def _is_corner(token: Token) -> bool:
    return isinstance(token.value, Dimension) and 0 < pixels(token.value) < FULL_RADIUS_PX


def _is_grey_line(token: Token, tokens: TokenSet) -> bool:
    """Return whether a border is neutral: others are around what is chosen, or wrong."""
    color = tokens.end_of(token.value.color) if isinstance(token.value, Border) else None
    return isinstance(color, Color) and is_neutral(color)


def _styles(evidence: Evidence) -> Iterator[tuple[Path, Choice]]:
    """Yield the style of most text, of most text that is smaller, of most that is larger, and the largest."""
    sizes = {token.path: _font_size(token, evidence.tokens) for token in _of(evidence, "typography")}
    tokens = [token for token in _of(evidence, "typography") if sizes[token.path] > 0]
    body = evidence.choose_token(tokens)
    if body is None:
        return
    yield ("typography", "body"), body
    size = sizes[body.token.path]
    largest = max(sizes.values())
    for name, which in (
        ("caption", [token for token in tokens if sizes[token.path] < size]),
        ("heading", [token for token in tokens if size < sizes[token.path]]),
        ("title", [token for token in tokens if size < sizes[token.path] == largest]),
    ):
        choice = evidence.choose_token(which)
        if choice is not None:
            yield ("typography", name), choice


def _of(evidence: Evidence, group: str) -> list[Token]:
    return [token for token in evidence.tokens if token.path[0] == group and not isinstance(token.value, Alias)]


def _font_size(token: Token, tokens: TokenSet) -> float:
    """Return the size of a style of text in CSS pixels; 0 if it is not known."""
    if token.type is not TokenType.TYPOGRAPHY or not isinstance(token.value, Typography):
        return 0.0
    size = tokens.end_of(token.value.font_size)
    return pixels(size) if isinstance(size, Dimension) else 0.0
