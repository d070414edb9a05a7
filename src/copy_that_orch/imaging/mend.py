"""Undo what JPEG does to a screenshot, as far as that can be known: plain areas, lines and text get their colours back.

First what lies still is told apart from what is busy (`noise`), then plain areas get their colours (`plateaus`), then
what is drawn on them (`ink`, `marks`); even parts of photos are not taken for areas (`grain`). Photos, gradients and
shadows stay as they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, cast

import attrs
import cv2
import numpy as np

from copy_that_orch.imaging.arrays import Codes, Mask, Pixels, channels_of
from copy_that_orch.imaging.grain import leave_out_grain
from copy_that_orch.imaging.ground import codes_of, pixels_of
from copy_that_orch.imaging.hues import ColorSteps
from copy_that_orch.imaging.ink import find_ink
from copy_that_orch.imaging.marks import paint_marks
from copy_that_orch.imaging.noise import expected_noise
from copy_that_orch.imaging.plateaus import spread_plateaus

AREAS: Final = 32
"""Colours of areas that are compared with what is drawn: those that cover most."""
NEARLY: Final = 4
"""Levels of 255 within which what is drawn has the colour of an area."""


@attrs.frozen(eq=False)
class Mended:
    """A picture that was mended.

    Attributes:
      pixels: Height x width x 3, in RGB.
      plain: Height x width: what was painted with one colour; the rest may be a photo or a gradient.
    """

    pixels: Pixels
    plain: Mask


def mend(ycc: Pixels, table: Sequence[int], color: ColorSteps | None = None, *, smeared: bool = True) -> Mended:
    """Return the picture of a JPEG without its noise, where that can be told.

    Args:
      ycc: Height x width x 3 as decoded: lightness, and the differences of red and of blue, as OpenCV has them.
      table: The 64 steps to which the weights of lightness were rounded, from the file.
      color: How the file keeps colour; None if it has none, or keeps it in another way.
      smeared: Whether colour was kept at less than full resolution.
    """
    noise = expected_noise(ycc, table)
    mending = spread_plateaus(codes_of(cast("Pixels", cv2.cvtColor(ycc, cv2.COLOR_YCrCb2RGB))), ycc, noise)
    ink = find_ink(mending, noise, smeared=smeared)
    areas, counts = np.unique(mending.codes[::4, ::4][mending.held[::4, ::4]], return_counts=True)
    areas = areas[np.argsort(-counts, kind="stable")[:AREAS]]
    paint_marks(ink, noise.deviation, ycc, color, areas)
    mending.codes[ink.rows, ink.columns] = _as_areas(ink.codes(), areas)
    plain = mending.held
    plain[ink.rows, ink.columns] = ink.plain
    leave_out_grain(plain, mending.codes, ycc[..., 0])
    return Mended(pixels_of(mending.codes), plain)


def _as_areas(codes: Codes, areas: Codes) -> Codes:
    """Return `codes`, those that are nearly the colour of an area made so."""
    if not len(areas):
        return codes
    colors, inverse = np.unique(codes, return_inverse=True)
    off = np.abs(channels_of(colors)[:, None] - channels_of(areas)).max(axis=2)
    nearest = off.argmin(axis=1)
    near = off[np.arange(len(colors)), nearest] <= NEARLY
    return np.where(near, areas[nearest], colors)[inverse]
