"""What colours are called."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from copy_that_orch.tokens.color import Color
from copy_that_orch.tokens.color_names import SHADES, color_family, color_names, color_shade, roundness
from copy_that_orch.tokens.difference import to_oklch
from tests.unit.tokens import strategies as made


@pytest.mark.parametrize(
    ("text", "family"),
    [
        ("#ffffff", "neutral"),
        ("#000000", "neutral"),
        ("#6c757d", "neutral"),
        ("#0f172a", "neutral"),
        ("#64748b", "neutral"),
        ("#cbd5e1", "neutral"),
        ("#e2e8f0", "neutral"),
        ("#f1f5f9", "neutral"),
        ("#eff6ff", "blue"),
        ("#cff4fc", "cyan"),
        ("#d1e7dd", "green"),
        ("#fef2f2", "red"),
        ("#ef4444", "red"),
        ("#dc3545", "red"),
        ("#f97316", "orange"),
        ("#eab308", "yellow"),
        ("#198754", "green"),
        ("#22c55e", "green"),
        ("#14b8a6", "teal"),
        ("#0dcaf0", "cyan"),
        ("#2563eb", "blue"),
        ("#0d6efd", "blue"),
        ("#6f42c1", "purple"),
        ("#a855f7", "purple"),
        ("#d63384", "pink"),
        ("#ec4899", "pink"),
    ],
)
def test_colours_are_called_what_design_systems_call_them(text: str, family: str) -> None:
    """Tailwind's and Bootstrap's mid tones; tinted greys are grey, and tints are not."""
    assert color_family(Color.from_hex(text)) == family


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("#ffffff", "neutral-0"),
        ("#000000", "neutral-1000"),
        ("#0f172a", "neutral-900"),
        ("#64748b", "neutral-500"),
        ("#e2e8f0", "neutral-200"),
        ("#eff6ff", "blue-50"),
        ("#3b82f6", "blue-500"),
        ("#2563eb", "blue-600"),
        ("#1e3a8a", "blue-900"),
        ("#ef4444", "red-500"),
        ("#facc15", "yellow-400"),
        ("#15803d", "green-700"),
        ("#a855f7", "purple-500"),
        ("#2563eb80", "blue-600-a50"),
        ("#00000000", "neutral-1000-a0"),
    ],
)
def test_shades_are_those_of_tailwind(text: str, name: str) -> None:
    """Its own colours get their own names; alpha is told in percent."""
    assert "-".join(next(color_names(Color.from_hex(text)))) == name


def test_what_is_nearest_to_a_round_shade_has_the_best_claim_to_it() -> None:
    """So that the names of the others are in order with it."""
    near, far = Color.from_hex("#3b82f6"), Color.from_hex("#3478ec")
    assert roundness(near) < roundness(far)
    assert [shade for _, shade in color_names(far)] == ["500", "540", "539"]


@given(st.lists(made.any_color, min_size=2, max_size=2))
@settings(max_examples=60, deadline=None)
def test_darker_colours_of_a_family_have_higher_shades(pair: list[Color]) -> None:
    """From 0 to 1000, whatever the family's steps are."""
    lighter, darker = sorted(pair, key=lambda color: -to_oklch(color)[0])
    assert all(0 <= color_shade(color) <= 1000 for color in pair)
    if color_family(lighter) == color_family(darker):
        assert color_shade(lighter) <= color_shade(darker)
    assert all(int(next(color_names(color))[1]) in SHADES for color in pair)
