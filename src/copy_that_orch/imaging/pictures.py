"""Plain colours in pictures, such as drawn portraits, flags and photos: they are no style sheet's.

Photos have hardly any plain area. A drawn portrait has some, and so has a badge; but a badge is one colour with text
on it, and a picture puts several plain colours close together that stand nowhere else. What is plain in a photo, or
became so in a JPEG, has nothing plain around it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Final

import cv2
import numpy as np

from copy_that_orch.imaging.areas import Area
from copy_that_orch.imaging.arrays import Codes, Mask, channels_of

MOST_SIDE: Final = 72
"""CSS pixels on each side of a small picture, at most; larger ones may be charts, whose colours count."""
EDGE: Final = 2
"""CSS pixels that anti-aliasing takes between two areas of a picture, at most."""
APART: Final = 16
"""Levels of 255 between two colours that were chosen to differ, at least; others are steps of a shadow."""
COLORS: Final = 3
"""Colours of a picture, at least."""
OWN: Final = 2
"""How many of these stand nowhere else, at least."""
AROUND: Final = 16
"""Device pixels around a thing in which to see what it stands on: further than what its edges do to a JPEG."""
PAINTED: Final = 0.25
"""Share of these that was painted, at least, around what was painted itself."""
FEW: Final = 1e-4
"""Share of a screen's pixels below which a colour is too rare to count in any case; of gradients there are many."""
WIDE: Final = 0.05
"""Share of a screen's pixels that things in photos do not cover."""


def colors_of_pictures(areas: Sequence[Area], scale: float) -> frozenset[int]:
    """Return the colours that are found in one small picture each, and nowhere else.

    Args:
      areas: All plain areas of the screen.
      scale: Device pixels per CSS pixel.
    """
    most, reach = MOST_SIDE * scale, round(EDGE * scale)
    together = _together([area for area in areas if _side(area.box) <= most], reach)
    places: dict[int, list[Area]] = {}
    for area in areas:
        places.setdefault(area.color, []).append(area)
    found: set[int] = set()
    for group in together:
        left, top, right, bottom = zip(*(area.box for area in group), strict=True)
        if _side((min(left), min(top), max(right), max(bottom))) > most:
            continue
        colors = _distinct(group)
        own = [color for color in colors if set(places[color]) <= set(group)]
        if len(colors) >= COLORS and len(own) >= OWN:
            found.update(own)
    return frozenset(found)


def colors_in_photos(areas: Iterable[Area], codes: Codes, plain: Mask, written_on: Collection[int]) -> frozenset[int]:
    """Return the colours that stand in photos only: things in them that are as plain as a button.

    Around what was painted on a screen something else was painted; around a thing in a photo is the photo.

    Args:
      areas: All plain areas of the screen.
      codes: The screen, height x width.
      plain: Height x width: what was painted with one colour.
      written_on: Colours that text stands on; they are no photo's.
    """
    places: dict[int, list[Area]] = {}
    for area in areas:
        if area.color not in written_on:
            places.setdefault(area.color, []).append(area)
    few = FEW * codes.size
    places = {color: here for color, here in places.items() if sum(area.pixels for area in here) >= few}
    plain = plain.copy()
    found: set[int] = set()
    while new := {
        color
        for color in places.keys() - found
        if all(area.pixels < WIDE * codes.size and _is_in_photo(area, codes, plain) for area in places[color])
    }:
        found |= new
        for color in new:  # nor is one thing in a photo painted around another
            for area in places[color]:
                left, top, right, bottom = area.box
                plain[top:bottom, left:right] &= codes[top:bottom, left:right] != color
    return frozenset(found)


def _is_in_photo(area: Area, codes: Codes, plain: Mask) -> bool:
    left, top, right, bottom = area.box
    around = np.s_[max(top - AROUND, 0) : bottom + AROUND, max(left - AROUND, 0) : right + AROUND]
    other = codes[around] != area.color
    return bool((other & plain[around]).sum() < PAINTED * other.sum())


def _side(box: tuple[int, int, int, int]) -> int:
    return max(box[2] - box[0], box[3] - box[1])


def _together(areas: Sequence[Area], reach: int) -> Iterable[list[Area]]:
    """Return the areas in groups; those of a group lie within `reach` pixels on all sides of each other's boxes."""
    if not areas:
        return []
    boxes = np.array([area.box for area in areas])
    raster = np.zeros((int(boxes[:, 3].max()) + reach, int(boxes[:, 2].max()) + reach), np.uint8)
    for left, top, right, bottom in boxes.tolist():
        raster[top : bottom + reach, left : right + reach] = 1
    labels = np.asarray(cv2.connectedComponents(raster, connectivity=4)[1])
    groups: dict[int, list[Area]] = {}
    for area, label in zip(areas, labels[boxes[:, 1], boxes[:, 0]].tolist(), strict=True):
        groups.setdefault(label, []).append(area)
    return groups.values()


def _distinct(areas: Iterable[Area]) -> list[int]:
    """Return the colours of `areas`, the largest first, without those that hardly differ from a larger one."""
    kept: list[int] = []
    for area in sorted(areas, key=lambda area: (-area.pixels, area.box)):
        if not kept or np.abs(channels_of(np.array(kept)) - channels_of(area.color)).max(axis=1).min() >= APART:
            kept.append(area.color)
    return kept
