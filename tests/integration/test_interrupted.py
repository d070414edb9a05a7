"""Signals, with real processes."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import copy_that_orch
from tests.reliability.kills import ENVIRONMENT, files_below, rows_of, safe_results

SCREEN = Path(copy_that_orch.__file__).parent / "demo_screens" / "kestrel" / "settings.png"
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")


def command(*arguments: str | Path) -> list[str]:
    """A run of `shots` to `out`, one format."""
    return [sys.executable, "-m", "copy_that_orch", "run", "--format", "css", *map(str, arguments)]


@pytest.fixture
def shots(tmp_path: Path) -> Path:
    """Six screens that differ in their bytes, so that each has results of its own."""
    folder = tmp_path / "shots"
    folder.mkdir()
    for number in range(6):
        (folder / f"{number}.png").write_bytes(SCREEN.read_bytes() + bytes([number]))
    return folder


def start(shots: Path, *arguments: str) -> subprocess.Popen[str]:
    """Start a run, and return it when its first screen has been extracted: something runs, and much is to be done."""
    out = shots.parent / "out"
    process = subprocess.Popen(
        command(shots, "--out", out, "--quiet", *arguments),
        env=ENVIRONMENT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    while process.poll() is None and not safe_results(out):
        time.sleep(0.02)
    return process


@pytest.mark.parametrize(("number", "grace"), [(signal.SIGINT, "30"), (signal.SIGTERM, "0")])
def test_the_first_signal_lets_what_runs_end(shots: Path, number: signal.Signals, grace: str) -> None:
    """Or cancels it, after --grace seconds. It says how to go on; then only the rest is done, to the same output."""
    process = start(shots, "--grace", grace)
    process.send_signal(number)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (128 + number, "")
    waiting, last = err.splitlines()
    assert waiting.startswith(f"copy_that_orch: {number.name}: waiting up to {grace} s for ")
    assert (
        last == f"copy_that_orch: {number.name}: 0 of 1 product written; run the same command again to go on from here"
    )
    known = rows_of(shots.parent / "out")
    assert known

    again = subprocess.run(
        command(shots, "--out", shots.parent / "out", "--json"),
        env=ENVIRONMENT, capture_output=True, text=True, timeout=120, check=True,
    )  # fmt: skip
    (product,) = json.loads(again.stdout)["products"]
    stored = [counts for stage, counts in product["calls"].items() if stage != "preprocess"]
    assert sum(counts.get("cached", 0) for counts in stored) == len(known)
    assert list(files_below(shots.parent / "out")) == ["tokens.css"]


def test_the_second_signal_ends_it_at_once(shots: Path) -> None:
    """Without a word more; nothing is half-written, and what was finished is kept."""
    process = start(shots, "--grace", "1000")
    process.send_signal(signal.SIGINT)
    assert process.stderr is not None
    assert "again stops at once" in process.stderr.readline()
    process.send_signal(signal.SIGTERM)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out, err) == (143, "", "")
    assert files_below(shots.parent / "out") == {}
    assert rows_of(shots.parent / "out")
