"""How far JPEG moves pixels: not at all where nothing happens, the more the more contrast a block has.

The picture is cut into blocks of 8 x 8, each a sum of cosines whose weights are rounded to multiples of a table. A
plain block has one weight, and comes back within a level. Where letters or edges stand, rounding many weights rings all
over the block, and only there. Colour is kept at half the resolution, in blocks that cover 16 x 16 pixels.

Sources: ITU-T T.81, annex A; the limits below were measured on screens at quality 85, beside the same as PNG.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, TypeVar, cast

import attrs
import cv2
import numpy as np
from numpy.typing import NDArray

from copy_that_orch.imaging.arrays import Channels, Floats, Mask, Pixels

LUMA_BLOCK: Final = 8
COLOR_BLOCK: Final = 16
SPILL: Final = np.ones((5, 5), np.uint8)
"""Colour is smoothed when it is brought back to full resolution, which spills over the edge of a block."""
CONTRASTS: Final = (2, 20, 60)
BOUNDS: Final = (0.2, 0.5, 1.0, 2.5)
"""Bounds of 99 % of the errors, in standard deviations of a full block, by the contrast of a block in levels of 255."""
COLOR_BOUND: Final = 3.0
"""How many times further colour is moved than lightness."""
SMEARED: Final = 0.6
"""How far colour is smeared beside an edge, as a share of the step there."""
BUSY: Final = 8
"""Contrast, in levels of 255, of a block whose pixels are worth mending."""

_PLACES: Final = np.arange(LUMA_BLOCK)
COSINES: Final[Floats] = (
    np.cos((2 * _PLACES + 1) * _PLACES[:, None] * np.pi / 16) * np.where(_PLACES, 0.5, 8**-0.5)[:, None]
)
"""Weights x pixels: the orthonormal transform of a block in one direction."""

Levels = NDArray[np.float32]
T = TypeVar("T", bound=np.generic)


@attrs.frozen(eq=False, kw_only=True)
class Noise:
    """What to expect of the pixels of a picture.

    Attributes:
      deviation: Standard deviation of the errors of lightness in a block full of contrast, in levels of 255.
      luma: Height x width: bound of the error of lightness of each pixel, whole levels.
      color: Height x width: the same for both differences of colour.
      busy: Height x width: whether anything happens near a pixel, so that it is worth mending.
      still: Whether anything happens in the blocks of 16 x 16 pixels; rows x columns of these.
    """

    deviation: float
    luma: NDArray[np.uint8]
    color: NDArray[np.uint8]
    busy: Mask
    still: Mask


def expected_noise(ycc: Pixels, table: Sequence[int]) -> Noise:
    """Return the noise of a picture.

    Args:
      ycc: Height x width x 3: lightness and the two differences of colour.
      table: The 64 steps to which the weights of lightness were rounded.
    """
    height, width = ycc.shape[:2]
    deviation = float(np.sqrt((np.asarray(table, np.float64) ** 2).mean() / 12))  # rounding is off by step / sqrt(12)
    steps = np.array(BOUNDS) * deviation
    steps[0] = min(steps[0], 1.0)
    contrast = [_contrast(np.ascontiguousarray(ycc[..., channel]), COLOR_BLOCK) for channel in range(3)]
    strongest = np.maximum.reduce(contrast)
    bounds = steps.astype(np.float32)
    luma = bounds[np.digitize(_contrast(np.ascontiguousarray(ycc[..., 0]), LUMA_BLOCK), CONTRASTS)]
    color = COLOR_BOUND * bounds[np.digitize(strongest, CONTRASTS)]
    color = np.maximum(color, (SMEARED * np.maximum(contrast[1], contrast[2])).astype(np.float32))
    size = (height, width)
    return Noise(
        deviation=deviation,
        luma=_grown(luma.astype(np.uint8), LUMA_BLOCK, size),
        color=_grown(np.minimum(color, 255).astype(np.uint8), COLOR_BLOCK, size),
        busy=_grown((strongest >= BUSY).astype(np.uint8), COLOR_BLOCK, size) > 0,
        still=strongest == 0,
    )


def _grown(blocks: NDArray[T], side: int, size: tuple[int, int]) -> NDArray[T]:
    """Return the largest value of the blocks at or beside each pixel."""
    return cast("NDArray[T]", cv2.dilate(cast("Pixels", spread(blocks, side, size)), SPILL))


def _contrast(plane: Pixels, side: int) -> Channels:
    """Return the range of values in each block of `plane`, from the upper left corner on."""
    low, high = extremes_in(plane, side)
    return np.asarray(high.astype(np.int16) - low)


def extremes_in(plane: NDArray[T], side: int) -> tuple[NDArray[T], NDArray[T]]:
    """Return the lowest and the highest value in each block of `plane`, from the upper left corner on."""
    height, width = plane.shape
    whole = np.pad(plane, ((0, -height % side), (0, -width % side)), mode="edge")
    rows = whole.reshape(-1, side, whole.shape[1])
    low = rows.min(axis=1).reshape(len(rows), -1, side).min(axis=2)
    high = rows.max(axis=1).reshape(len(rows), -1, side).max(axis=2)
    return low, high


def spread(blocks: NDArray[T], side: int, size: tuple[int, int]) -> NDArray[T]:
    """Return the value of the block of each pixel."""
    return np.repeat(np.repeat(blocks, side, axis=0), side, axis=1)[: size[0], : size[1]]
