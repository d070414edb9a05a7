"""EXTRACT: the shadows that boxes on a screenshot throw."""

from __future__ import annotations

import functools
from typing import Any, final

import attrs

from copy_that_orch.agents.offload import offload
from copy_that_orch.imaging.coded_shadows import find_coded_shadows
from copy_that_orch.imaging.screenshot import Screenshot
from copy_that_orch.imaging.shadow_layers import Layer
from copy_that_orch.imaging.shadows import Shadow as Seen
from copy_that_orch.imaging.shadows import find_shadows
from copy_that_orch.imaging.text import is_text
from copy_that_orch.orchestrator.interfaces import BasePipelineAgent, PipelineStage, PipelineTask
from copy_that_orch.tokens.color import Color
from copy_that_orch.tokens.dimension import Dimension
from copy_that_orch.tokens.model import Provenance, Token, TokenSet, TokenType
from copy_that_orch.tokens.shadow import Shadow, ShadowLayer


@final
@attrs.frozen(kw_only=True)
class ExtractShadowAgent(BasePipelineAgent[Screenshot, TokenSet]):
    """Fits box shadows to the soft edges of boxes; see `imaging.shadows`, and `imaging.coded_shadows` for JPEG."""

    agent_type = "extract.shadow"
    stage_name = PipelineStage.EXTRACT

    async def process(self, task: PipelineTask[Any], item: Screenshot) -> TokenSet:
        """Return a shadow token for each shadow on `item`, lengths in CSS pixels.

        It is named by the vertical offset, the blur and the alpha in percent of its strongest layer: `shadow.4-12-a30`,
        and of two with one name the more frequent one is kept. The provenance counts boxes.
        Where nothing throws a shadow, the set is empty.
        """
        return await offload(self._extract, item)

    def _extract(self, screenshot: Screenshot) -> TokenSet:
        layout = screenshot.layout
        gradients = [gradient.box for gradient in screenshot.gradients]
        inks = sorted({line.color for line in layout.lines if is_text(line) and line.solid})
        find = find_shadows if screenshot.coded is None else functools.partial(find_coded_shadows, screenshot.coded)
        found = find(
            screenshot.pixels,
            layout.cards,
            screenshot.scale,
            pills=layout.pills,
            gradients=gradients,
            inks=inks,
        )
        tokens = [self._token(seen, screenshot.name) for seen in found]
        return TokenSet(tokens={token.path: token for token in reversed(tokens)}.values())

    def _token(self, seen: Seen, image: str) -> Token:
        strongest = seen.layers[0]
        return Token(
            path=("shadow", f"{strongest.y:.0f}-{strongest.blur:.0f}-a{100 * strongest.alpha:.0f}"),
            type=TokenType.SHADOW,
            value=Shadow([_layer(layer, seen.color) for layer in seen.layers]),
            confidence=seen.confidence,
            provenance=[Provenance(image, self.agent_type, len(seen.boxes), box=seen.boxes[0])],
        )


def _layer(layer: Layer, color: tuple[int, int, int]) -> ShadowLayer:
    red, green, blue = color
    return ShadowLayer(
        color=Color(red / 255, green / 255, blue / 255, round(layer.alpha, 2 if layer.alpha >= 0.1 else 3)),
        offset_x=Dimension(layer.x),
        offset_y=Dimension(layer.y),
        blur=Dimension(layer.blur),
        spread=Dimension(layer.spread),
    )
