"""The colours that text is written in."""

from __future__ import annotations

import attrs

from copy_that_orch.imaging.text import TextLine
from copy_that_orch.imaging.text_color import WrittenOn, color_lines, written_on

LINE = TextLine(
    left=20,
    top=20,
    width=100,
    height=15,
    pieces=9,
    color=0x212529,
    ground=0xFFFFFF,
    solid=60,
    ink=300.0,
    baseline=32.0,
    tall=11.55,
    low=8.64,
)


def mixed(color: int, ground: int, share: float) -> int:
    """Return `color`, seen through by so much that its share is left."""
    channels = [(color >> shift & 255, ground >> shift & 255) for shift in (16, 8, 0)]
    red, green, blue = (round(share * one + (1 - share) * other) for one, other in channels)
    return red << 16 | green << 8 | blue


def test_a_colour_that_was_guessed_is_taken_for_the_one_that_was_seen() -> None:
    """Thin text of the same colour on the same ground has only mixtures of it."""
    thin = attrs.evolve(LINE, color=mixed(0x212529, 0xFFFFFF, 0.7), solid=0)

    assert color_lines([thin, LINE]) == ((LINE, 0x212529), (thin, 0x212529))


def test_a_colour_of_another_hue_or_on_another_ground_stands_for_itself() -> None:
    """Only mixtures of text and ground can be explained by them."""
    red = attrs.evolve(LINE, color=0xC04040, solid=0)
    elsewhere = attrs.evolve(LINE, color=mixed(0x212529, 0xFFFFFF, 0.7), ground=0xCFE2FF, solid=0)

    assert dict(color_lines([LINE, red, elsewhere])) == {LINE: 0x212529, red: red.color, elsewhere: elsewhere.color}


def test_a_paler_colour_that_was_seen_stands_for_itself() -> None:
    """Muted text is often a mixture of the other; its own pixels say that it is meant."""
    muted = attrs.evolve(LINE, color=mixed(0x212529, 0xFFFFFF, 0.7), solid=40)

    assert dict(color_lines([muted, LINE]))[muted] == muted.color


def test_a_rounding_off_is_the_same_colour() -> None:
    """Within a few percent, also what was seen is taken for the surer colour."""
    nearly = attrs.evolve(LINE, color=mixed(0x212529, 0xFFFFFF, 0.98), solid=20)

    assert dict(color_lines([nearly, LINE]))[nearly] == 0x212529


def test_what_few_pixels_of_thin_letters_have_is_taken_for_a_colour_that_is_a_little_stronger() -> None:
    """Where strokes are thin, one mixture may be common; a colour that many pixels have is meant."""
    color = mixed(0x212529, 0xFFFFFF, 0.9)
    thin, bold = (attrs.evolve(LINE, color=color, solid=solid) for solid in (15, 40))

    assert dict(color_lines([thin, LINE]))[thin] == 0x212529
    assert dict(color_lines([bold, LINE]))[bold] == color


def test_what_is_stronger_is_never_taken_for_a_paler_colour() -> None:
    """No mixture is stronger than what it is made of, however few pixels have it; of few-seen ones it leads."""
    paler, stronger = (
        attrs.evolve(LINE, color=mixed(0x212529, 0xFFFFFF, share), solid=solid) for share, solid in ((0.9, 15), (1, 9))
    )
    guessed = attrs.evolve(LINE, color=mixed(0x212529, 0xFFFFFF, 0.93), solid=0)
    pale = attrs.evolve(LINE, color=mixed(0x212529, 0xFFFFFF, 0.85))

    assert {color for _line, color in color_lines([paler, stronger])} == {0x212529}
    assert dict(color_lines([guessed, pale, LINE]))[guessed] == 0x212529


def test_of_guesses_the_farthest_from_the_ground_is_the_best() -> None:
    """No mixture lies beyond the true colour."""
    near, far = (attrs.evolve(LINE, color=mixed(0x212529, 0xFFFFFF, share), solid=0) for share in (0.6, 0.75))

    assert {color for _line, color in color_lines([near, far])} == {far.color}


def test_pairs_are_counted_by_colour_ground_and_size() -> None:
    """Sizes are CSS pixels; what looks like an icon is no text. The line with the most ink shows where."""
    icon = attrs.evolve(LINE, width=14, height=14)
    longer = attrs.evolve(LINE, top=90, width=200, ink=600.0)

    pairs = written_on([(LINE, 1), (longer, 1), (LINE, 2), (icon, 1)], scale=2)

    assert pairs == (
        WrittenOn(1, 0xFFFFFF, 8, 2, (20, 90, 220, 105)),
        WrittenOn(2, 0xFFFFFF, 8, 1, (20, 20, 120, 35)),
    )
