"""The styles that text is set in."""

from __future__ import annotations

import attrs
import pytest

from copy_that_orch.imaging.lettering import Lettering
from copy_that_orch.imaging.text import TextLine
from copy_that_orch.imaging.text_styles import Place, TextStyle, Typesetting
from copy_that_orch.imaging.text_styles import find_styles as find_styles_of
from tests.unit.imaging.typeset import typeset


def paragraph(size: float, apart: float, count: int = 3, scale: float = 1.0, top: float = 40.0) -> list[TextLine]:
    """Return full lines below each other."""
    return [typeset(size, 60, baseline=top + apart * row, scale=scale) for row in range(count)]


def find_styles(lines: list[TextLine], scale: float) -> Typesetting:
    """Return what the lines of one screen are set in."""
    return find_styles_of([Lettering("a.png", scale, tuple(lines))])


def only(lines: list[TextLine], scale: float = 1.0) -> TextStyle:
    """Return the one style there is."""
    (style,) = find_styles(lines, scale).styles
    return style


def test_lines_of_one_size_and_weight_are_one_style() -> None:
    """Counts add up, and the longest line is shown."""
    long = typeset(16, 40, left=30, baseline=200)
    (style, heading) = find_styles([typeset(16, 20), long, typeset(28, 12, weight=700, baseline=100)], 1.0).styles

    assert (style.size, style.weight, style.kind) == (16, 400, "sans")
    assert style.letters == pytest.approx(60)
    box = (long.left, long.top, long.left + long.width, long.top + long.height)
    assert style.places == (Place("a.png", 2, box),)
    assert (heading.size, heading.weight, heading.places[0].lines) == (28, 700, 1)
    assert 0.5 < heading.confidence < style.confidence < 1


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


def test_screens_of_a_product_are_looked_at_together() -> None:
    """A word that may be of one size or another is of that which the other screen has, at any scale."""
    word = typeset(16.6, 6, hinted=False, low=False, scale=2)
    screens = [Lettering("a.png", 1.0, tuple(paragraph(16, 24))), Lettering("b.png", 2.0, (word,))]

    (style,) = find_styles_of(screens).styles

    assert style.size == 16
    assert [(place.image, place.lines) for place in style.places] == [("a.png", 3), ("b.png", 1)]
    assert [set_line.em for set_line in find_styles_of(screens).lines] == [16, 16, 16, 32]


def test_sizes_are_given_as_exactly_as_they_are_known() -> None:
    """No more is known of a large size than whole pixels, of a small one quarters."""
    lines = [typeset(size, 60, hinted=False) for size in (13.4, 27.4, 46.4) for _ in range(3)]

    found = [style.size for style in find_styles(lines, 1.0).styles]

    assert found == pytest.approx([13.4, 27.4, 46.4], abs=0.6)
    assert [size % step for size, step in zip(found, (0.25, 0.5, 1), strict=True)] == [0, 0, 0]


def test_a_size_that_only_icons_have_needs_many_letters() -> None:
    """Rows of icons look like text of 9 or 10 px; a page of small print is text."""
    text = [typeset(16, 60, baseline=40 * row) for row in range(3)]
    small = [typeset(9.5, 40, baseline=200 + 20 * row) for row in range(4)]

    assert [style.size for style in find_styles([*text, *small[:2]], 1.0).styles] == [16]
    assert [style.size for style in find_styles([*text, *small], 1.0).styles] == [pytest.approx(9.5, abs=0.3), 16]


def test_a_size_is_the_surer_the_more_letters_it_has_and_the_smaller_it_is() -> None:
    """A heading of a word may be measured wrong by a pixel, text hardly."""
    text = [typeset(16, 60, baseline=40 * row) for row in range(3)]
    styles = find_styles([*text, typeset(24, 10, baseline=200), typeset(48, 10, baseline=300)], 1.0).styles

    assert [style.size for style in styles] == [16, 24, 48]
    assert 0.95 < styles[0].confidence < 1
    assert 0.95 > styles[1].confidence > styles[2].confidence > 0.6
