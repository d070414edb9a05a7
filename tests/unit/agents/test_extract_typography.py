"""EXTRACT: the font sizes of a screenshot."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from copy_that_orch.agents.extract_typography import ExtractTypographyAgent
from copy_that_orch.agents.preprocess import PreprocessAgent
from copy_that_orch.imaging.reading import ReadText
from copy_that_orch.imaging.screenshot import Screenshot
from copy_that_orch.orchestrator.errors import ConfigurationError
from copy_that_orch.orchestrator.interfaces import PipelineTask
from copy_that_orch.tokens.dimension import Dimension, Number
from copy_that_orch.tokens.typography import FontFamily, FontWeight, Typography
from copy_that_orch.tokens.values import TokenType

SCREENSHOTS = Path(__file__).parents[2] / "screenshots"
TASK: PipelineTask[object] = PipelineTask(task_id="shop", items=())


async def test_sizes_are_dimensions_in_css_pixels() -> None:
    """A screen with two device pixels per CSS pixel gives the sizes of its style sheet, and where they were seen."""
    screenshot = await PreprocessAgent().process(TASK, SCREENSHOTS / "calendar-2x.png")

    tokens = await ExtractTypographyAgent().process(TASK, screenshot)

    sizes = [token for token in tokens if token.path[0] == "font-size"]
    assert {token.type for token in sizes} == {TokenType.DIMENSION}
    body = tokens.get(("font-size", "14"))
    assert body is not None
    assert body.value == Dimension(14)
    assert body.confidence > 0.9
    (seen,) = body.provenance
    assert (seen.image, seen.agent) == ("screenshots/calendar-2x.png", "extract.typography")
    assert seen.count > 10  # lines
    assert seen.box is not None
    left, top, right, bottom = seen.box
    assert right - left > bottom - top > 14  # a line, in device pixels


async def test_styles_are_made_of_sizes_weights_heights_and_families() -> None:
    """A style refers to tokens of the set; a line height that is a guess is no token, and makes the style less sure."""
    screenshot = await PreprocessAgent().process(TASK, SCREENSHOTS / "tern-settings.png")

    tokens = await ExtractTypographyAgent().process(TASK, screenshot)

    styles = {token.path: token for token in tokens if token.type is TokenType.TYPOGRAPHY}
    assert len(styles) >= 4
    for token in styles.values():
        style = token.value
        assert isinstance(style, Typography)
        assert isinstance(tokens.resolve(style.font_size), Dimension)
        assert isinstance(tokens.resolve(style.font_weight), FontWeight)
        assert tokens.resolve(style.font_family) == FontFamily(("system-ui", "sans-serif"))
        assert style.letter_spacing == Dimension(0)
        assert isinstance(style.line_height, Number)
        height = ("line-height", f"{style.line_height.value:g}")
        assert tokens.get(height) is not None or token.confidence < 0.5
    (family,) = (token for token in tokens if token.type is TokenType.FONT_FAMILY)
    assert family.description is not None
    assert family.description.startswith("Looks like ")


@pytest.mark.parametrize(("height", "width"), [(1, 1), (400, 300), (20_000, 100)])
async def test_without_text_there_is_no_size(height: int, width: int) -> None:
    """A blank screen of any shape gives an empty set."""
    blank = Screenshot(name="blank.png", pixels=np.full((height, width, 3), 128, np.uint8))

    assert list(await ExtractTypographyAgent().process(TASK, blank)) == []


def test_reading_needs_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    """One line says what to install, before anything runs."""
    monkeypatch.setattr("copy_that_orch.agents.extract_typography.can_read", lambda: False)

    with pytest.raises(
        ConfigurationError, match=r"^not installed: rapidocr, onnxruntime; run: pip install '.*\[ocr\]'$"
    ):
        ExtractTypographyAgent(ocr=True)
    assert not ExtractTypographyAgent().ocr


async def test_what_is_not_read_among_text_has_no_size(monkeypatch: pytest.MonkeyPatch) -> None:
    """With OCR, lines that were not read count only where none are; and results of the two ways are kept apart."""
    screenshot = await PreprocessAgent().process(TASK, SCREENSHOTS / "tern-settings.png")
    title, *others = sorted(screenshot.texts, key=lambda line: -line.tall)
    read: list[ReadText] = []
    module = "copy_that_orch.agents.extract_typography"
    monkeypatch.setattr(f"{module}.can_read", lambda: True)
    monkeypatch.setattr(f"{module}.read_text", lambda pixels, scale: tuple(read))
    agent = ExtractTypographyAgent(ocr=True)

    def sizes() -> list[object]:
        return [token.value for token in agent._extract(screenshot) if token.path[0] == "font-size"]

    assert Dimension(36) in sizes()

    read += [ReadText("Account", line.box) for line in others]
    assert Dimension(36) not in sizes()
    assert len(sizes()) > 2

    read.append(ReadText("Settings", title.box))
    assert Dimension(36) in sizes()
    assert agent.fingerprint != ExtractTypographyAgent().fingerprint
