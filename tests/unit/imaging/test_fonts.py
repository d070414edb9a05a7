"""Fonts told apart by how their letters are drawn."""

from __future__ import annotations

import attrs
import numpy as np
import pytest

from copy_that_orch.imaging.fonts import (
    PITCH_BINS,
    PITCH_STEP,
    WEIGHT_PRIOR,
    features,
    font_table,
    log_likelihoods,
    looks,
    rank_fonts,
)
from tests.unit.imaging.typeset import class_of, typeset

TABLE = font_table()


def test_the_table_is_whole() -> None:
    """Every font has a kind and a regular weight, and no class is like another."""
    assert len(set(TABLE.names)) == len(TABLE.names) == len(TABLE.kinds) == 133
    assert set(TABLE.kinds) == {"sans", "serif", "mono"}
    assert set(TABLE.weight.tolist()) == set(WEIGHT_PRIOR)
    assert {int(font) for font in TABLE.font[TABLE.weight == 400]} == set(range(133))
    assert (np.diff(TABLE.font) >= 0).all()
    assert (np.linalg.eigvalsh(TABLE.covariance) > 0).all()
    assert (np.linalg.eigvalsh(TABLE.screens) > 0).all()
    assert ((TABLE.low > 0.35) & (TABLE.low < TABLE.tall) & (TABLE.tall < 0.9)).all()
    assert np.exp(TABLE.pitches).sum(axis=1) * PITCH_STEP == pytest.approx(np.ones(len(TABLE.font)))
    assert TABLE.pitches.shape == (len(TABLE.font), PITCH_BINS)
    assert np.exp(TABLE.usual).sum() == pytest.approx(1.0)
    assert sum(WEIGHT_PRIOR.values()) == pytest.approx(1.0)


@pytest.mark.parametrize("font", ["Roboto", "Lora", "JetBrains Mono", "Source Sans 3"])
def test_a_line_that_looks_like_a_font_is_told_to_be_set_in_it(font: str) -> None:
    """The ranks of all fonts say which."""
    lines = [typeset(size, font=font) for size in (14, 16, 16, 20)]
    found, told = looks(lines)

    ranks = rank_fonts(found, log_likelihoods(found, TABLE), TABLE)

    assert told.tolist() == [0, 1, 2, 3]
    assert TABLE.names[int(ranks.argmax())] == font


def test_a_bold_line_is_likeliest_in_bold() -> None:
    """Weights are classes of their own."""
    found, _ = looks([typeset(32, font="Inter", weight=700)])

    assert int(log_likelihoods(found, TABLE).argmax()) == class_of(TABLE, "Inter", 700)


def test_what_has_no_low_letters_looks_like_nothing() -> None:
    """Neither has what has too few strokes; and without any line all fonts are equal."""
    found, told = looks([typeset(16, low=False), attrs.evolve(typeset(16), strokes=None)])

    assert features(typeset(16, low=False)) is None
    assert (len(found), len(told)) == (0, 0)
    assert log_likelihoods(found, TABLE).shape == (0, len(TABLE.font))
    assert not rank_fonts(found, log_likelihoods(found, TABLE), TABLE).any()
