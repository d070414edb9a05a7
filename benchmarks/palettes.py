"""How long it takes to find the colours of a screenshot, beside other palette tools at their defaults."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from colorthief import ColorThief
from harness import Row, compare
from pylette import extract_colors

from copy_that_orch.imaging.decode import decode
from copy_that_orch.imaging.screen_colors import find_colors

BASELINE = "copy_that_orch, colours"


def measure(pictures: Sequence[Path], rounds: int = 5) -> list[Row]:
    """Return the CPU time of each contender per picture.

    Ours, what `extract.color` does, is measured twice: from the file, with all that is found on the way and shared by
    the other extractors (lines of text, boxes, device scale); and what the colours alone take where that is there.
    """
    decoded = [decode(picture.read_bytes(), picture.name) for picture in pictures]
    for screenshot in decoded:
        _ = screenshot.layout

    def ours_from_file(count: int) -> None:
        for picture in pictures[:count]:
            find_colors(decode(picture.read_bytes(), picture.name))

    def ours(count: int) -> None:
        for screenshot in decoded[:count]:
            find_colors(screenshot)

    def pylette(count: int) -> None:
        for picture in pictures[:count]:
            extract_colors(image=str(picture))

    def colorthief(count: int) -> None:
        for picture in pictures[:count]:
            ColorThief(str(picture)).get_palette()

    contenders: dict[str, Callable[[int], None]] = {
        BASELINE: ours,
        "copy_that_orch, file to colours": ours_from_file,
        "Pylette": pylette,
        "colorthief": colorthief,
    }
    return compare(contenders, baseline=BASELINE, operations=len(pictures), rounds=rounds)
