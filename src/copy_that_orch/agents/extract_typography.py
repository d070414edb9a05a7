"""EXTRACT: the font sizes of a screenshot."""

from __future__ import annotations

from typing import Any, final

import attrs

from copy_that_orch.agents.offload import offload
from copy_that_orch.imaging.screenshot import Screenshot
from copy_that_orch.imaging.type_scale import font_sizes
from copy_that_orch.orchestrator.interfaces import BasePipelineAgent, PipelineStage, PipelineTask
from copy_that_orch.tokens.dimension import Dimension
from copy_that_orch.tokens.model import Provenance, Token, TokenSet, TokenType


@final
@attrs.frozen(kw_only=True)
class ExtractTypographyAgent(BasePipelineAgent[Screenshot, TokenSet]):
    """Measures the sizes that text is set in by the shape of its lines; see `imaging.type_scale`."""

    agent_type = "extract.typography"
    stage_name = PipelineStage.EXTRACT

    async def process(self, task: PipelineTask[Any], item: Screenshot) -> TokenSet:
        """Return a dimension token `font-size.…` in CSS pixels for each size of text in `item`.

        The provenance counts lines of text. Where there is no text, the set is empty.
        """
        return await offload(self._extract, item)

    def _extract(self, screenshot: Screenshot) -> TokenSet:
        return TokenSet(
            tokens=[
                Token(
                    path=("font-size", str(round(found.size))),
                    type=TokenType.DIMENSION,
                    value=Dimension(found.size),
                    confidence=found.confidence,
                    provenance=[Provenance(screenshot.name, self.agent_type, found.lines)],
                )
                for found in font_sizes(screenshot.layout.lines, screenshot.scale)
            ]
        )
