"""EXTRACT: the distances between the things on a screenshot."""

from __future__ import annotations

from typing import Any, final

import attrs

from copy_that_orch.agents.offload import offload
from copy_that_orch.imaging.distances import find_distances, with_gradients
from copy_that_orch.imaging.screenshot import Screenshot
from copy_that_orch.orchestrator.interfaces import BasePipelineAgent, PipelineStage, PipelineTask
from copy_that_orch.tokens.model import TokenSet
from copy_that_orch.tokens.settle import distance_tokens


@final
@attrs.frozen(kw_only=True)
class ExtractSpacingAgent(BasePipelineAgent[Screenshot, TokenSet]):
    """Finds paddings and gaps; see `imaging.distances`. Which of them a style sheet has, all screens tell together."""

    agent_type = "extract.spacing"
    stage_name = PipelineStage.EXTRACT

    async def process(self, task: PipelineTask[Any], item: Screenshot) -> TokenSet:
        """Return a dimension token `spacing.…` in CSS pixels for each length that keeps things apart on `item`.

        The provenance counts distances, apart for what they lie between, see `tokens.spacing`; the confidence is what
        this screen alone can tell. Where nothing stands beside something else, the set is empty.
        """
        return await offload(self._extract, item)

    def _extract(self, screenshot: Screenshot) -> TokenSet:
        layout = screenshot.layout
        boxes = with_gradients(layout.cards + layout.pills, screenshot.gradients)
        found = find_distances(boxes, screenshot.typesetting.lines, screenshot.scale, layout.panes)
        return TokenSet(distance_tokens(found, screenshot.name, self.agent_type))
