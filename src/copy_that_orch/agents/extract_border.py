"""EXTRACT: the lines around and between the boxes of a screenshot."""

from __future__ import annotations

from typing import Any, final

import attrs

from copy_that_orch.agents.offload import offload
from copy_that_orch.imaging.arrays import split
from copy_that_orch.imaging.borders import BorderLine, find_borders
from copy_that_orch.imaging.ground import codes_of
from copy_that_orch.imaging.screenshot import Screenshot
from copy_that_orch.orchestrator.interfaces import BasePipelineAgent, PipelineStage, PipelineTask
from copy_that_orch.tokens.alias import Alias
from copy_that_orch.tokens.border import Border
from copy_that_orch.tokens.color import Color
from copy_that_orch.tokens.dimension import Dimension, plain
from copy_that_orch.tokens.model import Provenance, Token, TokenSet, TokenType


@final
@attrs.frozen(kw_only=True)
class ExtractBorderAgent(BasePipelineAgent[Screenshot, TokenSet]):
    """Measures the lines around boxes and between them; see `imaging.borders`."""

    agent_type = "extract.border"
    stage_name = PipelineStage.EXTRACT

    async def process(self, task: PipelineTask[Any], item: Screenshot) -> TokenSet:
        """Return what is drawn with lines on `item`.

        A dimension token `border-width.…` in CSS pixels for each width, and a border token `border.…` that refers to
        it for each colour and style of that width: `border.1-dee2e6`, `border.2-0d6efd-dashed`. The provenance counts
        boxes. Where there are no lines, the set is empty.
        """
        return await offload(self._extract, item)

    def _extract(self, screenshot: Screenshot) -> TokenSet:
        layout = screenshot.layout
        lines = find_borders(codes_of(screenshot.pixels), layout.cards + layout.pills, screenshot.scale)
        widths: dict[float, list[BorderLine]] = {}
        for line in lines:
            widths.setdefault(line.width, []).append(line)
        return TokenSet(
            tokens=[
                *(self._border(line, screenshot.name) for line in lines),
                *(self._width(width, group, screenshot.name) for width, group in widths.items()),
            ]
        )

    def _width(self, width: float, lines: list[BorderLine], image: str) -> Token:
        return Token(
            path=_width_path(width),
            type=TokenType.DIMENSION,
            value=Dimension(width),
            confidence=max(line.confidence for line in lines),
            provenance=[self._seen(line, image) for line in lines],
        )

    def _border(self, line: BorderLine, image: str) -> Token:
        style = () if line.style == "solid" else (line.style,)
        return Token(
            path=("border", "-".join((_name(line.width), f"{line.color:06x}", *style))),
            type=TokenType.BORDER,
            value=Border(Color.from_bytes(*split(line.color)), Alias(_width_path(line.width)), line.style),
            confidence=line.confidence,
            provenance=[self._seen(line, image)],
        )

    def _seen(self, line: BorderLine, image: str) -> Provenance:
        return Provenance(image, self.agent_type, len(line.boxes), box=line.boxes[0].outside)


def _width_path(width: float) -> tuple[str, str]:
    return "border-width", _name(width)


def _name(width: float) -> str:
    return str(plain(width, 1)).replace(".", "-")
