"""EXTRACT: gradients."""

from __future__ import annotations

import numpy as np
import pytest

from copy_that_orch.agents.extract_gradient import ExtractGradientAgent
from copy_that_orch.imaging.screenshot import Screenshot
from copy_that_orch.orchestrator.interfaces import PipelineTask
from copy_that_orch.tokens.color import Color
from copy_that_orch.tokens.gradient import Gradient, GradientStop
from copy_that_orch.tokens.model import Provenance, TokenType
from tests.unit.imaging.drawing import draw_gradient, page, rendered

TASK: PipelineTask[object] = PipelineTask(task_id="shop", items=())


async def test_gradients_are_composites_with_an_angle() -> None:
    """Stops with their colours, the angle as CSS counts it, and where it is to be seen."""
    picture = page(width=400, height=300)
    draw_gradient(picture, (0, 0, 400, 120), 90, ((0.0, 0x6200EE), (1.0, 0x03DAC6)))
    draw_gradient(picture, (40, 160, 360, 280), 90, ((0.0, 0x6200EE), (1.0, 0x03DAC6)))
    screenshot = Screenshot(name="shop.png", pixels=rendered(picture))

    tokens = await ExtractGradientAgent().process(TASK, screenshot)

    (token,) = tokens
    assert (token.path, token.type) == (("gradient", "90-6200ee-03dac6"), TokenType.GRADIENT)
    assert token.value == Gradient(
        [GradientStop(Color.from_hex("#6200ee"), 0), GradientStop(Color.from_hex("#03dac6"), 1)], 90
    )
    assert token.provenance == (Provenance("shop.png", "extract.gradient", box=(0, 0, 400, 120)),)


@pytest.mark.parametrize(("height", "width"), [(1, 1), (400, 300), (20_000, 100)])
async def test_without_gradients_the_set_is_empty(height: int, width: int) -> None:
    """On a blank screen of any shape."""
    blank = Screenshot(name="blank.png", pixels=np.full((height, width, 3), 128, np.uint8))

    assert list(await ExtractGradientAgent().process(TASK, blank)) == []
