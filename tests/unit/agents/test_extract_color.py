"""EXTRACT: the colours of a screenshot."""

from __future__ import annotations

from pathlib import Path

import attrs
import numpy as np
import pytest
import trio

from copy_that_orch.agents.extract_color import ExtractColorAgent
from copy_that_orch.agents.preprocess import PreprocessAgent
from copy_that_orch.imaging.screenshot import Screenshot
from copy_that_orch.orchestrator.interfaces import PipelineTask
from copy_that_orch.tokens.color import Color
from copy_that_orch.tokens.model import ContrastPair, Provenance, Screen, Theme, TokenSet, TokenType

SCREENSHOTS = Path(__file__).parents[2] / "screenshots"
TASK: PipelineTask[object] = PipelineTask(task_id="shop", items=())


def plain(height: int, width: int, color: tuple[int, int, int] = (250, 250, 250)) -> Screenshot:
    """Return a screen of one colour."""
    return Screenshot(name="shots/plain.png", pixels=np.full((height, width, 3), color, np.uint8))


async def extract(screenshot: Screenshot) -> TokenSet:
    """Return what the agent finds."""
    return await ExtractColorAgent().process(TASK, screenshot)


async def test_a_screen_gives_colours_with_their_provenance_and_its_contrast_pairs() -> None:
    """Exact colours, the pixels they cover, and which text stands on which of them."""
    screenshot = await PreprocessAgent().process(TASK, SCREENSHOTS / "boat-done.png")

    tokens = await extract(screenshot)

    green = tokens.get(("color", "0f7a52"))
    assert green is not None
    assert (green.type, green.value) == (TokenType.COLOR, Color.from_hex("#0f7a52"))
    assert green.confidence > 0.9
    assert {(seen.image, seen.agent) for seen in green.provenance} == {("screenshots/boat-done.png", "extract.color")}
    assert green.weight == pytest.approx(np.all(screenshot.pixels == (0x0F, 0x7A, 0x52), axis=2).sum(), rel=0.1)
    white = tokens.get(("color", "ffffff"))
    assert white is not None
    (page,) = (seen for seen in white.provenance if seen.role == "background")
    assert page.box is not None
    assert page.box[2] == screenshot.width
    written = {(pair.text.hex, pair.background.hex): pair for pair in tokens.pairs}
    assert {("#0b0c0c", "#ffffff"), ("#1a65a6", "#ffffff"), ("#ffffff", "#0f7a52")} <= set(written)
    assert written["#1a65a6", "#ffffff"].font_size == pytest.approx(19, abs=1)
    assert written["#1a65a6", "#ffffff"].provenance[0].agent == "extract.color"
    values = {token.value for token in tokens}
    assert all(pair.text in values and pair.background in values for pair in tokens.pairs)


async def test_a_blank_screen_has_one_colour() -> None:
    """Nothing stands on it, so there is no text and no pair."""
    tokens = await extract(plain(400, 300))

    assert [token.value for token in tokens] == [Color.from_bytes(250, 250, 250)]
    assert [token.provenance for token in tokens] == [
        (Provenance("shots/plain.png", "extract.color", 120_000, "background", (0, 0, 300, 400)),)
    ]
    assert tokens.pairs == ()


@pytest.mark.parametrize(("color", "theme"), [((250, 250, 250), Theme.LIGHT), ((13, 17, 23), Theme.DARK)])
async def test_the_theme_of_the_screen_is_told(color: tuple[int, int, int], theme: Theme) -> None:
    """A screen is dark if its commonest colour is."""
    assert (await extract(plain(40, 30, color))).screens == (Screen("shots/plain.png", theme, 30, 40, 1.0),)


async def test_it_is_told_whether_the_file_has_the_colours_but_nearly() -> None:
    """As a JPEG, whose noise was taken out of what is plain."""
    exact = plain(40, 30)
    mended = attrs.evolve(exact, plain=np.ones((40, 30), np.bool_))

    assert [screen.lossy for one in (exact, mended) for screen in (await extract(one)).screens] == [False, True]


@pytest.mark.parametrize(("height", "width"), [(1, 1), (1, 500), (500, 1), (3, 3)])
async def test_a_tiny_screen_is_no_reason_to_fail(height: int, width: int) -> None:
    """What has no room for an area or a line may have no colour, but does not fail."""
    assert len(await extract(plain(height, width))) <= 1


async def test_a_photo_has_no_painted_colours() -> None:
    """Noise and gradients are set apart: the set is empty, and that is no error."""
    rows, columns = np.mgrid[:300, :400]
    smooth = np.stack([rows * 0.6, columns * 0.5, (rows + columns) * 0.3], axis=-1)
    noise = np.random.default_rng(7).normal(0, 6, smooth.shape)

    photo = Screenshot(name="photo.jpg", pixels=np.clip(smooth + noise, 0, 255).astype(np.uint8))

    assert list(await extract(photo)) == []


async def test_a_very_tall_screen_is_measured_whole() -> None:
    """Twenty thousand pixels down, the last band counts like the first."""
    pixels = np.full((20_000, 300, 3), 255, np.uint8)
    pixels[-200:] = (20, 90, 200)

    tokens = await extract(Screenshot(name="tall.png", pixels=pixels))

    assert {token.value.hex for token in tokens if isinstance(token.value, Color)} == {"#ffffff", "#145ac8"}


async def test_the_event_loop_goes_on_while_colours_are_found() -> None:
    """A Trio task that only takes turns gets many of them meanwhile."""
    beats = 0

    async def heartbeat() -> None:
        nonlocal beats
        while True:
            beats += 1
            await trio.lowlevel.checkpoint()

    screenshot = plain(2000, 1500)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(heartbeat)
        await extract(screenshot)
        nursery.cancel_scope.cancel()

    assert beats > 50


def test_pairs_are_values() -> None:
    """What is handed on can be compared and hashed."""
    black, white = Color.from_hex("#000"), Color.from_hex("#fff")

    assert len({ContrastPair(black, white), ContrastPair(black, white)}) == 1
