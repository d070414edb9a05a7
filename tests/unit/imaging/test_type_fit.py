"""The font and the sizes that explain the heights of all letters together."""

from __future__ import annotations

import numpy as np
import pytest

from copy_that_orch.imaging.fonts import font_table
from copy_that_orch.imaging.text import TextLine
from copy_that_orch.imaging.type_fit import fit_type
from tests.unit.imaging.typeset import typeset


def sizes(*lines: TextLine, scale: float = 1.0) -> list[float]:
    """Return the size of each line."""
    return [float(size) for size in fit_type([lines], [scale]).sizes]


@pytest.mark.parametrize("font", ["Roboto", "Source Sans 3", "Lora", "DejaVu Sans", "Karla"])
@pytest.mark.parametrize("hinted", [True, False])
def test_sizes_come_out_whatever_the_font(font: str, *, hinted: bool) -> None:
    """Letters of 16 px are between 7 and 9 px tall; which font they are of tells how tall 16 px are."""
    true = (12, 14, 16, 20, 24, 32, 40)

    found = sizes(*(typeset(size, font=font, hinted=hinted) for size in true))

    assert found == pytest.approx(true, abs=1.0)


def test_sizes_are_css_pixels() -> None:
    """At two device pixels per CSS pixel, letters are twice as tall."""
    found = sizes(*(typeset(size, scale=2) for size in (14, 16, 24)), scale=2)

    assert found == pytest.approx([14, 16, 24], rel=0.005)


def test_the_weight_of_a_line_is_taken_into_account() -> None:
    """Letters of Lato Bold are taller than those of the regular weight."""
    lines = [typeset(16, font="Lato")] * 5 + [typeset(28, font="Lato", weight=700)] * 2

    fit = fit_type([lines], [1.0])

    assert fit.sizes.tolist() == pytest.approx([16] * 5 + [28] * 2, rel=0.005)
    assert font_table().weight[fit.classes].tolist() == [400] * 5 + [700] * 2


def test_digits_and_capitals_are_measured_by_their_own_height() -> None:
    """A line without low letters gives the same size as one with them."""
    found = sizes(typeset(16), typeset(16, low=False), typeset(24), typeset(24, low=False))

    assert found == pytest.approx([16, 16, 24, 24], rel=0.005)


def test_a_few_letters_are_rather_of_a_size_that_many_are_of() -> None:
    """A word may be measured wrong by a part of a pixel."""
    odd = typeset(16.6, letters=6, hinted=False, low=False)

    assert len(set(sizes(typeset(16, hinted=False), typeset(16, hinted=False), odd))) == 1


def test_the_font_is_told_with_how_sure_it_is() -> None:
    """A screen of lines that look like one font is surely set in it; digits alone may be set in any."""
    fit = fit_type([[typeset(16, font="Inter")] * 20], [1.0])

    assert font_table().names[fit.font] == "Inter"
    assert fit.sure > 0.9
    assert fit_type([[typeset(16, low=False)]], [1.0]).sure < 0.5


def test_of_fonts_that_look_alike_the_commoner_one_is_taken() -> None:
    """The Latin letters of Heebo are those of Roboto."""
    table = font_table()

    fit = fit_type([[typeset(size, font="Heebo") for size in (14, 16, 20)]], [1.0])

    assert table.names[fit.font] == "Roboto"
    assert table.usual[table.names.index("Roboto")] > table.usual[table.names.index("Heebo")]


def test_headings_with_serifs_are_set_in_another_font() -> None:
    """Two lines that look far more like a font of another kind are of one; a single one may be chance."""
    text = [typeset(16, 60, font="Inter", baseline=40 * row) for row in range(1, 12)]
    headings = [typeset(28, 24, font="DejaVu Serif", baseline=600 + 40 * row) for row in range(3)]

    fit = fit_type([[*text, *headings]], [1.0])

    table = font_table()
    assert [table.kinds[table.font[index]] for index in fit.classes] == ["sans"] * 11 + ["serif"] * 3
    assert [float(size) for size in fit.sizes] == pytest.approx([16.0] * 11 + [28.0] * 3, abs=1.0)
    alone = fit_type([[*text, headings[0]]], [1.0])
    assert {table.kinds[table.font[index]] for index in alone.classes} == {"sans"}


def test_lines_that_look_like_different_fonts_of_other_kinds_look_like_that_by_chance() -> None:
    """One of them is like code, as lines of digits are, and the other one has serifs."""
    text = [typeset(16, 60, font="Inter", baseline=40 * row) for row in range(1, 12)]
    odd = [typeset(16, 24, font=font, baseline=600) for font in ("Fira Code", "PT Serif")]

    fit = fit_type([[*text, *odd]], [1.0])

    table = font_table()
    assert {table.kinds[table.font[index]] for index in fit.classes} == {"sans"}


@pytest.mark.parametrize("font", ["Public Sans", "Raleway", "Poppins"])
def test_headings_are_set_in_another_font_of_the_same_kind(font: str) -> None:
    """Fonts without serifs look alike; several headings whose heights and strokes another one explains tell it."""
    true = (24, 25, 29, 31, 37, 39)
    text = [typeset(size, 60, font="Open Sans", color=size) for size in (12, 14, 15, 18) for _ in range(12)]
    headings = [typeset(size, 24, font=font, weight=700, color=size) for size in true]

    fit = fit_type([[*text, *headings]], [1.0])

    table = font_table()
    assert [table.names[table.font[index]] for index in fit.classes] == ["Open Sans"] * 48 + [font] * 6
    assert fit.sizes[48:].tolist() == pytest.approx(true, rel=0.06)
    few = fit_type([[*text, *headings[:2]]], [1.0])
    assert {table.names[table.font[index]] for index in few.classes} == {"Open Sans"}


def test_headings_in_the_font_of_the_text_stay_in_it() -> None:
    """No other font explains them better by enough."""
    text = [typeset(size, 60, font="Open Sans", color=size) for size in (12, 14, 15, 18) for _ in range(8)]
    headings = [typeset(size, 24, font="Open Sans", weight=700, color=size) for size in (24, 25, 29, 31, 37, 39)]

    fit = fit_type([[*text, *headings]], [1.0])

    table = font_table()
    assert {table.names[table.font[index]] for index in fit.classes} == {"Open Sans"}


def test_all_screens_of_a_product_are_looked_at_together() -> None:
    """A heading alone may be of any font that looks like it; beside paragraphs it is of theirs, at any scale."""
    screens = [[typeset(16, font="Inter")] * 20, [typeset(28, 12, font="Inter", scale=2)]]

    fit = fit_type(screens, [1.0, 2.0])

    assert fit.sizes.tolist() == pytest.approx([16] * 20 + [28], rel=0.01)
    assert font_table().names[fit.font] == "Inter"


def test_a_font_that_is_not_in_the_table_is_taken_for_one_like_it() -> None:
    """Its letters are 5 % larger than those of the font that it looks like: then whole pixels tell."""
    true = np.array([12, 14, 16, 20, 24, 32, 40])

    found = sizes(*(typeset(1.05 * size, 60, font="Karla", hinted=False) for size in true for _ in range(5)))

    assert found == pytest.approx(np.repeat(true, 5), rel=0.02)


@pytest.mark.parametrize(("font", "taller"), [("Hind", 1.1), ("Tajawal", 1.12), ("Karla", 1.1)])
def test_a_rare_font_whose_letters_are_uncommonly_low_is_rather_one_like_it(font: str, taller: float) -> None:
    """Open Sans looks like Hind, and its letters are 10 % taller; a table without it does not say so, but sizes do."""
    true = np.array([12, 14, 16, 20, 24, 32, 40])
    lines = [typeset(taller * size, 60, font=font, hinted=False) for size in true for _ in range(5)]

    fit = fit_type([lines], [1.0])

    assert fit.sizes == pytest.approx(np.repeat(true, 5), rel=0.01)
    assert font_table().names[fit.font] == font
    assert fit.sure < 0.2


def test_a_common_font_is_taken_at_its_word() -> None:
    """Sizes that are no whole pixels are likelier than a font that has just the looks of Inter."""
    true = 0.9 * np.array([12, 14, 16, 20, 24, 32, 40])
    lines = [typeset(size, 60, font="Inter", hinted=False) for size in true for _ in range(5)]

    fit = fit_type([lines], [1.0])

    assert fit.sizes == pytest.approx(np.repeat(true, 5), rel=0.02)
    assert fit.sure > 0.9
