"""Which colours are one: clusters around the colours seen most."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import attrs
import numpy as np

from copy_that_orch.tokens.color import Color
from copy_that_orch.tokens.difference import Floats, ciede2000, to_lab
from copy_that_orch.tokens.vague import settle_vague

LOSSY = 1.6
"""CIEDE2000 difference up to which colours of different sources are one where only lossy ones showed the lesser: two
roundings of one colour are up to 1.1 apart, and lines of text on different screens a little more. Figures are the same
from 1.3 to 2.0."""
_LIGHTNESS_REACH = 1.75
"""CIEDE2000 is at least the difference in L* divided by its weight S_L, which is 1.747 at most."""


@attrs.frozen
class Sighting:
    """How a colour was seen.

    Attributes:
      weight: How often.
      sources: What it was seen in; two colours of one source are two colours.
      lossy: Whether none of them shows colours exactly.
      vague: Whether they show it but roughly, see `vague`.
    """

    weight: int
    sources: Collection[int]
    lossy: bool = False
    vague: bool = False


def cluster(seen: Mapping[Color, Sighting], tolerance: float) -> dict[Color, Color]:
    """Return what each colour is taken for: itself, or a heavier colour at most `tolerance` away.

    From the heaviest down, ties broken by value, a colour joins the nearest colour that stands for a cluster already,
    or else stands for one itself. So every member is within the tolerance of the colour that stands for it, never of
    another member only: nothing chains. What stands for a cluster was observed, not averaged, unless it is vague.

    A source keeps its colours apart: of each source only the one nearest to the standing colour may join it. White and
    #f8f9fa are 1.4 apart, and a page that shows both means both. So two colours that stand for clusters are more than
    the tolerance apart, unless a source has shown the lighter-weighing one beside a nearer one.

    The result depends on colours, weights and on who shares a source with whom: not on any order, not on how sources
    are numbered. Colours of different alpha (in 8 bits) are never one.

    Args:
      seen: The colours.
      tolerance: Largest CIEDE2000 difference within a cluster; for what is lossy, at least `LOSSY`.
    """
    by_alpha: dict[int, list[Color]] = {}
    for color in sorted(seen, key=lambda color: (-seen[color].weight, color)):
        by_alpha.setdefault(round(255 * color.alpha), []).append(color)
    taken_for: dict[Color, Color] = {}
    for colors in by_alpha.values():
        vague = [seen[color].vague for color in colors]
        settled = settle_vague(colors, [seen[color].weight for color in colors], vague) if any(vague) else {}
        left = [color for color in colors if color not in settled]
        taken_for.update(_cluster_sorted(left, [seen[color] for color in left], tolerance))
        taken_for.update({color: taken_for.get(meant, meant) for color, meant in settled.items()})
    return taken_for


def _cluster_sorted(colors: list[Color], seen: list[Sighting], tolerance: float) -> dict[Color, Color]:
    """Cluster colours that are sorted from the heaviest down."""
    lab = to_lab(colors)
    tolerances = [max(tolerance, LOSSY) if one.lossy else tolerance for one in seen]
    by_lightness = np.argsort(lab[:, 0], kind="stable")
    taken_for: dict[Color, Color] = {}
    offers: list[list[tuple[float, int]]] = [[] for _ in colors]
    for index, color in enumerate(colors):
        if offers[index]:
            taken_for[color] = colors[min(offers[index])[1]]
            continue
        taken_for[color] = color
        near = [
            (distance, other)
            for distance, other in _near(index, lab, by_lightness, max(tolerances))
            if distance <= tolerances[other]
        ]
        nearest_of_source: dict[int, int] = {}
        for _, other in near:
            for source in seen[other].sources:
                nearest_of_source.setdefault(source, other)
        for distance, other in near:
            if all(nearest_of_source[source] == other for source in seen[other].sources):
                offers[other].append((distance, index))
    return taken_for


def _near(index: int, lab: Floats, by_lightness: np.ndarray, tolerance: float) -> list[tuple[float, int]]:
    """Return distance and index of the colours within the tolerance of one, itself included, the nearest first."""
    lightness = lab[by_lightness, 0]
    reach = _LIGHTNESS_REACH * tolerance
    start, stop = np.searchsorted(lightness, [lab[index, 0] - reach, lab[index, 0] + reach])
    there = by_lightness[start : stop + 1]
    distances = ciede2000(lab[there], lab[index])
    close = distances <= tolerance
    return sorted(zip(distances[close].tolist(), there[close].tolist(), strict=True))
