"""Even parts of photos in a JPEG are told from what was painted."""

from __future__ import annotations

import numpy as np
import pytest

from copy_that_orch.imaging.arrays import Mask, Pixels
from copy_that_orch.imaging.grain import leave_out_grain, may_be_plain

SIZE = 60, 92
"""No multiple of the blocks."""


def light(level: int = 120) -> Pixels:
    """Return lightness that is even."""
    return np.full(SIZE, level, np.uint8)


def left(where: Pixels, codes: np.ndarray | None = None) -> Mask:
    """Return what stays plain of a picture of one colour, or of `codes`, all of it mended, with lightness `where`."""
    plain = np.ones(SIZE, np.bool_)
    leave_out_grain(plain, np.full(SIZE, 0x336699, np.uint32) if codes is None else codes, where)
    return plain


def test_even_blocks_may_be_plain_and_edges_beside_them() -> None:
    """A block with a letter shares its ground with an even one; faint contrast is no edge."""
    picture = light()
    picture[3, 3] = 200
    picture[20, 20] = 123
    found = may_be_plain(picture)

    assert found.shape == SIZE
    assert found[:8, :8].all()
    assert not found[16:24, 16:24].any()
    assert found.mean() > 0.95


def test_contrast_everywhere_is_a_photo() -> None:
    """Where no block is even, nothing is plain."""
    picture = light()
    picture[::8, ::8] = 200

    assert not may_be_plain(picture).any()


def test_what_is_alike_in_all_blocks_was_painted() -> None:
    """It stays, also where a block or two have a shadow in them."""
    picture = light()
    picture[16:24, 16:24] += np.arange(8, dtype=np.uint8)

    assert left(light()).all()
    assert left(picture).all()


@pytest.mark.parametrize("kind", ["grain", "means"])
def test_blocks_that_differ_are_of_a_photo(kind: str) -> None:
    """Grain is left in them, or their means differ."""
    picture = light()
    rows, columns = np.indices(SIZE) // 8
    picture[(rows + columns) % 2 > 0] += 1
    if kind == "grain":
        picture[::8, ::4] += 1

    assert not left(picture).any()


def test_colours_are_told_apart() -> None:
    """Of two areas that touch the one with grain goes, with what it has of the blocks that both share."""
    codes = np.full(SIZE, 0x336699, np.uint32)
    codes[:, 44:] = 0x993333
    picture = light()
    picture[:, 40:] += np.random.default_rng(4).integers(0, 3, (60, 52), np.uint8)
    found = left(picture, codes)

    assert found[:, :44].all()
    assert not found[:, 44:].any()


def test_what_fills_no_block_is_not_judged() -> None:
    """A picture of many small things stays as it is."""
    codes = np.arange(60 * 92, dtype=np.uint32).reshape(SIZE)

    assert left(light(), codes).all()
