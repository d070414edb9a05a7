"""What a file says about a design, as far as rules about people ask: its colours, and text on them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import attrs
import coloraide

from copy_that_orch.tokens.alias import Alias
from copy_that_orch.tokens.color import Color
from copy_that_orch.tokens.dtcg.plain import is_number
from copy_that_orch.tokens.dtcg.references import References
from copy_that_orch.tokens.dtcg.syntax import Syntax
from copy_that_orch.tokens.formats.w3c import EXTENSION
from copy_that_orch.tokens.model import ContrastPair, Provenance, Token, TokenSet, TokenType

_IN_PERCENT: Final = ("hsl", "hwb")
"""Spaces whose second and third components the format gives in 0 to 100, and ColorAide in 0 to 1."""


def design_of(references: References) -> TokenSet:
    """Return the colours of a file, and the pairs of text and background that this package wrote into it.

    Colours that are not sRGB become the nearest that are. What is broken is left out: other checks tell it.
    """
    return TokenSet(_colors(references), _pairs(references.document.root))


def _colors(references: References) -> Iterator[Token]:
    syntax = Syntax(references)
    for entry in references.document.entries.values():
        if references.type_of(entry.path) == "color" and not any(syntax.faults(entry.value, "color")):
            reference = references.follow(entry.value)
            whole = None if reference is None else reference.path
            value = _color(references.final(entry.value)[0], references) if whole is None else Alias(whole)
            yield Token(entry.path, TokenType.COLOR, value)


def _color(value: dict[str, Any], references: References) -> Color:
    """Return a sound colour in sRGB, in 8 bits: so it is equal to what was rounded to four decimals."""
    space, components = references.final(value["colorSpace"])[0], references.final(value["components"])[0]
    numbers = [number if is_number(number) else 0.0 for number in (references.final(part)[0] for part in components)]
    if space in _IN_PERCENT:
        numbers[1:] = [number / 100 for number in numbers[1:]]
    alpha, _ = references.final(value.get("alpha", 1))
    red, green, blue = coloraide.Color(space, numbers).convert("srgb").clip().coords(nans=False)
    return attrs.evolve(Color.from_bytes(*Color(red, green, blue).channels), alpha=alpha)


def _pairs(root: Any) -> Iterator[ContrastPair]:
    ours = root.get("$extensions", {}).get(EXTENSION) if isinstance(root.get("$extensions"), dict) else None
    pairs = ours.get("contrast") if isinstance(ours, dict) else None
    for pair in pairs if isinstance(pairs, list) else ():
        try:
            written = {"provenance": (), **pair}
            yield ContrastPair(
                text=Color.from_hex(written["text"]),
                background=Color.from_hex(written["background"]),
                provenance=[Provenance(one["image"], one["agent"], one["count"]) for one in written["provenance"]],
                font_size=written["fontSize"]["value"] if "fontSize" in written else None,
                bold=written.get("bold") is True,
            )
        except (TypeError, ValueError, KeyError):  # somebody else wrote there, or changed what we wrote
            continue
