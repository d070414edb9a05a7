"""Style Dictionary builds CSS from our Design Tokens files, and from those of Tokens Studio with its transforms."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.consumers.conftest import Folders, Node, tokens_of

PROPERTY = re.compile(r"^\s*--([\w-]+): (.*?);", re.MULTILINE)


def test_it_builds_css_with_our_values(node: Node, sets: Folders, subtests: pytest.Subtests) -> None:
    """A property for each token, and nothing that it could not write, but for gradients, which it cannot write yet."""
    for name, folder in sets.items():
        with subtests.test(name):
            done = node("style-dictionary.js", folder / "style-dictionary", folder / "tokens.json")
            assert done.returncode == 0, done.stderr
            built = dict(PROPERTY.findall((folder / "style-dictionary/tokens.css").read_text()))
            tokens = tokens_of(folder / "tokens.json")
            assert tokens
            assert set(built) == {path.replace(".", "-") for path in tokens}
            for path, token in tokens.items():
                value = built[path.replace(".", "-")]
                if token["$type"] != "gradient":  # style-dictionary/style-dictionary#1590
                    assert not re.search("object|undefined|NaN", value), path
                if token["$type"] == "color" and isinstance(token["$value"], dict) and token["$value"]["alpha"] == 1:
                    assert value == token["$value"]["hex"]


def test_a_mode_is_laid_over_the_usual_values(node: Node, sets: Folders, subtests: pytest.Subtests) -> None:
    """It has no resolver: both files, the later one wins."""
    for name, folder in sets.items():
        if (folder / "tokens.dark.json").exists():
            with subtests.test(name):
                done = node("style-dictionary.js", folder / "dark", folder / "tokens.json", folder / "tokens.dark.json")
                assert done.returncode == 0, done.stderr
    folder = sets["two modes"]
    text = (folder / "dark/tokens.css").read_text()
    assert "--color-text-default: var(--color-neutral-0);" in text
    assert "--color-blue-500: #2563eb;" in text


def test_transforms_of_tokens_studio_read_each_theme(node: Node, sets: Folders, subtests: pytest.Subtests) -> None:
    """Composites come apart into texts; nothing is lost or cannot be written."""
    for name, folder in sets.items():
        with subtests.test(name):
            done = node("tokens-studio.js", folder)
            assert done.returncode == 0, done.stderr
            tokens = tokens_of(folder / "tokens.json")
            document = json.loads((folder / "tokens-studio.json").read_text("utf-8"))
            for theme in [one["name"] for one in document["$themes"]] or ["default"]:
                built = dict(PROPERTY.findall((folder / f"tokens-studio/{theme}.css").read_text()))
                assert not [value for value in built.values() if re.search("object|undefined|NaN|[{}]", value)]
                for path in tokens:
                    joined = path.replace(".", "-")
                    assert any(one == joined or one.startswith(f"{joined}-") for one in built), path


def test_themes_are_modes(node: Node, made: Folders) -> None:
    """What is different in the dark one is, the rest is the same."""
    folder = made["two modes"]
    assert node("tokens-studio.js", folder).returncode == 0
    light, dark = (
        dict(PROPERTY.findall((folder / f"tokens-studio/{theme}.css").read_text())) for theme in ("light", "dark")
    )
    assert (light["color-text-default"], dark["color-text-default"]) == ("#0f172a", "#ffffff")
    assert light["color-blue-500"] == dark["color-blue-500"] == "#2563eb"
    assert (light["typography-body-line-height"], light["line-height-normal"]) == ("150%", "1.5")


@pytest.mark.parametrize("script", ["style-dictionary.js", "tokens-studio.js"])
def test_they_refuse_a_reference_to_nothing(node: Node, made: Folders, tmp_path: Path, script: str) -> None:
    """So that being accepted means something."""
    name = script.replace("style-dictionary.js", "tokens.json").replace("tokens-studio.js", "tokens-studio.json")
    text = (made["every type"] / name).read_text("utf-8").replace("{color.blue.500}", "{color.nothing}")
    (tmp_path / name).write_text(text, encoding="utf-8")
    arguments = [tmp_path, tmp_path / name] if name == "tokens.json" else [tmp_path]
    done = node(script, *arguments)
    assert done.returncode != 0
    assert "color.nothing" in done.stderr
