"""Whether text can be read on what is behind it, by WCAG 2.2."""

from __future__ import annotations

import math
from typing import Final

from copy_that_orch.tokens.color import Color, contrast_ratio
from copy_that_orch.tokens.model import ContrastPair

NORMAL_TEXT: Final = 4.5
LARGE_TEXT: Final = 3.0
ENHANCED_TEXT: Final = 7.0
ENHANCED_LARGE_TEXT: Final = 4.5
LARGE_PX: Final = 24.0
"""18 points; a point is 4/3 CSS pixels."""
LARGE_BOLD_PX: Final = 18.66
"""14 points, as WCAG's own documents round it."""

_CANVAS = Color(1.0, 1.0, 1.0)


def is_large(pair: ContrastPair) -> bool:
    """Return whether the text is large as WCAG has it; not if its size is not known.

    Source:
      WCAG 2.2, "large scale": https://www.w3.org/TR/WCAG22/#dfn-large-scale
    """
    return pair.font_size is not None and pair.font_size >= (LARGE_BOLD_PX if pair.bold else LARGE_PX)


def required_ratio(pair: ContrastPair) -> float:
    """Return the contrast that level AA asks for: 3.0 for large text, 4.5 for other text and if the size is not known.

    Source:
      WCAG 2.2, success criterion 1.4.3: https://www.w3.org/TR/WCAG22/#contrast-minimum
    """
    return LARGE_TEXT if is_large(pair) else NORMAL_TEXT


def enhanced_ratio(pair: ContrastPair) -> float:
    """Return the contrast that level AAA asks for: 4.5 for large text, 7.0 for other text and if the size is not known.

    Source:
      WCAG 2.2, success criterion 1.4.6: https://www.w3.org/TR/WCAG22/#contrast-enhanced
    """
    return ENHANCED_LARGE_TEXT if is_large(pair) else ENHANCED_TEXT


def level(pair: ContrastPair) -> str:
    """Return the level of WCAG 2.2 that the pair reaches: "AAA", "AA", or "fail"."""
    ratio = pair_ratio(pair)
    if ratio >= enhanced_ratio(pair):
        return "AAA"
    return "AA" if ratio >= required_ratio(pair) else "fail"


def pair_ratio(pair: ContrastPair) -> float:
    """Return the contrast of the colours as they are seen, from 1.0 to 21.0, not rounded.

    Text with alpha is laid over its background first, and a background with alpha over white, as browsers do where
    nothing else is behind it: the ratio is defined for opaque colours only.
    """
    background = pair.background.over(_CANVAS)
    return contrast_ratio(pair.text.over(background), background)


def shown(ratio: float) -> float:
    """Return `ratio` with two decimals for people, rounded down: 4.499 fails and must not read 4.5."""
    return math.floor(ratio * 100) / 100
