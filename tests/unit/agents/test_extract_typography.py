"""EXTRACT: the font sizes of a screenshot."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from copy_that_orch.agents.extract_typography import ExtractTypographyAgent
from copy_that_orch.agents.preprocess import PreprocessAgent
from copy_that_orch.imaging.screenshot import Screenshot
from copy_that_orch.orchestrator.interfaces import PipelineTask
from copy_that_orch.tokens.dimension import Dimension
from copy_that_orch.tokens.model import TokenType

SCREENSHOTS = Path(__file__).parents[2] / "screenshots"
TASK: PipelineTask[object] = PipelineTask(task_id="shop", items=())


async def test_sizes_are_dimensions_in_css_pixels() -> None:
    """A screen with two device pixels per CSS pixel gives the sizes of its style sheet, and where they were seen."""
    screenshot = await PreprocessAgent().process(TASK, SCREENSHOTS / "calendar-2x.png")

    tokens = await ExtractTypographyAgent().process(TASK, screenshot)

    assert {token.path[0] for token in tokens} == {"font-size"}
    assert {token.type for token in tokens} == {TokenType.DIMENSION}
    body = tokens.get(("font-size", "14"))
    assert body is not None
    assert body.value == Dimension(14)
    assert body.confidence > 0.9
    (seen,) = body.provenance
    assert (seen.image, seen.agent) == ("screenshots/calendar-2x.png", "extract.typography")
    assert seen.count > 10  # lines


@pytest.mark.parametrize(("height", "width"), [(1, 1), (400, 300), (20_000, 100)])
async def test_without_text_there_is_no_size(height: int, width: int) -> None:
    """A blank screen of any shape gives an empty set."""
    blank = Screenshot(name="blank.png", pixels=np.full((height, width, 3), 128, np.uint8))

    assert list(await ExtractTypographyAgent().process(TASK, blank)) == []
