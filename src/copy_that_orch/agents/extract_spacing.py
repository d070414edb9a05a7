"""EXTRACT: the lengths that keep the things on a screenshot apart."""

from __future__ import annotations

from typing import Any, final

import attrs

from copy_that_orch.agents.offload import offload
from copy_that_orch.imaging.distances import find_distances
from copy_that_orch.imaging.screenshot import Screenshot
from copy_that_orch.imaging.spacing import find_spacing
from copy_that_orch.orchestrator.interfaces import BasePipelineAgent, PipelineStage, PipelineTask
from copy_that_orch.tokens.dimension import Dimension
from copy_that_orch.tokens.model import Provenance, Token, TokenSet, TokenType


@final
@attrs.frozen(kw_only=True)
class ExtractSpacingAgent(BasePipelineAgent[Screenshot, TokenSet]):
    """Finds the paddings and gaps that come again and again; see `imaging.spacing`."""

    agent_type = "extract.spacing"
    stage_name = PipelineStage.EXTRACT

    async def process(self, task: PipelineTask[Any], item: Screenshot) -> TokenSet:
        """Return a dimension token `spacing.…` in CSS pixels for each length that spaces the things on `item`.

        The provenance counts distances. Where nothing stands beside something else, the set is empty.
        """
        return await offload(self._extract, item)

    def _extract(self, screenshot: Screenshot) -> TokenSet:
        distances = find_distances(screenshot.layout.boxes, screenshot.typesetting.lines, screenshot.scale)
        return TokenSet(
            tokens=[
                Token(
                    path=("spacing", str(found.value)),
                    type=TokenType.DIMENSION,
                    value=Dimension(found.value),
                    confidence=found.confidence,
                    provenance=[Provenance(screenshot.name, self.agent_type, found.count, box=found.box)],
                )
                for found in find_spacing(distances)
            ]
        )
