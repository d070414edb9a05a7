"""Numbers, with a unit and without."""

from __future__ import annotations

import enum
import math
from typing import SupportsFloat

import attrs


def finite(number: SupportsFloat) -> float:
    """Return `number` as a float, with one zero only, so that equal numbers are written the same.

    Raises:
      ValueError: if it is infinite or not a number: neither can be written in JSON.
    """
    value = float(number)
    if not math.isfinite(value):
        raise ValueError(f"a finite number is needed, not {value}")
    return value + 0.0  # turns -0.0 into 0.0


def plain(number: float, decimals: int) -> int | float:
    """Return `number` rounded to `decimals`, as an int if it is whole: 16 reads better than 16.0."""
    rounded = round(number, decimals)
    return int(rounded) if rounded == int(rounded) else rounded


class Unit(enum.StrEnum):
    """The units of length that the format knows: `px` is a CSS pixel, `rem` the root font size."""

    PX = "px"
    REM = "rem"


@attrs.frozen(order=True)
class Dimension:
    """A length.

    Raises:
      ValueError: if the value is infinite or not a number, or the unit neither `px` nor `rem`.
    """

    value: float = attrs.field(converter=finite)
    unit: Unit = attrs.field(default=Unit.PX, converter=Unit)

    def __str__(self) -> str:
        return f"{plain(self.value, 4)}{self.unit}"


@attrs.frozen(order=True)
class Number:
    """A number without a unit.

    Raises:
      ValueError: if it is infinite or not a number.
    """

    value: float = attrs.field(converter=finite)
