"""Which shadow was painted to the byte.

A shadow leaves bytes that few others leave, see `painting`, and what rounding hides from a fit, it gives back: a grey
shadow on white takes as much light as a fainter black one, but does not leave the same bytes. Here the shadows near a
fit are painted, and the likeliest is taken: that which leaves the bytes that are seen, weighed against how common such
shadows are.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from copy_that_orch.imaging.arrays import Floats
from copy_that_orch.imaging.painting import (
    ALPHAS,
    FINER,
    SHARES,
    UNLIKELY,
    Color,
    Painted,
    Painter,
    Whole,
    alphas_near,
    laid_on,
    lay,
    shining_through,
    times_alpha,
)
from copy_that_orch.imaging.shadow_layers import BLURS, DOWN, SPREADS, Indices, Layer, geometry_cost

NEAREST: Final = 160
"""Geometries that are painted in the colour that is likeliest, those that fit best."""
LIKELY: Final = 10
"""Those that are painted in all colours, and as many more if none of them leaves the bytes that are seen."""
FUTILE: Final = 50.0
"""Where what is seen is as unlikely as this with the likeliest of these, nothing else is tried: it is no shadow."""
ANY: Final = 6.0
"""How unlikely is a colour that is not seen elsewhere."""
PUBLISHED: Final = 3.0
"""How unlikely is a set of layers that a design system publishes."""
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
SURE: Final = 5.0
"""What is as likely as this needs no comparison with other ways to draw it."""
NEAR: Final = 0.01
"""Share of the strongest change by which published layers may miss, root mean square: none come so near by chance."""


def find_painted(painters: Iterable[Painter], named: Sequence[tuple[Color, float]]) -> Painted | None:
    """Return the likeliest shadow that leaves the bytes that are seen, or None if there is none.

    It has one layer, or those that a design system publishes.

    Args:
      painters: Of the ways in which it may be drawn, the likeliest first; the others are asked for only if needed and
        not futile.
      named: Colours that are seen elsewhere or usual, the likeliest first, and how unlikely each is.
    """
    color, rarity = named[0]
    found: list[tuple[Painted, Painter]] = []
    for painter in painters:
        found.append((_one_layer(painter, named), painter))
        if found[-1][0].cost > PUBLISHED:
            found += [(one, painter) for one in _published(painter, color, rarity)]
        best = min((one for one, _painter in found), key=lambda one: one.cost)
        if best.cost < SURE or (best.cost > FUTILE and len(found) == 1):  # alone: no published layers are near either
            break
    if not best.is_so:
        published = [(one, painter) for one, painter in found if len(one.layers) > 1]
        near = [one for one, painter in published if painter.misses(one.layers, one.color) <= NEAR * painter.strongest]
        if near:
            return min(near, key=lambda painted: painted.cost)
    return best if best.is_so else None


def _one_layer(painter: Painter, named: Sequence[tuple[Color, float]]) -> Painted:
    """Return the likeliest shadow of one layer."""
    places = painter.fit.nearest(NEAREST)
    masks, rare = painter.masks(places), geometry_cost(places)
    whole = _whole(masks / 255, painter.ground[:, None] - painter.seen)

    by_place = np.full(len(masks), np.inf)
    for rows, _alphas, costs, _colors in (
        _of_color(painter, masks, whole, *named[0], SCREENED),
        _of_any_color(painter, masks, whole, np.isin(SHARES, SCREENED_ALPHAS)),
    ):
        np.minimum.at(by_place, rows, costs + rare[rows])
    ranked = np.argsort(by_place, kind="stable")
    best = Painted((), named[0][0], np.inf, 1.0)  # if no colour takes so much
    for likely in (ranked[:LIKELY], ranked[LIKELY : 2 * LIKELY]):
        tried = [_of_color(painter, masks[likely], whole[likely], color, rarity, ROOM) for color, rarity in named]
        if min((each[2].min(initial=np.inf) for each in tried), default=np.inf) > ANY:
            tried.append(_of_any_color(painter, masks[likely], whole[likely], UNLIKELY < FINER))
        rows, alphas, costs = (np.concatenate([each[part] for each in tried]) for part in range(3))
        costs = costs + rare[likely[rows]] + UNLIKELY[alphas]
        if len(rows) and costs.min() < best.cost:
            at = int(costs.argmin())
            red, green, blue = np.concatenate([each[3] for each in tried])[at].tolist()
            blur, down, spread = (int(place[likely[rows[at]]]) for place in places)
            layer = Layer(painter.fit.aside, DOWN[down], BLURS[blur], SPREADS[spread], float(SHARES[alphas[at]]))
            best = painter.painted([layer], (red, green, blue), float(costs[at]))
        if best.off == 0 or best.cost > FUTILE:
            break
    return best


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
    return alphas_near(whole @ would / max(float(would @ would), 1e-9) * 255, room)


Tried = tuple[Indices, Indices, Floats, NDArray[np.int64]]


def _of_color(painter: Painter, masks: Whole, whole: Floats, color: Color, rarity: float, room: float) -> Tried:
    """Return rows of `masks`, alphas, how unlikely each pair is, and the colour."""
    rows, alphas = _in_color(painter, whole, color, room)
    painted = lay(painter.ground[:, None], masks[rows], alphas, painter.multiplied(color, alphas))
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
    through = masks[rows]
    ground = shining_through(painter.ground[:, None], through, alphas)
    beyond = (ground + laid_on(through, within)).astype(np.float64) - painter.seen
    shares = through / 255
    weighed = (beyond * shares[:, None]).sum(axis=2) / np.maximum((shares**2).sum(axis=1), 1e-9)[:, None]
    multiplied -= np.round(weighed).astype(np.int64)
    tried = [np.clip(multiplied + shift, 0, ALPHAS[alphas][:, None]) for shift in SHIFTS]
    costs = [painter.differ(ground + laid_on(through, colors.astype(np.uint16))) for colors in tried]
    chosen, total = _by_channel(tried, costs)
    full = np.clip(np.round(chosen * 255 / ALPHAS[alphas][:, None]), 0, 255).astype(np.int64)
    return rows, alphas, total + ANY, np.broadcast_to(full, (len(rows), 3))


def _by_channel(colors: Sequence[NDArray[np.int64]], costs: Sequence[Floats]) -> tuple[NDArray[np.int64], Floats]:
    """Return of several colours for each shadow the likeliest, channel by channel, and how unlikely it is."""
    best = np.argmin(costs, axis=0)[None]
    chosen, rare = (np.take_along_axis(np.array(tried), best, axis=0)[0] for tried in (colors, costs))
    return chosen, rare.sum(axis=1)


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
            painted = lay(painted, masks, alphas, times_alpha(colors, alphas))
        return painted

    wanted = np.tile(np.array(color[: painter.channels]), (len(sets), 1))
    ground = painter.ground[:, None].astype(np.float64)
    own_taken, taken = ground - paint(wanted), ground - painter.seen
    ratio = (own_taken * taken).sum(axis=2) / np.maximum((own_taken**2).sum(axis=2), 1)
    other = np.round(ground[:, 0] - ratio * (ground[:, 0] - wanted)).astype(np.int64)
    tints = [np.clip(other + tint, 0, 255) for tint in TINTS]
    found = []
    for tried, rare in (([wanted], rarity), (tints, ANY)):
        colors, costs = _by_channel(tried, [painter.differ(paint(each)) for each in tried])
        best = int(costs.argmin())
        red, green, blue = np.resize(colors[best], 3).tolist()
        found.append(painter.painted(sets[best], (red, green, blue), float(costs[best]) + PUBLISHED + rare))
    return found
