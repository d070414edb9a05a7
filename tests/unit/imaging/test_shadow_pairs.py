"""Which pairs of shadows are taken to make a soft edge."""

import numpy as np
import pytest

from copy_that_orch.imaging.arrays import Floats
from copy_that_orch.imaging.blurs import Drawn
from copy_that_orch.imaging.ramps import BOTTOM, LEFT, RIGHT, TOP
from copy_that_orch.imaging.shadow_fit import Fit
from copy_that_orch.imaging.shadow_layers import Layer, Shade


def fit_to(layers: list[Layer], *, levels: float = 255.0) -> Fit:
    """Return the fit to layers around a box of 200 x 120 px, rounded to whole levels."""

    def fit(lost: list[Floats]) -> Fit:
        shades = [
            Shade(side=side, lost=part, start=0, ends=(100, 100), deep=120)
            for side, part in zip((TOP, RIGHT, BOTTOM, LEFT), lost, strict=True)
        ]
        return Fit(shades, 1, levels, Drawn.TRUE)

    blank = fit([np.full(60, 0.5)] * 4)
    lost = np.round(levels * blank.taken(layers)) / levels
    reach = max(np.flatnonzero(part).max(initial=0) for part in np.split(lost, 4)) + 2
    return fit([part[:reach] for part in np.split(lost, 4)])


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
    fit = fit_to([first, second])

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
    shades = [
        Shade(side=side, lost=rng.integers(0, 40, 24) / 255, start=0, ends=(100, 100), deep=120)
        for side in (TOP, RIGHT, BOTTOM, LEFT)
    ]

    assert Fit(shades, 1, 255).pairs == []
