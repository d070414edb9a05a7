"""`run` as its users run it: real processes, real screenshots, files that are not what they seem."""

from __future__ import annotations

import json
import os
import shutil
import struct
import subprocess
import sys
import zlib
from pathlib import Path

import pytest

import copy_that_orch
from copy_that_orch.timeline import without_timeline
from copy_that_orch.tokens.formats import FORMATS

PACKAGE = Path(copy_that_orch.__file__).parent
SCREENS = PACKAGE / "demo_screens"
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(PACKAGE.parent)}  # also if it is not installed


def command(*arguments: str | Path) -> list[str]:
    """The command line as a list."""
    return [sys.executable, "-m", "copy_that_orch", *map(str, arguments)]


def run(*arguments: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run it to its end, without a terminal."""
    return subprocess.run(
        command("run", *arguments),
        env=ENVIRONMENT,
        cwd=cwd,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )


def errors(result: subprocess.CompletedProcess[str]) -> list[str]:
    """What it says went wrong; there is never a traceback."""
    assert "Traceback" not in result.stderr
    prefix = "copy_that_orch: "
    return [line.removeprefix(prefix) for line in result.stderr.splitlines() if line.startswith(prefix)]


def made_of_screens(path: Path) -> str:
    """Return what a file holds but for the account of the run, whose times are never the same."""
    return without_timeline(path.read_bytes().decode("utf-8"))


def chunk(kind: bytes, body: bytes) -> bytes:
    """One chunk of a PNG."""
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png_bomb() -> bytes:
    """Some hundred bytes that say that they are 400 megapixels."""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 20_000, 20_000, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")


def test_each_folder_becomes_a_token_set(tmp_path: Path) -> None:
    """Files of each format that name what can be seen, on stdout what they come to; twice gives the same bytes."""
    result = run(SCREENS, "--out", "out", cwd=tmp_path)
    assert (result.returncode, errors(result)) == (0, [])
    written = {path.relative_to(tmp_path).as_posix() for path in tmp_path.glob("out/*/*")}
    names = {target.file_name for target in FORMATS.values()}
    assert written >= {
        f"out/{product.name}/{name}" for product in SCREENS.iterdir() if product.is_dir() for name in names
    }
    tokens = json.loads((tmp_path / "out/ledgerly/tokens.json").read_text("utf-8"))
    assert "#7a1fa2" in json.dumps(tokens["color"])  # the purple of all its buttons
    assert "--color-" in (tmp_path / "out/ledgerly/tokens.css").read_text("utf-8")
    assert "ledgerly  2 screenshots" in result.stdout
    assert "\x1b" not in result.stdout + result.stderr

    again = run(SCREENS, "--out", "again", "--quiet", "--concurrency", "extract=1", cwd=tmp_path)
    assert again.stdout.splitlines()[0] == str(Path("again/cobalt-labs/tokens.json"))
    for path in (tmp_path / "out").glob("*/*"):
        assert made_of_screens(path) == made_of_screens(tmp_path / "again" / path.relative_to(tmp_path / "out"))


BROKEN = {
    "text.png": b"Dear reader,\n",
    "empty.png": b"",
    "cut.png": (SCREENS / "kestrel" / "repository.png").read_bytes()[:20_000],
    "bomb.png": png_bomb(),
}


@pytest.mark.parametrize("name", BROKEN)
def test_one_broken_image_of_ten_leaves_the_tokens_of_nine(tmp_path: Path, name: str) -> None:
    """Exit code 1, and stderr says which and why."""
    shots = tmp_path / "shots"
    shots.mkdir()
    for number in range(9):
        shutil.copy(SCREENS / "kestrel" / "repository.png", shots / f"{number}.png")
    (shots / name).write_bytes(BROKEN[name])
    result = run("shots", "--out", "out", cwd=tmp_path)
    assert result.returncode == 1
    which, total = errors(result)
    assert which.startswith(f"{Path('shots') / name}: ")
    assert total == "1 of 10 screenshots failed, the tokens are those of the other 9"
    assert json.loads((tmp_path / "out/tokens.json").read_text("utf-8"))["color"]


def test_many_broken_images_never_cost_a_good_one(tmp_path: Path) -> None:
    """They say nothing of the agent's health, so no circuit opens and nobody waits."""
    shots = tmp_path / "shots"
    shots.mkdir()
    for number in range(12):
        (shots / f"{number}.png").write_bytes(b"no")
    shutil.copy(SCREENS / "kestrel" / "repository.png", shots / "good.png")
    result = run("shots", "--out", "out", "--concurrency", "preprocess=1", cwd=tmp_path)
    assert result.returncode == 1
    assert errors(result)[-1] == "12 of 13 screenshots failed, the tokens are those of the other 1"
    assert "circuit" not in result.stderr


def test_fail_fast_writes_nothing(tmp_path: Path) -> None:
    """One broken image ends its product; what was in the folder before stays."""
    shutil.copytree(SCREENS / "kestrel", tmp_path / "shots")
    (tmp_path / "shots" / "0.png").write_bytes(b"no")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "tokens.css").write_text("old")
    result = run("shots", "--out", "out", "--fail-fast", cwd=tmp_path)
    assert result.returncode == 1
    assert errors(result)[-1] == "1 of 3 screenshots failed, 2 were cancelled, nothing was written"
    assert (tmp_path / "out" / "tokens.css").read_text() == "old"
    assert sorted(path.name for path in (tmp_path / "out").glob("[!.]*")) == ["failed.jsonl", "tokens.css"]


def test_if_no_screenshot_is_left_nothing_is_written(tmp_path: Path) -> None:
    """Each is told, and JSON has the same."""
    for name, content in BROKEN.items():
        (tmp_path / name).write_bytes(content)
    result = run(*BROKEN, "--out", "out", "--json", cwd=tmp_path)
    assert result.returncode == 1
    assert len(errors(result)) == 5
    (product,) = json.loads(result.stdout)["products"]
    assert [failure["screenshot"] for failure in product["failures"]] == list(BROKEN)
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["failed.jsonl"]


def test_permissions_are_told(tmp_path: Path) -> None:
    """Of a screenshot, of a folder of screenshots, and of the output folder."""
    shutil.copytree(SCREENS / "kestrel", tmp_path / "shots")
    shut = tmp_path / "shots" / "settings.png"
    shut.chmod(0)
    if os.access(shut, os.R_OK):
        pytest.skip("this user may read and write everything")
    result = run("shots", "--out", "out", cwd=tmp_path)
    assert result.returncode == 1
    assert "may not be read" in errors(result)[0]
    (tmp_path / "shots").chmod(0)
    result = run("shots", "--out", "out", cwd=tmp_path)
    assert (result.returncode, errors(result)) == (2, ["shots: cannot be read (Permission denied)"])
    (tmp_path / "shots").chmod(0o700)
    (tmp_path / "shut").mkdir(mode=0o500)
    result = run("shots", "--out", "shut/out", cwd=tmp_path)
    assert (result.returncode, errors(result)) == (2, [f"{Path('shut/out')}: cannot be written to (Permission denied)"])


def test_wrong_commands_end_with_2(tmp_path: Path) -> None:
    """A missing path, an unknown format, an output folder that is a file: one line each. The unit tests have more."""
    (tmp_path / "file").touch()
    screens = str(SCREENS / "kestrel")
    for arguments in (
        ["missing", "--out", "out"],
        [screens, "--out", "out", "--format", "less"],
        [screens, "--out", "file"],
    ):
        result = run(*arguments, cwd=tmp_path)
        assert (result.returncode, result.stdout, len(errors(result))) == (2, "", 1)
        assert result.stderr.count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_without_the_extra_one_line_says_what_to_install(tmp_path: Path) -> None:
    """In a real process, with rich not to be found."""
    script = "import sys, runpy; sys.modules['rich'] = None; runpy.run_module('copy_that_orch', run_name='__main__')"
    result = subprocess.run(
        [sys.executable, "-c", script],
        env=ENVIRONMENT,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr == "copy_that_orch: not installed: rich; run: pip install 'copy_that_orch[images]'\n"
