"""The colour of shadows on a JPEG."""

from __future__ import annotations

import attrs
import numpy as np
import pytest

from copy_that_orch.imaging.coded_fit import CodedFit, fit_box
from copy_that_orch.imaging.coded_tint import light_and_tint, likeliest_color
from copy_that_orch.imaging.painting import Color
from copy_that_orch.imaging.shadow_layers import Layer
from tests.unit.imaging.test_coded_fit import EDGE, GROUND, lines

BLUE: Color = (16, 32, 96)
NAMED = {(0, 0, 0): 0.0, BLUE: 2.0, (200, 210, 255): 2.0}


def tinted(color: Color, box: tuple[int, ...] = (255, 255, 255), alpha: float = 0.2) -> CodedFit:
    """Return the fit of a shadow of some colour that takes as much light as a black one with `alpha` would."""
    across = lines([Layer(0, 6, 24, 0, alpha)])
    ground, inside = light_and_tint((240, 240, 240)), light_and_tint(box)
    way = ground - light_and_tint(color)
    tints = []
    for each in across:
        tint = ground[1:] - np.outer((GROUND - each.light), way[1:] / way[0])
        tint[:EDGE] = inside[1:]
        tints.append(tint)
    fit = fit_box([attrs.evolve(each, tint=tint) for each, tint in zip(across, tints, strict=True)], GROUND, 1)
    assert fit is not None
    return fit


def test_lightness_and_differences_are_those_of_jpeg() -> None:
    """As JFIF has them: red differs from the lightness of red by what is left."""
    assert light_and_tint((255, 255, 255)).tolist() == pytest.approx([255, 128, 128])
    assert light_and_tint((255, 0, 0)).tolist() == pytest.approx([76.2, 255.5, 85.0], abs=0.1)


@pytest.mark.parametrize("box", [(255, 255, 255), (220, 40, 40)])
@pytest.mark.parametrize("color", [(0, 0, 0), BLUE])
def test_a_colour_that_is_seen_elsewhere_is_taken(color: Color, box: tuple[int, ...]) -> None:
    """If it is dark; beside a box of another colour only what lies in other blocks counts."""
    seen, times = likeliest_color([tinted(color, box)], NAMED)

    assert seen == color
    assert times == pytest.approx(GROUND / (GROUND - light_and_tint(color)[0]))


def test_another_colour_is_as_dark_as_it_can_be() -> None:
    """It takes nearly all of the channel of which most is taken."""
    seen, times = likeliest_color([tinted((60, 8, 90))], NAMED)

    assert min(seen) == 24  # a tenth of the ground
    assert seen[1] < seen[0] < seen[2]
    assert times > 1


def test_what_would_not_be_dark_is_black() -> None:
    """A tint as strong as that is none of a shadow, but of something else."""
    seen, times = likeliest_color([tinted((240, 200, 0))], {(0, 0, 0): 0.0})

    assert (seen, times) == ((0, 0, 0), 1.0)


def test_no_colour_takes_more_than_there_is() -> None:
    """A shadow as dark as black with much alpha is black."""
    assert likeliest_color([tinted(BLUE, alpha=0.9)], NAMED) == ((0, 0, 0), 1.0)
