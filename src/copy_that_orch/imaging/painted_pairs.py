"""Which two shadows, one over the other, were painted to the byte.

Of fitted pairs many come near to what is seen: what is cut to bytes twice tells little to a fit. So all of them are
painted, with the alphas that are common and near, and that is taken which leaves the bytes that are seen.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import Final

import attrs
import numpy as np

from copy_that_orch.imaging.painting import ALPHAS, SHARES, UNLIKELY, Color, Painted, Painter, alphas_near, lay
from copy_that_orch.imaging.shadow_layers import BLURS, DOWN, SPREADS, Layer, Places, geometry_cost
from copy_that_orch.imaging.shadow_pairs import Pair

MORE: Final = 4.0
"""How unlikely is each layer more than one."""
NAMED: Final = 2
"""Colours in which pairs are painted, the likeliest."""
STRENGTHS: Final = 3
"""Alphas that are tried of each layer of a pair."""
STRAYS: Final = 40.0
"""How unlikely it is, a logarithm, that an alpha is off by a share of 1 from what fits."""
STARTS: Final = 3
"""Pairs that are compared in both orders."""
CLOSE: Final = 0.3
"""Share of pixels that are off where layers are worth being changed in turns, and where they are no pair."""
NEARBY: Final = (2, 2, 2)
"""Places of blur, offset and spread around those of a fit that are tried in turns."""
ROOM: Final = 0.03
"""Share by which an alpha may differ meanwhile from what fits best."""
TURNS: Final = 3
"""How often each layer is changed, at most."""


def painted_pair(painter: Painter, named: Sequence[tuple[Color, float]]) -> Painted | None:
    """Return the likeliest shadow of two layers that leaves the bytes that are seen, or None if there is none.

    Args:
      painter: Knows what is seen, and which pairs fit.
      named: Colours of both layers, one at least, the likeliest first, and how unlikely each is.
    """
    pairs = painter.fit.pairs
    if not pairs:
        return None
    found: list[Painted] = []
    for color, rarity in named[:NAMED]:
        found += _in_color(painter, pairs, color, rarity)
        best = min(found, key=lambda one: one.off)
        if best.off == 0:
            return best
    if best.off > CLOSE:
        return None
    best = _in_turns(painter, best.layers, best.color, dict(named)[best.color])
    return best if best.is_so else None


def _in_color(painter: Painter, pairs: Sequence[Pair], color: Color, rarity: float) -> Iterator[Painted]:
    """Yield the likeliest pairs in a colour, in both orders."""
    blur, down, spread = (np.concatenate([pair.places[at] for pair in pairs]) for at in range(3))
    places: Places = (blur, down, spread)
    masks = painter.masks(places).reshape(len(pairs), 2, -1)
    geometry = geometry_cost(places).reshape(-1, 2).sum(axis=1)
    # A lighter colour takes as much with more alpha.
    contrast = float(np.abs(painter.ground - np.array(color[: painter.channels], np.float64)).max())
    wanted = np.array([pair.alphas for pair in pairs])[..., None] * painter.fit.levels / max(contrast, 1)
    strays = np.abs(ALPHAS / 255 - wanted) / np.maximum(wanted, 1e-3)
    near = np.argsort(STRAYS * strays + UNLIKELY, axis=2)[:, :, :STRENGTHS]
    tried = list(itertools.product(near[:, 0].T, near[:, 1].T))
    costs = np.empty((len(tried), len(pairs)))
    for at, (tops, bottoms) in enumerate(tried):
        under = lay(painter.ground[:, None], masks[:, 1], bottoms, painter.multiplied(color, bottoms))
        painted = lay(under, masks[:, 0], tops, painter.multiplied(color, tops))
        costs[at] = painter.differ(painted).sum(axis=1) + geometry + UNLIKELY[tops] + UNLIKELY[bottoms]
    for row in np.argsort(costs.min(axis=0))[:STARTS].tolist():
        alphas = [int(each[row]) for each in tried[int(costs[:, row].argmin())]]
        layers = [
            attrs.evolve(layer, alpha=float(SHARES[alpha]))
            for layer, alpha in zip(pairs[row].layers(), alphas, strict=True)
        ]
        cost = float(geometry[row] + UNLIKELY[alphas].sum()) + rarity + MORE
        for order in (layers, layers[::-1]):
            yield painter.painted(order, color, cost)


def _in_turns(painter: Painter, start: Sequence[Layer], color: Color, rarity: float) -> Painted:
    """Return what becomes of layers if each in turn is changed to what leaves the fewest bytes off."""
    layers, cost = list(start), np.inf
    own = np.array(color[: painter.channels], np.float64)[:, None]
    for _turn in range(TURNS):
        before = cost
        for place, layer in enumerate(layers):
            places = painter.fit.around(layer, NEARBY)
            masks, rare = painter.masks(places), geometry_cost(places)
            under = painter.over(painter.ground[:, None], layers[place + 1 :], color)
            lost = (painter.over(under, layers[:place], color) - painter.seen).reshape(painter.seen.shape)
            would = (1 - painter.fit.taken(layers[:place])) * (under.reshape(len(own), -1) - own)
            shares = masks / 255
            squares = np.maximum(shares**2 @ np.broadcast_to(would**2, lost.shape).sum(axis=0), 1e-9)
            rows, alphas = alphas_near(255 * (shares @ (would * lost).sum(axis=0)) / squares, ROOM)
            if not len(rows):  # the others take it all
                continue
            painted = lay(under, masks[rows], alphas, painter.multiplied(color, alphas))
            costs = painter.differ(painter.over(painted, layers[:place], color)).sum(axis=1)
            costs += rare[rows] + UNLIKELY[alphas]
            best = int(costs.argmin())
            blur, down, spread = (int(each[rows[best]]) for each in places)
            layers[place] = Layer(0, DOWN[down], BLURS[blur], SPREADS[spread], float(SHARES[alphas[best]]))
            cost = float(costs[best])
        if cost >= before:
            break
    return painter.painted(layers, color, cost + rarity + MORE)
