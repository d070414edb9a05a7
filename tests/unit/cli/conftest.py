"""A pipeline without pixels: real engine, agents that only look at file names.

What an agent does depends on its item alone, as the store takes for granted: equal items of two products have one
result.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import attrs
import pytest
import trio

from copy_that_orch import (
    AggregationError,
    BasePipelineAgent,
    GenerationError,
    PipelineStage,
    PipelineTask,
    PreprocessingError,
)
from copy_that_orch.agents.generate import GeneratedFile
from copy_that_orch.tokens.color import Color
from copy_that_orch.tokens.formats import FORMATS
from copy_that_orch.tokens.model import Provenance, Token, TokenSet, TokenType


class Look(BasePipelineAgent[Path, str]):
    """Fails, crashes, is interrupted or hangs, if the file's name says so."""

    agent_type = "preprocess.fake"
    stage_name = PipelineStage.PREPROCESS

    async def process(self, task: PipelineTask[Any], item: Path) -> str:
        await trio.lowlevel.checkpoint()
        if "broken" in item.name:
            raise PreprocessingError(f"{item}: broken")
        if "bug" in item.name:
            raise ZeroDivisionError("a bug")
        if "interrupt" in item.name:
            raise KeyboardInterrupt
        if "slow" in item.name:
            await trio.sleep_forever()
        return item.name


class Names(BasePipelineAgent[str, str]):
    """Passes names on."""

    agent_type = "extract.fake"
    stage_name = PipelineStage.EXTRACT

    async def process(self, task: PipelineTask[Any], item: str) -> str:
        return item


class Gather(BasePipelineAgent[tuple[str, ...], TokenSet]):
    """One colour for each name."""

    agent_type = "aggregate.fake"
    stage_name = PipelineStage.AGGREGATE

    async def process(self, task: PipelineTask[Any], item: tuple[str, ...]) -> TokenSet:
        if any("quarrel" in name for name in item):
            raise AggregationError("no two agree")
        return TokenSet(
            tuple(
                Token(
                    ("color", f"{index}"),
                    TokenType.COLOR,
                    Color.from_bytes(index, 0, 255),
                    provenance=(Provenance(name, "extract.fake"),),
                )
                for index, name in enumerate(item)
            )
        )


@attrs.define(eq=False)
class Write(BasePipelineAgent[TokenSet, GeneratedFile]):
    """Writes the number of tokens."""

    format: str
    stage_name = PipelineStage.GENERATE

    @property
    def agent_type(self) -> str:
        return f"generate.{self.format}"

    async def process(self, task: PipelineTask[Any], item: TokenSet) -> GeneratedFile:
        images = {provenance.image for token in item for provenance in token.provenance}
        if self.format == "css" and any("no-css" in image for image in images):
            raise GenerationError("no words")
        return GeneratedFile(FORMATS[self.format].file_name, f"{len(item)} tokens\n")


def fake_agents(
    formats: Iterable[str] | None = None, *, scale: float | None = None, allow_private: bool = False, ocr: bool = False
) -> tuple[BasePipelineAgent[Any, Any], ...]:
    """Stands in for `screenshot_agents`."""
    return (Look(), Names(), Gather(), *(Write(name) for name in (FORMATS if formats is None else formats)))


@pytest.fixture
def fakes(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The fakes instead of the built-in agents, and an empty folder that is the current one."""
    for user in ("main", "demo"):
        monkeypatch.setattr(f"copy_that_orch.cli.{user}.screenshot_agents", fake_agents)
    monkeypatch.chdir(tmp_path)
    return tmp_path
