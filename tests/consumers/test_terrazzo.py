"""Terrazzo checks our Design Tokens files with its recommended rules, and builds CSS from them."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from copy_that_orch.tokens.color import Color
from copy_that_orch.tokens.model import TokenSet
from tests.consumers.conftest import Folders, Node, tokens_of, write
from tests.unit.tokens import samples


def terrazzo(node: Node, command: str, file: Path, **environment: str) -> tuple[int, str]:
    """Return how `tz` ended, and what it said."""
    done = node("tz", command, "--config", "terrazzo.config.js", TOKENS=file, **environment)
    return done.returncode, done.stdout + done.stderr


def test_it_finds_nothing_wrong(node: Node, sets: Folders, subtests: pytest.Subtests) -> None:
    """And has nothing to warn of."""
    for name, folder in sets.items():
        with subtests.test(name):
            code, said = terrazzo(node, "check", folder / "tokens.json")
            assert (code, "warn" in said.lower()) == (0, False), said


def test_it_can_read_any_text(node: Node, top: Path) -> None:
    """Names could be better, it says, and no more.

    Its own limits: `#` in a reference, braces in the name of a font, and `__proto__`.
    """
    tokens = [one for one in samples.ALL_HARMFUL if not re.search("#|names=.*{|__proto__", f"{one.path} {one.value}")]
    code, said = terrazzo(node, "check", write(TokenSet(tokens), top / "harmful-names") / "tokens.json")
    assert code == 0, said
    assert set(re.findall(r"lint:(\S+):", said)) == {"core/consistent-naming", "lint"}


def test_it_builds_css_with_our_values(node: Node, sets: Folders, subtests: pytest.Subtests) -> None:
    """A property for each token; colours come through to the last digit."""
    for name, folder in sets.items():
        with subtests.test(name):
            code, said = terrazzo(node, "build", folder / "tokens.json")
            assert code == 0, said
            built = dict(
                re.findall(r"^\s*--([\w-]+): (.*);$", (folder / "terrazzo/tokens.css").read_text(), re.MULTILINE)
            )
            tokens = tokens_of(folder / "tokens.json")
            assert tokens
            for path, token in tokens.items():
                value = built[path.replace(".", "-")]
                if token["$type"] == "color" and isinstance(token["$value"], dict) and token["$value"]["alpha"] == 1:
                    assert Color.from_hex(value).hex == token["$value"]["hex"]
                elif token["$type"] == "dimension" and isinstance(token["$value"], dict):
                    assert value == f"{token['$value']['value']}{token['$value']['unit']}"


def test_it_puts_modes_together(node: Node, sets: Folders, subtests: pytest.Subtests) -> None:
    """From the resolver document: aliases across files, values of each mode."""
    for name, folder in sets.items():
        if (folder / "tokens.resolver.json").exists():
            with subtests.test(name):
                for command in ("check", "build"):
                    code, said = terrazzo(node, command, folder / "tokens.resolver.json", MODES="light dark")
                    assert (code, "warn" in said.lower()) == (0, False), said
    folder = sets["two modes"]
    light, dark = (folder / "terrazzo/tokens.css").read_text().split('[data-mode="dark"]')
    assert "--color-text-default: var(--color-neutral-900);" in light
    assert "--color-text-default: var(--color-neutral-0);" in dark
    assert "--color-blue-500: #2563eb;" in dark


BROKEN = {
    "a colour as text": ("#2563eb", "color"),
    "a length as text": ("8px", "dimension"),
    "a reference to nothing": ("{color.nothing}", "color"),
    "a reference to itself": ("{broken}", "color"),
    "a weight of no weight": ("fat", "fontWeight"),
    "a shadow without a colour": ({"offsetX": {"value": 0, "unit": "px"}}, "shadow"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_it_refuses_what_is_broken(node: Node, made: Folders, tmp_path: Path, name: str) -> None:
    """So that being accepted means something."""
    document = json.loads((made["every type"] / "tokens.json").read_text())
    value, token_type = BROKEN[name]
    (tmp_path / "tokens.json").write_text(json.dumps({**document, "broken": {"$type": token_type, "$value": value}}))
    assert terrazzo(node, "check", tmp_path / "tokens.json")[0] != 0
