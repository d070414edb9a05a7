"""EXTRACT: shadows."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from copy_that_orch.agents.extract_shadow import ExtractShadowAgent
from copy_that_orch.imaging.decode import decode
from copy_that_orch.imaging.screenshot import Screenshot
from copy_that_orch.orchestrator.interfaces import PipelineTask
from copy_that_orch.tokens.color import Color
from copy_that_orch.tokens.dimension import Dimension
from copy_that_orch.tokens.model import Provenance, TokenType
from copy_that_orch.tokens.shadow import Shadow
from tests.unit.imaging.drawing import draw_box, draw_shadow, page, rendered

TASK: PipelineTask[object] = PipelineTask(task_id="shop", items=())


@pytest.mark.parametrize("scale", [1, 2])
async def test_shadows_are_composites_in_css_pixels(scale: int) -> None:
    """At every device scale the same shadow comes out, named by offset, blur and alpha."""
    picture = page(width=240 * scale, height=160 * scale)
    sides = (60 * scale, 40 * scale, 180 * scale, 110 * scale)
    draw_shadow(picture, sides, y=4 * scale, blur=12 * scale, alpha=0.3)
    draw_box(picture, sides, 0xFFFFFF if scale == 1 else 0x3366CC)
    screenshot = Screenshot(name="shop.png", pixels=rendered(picture), told_scale=scale)

    (token,) = await ExtractShadowAgent().process(TASK, screenshot)

    assert token.type is TokenType.SHADOW
    assert token.path[0] == "shadow"
    assert token.path[1].startswith("4-12-a")
    assert isinstance(token.value, Shadow)
    (layer,) = token.value.layers
    assert (layer.offset_x, layer.offset_y, layer.blur, layer.spread) == (
        Dimension(0),
        Dimension(4),
        Dimension(12),
        Dimension(0),
    )
    assert isinstance(layer.color, Color)
    assert layer.color.alpha == pytest.approx(0.3, abs=0.02)
    assert layer.color.hex == "#000000"
    assert token.provenance == (Provenance("shop.png", "extract.shadow", 1, box=sides),)


async def test_shadows_are_told_on_jpeg_too() -> None:
    """From what the file has, for mending flattens them."""
    picture = page(0xF3F4F6, width=400, height=300)
    draw_shadow(picture, (88, 80, 312, 200), y=4, blur=12, alpha=0.2)
    draw_box(picture, (88, 80, 312, 200), 0xFFFFFF)
    file = io.BytesIO()
    Image.fromarray(rendered(picture)).save(file, "JPEG", quality=85)

    (token,) = await ExtractShadowAgent().process(TASK, decode(file.getvalue(), "shop.jpg"))

    assert isinstance(token.value, Shadow)
    (layer,) = token.value.layers
    assert (layer.offset_x, layer.offset_y) == (Dimension(0), Dimension(4))
    assert isinstance(layer.blur, Dimension)
    assert layer.blur.value == pytest.approx(12, abs=1)
    assert isinstance(layer.color, Color)
    assert layer.color.alpha == pytest.approx(0.2, abs=0.02)


@pytest.mark.parametrize(("height", "width"), [(1, 1), (400, 300), (20_000, 100)])
async def test_without_shadows_the_set_is_empty(height: int, width: int) -> None:
    """On a blank screen of any shape."""
    blank = Screenshot(name="blank.png", pixels=np.full((height, width, 3), 128, np.uint8))

    assert list(await ExtractShadowAgent().process(TASK, blank)) == []
