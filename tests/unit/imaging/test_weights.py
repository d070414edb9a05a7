"""The few weights that explain how thick strokes are."""

from __future__ import annotations

from collections.abc import Sequence

import attrs
import numpy as np

from copy_that_orch.imaging.fonts import font_table
from copy_that_orch.imaging.text import TextLine
from copy_that_orch.imaging.weights import GLOW, find_weights
from tests.unit.imaging.typeset import typeset

WHITE = 0xFFFFFF


def written(weight: int, letters: int = 40, *, size: float = 16, font: str = "Inter", times: float = 1.0) -> TextLine:
    """Return a line whose stems are so many times as thick as those of its weight."""
    line = typeset(size, letters, font=font, weight=weight)
    assert line.strokes is not None
    # Dark text on light ground, whose stems look thinner than in the table.
    return attrs.evolve(
        line, ground=WHITE, strokes=attrs.evolve(line.strokes, stem=line.strokes.stem * times * float(np.exp(-GLOW)))
    )


def weights(lines: Sequence[TextLine], sizes: Sequence[float], font: str = "Inter") -> tuple[list[int], list[float]]:
    """Return the weight of each line, and how sure it is; a CSS pixel is a device pixel."""
    table = font_table()
    fonts = np.full(len(lines), table.names.index(font))
    found, sure = find_weights(lines, np.array(sizes, np.float64), np.array(sizes, np.float64), fonts, table)
    return found.tolist(), sure.tolist()


def test_the_stems_of_lines_tell_their_weight() -> None:
    """All weights come out if there is enough text in each."""
    true, sizes = [300, 400, 500, 600, 700], [14, 15, 16, 17, 18]

    found, sure = weights([written(weight, size=size) for weight, size in zip(true, sizes, strict=True)], sizes)

    assert found == true
    assert min(sure) > 0.8


def test_a_word_that_looks_a_little_heavier_is_of_a_weight_that_other_text_has() -> None:
    """Alone it is of one of its own, which it does not pay for beside others."""
    text = [written(400, size=14), written(700, size=16)]
    word = written(500, 8, size=20, times=0.94)

    assert weights([word], [20])[0] == [500]
    assert weights([*text, word], [14, 16, 20])[0] == [400, 700, 400]
    assert weights([*text, written(500, 40, size=18), word], [14, 16, 18, 20])[0] == [400, 700, 500, 500]


def test_light_text_looks_thicker() -> None:
    """Halfway between two weights, the colours decide."""
    table = font_table()
    own = [float(table.stem[(table.font == table.names.index("Inter")) & (table.weight == w)][0]) for w in (400, 500)]
    line = written(400)
    assert line.strokes is not None
    halfway = attrs.evolve(line, strokes=attrs.evolve(line.strokes, stem=16 * float(np.sqrt(own[0] * own[1])) * 1.02))
    light = attrs.evolve(halfway, color=WHITE, ground=0)

    assert weights([halfway], [16])[0] == [500]
    assert weights([light], [16])[0] == [400]


def test_lines_without_strokes_are_as_usual() -> None:
    """They are of the weight that most text has, in a font that has no other, too."""
    line = attrs.evolve(typeset(16, 30, font="PT Mono"), strokes=None)

    assert weights([line], [16], "PT Mono")[0] == [400]
    assert weights([attrs.evolve(typeset(16, 30), strokes=None)], [16])[0] == [400]
