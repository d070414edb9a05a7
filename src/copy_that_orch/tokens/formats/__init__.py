"""A token set as text, one module per format."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

import attrs

from copy_that_orch.tokens.formats import css, figma, scss, tailwind, tokens_studio, typescript, w3c
from copy_that_orch.tokens.formats.html import page
from copy_that_orch.tokens.formats.html.pictures import Pictures
from copy_that_orch.tokens.model import TokenSet


@attrs.frozen
class Format:
    """One way to write a token set.

    Attributes:
      file_name: What its file is called.
      write: Returns the text of the file; raises `ValueError` for a set that it cannot write.
      others: Returns the texts of further files by name, for sets that have several modes.
      other_names: What these are called for a set with a dark mode, the only one that screenshots make.
      illustrate: Does the same with what can be shown of the screenshots; None if the format has no place for that.
    """

    file_name: str
    write: Callable[[TokenSet], str]
    others: Callable[[TokenSet], Mapping[str, str]] = lambda _: {}
    other_names: tuple[str, ...] = ()
    illustrate: Callable[[TokenSet, Pictures], str] | None = None


FORMATS: Final[Mapping[str, Format]] = MappingProxyType(
    {
        "dtcg": Format("tokens.json", w3c.write, w3c.others, ("tokens.dark.json", "tokens.resolver.json")),
        "css": Format("tokens.css", css.write),
        "scss": Format("tokens.scss", scss.write),
        "typescript": Format("theme.ts", typescript.write),
        "tailwind": Format("tailwind.css", tailwind.write),
        "tokens-studio": Format("tokens-studio.json", tokens_studio.write),
        "figma": Format("figma.json", figma.write, figma.others, ("figma.dark.json",)),
        "html": Format("report.html", page.write, illustrate=page.illustrate),
    }
)
"""The formats by the name that users give."""
