"""The colours of one screen: what it was painted with, what each is used as, and in which its text is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import attrs

from copy_that_orch.imaging.ground import codes_of
from copy_that_orch.imaging.palette import PaletteColor, find_palette
from copy_that_orch.imaging.pictures import colors_in_photos, colors_of_pictures
from copy_that_orch.imaging.roles import Use, find_uses
from copy_that_orch.imaging.screenshot import Screenshot
from copy_that_orch.imaging.text import TextLine
from copy_that_orch.imaging.text_color import color_lines


@attrs.frozen
class ScreenColors:
    """What `find_colors` finds.

    Attributes:
      palette: The colours, the commonest first; none of those that photos alone have.
      uses: How each of them is used, by its code, the commonest use first.
      lines: The lines of text, with their colours, which need not be in the palette.
    """

    palette: Sequence[PaletteColor]
    uses: Mapping[int, Sequence[Use]]
    lines: Sequence[tuple[TextLine, int]]


def find_colors(screenshot: Screenshot) -> ScreenColors:
    """Return the colours of `screenshot`."""
    layout, size = screenshot.layout, (screenshot.width, screenshot.height)
    lines = color_lines(layout.lines)
    pictured = colors_of_pictures(layout.areas, screenshot.scale)
    codes, plain = codes_of(screenshot.pixels), screenshot.plain
    if plain is not None:
        pictured |= colors_in_photos(layout.areas, codes, plain, {line.ground for line in layout.lines})
    palette = find_palette(codes, lines, plain, pictured, (*layout.cards, *layout.pills))
    return ScreenColors(palette, find_uses(palette, layout.areas, lines, size, screenshot.scale), lines)
