"""Words for people: what may reach a terminal, how things are counted, in which order names stand."""

from __future__ import annotations

import re
from typing import Final

PREFIX: Final = "copy_that_orch: "
"""Begins each line about something that went wrong."""


def printable(text: object) -> str:
    r"""Return `text` as one line that cannot steer a terminal.

    Control characters, line ends, bidirectional overrides and undecodable bytes become escapes such as `\x1b`; the
    rest stays. File names and messages of others pass through here before they are printed.
    """
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode("ascii") for char in str(text))


def count(number: int, noun: str) -> str:
    """Return `number` and `noun`, which takes an "s" unless the number is 1."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def natural_key(text: str) -> tuple[tuple[tuple[int, int, str], ...], str]:
    """Return a sort key by which "screen 2" stands before "screen 10"; case decides between equals only."""
    parts = (part for part in re.split(r"([0-9]+)", text.casefold()) if part)
    return tuple((0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts), text
