"""Pictures that are no ordinary screenshots: a sensible result, or one clear sentence."""

from __future__ import annotations

import io
from typing import Any

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw

from copy_that_orch import AggregationError, PipelineResult, PipelineTask, PreprocessingError, TaskStatus
from copy_that_orch.agents.preprocess import PreprocessAgent
from copy_that_orch.assembly import screenshot_agents, screenshot_coordinator
from copy_that_orch.tokens.model import TokenSet

BRAND = (37, 99, 235)


def screen(width: int = 480, height: int = 360) -> Image.Image:
    """Return a page with a bar, cards and lines that stand for text."""
    image = Image.new("RGB", (width, height), "white")
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, width, 47), fill=BRAND)
    for top in range(72, height - 120, 144):
        draw.rectangle((24, top, width - 25, top + 119), fill=(243, 244, 246))
    return image


def saved(image: Image.Image, format_: str = "PNG", **options: Any) -> bytes:
    """Return `image` as a file."""
    file = io.BytesIO()
    image.save(file, format_, **options)
    return file.getvalue()


def photo() -> Image.Image:
    """Return what a camera sees: soft light, no two neighbours quite alike."""
    noise = np.random.default_rng(7).normal(0, 1, (300, 400, 3))
    soft = cv2.GaussianBlur(noise, (0, 0), 25)
    light = np.linspace(0, 80, 400)[None, :, None]
    pixels = 90 + 900 * soft + light + 4 * noise
    return Image.fromarray(pixels.clip(0, 255).astype(np.uint8))


async def run(*items: bytes) -> PipelineResult:
    """Run the whole pipeline over pictures of one product, up to the validated set."""
    agents = [agent for agent in screenshot_agents() if agent.stage_name != "generate"]
    return await screenshot_coordinator(agents).execute(PipelineTask(task_id="odd", items=items))


async def colors_of(data: bytes) -> set[str]:
    """Return the colours that are found on a picture."""
    result = await run(data)
    assert result.status is TaskStatus.COMPLETED
    (tokens,) = result.outputs
    assert isinstance(tokens, TokenSet)
    return {token.value.hex for token in tokens if hasattr(token.value, "hex")}


def with_alpha(image: Image.Image) -> Image.Image:
    """Return `image` with a palette of which one colour is see-through."""
    small = image.quantize(8)
    small.info["transparency"] = small.getpixel((5, 200))
    return small


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        pytest.param(saved(screen().convert("L")), {"#ffffff"}, id="grey-scale"),
        pytest.param(saved(with_alpha(screen())), {"#ffffff", "#2563eb"}, id="palette with alpha"),
        pytest.param(
            saved(screen(), "GIF", save_all=True, append_images=[photo()]), {"#ffffff", "#2563eb"}, id="animated GIF"
        ),
        pytest.param(saved(screen().convert("CMYK"), "JPEG", quality=85), {"#ffffff", "#2563eb"}, id="CMYK JPEG"),
        pytest.param(saved(Image.new("RGB", (300, 200), "#0f766e")), {"#0f766e"}, id="blank"),
        pytest.param(saved(screen(400, 20_000)), {"#ffffff", "#2563eb", "#f3f4f6"}, id="20,000 pixels tall"),
    ],
)
async def test_what_is_painted_is_found(data: bytes, expected: set[str]) -> None:
    """Whatever the file is like, the colours of what it shows are tokens, exactly."""
    assert expected <= await colors_of(data)


@pytest.mark.parametrize(
    "data",
    [pytest.param(saved(photo()), id="photo"), pytest.param(saved(Image.new("RGB", (1, 1), BRAND)), id="one pixel")],
)
async def test_what_nobody_painted_is_one_sentence(data: bytes) -> None:
    """No colour of a photo is a decision of a design, and one pixel shows none; it says what to do."""
    with pytest.RaisesGroup(
        pytest.RaisesExc(AggregationError, match="no token was found in 1 screenshot; give larger or less uniform ones")
    ):
        await run(data)


async def test_a_photo_beside_a_screen_costs_nothing() -> None:
    """The screen's colours come out as without it."""
    (alone,) = (await run(saved(screen()))).outputs
    (both,) = (await run(saved(screen()), saved(photo()))).outputs
    colors = [{token.name for token in tokens if token.path[0] == "color"} for tokens in (alone, both)]
    assert colors[0] <= colors[1]
    assert len(colors[1] - colors[0]) < 5


async def test_too_many_pixels_are_one_sentence() -> None:
    """Told before any memory is spent on them."""
    with pytest.raises(PreprocessingError, match="are more than the limit of 50,000,000; cut the picture into parts"):
        await PreprocessAgent().process(PipelineTask(task_id="odd", items=[]), saved(Image.new("1", (20_000, 3_000))))
