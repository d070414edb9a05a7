"""The few sizes that explain all lines together."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from copy_that_orch.imaging.size_choice import MOST, choose_sizes, prior
from copy_that_orch.imaging.size_curves import sizes


def likely(*lines: tuple[float, float]) -> NDArray[np.float64]:
    """Return the curves of lines, each given with its size and with how well it is known, as a share of it."""
    return np.array([np.maximum(-0.5 * (np.log(sizes() / size) / known) ** 2, -9.0) for size, known in lines])


def chosen(*lines: tuple[float, float]) -> list[float]:
    """Return the size of each line."""
    return [float(size) for size in choose_sizes(likely(*lines), np.ones(len(lines)))]


def test_a_word_is_of_a_size_that_other_text_has() -> None:
    """It might be 15 px by itself, but hardly speaks against 14."""
    assert chosen((14, 0.01), (14, 0.01), (14.6, 0.05)) == pytest.approx([14, 14, 14], abs=0.1)


def test_two_sizes_near_each_other_stand_if_both_are_clear() -> None:
    """What is seen is not drawn to what is usual."""
    assert chosen((13.12, 0.004), (15, 0.004), (16.88, 0.004)) == pytest.approx([13.12, 15, 16.88], abs=0.1)


def test_lines_measured_a_little_apart_are_of_one_size() -> None:
    """15.9 and 16.1 are 16."""
    assert chosen((15.9, 0.01), (16.1, 0.01)) == pytest.approx([16, 16], abs=0.05)


def test_what_a_later_size_explains_better_costs_an_earlier_one_its_place() -> None:
    """Lines of 12 and 13.5 px are first taken for 12.7, where all of them might be."""
    lines = [(12.0, 0.025)] * 3 + [(13.5, 0.025)] * 3

    assert chosen(*lines) == pytest.approx([12.0] * 3 + [13.5] * 3, abs=0.4)


def test_sizes_are_few() -> None:
    """Each line of a picture of noise may ask for one of its own."""
    found = choose_sizes(likely(*((8 * 1.06**step, 0.01) for step in range(50))), np.ones(50))

    assert MOST <= len(set(found.tolist())) < 50


def test_what_says_little_makes_no_size_and_keeps_its_own_if_it_fits_none() -> None:
    """An icon is no text of 16 px, nor do two letters bring a new size for others to join."""
    found = choose_sizes(likely((16, 0.01), (22, 0.01), (21, 0.2)), np.array([1.0, 0.05, 0.05]))

    assert found.tolist() == pytest.approx([16, 22, 16], abs=0.2)


def test_whole_pixels_are_usual_and_others_are_not_ruled_out() -> None:
    """16 px are in nearly every style sheet, 13.12 px in few."""
    usual = prior()

    assert usual.sum() == pytest.approx(1)
    assert usual[np.abs(sizes() - 16).argmin()] > 10 * usual[np.abs(sizes() - 13.5).argmin()] > 0


def test_the_ends_of_the_range_are_sizes_too() -> None:
    """A line of the largest size that is looked at is given that one."""
    assert chosen((sizes()[-1], 0.01)) == pytest.approx([sizes()[-1]], rel=0.02)
    assert chosen((sizes()[0], 0.01)) == pytest.approx([sizes()[0]], rel=0.1)
