"""AGGREGATE: from the token sets of all screenshots and extractors to one."""

from __future__ import annotations

from typing import Any, final

import attrs

from copy_that_orch.agents.offload import offload
from copy_that_orch.agents.typography_tokens import with_joint_typography
from copy_that_orch.orchestrator.errors import AggregationError
from copy_that_orch.orchestrator.interfaces import BasePipelineAgent, PipelineStage, PipelineTask
from copy_that_orch.tokens.doubt import without_doubtful
from copy_that_orch.tokens.merge import JUST_NOTICEABLE, merge
from copy_that_orch.tokens.model import TokenSet
from copy_that_orch.tokens.semantics import with_semantics
from copy_that_orch.tokens.settle import settle_spacing


@final
@attrs.frozen(kw_only=True)
class AggregateAgent(BasePipelineAgent[tuple[TokenSet, ...], TokenSet]):
    """Merges token sets, whatever their order, settles the spacing, and adds tokens by meaning.

    See `tokens.merge`, `tokens.settle` and `tokens.semantics`.

    What text is set in is first measured anew on all screenshots together; see `with_joint_typography`.

    Attributes:
      tolerance: CIEDE2000 difference up to which colours of different sets are one.
    """

    tolerance: float = attrs.field(default=JUST_NOTICEABLE, validator=attrs.validators.ge(0))

    agent_type = "aggregate.tokens"
    stage_name = PipelineStage.AGGREGATE

    async def process(self, task: PipelineTask[Any], item: tuple[TokenSet, ...]) -> TokenSet:
        """Return the one set that the sets in `item` make.

        Raises:
          AggregationError: if there is no token in any of them.
        """
        if not any(item):
            screenshots = "1 screenshot" if len(task.items) == 1 else f"{len(task.items)} screenshots"
            raise AggregationError(f"no token was found in {screenshots}; give larger or less uniform ones")
        return await offload(_aggregate, item, self.tolerance, cpu_seconds=None)


def _aggregate(sets: tuple[TokenSet, ...], tolerance: float) -> TokenSet:
    sources = settle_spacing(with_joint_typography(sets))
    return with_semantics(without_doubtful(merge(sources, tolerance)))
