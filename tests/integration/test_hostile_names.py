"""Names that come from outside steer nothing: no terminal, no folder, no file that is written."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import copy_that_orch

PACKAGE = Path(copy_that_orch.__file__).parent
SCREEN = PACKAGE / "demo_screens" / "kestrel" / "settings.png"
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(PACKAGE.parent)}
STEERS = "\x1b[2J\x1b]0;owned\x07\r\u202e\x9b31m"
HOSTILE = f"{STEERS} </script><img src=x onerror=alert(1)> */ }} ${{x}} `#{{x}}'\"\\"


def steering(text: str) -> set[str]:
    """Return the characters of `text` that are neither text nor a line's end."""
    return {letter for letter in text if not letter.isprintable() and letter != "\n"}


def run(*arguments: str | Path, cwd: Path) -> subprocess.CompletedProcess[bytes]:
    """Run the command line."""
    command = [sys.executable, "-m", "copy_that_orch", *map(str, arguments)]
    return subprocess.run(command, cwd=cwd, env=ENVIRONMENT, capture_output=True, timeout=120, check=False)


@pytest.mark.skipif(sys.platform == "win32", reason="there no file can have such a name")
def test_a_name_steers_nothing(tmp_path: Path) -> None:
    """Of folder, image and broken image alike: what is printed and written holds no character that does anything."""
    folder = tmp_path / "shots" / HOSTILE.replace("/", "")
    folder.mkdir(parents=True)
    shutil.copy(SCREEN, folder / f"{HOSTILE.replace('/', '')}.png")
    (folder / f"broken{STEERS}.png").write_bytes(STEERS.encode())
    (folder / "not-text-\udcff.png").write_bytes(SCREEN.read_bytes()[:500])

    done = run("run", tmp_path / "shots", "--out", tmp_path / "out", cwd=tmp_path)

    assert done.returncode == 1  # two images are broken
    assert steering(done.stdout.decode()) == set()
    assert steering(done.stderr.decode()) == set()
    written = [path for path in (tmp_path / "out").rglob("*") if path.is_file() and not path.name.startswith(".")]
    assert any(path.name == "tokens.json" for path in written)
    for path in written:
        assert steering(path.read_bytes().decode("utf-8")) <= {"\t"}, path.name
        assert steering(str(path.relative_to(tmp_path))) == set()
        if not path.suffix.startswith(".json"):
            assert "<img src=x" not in path.read_text("utf-8"), path.name
    json.loads((tmp_path / "out" / "tokens.json").read_text("utf-8"))


def test_a_name_leads_nowhere_else(tmp_path: Path) -> None:
    """Products get folders below the one for the output, whatever theirs are called; nothing else is touched."""
    shots = tmp_path / "deep" / "shots"
    for name in ("...", "-..-", "CON", ".. ..", "a"):
        (shots / name).mkdir(parents=True)
        shutil.copy(SCREEN, shots / name)
    before = set(tmp_path.rglob("*"))

    done = run("run", *(shots / name for name in ("...", "-..-", "CON", ".. ..", "a")), "--out", "out", cwd=shots)

    assert done.returncode == 0, done.stderr
    new = set(tmp_path.rglob("*")) - before
    assert all(path.is_relative_to(shots / "out") for path in new)
    assert len({path.parent for path in new if path.name == "tokens.json"}) == 5
