"""Types, their classes, and values that are made of others."""

from __future__ import annotations

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from copy_that_orch.tokens.alias import Alias
from copy_that_orch.tokens.border import Border, StrokeStyle
from copy_that_orch.tokens.color import Color
from copy_that_orch.tokens.dimension import Dimension, Number
from copy_that_orch.tokens.gradient import Gradient, GradientStop
from copy_that_orch.tokens.shadow import Shadow, ShadowLayer
from copy_that_orch.tokens.typography import FontFamily, FontWeight, Typography
from copy_that_orch.tokens.values import (
    COMPOSITES,
    LISTS,
    VALUE_CLASSES,
    TokenType,
    Value,
    change_parts,
    parts,
    references,
)
from tests.unit.tokens import strategies as made

BLUE, INK = Color.from_hex("#2563eb"), Alias(("color", "ink"))


def test_every_type_has_a_class_and_every_part_a_type() -> None:
    """The tables grow together with the enumeration."""
    assert set(VALUE_CLASSES) == set(TokenType)
    listed = {ShadowLayer, GradientStop}
    assert set(COMPOSITES) - listed | set(LISTS) <= set(VALUE_CLASSES.values())
    for composite, attributes in COMPOSITES.items():
        assert set(attributes) <= {field.name for field in attrs.fields(composite)}  # type: ignore[arg-type]


def test_references_are_found_and_changed_in_parts() -> None:
    """A style of text may refer to a size; simple values have no parts."""
    size = Alias(("font-size", "16"))
    style = Typography(
        font_family=FontFamily(["Inter"]),
        font_size=size,
        font_weight=FontWeight(400),
        letter_spacing=Dimension(0),
        line_height=Number(1.5),
    )
    assert style.font_family == FontFamily("Inter")
    assert references(style) == (size,)
    assert references(size) == (size,)
    assert references(BLUE) == ()
    changed = change_parts(style, lambda _name, _type, part: Dimension(16) if part == size else part)
    assert isinstance(changed, Typography)
    assert (changed.font_size, changed.font_family) == (Dimension(16), style.font_family)
    assert change_parts(BLUE, lambda *part: pytest.fail(f"no part: {part}")) is BLUE


def test_parts_of_lists_have_the_place_in_their_name() -> None:
    """Layers of shadows and stops of gradients, from 0 on."""
    layer = ShadowLayer(INK, Dimension(0), Dimension(1), Dimension(2), Dimension(0), inset=True)
    shadow = Shadow([layer, attrs.evolve(layer, color=BLUE)])
    gradient = Gradient([GradientStop(BLUE, 0), GradientStop(INK, 1)], 90)
    assert [place for place, _, _ in parts(shadow)][::5] == ["layers[0].color", "layers[1].color"]
    assert ("layers[1].blur", TokenType.DIMENSION, Dimension(2)) in list(parts(shadow))
    assert list(parts(gradient)) == [
        ("stops[0].color", TokenType.COLOR, BLUE),
        ("stops[1].color", TokenType.COLOR, INK),
    ]
    assert references(shadow) == references(gradient) == (INK,)
    changed = change_parts(shadow, lambda _name, _type, part: BLUE if part == INK else part)
    assert changed == Shadow([attrs.evolve(layer, color=BLUE)] * 2)
    assert change_parts(gradient, lambda _name, of, _part: Alias(("to", of))) == Gradient(
        [GradientStop(Alias(("to", "color")), 0), GradientStop(Alias(("to", "color")), 1)], 90
    )


def test_a_border_has_a_style_that_the_format_knows() -> None:
    """Given as a text, or a reference; solid if nothing is said."""
    assert Border(BLUE, Dimension(1)).style is StrokeStyle.SOLID
    assert Border(BLUE, Dimension(1), "dashed") == Border(BLUE, Dimension(1), StrokeStyle.DASHED)
    assert Border(BLUE, Dimension(1), INK).style is INK
    with pytest.raises(ValueError, match="wavy"):
        Border(BLUE, Dimension(1), "wavy")


@given(st.one_of(*(values for _, values in made.ROLES.values())))
@settings(max_examples=60, deadline=None)
def test_parts_are_of_their_types_and_nothing_changes_what_is_not_changed(value: Value) -> None:
    """For every class of values; what is changed is found again."""
    assert all(isinstance(part, VALUE_CLASSES[part_type]) for _, part_type, part in parts(value))
    assert change_parts(value, lambda _name, _type, part: part) == value
    assert references(change_parts(value, lambda *_: INK)) == (INK,) * len(list(parts(value)))
    assert hash(change_parts(value, lambda *_: INK)) is not None
