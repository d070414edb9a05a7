"""EXTRACT: radii of corners."""

from __future__ import annotations

import numpy as np
import pytest

from copy_that_orch.agents.extract_radius import PILL, ExtractRadiusAgent
from copy_that_orch.imaging.screenshot import Screenshot
from copy_that_orch.orchestrator.interfaces import PipelineTask
from copy_that_orch.tokens.dimension import Dimension
from copy_that_orch.tokens.model import Provenance, TokenType
from tests.unit.imaging.drawing import draw_box, page, rendered

TASK: PipelineTask[object] = PipelineTask(task_id="shop", items=())


@pytest.mark.parametrize("scale", [1, 2, 3])
async def test_radii_are_dimensions_in_css_pixels(scale: int) -> None:
    """At every device scale the same radii come out; a pill has as large a one as style sheets write."""
    picture = page(width=200 * scale, height=120 * scale)
    draw_box(picture, (20 * scale, 10 * scale, 120 * scale, 60 * scale), 0x0D6EFD, radius=8 * scale)
    draw_box(picture, (20 * scale, 80 * scale, 90 * scale, 100 * scale), 0xDC3545, radius=99 * scale)
    screenshot = Screenshot(name="shop.png", pixels=rendered(picture), told_scale=scale)

    tokens = await ExtractRadiusAgent().process(TASK, screenshot)

    assert [(token.path, token.type, token.value) for token in tokens] == [
        (("radius", "8"), TokenType.DIMENSION, Dimension(8)),
        (("radius", "full"), TokenType.DIMENSION, PILL),
    ]
    card, _pill = (token.provenance for token in tokens)
    assert card == (Provenance("shop.png", "extract.radius", 1, box=(20 * scale, 10 * scale, 120 * scale, 60 * scale)),)


@pytest.mark.parametrize(("height", "width"), [(1, 1), (400, 300), (20_000, 100)])
async def test_without_boxes_there_is_no_radius(height: int, width: int) -> None:
    """A blank screen of any shape gives an empty set."""
    blank = Screenshot(name="blank.png", pixels=np.full((height, width, 3), 128, np.uint8))

    assert list(await ExtractRadiusAgent().process(TASK, blank)) == []
