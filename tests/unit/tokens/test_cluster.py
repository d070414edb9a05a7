"""Which colours are one."""

from __future__ import annotations

import random

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from copy_that_orch.tokens.cluster import Sighting, cluster
from copy_that_orch.tokens.color import Color
from copy_that_orch.tokens.difference import ciede2000, to_lab
from tests.unit.tokens import strategies as made

WHITE, SMOKE, SNOW = (Color.from_hex(text) for text in ("#ffffff", "#f8f9fa", "#fefefe"))


def difference(one: Color, other: Color) -> float:
    """CIEDE2000 of two colours."""
    return float(ciede2000(*to_lab([one, other])))


def test_colours_of_different_pictures_join_the_heaviest() -> None:
    """It was observed; an average was not. Weight decides, not value or order."""
    seen = {SMOKE: Sighting(5, {0}), WHITE: Sighting(9, {1})}
    assert cluster(seen, 2.0) == {SMOKE: WHITE, WHITE: WHITE}
    seen = {SMOKE: Sighting(9, {0}), WHITE: Sighting(5, {1})}
    assert cluster(seen, 2.0) == {SMOKE: SMOKE, WHITE: SMOKE}


def test_equal_weights_are_decided_by_value() -> None:
    """Never by which came first."""
    one, other = Sighting(1, {0}), Sighting(1, {1})
    assert cluster({WHITE: one, SMOKE: other}, 2.0) == cluster({SMOKE: other, WHITE: one}, 2.0)


def test_a_picture_that_shows_both_keeps_both() -> None:
    """White and #f8f9fa are 1.4 apart: a page and its panels."""
    seen = {WHITE: Sighting(9, {0}), SMOKE: Sighting(5, {0})}
    assert cluster(seen, 2.0) == {WHITE: WHITE, SMOKE: SMOKE}


def test_of_one_picture_the_nearest_joins() -> None:
    """#fefefe is the white of a picture that shows #f8f9fa too, although that is heavier."""
    seen = {WHITE: Sighting(9, {0}), SMOKE: Sighting(5, {1}), SNOW: Sighting(1, {1})}
    assert cluster(seen, 2.0) == {WHITE: WHITE, SMOKE: SMOKE, SNOW: WHITE}


def test_nothing_chains() -> None:
    """A row of greys one step apart falls into groups as wide as the tolerance, not into one."""
    greys = [Color.from_bytes(level, level, level) for level in range(256)]
    taken_for = cluster({grey: Sighting(1, {index}) for index, grey in enumerate(greys)}, 2.0)
    assert max(difference(grey, taken_for[grey]) for grey in greys) <= 2.0
    assert len(set(taken_for.values())) > 25


def test_alpha_keeps_colours_apart_unless_it_rounds_to_the_same_byte() -> None:
    """Half black is not black."""
    faint, fainter, black = Color(0, 0, 0, 0.5), Color(0, 0, 0, 0.5001), Color(0, 0, 0)
    seen = {faint: Sighting(3, {0}), fainter: Sighting(2, {1}), black: Sighting(1, {2})}
    assert cluster(seen, 2.0) == {faint: faint, fainter: faint, black: black}


sightings = st.dictionaries(
    made.crowded_color | made.any_color,
    st.builds(Sighting, st.integers(0, 5), st.frozensets(st.integers(0, 3), min_size=1, max_size=2)),
    max_size=25,
)


@given(sightings, st.randoms(use_true_random=False))
@settings(max_examples=80, deadline=None)
def test_the_order_decides_nothing(seen: dict[Color, Sighting], rng: random.Random) -> None:
    """Neither that of the colours nor the numbers of the sources."""
    shuffled = rng.sample(list(seen.items()), len(seen))
    renumber = dict(zip(range(4), rng.sample(range(100), 4), strict=True))
    other = {
        color: Sighting(sighting.weight, {renumber[source] for source in sighting.sources})
        for color, sighting in shuffled
    }
    assert cluster(other, 2.0) == cluster(seen, 2.0)


@given(sightings)
@settings(max_examples=80, deadline=None)
def test_what_a_cluster_is(seen: dict[Color, Sighting]) -> None:
    """Within the tolerance of a heavier colour that stands for itself; of each source at most one; no more clusters
    than the sources ask for.
    """
    taken_for = cluster(seen, 2.0)
    assert set(taken_for) == set(seen)
    standing = set(taken_for.values())
    for color, representative in taken_for.items():
        assert taken_for[representative] == representative
        assert difference(color, representative) <= 2.0
        assert seen[representative].weight >= seen[color].weight
    for representative in standing:
        members = [color for color in seen if taken_for[color] == representative]
        sources = [source for color in members for source in seen[color].sources]
        assert len(sources) == len(set(sources))
    for one in standing:
        for other in standing:
            if (-seen[one].weight, one) < (-seen[other].weight, other) and difference(one, other) <= 2.0:
                assert any(
                    difference(rival, one) <= difference(other, one)
                    for rival in seen
                    if rival != other and set(seen[rival].sources) & set(seen[other].sources)
                )


def test_looking_only_at_near_lightness_loses_no_near_colour() -> None:
    """The shortcut finds what comparing all with all finds."""
    rng = np.random.default_rng(7)
    base = rng.integers(0, 250, (60, 3))
    rows = np.concatenate([base, base + rng.integers(-5, 6, base.shape)]).clip(0, 255)
    colors = sorted({Color.from_bytes(*row) for row in rows.tolist()})
    standing: list[Color] = []
    for color in colors:
        if not any(difference(color, other) <= 2.0 for other in standing):
            standing.append(color)
    taken_for = cluster({color: Sighting(1, {index}) for index, color in enumerate(colors)}, 2.0)
    assert sorted(set(taken_for.values())) == standing


def test_what_only_lossy_sources_show_joins_from_a_little_farther() -> None:
    """Two roundings of one colour are apart; a source still keeps its own colours apart."""
    ink, near = Color.from_hex("#212529"), Color.from_hex("#212429")
    exact = {ink: Sighting(9, {0}), near: Sighting(5, {1})}
    lossy = {ink: Sighting(9, {0}), near: Sighting(5, {1}, lossy=True)}
    beside = {ink: Sighting(9, {0}), near: Sighting(5, {0}, lossy=True)}

    assert cluster(exact, 1.0) == {ink: ink, near: near}
    assert cluster(lossy, 1.0) == {ink: ink, near: ink}
    assert cluster(beside, 1.0) == {ink: ink, near: near}
    assert cluster({WHITE: Sighting(9, {0}), ink: Sighting(5, {1}, lossy=True)}, 1.0) == {WHITE: WHITE, ink: ink}
