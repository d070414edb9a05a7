"""Write docs/reference.md from the docstrings: `python docs/make_reference.py`. A test holds the page to the code."""

from __future__ import annotations

import enum
import importlib
import inspect
import re
from collections.abc import Iterator
from pathlib import Path

PAGE = Path(__file__).with_name("reference.md")
LINE = 100
MODULES = {
    "copy_that_orch": "The engine. Needs trio and attrs only.",
    "copy_that_orch.telemetry": "OpenTelemetry. Needs the extra `otel`.",
    "copy_that_orch.testing": "For tests of programs that use the engine.",
    "copy_that_orch.assembly": "The pipeline from screenshots to tokens. Needs the extra `images`.",
}


def page() -> str:
    """Return the whole page."""
    parts = [
        "# Reference",
        "Made from the docstrings by `docs/make_reference.py`. Times are seconds of Trio's clock.",
    ]
    for name, about in MODULES.items():
        module = importlib.import_module(name)
        parts += [f"## `{name}`", about]
        for public in public_names(module):
            parts += list(entry(public, getattr(module, public)))
    return "\n\n".join(parts) + "\n"


def public_names(module: object) -> list[str]:
    """Return the names that a module offers: its `__all__`, else what it defines itself."""
    listed = getattr(module, "__all__", None)
    if listed is not None:
        return list(listed)
    own = module.__name__  # type: ignore[attr-defined]
    return [
        name
        for name, value in vars(module).items()
        if not name.startswith("_") and getattr(value, "__module__", None) == own
    ]


def entry(name: str, value: object) -> Iterator[str]:
    """Yield the paragraphs on one public name."""
    yield f"### `{name}`"
    if inspect.isclass(value) and issubclass(value, enum.Enum):
        yield text_of(value)
        yield ", ".join(f"`{member.name}`" for member in value)
    elif inspect.isclass(value):
        signature = signature_of(value)
        if signature:
            yield f"```text\n{name}{signature}\n```"
        yield text_of(value)
        for member, what in members_of(value).items():
            yield from member_entry(name, member, what)
    elif callable(value):
        yield f"```text\n{name}{signature_of(value)}\n```"
        yield text_of(value)
    elif isinstance(value, tuple):
        yield ", ".join(f"`{_plain(repr(one))}`" for one in value)


def members_of(value: type) -> dict[str, object]:
    """Return the members of a class, with those that it inherits from private bases of this project."""
    own: dict[str, object] = {}
    for base in reversed(value.__mro__):
        inherits_from_public = base is not value and hasattr(importlib.import_module("copy_that_orch"), base.__name__)
        if base.__module__.startswith("copy_that_orch") and not inherits_from_public:
            own.update(vars(base))
    return own


def member_entry(owner: str, name: str, what: object) -> Iterator[str]:
    """Yield the paragraphs on one public method or property."""
    if name.startswith("_") or not inspect.getdoc(what):
        return
    if isinstance(what, property):
        yield f"#### `{owner}.{name}`"
        yield text_of(what)
    elif inspect.isroutine(what):
        function = inspect.unwrap(getattr(what, "__func__", what))
        prefix = "await " if inspect.iscoroutinefunction(function) else ""
        yield f"#### `{owner}.{name}`"
        yield f"```text\n{prefix}{owner}.{name}{signature_of(function, skip_self=True)}\n```"
        yield text_of(what)


def signature_of(what: object, *, skip_self: bool = False) -> str:
    """Return a signature as text, over several lines if it is long."""
    try:
        signature = inspect.signature(what)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return ""
    parameters = list(signature.parameters.values())
    if skip_self and parameters and parameters[0].name in {"self", "cls"}:
        parameters = parameters[1:]
    text = _plain(str(signature.replace(parameters=parameters)))
    if len(text) <= LINE:
        return text
    lines = [f"    {_plain(str(parameter))}," for parameter in parameters]
    keywords = [place for place, one in enumerate(parameters) if one.kind is one.KEYWORD_ONLY]
    if keywords and not any(one.kind is one.VAR_POSITIONAL for one in parameters):
        lines.insert(keywords[0], "    *,")
    return "\n".join(["(", *lines, ")" + text[text.rindex(") ->") + 1 :] if ") ->" in text else ")"])


def _plain(signature: str) -> str:
    """Return a signature without the quotes and module paths of its annotations, and its defaults short."""
    text = re.sub(r"\b(?:[a-z_]+\.)+(?=[A-Z])", "", signature.replace("'", ""))
    text = re.sub(r"<function .*? at 0x[0-9a-f]+>|NOTHING", "...", text)
    return re.sub(r"<([A-Z]\w+)\.(\w+): [^>]*>", r"\1.\2", text)


def text_of(what: object) -> str:
    """Return a docstring as Markdown: its sections become lists."""
    lines = (inspect.getdoc(what) or "").splitlines()
    out: list[str] = []
    section = False
    for line in lines:
        if re.fullmatch(r"(Args|Attributes|Raises|Source|Sources|Yields|Returns):", line):
            section = True
            out += ["", f"*{line}*", ""]
        elif section and (match := re.match(r"^ {2,4}(\*{0,2}[\w., ]+): (.*)", line)):
            out.append(f"- `{match[1]}`: {match[2]}")
        elif section and line.startswith(" "):
            out.append("  " + line.strip())
        else:
            section = section and not line.strip()
            out.append(line)
    return "\n".join(out)


if __name__ == "__main__":
    PAGE.write_text(page())
