"""Which shadow was painted to the byte.

A shadow leaves bytes that few others leave, see `painting`, and what rounding hides from a fit, it gives back: a grey
shadow on white takes as much light as a fainter black one, but does not leave the same bytes. Here the shadows near a
fit are painted, and the likeliest is taken: that which leaves the bytes that are seen, weighed against how common such
shadows are.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

import attrs
import numpy as np
from numpy.typing import NDArray

from copy_that_orch.imaging.arrays import Floats
from copy_that_orch.imaging.painting import ALPHAS, FINER, SHARES, UNLIKELY, Color, Painter, Whole, times_alpha
from copy_that_orch.imaging.shadow_layers import BLURS, DOWN, SPREADS, Indices, Layer, Places

NEAREST: Final = 160
"""Geometries that are painted in the colour that is likeliest, those that fit best."""
LIKELY: Final = 10
"""Those that are painted in all colours."""
SPREAD: Final = 2.5
SHRUNK: Final = 1.0
LOW: Final = 2.5
ODD: Final = 0.5
NEGATIVE: Final = 4.0
"""How unlikely are a spread, each pixel by which it makes a shadow smaller than 0.3 of its blur, an offset that is
larger than the blur, an odd length, and a negative offset."""
ANY: Final = 6.0
"""How unlikely is a colour that is not seen elsewhere."""
PUBLISHED: Final = 3.0
"""How unlikely is a set of layers that a design system publishes."""
MORE: Final = 4.0
"""How unlikely is each layer more than one."""
ROOM: Final = 0.25
"""Share by which the alpha of a layer may differ from what fits best."""
SCREENED: Final = 0.03
"""The same while geometries are compared in one colour."""
SCREENED_ALPHAS: Final = (0.1, 0.15, 0.3, 0.6)
"""Alphas of other colours that are tried meanwhile."""
SHIFTS: Final = (-1, 0, 1)
"""By how much what a colour of its own adds may differ from what fits best, in levels."""
TINTS: Final = (-6, -4, -2, 0, 2, 4, 6)
"""By how much the colour of published layers may differ from what fits best, in levels."""
NEARBY: Final = (2, 2, 2)
"""Places of blur, offset and spread around those of a fit that are tried in turns, where there are more layers."""
TURNS: Final = 3
SURE: Final = 5.0
"""What is as likely as this needs no comparison with other ways to draw it."""
CLOSE: Final = 0.7
"""Levels by which the start of such turns may miss, root mean square."""
NEAR: Final = 0.01
"""Share of the strongest change by which published layers may miss, root mean square: none come so near by chance."""
PAINTED: Final = 0.06
"""Share of bytes that may be off where a shadow counts as painted so."""


@attrs.frozen
class Painted:
    """A shadow as it was painted.

    Attributes:
      layers: The topmost first, in CSS pixels.
      color: Red, green and blue.
      cost: How unlikely it is to see what is seen, a logarithm.
      off: Share of the bytes that differ.
    """

    layers: tuple[Layer, ...]
    color: Color
    cost: float
    off: float


def find_painted(painters: Iterable[Painter], named: Sequence[tuple[Color, float]]) -> Painted | None:
    """Return the likeliest shadow that leaves the bytes that are seen, or None if there is none.

    Args:
      painters: Of the ways in which it may be drawn, the likeliest first; the others are asked for only if needed.
      named: Colours that are seen elsewhere or usual, the likeliest first, and how unlikely each is.
    """
    color, rarity = named[0]
    found: list[tuple[Painted, Painter]] = []
    for painter in painters:
        found += [(one, painter) for one in (_one_layer(painter, named), *_published(painter, color, rarity))]
        best, drawn = min(found, key=lambda each: each[0].cost)
        if best.cost < SURE:
            break
    if best.off > PAINTED:
        published = [(one, painter) for one, painter in found if len(one.layers) > 1]
        near = [one for one, painter in published if painter.misses(one.layers, one.color) <= NEAR * painter.strongest]
        if near:
            return min(near, key=lambda painted: painted.cost)
    if best.off > PAINTED and drawn.misses(drawn.fit.pair, color) < CLOSE:
        best = min(best, _in_turns(drawn, drawn.fit.pair, color, rarity), key=lambda painted: painted.cost)
    return best if best.off <= PAINTED else None


def _one_layer(painter: Painter, named: Sequence[tuple[Color, float]]) -> Painted:
    """Return the likeliest shadow of one layer."""
    places = painter.fit.nearest(NEAREST)
    masks, unlikely = painter.masks(places), _unlikely(places)
    whole = _whole(masks / 255, painter.ground[:, None] - painter.seen)

    by_place = np.full(len(masks), np.inf)
    for rows, _alphas, costs, _colors in (
        _of_color(painter, masks, whole, *named[0], SCREENED),
        _of_any_color(painter, masks, whole, np.isin(SHARES, SCREENED_ALPHAS)),
    ):
        np.minimum.at(by_place, rows, costs + unlikely[rows])
    likely = np.argsort(by_place, kind="stable")[:LIKELY]

    tried = [_of_color(painter, masks[likely], whole[likely], color, rarity, ROOM) for color, rarity in named]
    tried.append(_of_any_color(painter, masks[likely], whole[likely], UNLIKELY < FINER))
    rows, alphas, costs = (np.concatenate([each[part] for each in tried]) for part in range(3))
    if not len(rows):  # no colour takes so much
        return Painted((), named[0][0], np.inf, 1.0)
    costs = costs + unlikely[likely[rows]] + UNLIKELY[alphas]
    best = int(costs.argmin())
    colors = np.concatenate([each[3] for each in tried])
    blur, down, spread = (int(place[likely[rows[best]]]) for place in places)
    layer = Layer(painter.fit.aside, DOWN[down], BLURS[blur], SPREADS[spread], float(SHARES[alphas[best]]))
    red, green, blue = colors[best].tolist()
    return _painted(painter, [layer], (red, green, blue), float(costs[best]))


def _whole(shares: Floats, lost: NDArray[np.int64]) -> Floats:
    """Return how many levels shadows take where they are whole, shadows x channels.

    Args:
      shares: How far each pixel lies within each of them, shadows x pixels.
      lost: Levels of 255 that are taken, channels x pixels.
    """
    return np.asarray(shares @ lost.T / np.maximum((shares**2).sum(axis=1), 1e-9)[:, None], np.float64)


def _in_color(painter: Painter, whole: Floats, color: Color, room: float) -> tuple[Indices, Indices]:
    """Return rows of `whole`, and beside each an alpha with which a colour takes nearly as much, as its place."""
    would = painter.ground - np.array(color[: painter.channels], np.float64)
    alpha = whole @ would / max(float(would @ would), 1e-9) * 255
    near = np.abs(ALPHAS - alpha[:, None]) <= room * alpha[:, None] + 5
    rows, alphas = np.nonzero(near & (alpha[:, None] >= 1))
    return rows, alphas


Tried = tuple[Indices, Indices, Floats, NDArray[np.int64]]


def _of_color(painter: Painter, masks: Whole, whole: Floats, color: Color, rarity: float, room: float) -> Tried:
    """Return rows of `masks`, alphas, how unlikely each pair is, and the colour."""
    rows, alphas = _in_color(painter, whole, color, room)
    painted = painter.lay(painter.ground[:, None], masks[rows], alphas, painter.multiplied(color, alphas))
    costs = painter.differ(painted).sum(axis=1) + rarity
    return rows, alphas, costs, np.tile(np.array(color), (len(rows), 1))


def _of_any_color(painter: Painter, masks: Whole, whole: Floats, taken: NDArray[np.bool_]) -> Tried:
    """Return the same for the colour that is likeliest with each alpha."""
    added = painter.ground * ALPHAS[:, None] / 255 - whole[:, None]
    possible = ((added >= -0.5) & (added <= ALPHAS[:, None] + 0.5)).all(axis=2) & taken
    rows, alphas = np.nonzero(possible)
    multiplied = np.round(added[rows, alphas]).astype(np.int64)
    # Cutting to bytes takes more from some colours than from others.
    within = np.clip(multiplied, 0, ALPHAS[alphas][:, None]).astype(np.uint16)
    beyond = painter.lay(painter.ground[:, None], masks[rows], alphas, within).astype(np.float64) - painter.seen
    shares = masks[rows] / 255
    weighed = (beyond * shares[:, None]).sum(axis=2) / np.maximum((shares**2).sum(axis=1), 1e-9)[:, None]
    multiplied -= np.round(weighed).astype(np.int64)
    tried = [np.clip(multiplied + shift, 0, ALPHAS[alphas][:, None]) for shift in SHIFTS]
    costs = [
        painter.differ(painter.lay(painter.ground[:, None], masks[rows], alphas, colors.astype(np.uint16)))
        for colors in tried
    ]
    chosen, total = _by_channel(tried, costs)
    full = np.clip(np.round(chosen * 255 / ALPHAS[alphas][:, None]), 0, 255).astype(np.int64)
    return rows, alphas, total + ANY, np.broadcast_to(full, (len(rows), 3))


def _by_channel(colors: Sequence[NDArray[np.int64]], costs: Sequence[Floats]) -> tuple[NDArray[np.int64], Floats]:
    """Return of several colours for each shadow the likeliest, channel by channel, and how unlikely it is."""
    best = np.argmin(costs, axis=0)[None]
    chosen, unlikely = (np.take_along_axis(np.array(tried), best, axis=0)[0] for tried in (colors, costs))
    return chosen, unlikely.sum(axis=1)


def _published(painter: Painter, color: Color, rarity: float) -> list[Painted]:
    """Return the likeliest of the published sets of layers, in a colour and in that which takes as much as is seen."""
    sets = painter.fit.published()
    if not sets:
        return []
    # Those with fewer layers are filled up with such as leave no trace.
    stacked = []
    for place in range(max(len(layers) for layers in sets)):
        layers = [layers[min(place, len(layers) - 1)] for layers in sets]
        there = np.array([place < len(layers) for layers in sets])
        alphas = np.abs(SHARES - np.array([layer.alpha for layer in layers])[:, None]).argmin(axis=1)
        stacked.append((painter.masks(painter.fit.places(layers)) * there[:, None].astype(np.uint16), alphas))

    def paint(colors: NDArray[np.int64]) -> Whole:
        painted = np.broadcast_to(painter.ground[:, None], (len(sets), *painter.seen.shape))
        for masks, alphas in reversed(stacked):
            painted = painter.lay(painted, masks, alphas, times_alpha(colors, alphas))
        return painted

    wanted = np.tile(np.array(color[: painter.channels]), (len(sets), 1))
    ground = painter.ground[:, None].astype(np.float64)
    own_taken, taken = ground - paint(wanted), ground - painter.seen
    ratio = (own_taken * taken).sum(axis=2) / np.maximum((own_taken**2).sum(axis=2), 1)
    other = np.round(ground[:, 0] - ratio * (ground[:, 0] - wanted)).astype(np.int64)
    tints = [np.clip(other + tint, 0, 255) for tint in TINTS]
    found = []
    for tried, unlikely in (([wanted], rarity), (tints, ANY)):
        colors, costs = _by_channel(tried, [painter.differ(paint(each)) for each in tried])
        best = int(costs.argmin())
        red, green, blue = np.resize(colors[best], 3).tolist()
        found.append(_painted(painter, sets[best], (red, green, blue), float(costs[best]) + PUBLISHED + unlikely))
    return found


def _in_turns(painter: Painter, start: Sequence[Layer], color: Color, rarity: float) -> Painted:
    """Return what becomes of layers if each in turn is changed to what leaves the fewest bytes off."""
    layers, cost = list(start), np.inf
    for _turn in range(TURNS):
        before = cost
        for place, layer in enumerate(layers):
            places = painter.fit.around(layer, NEARBY)
            masks, unlikely = painter.masks(places), _unlikely(places)
            under = painter.over(painter.ground[:, None], layers[place + 1 :], color)
            lost = (painter.over(under, layers[:place], color) - painter.seen).reshape(painter.seen.shape)
            kept = 1 - painter.fit.taken(layers[:place])
            rows, alphas = _in_color(painter, _whole(masks / 255 * kept, lost), color, SCREENED)
            if not len(rows):  # the others take it all
                continue
            painted = painter.lay(under, masks[rows], alphas, painter.multiplied(color, alphas))
            costs = painter.differ(painter.over(painted, layers[:place], color)).sum(axis=1)
            costs += unlikely[rows] + UNLIKELY[alphas]
            best = int(costs.argmin())
            blur, down, spread = (int(each[rows[best]]) for each in places)
            layers[place] = Layer(0, DOWN[down], BLURS[blur], SPREADS[spread], float(SHARES[alphas[best]]))
            cost = float(costs[best])
        if cost >= before:
            break
    return _painted(painter, layers, color, cost + rarity + MORE * (len(layers) - 1))


def _painted(painter: Painter, layers: Sequence[Layer], color: Color, cost: float) -> Painted:
    painted = painter.over(painter.ground[:, None], layers, color)
    off = (painted != painter.seen).any(axis=-2).mean()
    return Painted(tuple(attrs.evolve(layer, x=painter.fit.aside) for layer in layers), color, cost, float(off))


def _unlikely(places: Places) -> Floats:
    """Return how unlikely the geometries of layers are."""
    blur, down, spread = (
        np.array(lengths)[place] for lengths, place in zip((BLURS, DOWN, SPREADS), places, strict=True)
    )
    odd = blur % 2 + (np.abs(down) > 2) * (down % 2) + spread % 2
    grown = SPREAD * (spread != 0) + SHRUNK * np.maximum(-spread - 0.3 * blur, 0)
    moved = LOW * (down > np.maximum(blur, 2)) + NEGATIVE * (down < 0)
    return np.asarray(grown + moved + ODD * odd, np.float64)
