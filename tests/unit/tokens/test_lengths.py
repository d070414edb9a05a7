"""Which lengths are one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copy_that_orch.tokens.cluster import Sighting
from copy_that_orch.tokens.dimension import Dimension, Unit
from copy_that_orch.tokens.lengths import cluster_lengths, tolerance

SIGHTINGS = st.dictionaries(
    st.builds(Dimension, st.sampled_from([n / 2 for n in range(8, 60)])),
    st.builds(Sighting, st.integers(1, 50), st.frozensets(st.integers(0, 3), min_size=1)),
    max_size=14,
)


def taken_for(use: str, **seen: tuple[int, set[int]]) -> dict[float, float]:
    """Return what each length is taken for; lengths are given as `px12=(weight, sources)`."""
    sightings = {Dimension(float(name[2:])): Sighting(weight, sources) for name, (weight, sources) in seen.items()}
    return {one.value: other.value for one, other in cluster_lengths(sightings, use).items()}


def test_what_two_screens_measure_a_pixel_apart_is_one_length() -> None:
    """The length that was seen more stands for both."""
    assert taken_for("spacing", px40=(9, {0}), px41=(4, {1})) == {40: 40, 41: 40}
    assert taken_for("spacing", px40=(4, {0}), px41=(9, {1})) == {40: 41, 41: 41}
    assert taken_for("spacing", px40=(9, {0}), px42=(4, {1})) == {40: 40, 42: 42}


def test_a_screen_keeps_its_own_lengths_apart() -> None:
    """A screen that shows 14 and 15 px has both, also beside a screen that shows 14 only."""
    assert taken_for("font-size", px14=(9, {0, 1}), px15=(4, {0})) == {14: 14, 15: 15}


def test_of_two_that_are_near_the_nearest_joins() -> None:
    """A screen with 39 and 40 has the 40 of another screen as its 40."""
    assert taken_for("spacing", px40=(9, {0}), px39=(4, {1}), px41=(2, {2})) == {40: 40, 39: 40, 41: 40}


def test_the_tolerance_is_what_is_measured_wrong() -> None:
    """Large type is measured to a share of its size; what nobody measures is equal or not."""
    assert tolerance("font-size", Dimension(50)) == pytest.approx(3.5)
    assert tolerance("font-size", Dimension(10)) == 1
    assert tolerance("spacing", Dimension(50)) == 1
    assert taken_for("blur", px4=(9, {0}), **{"px4.1": (1, {1})}) == {4: 4, 4.1: 4.1}


def test_pixels_and_rem_are_never_one() -> None:
    """A token says what it is written in."""
    seen = {Dimension(16): Sighting(2, {0}), Dimension(1, Unit.REM): Sighting(1, {1})}

    assert cluster_lengths(seen, "spacing") == {length: length for length in seen}


@given(SIGHTINGS, st.sampled_from(["spacing", "font-size", "radius", "blur"]), st.randoms(use_true_random=False))
def test_nothing_chains_and_no_order_matters(seen: dict[Dimension, Sighting], use: str, random: object) -> None:
    """What stands for a length stands for itself, is near, and is at least as heavy."""
    items = list(seen.items())
    random.shuffle(items)  # type: ignore[attr-defined]

    found = cluster_lengths(seen, use)

    assert found == cluster_lengths(dict(items), use)
    assert found.keys() == seen.keys()
    for length, standing in found.items():
        assert found[standing] == standing
        assert abs(length.value - standing.value) <= tolerance(use, standing) + 1e-6
        assert seen[standing].weight >= seen[length].weight
