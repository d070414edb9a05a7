"""GENERATE: from a token set to the text of a file."""

from __future__ import annotations

from typing import Any, final

import attrs

from copy_that_orch.agents.illustrate import pictures_of, sources_of
from copy_that_orch.agents.offload import offload
from copy_that_orch.agents.preprocess import PreprocessAgent
from copy_that_orch.orchestrator.errors import ConfigurationError, GenerationError
from copy_that_orch.orchestrator.interfaces import BasePipelineAgent, PipelineStage, PipelineTask
from copy_that_orch.tokens.formats import FORMATS
from copy_that_orch.tokens.formats.html.pictures import Pictures
from copy_that_orch.tokens.model import TokenSet


@attrs.frozen
class GeneratedFile:
    """A file to be written.

    Attributes:
      name: What it is called, e.g. `tokens.json`.
      text: What it holds; to be written as UTF-8.
      others: Further files that belong to it, e.g. for a dark mode.
    """

    name: str
    text: str = attrs.field(repr=False)
    others: tuple[GeneratedFile, ...] = attrs.field(default=(), repr=False)

    @property
    def texts(self) -> dict[str, str]:
        """What is to be written, by name: the file itself and the others."""
        return {file.name: file.text for file in (self, *self.others)}


def _known(value: str) -> str:
    if value not in FORMATS:
        raise ConfigurationError(f"no format {value!r}; there are {', '.join(FORMATS)}")
    return value


@final
@attrs.frozen
class GenerateAgent(BasePipelineAgent[TokenSet, GeneratedFile]):
    """Writes a token set in one format.

    Attributes:
      format: One of `tokens.formats.FORMATS`, e.g. "dtcg" or "css".
      reader: Reads the screenshots once more for formats with pictures: best the agent that has read them before.

    Raises:
      ConfigurationError: if there is no such format.
    """

    format: str = attrs.field(converter=_known)
    reader: PreprocessAgent = attrs.field(factory=PreprocessAgent, kw_only=True, eq=False, repr=False)

    stage_name = PipelineStage.GENERATE

    @property
    def agent_type(self) -> str:
        """`generate.` and the format: there can be one agent for each."""
        return f"generate.{self.format}"

    def reads(self, task: PipelineTask[Any], item: TokenSet) -> object:
        """Return the screenshots and the product's name, which stand in formats with pictures."""
        return None if FORMATS[self.format].illustrate is None else (task.task_id, sources_of(task))

    async def process(self, task: PipelineTask[Any], item: TokenSet) -> GeneratedFile:
        """Return the file that `item` becomes.

        Raises:
          GenerationError: if the format cannot hold the set; it says which token is to blame.
        """
        try:
            pictures = None if FORMATS[self.format].illustrate is None else await pictures_of(task, item, self.reader)
            return await offload(_generate, self.format, item, pictures, cpu_seconds=None)
        except ValueError as error:
            raise GenerationError(f"{FORMATS[self.format].file_name} cannot be written: {error}") from error


def _generate(name: str, tokens: TokenSet, pictures: Pictures | None) -> GeneratedFile:
    target = FORMATS[name]
    if target.illustrate is not None and pictures is not None:
        return GeneratedFile(target.file_name, target.illustrate(tokens, pictures))
    others = tuple(GeneratedFile(name, text) for name, text in target.others(tokens).items())
    return GeneratedFile(target.file_name, target.write(tokens), others)
