"""From heights of letters to font sizes."""

from __future__ import annotations

import pytest

from copy_that_orch.imaging.text import LOW, TALL, TextLine
from copy_that_orch.imaging.type_scale import font_sizes


def line(size: float, letters: int = 30, *, low: bool = True, tall: bool = True, factor: float = 1.0) -> TextLine:
    """Return a line set in `size`, of a font whose letters are taller than usual by `factor`."""
    top = factor * (TALL if tall else LOW) * size
    return TextLine(
        left=0,
        top=0,
        width=round(letters * size / 2),
        height=round(size),
        pieces=letters,
        color=0,
        ground=0xFFFFFF,
        solid=99,
        ink=letters * size,
        baseline=size,
        tall=top,
        low=factor * LOW * size if low and tall else None,
    )


def sizes(*lines: TextLine, scale: float = 1.0) -> list[float]:
    """Return the sizes that are found."""
    return [found.size for found in font_sizes(lines, scale)]


def test_lines_of_one_size_are_one_size() -> None:
    """Counts add up; the measurements of a size need not agree to the last digit."""
    (small, large) = font_sizes(
        [line(13.9, letters=10), line(24, letters=10), line(14.1, letters=5), line(24, letters=10)], 1.0
    )

    assert (small.size, small.lines, round(small.letters)) == (14.0, 2, 15)
    assert (large.size, large.lines, round(large.letters)) == (24.0, 2, 20)
    assert 0.5 < small.confidence < large.confidence < 1


def test_sizes_are_css_pixels() -> None:
    """At two device pixels per CSS pixel, 28 is 14."""
    assert sizes(line(28), line(40), scale=2) == [14.0, 20.0]


@pytest.mark.parametrize("factor", [0.985, 1.0, 1.015])
def test_a_font_with_taller_letters_gives_the_same_sizes(factor: float) -> None:
    """Sizes are whole pixels nearly always, so the factor that makes them whole is the font's."""
    assert sizes(*(line(size, factor=factor) for size in (12, 14, 16, 20, 24, 32, 40))) == [12, 14, 16, 20, 24, 32, 40]


def test_digits_and_capitals_are_measured_by_their_own_height() -> None:
    """A line without low letters gives the same size as one with them."""
    assert sizes(line(16), line(16, low=False), line(16, low=False)) == [16.0]


def test_a_word_of_low_letters_only_is_told_by_the_other_lines() -> None:
    """Its height is that of the low letters elsewhere, and of no tall ones."""
    assert sizes(line(16), line(16), line(16), line(16, letters=8, tall=False)) == [16.0]


def test_a_few_letters_that_are_off_by_a_pixel_join_the_many() -> None:
    """But two sizes a pixel apart that are both in use stay two."""
    assert sizes(line(16, letters=90), line(17, letters=9)) == [16.0]
    assert sizes(line(11, letters=60), line(12, letters=60)) == [11.0, 12.0]


def test_icons_and_dust_have_no_size() -> None:
    """What is as wide as tall is no text, and what is smaller than 9 CSS pixels is looked past."""
    assert sizes(line(16, letters=2), line(6)) == []
    assert sizes() == []
