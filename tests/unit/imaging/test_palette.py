"""The colours that a screen was painted with."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import ArrayLike, NDArray

from copy_that_orch.imaging.arrays import Codes
from copy_that_orch.imaging.boxes import Box
from copy_that_orch.imaging.ground import codes_of
from copy_that_orch.imaging.layout import find_layout
from copy_that_orch.imaging.palette import PaletteColor, find_palette
from copy_that_orch.imaging.text import TextLine

WHITE, BLUE, LINE = 0xFFFFFF, 0x0D6EFD, 0xDEE2E6


def page(height: int = 300, width: int = 400) -> Codes:
    """Return a white page."""
    return np.full((height, width), WHITE, np.uint32)


def grey(levels: ArrayLike) -> Codes:
    """Return grey levels as colours."""
    return codes_of(np.repeat(np.asarray(levels).astype(np.uint8)[..., None], 3, axis=2))


def text(color: int, *, solid: int = 40, ink: float = 200.0) -> TextLine:
    """Return a line of text of this colour."""
    return TextLine(
        left=20,
        top=20,
        width=100,
        height=15,
        pieces=9,
        color=color,
        ground=WHITE,
        solid=solid,
        ink=ink,
        baseline=32.0,
        tall=11.5,
        low=8.6,
    )


def colors(codes: Codes) -> set[int]:
    """Return the colours that are found without any text."""
    return {found.code for found in find_palette(codes, [])}


def test_areas_are_found_with_their_exact_colour_the_commonest_first() -> None:
    """What covers more comes first, and how much it covers is told."""
    codes = page()
    codes[50:150, 100:300] = BLUE

    assert find_palette(codes, []) == (
        PaletteColor(code=WHITE, pixels=300 * 400 - 100 * 200, text_lines=0, confidence=0.98),
        PaletteColor(code=BLUE, pixels=100 * 200, text_lines=0, confidence=0.98),
    )


def test_a_thin_line_is_found_in_either_direction() -> None:
    """Borders cover little, but they are long."""
    for line in (np.s_[100, 20:380], np.s_[20:280, 100]):
        codes = page()
        codes[line] = LINE

        assert colors(codes) == {WHITE, LINE}


def test_a_line_between_two_colours_that_mix_to_it_is_set_apart() -> None:
    """It may be the anti-aliased edge of an area that ends within a pixel."""
    codes = page()
    codes[100:] = 0x222222
    codes[99, :] = 0x909090

    assert colors(codes) == {WHITE, 0x222222}


def test_only_what_is_known_to_be_plain_counts_and_is_less_sure() -> None:
    """A mended picture has areas that were not painted, such as the sky of a photo."""
    codes = page()
    codes[50:150, 100:300] = BLUE
    plain = codes == WHITE

    (found,) = find_palette(codes, [], plain)

    assert found.code == WHITE
    assert found.confidence < find_palette(codes, [])[0].confidence


def test_a_colour_that_covers_next_to_nothing_is_left_out() -> None:
    """Two dozen pixels of a hundred thousand are no decision of a design."""
    codes = page()
    codes[100:104, 100:106] = BLUE

    assert colors(codes) == {WHITE}


@pytest.mark.parametrize("step", [1, 4, 12])
def test_a_gradient_has_no_colours(step: int) -> None:
    """However slow it is, its steps are faint; the page around it stays."""
    codes = page(700, 700)
    levels = np.broadcast_to(40 + np.arange(500) // step, (200, 500))
    codes[100:300, 100:600] = grey(levels)

    assert colors(codes) == {WHITE}


def test_a_shadow_has_no_colours() -> None:
    """It falls off row by row, and its darkest row is no border."""
    codes = page()
    codes[100:200, 100:300] = 0xF8F9FA
    codes[200:208, 100:300] = grey(np.broadcast_to(np.linspace(200, 252, 8)[:, None], (8, 200)))

    assert colors(codes) == {WHITE, 0xF8F9FA}


def test_a_tinted_shadow_has_no_colours_though_rounding_turns_a_channel_back() -> None:
    """Where a tint is nearly that of the page, one channel goes to and fro by a level; the others go on."""
    codes = page()
    codes[:] = 0xEFEAE6
    codes[100:200, 100:300] = 0x44EBD3
    steps = [(166, 234, 222), (176, 234, 222), (198, 233, 226), (211, 234, 227), (218, 233, 227), (226, 234, 228)]
    codes[200:206, 100:300] = codes_of(np.array([steps], np.uint8))[0][:, None]

    assert colors(codes) == {0xEFEAE6, 0x44EBD3}


def test_what_is_only_seen_in_a_small_picture_counts_in_lines_only() -> None:
    """A border may have the colour of a portrait; the portrait itself tells nothing."""
    codes = page()
    codes[50:80, 50:80] = BLUE

    assert {found.code for found in find_palette(codes, [], pictured={BLUE})} == {WHITE}
    codes[200, 50:350] = BLUE
    assert {found.code for found in find_palette(codes, [], pictured={BLUE})} == {WHITE, BLUE}


def test_text_counts_though_it_covers_little() -> None:
    """Many lines are surer than one."""
    lines = [(text(0x212529), 0x212529)] * 2 + [(text(0x6C757D), 0x6C757D)]

    found = {color.code: color for color in find_palette(page(), lines)}

    assert {code: color.text_lines for code, color in found.items()} == {WHITE: 0, 0x212529: 2, 0x6C757D: 1}
    assert found[0x212529].pixels == 400
    assert found[WHITE].confidence > found[0x212529].confidence > found[0x6C757D].confidence


def test_a_colour_that_no_pixel_of_its_text_has_is_left_out() -> None:
    """It was guessed from mixtures, so it is not exact; lines that were taken for a sure one add to that."""
    guessed = text(0xC04040, solid=0)

    assert {found.code for found in find_palette(page(), [(guessed, 0xC04040)])} == {WHITE}
    assert find_palette(page(), [(text(0x212529), 0x212529), (guessed, 0x212529)])[1].text_lines == 2


def test_a_single_letter_does_not_count() -> None:
    """It has too little ink."""
    assert {found.code for found in find_palette(page(), [(text(BLUE, ink=10.0), BLUE)])} == {WHITE}


def test_a_word_counts_for_less_where_noise_was_taken_out() -> None:
    """There, the colour of a short word is rather that of another one, a little off."""
    codes, word = page(), [(text(BLUE, ink=30.0), BLUE)]
    codes[24:28, 30:33] = BLUE
    anywhere = np.ones(codes.shape, np.bool_)

    assert {found.code for found in find_palette(codes, word)} == {WHITE, BLUE}
    assert {found.code for found in find_palette(codes, word, anywhere)} == {WHITE}
    assert {found.code for found in find_palette(codes, 2 * word, anywhere)} == {WHITE, BLUE}


def test_a_word_whose_colour_is_not_sure_does_not_count_where_noise_was_taken_out() -> None:
    """The mask tells: it has the pixels of words whose colour is."""
    codes, word = page(), [(text(BLUE), BLUE)]
    codes[24:28, 30:33] = BLUE
    elsewhere = np.ones(codes.shape, np.bool_)
    elsewhere[20:35, 20:120] = False

    assert {found.code for found in find_palette(codes, word, elsewhere)} == {WHITE}
    elsewhere[24:28, 30:33] = True
    assert {found.code for found in find_palette(codes, word, elsewhere)} == {WHITE, BLUE}
    assert {found.code for found in find_palette(codes, [(text(BLUE, solid=0), BLUE)], elsewhere)} == {WHITE}


def test_colours_that_look_the_same_are_the_commoner_one() -> None:
    """Rounding makes neighbours of a colour; what differs by more than can be seen stays two."""
    codes = page()
    codes[:100] = 0xFEFEFE
    codes[250:] = 0xF8F9FA

    assert colors(codes) == {WHITE, 0xF8F9FA}


def test_noise_has_no_colours() -> None:
    """A photo has nothing that was painted with one colour."""
    noise = np.random.default_rng(5).integers(0, 1 << 24, (300, 400), np.uint32)

    assert find_palette(noise, []) == ()


def test_how_much_of_a_colour_is_in_thin_lines_is_told_with_the_longest() -> None:
    """Borders have their own colours; an area is no line, whatever its colour."""
    codes = page()
    codes[100, 20:380] = LINE
    codes[200:202, 20:120] = LINE
    codes[50:80, 20:380] = BLUE

    found = {color.code: color for color in find_palette(codes, [])}

    assert (found[LINE].line_pixels, found[LINE].line_box) == (360 + 200, (20, 100, 380, 101))
    assert (found[BLUE].line_pixels, found[BLUE].line_box) == (0, None)


def with_a_gradient(blue: int, height: int) -> Codes:
    """Return a page with a gradient that passes through a blue, with so many rows of each step."""
    codes = page(900, 900)
    for step in range(24):
        codes[40 + height * step : 40 + height * (step + 1), 20:620] = blue + (step - 8) * 0x010002
    return codes


def boxes_of(codes: Codes) -> list[Box]:
    """Return the boxes on a screen of these colours."""
    return list(find_layout(codes).cards)


@pytest.mark.parametrize("height", [3, 12])
def test_the_colour_of_a_button_is_found_though_a_gradient_has_it_too(height: int) -> None:
    """A box that ends with an edge is no band of the gradient, but its bands may be boxes too."""
    codes = with_a_gradient(0x4F39C0, height)
    bands_only = {found.code for found in find_palette(codes, [], boxes=boxes_of(codes))}
    codes[400:440, 100:200] = 0x4F39C0

    assert bands_only == {WHITE}
    assert {found.code for found in find_palette(codes, [], boxes=boxes_of(codes))} == {WHITE, 0x4F39C0}


@pytest.mark.parametrize("box", [np.s_[860:, 100:200], np.s_[400:440, :90], np.s_[400:440, 800:], np.s_[:36, 100:200]])
def test_the_edge_of_the_screen_is_no_faint_step(box: tuple[slice, slice]) -> None:
    """A bar that reaches it counts too."""
    codes = with_a_gradient(0x4F39C0, 3)
    codes[box] = 0x4F39C0

    assert {found.code for found in find_palette(codes, [], boxes=boxes_of(codes))} == {WHITE, 0x4F39C0}


def plain_colors(codes: Codes, where: NDArray[np.bool_] | None = None) -> set[int]:
    """Return the colours of a screen that noise was taken out of; plain everywhere if nothing is said."""
    plain = np.ones(codes.shape, np.bool_) if where is None else where
    return {color.code for color in find_palette(codes, [], plain)}


def test_a_tint_that_fills_blocks_is_told_from_its_ground_where_noise_was_taken_out() -> None:
    """A faint step between two colours that both fill blocks of a JPEG is an edge, not a step of a gradient."""
    codes = page(480, 640)
    codes[40:72, 40:200] = 0xF3F3F3
    codes[100:132, 40:200] = 0xF8F8F8  # looks much like the other
    codes[201:207, 41:199] = 0xF0F0F0  # lies between the blocks, so that it may be noise

    assert plain_colors(codes) == {WHITE, 0xF3F3F3, 0xF8F8F8}


def test_a_blurred_spot_has_no_colour_where_noise_was_taken_out() -> None:
    """What fills blocks but is led to by faint steps of colours that do not is part of a picture."""
    codes = page(480, 640)
    for step in range(10):
        codes[40 + step : 120 - step, 40 + step : 200 - step] = 0xFFFFFF - (step + 1) * 0x080808

    assert plain_colors(codes) == {WHITE}
