"""What is to be said about a file of the format, anybody's."""

from __future__ import annotations

from collections.abc import Iterator

from copy_that_orch.tokens.alias import Path, dotted
from copy_that_orch.tokens.dtcg.document import ROOT, Document, Entry, UnreadableError, read
from copy_that_orch.tokens.dtcg.references import References
from copy_that_orch.tokens.dtcg.syntax import Syntax
from copy_that_orch.tokens.model import Finding, Severity


def check_text(text: str) -> tuple[int, tuple[Finding, ...]]:
    """Return how many tokens the file `text` has, and all that is to be said about it: errors first, then by path.

    Errors are what the format forbids, in structure, names, types, values and references, also what its JSON schema
    cannot see. Warnings are what it allows and tools trip over.

    Raises:
      UnreadableError: if it is no JSON object, is nested too deeply, or has far too many tokens.
    """
    try:
        return _checked(read(text))
    except RecursionError as error:
        raise UnreadableError("nested too deeply") from error


def _checked(document: Document) -> tuple[int, tuple[Finding, ...]]:
    references = References(document)
    syntax = Syntax(references)
    findings = {*document.findings, *references.circles(), *_name_warnings(document)}
    for entry in document.entries.values():
        if not entry.inherited and not entry.mistyped:
            findings.update(_value_findings(entry, references, syntax))
    return len(document.entries), tuple(
        sorted(findings, key=lambda one: (one.severity, one.path, one.code, one.message))
    )


def _value_findings(entry: Entry, references: References, syntax: Syntax) -> Iterator[Finding]:
    expected = references.type_of(entry.path)
    if expected is None:
        reference = references.follow(entry.value)
        if reference is None or reference.part is not None:
            yield _error("type-missing", entry.path, "it has no $type, and none comes from a group or a reference")
        elif reference.problem is not None:
            code, message = reference.problem
            yield _error(code, entry.path, message)
        return
    for code, place, message in syntax.faults(entry.value, expected):
        yield _error(code, entry.path, f"{place}: {message}" if place else message)


def _error(code: str, path: Path, message: str) -> Finding:
    return Finding(Severity.ERROR, code, dotted(path), message)


def _name_warnings(document: Document) -> Iterator[Finding]:
    """Yield names that are the same in CSS, or but for their case."""
    joined: dict[str, Path] = {}
    folded: dict[str, Path] = {}
    for path in document.entries:
        name = "-".join(name for name in path if name != ROOT)
        if name in joined:
            other = dotted(joined[name])
            yield Finding(
                Severity.WARNING, "name-collision", dotted(path), f"in CSS it has the name of {other!r}: --{name}"
            )
        elif name.casefold() in folded:
            other = dotted(folded[name.casefold()])
            yield Finding(Severity.WARNING, "name-case", dotted(path), f"it differs from {other!r} by case only")
        joined.setdefault(name, path)
        folded.setdefault(name.casefold(), path)
