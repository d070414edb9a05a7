"""VALIDATE: what is to be said about a token set."""

from __future__ import annotations

from typing import Any, final

import attrs

from copy_that_orch.agents.offload import offload
from copy_that_orch.orchestrator.errors import ValidationError
from copy_that_orch.orchestrator.interfaces import BasePipelineAgent, PipelineStage, PipelineTask
from copy_that_orch.tokens.model import TokenSet
from copy_that_orch.tokens.rules import UnsoundTokensError, check, errors_of


@final
@attrs.frozen
class ValidateAgent(BasePipelineAgent[TokenSet, TokenSet]):
    """Adds what the rules find to a token set; see `tokens.rules`."""

    agent_type = "validate.tokens"
    stage_name = PipelineStage.VALIDATE

    async def process(self, task: PipelineTask[Any], item: TokenSet) -> TokenSet:
        """Return `item` with the findings of the rules beside those that it has.

        Raises:
          ValidationError: if the set breaks the format, so that no file could be written of it. It says what is
            wrong with which token; its cause is an `UnsoundTokensError`, which has all findings.
        """
        found = await offload(check, item, cpu_seconds=None)
        errors = errors_of(found)
        if errors:
            cause = UnsoundTokensError(errors)
            raise ValidationError(str(cause)) from cause
        return attrs.evolve(item, findings=sorted({*item.findings, *found}))
