"""Which box shadows make a soft edge.

A box shadow is the box moved, grown and blurred; it is laid over the ground with its alpha. Beside the middle of a
side, the share of it at a place is the product of how far the place lies within it across and down, each a difference
of two blurred edges; see `blurs`. Layers are laid over each other, so what they let through multiplies.

Lengths in style sheets are whole CSS pixels, so a layer is looked for among all of these: for each blur, offset and
spread the alpha that fits best is a quotient of two sums, and the sums are shared between offsets. If one layer does
not explain the edge, published sets of layers are tried, and then pairs of any two.

Source:
  CSS Backgrounds and Borders Level 3, "drop shadows": the standard deviation is half the blur radius.
  https://www.w3.org/TR/css-backgrounds-3/#shadow-blur
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Final

import attrs
import numpy as np
from numpy.typing import NDArray

from copy_that_orch.imaging.arrays import Floats
from copy_that_orch.imaging.blurs import Drawn
from copy_that_orch.imaging.known_shadows import KNOWN
from copy_that_orch.imaging.ramps import BOTTOM, LEFT, RIGHT, TOP
from copy_that_orch.imaging.shadow_layers import (
    BLURS,
    DOWN,
    MOST_ALPHA,
    SPREADS,
    Layer,
    Places,
    Shade,
    Side,
    geometry_cost,
    moved_edges,
    strongest_first,
)
from copy_that_orch.imaging.shadow_pairs import MOST_PIXELS, Pair, likely_pairs, paired

ODD_ALPHA: Final = 0.15
DARK: Final = 0.32
"""Alpha above which a layer that is smaller than its box is doubted, and any layer."""
HIDDEN: Final = 2.5
"""How far a shadow reaches below a box, at most, in times of how far it reaches above."""
WIDEST: Final = 1.8
"""Largest blur that is tried, in times of how far the edge reaches."""
LEVELS_OFF: Final = {Drawn.TRUE: 0.45, Drawn.ROUND: 0.36, Drawn.SQUARE: 0.36}
"""Levels of 255 by which whole levels differ from what was drawn, root mean square, with what browsers approximate."""
UNEVEN: Final = {Drawn.TRUE: 0.008, Drawn.ROUND: 0.002, Drawn.SQUARE: 0.002}
"""The same, as a share of the strongest change."""
WORTH: Final = 0.8
"""Another layer must bring the misfit down to this share of it."""
LEAST: Final = 0.5
"""Levels of 255 that a layer must be able to change."""
ASIDE: Final = 24
"""Largest offset to a side, in CSS pixels."""
USUAL_ALPHA: Final = 0.15
"""Shadows have an alpha of about this much: one far above fits a faint edge too, if a spread hides most of it."""
LIKE: Final = 2.5
MOST_KNOWN: Final = 40
"""Misfit of published layers in the best colour for them, and how many sets of them are looked at more closely."""
PLAIN: Final = 10.0
"""Sum of squares, in those of `LEVELS_OFF`, that a layer with a spread must fit better than one without."""


def fit_layers(fit: Fit, *, is_thorough: bool) -> tuple[Layer, ...]:
    """Return the layers that explain a soft edge, the strongest first; pairs are tried if `is_thorough`."""
    layers = [fit.single]
    if fit.misfit(layers) > 1 or _is_odd(layers[0]):
        known = min(known_layers(), key=fit.misfit)
        if fit.misfit(known) <= 1:
            layers = known
    if is_thorough and fit.misfit(layers) > 1 and fit.pairs:
        pair = fit.pairs[0].layers()
        if fit.misfit(pair) <= WORTH * fit.misfit(layers):
            layers = pair
    seen = [attrs.evolve(layer, x=fit.aside) for layer in layers if layer.alpha * fit.levels >= LEAST]
    return strongest_first(seen)


def _is_odd(layer: Layer) -> bool:
    """Return whether a layer by itself is unusual: several together often look like one that is smaller and darker."""
    return layer.alpha > (ODD_ALPHA if layer.spread < 0 else DARK)


@functools.cache
def known_layers() -> list[list[Layer]]:
    """Return the published sets of layers."""
    return [[Layer(0, *layer) for layer in layers] for layers in KNOWN]


class Fit:
    """A soft edge, and all layers that are tried, as what each would take from the light beside its sides.

    Attributes:
      levels: Levels of 255 that a loss of 1.0 is.
      lost: Of all sides, one after the other.
      aside: Offset to the right of all layers, in CSS pixels.
    """

    def __init__(
        self,
        shades: Sequence[Shade],
        scale: float,
        levels: float,
        drawn: Drawn = Drawn.TRUE,
        *,
        like: Fit | None = None,
    ) -> None:
        """Take the shades of two or more sides.

        Args:
          shades: What is seen beside them.
          scale: Device pixels per CSS pixel.
          levels: Levels of 255 that a loss of 1.0 is.
          drawn: How blurred edges are drawn.
          like: One of the same shades drawn otherwise: pairs of layers that nearly explain them are the same.
        """
        self.levels = levels
        self.drawn = drawn
        self.lost = np.concatenate([shade.lost for shade in shades])
        self.shades = shades
        self.scale = scale
        self._like = like
        self._known: dict[tuple[int, int, int], Floats] = {}
        self._tolerance = (LEVELS_OFF[drawn] + UNEVEN[drawn] * self.strongest) / levels
        self._noise = self._tolerance**2
        self._usual = self._noise / USUAL_ALPHA**2
        reach = max(shade.start + float(np.flatnonzero(shade.lost).max(initial=0)) + 1 for shade in shades) / scale
        sides = {shade.side for shade in shades}
        if TOP in sides and BOTTOM not in sides:  # most of it may lie below
            reach *= HIDDEN
        self._blurs = sum(blur <= WIDEST * reach for blur in BLURS)
        self.aside = self._aside()
        moved = moved_edges(self.aside)
        self._sides = [Side(shade, scale, drawn, self._blurs, moved) for shade in shades]
        self._sums = sum((side.steps**2).sum(axis=2)[:, side.moved] * side.within**2 for side in self._sides)

    @property
    def strongest(self) -> float:
        """The strongest change, in levels of 255."""
        return self.levels * float(self.lost.max())

    @functools.cached_property
    def single(self) -> Layer:
        """The layer that comes nearest to what is seen."""
        gain, alpha = self._gains
        blur, down, spread = np.unravel_index(int(gain.argmax()), gain.shape)
        return Layer(0, DOWN[down], BLURS[blur], SPREADS[spread], float(alpha[blur, down, spread]))

    def nearest(self, count: int) -> Places:
        """Return the places in `BLURS`, `DOWN` and `SPREADS` of the layers that come nearest to what is seen."""
        gain = self._gains[0].ravel()
        leaders = np.argpartition(-gain, min(count, len(gain) - 1))[:count]
        blur, down, spread = np.unravel_index(leaders, (self._blurs, len(DOWN), len(SPREADS)))
        return blur, down, spread

    def places(self, layers: Sequence[Layer]) -> Places:
        """Return where layers are in `BLURS`, `DOWN` and `SPREADS`."""
        blur, down, spread = np.array([self._place(layer) for layer in layers]).T
        return blur, down, spread

    def around(self, layer: Layer, reach: Sequence[int]) -> Places:
        """Return the places of the layers around one, so many to either side in blur, offset and spread."""
        sizes = (self._blurs, len(DOWN), len(SPREADS))
        ranges = (
            np.arange(max(place - far, 0), min(place + far + 1, size))
            for place, far, size in zip(self._place(layer), reach, sizes, strict=True)
        )
        blur, down, spread = (each.ravel() for each in np.meshgrid(*ranges, indexing="ij"))
        return blur, down, spread

    def published(self) -> list[list[Layer]]:
        """Return the published sets of layers that take nearly what is seen, or as much of it anywhere, the best first.

        With another colour or alpha a shadow takes another share of the light, the same everywhere.
        """
        sets = [layers for layers in known_layers() if self.reaches(layers)]
        if not sets:
            return []
        shares = self.shares(self.places([layer for layers in sets for layer in layers]))
        kept = np.log(1 - shares * np.array([layer.alpha for layers in sets for layer in layers])[:, None])
        first = np.cumsum([0, *(len(layers) for layers in sets[:-1])])
        taken = 1 - np.exp(np.add.reduceat(kept, first, axis=0))
        scaled = (taken @ self.lost / np.maximum((taken**2).sum(axis=1), 1e-9))[:, None] * taken
        off = np.sqrt(((scaled - self.lost) ** 2).mean(axis=1)) / self._tolerance
        return [sets[place] for place in np.argsort(off)[:MOST_KNOWN] if off[place] <= LIKE]

    def reaches(self, layers: Sequence[Layer]) -> bool:
        """Return whether layers reach no farther than what is seen."""
        return all(layer.blur <= BLURS[self._blurs - 1] for layer in layers)

    def shares(self, places: Places, every: int = 1) -> Floats:
        """Return how far pixels lie within some layers, layers x pixels: all of them, or one of so many."""
        found, start = [], 0
        for side in self._sides:  # one after the other, for each has much that is not kept
            along, across = side.parts(*places)
            found.append(along[:, None] * across[:, -start % every :: every])
            start += across.shape[1]
        return np.concatenate(found, axis=1)

    def parts(self, places: Places) -> list[tuple[Floats, Floats]]:
        """Return for each side how far pixels lie within some layers along it, and how far across, layers x pixels."""
        return [side.parts(*places) for side in self._sides]

    @functools.cached_property
    def _gains(self) -> tuple[Floats, Floats]:
        """How much of what is seen each layer explains, and its alpha: blurs x offsets x spreads."""
        products: NDArray[np.float64] = np.zeros_like(self._sums)
        start = 0
        for side in self._sides:
            part = self.lost[start : start + side.steps.shape[2]]
            start += side.steps.shape[2]
            products += (side.steps @ part)[:, side.moved] * side.within
        alpha = np.clip(products / (self._sums + self._usual), 0, MOST_ALPHA)
        unlikely = unlikely_lengths()[: self._blurs] * self._noise
        gain = alpha * (2 * products - alpha * (self._sums + self._usual)) - unlikely
        return gain, alpha

    def share(self, layer: Layer) -> Floats:
        """Return how far each pixel lies within a layer."""
        place = self._place(layer)
        if place not in self._known:
            (self._known[place],) = self.shares(self.places([layer]))
        return self._known[place]

    def taken(self, layers: Sequence[Layer]) -> Floats:
        """Return what layers take together."""
        kept = np.ones(len(self.lost))
        for layer in layers:
            kept *= 1 - layer.alpha * self.share(layer)
        return 1 - kept

    def misfit(self, layers: Sequence[Layer]) -> float:
        """Return how far layers are from what is seen, root mean square, in times of what rounding explains."""
        if not self.reaches(layers):
            return np.inf
        return float(np.sqrt(((self.taken(layers) - self.lost) ** 2).mean())) / self._tolerance

    def _aside(self) -> int:
        """Return the offset to the right: half of how far the edge at the right must be moved to be like the left."""
        by_side = {shade.side: shade.lost for shade in self.shades}
        if LEFT not in by_side or RIGHT not in by_side:
            return 0
        most = round(ASIDE * self.scale)
        size = max(len(by_side[LEFT]), len(by_side[RIGHT])) + most
        left, right = (_padded(by_side[side], most, size) for side in (LEFT, RIGHT))
        off = [
            float(
                ((left[max(0, move) : size + min(0, move)] - right[max(0, -move) : size + min(0, -move)]) ** 2).mean()
            )
            for move in range(-most, most + 1)
        ]
        if off[most] <= self._noise:
            return 0
        return -round((int(np.argmin(off)) - most) / self.scale / 2)

    @functools.cached_property
    def pairs(self) -> list[Pair]:
        """Pairs of layers that come near to the edge, the likeliest first."""
        if self._like is not None:
            return self._like.pairs
        places = paired(self._blurs)
        every = 1 + len(self.lost) // MOST_PIXELS
        shares, rare = self.shares(places, every), geometry_cost(places)
        return likely_pairs(places, shares, self.lost[::every], rare, self.levels, self._noise)

    def _place(self, layer: Layer) -> tuple[int, int, int]:
        return BLURS.index(int(layer.blur)), DOWN.index(int(layer.y)), SPREADS.index(int(layer.spread))


def _padded(lost: Floats, before: int, size: int) -> Floats:
    """Return a shade of `size` pixels, with as much as beside the box for the `before` pixels that the box hides."""
    return np.pad(lost, (before, size), mode="edge")[before : before + size]


@functools.lru_cache(maxsize=1)
def unlikely_lengths() -> Floats:
    """Return how unusual a layer is, blurs x offsets x spreads: a spread, or an offset that is larger than the blur."""
    blur, down, spread = np.meshgrid(BLURS, DOWN, SPREADS, indexing="ij")
    return np.where(spread != 0, PLAIN, 0) + np.where(np.abs(down) > blur + 2, PLAIN, 0) + np.where(down < 0, PLAIN, 0)
