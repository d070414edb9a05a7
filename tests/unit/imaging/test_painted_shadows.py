"""Shadows that were painted to the byte, told by what Chromium paints."""

from __future__ import annotations

import numpy as np
import pytest

from copy_that_orch.imaging.arrays import split
from copy_that_orch.imaging.boxes import Box
from copy_that_orch.imaging.shadows import Shadow, find_shadows
from tests.unit.imaging.chromium_shadows import PAINTED, Painted

ONE_LAYER = [painted for painted in PAINTED if len(painted.layers) == 1]
SEVERAL = [painted for painted in PAINTED if len(painted.layers) > 1]


def found(painted: Painted) -> Shadow:
    """Return the one shadow of a picture."""
    (shadow,) = find_shadows(painted.picture(), [Box(*painted.box, 0xFFFFFE)], 1)
    return shadow


@pytest.mark.parametrize("painted", ONE_LAYER)
def test_lengths_alpha_and_colour_are_told_exactly(painted: Painted) -> None:
    """Also of a grey one on white, which takes as much light as a fainter black one."""
    shadow = found(painted)

    assert [(layer.y, layer.blur, layer.spread) for layer in shadow.layers] == [painted.layers[0][:3]]
    assert shadow.layers[0].alpha == pytest.approx(painted.layers[0][3], abs=0.001)
    # Bytes times alpha tell no more, and less where the ground has a tint of its own.
    assert shadow.color == pytest.approx(split(painted.color), abs=12 if painted.ground == 0xF2F7F4 else 8)
    assert shadow.confidence >= 0.8


@pytest.mark.parametrize("painted", SEVERAL)
def test_layers_are_told_apart(painted: Painted) -> None:
    """Published ones, also in another colour, or with bytes a little off; some beside rings; and two of one's own."""
    shadow = found(painted)

    seen = sorted((layer.y, layer.blur, layer.spread, layer.alpha) for layer in shadow.layers)
    without_ring = sorted(layer for layer in painted.layers if layer[1])
    assert seen == [pytest.approx(layer, abs=0.011) for layer in without_ring]
    assert shadow.color == pytest.approx(split(painted.color), abs=12)


def test_a_ring_does_not_make_a_shadow_less_sure() -> None:
    """What it changes is left out of what is compared, so the rest is equal to the byte."""
    (ringed,) = (painted for painted in SEVERAL if painted.size == (912, 727))

    shadow = found(ringed)

    assert (len(shadow.layers), shadow.confidence) == (1, 0.9)


def test_what_no_colour_takes_is_no_shadow() -> None:
    """Nearly all light at both sides of a box, and none above and below: no shadow of any alpha is so dark."""
    picture = np.full((280, 300, 3), 30, np.uint8)
    for away in range(60):
        picture[100:180, [99 - away, 200 + away]] = 30 - 28 * (60 - away) // 60
    picture[100:180, 100:200] = 255

    assert find_shadows(picture, [Box(100, 100, 200, 180, 0xFFFFFF)], 1) == ()
