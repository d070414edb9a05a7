"""Which pairs of shadows are taken to make a soft edge."""

from __future__ import annotations

import attrs
import numpy as np
import pytest

from copy_that_orch.imaging.ramps import BOTTOM, LEFT, RIGHT, TOP
from copy_that_orch.imaging.shadow_fit import Fit
from copy_that_orch.imaging.shadow_layers import Layer, Shade
from tests.unit.imaging.test_shadow_fit import shades


def until_it_ends(fit: Fit) -> Fit:
    """Return a fit to no more than what layers change, and two pixels: where pairs are looked for, ramps end so."""
    reach = max(np.flatnonzero(shade.lost).max(initial=0) for shade in fit.shades) + 2
    return Fit([attrs.evolve(shade, lost=shade.lost[:reach]) for shade in fit.shades], fit.scale, fit.levels)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (Layer(0, 1, 3, 0, 0.2), Layer(0, 10, 30, 0, 0.15)),
        (Layer(0, 4, 6, -1, 0.1), Layer(0, 10, 15, -3, 0.3)),
        (Layer(0, 0, 2, 1, 0.3), Layer(0, 8, 24, 0, 0.2)),
    ],
)
def test_of_all_pairs_those_that_were_drawn_come_near(first: Layer, second: Layer) -> None:
    """Beside others that leave nearly the same."""
    fit = until_it_ends(shades(first, second))

    pairs = [sorted(pair.layers(), key=lambda layer: layer.blur) for pair in fit.pairs]

    near = [
        pair
        for pair in pairs
        if all(
            max(abs(one.y - true.y), abs(one.blur - true.blur), abs(one.spread - true.spread)) <= 1
            and abs(one.alpha - true.alpha) <= 0.05
            for one, true in zip(pair, (first, second), strict=True)
        )
    ]
    assert near
    assert fit.misfit(near[0]) <= 1


def test_what_no_two_layers_leave_is_no_pair() -> None:
    """Whatever comes nearest to it."""
    rng = np.random.default_rng(0)
    seen = [
        Shade(side=side, lost=rng.integers(0, 40, 24) / 255, start=0, ends=(100, 100), deep=120)
        for side in (TOP, RIGHT, BOTTOM, LEFT)
    ]

    assert Fit(seen, 1, 255).pairs == []
