"""EXTRACT: the radii that the corners on a screenshot are rounded with."""

from __future__ import annotations

from typing import Any, Final, final

import attrs

from copy_that_orch.agents.offload import offload
from copy_that_orch.imaging.radii import FULL, Radius, find_radii
from copy_that_orch.imaging.screenshot import Screenshot
from copy_that_orch.orchestrator.interfaces import BasePipelineAgent, PipelineStage, PipelineTask
from copy_that_orch.tokens.dimension import Dimension
from copy_that_orch.tokens.model import Provenance, Token, TokenSet, TokenType

PILL: Final = Dimension(9999)
"""What style sheets write to make the short sides of any box half circles."""


@final
@attrs.frozen(kw_only=True)
class ExtractRadiusAgent(BasePipelineAgent[Screenshot, TokenSet]):
    """Measures the arcs that corners of boxes are drawn with; see `imaging.radii`."""

    agent_type = "extract.radius"
    stage_name = PipelineStage.EXTRACT

    async def process(self, task: PipelineTask[Any], item: Screenshot) -> TokenSet:
        """Return a dimension token `radius.…` in CSS pixels for each radius on `item`, `radius.full` for pills.

        The provenance counts boxes. Where all corners are square, the set is empty.
        """
        return await offload(self._extract, item)

    def _extract(self, screenshot: Screenshot) -> TokenSet:
        layout = screenshot.layout
        gradients = [gradient.box for gradient in screenshot.gradients]
        found = find_radii(
            screenshot.pixels,
            layout.cards,
            screenshot.scale,
            pills=layout.pills,
            discs=layout.discs,
            gradients=gradients,
        )
        return TokenSet(tokens=[self._token(radius, screenshot.name) for radius in found])

    def _token(self, radius: Radius, image: str) -> Token:
        return Token(
            path=("radius", "full" if radius.value == FULL else str(radius.value)),
            type=TokenType.DIMENSION,
            value=PILL if radius.value == FULL else Dimension(radius.value),
            confidence=radius.confidence,
            provenance=[Provenance(image, self.agent_type, len(radius.boxes), box=radius.boxes[0])],
        )
