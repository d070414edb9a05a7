"""Hues of what is drawn in a JPEG: those from which the file can have come.

Each weight of a block of colour (a DCT coefficient) was rounded to a multiple of a quantisation step, which the file
tells. So what it was before lies
within half a step of what is decoded. Where a line, a word or a badge stands, and how light it is, is known from
lightness; how it weighs in each block then depends on its hue alone, and each weight bounds that from below and above.
Blocks in which a thing stands elsewhere give other bounds, and together they are narrow. A hue between bounds is taken
for one that is known from areas, if there is such a one.

Source:
  ITU-T T.81, annexes A.3.3 (cosine transform) and A.3.4 (quantization).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, cast

import attrs
import cv2
import numpy as np
from numpy.typing import NDArray

from copy_that_orch.imaging.arrays import Codes, Floats, Indices, Pixels
from copy_that_orch.imaging.ink import Ink
from copy_that_orch.imaging.noise import COSINES, LUMA_BLOCK, Levels
from copy_that_orch.imaging.plateaus import ycc_of

SLACK: Final = 0.3
"""How far a weight may be out of its bounds: what an encoder rounds on its way to it."""
LEAST_PART: Final = 0.05
"""Share of the strongest weight of a thing below which one says nothing about it."""
TOLERANCE: Final = 1.0
"""Levels of 255 by which a known hue may lie out of the bounds. On tuning screens one was as good as two."""
_GREY: Final = np.uint32(0x808080)

_TRANSFORM: Final = np.kron(COSINES, COSINES).T.astype(np.float32)
"""64 x 64: from the samples of a block to its weights, both row after row."""
_SHARPENED: Final = 2**0.5 * (8**0.5 - 3) ** np.abs(np.arange(-4, 5))
"""Undoes that samples of colour are mixed with an eighth of each of their neighbours when they are brought back to full
resolution, and two pixels averaged again: the inverse of [1, 6, 1] / 8. It comes of "fancy upsampling" of libjpeg,
3/4 of the nearest sample and 1/4 of the next, in each direction."""


@attrs.frozen(eq=False)
class ColorSteps:
    """How a file keeps colour.

    Attributes:
      steps: 2 x 64: the steps of the weights of the differences of red and of blue, row after row.
      shared: How many pixels share a sample, in each direction: 1 or 2.
    """

    steps: Floats
    shared: int


@attrs.frozen(eq=False)
class Hue:
    """What the hue of something can have been.

    Attributes:
      slope: Difference of colour from the ground by that of lightness, of red and of blue.
      misfit: How far the weights are out of their bounds at best, by how much the thing weighs: a share of its step of
        lightness.
    """

    slope: Floats
    misfit: float


@attrs.frozen(eq=False)
class Bounded:
    """A value between bounds that need not all agree: middle, half of the distance from one to the other, misfit."""

    middle: float
    spread: float
    misfit: float


@attrs.frozen(eq=False)
class _Drawn:
    """The pixels of a thing, which blocks it touches (by their place in a list), and its weights there by slope."""

    pixels: Indices
    blocks: Indices
    weights: Floats


def find_hues(ink: Ink, things: Sequence[Indices], ycc: Pixels, color: ColorSteps, areas: Codes) -> list[Hue | None]:
    """Return the hue of each of `things`, pixels of ink of one colour; None if nothing tells it.

    Args:
      ink: What is drawn, as light as it is.
      things: The pixels of each, as indices into the pixels of ink.
      ycc: Height x width x 3: the picture as decoded.
      color: How the file keeps colour.
      areas: Colours whose hues are known, in one row.
    """
    side = LUMA_BLOCK * color.shared
    down, across = ink.index.shape[0] // side, ink.index.shape[1] // side
    touched = [_touched(ink, pixels, side, down, across) for pixels in things]
    blocks = np.unique(np.concatenate([np.empty(0, np.intp), *touched]))
    blocks = blocks[blocks >= 0]
    if not len(blocks):
        return [None] * len(things)
    drawn = [
        _weigh(ink, pixels, np.searchsorted(blocks, block), block >= 0, color.shared)
        for pixels, block in zip(things, touched, strict=True)
    ]
    bounds: list[list[Bounded]] = []
    for channel in (0, 1):
        steps = color.steps[channel]
        left = _weights(ink.delta[1 + channel], blocks, across, color.shared)
        decoded = _weights(ycc[..., 1 + channel], blocks, across, color.shared)
        decoded[:, 0] -= 128 * LUMA_BLOCK
        left += steps * np.rint(decoded / steps) - decoded  # decoding rounds to levels; weights are whole steps
        bounds.append(_settle(ink, drawn, left, channel, steps / 2 + SLACK))
    known = ycc_of(np.append(_GREY, areas)[None])[0, :, 1:].astype(np.float64)
    return [
        _hue(ink, thing, (red, blue), known) if thing.weights.any() else None
        for thing, red, blue in zip(drawn, *bounds, strict=True)
    ]


def _touched(ink: Ink, pixels: Indices, side: int, down: int, across: int) -> Indices:
    """Return the number of the block of each pixel; -1 for blocks that the edge of the picture cuts."""
    row, column = ink.rows[pixels] // side, ink.columns[pixels] // side
    return np.where((row < down) & (column < across), row * across + column, -1)


def _weigh(ink: Ink, pixels: Indices, block: Indices, whole: NDArray[np.bool_], shared: int) -> _Drawn:
    """Return how pixels weigh in the blocks at places `block` of a list if colour differs as much as lightness does."""
    pixels_in, block = pixels[whole], block[whole]
    blocks, local = np.unique(block, return_inverse=True)
    row, column = (places[pixels_in] // shared % LUMA_BLOCK for places in (ink.rows, ink.columns))
    sample = (local * LUMA_BLOCK + row) * LUMA_BLOCK + column
    samples = np.bincount(sample, ink.step[pixels_in] / shared**2, len(blocks) * LUMA_BLOCK**2).astype(np.float32)
    weights = samples.reshape(-1, LUMA_BLOCK**2) @ _TRANSFORM
    return _Drawn(pixels, blocks, weights.astype(np.float64))


def _weights(plane: Levels | Pixels, blocks: Indices, across: int, shared: int) -> Floats:
    """Return the weights of some blocks of a plane of colour, blocks x 64.

    Args:
      plane: Height x width, in full resolution.
      blocks: Numbers of blocks, row after row.
      across: Whole blocks in a row.
      shared: How many pixels share a sample, in each direction.
    """
    side = LUMA_BLOCK * shared
    whole = plane[: plane.shape[0] // side * side, : across * side]
    samples = whole if shared == 1 else _halved(whole)
    tiles = samples.reshape(-1, LUMA_BLOCK, across, LUMA_BLOCK).transpose(0, 2, 1, 3)
    chosen = tiles[blocks // across, blocks % across].reshape(-1, LUMA_BLOCK**2).astype(np.float32)
    return (chosen @ _TRANSFORM).astype(np.float64)


def _halved(plane: Levels | Pixels) -> Levels:
    """Return the samples from which a plane was brought to full resolution; its sides are even."""
    mean = np.zeros((plane.shape[0] // 2, plane.shape[1] // 2), np.float32)
    for row, column in ((0, 0), (0, 1), (1, 0), (1, 1)):
        mean += plane[row::2, column::2]
    mean /= 4
    return cast("Levels", cv2.sepFilter2D(mean, -1, _SHARPENED, _SHARPENED, borderType=cv2.BORDER_REPLICATE))


def _settle(ink: Ink, drawn: Sequence[_Drawn], left: Floats, channel: int, reach: Floats) -> list[Bounded]:
    """Return the slopes of things in one difference of colour.

    Args:
      ink: What is drawn.
      drawn: The things.
      left: Blocks x 64: weights of what is not ground; they are changed.
      channel: 0 for red, 1 for blue.
      reach: How far each weight may be off.
    """
    slopes = [float(ink.slope[thing.pixels, channel].mean()) for thing in drawn]
    for thing, slope in zip(drawn, slopes, strict=True):
        left[thing.blocks] -= slope * thing.weights
    found = []
    for thing, slope in zip(drawn, slopes, strict=True):
        if not thing.weights.any():
            found.append(Bounded(slope, 0.0, 0.0))
            continue
        own = left[thing.blocks] + slope * thing.weights
        found.append(between(own, thing.weights, reach))
        left[thing.blocks] = own - found[-1].middle * thing.weights
    return found


def between(seen: Floats, drawn: Floats, reach: Floats) -> Bounded:
    """Return the factor by which `drawn` is multiplied in `seen`, both blocks x 64, each of which is off by `reach`.

    Each weight bounds it from both sides. Where bounds contradict each other, the sum of how far it is out of them is
    least at their median, weighed by `drawn`; where they do not, all between the two in the middle is as good.
    """
    size = np.abs(drawn)
    told = size > LEAST_PART * size.max()
    size, ratio = size[told], seen[told] / drawn[told]
    room = np.broadcast_to(reach, drawn.shape)[told] / size
    ends = np.concatenate([ratio - room, ratio + room])
    order = np.argsort(ends)
    ends, weights = ends[order], np.cumsum(np.tile(size, 2)[order])
    half = weights[-1] / 2
    low = ends[np.searchsorted(weights, half * (1 - 1e-9))]
    high = ends[np.searchsorted(weights, half * (1 + 1e-9))]
    middle = (low + high) / 2
    out = np.maximum(np.abs(ratio - middle) - room, 0) * size
    return Bounded(float(middle), float(high - low) / 2, float(out.sum() / size.sum()))


def _hue(ink: Ink, thing: _Drawn, bounds: tuple[Bounded, Bounded], known: Floats) -> Hue:
    """Return the hue of a thing: between its bounds the nearest known one, of an area or of its ground, if any is."""
    level = float(np.abs(ink.step[thing.pixels]).max())
    sign = 1.0 if ink.step[thing.pixels].sum() > 0 else -1.0
    ground = ink.ground[1:, thing.pixels].mean(axis=1)
    middle = np.array([one.middle for one in bounds])
    room = np.array([one.spread for one in bounds])
    slopes = (np.concatenate([known, ground[None]]) - ground) / (sign * level)
    off = np.abs(slopes - middle)
    near = (off <= room + TOLERANCE / level).all(axis=1)
    if near.any():
        middle = slopes[near][np.linalg.norm(off[near], axis=1).argmin()]
    return Hue(middle, max(one.misfit for one in bounds))
