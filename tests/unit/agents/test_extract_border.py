"""EXTRACT: borders."""

from __future__ import annotations

import numpy as np
import pytest

from copy_that_orch.agents.extract_border import ExtractBorderAgent
from copy_that_orch.imaging.screenshot import Screenshot
from copy_that_orch.orchestrator.interfaces import PipelineTask
from copy_that_orch.tokens.alias import Alias
from copy_that_orch.tokens.border import Border
from copy_that_orch.tokens.color import Color
from copy_that_orch.tokens.dimension import Dimension
from copy_that_orch.tokens.merge import merge
from copy_that_orch.tokens.model import Provenance, TokenType
from copy_that_orch.tokens.rules import check
from tests.unit.imaging.drawing import draw_box, page, rendered

TASK: PipelineTask[object] = PipelineTask(task_id="shop", items=())


def cards(name: str = "shop.png") -> Screenshot:
    """Return two cards with grey lines and one with a blue one."""
    picture = page(0xF8F9FA, 400, 200)
    draw_box(picture, (20, 20, 160, 100), 0xFFFFFF, border=(1, 0xDEE2E6))
    draw_box(picture, (180, 20, 300, 100), 0xFFFFFF, border=(1, 0xDEE2E6))
    draw_box(picture, (20, 120, 160, 180), 0xFFFFFF, border=(1, 0x0D6EFD))
    return Screenshot(name=name, pixels=rendered(picture), told_scale=1)


async def test_borders_refer_to_their_width() -> None:
    """One token for the width, which all lines have, and one for each colour."""
    tokens = await ExtractBorderAgent().process(TASK, cards())

    assert [(token.path, token.type, token.value) for token in tokens] == [
        (("border", "1-0d6efd"), TokenType.BORDER, Border(Color.from_hex("#0d6efd"), Alias(("border-width", "1")))),
        (("border", "1-dee2e6"), TokenType.BORDER, Border(Color.from_hex("#dee2e6"), Alias(("border-width", "1")))),
        (("border-width", "1"), TokenType.DIMENSION, Dimension(1)),
    ]
    blue, grey, width = (token.provenance for token in tokens)
    assert blue == (Provenance("shop.png", "extract.border", 1, box=(20, 120, 160, 180)),)
    assert grey == (Provenance("shop.png", "extract.border", 2, box=(20, 20, 160, 100)),)
    assert width == (Provenance("shop.png", "extract.border", 3, box=(20, 20, 160, 100)),)


async def test_borders_of_several_screens_merge() -> None:
    """The references lead to the merged width."""
    sets = [await ExtractBorderAgent().process(TASK, cards(name)) for name in ("one.png", "two.png")]

    merged = merge(sets)

    assert len(merged) == 3
    assert [finding for finding in check(merged) if finding.severity == "error"] == []


@pytest.mark.parametrize(("height", "width"), [(1, 1), (400, 300), (20_000, 100)])
async def test_without_lines_the_set_is_empty(height: int, width: int) -> None:
    """On a blank screen of any shape."""
    blank = Screenshot(name="blank.png", pixels=np.full((height, width, 3), 128, np.uint8))

    assert list(await ExtractBorderAgent().process(TASK, blank)) == []
