"""A strict CSS parser, Lightning CSS, reads our custom properties, and their values fit the properties they are for."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.consumers.conftest import Folders, Node, tokens_of

PROPERTIES = {
    "color": "color",
    "dimension": "width",
    "number": "line-height",
    "fontFamily": "font-family",
    "fontWeight": "font-weight",
    "strokeStyle": "border-style",
    "border": "border",
    "shadow": "box-shadow",
    "gradient": "background-image",
}
"""A property that takes the values of a type."""


def faults(node: Node, *files: Path) -> list[list[str]]:
    """What the parser has against each file."""
    done = node("lightningcss.js", *files)
    assert done.returncode == 0, done.stderr
    return list(json.loads(done.stdout).values())


def test_it_reads_every_sheet(node: Node, sets: Folders, harmful: Path) -> None:
    """Whatever is in it."""
    folders = [*sets.values(), harmful]
    assert faults(node, *(folder / "tokens.css" for folder in folders)) == [[] for _ in folders]


def test_values_fit_their_properties(node: Node, sets: Folders, subtests: pytest.Subtests) -> None:
    """Written out as in the TypeScript theme, for no parser can tell what a `var()` will be."""
    done = node("themes.js", *sets.values())
    for (name, folder), module in zip(sets.items(), json.loads(done.stdout), strict=True):
        with subtests.test(name):
            lines: list[str] = []
            for path, token in tokens_of(folder / "tokens.json").items():
                value = module["theme"]
                for key in path.split("."):
                    value = value[key]
                if token["$type"] == "typography":
                    lines.append(
                        f"font: {value['fontWeight']} {value['fontSize']}/{value['lineHeight']} {value['fontFamily']}"
                    )
                    lines.append(f"letter-spacing: {value['letterSpacing']}")
                elif not str(value).startswith("-"):
                    lines.append(f"{PROPERTIES[token['$type']]}: {value}")
            sheet = folder / "values.css"
            sheet.write_text("\n".join(f".a {{ {line} }}" for line in lines))
            assert faults(node, sheet) == [[]]


BROKEN = {
    "a comment that ends": ("/* The brand. */", "/* The */ } brand. {"),
    "a text that does not end": ('"Courier New"', '"Courier New'),
    "a bracket too many": ("#2563eb;", "#2563eb);"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_it_refuses_what_is_broken(node: Node, made: Folders, tmp_path: Path, name: str) -> None:
    """So that being accepted means something."""
    before, after = BROKEN[name]
    text = (made["every type"] / "tokens.css").read_text("utf-8")
    assert before in text
    sheet = tmp_path / "tokens.css"
    sheet.write_text(text.replace(before, after), encoding="utf-8")
    assert faults(node, sheet) != [[]]


@pytest.mark.parametrize("line", ["box-shadow: 0px 1px #000 blue", "font: 16px", "width: big", "color: #12345"])
def test_it_refuses_values_that_fit_no_property(node: Node, tmp_path: Path, line: str) -> None:
    """The same for single values."""
    sheet = tmp_path / "values.css"
    sheet.write_text(f".a {{ {line} }}")
    assert faults(node, sheet) != [[]]
