"""Distances between what stands on screens, told apart by what they lie between."""

from __future__ import annotations

import enum

import attrs


class Between(enum.StrEnum):
    """What a distance lies between, in a word; its first part says what it is in a style sheet, if it is in one."""

    PADDING_ACROSS = "padding-across"  #: The sides of a box and a box in it, equal on the left and on the right.
    PADDING_ACROSS_TEXT = "padding-across-text"  #: The same of text in it.
    PADDING_DOWN = "padding-down"  #: Equal above and below.
    PADDING_DOWN_TEXT = "padding-down-text"
    PADDING_LEFT = "padding-left"  #: The left side of a box and a box in it, where the right one is another.
    PADDING_LEFT_TEXT = "padding-left-text"
    PADDING_TOP = "padding-top"
    PADDING_TOP_TEXT = "padding-top-text"
    PADDING_RIGHT = "padding-right"
    PADDING_RIGHT_TEXT = "padding-right-text"
    PADDING_BOTTOM = "padding-bottom"
    PADDING_BOTTOM_TEXT = "padding-bottom-text"
    GAP_ACROSS = "gap-across"  #: Two boxes beside each other.
    GAP_ACROSS_TEXT = "gap-across-text"  #: Text beside a box.
    GAP_ACROSS_TEXTS = "gap-across-texts"  #: Two texts; cells of a table keep them apart by their widths.
    GAP_DOWN = "gap-down"  #: Two boxes below each other.
    GAP_DOWN_TEXT = "gap-down-text"  #: Text below a box or a box below text.
    GAP_DOWN_TEXTS = "gap-down-texts"  #: Two texts below each other.
    INDENT = "indent"  #: A side of a box and what is set in further than the rest of it.


@attrs.frozen(order=True)
class Distance:
    """A distance on a screen.

    Attributes:
      between: What it lies between.
      value: In CSS pixels.
      box: Left, top, right and bottom of where it is, in device pixels; encloses something.
    """

    between: Between
    value: float
    box: tuple[int, int, int, int]


@attrs.frozen
class Seen:
    """How often a distance was seen.

    Attributes:
      between: What it lies between.
      value: In CSS pixels.
      count: How often it was seen.
    """

    between: Between
    value: float
    count: int = 1
