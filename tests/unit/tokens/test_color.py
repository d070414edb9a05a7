"""Colours: how they are read and written, luminance, contrast and alpha."""

from __future__ import annotations

import math
import pickle

import coloraide
import pytest
from hypothesis import given, settings

from copy_that_orch.tokens.color import Color, contrast_ratio
from tests.unit.tokens import strategies as made

WHITE, BLACK = Color(1, 1, 1), Color(0, 0, 0)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("#2563eb", "#2563eb"),
        ("#2563EB80", "#2563eb80"),
        ("#abc", "#aabbcc"),
        ("#abcd", "#aabbccdd"),
        ("#fffF", "#ffffff"),
    ],
)
def test_hex_is_read_in_all_four_lengths(text: str, expected: str) -> None:
    """Short forms double their digits, and the alpha is only written when it is below one."""
    assert Color.from_hex(text).hex_with_alpha == expected


@pytest.mark.parametrize("text", ["", "#", "abc", "#ab", "#abcde", "#1234567", "#ggg", "#١٢٣", " #abc", "#abc\n"])
def test_what_is_no_hex_colour_is_refused(text: str) -> None:
    """The error shows what was given."""
    with pytest.raises(ValueError, match="not a hex colour"):
        Color.from_hex(text)


def test_channels_out_of_range_are_refused_where_they_are_counted_in_bits() -> None:
    """256 has no place in eight bits."""
    with pytest.raises(ValueError, match="between 0 and 255"):
        Color.from_bytes(0, 0, 256)


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
def test_no_channel_is_infinite_or_not_a_number(number: float) -> None:
    """Such a number can neither be compared nor be written in JSON."""
    with pytest.raises(ValueError, match="finite"):
        Color(0, number, 0)


def test_channels_out_of_range_are_held_and_clipped_when_written() -> None:
    """Whether they are allowed is for validation to say."""
    color = Color(1.5, -0.5, 0.5, 2)
    assert (color.red, color.hex, color.hex_with_alpha) == (1.5, "#ff0080", "#ff0080")
    assert contrast_ratio(Color(2, 2, 2), Color(-1, -1, -1)) == 21


@given(made.see_through)
@settings(max_examples=100, deadline=None)
def test_eight_bit_colours_survive_hex_and_pickle(color: Color) -> None:
    """What is read back is the same value, with the same hash."""
    for copy in (Color.from_hex(color.hex_with_alpha), pickle.loads(pickle.dumps(color))):
        assert copy == color
        assert hash(copy) == hash(color)
    assert Color.from_bytes(*color.channels).hex == color.hex


@pytest.mark.parametrize(
    ("text", "ratio"),
    [
        ("#777777", 4.478),
        ("#767676", 4.542),
        ("#949494", 3.033),
        ("#959595", 2.995),
        ("#595959", 7.005),
        ("#5a5a5a", 6.897),
        ("#000000", 21.0),
        ("#ffffff", 1.0),
    ],
)
def test_contrast_on_white_is_that_of_wcag(text: str, ratio: float) -> None:
    """Known ratios on both sides of 3, 4.5 and 7."""
    assert contrast_ratio(Color.from_hex(text), WHITE) == pytest.approx(ratio, abs=5e-4)
    assert contrast_ratio(WHITE, Color.from_hex(text)) == contrast_ratio(Color.from_hex(text), WHITE)


@given(made.any_color, made.any_color)
@settings(max_examples=100, deadline=None)
def test_contrast_agrees_with_coloraide(one: Color, other: Color) -> None:
    """Up to its different matrix for luminance."""
    theirs = coloraide.Color(one.hex).contrast(coloraide.Color(other.hex))
    assert contrast_ratio(one, other) == pytest.approx(theirs, abs=2e-3)


@given(made.see_through, made.see_through)
@settings(max_examples=100, deadline=None)
def test_laying_over_agrees_with_coloraide(front: Color, back: Color) -> None:
    """Source-over in sRGB, also over what has alpha itself."""
    theirs = coloraide.Color.layer(
        [coloraide.Color("srgb", [c.red, c.green, c.blue], c.alpha) for c in (front, back)], space="srgb"
    )
    mine = front.over(back)
    assert mine.alpha == pytest.approx(theirs.alpha(nans=False), abs=1e-9)
    if mine.alpha:
        assert (mine.red, mine.green, mine.blue) == pytest.approx(tuple(theirs.coords(nans=False)), abs=1e-9)


def test_half_black_over_white_is_grey_and_nothing_over_nothing_is_nothing() -> None:
    """The two cases that a reader can check by heart."""
    assert Color(0, 0, 0, 0.5).over(WHITE) == Color(0.5, 0.5, 0.5)
    assert Color(1, 1, 1, 0).over(Color(0.3, 0.3, 0.3, 0)) == Color(0, 0, 0, 0)
