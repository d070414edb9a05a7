"""Colours as numbers."""

from __future__ import annotations

import numpy as np
import pytest

from copy_that_orch.imaging.arrays import channels_of, counted, split


def test_a_number_comes_apart_into_its_channels() -> None:
    """One colour or many, the channels are red, green and blue, and can be subtracted."""
    assert split(0x0D6EFD) == (13, 110, 253)
    assert channels_of(0x0D6EFD).tolist() == [13, 110, 253]
    assert (channels_of(np.array([0, 1], np.uint32)) - channels_of(0xFFFFFF)).tolist() == [
        [-255] * 3,
        [-255, -255, -254],
    ]


@pytest.mark.parametrize("codes", [[], [7], [7, 7, 7], [9, 1, 9, 3, 1, 9]])
def test_colours_are_counted(codes: list[int]) -> None:
    """Sorted, each once, with how often it is there; none of none."""
    values, counts = counted(np.array(codes, np.uint32))

    expected, expected_counts = np.unique(np.array(codes, np.uint32), return_counts=True)
    assert values.tolist() == expected.tolist()
    assert counts.tolist() == expected_counts.tolist()
