"""The shadows that boxes throw on what is behind them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

import attrs
import numpy as np

from copy_that_orch.imaging.arrays import Floats, Pixels, split
from copy_that_orch.imaging.boxes import Box
from copy_that_orch.imaging.ramps import BOTTOM, TOP, Edges, find_edges
from copy_that_orch.imaging.shadow_fit import Fit, Layer, Shade, fit_layers, looks

BLACK: Final = (0, 0, 0)
TINTED: Final = 0.1
"""Least channel of a coloured shadow, as a share of that of the ground: few are as dark as they could be."""
INK: Final = 2.0
OF_BOX: Final = 3.0
ANY: Final = 7.0
"""How much less likely than black, as logarithms, are the colour of text, that of a box, and any other."""
ROUNDING: Final = 0.36
"""Levels of 255 by which whole levels differ from what was drawn, root mean square."""
COUNTS: Final = 0.25
"""What a pixel counts as evidence, in halves of squares: what is rounded in a row of pixels is not independent."""
DARKEST: Final = 0.95
"""Greatest alpha of a shadow."""
VISIBLE: Final = 4
"""Levels of 255 that a shadow changes at least; what is fainter is hardly seen, and its parts cannot be told."""
POOR: Final = 1.1
"""A fit that misses the edge by so many times what rounding explains is none."""
ALIKE: Final = 1.6
"""Another box has a shadow that was found if that misses its edge by so many times what rounding explains, at most."""


LOOK: Final = 0.04
LOOK_SHARE: Final = 0.3
"""Shadows look the same if they take as much of the light, up to this anywhere, and up to this share of all of it."""
MOST_FITS: Final = 8
"""How many different soft edges of one screen are fitted; those beyond are other views of the same shadows."""


@attrs.frozen(kw_only=True)
class Shadow:
    """A shadow that is in use.

    Attributes:
      layers: The strongest first; lengths in CSS pixels.
      color: Red, green and blue of all of them.
      boxes: Left, top, right and bottom of the boxes that throw it, the largest first, in device pixels.
      misfit: By how much the edges differ from the layers, in times of what rounding explains.
    """

    layers: tuple[Layer, ...]
    color: tuple[int, int, int]
    boxes: tuple[tuple[int, int, int, int], ...]
    misfit: float

    @property
    def confidence(self) -> float:
        """How sure it is that a style sheet has it, 0.0 to 1.0; fitted to 43 screens, of which 24 were drawn for it."""
        return 0.95 - 0.2 * min(self.misfit, 1.0)


def find_shadows(
    pixels: Pixels,
    boxes: Sequence[Box],
    scale: float,
    *,
    pills: Sequence[Box] = (),
    gradients: Sequence[tuple[int, int, int, int]] = (),
    inks: Sequence[int] = (),
) -> tuple[Shadow, ...]:
    """Return the shadows on a screen, those of most boxes first.

    Args:
      pixels: The screen, height x width x 3.
      boxes: The boxes on it.
      scale: Device pixels per CSS pixel.
      pills: The boxes on it whose short sides are half circles.
      gradients: The sides of areas on it that are not of one colour.
      inks: Numbers of the colours of text on it.
    """
    groups: dict[tuple[object, ...], list[Edges]] = {}
    for edges in find_edges(pixels, boxes, scale, pills=pills, gradients=gradients):
        groups.setdefault(edges.key(), []).append(edges)
    colors = sorted({box.color for box in boxes})
    found: list[Shadow] = []
    tried = 0
    # The edges with most sides tell most, and those that are seen most often matter most.
    for group in sorted(groups.values(), key=lambda group: (-len(group[0].ramps), -len(group), group[0].box)):
        thrown = _color(group[0], inks, colors)
        if thrown is None:
            continue
        fit = Fit(_shades(group[0], thrown, scale), scale, _levels(group[0], thrown))
        like = next((place for place, shadow in enumerate(found) if _explains(shadow, thrown, fit)), None)
        if like is not None:
            found[like] = _with_boxes(found[like], [edges.box for edges in group])
        elif fit.strongest >= VISIBLE and tried < MOST_FITS:
            tried += 1
            found += _shadow(fit, thrown, group)
    return tuple(sorted(without_likes(found), key=lambda shadow: -len(shadow.boxes)))


def _color(edges: Edges, inks: Sequence[int], colors: Sequence[int]) -> tuple[int, int, int] | None:
    """Return the likeliest colour of a shadow, or None if it is lighter than the ground.

    What it takes from each channel tells the colour but for its alpha: the same is taken by a darker one with less.
    So it is black, or the colour of text or of a box, if that is possible, and else one that is nearly as dark as can
    be.
    """
    ground = np.array(edges.ground, np.float64)
    lost = np.concatenate([ground - ramp.values for ramp in edges.ramps])
    taken = lost.sum(axis=0)
    if taken.min() < -0.02 * np.abs(taken).max() - 0.25 * len(lost) or taken.max() <= 0:
        return None
    shares = np.clip(taken, 0, None) / np.maximum(ground, 1)
    red, green, blue = np.round(ground * (1 - (1 - TINTED) * shares / shares.max())).astype(int).tolist()
    tried = [(0.0, BLACK), (ANY, (red, green, blue))]
    tried += [(INK, split(ink)) for ink in inks] + [(OF_BOX, split(color)) for color in colors]
    return min(tried, key=lambda each: each[0] + _off(lost, ground - each[1]))[1]


def _off(lost: Floats, would: Floats) -> float:
    """Return how unlikely it is that what is lost, pixels x 3, is multiples of what would be: minus a logarithm."""
    length = float(would @ would)
    if length < 1 or would.sum() <= 0:
        return np.inf
    share = lost @ would / length
    if share.max() > DARKEST:
        return np.inf
    return COUNTS * float(((lost - share[:, None] * would) ** 2).sum()) / ROUNDING**2


def _levels(edges: Edges, color: tuple[int, int, int]) -> float:
    return float(np.abs(np.subtract(edges.ground, color)).max())


def _shades(edges: Edges, color: tuple[int, int, int], scale: float) -> list[Shade]:
    ground = np.array(edges.ground, np.float64)
    would = ground - color
    left, top, right, bottom = edges.box
    return [
        Shade(
            side=ramp.side,
            lost=(ground - ramp.values) @ would / (would @ would),
            across=((right - left) if ramp.side in (TOP, BOTTOM) else (bottom - top)) / scale,
        )
        for ramp in edges.ramps
    ]


def _explains(shadow: Shadow, color: tuple[int, int, int], fit: Fit) -> bool:
    return shadow.color == color and fit.misfit(shadow.layers) <= ALIKE


def _shadow(fit: Fit, color: tuple[int, int, int], group: Sequence[Edges]) -> list[Shadow]:
    layers = fit_layers(fit)
    misfit = fit.misfit(layers)
    if misfit > POOR or all(layer.blur < 1 for layer in layers):  # without blur it is a line
        return []
    return [_with_boxes(Shadow(layers=layers, color=color, boxes=(), misfit=misfit), [edges.box for edges in group])]


def _with_boxes(shadow: Shadow, boxes: Iterable[tuple[int, int, int, int]]) -> Shadow:
    by_size = sorted({*shadow.boxes, *boxes}, key=lambda box: ((box[0] - box[2]) * (box[3] - box[1]), box))
    return attrs.evolve(shadow, boxes=tuple(by_size))


def without_likes(shadows: Sequence[Shadow]) -> list[Shadow]:
    """Return `shadows`, those that look or measure nearly the same taken as the one that most boxes throw."""
    kept: list[Shadow] = []
    for shadow in sorted(shadows, key=lambda shadow: (-len(shadow.boxes), shadow.misfit)):
        like = next((place for place, other in enumerate(kept) if _is_like(shadow, other)), None)
        if like is None:
            kept.append(shadow)
        else:
            kept[like] = _with_boxes(kept[like], shadow.boxes)
    return kept


def _is_like(one: Shadow, other: Shadow) -> bool:
    return one.color == other.color and (_looks_like(one, other) or _measures_like(one, other))


def _looks_like(one: Shadow, other: Shadow) -> bool:
    first, second = looks(one.layers), looks(other.layers)
    off = np.abs(first - second)
    return bool(off.max() <= LOOK and off.sum() <= LOOK_SHARE * second.sum())


def _measures_like(one: Shadow, other: Shadow) -> bool:
    first, second = one.layers[0], other.layers[0]
    return (
        max(abs(first.x - second.x), abs(first.y - second.y)) <= 1
        and abs(first.blur - second.blur) <= max(2, 0.25 * second.blur)
        and abs(first.alpha - second.alpha) <= 0.05
    )
