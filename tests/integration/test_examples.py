"""The programs in examples/ run, as a user runs them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from PIL import Image, ImageDraw

EXAMPLES = Path(__file__).parents[2] / "examples"


def run(name: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run one example in a process of its own."""
    command = [sys.executable, str(EXAMPLES / name), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


def test_toy_agents_lose_one_item_and_no_more() -> None:
    """The batch goes on past the item that fails, and says which it was."""
    ran = run("toy_agents.py")

    assert ran.stdout.splitlines() == [
        "docs: completed, 12 words",
        "blog: partial, 4 words",
        "  fetch failed on blog/broken: blog/broken does not answer",
    ]
    assert (ran.returncode, ran.stderr) == (0, "")


def test_checksums_find_equal_files(tmp_path: Path) -> None:
    """Equal files are grouped; one that cannot be read costs its own checksum only."""
    for name, text in {"a.txt": "same", "b.txt": "other", "c.txt": "same"}.items():
        (tmp_path / name).write_text(text)
    files = [tmp_path / name for name in ("a.txt", "b.txt", "c.txt", "missing.txt")]

    ran = run("checksums.py", *files)

    assert ran.stdout.splitlines() == [f"equal: {files[0]}, {files[2]}", "4 files, 1 groups of equal ones"]
    assert ran.stderr.startswith("not read: missing.txt: ")
    assert ran.returncode == 1


def test_checksums_of_no_file_at_all(tmp_path: Path) -> None:
    """If none can be read, each is told; without any, how to give some."""
    ran = run("checksums.py", tmp_path / "missing.txt")
    assert ran.stdout == "1 files, 0 groups of equal ones\n"
    assert ran.stderr.count("\n") == 1
    assert ran.returncode == 1
    for name in ("checksums.py", "tokens_from_folder.py"):
        assert run(name).stderr.startswith(f"usage: {name} ")


def test_tokens_from_folder_writes_tokens(tmp_path: Path) -> None:
    """A folder of screenshots becomes a token file that holds the screenshots' colour."""
    shots = tmp_path / "shots"
    shots.mkdir()
    picture = Image.new("RGB", (400, 300), "#ffffff")
    ImageDraw.Draw(picture).rectangle((40, 40, 200, 120), fill="#2563eb")
    picture.save(shots / "one.png")
    (shots / "two.png").write_text("not a picture")

    ran = run("tokens_from_folder.py", shots, tmp_path / "out")

    assert "two.png" in ran.stderr
    assert ran.returncode == 1
    tokens = (tmp_path / "out" / "tokens.json").read_text()
    assert json.loads(tokens)
    assert "#2563eb" in tokens
    assert "#2563eb" in (tmp_path / "out" / "tokens.css").read_text()
