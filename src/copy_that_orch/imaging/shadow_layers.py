"""What box shadows take from the light beside the sides of a box, in tables of all shadows that are tried.

Lengths in style sheets are whole CSS pixels, so shadows of whole pixels are tried. All tables are shared by boxes with
the same scale; only the ends of a side and its distance from the opposite one differ.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Sequence
from typing import Final

import attrs
import numpy as np
from numpy.typing import NDArray

from copy_that_orch.imaging.arrays import Floats
from copy_that_orch.imaging.blurs import Drawn, blurred_edge
from copy_that_orch.imaging.ramps import BOTTOM, LEFT, REACH, RIGHT, TOP

BLURS: Final = (*range(41), 42, 44, 46, 48, 50, 52, 56, 60, 64, 72, 80)
DOWN: Final = tuple(range(-4, 33))
SPREADS: Final = tuple(range(-12, 9))
"""CSS pixels that are tried for blur, vertical offset and spread."""
MOST_ALPHA: Final = 0.95
"""Greatest alpha of a shadow."""
VISIBLE: Final = 4
"""Levels of 255 that a shadow changes at least; what is fainter is hardly seen, and its parts cannot be told."""
SPREAD: Final = 2.5
SHRUNK: Final = 1.0
LOW: Final = 2.5
ODD: Final = 0.5
NEGATIVE: Final = 4.0
"""How unlikely are a spread, each pixel by which it makes a shadow smaller than 0.3 of its blur, an offset that is
larger than the blur, an odd length, and a negative offset."""
SHARP: Final = 0.05
"""Stands for a blur of 0 where it divides."""
SEEN: Final = 64
"""CSS pixels beside a box in which shadows are compared."""
TAIL: Final = 4.0
"""Standard deviations beyond which nothing is left of a blurred edge."""
FIRST: Final = min(SPREADS) - max(DOWN)
OPPOSITE: Final = {TOP: BOTTOM, RIGHT: LEFT, BOTTOM: TOP, LEFT: RIGHT}

Indices = NDArray[np.intp]
Places = tuple[Indices, Indices, Indices]


@attrs.frozen(order=True)
class Layer:
    """One shadow. Lengths are in CSS pixels."""

    x: float
    y: float
    blur: float
    spread: float
    alpha: float


def moved_edges(aside: int) -> dict[int, Indices]:
    """Return for each side where the edges of layers lie, in `_places`, offsets x spreads; all are moved `aside`."""
    down, spread = np.array(DOWN), np.array(SPREADS)
    grown = {
        TOP: spread - down[:, None],
        RIGHT: np.broadcast_to(spread + aside, (len(down), len(spread))),
        BOTTOM: spread + down[:, None],
        LEFT: np.broadcast_to(spread - aside, (len(down), len(spread))),
    }
    return {side: places - FIRST for side, places in grown.items()}


def strongest_first(layers: Iterable[Layer]) -> tuple[Layer, ...]:
    """Return layers in the order of how much they darken."""
    return tuple(sorted(layers, key=lambda layer: -layer.alpha * (layer.blur + 1)))


def looks(layers: Sequence[Layer]) -> Floats:
    """Return how much layers take from the light beside the four sides of a large box, pixel by pixel."""
    kept = np.ones((4, SEEN))
    middle = np.arange(SEEN) + 0.5
    for layer in layers:
        moved = np.array([-layer.y, layer.x, layer.y, -layer.x])[:, None] + layer.spread
        kept *= 1 - layer.alpha * blurred_edge(moved - middle, max(layer.blur, SHARP) / 2, Drawn.TRUE)
    return 1 - kept


@attrs.frozen(eq=False)
class Shade:
    """How much of its light each pixel beside one side of a box has lost.

    Attributes:
      side: One of `ramps.TOP`, `RIGHT`, `BOTTOM`, `LEFT`.
      lost: From 0.0 to 1.0, the nearest pixel first.
      start: How far from the box that lies, in device pixels.
      ends: How far from the ends of the side they lie, its left or upper one first, in device pixels.
      deep: How far the opposite side lies from this one, in device pixels.
    """

    side: int
    lost: Floats
    start: int
    ends: tuple[float, float]
    deep: float


class Side:
    """What all layers that are tried take beside one side.

    Attributes:
      side: One of `ramps.TOP`, `RIGHT`, `BOTTOM`, `LEFT`.
      steps: Blurs x places of the edge x pixels: the share of a wide shadow whose edge lies there, in each pixel.
      moved: Offsets x spreads: the place of the edge.
      within: Blurs x offsets x spreads: how far the pixels lie within the shadow along the side.
    """

    def __init__(self, shade: Shade, scale: float, drawn: Drawn, blurs: int, moved: dict[int, Indices]) -> None:
        """Take what is seen there; `blurs` are tried, and `moved` are the places of the edges of all sides."""
        self.side = shade.side
        self.moved = moved[shade.side]
        self.steps = _all_edges(scale, drawn)[:blurs, :, shade.start : shade.start + len(shade.lost)]
        one, other = (LEFT, RIGHT) if shade.side in (TOP, BOTTOM) else (TOP, BOTTOM)
        first, last = (_at_end(scale, drawn, end)[:blurs] for end in shade.ends)
        self.within = first[:, moved[one]] + last[:, moved[other]] - 1
        self._opposite = moved[OPPOSITE[shade.side]]
        self._deep = shade.deep
        self._away = shade.start + np.arange(len(shade.lost)) + 0.5
        self._scale, self._drawn = scale, drawn
        self._tails = TAIL * np.array([_sigma(each, scale) for each in BLURS])

    def parts(self, blur: Indices, down: Indices, spread: Indices) -> tuple[Floats, Floats]:
        """Return how far its pixels lie within layers along the side, and across: layers, and layers x pixels."""
        across = self.steps[blur, self.moved[down, spread]]
        lacking = self._deep + self._scale * _places()[self._opposite[down, spread]]
        is_near = lacking < self._tails[blur]
        for each in np.unique(blur[is_near]).tolist():
            # The opposite edge is so near that the shadow is not whole here.
            rows = np.flatnonzero((blur == each) & is_near)
            beyond = -(lacking[rows][:, None] + self._away)
            across[rows] -= blurred_edge(beyond, _sigma(BLURS[each], self._scale), self._drawn)
        return self.within[blur, down, spread], across


@functools.lru_cache(maxsize=6)
def _all_edges(scale: float, drawn: Drawn) -> Floats:
    """Return blurs x places of the edge x pixels: the share of a wide shadow, whose edge lies there, in each pixel."""
    within = _places()[:, None] * scale - (np.arange(round(REACH * scale)) + 0.5)
    return np.stack([blurred_edge(within, _sigma(blur, scale), drawn) for blur in BLURS])


@functools.lru_cache(maxsize=256)
def _at_end(scale: float, drawn: Drawn, end: float) -> Floats:
    """Return blurs x places of the edge: the share of a wide shadow at a place that lies `end` within the box."""
    return np.stack([blurred_edge(end + scale * _places(), _sigma(blur, scale), drawn) for blur in BLURS])


@functools.cache
def _places() -> Floats:
    """Return where the edge of a shadow may lie, in CSS pixels outside that of its box."""
    return np.arange(FIRST, max(SPREADS) + max(DOWN) + 1, dtype=np.float64)


def _sigma(blur: float, scale: float) -> float:
    """Return the standard deviation of a blur, in device pixels."""
    return max(blur, SHARP) * scale / 2


def geometry_cost(places: Places) -> Floats:
    """Return how unlikely the lengths of layers are, logarithms."""
    blur, down, spread = (
        np.array(lengths)[place] for lengths, place in zip((BLURS, DOWN, SPREADS), places, strict=True)
    )
    odd = blur % 2 + (np.abs(down) > 2) * (down % 2) + spread % 2
    grown = SPREAD * (spread != 0) + SHRUNK * np.maximum(-spread - 0.3 * blur, 0)
    moved = LOW * (down > np.maximum(blur, 2)) + NEGATIVE * (down < 0)
    return np.asarray(grown + moved + ODD * odd, np.float64)
