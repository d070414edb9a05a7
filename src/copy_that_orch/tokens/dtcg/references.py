"""References in a file: what they lead to, of which type that is, and whether they go round in a circle."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

import attrs

from copy_that_orch.tokens.alias import Path, dotted
from copy_that_orch.tokens.dtcg.document import ROOT, Document, curly_path
from copy_that_orch.tokens.model import Finding, Severity


@attrs.frozen
class Reference:
    """Where a reference leads.

    Attributes:
      text: As it is written.
      path: The token that it stands for, if it is a whole one.
      part: Else the part of a value that it stands for.
      problem: Else code and message of why it leads nowhere.
    """

    text: str
    path: Path | None = None
    part: Any = None
    problem: tuple[str, str] | None = None


@attrs.define(eq=False)
class References:
    """All references of a file.

    Attributes:
      document: The file.
    """

    document: Document
    _types: dict[Path, str | None] = attrs.field(init=False, factory=dict, repr=False)
    _open: set[str] = attrs.field(init=False, factory=set, repr=False)

    def follow(self, value: Any) -> Reference | None:
        """Return where `value` leads, or None if it is not a reference but a value."""
        if isinstance(value, str) and re.fullmatch(r"\{.*\}", value, re.DOTALL):
            return self._follow_curly(value)
        if isinstance(value, dict) and "$ref" in value:
            return self._follow_pointer(value)
        return None

    def final(self, value: Any) -> tuple[Any, tuple[str, str] | None]:
        """Return the value at the end of all references, and code and message if there is none."""
        seen: set[str] = set()
        while True:
            reference = self.follow(value)
            if reference is None:
                return value, None
            if reference.problem is not None:
                return None, reference.problem
            if reference.text in seen:
                return None, ("alias-cycle", f"{reference.text} leads back to itself")
            seen.add(reference.text)
            value = reference.part if reference.path is None else self.document.entries[reference.path].value

    def type_of(self, path: Path) -> str | None:
        """Return the type of the token at `path`: its own, that of what it refers to, or its group's; None if none."""
        way: list[Path] = []
        while path not in self._types:
            self._types[path] = None  # what comes round again has no type
            way.append(path)
            entry = self.document.entries[path]
            reference = None if entry.own_type else self.follow(entry.value)
            if reference is None or reference.path is None:
                self._types[path] = entry.own_type or entry.group_type
                break
            path = reference.path
        self._types.update(dict.fromkeys(way, self._types[path]))
        return self._types[path]

    def circles(self) -> Iterator[Finding]:
        """Yield one finding for each circle that references to whole tokens make."""
        is_done: dict[Path, bool] = {}
        for start in self.document.entries:
            way: list[Path] = [] if start in is_done else [start]
            nexts = [iter(self._targets(start))]
            while way:
                is_done.setdefault(way[-1], False)
                target = next(nexts[-1], None)
                if target is None:
                    is_done[way.pop()] = True
                    nexts.pop()
                elif target not in is_done:
                    way.append(target)
                    nexts.append(iter(self._targets(target)))
                elif not is_done[target]:
                    circle = " → ".join(dotted(path) for path in [*way[way.index(target) :], target])
                    message = f"reference comes round again: {circle}"
                    yield Finding(Severity.ERROR, "alias-cycle", dotted(target), message)

    def _targets(self, path: Path) -> list[Path]:
        """Return the tokens that the token at `path` refers to, also in parts of its value."""
        found: list[Path] = []
        waiting = [self.document.entries[path].value]
        while waiting:
            value = waiting.pop()
            reference = self.follow(value)
            if reference is not None and reference.path is not None:
                found.append(reference.path)
            elif reference is None and isinstance(value, dict | list):
                waiting.extend(value.values() if isinstance(value, dict) else value)
        return found

    def _follow_curly(self, text: str) -> Reference:
        path = curly_path(text)
        if path is None:
            return Reference(text, problem=("alias-malformed", f"{text} is not written like {{color.blue.600}}"))
        if path in self.document.entries:
            return Reference(text, path)
        return Reference(text, problem=self._missing(text, path))

    def _missing(self, text: str, path: Path) -> tuple[str, str]:
        if path not in self.document.groups:
            return "alias-dangling", f"{text} leads nowhere: there is no token {dotted(path)!r}"
        hint = f"; its own token is {{{dotted(path)}.{ROOT}}}" if (*path, ROOT) in self.document.entries else ""
        return "alias-group", f"{text} is a group, and references lead to tokens{hint}"

    def _follow_pointer(self, value: dict[str, Any]) -> Reference:
        pointer = value["$ref"]
        text = str(pointer)
        if len(value) > 1 or not isinstance(pointer, str) or not pointer.startswith("#/"):
            reason = "a $ref stands alone and begins with #/, into this file"
            return Reference(text, problem=("ref-malformed", f"{text} cannot be followed: {reason}"))
        if text in self._open:
            return Reference(text, problem=("alias-cycle", f"{text} leads back to itself"))
        self._open.add(text)
        try:
            return self._walk(text, pointer)
        finally:
            self._open.discard(text)

    def _walk(self, text: str, pointer: str) -> Reference:
        names = [unquote(part).replace("~1", "/").replace("~0", "~") for part in pointer[2:].split("/")]
        node: Any = self.document.root
        for place, name in enumerate(names):
            inside = "$value" in names[:place]
            if inside:
                node, problem = self.final(node)
                if problem is not None:
                    return Reference(text, problem=problem)
            if isinstance(node, dict) and name in node:
                node = node[name]
            elif inside and isinstance(node, list) and name.isdecimal() and int(name) < len(node):
                node = node[int(name)]
            else:
                return Reference(text, problem=("ref-dangling", f"{text} leads nowhere: there is no {name!r} there"))
        return self._at(text, tuple(names), node)

    def _at(self, text: str, names: Path, node: Any) -> Reference:
        path = names[:-1] if names[-1] == "$value" else names
        if path in self.document.entries:
            return Reference(text, path)
        if "$value" in names:
            return Reference(text, part=node)
        return Reference(text, problem=("alias-group", f"{text} is neither a token nor a part of its value"))
