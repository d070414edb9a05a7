"""Write docs/reference.md from the docstrings: `python docs/make_reference.py`. A test holds the page to the code."""

from __future__ import annotations

import enum
import importlib
import inspect
import re
from collections.abc import Iterator
from pathlib import Path

PAGE = Path(__file__).with_name("reference.md")
MODULES = {
    "copy_that_orch": "The engine. Needs trio and attrs only.",
    "copy_that_orch.orchestrator.observers": "Observers that ship with the engine.",
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
            yield f"```python\n{name}{signature}\n```"
        yield text_of(value)
        for member, what in vars(value).items():
            yield from member_entry(name, member, what)
    elif callable(value):
        yield f"```python\n{name}{signature_of(value)}\n```"
        yield text_of(value)
    else:
        yield f"`{value!r}`"


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
        yield f"```python\n{prefix}{owner}.{name}{signature_of(function, skip_self=True)}\n```"
        yield text_of(what)


def signature_of(what: object, *, skip_self: bool = False) -> str:
    """Return a signature as text, without the module paths of its annotations."""
    try:
        signature = inspect.signature(what)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return ""
    parameters = list(signature.parameters.values())
    if skip_self and parameters and parameters[0].name in {"self", "cls"}:
        parameters = parameters[1:]
    text = str(signature.replace(parameters=parameters))
    text = text.replace("'", "")  # annotations are texts
    text = re.sub(r"\b(?:[a-z_]+\.)+(?=[A-Z])", "", text)
    text = re.sub(r"<([A-Z]\w+)\.(\w+): [^>]*>", r"\1.\2", text)
    return text


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
