"""Which text stands on what: the pairs of a token set as a table."""

from __future__ import annotations

from collections import Counter

import attrs

from copy_that_orch.tokens.alias import Alias, dotted
from copy_that_orch.tokens.color import Color
from copy_that_orch.tokens.contrast import NORMAL_TEXT, level, pair_ratio, required_ratio, shown
from copy_that_orch.tokens.formats.html.cards import resolved
from copy_that_orch.tokens.model import ContrastPair, TokenSet


@attrs.frozen(kw_only=True)
class Ink:
    """A colour of text or behind it: its value, the name of a token that has it, and the class that paints it."""

    hex: str
    name: str
    rule: str


@attrs.frozen(kw_only=True)
class Cell:
    """A pair that occurs.

    Attributes:
      text, background: Its colours.
      ratio: Their contrast with two decimals, rounded down.
      verdict: "AAA", "AA", "AA large" (enough for the large text that it was seen as) or "fail".
      lines: Lines of text that it was seen on.
      sizes: Of the text, e.g. "14 to 16 px"; empty if they are not known.
    """

    text: Ink
    background: Ink
    ratio: str
    verdict: str
    lines: int
    sizes: str


@attrs.frozen(kw_only=True)
class Matrix:
    """The pairs: a row for each colour of text, a column for each behind it, those that were seen most first."""

    backgrounds: tuple[Ink, ...]
    rows: tuple[tuple[Ink, tuple[Cell | None, ...]], ...]

    @property
    def cells(self) -> tuple[Cell, ...]:
        """The pairs that occur, row by row."""
        return tuple(cell for _, row in self.rows for cell in row if cell)


def matrix_of(tokens: TokenSet) -> Matrix:
    """Return the pairs of `tokens` as a table; those that differ in size or weight only are one."""
    found: dict[tuple[Color, Color], list[ContrastPair]] = {}
    for pair in tokens.pairs:
        found.setdefault((pair.text, pair.background), []).append(pair)
    # Of several names, that of a colour itself rather than one that refers to it.
    named = sorted(tokens, key=lambda token: isinstance(token.value, Alias))
    names = {resolved(tokens, token): dotted(token.path[1:]) or token.name for token in reversed(named)}
    texts = _by_weight(tokens, "text")
    grounds = _by_weight(tokens, "background")
    inks = {
        color: Ink(hex=color.hex_with_alpha, name=names.get(color, ""), rule=f"i{index}")
        for index, color in enumerate(dict.fromkeys((*texts, *grounds)))
    }
    return Matrix(
        backgrounds=tuple(inks[ground] for ground in grounds),
        rows=tuple(
            (inks[text], tuple(_cell(inks[text], inks[ground], found.get((text, ground), [])) for ground in grounds))
            for text in texts
        ),
    )


def _by_weight(tokens: TokenSet, attribute: str) -> list[Color]:
    lines: Counter[Color] = Counter()
    for pair in tokens.pairs:
        lines[getattr(pair, attribute)] += max(1, pair.weight)
    return [color for color, _ in lines.most_common()]


def _cell(text: Ink, background: Ink, pairs: list[ContrastPair]) -> Cell | None:
    if not pairs:
        return None
    strictest = max(pairs, key=required_ratio)
    ratio, verdict = pair_ratio(strictest), level(strictest)
    sizes = sorted({round(pair.font_size) for pair in pairs if pair.font_size is not None})
    span = f"{sizes[0]} to {sizes[-1]}" if len(sizes) > 1 else "".join(map(str, sizes))
    return Cell(
        text=text,
        background=background,
        ratio=f"{shown(ratio):.2f}",
        verdict="AA large" if verdict == "AA" and ratio < NORMAL_TEXT else verdict,
        lines=sum(pair.weight for pair in pairs),
        sizes=f"{span} px" if sizes else "",
    )
