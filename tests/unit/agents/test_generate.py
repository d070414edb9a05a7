"""GENERATE."""

from __future__ import annotations

import pytest

from copy_that_orch.agents.generate import GenerateAgent, GeneratedFile
from copy_that_orch.orchestrator.errors import ConfigurationError, GenerationError
from copy_that_orch.orchestrator.interfaces import PipelineStage, PipelineTask
from copy_that_orch.tokens.alias import Alias
from copy_that_orch.tokens.color import Color
from copy_that_orch.tokens.formats import FORMATS
from copy_that_orch.tokens.model import Token, TokenSet, TokenType

TASK = PipelineTask(task_id="shop", items=("a.png",))
TOKENS = TokenSet([Token(("color", "red"), TokenType.COLOR, Color(1, 0, 0))])


@pytest.mark.parametrize(
    ("name", "file_name"),
    [
        ("dtcg", "tokens.json"),
        ("css", "tokens.css"),
        ("scss", "tokens.scss"),
        ("typescript", "theme.ts"),
        ("tailwind", "tailwind.css"),
        ("tokens-studio", "tokens-studio.json"),
        ("figma", "figma.json"),
    ],
)
async def test_each_format_is_a_file(name: str, file_name: str) -> None:
    """With the text of the format; the text is left out of the repr."""
    file = await GenerateAgent(name).process(TASK, TOKENS)
    assert file == GeneratedFile(file_name, FORMATS[name].write(TOKENS))
    assert repr(file) == f"GeneratedFile(name='{file_name}')"


async def test_modes_may_make_more_files() -> None:
    """They belong to that of the format, and are written with it."""
    tokens = TokenSet([Token(("color", "a"), TokenType.COLOR, Color(1, 0, 0), modes={"dark": Color(0, 0, 0)})])
    file = await GenerateAgent("dtcg").process(TASK, tokens)
    assert list(file.texts) == ["tokens.json", "tokens.dark.json", "tokens.resolver.json"]
    assert file.texts["tokens.json"] == file.text


async def test_what_cannot_be_written_is_an_error() -> None:
    """It says which file, and which token is to blame."""
    broken = TokenSet([Token(("a",), TokenType.COLOR, Alias(("b",)))])
    with pytest.raises(GenerationError, match=r"^tokens\.css cannot be written: a: .*no token 'b'"):
        await GenerateAgent("css").process(TASK, broken)


def test_who_they_are() -> None:
    """One agent for each format; an unknown format is told at once, with those that there are."""
    agents = [GenerateAgent(name) for name in FORMATS]
    assert [agent.agent_type for agent in agents] == [f"generate.{name}" for name in FORMATS]
    assert {agent.stage_name for agent in agents} == {PipelineStage.GENERATE}
    assert agents[0].fingerprint == "generate.dtcg@1(format='dtcg')"
    with pytest.raises(ConfigurationError, match="no format 'less'; there are dtcg, css, scss, typescript, tailwind"):
        GenerateAgent("less")
