"""`demo` as its users run it: a real process, on a terminal and without one."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import copy_that_orch
from copy_that_orch.timeline import without_timeline

PACKAGE = Path(copy_that_orch.__file__).parent
SCREENS = PACKAGE / "demo_screens"
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(PACKAGE.parent)}  # also if it is not installed


def run(*arguments: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run the command line to its end, without a terminal."""
    command = [sys.executable, "-m", "copy_that_orch", *map(str, arguments)]
    return subprocess.run(
        command, env=ENVIRONMENT, cwd=cwd, capture_output=True, text=True, encoding="utf-8", timeout=120, check=False
    )


def files(folder: Path) -> dict[str, str]:
    """All files of products below a folder, without the accounts of the run in reports."""
    return {
        path.relative_to(folder).as_posix(): without_timeline(path.read_bytes().decode("utf-8"))
        for path in folder.glob("*/*")
        if path.is_file()
    }


def test_without_a_terminal_the_demo_tells_its_story_in_plain_lines(tmp_path: Path) -> None:
    """No arguments, exit code 0, no control codes; the outage is called staged, and the tokens are those of `run`."""
    result = run("demo", cwd=tmp_path)
    assert result.returncode == 0
    assert "\x1b" not in result.stdout + result.stderr
    changes = re.findall(r"circuit of extract\.color: (\w+) -> (\w+)", result.stderr)
    assert changes[0] == ("closed", "open")
    assert changes[-1] == ("half_open", "closed")
    assert "Staged outage" in result.stderr
    assert "The outage of extract.color was staged" in result.stdout
    assert "7 of 7 screenshots came through, nothing was lost." in result.stdout

    plain = run("run", SCREENS, "--out", "plain", "--json", cwd=tmp_path)
    document = json.loads(plain.stdout)
    assert (plain.returncode, document["exit_code"], len(document["products"])) == (0, 0, 4)
    assert files(tmp_path / "copy-that-orch-demo") == files(tmp_path / "plain")


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
def test_on_a_terminal_the_demo_moves(tmp_path: Path) -> None:
    """A table that is redrawn in place, a circuit that opens and closes, and the cursor is given back."""
    import pty  # noqa: PLC0415 -- POSIX only

    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "copy_that_orch", "demo"],
        cwd=tmp_path,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env={**ENVIRONMENT, "TERM": "xterm-256color", "COLUMNS": "100", "LINES": "50"},
    )
    os.close(theirs)
    shown = bytearray()
    try:
        while data := os.read(ours, 65536):
            shown += data
    except OSError:  # how Linux tells that the other side is closed
        pass
    os.close(ours)
    assert process.wait(timeout=60) == 0
    text = shown.decode("utf-8")
    frames = text.split("copy_that_orch demo: 7 screenshots of 4 products")
    assert len(frames) > 10
    for state in ("● open", "● half-open", "● closed"):
        assert any(state in frame for frame in frames)
    assert text.count("\x1b[?25h") >= text.count("\x1b[?25l") >= 1
    assert "nothing was lost" in frames[-1]
