"""Contrast of text and background."""

from __future__ import annotations

import pytest

from copy_that_orch.tokens.color import Color
from copy_that_orch.tokens.contrast import level, pair_ratio, required_ratio
from copy_that_orch.tokens.model import ContrastPair

WHITE, BLACK = Color(1, 1, 1), Color(0, 0, 0)


@pytest.mark.parametrize(
    ("size", "bold", "required"),
    [(None, False, 4.5), (None, True, 4.5), (23.9, False, 4.5), (24, False, 3), (18.65, True, 4.5), (18.66, True, 3)],
)
def test_large_text_needs_less(size: float | None, bold: bool, required: float) -> None:
    """From 24 pixels on, bold from 18.66; text of unknown size is taken for small."""
    assert required_ratio(ContrastPair(BLACK, WHITE, font_size=size, bold=bold)) == required


@pytest.mark.parametrize(
    ("grey", "size", "expected"),
    [
        ("#595959", None, "AAA"),
        ("#5a5a5a", None, "AA"),
        ("#767676", None, "AA"),
        ("#777777", None, "fail"),
        ("#767676", 24, "AAA"),
        ("#777777", 24, "AA"),
        ("#949494", 24, "AA"),
        ("#959595", 24, "fail"),
    ],
)
def test_levels_are_those_of_wcag(grey: str, size: float | None, expected: str) -> None:
    """7 and 4.5 for AAA, 4.5 and 3 for AA; nothing is rounded up: #777777 has 4.478, #959595 has 2.995."""
    assert level(ContrastPair(Color.from_hex(grey), WHITE, font_size=size)) == expected


def test_colours_are_compared_as_they_are_seen() -> None:
    """Half black on white is grey; a background with alpha lies on white."""
    grey = Color(0.5, 0.5, 0.5)
    assert pair_ratio(ContrastPair(Color(0, 0, 0, 0.5), WHITE)) == pair_ratio(ContrastPair(grey, WHITE))
    assert pair_ratio(ContrastPair(BLACK, Color(0, 0, 0, 0.5))) == pair_ratio(ContrastPair(BLACK, grey))
    assert pair_ratio(ContrastPair(Color(0, 0, 0, 0), WHITE)) == 1
    assert pair_ratio(ContrastPair(BLACK, Color(0.2, 0.4, 0.6, 0))) == pytest.approx(21)
