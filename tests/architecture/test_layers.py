"""Imports point one way, and importing the package costs little."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import copy_that_orch

PACKAGE = Path(copy_that_orch.__file__).parent
NAME = PACKAGE.name

LAYERS: dict[str, set[str]] = {
    "orchestrator": set(),
    "tokens": set(),
    "imaging": {"tokens"},
    "fetching": set(),
    "agents": {"orchestrator", "imaging", "tokens", "fetching"},
    "assembly": {"agents", "orchestrator", "tokens", NAME},
    "distributed": {"orchestrator", "tokens"},
    "cli": {"assembly", "fetching", "distributed", "orchestrator", "timeline", "tokens", NAME},
    "telemetry": {"orchestrator"},
    "timeline": {"orchestrator", "tokens"},
    "testing": {"orchestrator"},
    NAME: {"orchestrator"},
    "__main__": {"cli"},
}
"""What each part may import of ours, besides itself; the part named like the package is its `__init__`."""

LIBRARIES: dict[str, set[str]] = {
    "orchestrator": {"attrs", "trio"},
    "tokens": {"attrs", "coloraide", "jinja2", "numpy"},
    "imaging": {"attrs", "cv2", "numpy", "PIL"},
    "fetching": {"attrs", "httpx2", "trio"},
    "testing": {"attrs", "trio"},
    NAME: set(),
}
"""What some parts may import of others; a part that is not listed may import what its extra installs."""

NO_FILES = {"io", "os", "pathlib", "shutil", "tempfile"}
"""What the tokens do without: same input, same output."""


def imported(path: Path) -> Iterator[str]:
    """Yield the dotted names that a module imports, those for type checkers only and inside functions included."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: imports are absolute"
            yield node.module or ""


def part_of(path: Path) -> str:
    """Return the part of the package that a module belongs to."""
    first = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
    return NAME if first == "__init__" else first


MODULES = sorted(PACKAGE.rglob("*.py"))


def shown(path: Path) -> str:
    """Return a module's path inside the package."""
    return str(path.relative_to(PACKAGE))


@pytest.mark.parametrize("path", MODULES, ids=shown)
def test_imports_point_one_way(path: Path) -> None:
    """A module imports its own part and those below it, and nothing else of ours."""
    part = part_of(path)
    ours = {name.split(".")[1] if "." in name else NAME for name in imported(path) if name.split(".")[0] == NAME}
    assert ours - {part} <= LAYERS[part]


@pytest.mark.parametrize("path", [path for path in MODULES if part_of(path) in LIBRARIES], ids=shown)
def test_the_engine_and_the_tokens_stay_light(path: Path) -> None:
    """The engine needs trio and attrs, the tokens and pictures no Trio."""
    tops = {name.split(".")[0] for name in imported(path)}
    assert tops - sys.stdlib_module_names - {NAME} <= LIBRARIES[part_of(path)]


@pytest.mark.parametrize("path", [path for path in MODULES if part_of(path) == "tokens"], ids=shown)
def test_tokens_touch_no_files(path: Path) -> None:
    """They are values and arithmetic."""
    assert not {name.split(".")[0] for name in imported(path)} & NO_FILES


def test_importing_the_package_loads_trio_and_attrs_only() -> None:
    """In a fresh interpreter, after trio and attrs with what they need, it loads nothing more of anybody else."""
    program = (
        "import sys, attrs, trio\n"
        "before = set(sys.modules)\n"
        f"import {NAME}\n"
        "tops = {name.split('.')[0] for name in set(sys.modules) - before}\n"
        "print(*sorted(tops - sys.stdlib_module_names))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True, cwd=PACKAGE.parent
    )
    assert done.stdout.split() == [NAME]
