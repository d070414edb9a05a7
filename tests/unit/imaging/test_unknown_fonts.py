"""How tall the letters of a font may be, if it is in the table and if it is not."""

from __future__ import annotations

import numpy as np
import pytest

from copy_that_orch.imaging.fonts import font_table
from copy_that_orch.imaging.size_curves import STEP
from copy_that_orch.imaging.unknown_fonts import FACTORS, KNOWN, log_factors


def chances(name: str) -> tuple[np.ndarray, np.ndarray]:
    """Return how likely each factor is for the font of that name, and for one like it."""
    table = font_table()
    known, unknown = log_factors(table.names.index(name), table)
    return STEP * np.exp(known), STEP * np.exp(unknown)


def test_letters_of_a_font_of_the_table_are_as_tall_as_it_says() -> None:
    """A part of a percent is what measuring leaves open."""
    known, _ = chances("Inter")

    assert FACTORS[known.argmax()] == 0
    assert known[np.abs(FACTORS) > 2].sum() < 0.01 * known.sum()


def test_letters_of_a_font_like_one_of_the_table_are_as_tall_as_letters_mostly_are() -> None:
    """Those of Hind are lower, and those of DejaVu taller than those of most text."""
    _, like_hind = chances("Hind")
    _, like_dejavu = chances("DejaVu Sans")

    assert 3 <= FACTORS[like_hind.argmax()] <= 15
    assert FACTORS[like_dejavu.argmax()] < 0


def test_all_fonts_together_are_certain() -> None:
    """The chances of all fonts and all factors add up to that of being in the table, and of not being in it."""
    table = font_table()
    known, unknown = zip(*(map(np.exp, log_factors(font, table)) for font in range(len(table.names))), strict=True)

    assert STEP * np.sum(known) == pytest.approx(KNOWN, abs=0.01)
    assert STEP * np.sum(unknown) == pytest.approx(1 - KNOWN, abs=0.02)


def test_a_common_font_is_likelier_to_be_it_than_a_rare_one() -> None:
    """That a font looks like a rare one hardly means that it is that one."""
    common, like_common = chances("Inter")
    rare, like_rare = chances("Hind")

    assert common.sum() / like_common.sum() > 10 * rare.sum() / like_rare.sum()
