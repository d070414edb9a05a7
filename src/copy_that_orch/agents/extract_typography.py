"""EXTRACT: what the text of a screenshot is set in."""

from __future__ import annotations

from typing import Any, Final, final

import attrs

from copy_that_orch.agents.offload import CPU_SECONDS, offload
from copy_that_orch.agents.typography_tokens import AGENT, typography_tokens
from copy_that_orch.imaging.lettering import Lettering
from copy_that_orch.imaging.reading import can_read, read_text, with_text
from copy_that_orch.imaging.screenshot import Screenshot
from copy_that_orch.imaging.text_styles import find_styles
from copy_that_orch.orchestrator.errors import ConfigurationError
from copy_that_orch.orchestrator.interfaces import BasePipelineAgent, PipelineStage, PipelineTask
from copy_that_orch.tokens.model import TokenSet

READ_SECONDS: Final = 1500.0
"""CPU time that reading one screenshot may take: some ten times what the largest one that is decoded needs."""


def _installed(_instance: object, _attribute: attrs.Attribute[bool], value: bool) -> None:
    if value and not can_read():
        raise ConfigurationError("not installed: rapidocr, onnxruntime; run: pip install 'copy_that_orch[ocr]'")


@final
@attrs.frozen(kw_only=True)
class ExtractTypographyAgent(BasePipelineAgent[Screenshot, TokenSet]):
    """Measures what text is set in by the shape of its lines; see `imaging.text_styles`.

    Attributes:
      ocr: Whether the lines are also read, which tells icons from text and digits from letters: some seconds for each
        2,000 x 2,000 CSS pixels. Needs the extra `ocr`.

    Raises:
      ConfigurationError: if the extra `ocr` is needed and not installed.
    """

    ocr: bool = attrs.field(default=False, validator=_installed)

    agent_type = AGENT
    stage_name = PipelineStage.EXTRACT

    async def process(self, task: PipelineTask[Any], item: Screenshot) -> TokenSet:
        """Return the tokens of the styles of text in `item`, see `typography_tokens`, and the lines they come from.

        The lines are handed on, so that they can be looked at together with those of other screenshots. Where there is
        no text, the set is empty.
        """
        return await offload(self._extract, item, cpu_seconds=READ_SECONDS if self.ocr else CPU_SECONDS)

    def _extract(self, screenshot: Screenshot) -> TokenSet:
        if not self.ocr:
            return TokenSet(typography_tokens(screenshot.typesetting), measurements=[screenshot.lettering])
        read = with_text(screenshot.texts, read_text(screenshot.pixels, screenshot.scale))
        lettering = Lettering(screenshot.name, screenshot.scale, read)
        return TokenSet(typography_tokens(find_styles([lettering])), measurements=[lettering])
