"""Resolver documents: which files of tokens make the set of each theme, and what is wrong with each of these sets.

Source:
  Design Tokens Resolver Module 2025.10, https://www.designtokens.org/tr/2025.10/resolver/
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

import attrs

from copy_that_orch.tokens.dtcg.document import laid_over
from copy_that_orch.tokens.dtcg.json_text import JsonObject, kind, parse
from copy_that_orch.tokens.model import Finding, Severity

VERSION: Final = "2025.10"

Load = Callable[[str], str]
"""Returns the text of the file of a relative name; raises `OSError` or `UnicodeDecodeError` if it cannot."""


def is_resolver(root: Mapping[str, Any]) -> bool:
    """Return whether a JSON object is a resolver document rather than a file of tokens."""
    return "resolutionOrder" in root


@attrs.frozen
class Combination:
    """One choice of contexts.

    Attributes:
      name: Says which, e.g. "theme=dark"; empty for the usual one.
      tokens: What the sources are together.
    """

    name: str
    tokens: JsonObject


@attrs.define(eq=False)
class Resolver:
    """A resolver document.

    Attributes:
      root: The document.
      load: Reads the files that it names.
      findings: What is wrong with it; grows while combinations are asked for.
    """

    root: Mapping[str, Any]
    load: Load
    findings: set[Finding] = attrs.field(init=False, factory=set)
    _loaded: dict[str, JsonObject | None] = attrs.field(init=False, factory=dict)

    def combinations(self) -> list[Combination]:
        """Return the usual combination, and one for every other context, with the usual ones of other modifiers."""
        if self.root.get("version") != VERSION:
            self._tell("resolver-version", f"version is {kind(self.root.get('version'))}, not {VERSION!r}")
        order = self.root["resolutionOrder"]
        if not isinstance(order, list) or not order:
            self._tell("resolver-form", f"resolutionOrder is {kind(order)}, not a list of sets and modifiers")
            return []
        steps = [self._step(one) for one in order]
        usual = Combination("", self._together(steps, {}))
        return [
            usual,
            *(
                Combination(f"{name}={context}", self._together(steps, {name: context}))
                for name, contexts, default in steps
                for context in contexts
                if context != default
            ),
        ]

    def _together(self, steps: list[_Step], chosen: Mapping[str, str]) -> JsonObject:
        merged: dict[str, Any] = {}
        for name, contexts, default in steps:
            for source in contexts.get(chosen.get(name, default), ()):
                merged = laid_over(merged, source)
        return JsonObject(merged)

    def _step(self, one: Any) -> _Step:
        """Return the name of a set or modifier, its sources by context, and the usual context; a set has only one."""
        reference = one.get("$ref") if isinstance(one, dict) else None
        name, node = str(one.get("name", "")) if isinstance(one, dict) else "", one
        if isinstance(reference, str):
            name, node = reference, self._inside(reference)
        if isinstance(node, dict) and isinstance(node.get("sources"), list):
            return name, {"": [*self._sources(node["sources"])]}, ""
        contexts = node.get("contexts") if isinstance(node, dict) else None
        if not isinstance(contexts, dict) or not all(isinstance(sources, list) for sources in contexts.values()):
            self._tell("resolver-form", f"{kind(reference or one)} in resolutionOrder is neither a set nor a modifier")
            return name, {}, ""
        default = node.get("default", next(iter(contexts), ""))
        if not isinstance(default, str) or default not in contexts:
            self._tell("resolver-default", f"{kind(default)} is the default of {name!r}, and none of its contexts")
            default = ""
        return (
            name.removeprefix("#/modifiers/"),
            {key: [*self._sources(value)] for key, value in contexts.items()},
            default,
        )

    def _inside(self, pointer: str) -> Any:
        node: Any = self.root
        for name in pointer.removeprefix("#/").split("/"):
            node = node.get(name) if isinstance(node, dict) else None
        return node

    def _sources(self, sources: list[Any], seen: tuple[str, ...] = ()) -> Iterator[dict[str, Any]]:
        """Yield the tokens that sources have; `seen` are the sets that they are in."""
        for source in sources:
            reference = source.get("$ref") if isinstance(source, dict) else None
            if isinstance(reference, str) and reference.startswith("#/"):
                node = self._inside(reference)
                named = node.get("sources") if isinstance(node, dict) else None
                if isinstance(named, list) and reference not in seen:
                    yield from self._sources(named, (*seen, reference))
                else:
                    self._tell("resolver-form", f"the source {reference} is no set, or has itself as a source")
            elif isinstance(reference, str):
                loaded = self._file(reference)
                if loaded is not None:
                    yield loaded
            elif isinstance(source, dict):
                yield source
            else:
                self._tell("resolver-form", f"a source is {kind(source)}, neither tokens nor a reference")

    def _file(self, name: str) -> JsonObject | None:
        if name not in self._loaded:
            self._loaded[name] = None
            try:
                self._loaded[name] = parse(self.load(name))
            except OSError as error:
                self._tell("source-missing", f"{name} cannot be read ({error.strerror})")
            except UnicodeDecodeError as error:
                self._tell("source-missing", f"{name}: no UTF-8 from byte {error.start} on")
            except ValueError as error:  # not JSON, or a name that no file can have
                self._tell("source-missing", f"{name}: {error}")
        return self._loaded[name]

    def _tell(self, code: str, message: str) -> None:
        self.findings.add(Finding(Severity.ERROR, code, "", message))


_Step = tuple[str, dict[str, list[dict[str, Any]]], str]
