"""EXTRACT: the lengths that keep things apart."""

from __future__ import annotations

import numpy as np
import pytest

from copy_that_orch.agents.extract_spacing import ExtractSpacingAgent
from copy_that_orch.imaging.screenshot import Screenshot
from copy_that_orch.orchestrator.interfaces import PipelineTask
from copy_that_orch.tokens.dimension import Dimension
from copy_that_orch.tokens.model import Provenance, TokenType

TASK: PipelineTask[object] = PipelineTask(task_id="shop", items=())


def cards(scale: int) -> Screenshot:
    """Return a row of four cards of 100 x 80 CSS pixels, 24 around them and 16 between them."""
    pixels = np.full((128, 496, 3), 240, np.uint8)
    for left in range(24, 496 - 24, 116):
        pixels[24:104, left : left + 100] = 255
    return Screenshot(name="cards.png", pixels=pixels.repeat(scale, axis=0).repeat(scale, axis=1), told_scale=scale)


@pytest.mark.parametrize("scale", [1, 2, 3])
async def test_lengths_are_dimensions_in_css_pixels(scale: int) -> None:
    """At every device scale the same paddings and gaps come out, and how often they were seen."""
    tokens = await ExtractSpacingAgent().process(TASK, cards(scale))

    assert [(token.path, token.type, token.value) for token in tokens] == [
        (("spacing", "16"), TokenType.DIMENSION, Dimension(16)),
        (("spacing", "24"), TokenType.DIMENSION, Dimension(24)),
    ]
    assert [token.provenance for token in tokens] == [
        (
            Provenance(
                "cards.png", "extract.spacing", 3, "gap-across", (24 * scale, 24 * scale, 240 * scale, 104 * scale)
            ),
        ),
        (
            Provenance("cards.png", "extract.spacing", 1, "padding-across", (0, 24 * scale, 496 * scale, 104 * scale)),
            Provenance("cards.png", "extract.spacing", 1, "padding-down", (24 * scale, 0, 124 * scale, 128 * scale)),
        ),
    ]
    assert all(0.5 < token.confidence < 1 for token in tokens)


@pytest.mark.parametrize(("height", "width"), [(1, 1), (400, 300), (20_000, 100)])
async def test_without_things_there_is_no_spacing(height: int, width: int) -> None:
    """A blank screen of any shape gives an empty set."""
    blank = Screenshot(name="blank.png", pixels=np.full((height, width, 3), 128, np.uint8))

    assert list(await ExtractSpacingAgent().process(TASK, blank)) == []
