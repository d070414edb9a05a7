"""From soft edges to the layers of a box shadow."""

from __future__ import annotations

import numpy as np
import pytest

from copy_that_orch.imaging.blurs import normal
from copy_that_orch.imaging.ramps import BOTTOM, LEFT, RIGHT, TOP
from copy_that_orch.imaging.shadow_fit import Fit, fit_layers
from copy_that_orch.imaging.shadow_layers import Layer, Shade

MATERIAL_4 = ((2, 4, -1, 0.2), (4, 5, 0, 0.14), (1, 10, 0, 0.12))
"""Material Design 2 at 4 dp."""
TAILWIND_BASE = ((1, 3, 0, 0.1), (1, 2, -1, 0.1))
TAILWIND_LARGE = ((10, 15, -3, 0.1), (4, 6, -4, 0.1))
"""Tailwind's `shadow` and `shadow-lg`."""
ANT = ((6, 16, 0, 0.08), (3, 6, -4, 0.12), (9, 28, 8, 0.05))
"""Ant Design's shadow of menus."""


def shades(*layers: Layer, sides: tuple[int, ...] = (TOP, RIGHT, BOTTOM, LEFT), scale: float = 1) -> Fit:
    """Return what true Gaussians make of white beside a box of 200 x 200 CSS pixels, in whole levels of 255."""
    seen = []
    for side in sides:
        kept = np.ones(round(90 * scale))
        for layer in layers:
            edge = layer.spread + {TOP: -layer.y, RIGHT: layer.x, BOTTOM: layer.y, LEFT: -layer.x}[side]
            middle = (np.arange(len(kept), dtype=np.float64) + 0.5) / scale
            kept *= 1 - layer.alpha * normal(np.asarray((edge - middle) / (layer.blur / 2), np.float64))
        seen.append(Shade(side, 1 - np.round(255 * kept) / 255, 0, (100 * scale, 100 * scale), 200 * scale))
    return Fit(seen, scale, 255)


def layers_of(fit: Fit) -> tuple[Layer, ...]:
    """Return the layers that explain an edge, if pairs are tried too."""
    return fit_layers(fit, is_thorough=True)


def nearly(found: Layer, true: Layer) -> bool:
    """Return whether two layers look the same, as design tools would have it."""
    return (
        found.x == true.x
        and abs(found.y - true.y) <= 1
        and abs(found.blur - true.blur) <= max(2, 0.25 * true.blur)
        and abs(found.alpha - true.alpha) <= 0.05
    )


@pytest.mark.parametrize(
    "layer",
    [
        Layer(0, 2, 4, 0, 0.075),
        Layer(0, 8, 16, 0, 0.15),
        Layer(0, 13, 34, 0, 0.24),
        Layer(0, 0, 10, 0, 0.2),
        Layer(0, 6, 12, -2, 0.2),
        Layer(6, 6, 14, 0, 0.2),
        Layer(-3, 1, 8, 0, 0.3),
    ],
)
@pytest.mark.parametrize("scale", [1, 2])
def test_one_layer_is_found(layer: Layer, scale: float) -> None:
    """With its offsets, blur and alpha, at every device scale."""
    fit = shades(layer, scale=scale)

    (found,) = layers_of(fit)

    assert nearly(found, layer)
    assert fit.misfit([found]) <= 1


@pytest.mark.parametrize("layers", [MATERIAL_4, TAILWIND_BASE, TAILWIND_LARGE, ANT])
def test_published_sets_of_layers_are_recognized(layers: tuple[tuple[int, int, int, float], ...]) -> None:
    """Where one layer does not explain the edge and a well-known set does."""
    true = [Layer(0, *layer) for layer in layers]

    assert sorted(layers_of(shades(*true))) == sorted(true)


def test_two_layers_of_ones_own_are_told_apart() -> None:
    """A wide one, and a narrow one beside the box."""
    wide, narrow = Layer(0, 18, 40, 0, 0.18), Layer(0, 1, 4, 0, 0.25)

    found = layers_of(shades(wide, narrow))

    assert any(nearly(layer, wide) for layer in found)
    assert any(nearly(layer, narrow) for layer in found)


def test_the_strongest_layer_comes_first() -> None:
    """It is what the eye sees of the shadow."""
    found = layers_of(shades(Layer(0, 1, 4, 0, 0.25), Layer(0, 18, 40, 0, 0.18)))

    assert found[0].blur > found[-1].blur


def test_layers_without_effect_are_left_out() -> None:
    """An edge that is no shadow at all has no layers."""
    assert (
        layers_of(
            Fit(
                [Shade(TOP, np.zeros(20), 0, (49.5, 49.5), 99), Shade(BOTTOM, np.zeros(20), 0, (49.5, 49.5), 99)],
                1,
                255,
            )
        )
        == ()
    )


def test_what_is_no_shadow_has_a_misfit() -> None:
    """Stripes are like no sum of layers."""
    stripes = np.tile([0.4, 0.0, 0.0], 10)
    fit = Fit([Shade(TOP, stripes, 0, (49.5, 49.5), 99), Shade(BOTTOM, stripes, 0, (49.5, 49.5), 99)], 1, 255)

    assert fit.misfit(layers_of(fit)) > 2.5


def test_hardly_any_pair_may_explain_a_short_edge() -> None:
    """Where the edge is no wider than a pixel, few layers reach no further."""
    edge = np.array([0.5, 0.2, 0.0, 0.0])
    fit = Fit([Shade(TOP, edge, 0, (49.5, 49.5), 99), Shade(BOTTOM, np.zeros(4), 0, (49.5, 49.5), 99)], 1, 255)

    assert all(layer.blur < 4 for layer in layers_of(fit))


def test_a_layer_that_is_too_dark_is_doubted() -> None:
    """Below a bar, Material's three layers look like one of twice their alpha."""
    true = [Layer(0, *layer) for layer in MATERIAL_4]

    assert sorted(layers_of(shades(*true, sides=(BOTTOM,)))) == sorted(true)
