"""Boxes whose soft edges look the same: one shadow, and which colours it may have."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Final

import numpy as np

from copy_that_orch.imaging.arrays import Floats, split
from copy_that_orch.imaging.blurs import Drawn
from copy_that_orch.imaging.painting import Color, Painter
from copy_that_orch.imaging.ramps import BOTTOM, TOP
from copy_that_orch.imaging.shadow_fit import Fit
from copy_that_orch.imaging.shadow_layers import MOST_ALPHA, Shade
from copy_that_orch.imaging.soft_edges import Edges

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
CUT: Final = 0.5
"""Levels of 255 that cutting to a byte takes, on average."""
GAUSSIAN: Final = 0.5
"""Misfit up to which one layer surely explains an edge."""
HOPELESS: Final = 15.0
"""Where one layer misses an edge by so many times what rounding explains, no layers fit it."""


class Group:
    """Boxes with edges that look the same.

    Attributes:
      edges: Those of one of them.
      boxes: Their sides.
      color: The likeliest colour of their shadow.
      named: Colours that it may have because they are seen elsewhere, and how unlikely each is.
      readings: How it may be understood, the likeliest first: this, and if there is one, another.
    """

    def __init__(
        self, alike: Sequence[Edges], color: Color, named: Sequence[tuple[Color, float]], scale: float
    ) -> None:
        """Take edges that look the same; `scale` is device pixels per CSS pixel."""
        self.edges = alike[0]
        self.boxes = tuple(edges.box for edges in alike)
        self.color = color
        self.named = tuple(named) or ((color, ANY),)
        self.readings: tuple[Group, ...] = (self,)
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
        return fit.misfit([fit.single]) > HOPELESS

    @functools.cached_property
    def is_gaussian(self) -> bool:
        """Whether one layer explains it as a graphics card draws it; two come near to that as Skia paints them."""
        fit = self.painter(Drawn.TRUE).fit
        return fit.misfit([fit.single]) <= GAUSSIAN

    @property
    def changed(self) -> int:
        """How many pixels it changes."""
        return sum(int((ramp.values != self.edges.ground).any(axis=1).sum()) for ramp in self.edges.ramps)

    @property
    def strongest(self) -> float:
        """The strongest change, in levels of 255."""
        return max(float(np.abs(np.subtract(self.edges.ground, ramp.values)).max()) for ramp in self.edges.ramps)


def group_of(alike: Sequence[Edges], inks: Sequence[int], colors: Sequence[int], scale: float) -> Group | None:
    """Return a group of edges that look the same, or None if they are no shadow's, because they are lighter."""
    group = _understood(alike, inks, colors, scale)
    otherwise = alike[0].otherwise()
    if group is not None and otherwise is not None:
        other = _understood([otherwise], [*inks, *otherwise.rings], colors, scale)
        if other is not None:
            group.readings = (group, other) if alike[0].is_bordered else (other, group)
    return group


def _understood(alike: Sequence[Edges], inks: Sequence[int], colors: Sequence[int], scale: float) -> Group | None:
    ground = np.array(alike[0].ground, np.float64)
    values = np.concatenate([ramp.values for ramp in alike[0].ramps])
    lost = ground - values - _cut(ground, BLACK) * (values != ground)
    tried = list(named_colors(inks, colors).items())
    color = _color(lost, ground, tried)
    if color is None:
        return None
    return Group(alike, color, [each for each in tried if _off(lost, ground - each[0]) < UNLIKE], scale)


def named_colors(inks: Sequence[int], colors: Sequence[int]) -> dict[Color, float]:
    """Return the colours that a shadow may have for black, or for they are seen elsewhere, and how unlikely each is.

    Args:
      inks: Numbers of the colours of text.
      colors: Numbers of the colours of boxes.
    """
    rarities: dict[Color, float] = {BLACK: 0.0}
    for numbers, rarity in ((inks, INK), (colors, OF_BOX)):
        for number in numbers:
            rarities.setdefault(split(number), rarity)
    return rarities


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
    if share.max() > MOST_ALPHA:
        return np.inf
    return COUNTS * float(((lost - share[:, None] * would) ** 2).sum()) / ROUNDING**2


def _shades(edges: Edges, color: Color) -> list[Shade]:
    ground = np.array(edges.ground, np.float64)
    would = ground - color
    left, top, right, bottom = edges.box
    cut = _cut(ground, color)
    return [
        Shade(
            side=ramp.side,
            lost=(ground - ramp.values - cut * (ramp.values != edges.ground)) @ would / (would @ would),
            start=ramp.start,
            ends=ramp.ends,
            deep=bottom - top if ramp.side in (TOP, BOTTOM) else right - left,
        )
        for ramp in edges.ramps
    ]


def _cut(ground: Floats, color: Color) -> Floats:
    """Return the levels of 255, per channel, by which a shadow is darker on average because it is cut to bytes.

    The colour is, and what is left of the ground; but so is the alpha that this is taken from.
    """
    return CUT * (1 - ground / 255 + (np.array(color) > 0))
