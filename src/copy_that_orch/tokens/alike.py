"""Which shadows and which gradients are one: what is fitted to pixels differs a little from screen to screen."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Final

import attrs

from copy_that_orch.tokens.alias import Alias
from copy_that_orch.tokens.color import Color
from copy_that_orch.tokens.difference import ciede2000, to_lab
from copy_that_orch.tokens.dimension import Dimension
from copy_that_orch.tokens.gradient import Gradient
from copy_that_orch.tokens.model import TokenSet
from copy_that_orch.tokens.shadow import Shadow, ShadowLayer

OFFSET: Final = 1.0
BLUR: Final = 2.0
BLUR_SHARE: Final = 0.25
"""How much shadows that are one differ at most in offsets and in blur, in pixels, or in blur as a share of it."""
ALPHA: Final = 0.05
DARKER: Final = 0.015
DARKER_SHARE: Final = 0.12
"""How much what shadows take from a channel of white differs at most, of 1.0, or as a share of it."""
ANGLE: Final = 2.0
POSITION: Final = 0.05
"""The same for the alpha of shadows, and for angles in degrees and the places of the stops of gradients."""
COLOR: Final = 2.0
"""The same for the colours of both, CIEDE2000."""


def unify(sources: Sequence[TokenSet]) -> list[TokenSet]:
    """Return `sources`, shadows and gradients that look alike replaced by the one of them that was seen most.

    Of a shadow its first layer counts, which is its strongest: where several layers cannot be told apart, each fit
    shares the rest out anew. The result does not depend on the order of `sources`.
    """
    weights: dict[Shadow | Gradient, tuple[int, float]] = defaultdict(lambda: (0, 0.0))
    for token in (token for source in sources for token in source):
        if isinstance(token.value, Shadow | Gradient):
            weight, confidence = weights[token.value]
            weights[token.value] = weight + token.weight, max(confidence, token.confidence)
    standing: list[Shadow | Gradient] = []
    taken_for: dict[object, Shadow | Gradient] = {}
    for value in sorted(weights, key=lambda value: (-weights[value][0], -weights[value][1], repr(value))):
        taken_for[value] = next((other for other in standing if _alike(value, other)), value)
        if taken_for[value] is value:
            standing.append(value)
    return [
        attrs.evolve(
            source,
            tokens=[
                attrs.evolve(token, value=taken_for[token.value])
                if isinstance(token.value, Shadow | Gradient)
                else token
                for token in source
            ],
        )
        for source in sources
    ]


def _alike(one: Shadow | Gradient, other: Shadow | Gradient) -> bool:
    if isinstance(one, Gradient):
        return isinstance(other, Gradient) and _alike_gradients(one, other)
    return isinstance(other, Shadow) and bool(one.layers and other.layers) and _alike_layers(one, other)


def _alike_layers(one: Shadow, other: Shadow) -> bool:
    first, second = one.layers[0], other.layers[0]
    (x, y, blur), (other_x, other_y, other_blur) = _lengths(first), _lengths(second)
    return (
        first.inset == second.inset
        and abs(x - other_x) <= OFFSET
        and abs(y - other_y) <= OFFSET
        and abs(blur - other_blur) <= max(BLUR, BLUR_SHARE * other_blur)
        and (_alike_colors(first.color, second.color) or _darken_alike(first.color, second.color))
    )


def _darken_alike(one: Color | Alias, other: Color | Alias) -> bool:
    """Return whether shadows of these colours take as much from white: a picture hardly tells dark from see-through."""
    if isinstance(one, Alias) or isinstance(other, Alias):
        return False
    first, second = (
        [color.alpha * (1 - part) for part in (color.red, color.green, color.blue)] for color in (one, other)
    )
    return all(abs(a - b) <= max(DARKER, DARKER_SHARE * b) for a, b in zip(first, second, strict=True))


def _lengths(layer: ShadowLayer) -> tuple[float, float, float]:
    """Return offsets and blur; what refers to a token is like nothing."""
    x, y, blur = (
        length.value if isinstance(length, Dimension) else float("nan")
        for length in (layer.offset_x, layer.offset_y, layer.blur)
    )
    return x, y, blur


def _alike_gradients(one: Gradient, other: Gradient) -> bool:
    angles = (one.angle, other.angle)
    if None in angles or len(one.stops) != len(other.stops):
        return False
    turn = abs((angles[0] or 0.0) - (angles[1] or 0.0)) % 360
    return min(turn, 360 - turn) <= ANGLE and all(
        abs(stop.position - same.position) <= POSITION and _alike_colors(stop.color, same.color)
        for stop, same in zip(one.stops, other.stops, strict=True)
    )


def _alike_colors(one: Color | Alias, other: Color | Alias) -> bool:
    if isinstance(one, Alias) or isinstance(other, Alias):
        return one == other
    if abs(one.alpha - other.alpha) > ALPHA:
        return False
    return float(ciede2000(to_lab([one]), to_lab([other]))[0]) <= COLOR
