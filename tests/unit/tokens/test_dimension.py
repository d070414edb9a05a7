"""Numbers, with a unit and without."""

from __future__ import annotations

import math
import pickle

import numpy as np
import pytest

from copy_that_orch.tokens.dimension import Dimension, Number, Unit, plain


def test_a_dimension_is_a_number_and_one_of_two_units() -> None:
    """Pixels unless said; NumPy's numbers become plain ones; values compare, hash and pickle by what they hold."""
    dimension = Dimension(np.float32(1.5), "rem")
    assert (type(dimension.value), dimension.unit, str(dimension)) == (float, Unit.REM, "1.5rem")
    assert str(Dimension(16)) == "16px"
    assert {Dimension(16), Dimension(16.0, Unit.PX)} == {pickle.loads(pickle.dumps(Dimension(16, "px")))}
    assert sorted([Dimension(12), Dimension(4)]) == [Dimension(4), Dimension(12)]


def test_there_is_one_zero() -> None:
    """-0 is written like 0."""
    assert str(Dimension(-0.0)) == "0px"
    assert math.copysign(1, Number(-0.0).value) == 1


@pytest.mark.parametrize("unit", ["em", "%", "", "PX"])
def test_other_units_are_refused(unit: str) -> None:
    """The format knows px and rem only."""
    with pytest.raises(ValueError, match="Unit"):
        Dimension(1, unit)


@pytest.mark.parametrize("number", [math.nan, math.inf])
def test_what_is_no_finite_number_is_refused(number: float) -> None:
    """With a unit or without."""
    with pytest.raises(ValueError, match="finite"):
        Dimension(number)
    with pytest.raises(ValueError, match="finite"):
        Number(number)


@pytest.mark.parametrize(("number", "text"), [(16.0, "16"), (1.50004, "1.5"), (-0.00001, "0"), (1e20, f"{10**20}")])
def test_whole_numbers_are_written_without_a_point(number: float, text: str) -> None:
    """Rounded first, never with an exponent."""
    assert str(plain(number, 4)) == text
