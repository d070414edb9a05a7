"""How far the lines of a paragraph are apart."""

from __future__ import annotations

from collections.abc import Sequence

import attrs
import numpy as np
import pytest

from copy_that_orch.imaging.line_heights import LineHeights
from copy_that_orch.imaging.text import TextLine
from tests.unit.imaging.typeset import typeset


def paragraph(size: float, apart: float, count: int = 3, scale: float = 1.0, top: float = 40.0) -> list[TextLine]:
    """Return full lines below each other."""
    return [typeset(size, 60, baseline=top + apart * row, scale=scale) for row in range(count)]


def heights(
    lines: Sequence[TextLine],
    sizes: Sequence[float],
    *,
    weights: Sequence[int] | None = None,
    scale: float = 1.0,
    images: Sequence[str] | None = None,
    letters: float = 60.0,
) -> LineHeights:
    """Return what lines of these sizes tell."""
    count = len(lines)
    return LineHeights.of(
        lines,
        images or ["a.png"] * count,
        np.array(sizes, np.float64),
        np.array(weights or [400] * count),
        np.full(count, scale),
        np.full(count, letters),
    )


@pytest.mark.parametrize(("size", "apart"), [(16, 24), (14, 21), (20, 26), (12, 18)])
@pytest.mark.parametrize("scale", [1, 2])
def test_the_lines_of_a_paragraph_tell_the_line_height(size: float, apart: float, scale: float) -> None:
    """It is the distance of their baselines, in font sizes."""
    found = heights(paragraph(size, apart * scale, scale=scale), [size] * 3, scale=scale)

    height, measured = found.of_style(size, 400)
    assert measured
    assert height == pytest.approx(apart / size, abs=0.005)


def test_lines_stand_on_whole_pixels_and_their_mean_distance_is_the_line_height() -> None:
    """At 25.6 px they are 25 or 26 px apart; a list that is set wider does not count."""
    lines = [typeset(16, 60, baseline=baseline) for baseline in (40, 66, 91, 117, 143, 168, 200, 232)]

    assert heights(lines, [16] * 8).of_style(16, 400) == (1.6, True)


def test_rows_of_a_menu_are_no_paragraph() -> None:
    """Short lines are not broken, so what stands below them does not go on with them; nor what is of another colour."""
    menu = [typeset(16, 8, baseline=40 + 28 * row) for row in range(4)]
    stripes = [typeset(16, 40, baseline=40 + 28 * row, color=row % 2) for row in range(4)]
    aside = [typeset(16, 40, baseline=40 + 24 * row, left=50 * row) for row in range(3)]

    assert heights(menu, [16] * 4, letters=8).of_style(16, 400) == (1.5, False)
    assert not heights(stripes, [16] * 4).of_style(16, 400)[1]
    assert not heights(aside, [16] * 3).of_style(16, 400)[1]


def test_lines_of_a_centred_paragraph_have_one_middle() -> None:
    """Their left sides do not meet."""
    lines = [attrs.evolve(typeset(16, 60 - 10 * row, baseline=40 + 24 * row), left=40 * row) for row in range(3)]

    assert heights(lines, [16] * 3).of_style(16, 400) == (1.5, True)


def test_lines_of_two_screens_do_not_follow_each_other() -> None:
    """Each screen has its own y."""
    lines = paragraph(16, 24, count=2)

    assert not heights(lines, [16] * 2, images=["a.png", "b.png"]).of_style(16, 400)[1]


def test_a_style_has_its_own_line_height_before_that_of_its_size() -> None:
    """Bold text of a size may stand closer than regular text does."""
    lines = [*paragraph(16, 24, count=5), *paragraph(16, 20, count=2, top=400)]
    found = heights(lines, [16] * 7, weights=[400] * 5 + [700] * 2)

    assert [found.of_style(16, weight)[0] for weight in (400, 600, 700)] == [1.5, 1.5, 1.25]


def test_a_style_without_paragraph_has_the_line_height_of_one_of_about_its_size() -> None:
    """Style sheets give most text one line height in font sizes; headings, a smaller one."""
    found = heights(paragraph(16, 26), [16] * 3)

    assert [found.of_style(size, 400) for size in (16, 18, 40)] == [(1.62, True), (1.62, False), (1.2, False)]


def test_a_style_without_paragraph_has_the_line_height_of_most_other_text() -> None:
    """Most style sheets set one for all text; 12 px is not near any size that has a paragraph."""
    lines = [*paragraph(16, 25.6, count=6), *paragraph(20, 26, count=3, top=400)]
    found = heights(lines, [16] * 6 + [20] * 3)

    assert found.of_style(12, 400) == (1.6, False)
    assert found.of_style(20, 400) == (1.3, True)


def test_no_line_overlaps_the_next_one() -> None:
    """Lines of a menu are no paragraph, but they stand no closer than their line height."""
    menu = [typeset(16, 8, baseline=baseline, color=baseline % 2) for baseline in (40, 59, 79, 120)]

    assert heights(menu, [16] * 4, letters=8).of_style(16, 400) == (1.19, False)
