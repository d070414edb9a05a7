"""The ways in which browsers draw the blurred edge of a box.

CSS asks for a Gaussian. Chromium draws one where a graphics card does it. Where none does, as on the machines that take
most screenshots, its library Skia blurs the mask of a box with round corners by three running means, or if the blur is
small by a discrete Gaussian, and takes that of a box with square corners from a cubic. They differ by up to 3 % of the
shadow's alpha, which is more than rounding does.

Sources:
  Skia, `SkMaskBlurFilter.cpp` (windows of the means), `SkGaussFilter.cpp` (small blurs), `SkBlurMask.cpp` (the cubic).
  Lindeberg: Scale-Space for Discrete Signals (1990), for the discrete Gaussian.
"""

from __future__ import annotations

import enum
import functools
from typing import Final

import numpy as np

from copy_that_orch.imaging.arrays import Floats

SMALL: Final = 2.0
"""Standard deviation in device pixels, from which running means are used."""
LEAST_WEIGHT: Final = 0.01
"""Weights of the discrete Gaussian that are smaller are left out."""
TURNS: Final = 256
"""Samples of the discrete Gaussian's spectrum."""


class Drawn(enum.Enum):
    """How a blurred edge is drawn."""

    TRUE = "as the Gaussian that it should be"
    ROUND = "by Skia, for a box with round corners"
    SQUARE = "by Skia, for a box with square corners"


def blurred_edge(within: Floats, sigma: float, drawn: Drawn) -> Floats:
    """Return the share of a wide shadow at places that lie so far within its edge.

    Args:
      within: Distances in device pixels, less than 0 outside.
      sigma: Standard deviation of the blur in device pixels, more than 0.
      drawn: How.
    """
    if drawn is Drawn.TRUE:
        return normal(within / sigma)
    if drawn is Drawn.SQUARE:
        return _cubic(within / (2 * sigma))
    steps = _cumulated(sigma)
    middle = (len(steps) - 1) / 2
    return np.interp(within + middle, np.arange(len(steps)), steps)


def _cubic(within: Floats) -> Floats:
    """Return the integral of three running means of width 1 each, after one another, from -1.5 on."""
    far, near = np.clip(1.5 - np.abs(within), 0, 1), np.clip(np.abs(within), 0, 0.5)
    beyond = np.where(np.abs(within) > 0.5, far**3 / 6, 0.5 - 0.75 * near + near**3 / 3)
    return np.where(within > 0, 1 - beyond, beyond)


@functools.lru_cache(maxsize=256)
def _cumulated(sigma: float) -> Floats:
    """Return the share at whole and half distances' places from far outside to far within the edge."""
    kernel = _weights(sigma)
    return np.concatenate([[0.0], np.cumsum(kernel)])


def _weights(sigma: float) -> Floats:
    """Return what Skia weighs neighbours by, in the middle the pixel itself."""
    if sigma < SMALL:
        angles = 2 * np.pi * np.arange(TURNS) / TURNS
        all_weights = np.fft.ifft(np.exp(sigma**2 * (np.cos(angles) - 1))).real
        count = int((all_weights[: TURNS // 2] >= LEAST_WEIGHT).sum())
        half = all_weights[:count]
        weights = np.concatenate([half[:0:-1], half])
    else:
        window = int(sigma * 3 * np.sqrt(2 * np.pi) / 4 + 0.5)
        weights = np.ones(1)
        # Of an even width two means are taken that lie to either side, and one that is wider.
        for width in (window, window, window + 1 - window % 2):
            weights = np.convolve(weights, np.ones(width))
    return np.asarray(weights / weights.sum(), np.float64)


def normal(deviations: Floats) -> Floats:
    """Return the share of a normal distribution below so many standard deviations, within 1e-7.

    Source:
      Abramowitz and Stegun: Handbook of Mathematical Functions (1964), 26.2.17.
    """
    t = 1 / (1 + 0.2316419 * np.abs(deviations))
    tail = 0.3989422804 * np.exp(-(deviations**2) / 2) * t
    tail = tail * (0.319381530 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))))
    return np.where(deviations > 0, 1 - tail, tail)
