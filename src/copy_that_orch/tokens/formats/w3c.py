"""A token set as a file of the Design Tokens format 2025.10, in JSON.

The format leaves choices; these are the ones that Terrazzo, Style Dictionary and the published JSON schema all read:
`$type` on every token, colours as sRGB objects with `hex`, lengths as `{value, unit}`, references to whole tokens only.
What the format has no place for stands under `$extensions`, as it asks for.

Source:
  Design Tokens Format Module 2025.10, https://www.designtokens.org/tr/2025.10/format/
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final, assert_never

from copy_that_orch.tokens.alias import Alias, Path
from copy_that_orch.tokens.border import Border, StrokeStyle
from copy_that_orch.tokens.color import Color
from copy_that_orch.tokens.contrast import level, pair_ratio, required_ratio, shown
from copy_that_orch.tokens.dimension import Dimension, Number, plain
from copy_that_orch.tokens.formats.modes import USUAL, overrides
from copy_that_orch.tokens.formats.tree import as_json, camel_case, nested
from copy_that_orch.tokens.gradient import Gradient, GradientStop
from copy_that_orch.tokens.model import ContrastPair, Finding, Provenance, Screen, Token, TokenSet
from copy_that_orch.tokens.naming import kebab
from copy_that_orch.tokens.quality import Quality, set_quality, token_quality
from copy_that_orch.tokens.rules import require_sound
from copy_that_orch.tokens.shadow import Shadow, ShadowLayer
from copy_that_orch.tokens.typography import FontFamily, FontWeight, Typography
from copy_that_orch.tokens.values import COMPOSITES, Value

SCHEMA: Final = "https://www.designtokens.org/schemas/2025.10/format.json"

RESOLVER_SCHEMA: Final = "https://www.designtokens.org/schemas/2025.10/resolver.json"

EXTENSION: Final = "io.github.copy-that-orch"
"""Key of what is ours under `$extensions`; the format asks for a reverse domain name.

- On a token: `confidence` (0 to 1), `quality` (`score`, 0 to 1, and `reasons`, see `tokens.quality`), `usage`
  (`count`, and `images`, in how many), `provenance` (`image`, `agent`, `count`, and if they are known `role` and `box`:
  left, top, right, bottom in pixels), and the `angle` of a gradient in degrees as CSS counts them.
- On the file: `quality`; `contrast`, the pairs of text and background, with the `level` of WCAG 2.2 that they reach;
  `findings`; and `screens`, the screenshots; each only if there are any.
"""

Json = dict[str, Any]


def write(tokens: TokenSet) -> str:
    """Return the file: the same text for equal sets, ending with a newline.

    Colour components have four decimals, which is enough for all 8-bit colours to come back the same.

    Raises:
      UnsoundTokensError: if the set breaks the format.
    """
    require_sound(tokens)
    qualities = {token.path: token_quality(token, tokens) for token in tokens}
    return as_json(_document(_about_set(tokens), tokens, qualities))


def others(tokens: TokenSet) -> dict[str, str]:
    """Return a file for each mode with what is different there, and the resolver document that puts them together.

    Source:
      Design Tokens Resolver Module 2025.10, https://www.designtokens.org/tr/2025.10/resolver/
    """
    if not tokens.modes:
        return {}
    names = {mode: f"tokens.{kebab(mode)}.json" for mode in tokens.modes}
    files = {names[mode]: as_json(_document({}, overrides(tokens, mode), {})) for mode in tokens.modes}
    contexts = {USUAL: [], **{mode: [{"$ref": name}] for mode, name in names.items()}}
    resolver = {
        "$schema": RESOLVER_SCHEMA,
        "version": "2025.10",
        "sets": {"base": {"sources": [{"$ref": "tokens.json"}]}},
        "modifiers": {"mode": {"contexts": contexts, "default": USUAL}},
        "resolutionOrder": [{"$ref": "#/sets/base"}, {"$ref": "#/modifiers/mode"}],
    }
    return {**files, "tokens.resolver.json": as_json(resolver)}


def _document(about_set: Json, tokens: Iterable[Token], qualities: Mapping[Path, Quality]) -> Json:
    extensions = {"$extensions": {EXTENSION: about_set}} if about_set else {}
    written = ((token.path, _token(token, qualities.get(token.path))) for token in tokens)
    return nested(written, into={"$schema": SCHEMA, **extensions})


def color_object(color: Color) -> Json:
    """Return `color` as the format writes it."""
    components = [plain(channel, 4) for channel in (color.red, color.green, color.blue)]
    return {"colorSpace": "srgb", "components": components, "alpha": plain(color.alpha, 4), "hex": color.hex}


def _token(token: Token, quality: Quality | None) -> Json:
    written: Json = {"$type": token.type.value, "$value": _value(token.value)}
    if token.description is not None:
        written["$description"] = token.description
    ours = {
        "confidence": plain(token.confidence, 4),
        **({"quality": _quality(quality)} if quality else {}),
        **_angle(token.value),
        **_sightings(token.provenance),
    }
    return {**written, "$extensions": {EXTENSION: ours}}


def _quality(quality: Quality) -> Json:
    return {"score": plain(quality.score, 4), "reasons": list(quality.reasons)}


def _value(value: Value | Alias) -> Any:
    match value:
        case Alias() | StrokeStyle():
            return str(value)
        case Color():
            return color_object(value)
        case Dimension():
            return {"value": plain(value.value, 4), "unit": value.unit.value}
        case Number() | FontWeight():
            return plain(value.value, 3)
        case FontFamily(names=names):
            return names[0] if len(names) == 1 else list(names)
        case Typography() | Border() | Shadow() | Gradient():
            return _composite(value)
        case _:  # pragma: no cover -- mypy proves that there is no other
            assert_never(value)


def _record(record: Typography | Border | ShadowLayer | GradientStop) -> Json:
    return {camel_case(attribute): _value(getattr(record, attribute)) for attribute in COMPOSITES[type(record)]}


def _composite(value: Typography | Border | Shadow | Gradient) -> Json | list[Json]:
    match value:
        case Typography() | Border():
            return _record(value)
        case Shadow():
            layers = [{**_record(layer), **({"inset": True} if layer.inset else {})} for layer in value.layers]
            return layers[0] if len(layers) == 1 else layers
        case Gradient():
            return [{**_record(stop), "position": plain(stop.position, 4)} for stop in value.stops]
        case _:  # pragma: no cover -- mypy proves that there is no other
            assert_never(value)


def _angle(value: Value | Alias) -> Json:
    """Return the angle of a gradient that has one."""
    if not isinstance(value, Gradient) or value.angle is None:
        return {}
    return {"angle": plain(value.angle, 2)}


def _about_set(tokens: TokenSet) -> Json:
    about: Json = {"quality": _quality(set_quality(tokens))} if tokens.tokens else {}
    if tokens.pairs:
        about["contrast"] = [_pair(pair) for pair in tokens.pairs]
    if tokens.findings:
        about["findings"] = [_finding(finding) for finding in tokens.findings]
    if tokens.screens:
        about["screens"] = [_screen(screen) for screen in tokens.screens]
    return about


def _pair(pair: ContrastPair) -> Json:
    size = {} if pair.font_size is None else {"fontSize": _value(Dimension(pair.font_size)), "bold": pair.bold}
    return {
        "text": pair.text.hex_with_alpha,
        "background": pair.background.hex_with_alpha,
        "ratio": shown(pair_ratio(pair)),
        "required": required_ratio(pair),
        "level": level(pair),
        **size,
        **_sightings(pair.provenance),
    }


def _finding(finding: Finding) -> Json:
    return {
        "severity": finding.severity.value,
        "code": finding.code,
        "path": finding.path,
        "message": finding.message,
    }


def _screen(screen: Screen) -> Json:
    return {
        "image": screen.image,
        "theme": screen.theme.value,
        "width": screen.width,
        "height": screen.height,
        "scale": plain(screen.scale, 4),
    }


def _sightings(provenance: Iterable[Provenance]) -> Json:
    """Return how often and where something was seen; nothing if that is not known."""
    entries = [_sighting(seen) for seen in provenance]
    if not entries:
        return {}
    images = {entry["image"] for entry in entries}
    return {
        "usage": {"count": sum(seen.count for seen in provenance), "images": len(images)},
        "provenance": entries,
    }


def _sighting(seen: Provenance) -> Json:
    role = {"role": seen.role} if seen.role else {}
    box = {"box": list(seen.box)} if seen.box else {}
    return {"image": seen.image, "agent": seen.agent, "count": seen.count, **role, **box}
