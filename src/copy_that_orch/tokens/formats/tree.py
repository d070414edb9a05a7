"""Tokens nested by their paths, for formats that are objects in objects."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from copy_that_orch.tokens.alias import Path

Tree = dict[str, Any]


def nested(leaves: Iterable[tuple[Path, Any]], into: Tree | None = None) -> Tree:
    """Return an object for each group in the object of the group around it, with the leaves inside.

    Args:
      leaves: Paths, none of them below another, and what is to be found there.
      into: Where to put them; None: into a new object.
    """
    top: Tree = {} if into is None else into
    for path, leaf in leaves:
        group = top
        for name in path[:-1]:
            group = group.setdefault(name, {})
        group[path[-1]] = leaf
    return top


def as_json(document: Any) -> str:
    """Return `document` as JSON, indented, ending with a newline; it can be encoded as UTF-8."""
    text = json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
    # File names that are not UTF-8 come as lone surrogates, which cannot be encoded; \udc80 is JSON's own escape.
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def camel_case(attribute: str) -> str:
    """Return a name such as `font_size` as the format has it: `fontSize`."""
    first, *others = attribute.split("_")
    return first + "".join(other.capitalize() for other in others)
