"""The styles that text is set in."""

from __future__ import annotations

import attrs
import pytest

from copy_that_orch.imaging.text import TextLine
from copy_that_orch.imaging.text_styles import TextStyle, Typesetting, find_styles
from tests.unit.imaging.typeset import typeset


def paragraph(size: float, apart: float, count: int = 3, scale: float = 1.0, top: float = 40.0) -> list[TextLine]:
    """Return full lines below each other."""
    return [typeset(size, 60, baseline=top + apart * row, scale=scale) for row in range(count)]


def only(lines: list[TextLine], scale: float = 1.0) -> TextStyle:
    """Return the one style there is."""
    (style,) = find_styles(lines, scale).styles
    return style


def test_lines_of_one_size_and_weight_are_one_style() -> None:
    """Counts add up, and the longest line is shown."""
    long = typeset(16, 40, left=30, baseline=200)
    (style, heading) = find_styles([typeset(16, 20), long, typeset(28, 12, weight=700, baseline=100)], 1.0).styles

    assert (style.size, style.weight, style.kind, style.lines) == (16, 400, "sans", 2)
    assert style.letters == pytest.approx(60)
    assert style.box == (long.left, long.top, long.left + long.width, long.top + long.height)
    assert (heading.size, heading.weight, heading.lines) == (28, 700, 1)
    assert 0.5 < heading.confidence < style.confidence < 1


@pytest.mark.parametrize(("size", "apart"), [(16, 24), (14, 21), (20, 26), (12, 18)])
@pytest.mark.parametrize("scale", [1, 2])
def test_the_lines_of_a_paragraph_tell_the_line_height(size: float, apart: float, scale: float) -> None:
    """It is the distance of their baselines, in font sizes."""
    style = only(paragraph(size, apart * scale, scale=scale), scale)

    assert style.measured
    assert style.line_height == pytest.approx(apart / size, abs=0.005)


def test_rows_of_a_menu_are_no_paragraph() -> None:
    """Short lines are not broken, so what stands below them does not go on with them; nor what is of another colour."""
    menu = [typeset(16, 8, baseline=40 + 28 * row) for row in range(4)]
    stripes = [typeset(16, 40, baseline=40 + 28 * row, color=row % 2) for row in range(4)]
    aside = [typeset(16, 40, baseline=40 + 24 * row, left=50 * row) for row in range(3)]

    assert not only(menu).measured
    assert not only(stripes).measured
    assert not only(aside).measured
    assert only(menu).line_height == 1.5


def test_a_style_without_paragraph_has_the_line_height_of_one_of_about_its_size() -> None:
    """Style sheets give most text one line height in font sizes; headings, a smaller one."""
    lines = [*paragraph(16, 26), typeset(18, 10, baseline=300), typeset(40, 10, baseline=400)]

    heights = {style.size: (style.line_height, style.measured) for style in find_styles(lines, 1.0).styles}

    assert heights == {16: (1.62, True), 18: (1.62, False), 40: (1.2, False)}


def test_a_whole_style_looks_as_heavy_as_its_lines_together() -> None:
    """One thin line of a bold style does not make another style, unless it has another colour."""
    bold = [typeset(16, weight=700, baseline=40 * row) for row in range(1, 6)]
    thin = attrs.evolve(typeset(16, low=False, baseline=300), strokes=None)

    assert only([*bold, thin]).weight == 700
    gray = find_styles([*bold, typeset(16, baseline=300, color=9)], 1.0).styles
    assert {style.weight for style in gray} == {400, 700}


def test_the_kind_of_font_is_told() -> None:
    """Serifs and letters that are all equally wide are seen."""
    assert only([typeset(16, font="Merriweather", baseline=40 * row) for row in range(1, 9)]).kind == "serif"
    assert only([typeset(16, font="Roboto Mono", baseline=40 * row) for row in range(1, 9)]).kind == "mono"


def test_dust_and_icons_have_no_style() -> None:
    """What is smaller than 9 CSS pixels is looked past, and so are two letters."""
    assert find_styles([typeset(16, 40), typeset(8, 9), typeset(12, 2)], 1.0).styles == (only([typeset(16, 40)]),)
    assert find_styles([], 1.0) == Typesetting()


def test_few_letters_of_a_style_are_enough_if_the_size_has_more() -> None:
    """Three words of a size in two weights are text; one of them alone may be an icon."""
    words = [typeset(12, 6), typeset(12, 6, weight=700, baseline=60, color=7)]

    assert [(style.size, style.weight) for style in find_styles(words, 1.0).styles] == [(12, 400), (12, 700)]
    assert find_styles(words[:1], 1.0).styles == ()
