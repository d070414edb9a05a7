"""What lines of text say."""

from __future__ import annotations

import sys
import types
from collections.abc import Iterator

import attrs
import numpy as np
import pytest
from numpy.typing import NDArray

from copy_that_orch.imaging import reading
from copy_that_orch.imaging.reading import ReadText, can_read, read_text, with_text
from tests.unit.imaging.typeset import typeset

LINE = attrs.evolve(typeset(16, 10), left=20, top=30, width=80, height=12)


class FakeEngine:
    """Reads "Total" wherever there is red."""

    params: object = None

    def __init__(self, params: object) -> None:
        FakeEngine.params = params

    def __call__(self, image: NDArray[np.uint8], *, use_cls: bool) -> types.SimpleNamespace:
        """Return corners and texts as RapidOCR does; it takes BGR."""
        assert not use_cls
        rows, columns = np.nonzero(image[..., 2] == 255)
        if not len(rows):
            return types.SimpleNamespace(boxes=None, txts=None)
        left, right, top, bottom = columns.min(), columns.max(), rows.min(), rows.max()
        corners = [[left, top], [right, top], [right, bottom], [left, bottom]]
        return types.SimpleNamespace(boxes=np.array([corners], np.float32), txts=("Total",))


@pytest.fixture(autouse=True)
def _fake(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    module = types.ModuleType("rapidocr")
    module.RapidOCR = FakeEngine  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "rapidocr", module)
    reading._engine.cache_clear()
    yield
    reading._engine.cache_clear()


def test_text_is_read_where_it_stands() -> None:
    """Boxes are upright, whatever the corners; without text there is none."""
    pixels = np.zeros((40, 60, 3), np.uint8)
    assert read_text(pixels) == ()

    pixels[10:20, 5:50, 0] = 255

    assert read_text(pixels) == (ReadText("Total", (5.0, 10.0, 49.0, 19.0)),)
    assert FakeEngine.params == {"Global.log_level": "error"}


@pytest.mark.parametrize(("text", "low"), [("Total", True), ("€48,20", False), ("TOTAL", False)])
def test_only_low_letters_are_low(text: str, low: bool) -> None:
    """Digits seem to have some, where their curves begin."""
    (line,) = with_text([LINE], [ReadText(text, (18, 28, 102, 44))])

    assert line == (LINE if low else attrs.evolve(LINE, low=None))


@pytest.mark.parametrize("read", [[], [ReadText("Total", (90, 28, 140, 44))], [ReadText("*-.", (18, 28, 102, 44))]])
def test_what_cannot_be_read_is_no_text(read: list[ReadText]) -> None:
    """Icons are read as nothing, or as marks; and what stands beside them is something else."""
    assert with_text([LINE], read) == ()


def test_the_extra_may_be_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Then nothing can be read."""
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert not can_read()

    monkeypatch.setattr("importlib.util.find_spec", lambda name: name)
    assert can_read()
