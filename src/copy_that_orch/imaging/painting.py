"""What Skia paints without a graphics card where a box throws a shadow, to the byte.

It is whole numbers all the way: the mask of a shadow, the alpha of its colour, the colour times that alpha, and the sum
with the ground, each cut to a byte.

Sources:
  Skia, `SkBlitMask_opts.h` (a colour through a mask) and `Sk4px.h` (products cut to bytes), compared with what Chromium
  156 paints: equal to the byte for black, grey and coloured shadows on light and dark grounds.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import attrs
import numpy as np
from numpy.typing import NDArray

from copy_that_orch.imaging.arrays import Channels, Floats
from copy_that_orch.imaging.blurs import Drawn
from copy_that_orch.imaging.ramps import BOTTOM, TOP
from copy_that_orch.imaging.shadow_fit import Fit
from copy_that_orch.imaging.shadow_layers import BLURS, SPREADS, Indices, Layer, Places

Whole = NDArray[np.uint16]
Color = tuple[int, int, int]

OFF: Final = np.int16(4)
FAR: Final = np.int16(3)
MOST_OFF: Final = np.int16(4)
"""How unlikely are a byte that is one off, and each further level, as logarithms, up to so many levels."""
FINE: Final = 1.5
FINER: Final = 3.0
"""How unlikely is an alpha in percent that is no multiple of 5, and one that is no whole percent."""
USUAL: Final = 0.3
RARE: Final = 10.0
OPAQUE: Final = 2.5
"""Alpha that is seldom exceeded, how unlikely it is to exceed it by 1, and how unlikely is an opaque colour."""
PAINTED: Final = 0.06
"""Share of pixels that may be off where a shadow counts as painted so."""
PERCENTS: Final = (2.5, 3.5, 7.5, 10.8, 12.5, 13.2, 17.5, 17.6, 22.5, 37.5)
"""Alphas in use that are no whole percents."""


def _alphas() -> tuple[NDArray[np.int64], Floats, Floats]:
    """Return bytes of alpha, what each stands for, and how unlikely that is."""
    common: dict[int, tuple[float, float]] = {}
    for percent in (*range(5, 101, 5), *range(1, 100), *PERCENTS):
        unlikely = 0.0 if percent % 5 == 0 else FINE if percent == int(percent) else FINER
        unlikely += RARE * max(percent / 100 - USUAL, 0) if percent < 100 else OPAQUE
        common.setdefault(int(percent * 2.55 + 0.5), (percent / 100, unlikely))
    values = np.array(sorted(common))
    return values, np.array([common[value][0] for value in values]), np.array([common[value][1] for value in values])


ALPHAS, SHARES, UNLIKELY = _alphas()
BYTES: Final = ALPHAS.astype(np.uint16)


def times_alpha(colors: NDArray[np.int64], alphas: Indices) -> Whole:
    """Return colours times alphas, which are places in `ALPHAS`, in bytes."""
    return ((colors * ALPHAS[alphas][:, None] + 127) // 255).astype(np.uint16)


def laid_on(masks: Whole, colors: Whole) -> Whole:
    """Return what colours, times alpha, add through some masks: shadows x channels x pixels."""
    whole = colors[:, :, None] * (masks[:, None] + np.uint16(1))
    whole >>= 8
    return whole


def shining_through(under: Whole, masks: Whole, alphas: Indices) -> Whole:
    """Return what some masks let through, with alphas that are places in `ALPHAS`, of what lies under them."""
    through = BYTES[alphas][:, None, None] * (masks[:, None] + np.uint16(1))
    through >>= 8
    np.subtract(np.uint16(256), through, out=through)
    whole = under * through
    whole >>= 8
    return whole


def lay(under: Whole, masks: Whole, alphas: Indices, colors: Whole) -> Whole:
    """Return what is left of what lies under some masks.

    Args:
      under: Shadows x channels x pixels, or what can be repeated to that.
      masks: Shadows x pixels.
      alphas: Places in `ALPHAS`.
      colors: Shadows x channels, times alpha.
    """
    return laid_on(masks, colors) + shining_through(under, masks, alphas)


@attrs.frozen
class Painted:
    """A shadow as it was painted.

    Attributes:
      layers: The topmost first, in CSS pixels.
      color: Red, green and blue.
      cost: How unlikely it is to see what is seen, a logarithm.
      off: Share of the pixels that differ in any channel.
    """

    layers: tuple[Layer, ...]
    color: Color
    cost: float
    off: float

    @property
    def is_so(self) -> bool:
        """Whether so few pixels differ that this counts as what was painted."""
        return self.off <= PAINTED


class Painter:
    """Paints shadows beside one box, and compares them with what is seen there.

    What is painted is shadows x channels x pixels; where the ground and all that is seen are grey, one channel.
    """

    def __init__(self, seen: Channels, ground: Sequence[int], fit: Fit) -> None:
        """Take the pixels that the fit is to, pixels x 3, and what they would be without a shadow."""
        is_grey = bool((seen == seen[:, :1]).all()) and len(set(ground)) == 1
        self.channels = 1 if is_grey else 3
        self.seen = seen[:, : self.channels].T.astype(np.int16)
        self.ground = np.array(ground[: self.channels], np.uint16)
        self.fit = fit

    @property
    def strongest(self) -> int:
        """The strongest change that is seen, in levels of 255."""
        return int(np.abs(self.ground[:, None] - self.seen).max())

    def masks(self, places: Places) -> Whole:
        """Return the masks of some shadows, shadows x pixels."""
        blur, _down, spread = places
        # A rectangle that is smaller than its blur is not drawn by its edges.
        sides = zip(self.fit.parts(places), self.fit.shades, strict=True)
        if self.fit.drawn is Drawn.ROUND:
            return np.concatenate([_round_mask(*parts, shade.side) for parts, shade in sides], axis=1)
        window = 6 * np.array(BLURS)[blur] * self.fit.scale / 2
        grown = 2 * np.array(SPREADS)[spread] * self.fit.scale
        return np.concatenate(
            [
                _product(
                    _square_mask(along[:, None], sum(shade.ends) + grown < window),
                    _square_mask(across, shade.deep + grown < window),
                )
                for (along, across), shade in sides
            ],
            axis=1,
        )

    def over(self, under: Whole, layers: Sequence[Layer], color: Color) -> Whole:
        """Return what layers, the topmost first, leave of what lies under them."""
        for layer in reversed(layers):
            alphas = np.array([int(np.abs(SHARES - layer.alpha).argmin())])
            masks = self.masks(self.fit.places([layer]))
            under = lay(under, masks, alphas, self.multiplied(color, alphas))
        return under

    def multiplied(self, color: Color, alphas: Indices) -> Whole:
        """Return a colour times some alphas, alphas x channels."""
        return times_alpha(np.array(color[: self.channels]), alphas)

    def painted(self, layers: Sequence[Layer], color: Color, cost: float) -> Painted:
        """Return layers, the topmost first, compared with what is seen; `cost` is how unlikely they are."""
        off = (self.over(self.ground[:, None], layers, color) != self.seen).any(axis=-2).mean()
        return Painted(tuple(attrs.evolve(layer, x=self.fit.aside) for layer in layers), color, cost, float(off))

    def misses(self, layers: Sequence[Layer], color: Color) -> float:
        """Return by how many levels what layers leave differs from what is seen, root mean square."""
        if not self.fit.reaches(layers):
            return np.inf
        off = self.over(self.ground[:, None], layers, color).astype(np.float64) - self.seen
        return float(np.sqrt((off**2).mean()))

    def differ(self, painted: Whole) -> Floats:
        """Return how unlikely is what is seen, shadows x channels."""
        off = painted.view(np.int16) - self.seen
        np.abs(off, out=off)
        np.minimum(off, MOST_OFF, out=off)
        unlikely = FAR * off
        unlikely += (OFF - FAR) * (off > 0)
        return np.asarray(unlikely.sum(axis=-1, dtype=np.int16) / self.channels, np.float64)


def _round_mask(along: Floats, across: Floats, side: int) -> Whole:
    """Return masks of a box with round corners: blurred along rows, then along columns, each cut to bytes."""
    first, second = (along[:, None], across) if side in (TOP, BOTTOM) else (across, along[:, None])
    return np.maximum(np.floor(np.floor(255 * first + 0.5) * second + 0.5), 0).astype(np.uint16)


def _square_mask(share: Floats, is_small: NDArray[np.bool_]) -> Whole:
    whole = np.where(is_small[:, None], np.floor(255 * share + 1e-6), np.ceil(255 * share - 1e-3))
    return np.clip(whole, 0, 255).astype(np.uint16)


def _product(one: Whole, other: Whole) -> Whole:
    product = one.astype(np.uint32) * other + 128
    return ((product + (product >> 8)) >> 8).astype(np.uint16)


def alphas_near(alpha: Floats, room: float) -> tuple[Indices, Indices]:
    """Return rows of `alpha`, in bytes, and beside each the place of an alpha that is near it."""
    near = np.abs(ALPHAS - alpha[:, None]) <= room * alpha[:, None] + 5
    rows, alphas = np.nonzero(near & (alpha[:, None] >= 1))
    return rows, alphas
