"""What docs/how-to/use-the-tokens.md shows in other languages than Python works as it stands there."""

from __future__ import annotations

import json
import re
from pathlib import Path

import attrs
import pytest

from copy_that_orch.tokens.color import Color
from copy_that_orch.tokens.dimension import Dimension
from copy_that_orch.tokens.model import TokenSet
from tests.consumers.conftest import HERE, Node, write
from tests.unit.tokens.samples import EVERY_TYPE, token

PAGE = HERE.parents[1] / "docs" / "how-to" / "use-the-tokens.md"
BLACK, WHITE = Color(0, 0, 0), Color(1, 1, 1)


@pytest.fixture(scope="module")
def shown() -> dict[str, str]:
    """The snippets by language; of each language there is one."""
    found = re.findall(r"^```(\w+)\n(.*?)^```", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    css, tailwind = (text for language, text in found if language == "css")
    return {**dict(found), "css": css, "tailwind": tailwind}


@pytest.fixture(scope="module")
def here(top: Path) -> Path:
    """A folder with what `run` makes of a product whose tokens have the names of the page, in `tokens/` of it."""
    tokens = TokenSet(
        [
            *EVERY_TYPE,
            attrs.evolve(token("color.surface.default", WHITE), modes={"dark": BLACK}),
            token("color.text.muted", BLACK),
            token("radius.default", Dimension(4)),
            token("spacing.16", Dimension(16)),
        ]
    )
    (top / "how-to").mkdir()
    write(tokens, top / "how-to" / "tokens")
    return top / "how-to"


def test_terrazzo_builds_both_modes(node: Node, here: Path, shown: dict[str, str]) -> None:
    """With the configuration of the page."""
    (here / "terrazzo.config.js").write_text(shown["js"])
    (here / "package.json").write_text('{"type": "module"}')
    done = node("tz", "build", cwd=here)
    assert done.returncode == 0, done.stdout + done.stderr
    light, dark = (here / "build/tokens.css").read_text().split('[data-theme="dark"]')
    assert ":root {" in light
    assert "--color-surface-default: " in dark


def test_style_sheets_use_tokens_that_are_there(here: Path, shown: dict[str, str]) -> None:
    """Every `var()` names a property of the sheet that is imported."""
    there = set(re.findall(r"^  (--[\w-]+):", (here / "tokens/tokens.css").read_text("utf-8"), re.MULTILINE))
    used = set(re.findall(r"var\((--[\w-]+)\)", shown["css"]))
    assert used
    assert used <= there


def test_sass_compiles_its_snippet(node: Node, here: Path, shown: dict[str, str]) -> None:
    """The variable, the mixin, and a class for each distance."""
    (here / "tokens/use.scss").write_text(shown["scss"])
    (found,) = json.loads(node("sass.js", here / "tokens").stdout)
    assert '.card {\n  color: #0f172a;\n  font-family: "Inter", system-ui, sans-serif;\n' in found["css"]
    assert ".p-16 {\n  padding: 16px;\n}" in found["css"]


def test_the_component_compiles(node: Node, here: Path, shown: dict[str, str]) -> None:
    """As strictly as the themes."""
    (here / "tokens/card.tsx").write_text(shown["tsx"])
    project = json.loads((HERE / "tsconfig.json").read_text())
    (here / "tsconfig.json").write_text(json.dumps({**project, "files": ["tokens/card.tsx"]}))
    done = node("tsc", "--project", here)
    assert (done.returncode, done.stdout) == (0, "")


def test_tailwind_knows_the_classes_that_are_named(node: Node, here: Path, shown: dict[str, str]) -> None:
    """Those of the paragraph, with the two lines of the snippet."""
    paragraph = PAGE.read_text("utf-8").split("## Tailwind")[1].split("```")[0]
    classes = [word for word in re.findall(r"`([a-z0-9-]+)`", paragraph) if "-" in word and not word.startswith("--")]
    assert len(classes) > 4
    (here / "tokens/page.css").write_text(shown["tailwind"].replace('"tailwindcss"', '"tailwindcss" source("./page")'))
    (here / "tokens/page").mkdir()
    (here / "tokens/page/index.html").write_text(f'<p class="{" ".join(classes)}">')
    done = node("tailwindcss", "--input", here / "tokens/page.css", "--output", here / "tokens/built.css")
    assert done.returncode == 0, done.stderr
    built = (here / "tokens/built.css").read_text("utf-8")
    assert [one for one in classes if f"  .{one} {{\n" not in built] == []
