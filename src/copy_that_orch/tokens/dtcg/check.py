"""What is to be said about a file of the format, anybody's."""

from __future__ import annotations

from collections.abc import Iterator

import attrs

from copy_that_orch.tokens.accessibility import meanings_can_be_told_apart, text_can_be_read
from copy_that_orch.tokens.alias import Path, dotted
from copy_that_orch.tokens.dtcg.design import design_of
from copy_that_orch.tokens.dtcg.document import ROOT, Document, Entry, read
from copy_that_orch.tokens.dtcg.json_text import UnreadableError, parse
from copy_that_orch.tokens.dtcg.references import References
from copy_that_orch.tokens.dtcg.resolver import Load, Resolver, is_resolver
from copy_that_orch.tokens.dtcg.syntax import Syntax
from copy_that_orch.tokens.model import Finding, Severity


def check_text(text: str, load: Load | None = None) -> tuple[int, tuple[Finding, ...]]:
    """Return how many tokens the file `text` has, and all that is to be said about it: errors first, then by path.

    Errors are what the format forbids, in structure, names, types, values and references, also what its JSON schema
    cannot see. Warnings are what it allows and tools trip over, and what `accessibility` says: of pairs of text and
    background that this package wrote into the file, and of `color.success.default`, `color.danger.default` and so on.

    Of a resolver document, every set is checked that it makes: the usual one, and one for each other context.

    Args:
      text: The file.
      load: Reads the files that a resolver document names, by their names there.

    Raises:
      UnreadableError: if it is no JSON object, is nested too deeply, or has far too many tokens; or is a resolver
        document, and there is no `load`.
    """
    try:
        root = parse(text)
        if not is_resolver(root):
            return _checked(read(root))
        if load is None:
            raise UnreadableError("it is a resolver document, and names files that have the tokens")
        return _resolved(Resolver(root, load))
    except RecursionError as error:
        raise UnreadableError("nested too deeply") from error


def _resolved(resolver: Resolver) -> tuple[int, tuple[Finding, ...]]:
    """Return the largest number of tokens of a set that a resolver document makes, and what is said of all."""
    most, usual, found = 0, set[Finding](), set[Finding]()
    for one in resolver.combinations():
        tokens, findings = _checked(read(one.tokens))
        most = max(most, tokens)
        if one.name:
            others = set(findings) - usual
            found.update(attrs.evolve(other, message=f"with {one.name}: {other.message}") for other in others)
        else:
            usual = set(findings)
    return most, _ranked({*resolver.findings, *usual, *found})


def _ranked(findings: set[Finding]) -> tuple[Finding, ...]:
    return tuple(sorted(findings, key=lambda one: (one.severity, one.path, one.code, one.message)))


def _checked(document: Document) -> tuple[int, tuple[Finding, ...]]:
    references = References(document)
    syntax = Syntax(references)
    findings = {*document.findings, *references.circles(), *_name_warnings(document)}
    design = design_of(references)
    findings.update(text_can_be_read(design), meanings_can_be_told_apart(design))
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
