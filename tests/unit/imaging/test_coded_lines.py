"""Lines across the sides of boxes in a JPEG."""

from __future__ import annotations

import io

import attrs
import numpy as np
import pytest
from PIL import Image

from copy_that_orch.imaging.arrays import Floats, Pixels
from copy_that_orch.imaging.coded import Coded
from copy_that_orch.imaging.coded_lines import Line, ground_beside, line_across
from copy_that_orch.imaging.decode import decode
from copy_that_orch.imaging.noise import COSINES, LUMA_BLOCK
from copy_that_orch.imaging.ramps import BOTTOM, LEFT, RIGHT, TOP

BOX = (45, 43, 131, 117)
STEPS = (2.0,) * LUMA_BLOCK


def coded(pixels: Pixels) -> Coded:
    """Return what a JPEG of quality 85 has of `pixels`."""
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "JPEG", quality=85)
    kept = decode(file.getvalue(), "a.jpg").coded
    assert kept is not None
    return kept


def boxed() -> Pixels:
    """Return a black box on a page that has another grey beside each of its sides."""
    pixels = np.full((200, 176, 3), 200, np.uint8)
    left, top, right, bottom = BOX
    pixels[:top] = 180
    pixels[:, right:] = 190
    pixels[bottom:] = 200
    pixels[:, :left] = 210
    pixels[top:bottom, left:right] = 0
    return pixels


def line(light: Floats, at: int = 8, side: int = BOTTOM) -> Line:
    """Return a line that was not rounded."""
    tint = np.full((len(light), 2), 128.0)
    return Line(side, light, tint, at, (40.0, 40.0), STEPS, is_turned=False, color_block=0)


def test_cosines_are_orthonormal() -> None:
    """So noise of weights is noise of pixels."""
    assert np.allclose(COSINES @ COSINES.T, np.eye(LUMA_BLOCK))


@pytest.mark.parametrize("side", [TOP, RIGHT, BOTTOM, LEFT])
def test_lines_go_outwards_in_whole_blocks(side: int) -> None:
    """From within the box, whose end they tell, up to the edge of the picture."""
    seen = line_across(coded(boxed()), BOX, side, 40)

    assert seen is not None
    assert len(seen.light) % LUMA_BLOCK == 0
    assert seen.light[: seen.at] == pytest.approx(0, abs=12)
    assert seen.light[seen.at :] == pytest.approx(180 + 10 * side, abs=12)
    assert seen.ends[0] + seen.ends[1] == (BOX[2] - BOX[0] if side in (TOP, BOTTOM) else BOX[3] - BOX[1])
    assert seen.is_turned == (side in (TOP, LEFT))
    assert seen.tint == pytest.approx(128, abs=1)
    # Counted in the file's order, blocks of colour begin at multiples of 16.
    out = {TOP: BOX[1], RIGHT: BOX[2], BOTTOM: BOX[3], LEFT: BOX[0]}[side]
    begins = out + (seen.at - seen.color_block if seen.is_turned else seen.color_block - seen.at)
    assert begins % 16 == 0


def test_the_line_that_is_even_longest_is_taken() -> None:
    """Something stands beside the middle of the side."""
    pixels = boxed()
    pixels[125:131, 80:100:2] = 0
    pixels[150:156, 60:64:2] = 0

    seen = line_across(coded(pixels), BOX, BOTTOM, 80)

    assert seen is not None
    assert len(seen.light) >= 72
    assert seen.ends[0] not in (40.0, 43.0)


def test_where_nothing_is_even_there_is_no_line() -> None:
    """As beside text, and where a box is too narrow or the picture ends."""
    noise = np.random.default_rng(3).integers(0, 256, (80, 80, 3)).astype(np.uint8)

    assert line_across(coded(noise), (20, 20, 60, 60), BOTTOM, 40) is None
    assert line_across(coded(boxed()), (40, 40, 47, 47), TOP, 40) is None
    assert line_across(coded(boxed()[:117]), BOX, TOP, 40) is not None
    assert line_across(coded(boxed()[:44]), (45, 40, 131, 44), TOP, 40) is None


def test_a_line_ends_where_something_else_stands() -> None:
    """Behind plain ground all of it counts; else what is nearer to the box."""
    ramp = np.linspace(200, 240, 16)
    quiet = np.concatenate([np.zeros(8), ramp, np.full(16, 240.0), np.zeros(8)])
    hidden = np.concatenate([np.zeros(8), np.linspace(200, 230, 24), np.zeros(8)])

    assert len(line(quiet).until_it_ends(240).light) == 40
    assert len(line(quiet[:40]).until_it_ends(240).light) == 40
    assert len(line(hidden).until_it_ends(240).light) == 16


def test_the_ground_is_where_lines_stay() -> None:
    """Not what another box beside has, nor a shadow that ends slowly; else the last before that."""
    ramp = np.concatenate([np.zeros(8), np.linspace(210, 240, 16), np.full(24, 240.0), np.full(24, 255.0)])
    near = np.concatenate([np.zeros(8), np.linspace(210, 241, 16), np.full(8, 240.5), np.full(24, 255.0)])

    assert ground_beside([line(ramp), line(near)]) == 240
    assert ground_beside([line(near)]) == 240.5
    assert ground_beside([line(np.arange(48.0))]) is None
    assert ground_beside([]) is None


def test_the_tint_of_the_ground_is_that_at_the_end() -> None:
    """Nearer to the box it may be that of the shadow."""
    tint = np.concatenate([np.full((20, 2), 140.0), np.full((4, 2), 129.0)])

    assert attrs.evolve(line(np.zeros(24)), tint=tint).ground_tint.tolist() == [129, 129]
