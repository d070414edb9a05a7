"""EXTRACT: the linear gradients on a screenshot."""

from __future__ import annotations

from typing import Any, final

import attrs

from copy_that_orch.agents.offload import offload
from copy_that_orch.imaging.gradients import LinearGradient
from copy_that_orch.imaging.screenshot import Screenshot
from copy_that_orch.orchestrator.interfaces import BasePipelineAgent, PipelineStage, PipelineTask
from copy_that_orch.tokens.color import Color
from copy_that_orch.tokens.gradient import Gradient, GradientStop
from copy_that_orch.tokens.model import Provenance, Token, TokenSet, TokenType


@final
@attrs.frozen(kw_only=True)
class ExtractGradientAgent(BasePipelineAgent[Screenshot, TokenSet]):
    """Finds areas whose colour changes along one direction; see `imaging.gradients`."""

    agent_type = "extract.gradient"
    stage_name = PipelineStage.EXTRACT

    async def process(self, task: PipelineTask[Any], item: Screenshot) -> TokenSet:
        """Return a gradient token for each linear gradient on `item`.

        It is named by its angle and its first and last colour: `gradient.135-0d6efd-6610f2`. The provenance counts
        areas. Where there are none, the set is empty.
        """
        return await offload(self._extract, item)

    def _extract(self, screenshot: Screenshot) -> TokenSet:
        tokens = [self._token(found, screenshot.name) for found in screenshot.gradients]
        return TokenSet(tokens={token.path: token for token in reversed(tokens)}.values())

    def _token(self, found: LinearGradient, image: str) -> Token:
        stops = [GradientStop(Color.from_bytes(*color), position) for position, color in found.stops]
        ends = "-".join("{:02x}{:02x}{:02x}".format(*color) for _position, color in (found.stops[0], found.stops[-1]))
        return Token(
            path=("gradient", f"{found.angle:.0f}-{ends}"),
            type=TokenType.GRADIENT,
            value=Gradient(stops, found.angle),
            confidence=found.confidence,
            provenance=[Provenance(image, self.agent_type, box=found.box)],
        )
