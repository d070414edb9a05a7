"""A file of the format as JSON: which tokens it has, with which types, and what is wrong with its structure.

Nothing here is thrown away for being wrong: what can be understood is read, and the rest becomes findings.

Source:
  Design Tokens Format Module 2025.10, https://www.designtokens.org/tr/2025.10/format/
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

import attrs

from copy_that_orch.tokens.alias import Path, dotted
from copy_that_orch.tokens.dtcg.json_text import JsonObject, UnreadableError, kind
from copy_that_orch.tokens.model import Finding, Severity

TYPES: Final = (
    *("color", "dimension", "fontFamily", "fontWeight", "duration", "cubicBezier", "number"),
    *("strokeStyle", "border", "transition", "shadow", "gradient", "typography"),
)
"""All types of the format."""

MOST_TOKENS: Final = 1_000_000
"""Groups may extend groups that extend groups: beyond so many tokens a file is refused rather than unfolded."""

ROOT: Final = "$root"
"""The name of a token that stands for its group."""

_ON_ALL: Final = frozenset({"$type", "$description", "$deprecated", "$extensions"})
_ON_TOKENS: Final = _ON_ALL | {"$value", "$ref"}
_ON_GROUPS: Final = _ON_ALL | {"$extends", ROOT}
_CURLY: Final = re.compile(r"\{[^${}.][^{}.]*(\.[^${}.][^{}.]*)*(\.\$root)?\}")


def is_token(node: Any) -> bool:
    """Return whether a JSON value in the place of a token or group is a token."""
    return isinstance(node, dict) and ("$value" in node or "$ref" in node)


def curly_path(text: str) -> Path | None:
    """Return the path in a reference such as `{color.blue.600}`; None if it is not written as one."""
    return tuple(text[1:-1].split(".")) if _CURLY.fullmatch(text) else None


@attrs.frozen
class Entry:
    """A token of a file.

    Attributes:
      path: Its groups and its name, which may be `$root`.
      value: What stands under `$value`, or the object with `$ref` that stands instead.
      own_type: Its own `$type`, if that is one of the format's.
      group_type: That of the nearest group that has one.
      inherited: Whether it is there because its group extends another one, where it has been looked at.
      mistyped: Whether it has a `$type` that is none of the format's.
    """

    path: Path
    value: Any
    own_type: str | None
    group_type: str | None
    inherited: bool
    mistyped: bool


@attrs.frozen
class Document:
    """What a file has.

    Attributes:
      root: The file, with all groups unfolded that extend others.
      entries: The tokens by path, in the order of the file.
      groups: Paths of the groups.
      findings: What is wrong with the structure.
    """

    root: Mapping[str, Any]
    entries: Mapping[Path, Entry]
    groups: frozenset[Path]
    findings: frozenset[Finding]


def read(document: JsonObject) -> Document:
    """Return what a file has.

    Raises:
      UnreadableError: if it unfolds to more than `MOST_TOKENS` tokens.
      RecursionError: if it is nested too deeply.
    """
    unfolding = _Unfolding(document)
    root = unfolding.unfolded(document, (), ())
    findings = {*_structure(document, ()), *unfolding.findings}
    written = {path for path, node, _type in _walk(document, (), None) if is_token(node)}
    nodes = list(_walk(root, (), None))
    entries = {
        path: Entry(
            path=path,
            value=node["$value"] if "$value" in node else {"$ref": node["$ref"]},
            own_type=_known_type(node),
            group_type=group_type,
            inherited=path not in written,
            mistyped="$type" in node and _known_type(node) is None,
        )
        for path, node, group_type in nodes
        if is_token(node)
    }
    groups = frozenset(path for path, node, _type in nodes if not is_token(node))
    return Document(root, entries, groups, frozenset(findings))


def _known_type(node: Mapping[str, Any]) -> str | None:
    named = node.get("$type")
    return named if isinstance(named, str) and named in TYPES else None


def children(node: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield name and value of the tokens and groups right below a group."""
    for name, child in node.items():
        if name == ROOT or not name.startswith("$"):
            yield name, child


def _walk(node: Any, path: Path, group_type: str | None) -> Iterator[tuple[Path, Any, str | None]]:
    """Yield path, node and inherited type of all groups and tokens."""
    if not isinstance(node, dict):
        return
    yield path, node, group_type
    if not is_token(node) or not path:
        for name, child in children(node):
            yield from _walk(child, (*path, name), _known_type(node) or group_type)


class _Unfolding:
    """Puts in the place of groups that extend others what they then have."""

    def __init__(self, root: JsonObject) -> None:
        self._root = root
        self._tokens = 0
        self.findings: set[Finding] = set()

    def unfolded(self, node: Any, path: Path, extended: tuple[Path, ...]) -> Any:
        """Return `node` with everything in it unfolded.

        Args:
          node: A group, a token, or what should be one.
          path: Where it is written.
          extended: The groups that are being unfolded because others extend them.
        """
        if not isinstance(node, dict) or (is_token(node) and path):
            self._tokens += 1
            if self._tokens > MOST_TOKENS:
                raise UnreadableError(f"its groups extend each other to more than {MOST_TOKENS:,} tokens")
            return node
        base = self._base(node, path, extended)
        own = {name: value for name, value in node.items() if name.startswith("$") and name not in {"$extends", ROOT}}
        for name, child in children(node):
            own[name] = self.unfolded(child, (*path, name), extended)
        return laid_over(base, own)

    def _base(self, node: Mapping[str, Any], path: Path, extended: tuple[Path, ...]) -> Any:
        if "$extends" not in node:
            return {}
        target = _group_path(node["$extends"])
        found = None if target is None else self._find(target)
        if target is None or not isinstance(found, dict) or is_token(found):
            self._tell("extends-dangling", path, f"it extends {kind(node['$extends'])}, which is no group here")
            return {}
        if target in extended or target == path:
            self._tell("extends-cycle", path, f"it extends {dotted(target)!r}, which extends it in turn")
            return {}
        return self.unfolded(found, target, (*extended, target))

    def _find(self, path: Path, seen: frozenset[Path] = frozenset()) -> Any:
        """Return what is at `path`, also by way of groups that are extended; None if there is nothing."""
        node: Any = self._root
        for name in path:
            while isinstance(node, dict) and "$extends" in node:
                base = _group_path(node["$extends"])
                own = {key: value for key, value in node.items() if key != "$extends"}
                found = None
                if base is not None and base not in seen:
                    seen |= {base}
                    found = self._find(base, seen)
                node = laid_over(found, own) if isinstance(found, dict) else own
            node = node.get(name) if isinstance(node, dict) else None
        return node

    def _tell(self, code: str, path: Path, message: str) -> None:
        self.findings.add(Finding(Severity.ERROR, code, dotted(path), message))


def _group_path(reference: Any) -> Path | None:
    """Return the path of the group that `$extends` names, as `{group}`, as `#/group`, or as an object with `$ref`."""
    if isinstance(reference, dict):
        reference = reference.get("$ref")
    if not isinstance(reference, str):
        return None
    if reference.startswith("#/"):
        return tuple(part.replace("~1", "/").replace("~0", "~") for part in reference[2:].split("/"))
    return curly_path(reference)


def laid_over(base: Any, own: Mapping[str, Any]) -> dict[str, Any]:
    """Return a group that has what `base` has, and what `own` has in its place; tokens are replaced as a whole."""
    merged = dict(base)
    for name, value in own.items():
        below = merged.get(name)
        both = isinstance(below, dict) and isinstance(value, dict) and not name.startswith("$")
        merged[name] = laid_over(below, value) if both and not is_token(below) and not is_token(value) else value
    return merged


def _structure(node: Any, path: Path) -> Iterator[Finding]:
    """Yield what is wrong with a group or token, as it is written, and with what is below it."""

    def error(code: str, message: str) -> Finding:
        return Finding(Severity.ERROR, code, dotted(path), message)

    if not isinstance(node, dict):
        yield error("not-a-token", f"it is {kind(node)}, neither a token, which has $value, nor a group")
        return
    for name in getattr(node, "twice", ()):
        yield error("name-twice", f"{name!r} stands there more than once, and only the last one counts")
    yield from (
        error(code, message) for code, message in _property_faults(node, is_group=not is_token(node), top=not path)
    )
    if is_token(node) and not path:
        yield error("token-without-name", "the file is a token itself; a token has a name in a group")
    for name, child in children(node):
        if is_token(node):
            yield error("token-in-token", f"it is a token and has {name!r} below it; it can only be one of both")
        elif name != ROOT and (not name or set(name) & set("{}.")):
            yield Finding(
                Severity.ERROR,
                "name-illegal",
                dotted((*path, name)),
                f"the name {name!r} is empty or has one of {{ }} .",
            )
        if name == ROOT and not is_token(child):
            yield error("not-a-token", "its $root is not a token")
        elif not is_token(node):
            yield from _structure(child, (*path, name))


def _property_faults(node: Mapping[str, Any], *, is_group: bool, top: bool) -> Iterator[tuple[str, str]]:
    """Yield code and message of what is wrong with the properties, whose names begin with `$`."""
    known = (_ON_GROUPS if is_group else _ON_TOKENS) | ({"$schema"} if top else set())
    what = "group" if is_group else "token"
    for name in node:
        if name.startswith("$") and name not in known:
            yield "property-unknown", f"a {what} has no property {name!r}"
    if "$value" in node and "$ref" in node:
        yield "value-twice", "it has both $value and $ref"
    if "$type" in node and _known_type(node) is None:
        yield "type-unknown", f"$type is {kind(node['$type'])}; the types are {', '.join(TYPES)}"
    if not isinstance(node.get("$description", ""), str):
        yield "property-form", f"$description is {kind(node['$description'])}, not a text"
    if not isinstance(node.get("$deprecated", True), bool | str):
        yield "property-form", f"$deprecated is {kind(node['$deprecated'])}, not true, false or a reason"
    if not isinstance(node.get("$extensions", {}), dict):
        yield "property-form", f"$extensions is {kind(node['$extensions'])}, not an object"
