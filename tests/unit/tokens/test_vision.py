"""Colours as people see them who lack a kind of cone."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from copy_that_orch.tokens.color import Color
from copy_that_orch.tokens.vision import COLLAPSED, DISTINCT, Deficiency, confusions, difference, simulate
from tests.unit.tokens import strategies as made

RED, GREEN = Color.from_hex("#d7191c"), Color.from_hex("#1a9641")


def test_matrices_are_those_of_the_paper() -> None:
    """Pure red with the full severity of Machado's deutan model: its first column, in linear light."""
    seen = simulate(Color(1, 0, 0), Deficiency.DEUTERANOPIA)
    linear = [((channel + 0.055) / 1.055) ** 2.4 for channel in (seen.red, seen.green)]
    assert linear == pytest.approx([0.367322, 0.280085], abs=1e-4)
    assert seen.blue == 0  # -0.011820 there, which no screen shows


@pytest.mark.parametrize("deficiency", Deficiency)
def test_greys_look_the_same_to_all(deficiency: Deficiency) -> None:
    """To 8 bits; the models do not move what has no colour."""
    for level in (0, 100, 255):
        grey = Color.from_bytes(level, level, level)
        assert simulate(grey, deficiency).channels == pytest.approx(grey.channels, abs=1)


def test_the_pair_of_the_published_method_is_found() -> None:
    """Red and green of a well-known palette: 70.6 apart, 8.1 with deuteranopia, as its author gives them."""
    assert difference(RED, GREEN) == pytest.approx(70.6, abs=0.1)
    assert difference(RED, GREEN, Deficiency.DEUTERANOPIA) == pytest.approx(8.1, abs=0.1)
    assert confusions(RED, GREEN).keys() == {Deficiency.DEUTERANOPIA}
    assert confusions(GREEN, RED) == confusions(RED, GREEN)


def test_colours_that_nobody_tells_apart_are_not_confused() -> None:
    """They are not meant to say two things."""
    near = Color.from_hex("#d7291c")
    assert difference(RED, near) < DISTINCT
    assert confusions(RED, near) == {}
    assert confusions(Color(0, 0, 0), Color(1, 1, 1)) == {}


@given(made.any_color, made.any_color)
@settings(max_examples=40, deadline=None)
def test_what_is_confused_differs_for_others(one: Color, other: Color) -> None:
    """By the two limits."""
    for deficiency, apart in confusions(one, other).items():
        assert apart < COLLAPSED < DISTINCT <= difference(one, other)
        assert apart == difference(one, other, deficiency)
