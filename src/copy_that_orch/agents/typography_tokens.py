"""Tokens of what text is set in: of one screenshot, and of all of a product together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

import attrs

from copy_that_orch.imaging.lettering import Lettering
from copy_that_orch.imaging.text_styles import TextStyle, Typesetting, find_styles
from copy_that_orch.tokens.alias import Alias
from copy_that_orch.tokens.dimension import Dimension, Number
from copy_that_orch.tokens.model import Provenance, Token, TokenSet
from copy_that_orch.tokens.typography import FontFamily, FontWeight, Typography
from copy_that_orch.tokens.values import TokenType, Value

AGENT: Final = "extract.typography"
"""What stands in the provenance of these tokens, whether they are of one screenshot or of all."""
MEASUREMENTS: Final = (Lettering,)
"""Classes of what is handed on from screenshots to aggregation, which a store of results has to know."""
STACKS: Final[Mapping[str, FontFamily]] = {
    "sans": FontFamily(("system-ui", "sans-serif")),
    "serif": FontFamily(("ui-serif", "Georgia", "serif")),
    "mono": FontFamily(("ui-monospace", "Menlo", "monospace")),
}
"""What stands for a font of each kind: fonts that are there, on any system. No picture tells a font for sure."""
LIKELY: Final = 0.5
"""Chance from which the description of the family says which font it looks like."""
GUESSED: Final = 0.5
"""How much surer a style is whose line height was measured than one whose line height is a guess."""


def typography_tokens(found: Typesetting) -> Iterator[Token]:
    """Yield `typography.…` for each style of text, and what it is made of.

    These are `font-size.…` in CSS pixels, `font-weight.…`, `line-height.…` in font sizes where it was measured, and
    `font-family.…`. The provenance counts lines of text.
    """
    styles = found.styles
    for size, group in _grouped(styles, [style.size for style in styles]):
        yield _token(("font-size", f"{size:g}"), TokenType.DIMENSION, Dimension(size), group)
    for weight, group in _grouped(styles, [style.weight for style in styles]):
        token = _token(("font-weight", str(weight)), TokenType.FONT_WEIGHT, FontWeight(weight), group)
        yield attrs.evolve(token, confidence=max(style.weight_sure for style in group))
    for kind, group in _grouped(styles, [style.kind for style in styles]):
        token = _token(("font-family", kind), TokenType.FONT_FAMILY, STACKS[kind], group)
        largest = kind == max(styles, key=lambda style: style.letters).kind
        seems = f"Looks like {found.font}." if largest and found.sure >= LIKELY else None
        yield attrs.evolve(token, description=seems)
    measured = [style for style in styles if style.measured]
    for height, group in _grouped(measured, [style.line_height for style in measured]):
        yield _token(("line-height", f"{height:g}"), TokenType.NUMBER, Number(height), group)
    for style in styles:
        token = _token(
            ("typography", f"{style.size:g}-{style.weight}-{style.kind}"),
            TokenType.TYPOGRAPHY,
            Typography(
                font_family=Alias(("font-family", style.kind)),
                font_size=Alias(("font-size", f"{style.size:g}")),
                font_weight=Alias(("font-weight", str(style.weight))),
                letter_spacing=Dimension(0),
                line_height=Number(style.line_height),
            ),
            [style],
        )
        yield token if style.measured else attrs.evolve(token, confidence=GUESSED * token.confidence)


def with_joint_typography(sets: Sequence[TokenSet]) -> list[TokenSet]:
    """Return `sets`, with what text is set in measured anew on all screenshots together where several have text.

    What a word is set in may be doubtful on one screenshot and clear beside another one. The order does not matter.
    """
    letterings = [one for tokens in sets for one in tokens.measurements if isinstance(one, Lettering) and one.lines]
    if len(letterings) < 2:
        return list(sets)
    letterings.sort(key=lambda one: (one.image, repr(one)))
    others = [
        attrs.evolve(
            tokens,
            tokens=[token for token in tokens if not all(seen.agent == AGENT for seen in token.provenance)],
            measurements=[one for one in tokens.measurements if not isinstance(one, Lettering)],
        )
        if any(isinstance(one, Lettering) for one in tokens.measurements)
        else tokens
        for tokens in sets
    ]
    return [*others, TokenSet(typography_tokens(find_styles(letterings)))]


def _token(path: tuple[str, str], kind: TokenType, value: Value, styles: list[TextStyle]) -> Token:
    return Token(
        path=path,
        type=kind,
        value=value,
        confidence=max(style.confidence for style in styles),
        provenance=[
            Provenance(place.image, AGENT, place.lines, box=place.box) for style in styles for place in style.places
        ],
    )


def _grouped(styles: Iterable[TextStyle], keys: Iterable[Hashable]) -> Iterator[tuple[Any, list[TextStyle]]]:
    groups: dict[Hashable, list[TextStyle]] = defaultdict(list)
    for style, key in zip(styles, keys, strict=True):
        groups[key].append(style)
    return iter(groups.items())
