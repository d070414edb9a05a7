"""The layer of a shadow that explains best what a JPEG has of the sides of a box.

What layers take is weighed as what is seen is (see `coded_sides`), so that all weights have equal noise, and the best
alpha of each layer is a quotient of two sums, as in `shadow_fit`. Mending may move the side of a box by some pixels
and hide its border. So the layer, the pixel with which the ground begins at each side, and the width of the border,
which is the same at all sides, are found together: whatever makes what is seen likeliest.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Final

import attrs
import numpy as np

from copy_that_orch.imaging.arrays import Floats
from copy_that_orch.imaging.blurs import Drawn, blurred_edge
from copy_that_orch.imaging.coded_lines import Line
from copy_that_orch.imaging.coded_sides import CodedSide
from copy_that_orch.imaging.noise import LUMA_BLOCK
from copy_that_orch.imaging.ramps import BOTTOM, LEFT, REACH, RIGHT, TOP
from copy_that_orch.imaging.shadow_fit import ODD_ALPHA, USUAL_ALPHA, known_layers, unlikely_lengths
from copy_that_orch.imaging.shadow_layers import (
    BLURS,
    DOWN,
    MOST_ALPHA,
    SHARP,
    SPREADS,
    VISIBLE,
    Layer,
    Shade,
    Side,
    moved_edges,
)

NEAR: Final = 4
"""Device pixels that the side of a box may lie off."""
UNLIKELY: Final = 3.0
"""How much `shadow_fit.unlikely_lengths` count here: a layer is not drawn as exactly as many weights tell."""
ODD: Final = 1.0
"""How much less likely is an odd blur, on the same scale as misfits: minus twice a logarithm."""
UNUSUAL: Final = 20.0
"""How much less likely is one layer by itself that is small and dark."""
POOR: Final = 1.0
"""Misfit of one layer from which others are looked for."""
CLOSER: Final = 3
"""How many published sets are looked at with the sides where they likeliest lie."""
REFINED: Final = 3
"""How often sides and layer are fitted in turn, at most."""
CHANGED: Final = 1.0
"""Levels of 255 from which a pixel is darker than the ground."""
WIDEST: Final = 2.5
"""Largest blur that is tried, in times of how far the edge reaches."""
SOME_BLURS: Final = (1, 2, 4, 8, 12, 16, 24, 34)
SOME_EDGES: Final = (-8, -4, -2, -1, 0, 1, 2, 4, 8, 12)
"""CSS pixels of the shadows that are tried to find out where a side lies."""
SEEN: Final = 0.3
"""Levels of 255 that count as changed."""


@attrs.frozen(eq=False)
class Option:
    """Where a side may lie, and how likely what is seen there is: logarithms.

    Attributes:
      side: What it is then.
      shaded: With the likeliest of some shadows.
      plain: Without a shadow.
    """

    side: CodedSide
    shaded: float
    plain: float


@attrs.frozen(eq=False)
class CodedFit:
    """A shadow that may be beside a box.

    Attributes:
      options: Where each of the sides may lie, with one width of border.
      sides: The likeliest of each.
      layers: The likeliest layers, in black.
      levels: Lightness of the ground: what a layer takes of it if its alpha is 1.0.
      gain: How much likelier one layer makes what is seen than no shadow: minus twice a logarithm.
      scale: Device pixels per CSS pixel.
    """

    options: Sequence[Sequence[Option]]
    sides: tuple[CodedSide, ...]
    layers: tuple[Layer, ...]
    levels: float
    gain: float
    scale: float

    @property
    def strongest(self) -> float:
        """The strongest change, in levels of 255."""
        return max(float(self.taken(side, self.layers).max(initial=0)) for side in self.sides)

    @property
    def is_odd(self) -> bool:
        """Whether one layer by itself is unusual: several together often look like one that is smaller and darker."""
        return len(self.layers) == 1 and self.layers[0].spread < 0 and self.layers[0].alpha > ODD_ALPHA

    def taken(self, side: CodedSide, layers: Sequence[Layer]) -> Floats:
        """Return the levels that layers take from the pixels outside a side."""
        return self.levels * taken_beside(layers, side.line, side.outside, self.scale)

    def surprise(self, layers: Sequence[Layer]) -> float:
        """Return minus twice the logarithm of how likely what is seen is with some layers."""
        return sum(side.surprise(self.taken(side, layers)) for side in self.sides)

    @functools.cached_property
    def misfit(self) -> float:
        """The mean square of what the layers leave unexplained, of the weights of blocks that they change."""
        off, count = 0.0, 0
        for side in self.sides:
            taken = self.taken(side, self.layers)
            off += side.surprise(taken) - side.unlikely
            count += -(-(side.edge + int((taken > SEEN).sum())) // LUMA_BLOCK) * LUMA_BLOCK
        return off / count

    def best_sides(self, layers: Sequence[Layer]) -> tuple[CodedSide, ...]:
        """Return where the sides likeliest lie if there are some layers."""
        return tuple(
            min((each.side for each in some), key=lambda side: side.surprise(self.taken(side, layers)))
            for some in self.options
        )

    def with_published(self) -> CodedFit:
        """Return it with the likeliest of the sets of layers that are published."""
        nearest = sorted(known_layers(), key=self.surprise)[:CLOSER]
        moved = [attrs.evolve(self, layers=tuple(each), sides=self.best_sides(each)) for each in nearest]
        return min(moved, key=lambda fit: fit.surprise(fit.layers))


def fit_box(lines: Sequence[Line], ground: float, scale: float) -> CodedFit | None:
    """Return the likeliest shadow beside a box, or None if there is likelier none.

    Args:
      lines: What is seen across its sides.
      ground: The lightness of what it stands on.
      scale: Device pixels per CSS pixel.
    """
    borders = range(max(round(scale), 1) + 1)
    options = [[_options(line, border, ground, scale) for line in lines] for border in borders]
    shaded = [sum(max(each.shaded for each in some) for some in alike) for alike in options]
    plain = [sum(max(each.plain for each in some) for some in alike) for alike in options]
    if max(shaded) <= max(plain):
        return None
    first, *others = sorted(borders, key=lambda border: -shaded[border])
    fit = _of_one_layer(options[first], ground, scale)
    if fit.strongest < VISIBLE or not (fit.is_odd or fit.misfit > POOR):
        return fit
    # What is darkest may have been taken for a border, and one layer for several.
    fits = [fit, *(_of_one_layer(options[border], ground, scale) for border in others)]
    fits += [each.with_published() for each in fits]
    return min(fits, key=lambda each: each.surprise(each.layers) + UNUSUAL * each.is_odd)


def _options(line: Line, border: int, ground: float, scale: float) -> list[Option]:
    """Return where a side may lie if it has a border."""
    box = float(np.median(line.light[: max(line.at - NEAR + 1, 1)]))
    shapes = ground * _some_shadows(scale)
    options = []
    for edge in range(max(line.at - NEAR, border + 1), min(line.at + NEAR + 1, len(line.light))):
        side = CodedSide(line, edge, border, box, ground)
        weights = side.beside(shapes)
        products, sums = weights @ side.rest, (weights**2).sum(axis=1) + 1 / USUAL_ALPHA**2
        alpha = np.clip(products / sums, 0, MOST_ALPHA)
        plain = -0.5 * (float(side.rest @ side.rest) + side.unlikely)
        options.append(Option(side, plain + 0.5 * float((alpha * (2 * products - alpha * sums)).max()), plain))
    return options


def _of_one_layer(options: Sequence[Sequence[Option]], ground: float, scale: float) -> CodedFit:
    """Return the likeliest layer, and where the sides lie."""
    sides = tuple(max(some, key=lambda each: each.shaded).side for some in options)
    for _turn in range(REFINED):
        layer, gain = best_layer(sides, ground, scale)
        fit = CodedFit(options, sides, (layer,), ground, gain, scale)
        sides = fit.best_sides(fit.layers)
        if sides == fit.sides:
            break
    return fit


def best_layer(sides: Sequence[CodedSide], levels: float, scale: float) -> tuple[Layer, float]:
    """Return the layer that explains most of what is seen beside all sides, and how much that is."""
    moved = moved_edges(0)
    reach = max(int(np.flatnonzero(side.lost >= CHANGED).max(initial=0)) + 1 for side in sides) / scale
    blurs = sum(blur <= WIDEST * reach for blur in BLURS)
    products, sums = np.zeros((2, blurs, len(DOWN), len(SPREADS)))
    for side in sides:
        shade = Shade(side.line.side, np.zeros(min(side.outside, round(REACH * scale))), 0, side.line.ends, np.inf)
        table = Side(shade, scale, Drawn.ROUND, blurs, moved)
        weights = side.beside(levels * table.steps)
        products += (weights @ side.rest)[:, table.moved] * table.within
        sums += np.einsum("bpw,bpw->bp", weights, weights)[:, table.moved] * table.within**2
    sums += 1 / USUAL_ALPHA**2
    alpha = np.clip(products / sums, 0, MOST_ALPHA)
    gain = alpha * (2 * products - alpha * sums) - (UNLIKELY * unlikely_lengths() + ODD * _odd_blurs())[:blurs]
    blur, down, spread = np.unravel_index(int(gain.argmax()), gain.shape)
    layer = Layer(0, DOWN[down], BLURS[blur], SPREADS[spread], float(alpha[blur, down, spread]))
    return layer, float(gain.max())


def taken_beside(layers: Sequence[Layer], line: Line, outside: int, scale: float) -> Floats:
    """Return the share of the light that layers take from each pixel outside a side."""
    return _taken(tuple(layers), line.side, line.ends, scale)[:outside]


@functools.lru_cache(maxsize=1024)
def _taken(layers: tuple[Layer, ...], side: int, ends: tuple[float, float], scale: float) -> Floats:
    """Return what layers take from each pixel beside a side, as far as any is seen; the same for all its edges."""
    away = np.arange(round(REACH * scale), dtype=np.float64) + 0.5
    kept = np.ones(len(away))
    one, other = (LEFT, RIGHT) if side in (TOP, BOTTOM) else (TOP, BOTTOM)
    for layer in layers:
        moved = {TOP: -layer.y, RIGHT: layer.x, BOTTOM: layer.y, LEFT: -layer.x}
        grown = {each: scale * (move + layer.spread) for each, move in moved.items()}
        sigma = max(layer.blur, SHARP) * scale / 2
        within = (
            float(blurred_edge(np.array(ends) + np.array([grown[one], grown[other]]), sigma, Drawn.ROUND).sum()) - 1
        )
        kept *= 1 - layer.alpha * max(within, 0) * blurred_edge(grown[side] - away, sigma, Drawn.ROUND)
    return 1 - kept


@functools.lru_cache(maxsize=4)
def _some_shadows(scale: float) -> Floats:
    """Return how far pixels beside a box lie within some shadows, shadows x pixels."""
    away = np.arange(round(REACH * scale), dtype=np.float64) + 0.5
    return np.stack(
        [
            blurred_edge(scale * edge - away, max(blur, SHARP) * scale / 2, Drawn.ROUND)
            for blur in SOME_BLURS
            for edge in SOME_EDGES
        ]
    )


@functools.lru_cache(maxsize=1)
def _odd_blurs() -> Floats:
    """Return 1.0 for odd blurs and 0.0 for others, blurs x 1 x 1."""
    return np.array(BLURS, np.float64)[:, None, None] % 2
