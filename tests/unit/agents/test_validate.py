"""VALIDATE."""

from __future__ import annotations

import attrs
import pytest

from copy_that_orch.agents.validate import ValidateAgent
from copy_that_orch.orchestrator.errors import ValidationError
from copy_that_orch.orchestrator.interfaces import PipelineStage, PipelineTask
from copy_that_orch.tokens.alias import Alias
from copy_that_orch.tokens.color import Color
from copy_that_orch.tokens.model import ContrastPair, Finding, Severity, Token, TokenSet, TokenType
from copy_that_orch.tokens.rules import UnsoundTokensError, check

TASK = PipelineTask(task_id="shop", items=("a.png",))
GREY = Token(("color", "grey"), TokenType.COLOR, Color.from_hex("#777777"))


async def test_findings_are_added_to_the_set() -> None:
    """Beside those of the extractors, each once; the tokens stay as they are."""
    earlier = Finding(Severity.WARNING, "tiny", "", "a.png has 4 pixels only")
    tokens = TokenSet([GREY], [ContrastPair(GREY.value, Color(1, 1, 1))], [earlier])  # type: ignore[arg-type]
    validated = await ValidateAgent().process(TASK, tokens)
    assert validated == attrs.evolve(tokens, findings=[*check(tokens), earlier])
    assert [finding.code for finding in validated.findings] == ["contrast", "tiny"]
    assert await ValidateAgent().process(TASK, validated) == validated


async def test_a_set_that_breaks_the_format_is_an_error() -> None:
    """The sentence tells which token and how many more; the cause has all findings."""
    tokens = TokenSet([GREY, *(Token(("x", name), TokenType.COLOR, Alias(("no",))) for name in "ab")])
    with pytest.raises(ValidationError, match=r"^x\.a: .*no token 'no'.* \(alias-dangling\), and 1 more$") as caught:
        await ValidateAgent().process(TASK, tokens)
    assert isinstance(caught.value.__cause__, UnsoundTokensError)
    assert caught.value.__cause__.findings == check(tokens)


def test_who_it_is() -> None:
    """One agent, one stage."""
    agent = ValidateAgent()
    assert (agent.agent_type, agent.stage_name) == ("validate.tokens", PipelineStage.VALIDATE)
    assert agent.fingerprint == "validate.tokens@1()"
