"""Rules about people who use a design: whether they can read its text, and tell apart what means different things.

What they find is a warning and never an error: the format is not broken, and a picture does not tell what is exempt.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Final

from copy_that_orch.tokens.color import Color
from copy_that_orch.tokens.contrast import pair_ratio, required_ratio, shown
from copy_that_orch.tokens.model import ContrastPair, Finding, Severity, TokenSet
from copy_that_orch.tokens.semantics import MEANINGS
from copy_that_orch.tokens.vision import confusions, difference

OPPOSED: Final = (("success", "danger"), ("success", "warning"), ("warning", "danger"), ("accent", "danger"))
"""What must not be confused: whether something went well, and whether a button destroys something."""


def text_can_be_read(tokens: TokenSet) -> Iterator[Finding]:
    """Every pair of text and background has the contrast that WCAG 2.2 asks for at level AA.

    Text of disabled parts, of logos and of decoration is exempt. Pairs that differ in size only are told once, by the
    ratio that they need.
    """
    names = {token.value: token.name for token in reversed(tokens.tokens)}
    failing: dict[tuple[Color, Color, float], list[ContrastPair]] = defaultdict(list)
    for pair in tokens.pairs:
        if pair_ratio(pair) < required_ratio(pair):
            failing[pair.text, pair.background, required_ratio(pair)].append(pair)
    for (text, background, required), pairs in failing.items():
        ratio = shown(pair_ratio(pairs[0]))
        images = sorted({seen.image for pair in pairs for seen in pair.provenance})
        seen = sum(pair.weight for pair in pairs)
        times = "once, in" if seen == 1 else f"{seen} times, first in"
        where = f"; seen {times} {images[0]!r}" if images else ""
        yield Finding(
            Severity.WARNING,
            "contrast",
            names.get(text, ""),
            f"text {text.hex_with_alpha} on {background.hex_with_alpha} has a contrast of {ratio:.2f}:1, "
            f"below the {required:g}:1 of WCAG 2.2, 1.4.3{where}",
        )


def meanings_can_be_told_apart(tokens: TokenSet) -> Iterator[Finding]:
    """Colours that say different things differ for people with a colour vision deficiency too, in every mode.

    WCAG 2.2, 1.4.1 asks that colour is not the only thing that tells: where it is not, all is well.
    """
    told: set[tuple[str, str, Color, Color]] = set()
    for mode in ("", *tokens.modes):
        there = tokens.in_mode(mode) if mode else tokens
        meanings = _meanings(there)
        for one, other in OPPOSED:
            first, second = meanings.get(one), meanings.get(other)
            if first is None or second is None or (one, other, first, second) in told:
                continue
            alike = confusions(first, second)
            if alike:
                told.add((one, other, first, second))
                yield Finding(
                    Severity.WARNING,
                    "color-blind",
                    f"color.{one}.default",
                    f"{one} {first.hex} and {other} {second.hex} look alike with {' and '.join(alike)}"
                    f"{f' in mode {mode}' if mode else ''}: a CIEDE2000 of {min(alike.values()):.1f}, "
                    f"{difference(first, second):.1f} to others; tell them apart by shape or words too",
                )


def _meanings(tokens: TokenSet) -> dict[str, Color]:
    """Return the opaque colours of what means something, by name."""
    found = {}
    for name in MEANINGS:
        token = tokens.get(("color", name, "default"))
        value = None if token is None else tokens.end_of(token.value)
        if isinstance(value, Color) and value.alpha == 1:
            found[name] = value
    return found
