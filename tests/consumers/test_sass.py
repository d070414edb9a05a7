"""Sass compiles our SCSS, and what it reads is what the tokens are."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from copy_that_orch.tokens.values import TokenType
from tests.consumers.conftest import Folders, Node, tokens_of
from tests.unit.tokens import samples

USE = """\
@use "sass:map";
@use "tokens";

.card {
  color: tokens.$color-accent;
  border: tokens.$border-card;
  padding: map.get(tokens.$tokens, "spacing", "md");
  background-image: tokens.$gradient-hero;
  box-shadow: tokens.$shadow-card;
  @include tokens.typography(tokens.$typography-body);
}
"""


def test_it_reads_every_token(node: Node, sets: Folders, subtests: pytest.Subtests) -> None:
    """By group and name, with its value."""
    done = node("sass.js", *sets.values())
    assert (done.returncode, done.stderr) == (0, "")
    for (name, folder), found in zip(sets.items(), json.loads(done.stdout), strict=True):
        with subtests.test(name):
            values = {f"{group}-{rest}": value for mode, group, rest, value in found["records"] if not mode}
            tokens = {
                path if "." in path else f"{path}.{path}": one
                for path, one in tokens_of(folder / "tokens.json").items()
            }
            assert set(values) == {path.replace(".", "-") for path in tokens}
            for path, token in tokens.items():
                value = token["$value"]
                if token["$type"] == "color" and isinstance(value, dict) and value["alpha"] == 1:
                    assert values[path.replace(".", "-")] == value["hex"]
                elif token["$type"] == "dimension" and isinstance(value, dict):
                    assert values[path.replace(".", "-")] == f"{value['value']}{value['unit']}"


def test_texts_from_outside_are_read_as_they_are(node: Node, harmful: Path) -> None:
    """In keys and in names of fonts: no comment ends, no expression is evaluated."""
    done = node("sass.js", harmful)
    assert (done.returncode, done.stderr) == (0, "")
    (found,) = json.loads(done.stdout)
    values = {(group, name): value for _, group, name, value in found["records"]}
    assert len(values) == len(samples.ALL_HARMFUL)
    for token in samples.ALL_HARMFUL:
        group, name = (re.sub("[\x00\ud800]", "\ufffd", part) for part in (token.path[0], "-".join(token.path[1:])))
        value = values[group, name]
        if token.type is TokenType.COLOR:
            assert value == "#2563eb"


def test_a_style_sheet_can_use_them(node: Node, made: Folders) -> None:
    """Variables, the map, the mixin."""
    folder = made["every type"]
    (folder / "use.scss").write_text(USE)
    (found,) = json.loads(node("sass.js", folder).stdout)
    assert found["css"] == (
        """\
.card {
  color: #2563eb;
  border: 1px solid rgba(0, 0, 0, 0.1019607843);
  padding: 16px;
  background-image: linear-gradient(135deg, #2563eb 0%, #7c3aed 62.5%);
  box-shadow: 0px 1px 2px 0px rgba(0, 0, 0, 0.1019607843), 0px 4px 8px -2px rgba(0, 0, 0, 0.2);
  font-family: "Inter", system-ui, sans-serif;
  font-size: 16px;
  font-weight: 400;
  letter-spacing: 0px;
  line-height: 1.5;
}"""
    )


def test_modes_can_be_laid_over_the_usual_values(node: Node, made: Folders) -> None:
    """As the comment in the file says."""
    folder = made["two modes"]
    (folder / "use.scss").write_text(
        """\
@use "sass:map";
@use "tokens";

$dark: map.deep-merge(tokens.$tokens, map.get(tokens.$modes, "dark"));

.card {
  color: map.get($dark, "color", "text-default");
  border: map.get($dark, "border", "card");
  box-shadow: map.get($dark, "shadow", "raised");
  padding: map.get($dark, "spacing", "md");
  @include tokens.typography(map.get($dark, "typography", "button"));
}
"""
    )
    css = json.loads(node("sass.js", folder).stdout)[0]["css"]
    assert "  color: #ffffff;\n  border: 1px solid rgba(255, 255, 255, 0.1019607843);\n" in css
    assert "  box-shadow: 0px 1px 2px 0px rgba(255, 255, 255, 0.1019607843), 0px 4px 8px" in css
    assert '  padding: 16px;\n  font-family: "Inter", sans-serif;\n  font-size: 32px;\n' in css


BROKEN = {
    "a comment that ends": ("// The brand.\n", "// The\nbrand.\n"),
    "a variable before its definition": ("$color-blue-500: #2563eb;\n", ""),
    "an expression": ('"Inter"', '"#{"'),
    "a list where a key should end": ('"blue-500": $color-blue-500,', '"blue-500" $color-blue-500,'),
}


@pytest.mark.parametrize("name", BROKEN)
def test_it_refuses_what_is_broken(node: Node, made: Folders, tmp_path: Path, name: str) -> None:
    """So that being accepted means something."""
    before, after = BROKEN[name]
    text = (made["every type"] / "tokens.scss").read_text("utf-8")
    assert before in text
    (tmp_path / "tokens.scss").write_text(text.replace(before, after), encoding="utf-8")
    assert "Error" in node("sass.js", tmp_path).stderr
