"""Does a confidence mean something? Bins of confidence against the share of hits among the tokens in them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

import attrs
from bench_folder import Judged

BINS = 10
SIDE, MARGIN, GAP = 150, 34, 26
"""Of one panel, in pixels: its side, what is left for labels, the gap to the next."""


@attrs.frozen(kw_only=True)
class Bin:
    """The tokens whose confidence lies in one range.

    Attributes:
      confidence: Mean of theirs.
      hits: Share of them that is right.
      count: How many they are.
    """

    confidence: float
    hits: float
    count: int


def bins(tokens: Iterable[Judged]) -> list[Bin]:
    """Return the bins that are not empty, from the least confidence up."""
    groups: dict[int, list[Judged]] = {}
    for token in tokens:
        groups.setdefault(min(int(token.confidence * BINS), BINS - 1), []).append(token)
    return [
        Bin(
            confidence=sum(token.confidence for token in group) / len(group),
            hits=sum(token.hit for token in group) / len(group),
            count=len(group),
        )
        for _, group in sorted(groups.items())
    ]


def calibration_error(tokens: Sequence[Judged]) -> float:
    """Return the expected calibration error: how far hits lie off the confidence, weighed by count.

    Source:
      Guo, Pleiss, Sun, Weinberger: On Calibration of Modern Neural Networks (2017), section 2.
    """
    return sum(abs(one.hits - one.confidence) * one.count for one in bins(tokens)) / max(len(tokens), 1)


def reliability_svg(categories: dict[str, dict[str, list[Bin]]]) -> str:
    """Return a diagram with a panel per category: each of its series of bins as dots, which grow with their tokens."""
    colors = ("#2563eb", "#d97706")
    width, height = MARGIN + len(categories) * (SIDE + GAP), SIDE + 2 * MARGIN + 14
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}">',
        "<style>text { font: 11px sans-serif }</style>",
        '<rect width="100%" height="100%" fill="#fff"/>',
    ]
    for column, (category, series) in enumerate(categories.items()):
        left, top = MARGIN + column * (SIDE + GAP), MARGIN
        parts += [
            f'<g transform="translate({left} {top})"><text x="0" y="-10" font-weight="bold">{escape(category)}</text>',
            f'<rect width="{SIDE}" height="{SIDE}" fill="none" stroke="#999"/>',
            f'<line x1="0" y1="{SIDE}" x2="{SIDE}" y2="0" stroke="#bbb" stroke-dasharray="4 3"/>',
            f'<text x="0" y="{SIDE + 14}">0</text><text x="{SIDE}" y="{SIDE + 14}" text-anchor="end">1</text>',
        ]
        for color, found in zip(colors, series.values(), strict=False):
            parts += [
                f'<circle cx="{SIDE * one.confidence:.1f}" cy="{SIDE * (1 - one.hits):.1f}" '
                f'r="{2 + one.count**0.5 * 0.8:.1f}" fill="{color}" fill-opacity="0.55">'
                f"<title>{one.count} tokens: confidence {one.confidence:.2f}, hits {one.hits:.2f}</title></circle>"
                for one in found
            ]
        parts.append("</g>")
    names = next(iter(categories.values()), {})
    x = MARGIN
    for color, name in zip(colors, names, strict=False):
        y = SIDE + 2 * MARGIN
        parts.append(
            f'<circle cx="{x + 5}" cy="{y}" r="5" fill="{color}"/><text x="{x + 14}" y="{y + 4}">{name}</text>'
        )
        x += 40 + 7 * len(name)
    parts.append(f'<text x="{x + 10}" y="{SIDE + 2 * MARGIN + 4}">across: confidence; up: share of hits</text></svg>')
    return "\n".join(parts) + "\n"
