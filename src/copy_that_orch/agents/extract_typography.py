"""EXTRACT: what the text of a screenshot is set in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping
from typing import Any, Final, final

import attrs

from copy_that_orch.agents.offload import CPU_SECONDS, offload
from copy_that_orch.imaging.reading import can_read, read_text, with_text
from copy_that_orch.imaging.screenshot import Screenshot
from copy_that_orch.imaging.text_styles import TextStyle, Typesetting, find_styles
from copy_that_orch.orchestrator.errors import ConfigurationError
from copy_that_orch.orchestrator.interfaces import BasePipelineAgent, PipelineStage, PipelineTask
from copy_that_orch.tokens.alias import Alias
from copy_that_orch.tokens.dimension import Dimension, Number
from copy_that_orch.tokens.model import Provenance, Token, TokenSet
from copy_that_orch.tokens.typography import FontFamily, FontWeight, Typography
from copy_that_orch.tokens.values import TokenType, Value

STACKS: Final[Mapping[str, FontFamily]] = {
    "sans": FontFamily(("system-ui", "sans-serif")),
    "serif": FontFamily(("ui-serif", "Georgia", "serif")),
    "mono": FontFamily(("ui-monospace", "Menlo", "monospace")),
}
"""What stands for a font of each kind: fonts that are there, on any system. No picture tells a font for sure."""
LIKELY: Final = 0.5
"""Chance from which the description of the family says which font it looks like."""
GUESSED: Final = 0.5
"""How much surer a style is whose line height was measured than one whose line height is a guess."""


READ_SECONDS: Final = 600.0
"""CPU time that reading one screenshot may take."""


def _installed(_instance: object, _attribute: attrs.Attribute[bool], value: bool) -> None:
    if value and not can_read():
        raise ConfigurationError("not installed: rapidocr, onnxruntime; run: pip install 'copy_that_orch[ocr]'")


@final
@attrs.frozen(kw_only=True)
class ExtractTypographyAgent(BasePipelineAgent[Screenshot, TokenSet]):
    """Measures what text is set in by the shape of its lines; see `imaging.text_styles`.

    Attributes:
      ocr: Whether the lines are also read, which tells icons from text and digits from letters: some seconds for each
        screenshot. Needs the extra `ocr`.

    Raises:
      ConfigurationError: if the extra `ocr` is needed and not installed.
    """

    ocr: bool = attrs.field(default=False, validator=_installed)

    agent_type = "extract.typography"
    stage_name = PipelineStage.EXTRACT

    async def process(self, task: PipelineTask[Any], item: Screenshot) -> TokenSet:
        """Return `typography.…` for each style of text in `item`, and what it is made of.

        These are `font-size.…` in CSS pixels, `font-weight.…`, `line-height.…` in font sizes where it was measured, and
        `font-family.…`. The provenance counts lines of text. Where there is no text, the set is empty.
        """
        return await offload(self._extract, item, cpu_seconds=READ_SECONDS if self.ocr else CPU_SECONDS)

    def _extract(self, screenshot: Screenshot) -> TokenSet:
        found = _read(screenshot) if self.ocr else screenshot.typesetting
        return TokenSet(tokens=_Tokens(screenshot.name, self.agent_type, found).all())


def _read(screenshot: Screenshot) -> Typesetting:
    return find_styles(with_text(screenshot.texts, read_text(screenshot.pixels)), screenshot.scale)


@attrs.frozen
class _Tokens:
    """Makes the tokens of one screenshot."""

    image: str
    agent: str
    found: Typesetting

    def all(self) -> Iterator[Token]:
        styles = self.found.styles
        for size, group in _grouped(styles, [style.size for style in styles]):
            yield self._token(("font-size", str(round(size))), TokenType.DIMENSION, Dimension(size), group)
        for weight, group in _grouped(styles, [style.weight for style in styles]):
            token = self._token(("font-weight", str(weight)), TokenType.FONT_WEIGHT, FontWeight(weight), group)
            yield attrs.evolve(token, confidence=max(style.weight_sure for style in group))
        for kind, group in _grouped(styles, [style.kind for style in styles]):
            token = self._token(("font-family", kind), TokenType.FONT_FAMILY, STACKS[kind], group)
            largest = kind == max(styles, key=lambda style: style.letters).kind
            seems = f"Looks like {self.found.font}." if largest and self.found.sure >= LIKELY else None
            yield attrs.evolve(token, description=seems)
        measured = [style for style in styles if style.measured]
        for height, group in _grouped(measured, [style.line_height for style in measured]):
            yield self._token(("line-height", f"{height:g}"), TokenType.NUMBER, Number(height), group)
        for style in styles:
            token = self._token(
                ("typography", f"{style.size:g}-{style.weight}-{style.kind}"),
                TokenType.TYPOGRAPHY,
                Typography(
                    font_family=Alias(("font-family", style.kind)),
                    font_size=Alias(("font-size", str(round(style.size)))),
                    font_weight=Alias(("font-weight", str(style.weight))),
                    letter_spacing=Dimension(0),
                    line_height=Number(style.line_height),
                ),
                [style],
            )
            yield token if style.measured else attrs.evolve(token, confidence=GUESSED * token.confidence)

    def _token(self, path: tuple[str, str], kind: TokenType, value: Value, styles: list[TextStyle]) -> Token:
        return Token(
            path=path,
            type=kind,
            value=value,
            confidence=max(style.confidence for style in styles),
            provenance=[Provenance(self.image, self.agent, style.lines, box=style.box) for style in styles],
        )


def _grouped(styles: Iterable[TextStyle], keys: Iterable[Hashable]) -> Iterator[tuple[Any, list[TextStyle]]]:
    groups: dict[Hashable, list[TextStyle]] = defaultdict(list)
    for style, key in zip(styles, keys, strict=True):
        groups[key].append(style)
    return iter(groups.items())
