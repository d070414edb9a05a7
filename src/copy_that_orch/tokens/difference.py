"""How different colours look: conversions by ColorAide, differences on arrays.

ColorAide compares a pair in about 50 µs, which is half a minute for a thousand colours with each other; on arrays it
is half a second. So colours are converted once, by ColorAide, and compared here; the tests hold the two equal.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable

import coloraide
import numpy as np
from numpy.typing import ArrayLike, NDArray

from copy_that_orch.tokens.color import Color

Floats = NDArray[np.float64]


def to_lab(colors: Iterable[Color]) -> Floats:
    """Return CIELAB (D65) of each colour without its alpha: an array of shape (n, 3), L* in 0 to 100."""
    return np.array([_convert(color, "lab-d65") for color in colors], dtype=np.float64).reshape(-1, 3)


@functools.lru_cache(maxsize=4096)
def to_oklch(color: Color) -> tuple[float, float, float]:
    """Return OKLCH of the colour without its alpha: lightness in 0 to 1, chroma, hue in degrees (0 for grey)."""
    lightness, chroma, hue = _convert(color, "oklch")
    return lightness, chroma, hue


def _convert(color: Color, space: str) -> list[float]:
    there = coloraide.Color("srgb", [color.red, color.green, color.blue]).convert(space)
    return there.coords(nans=False)  # a grey has no hue, and not-a-number would spread from there


def ciede2000(one: ArrayLike, other: ArrayLike) -> Floats:
    """Return the CIEDE2000 difference of Lab colours; about 1 to 2 is just to be seen.

    Args:
      one: Lab colours, an array of shape (..., 3) with L* in 0 to 100.
      other: Likewise; the shapes are broadcast against each other.

    Returns:
      An array of the broadcast shape without its last axis.

    Source:
      Sharma, Wu, Dalal: The CIEDE2000 Color-Difference Formula. Color Research and Application 30 (2005), 21-30.
    """
    lightness1, a1, b1 = np.moveaxis(np.asarray(one, dtype=np.float64), -1, 0)
    lightness2, a2, b2 = np.moveaxis(np.asarray(other, dtype=np.float64), -1, 0)

    # Equations 2 to 7: a* is stretched for colours near grey, then chroma and hue.
    g = 1 + 0.5 * (1 - _rise((np.hypot(a1, b1) + np.hypot(a2, b2)) / 2))
    chroma1, chroma2 = np.hypot(g * a1, b1), np.hypot(g * a2, b2)
    hue1, hue2 = np.degrees(np.arctan2(b1, g * a1)) % 360, np.degrees(np.arctan2(b2, g * a2)) % 360

    # 8 to 11: differences; the hue goes the short way round, and a grey has no hue to differ in.
    both_coloured = chroma1 * chroma2 != 0
    apart = hue2 - hue1
    turn = np.where(both_coloured, (apart + 180) % 360 - 180, 0.0)
    # The paper keeps a hue difference of exactly 180° as it is; its sign only matters to the mean below.
    delta_hue = 2 * np.sqrt(chroma1 * chroma2) * np.sin(np.radians(turn) / 2)
    delta_lightness, delta_chroma = lightness2 - lightness1, chroma2 - chroma1

    # 12 to 14: means.
    lightness, chroma = (lightness1 + lightness2) / 2, (chroma1 + chroma2) / 2
    total = hue1 + hue2
    around = np.where(np.abs(apart) <= 180, total, np.where(total < 360, total + 360, total - 360))
    hue = np.where(both_coloured, around / 2, total)

    # 15 to 21: weights.
    t = (
        1
        - 0.17 * np.cos(np.radians(hue - 30))
        + 0.24 * np.cos(np.radians(2 * hue))
        + 0.32 * np.cos(np.radians(3 * hue + 6))
        - 0.20 * np.cos(np.radians(4 * hue - 63))
    )
    s_lightness = 1 + 0.015 * (lightness - 50) ** 2 / np.sqrt(20 + (lightness - 50) ** 2)
    s_chroma = 1 + 0.045 * chroma
    s_hue = 1 + 0.015 * chroma * t
    rotation = -2 * _rise(chroma) * np.sin(np.radians(60 * np.exp(-(((hue - 275) / 25) ** 2))))

    # 22. Rounding can bring the sum of a pair of equal colours just below zero.
    lightness_term, chroma_term, hue_term = delta_lightness / s_lightness, delta_chroma / s_chroma, delta_hue / s_hue
    squares = lightness_term**2 + chroma_term**2 + hue_term**2 + rotation * chroma_term * hue_term
    difference: Floats = np.sqrt(np.maximum(squares, 0.0))
    return difference


def _rise(chroma: Floats) -> Floats:
    """Return 0 for grey, rising to 1 for strong colours: the root that equations 4 and 17 share."""
    power = chroma**7
    root: Floats = np.sqrt(power / (power + 25.0**7))
    return root
