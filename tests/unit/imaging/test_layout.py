"""What stands where on a screen."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from copy_that_orch.imaging.boxes import Box
from copy_that_orch.imaging.ground import codes_of
from copy_that_orch.imaging.layout import Layout, find_layout
from copy_that_orch.imaging.text import TextLine


def test_lines_boxes_and_scale_are_found() -> None:
    """A page with a card and a word on it."""
    image = Image.new("RGB", (300, 200), "#eeeeee")
    pen = ImageDraw.Draw(image)
    pen.rectangle((20, 20, 279, 99), "#ffffff")
    pen.text((40, 50), "Invoices", fill="#000000", font=ImageFont.load_default(16))

    layout = find_layout(codes_of(np.asarray(image)))

    assert layout.boxes == (Box(0, 0, 300, 200, 0xEEEEEE), Box(20, 20, 280, 100, 0xFFFFFF))
    assert [(line.color, line.ground) for line in layout.lines] == [(0x000000, 0xFFFFFF)]
    assert layout.scale == 1


def test_holes_in_letters_are_neither_cards_nor_pills() -> None:
    """What lies in a line of text is part of a letter, however large."""
    card = Box(20, 20, 280, 100, 0xFFFFFF)
    hole = Box(30, 110, 45, 125, 0xFFFFFF)
    line = TextLine(
        left=20,
        top=105,
        width=80,
        height=30,
        pieces=3,
        color=0,
        ground=0xFFFFFF,
        solid=9,
        ink=99.0,
        baseline=130.0,
        tall=25.0,
        low=None,
    )

    assert Layout(lines=(line,), boxes=(card, hole), areas=(), pills=(), scale=1).cards == (card,)
