"""The shadows that boxes throw on what is behind them."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Sequence
from typing import Final

import attrs
import numpy as np

from copy_that_orch.imaging.arrays import Floats, Pixels, split
from copy_that_orch.imaging.blurs import Drawn
from copy_that_orch.imaging.boxes import Box
from copy_that_orch.imaging.painted_shadows import find_painted
from copy_that_orch.imaging.painting import Color, Painter
from copy_that_orch.imaging.ramps import BOTTOM, TOP, Edges, find_edges
from copy_that_orch.imaging.shadow_fit import LEVELS_OFF, UNEVEN, Fit, fit_layers, looks
from copy_that_orch.imaging.shadow_layers import Layer, Shade, strongest_first

BLACK: Final = (0, 0, 0)
TINTED: Final = 0.1
"""Least channel of a coloured shadow, as a share of that of the ground: few are as dark as they could be."""
INK: Final = 2.0
OF_BOX: Final = 3.0
ANY: Final = 7.0
"""How much less likely than black, as logarithms, are the colour of text, that of a box, and any other."""
ROUNDING: Final = 0.36
"""Levels of 255 by which whole levels differ from what was drawn, root mean square."""
COUNTS: Final = 0.25
"""What a pixel counts as evidence, in halves of squares: what is rounded in a row of pixels is not independent."""
UNLIKE: Final = 40.0
"""Colours whose tint is less likely than this, as a logarithm, are not painted."""
DARKEST: Final = 0.95
"""Greatest alpha of a shadow."""
VISIBLE: Final = 4
"""Levels of 255 that a shadow changes at least; what is fainter is hardly seen, and its parts cannot be told."""
EXACT: Final = 0.9
NEARLY: Final = 0.8
FITTED: Final = 0.6
WORSE: Final = 0.2
"""Confidence in what was painted to the byte, or nearly so, in what fits within rounding at best, and what a misfit
takes from it. Told by 105 shadows of 50 products, of which 18 were drawn for it."""
ENOUGH: Final = 24
"""Pixels that a shadow must change if painting them by chance is out of the question."""
POOR: Final = 1.1
"""A fit that misses the edge by so many times what rounding explains is none."""
ALIKE: Final = 1.6
"""Another box has a shadow that was found if that misses its edge by so many times what rounding explains, at most."""
LOOK: Final = 0.04
LOOK_SHARE: Final = 0.3
"""Shadows look the same if they take as much of the light, up to this anywhere, and up to this share of all of it."""
HOPELESS: Final = 15.0
"""Where one layer misses an edge by so many times what rounding explains, no layers fit it."""
MOST_FITS: Final = 8
"""How many different soft edges of one screen are fitted; those beyond are other views of the same shadows."""


@attrs.frozen(kw_only=True)
class Shadow:
    """A shadow that is in use.

    Attributes:
      layers: The strongest first; lengths in CSS pixels.
      color: Red, green and blue of all of them.
      boxes: Left, top, right and bottom of the boxes that throw it, the largest first, in device pixels.
      confidence: How sure it is that a style sheet has it, 0.0 to 1.0.
    """

    layers: tuple[Layer, ...]
    color: tuple[int, int, int]
    boxes: tuple[tuple[int, int, int, int], ...]
    confidence: float


def find_shadows(
    pixels: Pixels,
    boxes: Sequence[Box],
    scale: float,
    *,
    pills: Sequence[Box] = (),
    gradients: Sequence[tuple[int, int, int, int]] = (),
    inks: Sequence[int] = (),
) -> tuple[Shadow, ...]:
    """Return the shadows on a screen, those of most boxes first.

    Args:
      pixels: The screen, height x width x 3.
      boxes: The boxes on it.
      scale: Device pixels per CSS pixel.
      pills: The boxes on it whose short sides are half circles.
      gradients: The sides of areas on it that are not of one colour.
      inks: Numbers of the colours of text on it.
    """
    by_look: dict[tuple[object, ...], list[Edges]] = {}
    for edges in find_edges(pixels, boxes, scale, pills=pills, gradients=gradients):
        by_look.setdefault(edges.key(), []).append(edges)
    # The edges with most sides tell most, and those that are seen most often matter most.
    ordered = sorted(by_look.values(), key=lambda alike: (-len(alike[0].ramps), -len(alike), alike[0].box))
    colors = sorted({box.color for box in boxes})
    groups = [group for alike in ordered if (group := _group(alike, inks, colors, scale)) is not None]
    found = _find(groups, _painted, [])
    # If one was surely painted to the byte, so were all; what looks like none is changed by what stands beside it.
    if all(shadow.confidence < EXACT for shadow in found):
        found = _find(groups, _fitted, found)
    kept = (shadow for shadow in found if any(layer.blur >= 1 for layer in shadow.layers))  # without blur it is a line
    return tuple(sorted(without_likes(list(kept)), key=lambda shadow: -len(shadow.boxes)))


def _find(groups: Sequence[_Group], find: Callable[[_Group], Shadow | None], known: Sequence[Shadow]) -> list[Shadow]:
    """Return the shadows that are known and those of groups that they do not explain."""
    found = list(known)
    unlike: list[_Group] = []
    tried = 0
    for group in groups:
        if _belongs(group, found) or any(group.edges.is_part_of(other.edges) for other in unlike):
            continue
        if group.strongest >= VISIBLE and tried < MOST_FITS and not group.is_hopeless:
            tried += 1
            shadow = find(group)
            if shadow is None:
                unlike.append(group)
            else:
                found.append(shadow)
    for group in unlike:
        _belongs(group, found)
    return found


def _belongs(group: _Group, found: list[Shadow]) -> bool:
    """Return whether one of the shadows that are found explains a group; then its boxes throw that one, too."""
    like = next((place for place, shadow in enumerate(found) if _explains(shadow, group)), None)
    if like is not None:
        found[like] = _with_boxes(found[like], group.boxes)
    return like is not None


class _Group:
    """Boxes with edges that look the same.

    Attributes:
      edges: Those of one of them.
      boxes: Their sides.
      color: The likeliest colour of their shadow.
      named: Colours that it may have because they are seen elsewhere, and how unlikely each is.
    """

    def __init__(
        self, alike: Sequence[Edges], color: Color, named: Sequence[tuple[Color, float]], scale: float
    ) -> None:
        """Take edges that look the same; `scale` is device pixels per CSS pixel."""
        self.edges = alike[0]
        self.boxes = tuple(edges.box for edges in alike)
        self.color = color
        self.named = tuple(named) or ((color, ANY),)
        self._scale = scale
        self._painters: dict[Drawn, Painter] = {}

    def painter(self, drawn: Drawn) -> Painter:
        """Return what paints shadows beside one of them."""
        if drawn not in self._painters:
            seen = np.concatenate([ramp.values for ramp in self.edges.ramps])
            levels = float(np.abs(np.subtract(self.edges.ground, self.color)).max())
            like = None if drawn is self.kinds[0] else self.likeliest.fit
            fit = Fit(_shades(self.edges, self.color), self._scale, levels, drawn, like=like)
            self._painters[drawn] = Painter(seen, self.edges.ground, fit)
        return self._painters[drawn]

    @property
    def kinds(self) -> tuple[Drawn, Drawn]:
        """How their shadow may be painted: as their corners tell, and the other way."""
        return (Drawn.ROUND, Drawn.SQUARE) if self.edges.is_round else (Drawn.SQUARE, Drawn.ROUND)

    @property
    def likeliest(self) -> Painter:
        """What paints as their corners tell."""
        return self.painter(self.kinds[0])

    @functools.cached_property
    def is_hopeless(self) -> bool:
        """Whether not even the best layer comes near to it."""
        fit = self.likeliest.fit
        return fit.misfit([fit.best(fit.lost)]) > HOPELESS

    @property
    def changed(self) -> int:
        """How many pixels it changes."""
        return sum(int((ramp.values != self.edges.ground).any(axis=1).sum()) for ramp in self.edges.ramps)

    @property
    def strongest(self) -> float:
        """The strongest change, in levels of 255."""
        return max(float(np.abs(np.subtract(self.edges.ground, ramp.values)).max()) for ramp in self.edges.ramps)


def _group(alike: Sequence[Edges], inks: Sequence[int], colors: Sequence[int], scale: float) -> _Group | None:
    """Return a group of edges that look the same, or None if they are no shadow's, because they are lighter."""
    ground = np.array(alike[0].ground, np.float64)
    lost = ground - np.concatenate([ramp.values for ramp in alike[0].ramps])
    tried: list[tuple[Color, float]] = [(BLACK, 0.0)]
    tried += [(split(ink), INK) for ink in inks] + [(split(color), OF_BOX) for color in colors]
    color = _color(lost, ground, tried)
    if color is None:
        return None
    return _Group(alike, color, [each for each in tried if _off(lost, ground - each[0]) < UNLIKE], scale)


def _color(lost: Floats, ground: Floats, tried: Sequence[tuple[Color, float]]) -> Color | None:
    """Return the likeliest colour of a shadow, or None if it is lighter than the ground.

    What it takes from each channel tells the colour but for its alpha: the same is taken by a darker one with less.
    So it is black, or the colour of text or of a box, if that is possible, and else one that is nearly as dark as can
    be.
    """
    taken = lost.sum(axis=0)
    if taken.min() < -0.02 * np.abs(taken).max() - 0.25 * len(lost) or taken.max() <= 0:
        return None
    shares = np.clip(taken, 0, None) / np.maximum(ground, 1)
    red, green, blue = np.round(ground * (1 - (1 - TINTED) * shares / shares.max())).astype(int).tolist()
    return min([*tried, ((red, green, blue), ANY)], key=lambda each: each[1] + _off(lost, ground - each[0]))[0]


def _off(lost: Floats, would: Floats) -> float:
    """Return how unlikely it is that what is lost, pixels x 3, is multiples of what would be: minus a logarithm."""
    length = float(would @ would)
    if length < 1 or would.sum() <= 0:
        return np.inf
    share = lost @ would / length
    if share.max() > DARKEST:
        return np.inf
    return COUNTS * float(((lost - share[:, None] * would) ** 2).sum()) / ROUNDING**2


def _shades(edges: Edges, color: Color) -> list[Shade]:
    ground = np.array(edges.ground, np.float64)
    would = ground - color
    left, top, right, bottom = edges.box
    return [
        Shade(
            side=ramp.side,
            lost=(ground - ramp.values) @ would / (would @ would),
            start=ramp.start,
            ends=ramp.ends,
            deep=bottom - top if ramp.side in (TOP, BOTTOM) else right - left,
        )
        for ramp in edges.ramps
    ]


def _explains(shadow: Shadow, group: _Group) -> bool:
    """Return whether a shadow would leave nearly what is seen."""
    limit = ALIKE * (LEVELS_OFF[Drawn.TRUE] + UNEVEN[Drawn.TRUE] * group.strongest)
    return group.likeliest.misses(shadow.layers, shadow.color) <= limit


def _painted(group: _Group) -> Shadow | None:
    """Return the shadow that leaves the very bytes that are seen, if there is one."""
    best = find_painted((group.painter(drawn) for drawn in group.kinds), group.named)
    if best is None:
        return None
    confidence = EXACT if best.off == 0 and group.changed >= ENOUGH else NEARLY - best.off
    return _with_boxes(
        Shadow(layers=strongest_first(best.layers), color=best.color, boxes=(), confidence=confidence), group.boxes
    )


def _fitted(group: _Group) -> Shadow | None:
    """Return the shadow that fits best, if it fits at all."""
    fits = (group.likeliest.fit, group.painter(Drawn.TRUE).fit)
    fit = min(fits, key=lambda fit: fit.misfit([fit.best(fit.lost)]))
    layers = fit_layers(fit)
    if fit.misfit(layers) > POOR:
        return None
    confidence = FITTED - WORSE * min(fit.misfit(layers), 1.0)
    return _with_boxes(Shadow(layers=layers, color=group.color, boxes=(), confidence=confidence), group.boxes)


def _with_boxes(shadow: Shadow, boxes: Iterable[tuple[int, int, int, int]]) -> Shadow:
    by_size = sorted({*shadow.boxes, *boxes}, key=lambda box: ((box[0] - box[2]) * (box[3] - box[1]), box))
    return attrs.evolve(shadow, boxes=tuple(by_size))


def without_likes(shadows: Sequence[Shadow]) -> list[Shadow]:
    """Return `shadows`, those that look or measure nearly the same taken as the one that most boxes throw."""
    kept: list[Shadow] = []
    for shadow in sorted(shadows, key=lambda shadow: (-len(shadow.boxes), -shadow.confidence)):
        like = next((place for place, other in enumerate(kept) if _is_like(shadow, other)), None)
        if like is None:
            kept.append(shadow)
        else:
            kept[like] = _with_boxes(kept[like], shadow.boxes)
    return kept


def _is_like(one: Shadow, other: Shadow) -> bool:
    return one.color == other.color and (_looks_like(one, other) or _measures_like(one, other))


def _looks_like(one: Shadow, other: Shadow) -> bool:
    first, second = looks(one.layers), looks(other.layers)
    off = np.abs(first - second)
    return bool(off.max() <= LOOK and off.sum() <= LOOK_SHARE * second.sum())


def _measures_like(one: Shadow, other: Shadow) -> bool:
    first, second = one.layers[0], other.layers[0]
    return (
        max(abs(first.x - second.x), abs(first.y - second.y)) <= 1
        and abs(first.blur - second.blur) <= max(2, 0.25 * second.blur)
        and abs(first.alpha - second.alpha) <= 0.05
    )
