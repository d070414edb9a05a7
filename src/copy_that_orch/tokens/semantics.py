"""Tokens that say what a colour is for: `color.text.default` refers to `color.neutral.900`.

They are made from how primitive tokens were seen to be used, see `evidence`. Where light and dark screens were seen,
the light ones say what a token usually refers to, and the dark ones what it refers to in the mode "dark".
"""

from __future__ import annotations

import math
from collections.abc import Collection
from typing import Final

import attrs

from copy_that_orch.tokens.alias import Alias, Path
from copy_that_orch.tokens.border import Border
from copy_that_orch.tokens.color import Color
from copy_that_orch.tokens.color_names import FAMILIES, color_family
from copy_that_orch.tokens.evidence import Choice, Choices, Evidence, contrast
from copy_that_orch.tokens.model import Theme, Token, TokenSet
from copy_that_orch.tokens.usual import usual_border, usual_radius, usual_styles

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
ON: Final = "on-"
"""How the name of what is written on such a colour begins."""

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
    Grounds, text and borders that only dark screens show, beside light ones, are left out: they are for the dark only.
    """
    dark = {screen.image for screen in tokens.screens if screen.theme is Theme.DARK}
    seen_in = {image for token in tokens for image in token.images}
    if seen_in <= dark:
        dark = set()  # a product that is dark has no other mode
    everywhere, in_light = Evidence(tokens, seen_in), Evidence(tokens, seen_in - dark)
    colors = _colors(in_light)
    accent, line = colors.get(("color", "accent", "default")), colors.get(("color", "border", "default"))
    # A product has one accent: on a few dark screens, another colour may happen to be seen more.
    accents = FAMILIES if accent is None else (color_family(in_light.color(accent)),)
    shapes = {**usual_radius(everywhere), **usual_border(in_light, line), **usual_styles(everywhere)}
    return _extended(tokens, {**colors, **shapes}, _colors(Evidence(tokens, dark), accents))


def _extended(tokens: TokenSet, usual: Choices, in_dark: Choices) -> TokenSet:
    made = []
    for path in sorted(usual.keys() | {path for path in in_dark if _is_for_both(path)}):
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


def _is_for_both(path: Path) -> bool:
    """Return whether a colour that only dark screens show may stand for the light too.

    One that means something does, and what is written on it. Grounds, text and lines of the dark cannot be read there.
    """
    return path[1] in MEANINGS or path[-1].startswith(ON)


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
        named["text", f"{ON}{role}"] = choice and evidence.choose_on(evidence.color(choice))
    return named
