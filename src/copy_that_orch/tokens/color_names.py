"""What colours are called: a family by hue and a shade by lightness, as designers know them from Tailwind's palette."""

from __future__ import annotations

import bisect
from collections.abc import Iterator
from typing import Final

import numpy as np

from copy_that_orch.tokens.color import Color
from copy_that_orch.tokens.difference import to_oklch

_HUES = (10.0, 40.0, 70.0, 115.0, 172.0, 195.0, 230.0, 280.0, 325.0)
"""Where the hue families end, OKLCH degrees; set between the mid tones of the palettes of Tailwind and Bootstrap."""

FAMILIES: Final = ("pink", "red", "orange", "yellow", "green", "teal", "cyan", "blue", "purple", "pink", "neutral")
"""By hue from 0 on; what has hardly any is neutral."""

SHADES: Final = (0, 50, 100, 200, 300, 400, 500, 600, 700, 800, 900, 950, 1000)
"""The round ones: white, Tailwind's eleven, black."""

_LIGHTNESS: Final = {
    "neutral": (0.985, 0.968, 0.924, 0.870, 0.707, 0.553, 0.443, 0.372, 0.274, 0.210, 0.138),
    "red": (0.971, 0.936, 0.885, 0.808, 0.704, 0.637, 0.577, 0.505, 0.444, 0.396, 0.258),
    "orange": (0.980, 0.954, 0.901, 0.837, 0.750, 0.705, 0.646, 0.553, 0.470, 0.408, 0.266),
    "yellow": (0.987, 0.973, 0.945, 0.905, 0.852, 0.795, 0.681, 0.554, 0.476, 0.421, 0.286),
    "green": (0.982, 0.962, 0.925, 0.871, 0.792, 0.723, 0.627, 0.527, 0.448, 0.393, 0.266),
    "teal": (0.984, 0.953, 0.910, 0.855, 0.777, 0.704, 0.600, 0.511, 0.437, 0.386, 0.277),
    "cyan": (0.984, 0.956, 0.917, 0.865, 0.789, 0.715, 0.609, 0.520, 0.450, 0.398, 0.302),
    "blue": (0.970, 0.932, 0.882, 0.809, 0.707, 0.623, 0.546, 0.488, 0.424, 0.379, 0.282),
    "purple": (0.977, 0.946, 0.902, 0.827, 0.714, 0.627, 0.558, 0.496, 0.438, 0.381, 0.291),
    "pink": (0.971, 0.948, 0.899, 0.823, 0.718, 0.656, 0.592, 0.525, 0.459, 0.408, 0.284),
}
"""OKLCH lightness of the shades 50 to 950 of each family.

Source:
  Tailwind CSS 4.3, theme.css; neutral is the mean of slate, gray, zinc, neutral and stone.
"""


def color_family(color: Color) -> str:
    """Return what one would call the colour: neutral, red, orange, yellow, green, teal, cyan, blue, purple or pink.

    Neutral is what has less OKLCH chroma than 0.045, and for colours lighter than 0.8 less and less, down to 0.01 from
    0.96 on: so Tailwind's slate is a grey in all its shades, and the faint tints behind messages are not.
    """
    lightness, chroma, hue = to_oklch(color)
    lightest = min(1.0, max(0.0, (lightness - 0.8) / 0.16))
    if chroma < 0.045 - 0.035 * lightest:
        return "neutral"
    return FAMILIES[bisect.bisect(_HUES, hue % 360)]


def color_shade(color: Color) -> float:
    """Return how dark the colour is, from 0.0 (white) to 1000.0 (black), by the lightness of its family's shades."""
    lightness, _, _ = to_oklch(color)
    known = (1.0, *_LIGHTNESS[color_family(color)], 0.0)
    return float(np.interp(-lightness, [-level for level in known], SHADES))


def roundness(color: Color) -> float:
    """Return how far the shade of the colour is from a round one, with six decimals."""
    return round(min(abs(color_shade(color) - shade) for shade in SHADES), 6)


def color_names(color: Color) -> Iterator[tuple[str, str]]:
    """Yield family and shade, the roundest first: in Tailwind's steps, in steps of ten, of one.

    Of colours that have one round shade, the one that is nearest to it has a claim to it. As the others then get a
    shade that is off by five at most, the order of the names is that of the colours.
    """
    family, shade = color_family(color), color_shade(color)
    percent = round(100 * color.alpha)
    alpha = "" if percent >= 100 else f"-a{max(percent, 0)}"
    for step in (min(SHADES, key=lambda step: abs(step - shade)), 10 * round(shade / 10), round(shade)):
        yield family, f"{step}{alpha}"
