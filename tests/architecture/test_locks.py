"""What the checks install is pinned, with hashes, and is what pyproject.toml asks for."""

from __future__ import annotations

import ast
import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[2]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
NOXFILE = ast.parse((ROOT / "noxfile.py").read_text("utf-8"))  # not imported: nox is not there where tests run
GROUPS: dict[str, tuple[str, ...]] = next(
    ast.literal_eval(node.value)
    for node in NOXFILE.body
    if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "LOCKS"
)
LOCKS = {path.stem: path for path in (ROOT / "locks").glob("*.txt")}
PINNED = re.compile(
    r"(?P<name>[a-z0-9-]+)(?:\[[a-z0-9,-]+\])?==(?P<version>[^ ;]+)(?: ;[^\\]*)? \\\n"
    r"(?:(?: +--hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)"
)


def versions(lock: str) -> dict[str, set[str]]:
    """Return the pinned versions by name; more than one where they depend on the system."""
    found: dict[str, set[str]] = {}
    for entry in PINNED.finditer(LOCKS[lock].read_text("utf-8")):
        found.setdefault(entry["name"], set()).add(entry["version"])
    return found


def wanted(lock: str) -> list[Requirement]:
    """Return what the groups and extras of a lock ask for, as noxfile.py lists them."""
    texts: list[str] = []
    for group in GROUPS[lock]:
        if group != "package":
            texts += PYPROJECT["dependency-groups"][group]
            continue
        texts += PYPROJECT["project"]["dependencies"]
        extras = PYPROJECT["project"]["optional-dependencies"]
        (everything,) = (Requirement(text) for text in extras["all"])  # the checks install the extra `all`
        texts += [text for name in sorted(everything.extras) for text in extras[name]]
    return [Requirement(text) for text in texts]


def test_every_session_that_checks_has_a_lock() -> None:
    """And no lock is left over."""
    assert set(LOCKS) == set(GROUPS)


@pytest.mark.parametrize("lock", sorted(LOCKS))
def test_everything_is_pinned_with_hashes(lock: str) -> None:
    """Each line belongs to an entry with a version and hashes; no entry tells where it is from."""
    assert PINNED.sub("", LOCKS[lock].read_text("utf-8")) == ""


@pytest.mark.parametrize("lock", sorted(LOCKS))
def test_what_is_asked_for_is_locked(lock: str) -> None:
    """In a version that will do; `nox -s lock` mends it."""
    pinned = versions(lock)
    for requirement in wanted(lock):
        name = re.sub("[-_.]+", "-", requirement.name).lower()
        assert pinned.get(name), f"{name} is not in locks/{lock}.txt"
        assert all(requirement.specifier.contains(version) for version in pinned[name]), name


@pytest.mark.parametrize("lock", sorted(LOCKS))
def test_extras_are_pinned_too(lock: str) -> None:
    """`coverage[toml]`, which pytest-cov asks for: pip takes it for another requirement than `coverage`."""
    text = LOCKS[lock].read_text("utf-8")

    assert not re.search(r"^pytest-cov==", text, re.MULTILINE) or re.search(r"^coverage\[toml\]==", text, re.MULTILINE)
