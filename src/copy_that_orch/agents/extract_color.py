"""EXTRACT: the colours of a screenshot, and which text stands on which of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, final

import attrs

from copy_that_orch.agents.offload import offload
from copy_that_orch.imaging.arrays import channels_of
from copy_that_orch.imaging.palette import PaletteColor
from copy_that_orch.imaging.screen_colors import find_colors
from copy_that_orch.imaging.screenshot import Screenshot
from copy_that_orch.imaging.text_color import written_on
from copy_that_orch.orchestrator.interfaces import BasePipelineAgent, PipelineStage, PipelineTask
from copy_that_orch.tokens.color import Color
from copy_that_orch.tokens.difference import to_oklch
from copy_that_orch.tokens.model import ContrastPair, Provenance, Screen, Theme, Token, TokenSet, TokenType

HALF_LIGHT: Final = 0.5
"""OKLCH lightness of the commonest colour below which a screen is dark."""


@final
@attrs.frozen(kw_only=True)
class ExtractColorAgent(BasePipelineAgent[Screenshot, TokenSet]):
    """Finds the colours that a screen was painted with, exactly; see `imaging.palette`."""

    agent_type = "extract.color"
    stage_name = PipelineStage.EXTRACT

    async def process(self, task: PipelineTask[Any], item: Screenshot) -> TokenSet:
        """Return a colour token for each colour of `item`, and contrast pairs of these for its text.

        The provenance counts pixels, apart for each role, see `imaging.roles`; that of the pairs counts lines of text,
        and has the box of one. The set also tells the theme of the screen. A photo has few colours that were painted,
        so there may be no token.
        """
        return await offload(self._extract, item)

    def _extract(self, screenshot: Screenshot) -> TokenSet:
        colors = find_colors(screenshot)
        size, scale = (screenshot.width, screenshot.height), screenshot.scale
        return TokenSet(
            tokens=[
                Token(
                    path=("color", f"{found.code:06x}"),
                    type=TokenType.COLOR,
                    value=_color(found.code),
                    confidence=found.confidence,
                    provenance=[
                        Provenance(screenshot.name, self.agent_type, use.pixels, use.role, use.box)
                        for use in colors.uses[found.code]
                    ],
                )
                for found in colors.palette
            ],
            pairs=[
                ContrastPair(
                    text=_color(found.color),
                    background=_color(found.ground),
                    provenance=[Provenance(screenshot.name, self.agent_type, found.lines, box=found.box)],
                    font_size=found.size,
                )
                for found in written_on(colors.lines, scale)
                if found.color in colors.uses and found.ground in colors.uses
            ],
            screens=[Screen(screenshot.name, _theme(colors.palette), *size, scale, screenshot.plain is not None)],
        )


def _color(code: int) -> Color:
    return Color.from_bytes(*channels_of(code).tolist())


def _theme(palette: Sequence[PaletteColor]) -> Theme:
    """Return what a screen with these colours, the commonest first, is painted in."""
    return Theme.DARK if palette and to_oklch(_color(palette[0].code))[0] < HALF_LIGHT else Theme.LIGHT
