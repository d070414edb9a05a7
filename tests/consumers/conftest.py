"""What the tools from npm are run on: files of products, of every type, and of harmful texts.

They are not part of the plain tests: `nox -s consumers` installs what they need and runs them. With `--screens DIR`
they read what becomes of the products in DIR, too: a folder for each, with images in it or below it.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

import copy_that_orch
from copy_that_orch.tokens.formats import FORMATS
from copy_that_orch.tokens.model import TokenSet
from tests.unit.tokens import samples

HERE = Path(__file__).parent
MODULES = HERE / "node_modules"
PACKAGE = Path(copy_that_orch.__file__).parent

Folders = Mapping[str, Path]
Node = Callable[..., "subprocess.CompletedProcess[str]"]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Ask for more products."""
    parser.addoption("--screens", type=Path, help="a folder with one folder of screenshots for each product")


@pytest.fixture(scope="session")
def node(tmp_path_factory: pytest.TempPathFactory) -> Node:
    """Runs a script of this folder, or the program of a package, and returns how it ended."""
    if shutil.which("node") is None or not MODULES.is_dir():
        pytest.fail("these tests need node and what package.json lists; run them with: nox -s consumers")

    def run(
        program: str, *arguments: str | Path, cwd: Path = HERE, **environment: str | Path
    ) -> subprocess.CompletedProcess[str]:
        command = ["node", HERE / program] if program.endswith(".js") else [MODULES / ".bin" / program]
        return subprocess.run(
            [*command, *arguments],
            cwd=cwd,
            env={**os.environ, "NO_COLOR": "1", **{name: str(value) for name, value in environment.items()}},
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
        )

    return run


def write(tokens: TokenSet, folder: Path) -> Path:
    """Write a set in all formats, for tools that find their modules above it."""
    folder.mkdir()
    for target in FORMATS.values():
        for name, text in {target.file_name: target.write(tokens), **target.others(tokens)}.items():
            (folder / name).write_text(text, encoding="utf-8", newline="")
    return folder


@pytest.fixture(scope="session")
def top(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder below which the tools find each other."""
    folder = tmp_path_factory.mktemp("consumers")
    (folder / "node_modules").symlink_to(MODULES, target_is_directory=True)
    return folder


@pytest.fixture(scope="session")
def made(top: Path) -> Folders:
    """Sets with a token of each type, one with a dark mode."""
    return {
        "every type": write(samples.EVERY_TYPE, top / "every-type"),
        "two modes": write(samples.IN_TWO_MODES, top / "two-modes"),
    }


@pytest.fixture(scope="session")
def harmful(top: Path) -> Path:
    """A set with texts that mean harm in all places."""
    return write(samples.ALL_HARMFUL, top / "harmful")


@pytest.fixture(scope="session")
def products(top: Path, request: pytest.FixtureRequest) -> Folders:
    """What `run` makes of the screens that come with the package, and of those that are asked for."""
    demo = PACKAGE / "demo_screens"
    run_command(demo, top / "demo")
    found = {folder.name: top / "demo" / folder.name for folder in sorted(demo.iterdir()) if folder.is_dir()}
    given: Path | None = request.config.getoption("--screens")
    for source in sorted(path for path in (given.iterdir() if given else ()) if path.is_dir()):
        found[source.name] = top / f"product-{source.name}"
        screens = source / "screens"
        run_command(screens if screens.is_dir() else source, found[source.name], "--one-product")
    return found


def run_command(source: Path, out: Path, *options: str) -> None:
    """Make tokens of screens, as users do."""
    arguments = ["run", str(source), "--out", str(out), "--quiet", *options]
    command = [sys.executable, "-m", "copy_that_orch", *arguments]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


@pytest.fixture(scope="session")
def sets(made: Folders, products: Folders) -> Folders:
    """Those that users could have."""
    return {**made, **products}


def tokens_of(file: Path) -> dict[str, dict[str, Any]]:
    """The tokens of a JSON file of one of the formats, by dotted path."""
    found: dict[str, dict[str, Any]] = {}

    def collect(tree: dict[str, Any], path: tuple[str, ...]) -> None:
        for name, member in tree.items():
            if "$value" in member:
                found[".".join((*path, name))] = member
            elif not name.startswith("$"):
                collect(member, (*path, name))

    collect(json.loads(file.read_text("utf-8")), ())
    return found
