"""The shadows that boxes throw on what is behind them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Final

import attrs
import numpy as np

from copy_that_orch.imaging.arrays import Pixels
from copy_that_orch.imaging.blurs import Drawn
from copy_that_orch.imaging.boxes import Box
from copy_that_orch.imaging.painted_pairs import painted_pair
from copy_that_orch.imaging.painted_shadows import SURE, find_painted
from copy_that_orch.imaging.painting import Painted
from copy_that_orch.imaging.shadow_fit import LEVELS_OFF, UNEVEN, fit_layers
from copy_that_orch.imaging.shadow_groups import Group, group_of
from copy_that_orch.imaging.shadow_layers import VISIBLE, Layer, looks, strongest_first
from copy_that_orch.imaging.soft_edges import Edges, find_edges

EXACT: Final = 0.9
NEARLY: Final = 0.8
FITTED: Final = 0.6
WORSE: Final = 0.2
"""Confidence in what was painted to the byte, or nearly so, in what fits within rounding at best, and what a misfit
takes from it. Told by 105 shadows of 50 products, of which 18 were drawn for it."""
ENOUGH: Final = 24
"""Pixels that a shadow must change if painting them by chance is out of the question."""
POOR: Final = 0.75
"""A fit that misses the edge by more than so many times what rounding explains is none. Other layers are looked for
only from 1 on, so one layer between the two is given up; looking for them from here on found more wrong shadows."""
SIDES: Final = 3
"""Sides that must be seen if a fit is to be believed."""
ALIKE: Final = 1.6
"""Another box has a shadow that was found if that misses its edge by so many times what rounding explains, at most."""
LOOK: Final = 0.04
LOOK_SHARE: Final = 0.3
"""Shadows look the same if they take as much of the light, up to this anywhere, and up to this share of all of it."""
MOST_PAINTED: Final = 8
MOST_FITTED: Final = 4
"""How many different soft edges of one screen are looked at; those beyond are other views of the same shadows."""
THOROUGH: Final = 1
"""How many soft edges may stay unexplained before pairs of layers are no longer tried, for that takes longest."""


@attrs.frozen(kw_only=True)
class Shadow:
    """A shadow that is in use.

    Attributes:
      layers: The strongest first; lengths in CSS pixels.
      color: Red, green and blue of all of them.
      boxes: Left, top, right and bottom of the boxes that throw it, the largest first, in device pixels.
      confidence: How sure it is that a style sheet has it, 0.0 to 1.0.
    """

    layers: tuple[Layer, ...]
    color: tuple[int, int, int]
    boxes: tuple[tuple[int, int, int, int], ...]
    confidence: float


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
    by_look: dict[tuple[object, ...], list[Edges]] = {}
    for edges in find_edges(pixels, boxes, scale, pills=pills, gradients=gradients):
        by_look.setdefault(edges.key(), []).append(edges)
    # The edges with most sides tell most, and those that are seen most often matter most.
    ordered = sorted(by_look.values(), key=lambda alike: (-len(alike[0].ramps), -len(alike), alike[0].box))
    colors = sorted({box.color for box in boxes})
    groups = [group for alike in ordered if (group := group_of(alike, inks, colors, scale)) is not None]
    # If one was painted to the byte, so were all; what looks like none is changed by what stands beside it.
    found = _find(groups, _painted, MOST_PAINTED) or _find(groups, _fitted, MOST_FITTED)
    kept = (shadow for shadow in found if any(layer.blur >= 1 for layer in shadow.layers))  # without blur it is a line
    return tuple(without_likes(list(kept)))


def _find(groups: Sequence[Group], find: Callable[[Group, bool], Shadow | None], most: int) -> list[Shadow]:
    """Return the shadows of groups, of which `most` are looked at: those that are not explained by others."""
    found: list[Shadow] = []
    unlike: list[Group] = []
    tried = 0
    for group in groups:
        if _belongs(group, found) or any(group.edges.is_part_of(other.edges) for other in unlike):
            continue
        if (
            max(reading.strongest for reading in group.readings) >= VISIBLE
            and tried < most
            and not all(reading.is_hopeless for reading in group.readings)
        ):
            tried += 1
            shadow = find(group, len(unlike) < THOROUGH)
            if shadow is None:
                unlike.append(group)
            else:
                found.append(shadow)
    for group in unlike:
        _belongs(group, found)
    return found


def _belongs(group: Group, found: list[Shadow]) -> bool:
    """Return whether one of the shadows that are found explains a group; then its boxes throw that one, too."""
    like = next((place for place, shadow in enumerate(found) if _explains(shadow, group)), None)
    if like is not None:
        found[like] = with_boxes(found[like], group.boxes)
    return like is not None


def _explains(shadow: Shadow, group: Group) -> bool:
    """Return whether a shadow would leave nearly what is seen."""
    return any(
        reading.likeliest.misses(shadow.layers, shadow.color)
        <= ALIKE * (LEVELS_OFF[Drawn.TRUE] + UNEVEN[Drawn.TRUE] * reading.strongest)
        for reading in group.readings
    )


def _painted(group: Group, is_thorough: bool) -> Shadow | None:
    """Return the shadow that leaves the very bytes that are seen, if there is one.

    Pairs of layers that no design system publishes are tried if `is_thorough`: last, for that takes longest.
    """
    found: list[tuple[Painted, Group]] = []
    unlike: list[Group] = []
    for reading in group.readings:
        if reading.strongest >= VISIBLE:
            best = find_painted((reading.painter(drawn) for drawn in reading.kinds), reading.named)
            if best is None:
                unlike.append(reading)
            elif reading.edges.tells_offset or len(best.layers) > 1:
                found.append((best, reading))
                if best.cost < SURE:
                    break
    if is_thorough and all(best.cost >= SURE for best, _reading in found):
        pairs = ((painted_pair(one.likeliest, one.named), one) for one in unlike if not one.is_gaussian)
        found += [(pair, reading) for pair, reading in pairs if pair is not None]
    if not found:
        return None
    best, reading = min(found, key=lambda each: each[0].cost)
    confidence = EXACT if best.off == 0 and reading.changed >= ENOUGH else NEARLY - best.off
    shadow = Shadow(layers=strongest_first(best.layers), color=best.color, boxes=(), confidence=confidence)
    return with_boxes(shadow, group.boxes)


def _fitted(group: Group, is_thorough: bool) -> Shadow | None:
    """Return the shadow that fits best, if it fits at all."""
    if len(group.edges.ramps) < SIDES:
        return None
    fits = (group.likeliest.fit, group.painter(Drawn.TRUE).fit)
    fit = min(fits, key=lambda fit: fit.misfit([fit.single]))
    if fit.drawn is not Drawn.TRUE:
        return None
    layers = fit_layers(fit, is_thorough=is_thorough)
    misfit = fit.misfit(layers)
    if misfit > POOR:
        return None
    confidence = FITTED - WORSE * misfit
    return with_boxes(Shadow(layers=layers, color=group.color, boxes=(), confidence=confidence), group.boxes)


def with_boxes(shadow: Shadow, boxes: Iterable[tuple[int, int, int, int]]) -> Shadow:
    """Return a shadow that some more boxes throw."""
    by_size = sorted({*shadow.boxes, *boxes}, key=lambda box: ((box[0] - box[2]) * (box[3] - box[1]), box))
    return attrs.evolve(shadow, boxes=tuple(by_size))


def without_likes(shadows: Sequence[Shadow]) -> list[Shadow]:
    """Return `shadows`, those of most boxes first.

    Those that look or measure nearly the same are taken as the one that most boxes throw.
    """
    kept: list[Shadow] = []
    for shadow in sorted(shadows, key=lambda shadow: (-len(shadow.boxes), -shadow.confidence)):
        like = next((place for place, other in enumerate(kept) if _is_like(shadow, other)), None)
        if like is None:
            kept.append(shadow)
        else:
            kept[like] = with_boxes(kept[like], shadow.boxes)
    return sorted(kept, key=lambda shadow: -len(shadow.boxes))


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
