"""The TypeScript compiler takes our themes at its strictest, React takes their values, and nothing is lost."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from copy_that_orch.tokens.values import TokenType
from tests.consumers.conftest import HERE, Folders, Node, tokens_of
from tests.unit.tokens import samples

USE = """\
import type { CSSProperties } from "react";

import { type Theme, theme } from "./theme";

const exact: "#2563eb" = theme.color.blue[500];
const heading: CSSProperties = theme.typography.heading;

function Card({ theme }: { theme: Theme }) {
  return (
    <p
      style={{
        ...theme.typography.body,
        color: theme.color.accent,
        border: theme.border["drop-zone"],
        boxShadow: theme.shadow.card,
        backgroundImage: theme.gradient.hero,
        opacity: theme.opacity.disabled,
        padding: theme.spacing.md,
        lineHeight: theme["line-height"].normal,
        fontWeight: theme["font-weight"].bold,
      }}
    />
  );
}

export const page = [<Card theme={theme} />, <h1 style={heading}>{exact}</h1>];
"""

MODES = """\
import { type Theme, modes, theme } from "./theme";

const white: "#ffffff" = modes.dark.color.text.default;
const themes: Record<string, Theme> = { light: theme, ...modes };
export const colours = [white, themes["dark"]?.color.text.default];
"""


def compile_all(node: Node, top: Path, *files: Path) -> tuple[int, str]:
    """Return how `tsc` ended, and what it said."""
    project = json.loads((HERE / "tsconfig.json").read_text())
    (top / "tsconfig.json").write_text(json.dumps({**project, "files": [str(file) for file in files]}))
    done = node("tsc", "--project", top / "tsconfig.json")
    return done.returncode, done.stdout + done.stderr


def test_it_compiles_every_theme(node: Node, top: Path, sets: Folders, harmful: Path) -> None:
    """Strictly, whatever they hold."""
    files = [folder / "theme.ts" for folder in (*sets.values(), harmful)]
    assert compile_all(node, top, *files) == (0, "")


def test_react_takes_the_values(node: Node, top: Path, made: Folders) -> None:
    """For styles, typed to the last letter; and a component takes any mode."""
    use, modes = made["every type"] / "use.tsx", made["two modes"] / "use.tsx"
    use.write_text(USE)
    modes.write_text(MODES)
    assert compile_all(node, top, use, modes) == (0, "")


def test_themes_hold_what_the_tokens_do(node: Node, sets: Folders, subtests: pytest.Subtests) -> None:
    """Found by their paths."""
    done = node("themes.js", *sets.values())
    assert done.returncode == 0, done.stderr
    for (name, folder), module in zip(sets.items(), json.loads(done.stdout), strict=True):
        with subtests.test(name):
            tokens = tokens_of(folder / "tokens.json")
            assert tokens
            for path, token in tokens.items():
                value: Any = module["theme"]
                for key in path.split("."):
                    value = value[key]
                assert isinstance(value, dict) == (token["$type"] == "typography")
                if token["$type"] == "color" and isinstance(token["$value"], dict) and token["$value"]["alpha"] == 1:
                    assert value == token["$value"]["hex"]
            assert set(module.get("modes", {})) == ({"dark"} if (folder / "tokens.dark.json").exists() else set())


def test_texts_from_outside_are_read_as_they_are(node: Node, harmful: Path) -> None:
    """As keys, `__proto__` among them: nothing is evaluated, no comment ends, no prototype is set."""
    done = node("themes.js", harmful)
    assert done.returncode == 0, done.stderr
    (module,) = json.loads(done.stdout)
    for token in samples.ALL_HARMFUL:
        value: Any = module["theme"]
        for key in token.path:
            value = value[key]
        assert value == "#2563eb" if token.type is TokenType.COLOR else value.endswith(", serif")


BROKEN = {
    "a name in kebab-case without quotes": ('"drop-zone":', "drop-zone:"),
    "a comment that ends": ("/** The brand. */", "/** The */ brand. */"),
    "a text that ends": ('"\\"Courier New\\""', '""Courier New""'),
    "a mode that lacks a colour": ('default: "#ffffff"', 'other: "#ffffff"'),
    "a mode with a value of another type": ('default: "#ffffff"', "default: 255"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_it_refuses_what_is_broken(node: Node, top: Path, made: Folders, name: str) -> None:
    """So that being accepted means something."""
    before, after = BROKEN[name]
    text = (made["two modes"] / "theme.ts").read_text("utf-8")
    assert before in text
    file = top / "broken.ts"
    file.write_text(text.replace(before, after), encoding="utf-8")
    assert compile_all(node, top, file)[0] != 0


def test_it_refuses_what_is_not_in_the_theme(node: Node, top: Path, made: Folders) -> None:
    """The point of types."""
    file = made["every type"] / "wrong.ts"
    file.write_text('import { theme } from "./theme";\nexport const colour = theme.color.nothing;\n')
    code, said = compile_all(node, top, file)
    assert code != 0
    assert "nothing" in said
