"""What a token set comes to, in a few words."""

from __future__ import annotations

from collections import Counter
from typing import Any, Self, final

import attrs

from copy_that_orch.orchestrator.interfaces import BasePipelineAgent, PipelineStage, PipelineTask
from copy_that_orch.tokens.color import Color
from copy_that_orch.tokens.model import Finding, TokenSet


@attrs.frozen(kw_only=True)
class Summary:
    """A token set in short.

    Attributes:
      groups: The groups of the set and how many tokens each has, in the order of the set.
      palette: Opaque colours, each once, those that were seen most first.
      findings: What validation said.
    """

    groups: tuple[tuple[str, int], ...]
    palette: tuple[Color, ...]
    findings: tuple[Finding, ...]

    @classmethod
    def of(cls, tokens: TokenSet) -> Self:
        """Return the summary of `tokens`."""
        seen: Counter[Color] = Counter()
        for token in tokens:
            if isinstance(token.value, Color) and token.value.alpha == 1:
                seen[token.value] += token.weight
        return cls(
            groups=tuple(Counter(token.path[0] for token in tokens).items()),
            palette=tuple(color for color, _ in seen.most_common()),
            findings=tokens.findings,
        )

    @property
    def tokens(self) -> int:
        """How many tokens the set has."""
        return sum(number for _, number in self.groups)


@final
class SummaryAgent(BasePipelineAgent[TokenSet, Summary]):
    """Hands the summary of a token set to the command line, beside the files that the other agents make of it."""

    agent_type = "generate.summary"
    stage_name = PipelineStage.GENERATE

    async def process(self, task: PipelineTask[Any], item: TokenSet) -> Summary:
        """Return the summary of `item`."""
        return Summary.of(item)
