"""Colours of thin things in JPEG: which of them are one.

JPEG keeps how light each pixel is, but stores hue for four pixels together and in coarse steps. So a line of one pixel,
a line of text or a small area comes out nearly as light as it is, and in a hue that is off by several levels; the same
line elsewhere is off another way. What is as light as another colour and near it in hue is taken for that one.

Source:
  ITU-T T.871 (JFIF), for luma and chroma.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from copy_that_orch.tokens.color import Color
from copy_that_orch.tokens.difference import Floats

LUMA: Final = 2.5
"""Levels of 255 by which the lightness of a thin thing is off at most."""
OF_SURE: Final = 12.0
OF_VAGUE: Final = 8.0
"""The same for its hue, as a distance in the plane of chroma, beside what is shown well and what is as vague. Scores of
screens are the same from 12 to 14 and from 8 to 9."""


def settle_vague(colors: Sequence[Color], weights: Sequence[int], vague: Sequence[bool]) -> dict[Color, Color]:
    """Return what vague colours are taken for, if not for themselves.

    That is a colour that is sure, or for several that are vague their mean, weighed by the roots of their weights; then
    all of these are in what is returned.

    Args:
      colors: The heaviest first.
      weights: How often each was seen.
      vague: Whether each is one.
    """
    planes = _luma_chroma(colors)
    groups: dict[int, list[int]] = {}
    for index in sorted(range(len(colors)), key=lambda index: (vague[index], index)):
        joins = _nearest(planes, index, list(groups), vague) if vague[index] else None
        groups.setdefault(index if joins is None else joins, []).append(index)
    taken_for = {}
    for first, members in groups.items():
        if len(members) > 1 and vague[first]:
            meant = _mean([colors[index] for index in members], [weights[index] for index in members])
            taken_for.update({colors[index]: meant for index in members})
        else:
            taken_for.update({colors[index]: colors[first] for index in members[1:]})
    return taken_for


def _luma_chroma(colors: Sequence[Color]) -> Floats:
    """Return luma and both chromas of colours, colours x 3, in levels of 255."""
    red, green, blue = 255 * np.array([(color.red, color.green, color.blue) for color in colors]).reshape(-1, 3).T
    luma = 0.299 * red + 0.587 * green + 0.114 * blue
    return np.stack([luma, 0.564 * (blue - luma), 0.713 * (red - luma)], axis=1)


def _nearest(planes: Floats, index: int, others: Sequence[int], vague: Sequence[bool]) -> int | None:
    """Return which of the others is nearest, differences in luma counting three times, or None if none is near."""
    off = np.abs(planes[others] - planes[index]).reshape(-1, 3)
    limits = np.where([vague[other] for other in others], OF_VAGUE, OF_SURE)
    near = (off[:, 0] <= LUMA) & (np.hypot(off[:, 1], off[:, 2]) <= limits)
    if not near.any():
        return None
    return others[int(np.where(near, np.linalg.norm(off * (3, 1, 1), axis=1), np.inf).argmin())]


def _mean(colors: Sequence[Color], weights: Sequence[int]) -> Color:
    shares = np.sqrt(weights) / np.sqrt(weights).sum()
    channels = shares @ np.array([(color.red, color.green, color.blue) for color in colors])
    return Color.from_bytes(*np.round(255 * channels).astype(int).tolist())
