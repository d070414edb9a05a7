"""The shadow that explains the sides of a box in a JPEG."""

from __future__ import annotations

import numpy as np
import pytest

from copy_that_orch.imaging.arrays import Floats
from copy_that_orch.imaging.coded_fit import best_layer, fit_box, taken_beside
from copy_that_orch.imaging.coded_lines import Line
from copy_that_orch.imaging.coded_sides import CodedSide
from copy_that_orch.imaging.ramps import BOTTOM, LEFT, RIGHT, TOP
from copy_that_orch.imaging.shadow_layers import Layer
from tests.unit.imaging.test_coded_lines import line

PIXELS, EDGE, GROUND = 72, 12, 240.0


def lines(layers: list[Layer], edge: int = EDGE, border: float | None = None) -> list[Line]:
    """Return the lines across all sides of a white box that throws some layers; `edge` is where it seems to end."""
    found = []
    for side in (TOP, RIGHT, BOTTOM, LEFT):
        plain: Floats = np.full(PIXELS, 255.0)
        bare = line(plain, edge, side)
        plain[EDGE:] = GROUND * (1 - taken_beside(layers, bare, PIXELS - EDGE, 1))
        if border is not None:
            plain[EDGE - 1] = border
        found.append(bare)
    return found


def test_a_layer_takes_most_where_it_was_moved() -> None:
    """Beside the box it is the box moved, grown and blurred."""
    shifted = [taken_beside([Layer(3, 0, 8, 0, 0.2)], line(np.zeros(40), 8, side), 24, 1) for side in (RIGHT, LEFT)]
    twice = taken_beside([Layer(0, 4, 8, 1, 0.2)] * 2, line(np.zeros(40), 8, BOTTOM), 24, 1)
    once = taken_beside([Layer(0, 4, 8, 1, 0.2)], line(np.zeros(40), 8, BOTTOM), 24, 1)

    assert shifted[0].sum() > 2 * shifted[1].sum()
    assert 1 - twice == pytest.approx((1 - once) ** 2)


@pytest.mark.parametrize("layer", [Layer(0, 2, 4, 0, 0.1), Layer(0, 8, 24, 0, 0.2), Layer(0, 10, 16, -4, 0.3)])
def test_the_best_layer_is_the_one_that_was_drawn(layer: Layer) -> None:
    """Among all blurs, offsets and spreads."""
    sides = [CodedSide(each, EDGE, 0, 255, GROUND) for each in lines([layer])]

    best, gain = best_layer(sides, GROUND, 1)

    assert (best.y, best.blur, best.spread) == (layer.y, layer.blur, layer.spread)
    assert best.alpha == pytest.approx(layer.alpha, abs=0.01)
    assert gain > 100


@pytest.mark.parametrize("off", [-4, -1, 0, 3])
def test_sides_are_found_where_they_are(off: int) -> None:
    """Some pixels from where they seem to be; and so is the border."""
    layer = Layer(0, 4, 12, 0, 0.12)

    fit = fit_box(lines([layer], EDGE + off, border=200), GROUND, 1)

    assert fit is not None
    assert [side.edge for side in fit.sides] == [EDGE] * 4
    assert {side.border for side in fit.sides} == {1}
    assert fit.layers[0].alpha == pytest.approx(layer.alpha, abs=0.01)
    assert (fit.layers[0].y, fit.layers[0].blur) == (layer.y, layer.blur)
    assert fit.misfit < 0.1
    assert not fit.is_odd


def test_plain_sides_throw_no_shadow() -> None:
    """With a border or without one."""
    assert fit_box(lines([]), GROUND, 1) is None
    assert fit_box(lines([], border=200), GROUND, 1) is None


def test_one_small_dark_layer_stands_for_a_published_set() -> None:
    """Its darkest pixel is no border then."""
    layers = [Layer(0, 1, 5, 0, 0.12), Layer(0, 2, 2, 0, 0.14), Layer(0, 3, 1, -2, 0.2)]

    fit = fit_box(lines(layers), GROUND, 1)

    assert fit is not None
    assert sorted(fit.layers) == sorted(layers)
    assert [side.edge for side in fit.sides] == [EDGE] * 4


def test_one_small_dark_layer_may_be_all_there_is() -> None:
    """If no published set is nearer, it is told, but as odd."""
    fit = fit_box(lines([Layer(0, 12, 16, -8, 0.5)]), GROUND, 1)

    assert fit is not None
    assert (fit.layers[0].y, fit.layers[0].blur) == (12, 16)
    assert fit.is_odd
