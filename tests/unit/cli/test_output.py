"""Writing: whole files or none."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

import copy_that_orch
from copy_that_orch.cli.output import check_writable, write_files
from copy_that_orch.orchestrator.errors import ConfigurationError, GenerationError


def test_files_are_written_as_utf_8_with_their_own_line_ends(tmp_path: Path) -> None:
    """Missing folders are made; the bytes are the same on every system."""
    folder = tmp_path / "out" / "shop"
    paths = write_files(folder, {"tokens.json": '{"é": 1}\n', "tokens.css": ":root {}\n"})
    assert paths == (folder / "tokens.json", folder / "tokens.css")
    assert paths[0].read_bytes() == b'{"\xc3\xa9": 1}\n'
    assert sorted(path.name for path in folder.iterdir()) == ["tokens.css", "tokens.json"]


def test_an_older_file_is_replaced(tmp_path: Path) -> None:
    """Other files of the folder are left alone."""
    (tmp_path / "tokens.css").write_text("old")
    (tmp_path / "mine.txt").write_text("mine")
    write_files(tmp_path, {"tokens.css": "new"})
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"tokens.css": "new", "mine.txt": "mine"}


def test_what_is_obsolete_goes_when_the_rest_is_there(tmp_path: Path) -> None:
    """Files only; what is not there need not go, and if the rest cannot be written it stays."""
    for name in ("tokens.json", "tokens.dark.json"):
        (tmp_path / name).write_text("old")
    (tmp_path / "figma.dark.json").mkdir()
    (tmp_path / "tokens.css").mkdir()
    obsolete = ["tokens.dark.json", "tokens.resolver.json", "figma.dark.json"]
    with pytest.raises(GenerationError):
        write_files(tmp_path, {"tokens.json": "new", "tokens.css": "new"}, obsolete)
    assert (tmp_path / "tokens.dark.json").read_text() == "old"
    write_files(tmp_path, {"tokens.json": "new"}, obsolete)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["figma.dark.json", "tokens.css", "tokens.json"]


def test_undecodable_file_names_in_a_text_are_escaped(tmp_path: Path) -> None:
    """They come from provenance, and must not lose the tokens."""
    (path,) = write_files(tmp_path, {"tokens.json": '"a\udcff"'})
    assert path.read_bytes() == rb'"a\udcff"'


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX permissions")
def test_files_get_the_permissions_that_the_user_asks_of_new_files(tmp_path: Path) -> None:
    """A temporary file's private mode would lock out colleagues and web servers."""
    before = os.umask(0o022)
    try:
        (path,) = write_files(tmp_path, {"tokens.css": ""})
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o644


def test_a_file_is_on_the_disk_before_it_takes_its_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A rename that outlives a crash without its bytes would leave an empty file."""
    happened: list[str] = []
    fsync, replace = os.fsync, Path.replace

    def note_fsync(file: int) -> None:
        happened.append(f"{os.fstat(file).st_size} bytes")
        fsync(file)

    def note_replace(path: Path, target: Path) -> Path:
        happened.append(target.name)
        return replace(path, target)

    monkeypatch.setattr(os, "fsync", note_fsync)
    monkeypatch.setattr(Path, "replace", note_replace)
    write_files(tmp_path, {"tokens.json": "{}\n", "tokens.css": ":root {}\n"})
    assert happened == ["3 bytes", "9 bytes", "tokens.json", "tokens.css"]


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
def test_a_process_that_is_killed_leaves_old_files_or_new_ones(tmp_path: Path) -> None:
    """Here between the first and the second file."""
    (tmp_path / "tokens.json").write_text("old")
    (tmp_path / "tokens.css").write_text("old")
    program = (
        "import os, signal, sys\n"
        "from pathlib import Path\n"
        "from copy_that_orch.cli.output import write_files\n"
        "replace = Path.replace\n"
        "def killed(path, target):\n"
        "    if target.name == 'tokens.css':\n"
        "        os.kill(os.getpid(), signal.SIGKILL)\n"
        "    return replace(path, target)\n"
        "Path.replace = killed\n"
        "write_files(Path(sys.argv[1]), {'tokens.json': 'new', 'tokens.css': 'new'})\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(Path(copy_that_orch.__file__).parents[1])}
    done = subprocess.run([sys.executable, "-c", program, tmp_path], env=environment, check=False)
    assert done.returncode == -signal.SIGKILL
    assert ((tmp_path / "tokens.json").read_text(), (tmp_path / "tokens.css").read_text()) == ("new", "old")


def test_if_one_file_fails_the_older_ones_stay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that is full at the second file leaves the folder as it was."""
    (tmp_path / "tokens.json").write_text("old")
    opened = Path.open

    def full(path: Path, mode: str = "r") -> object:
        if "tokens.css" in path.name:
            raise OSError(28, "No space left on device")
        return opened(path, mode)

    monkeypatch.setattr(Path, "open", full)
    with pytest.raises(GenerationError, match=r"tokens\.css: cannot be written \(No space left on device\)"):
        write_files(tmp_path, {"tokens.json": "new", "tokens.css": "new"})
    monkeypatch.undo()
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("tokens.json", "old")]


def test_a_folder_in_the_place_of_a_file_leaves_the_others_as_they_were(tmp_path: Path) -> None:
    """It cannot be replaced, and the file before it must not be when nothing is said to have been written."""
    (tmp_path / "tokens.json").write_text("old")
    (tmp_path / "tokens.css").mkdir()
    with pytest.raises(GenerationError, match=r"tokens\.css: cannot be written \(Is a directory\)"):
        write_files(tmp_path, {"tokens.json": "new", "tokens.css": "new"})
    assert (tmp_path / "tokens.json").read_text() == "old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["tokens.css", "tokens.json"]


def test_a_folder_that_is_a_file_is_an_error(tmp_path: Path) -> None:
    """Written to by mistake, the file survives."""
    (tmp_path / "out").write_text("a file")
    with pytest.raises(GenerationError, match="out: cannot be written"):
        write_files(tmp_path / "out", {"tokens.css": ""})
    assert (tmp_path / "out").read_text() == "a file"


def test_a_check_leaves_no_trace(tmp_path: Path) -> None:
    """Neither in a folder that is there, nor in the one above a folder that is not."""
    check_writable(tmp_path)
    check_writable(tmp_path / "not" / "yet" / "there")
    assert list(tmp_path.iterdir()) == []


def test_a_relative_folder_is_checked_in_the_current_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its nearest folder is the current one."""
    monkeypatch.chdir(tmp_path)
    check_writable(Path("out/shop"))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("below", ["", "deeper", "deeper/still"])
def test_a_folder_that_cannot_be_written_to_is_told_before_work_starts(tmp_path: Path, below: str) -> None:
    """Here because a file is in the way, which stops even an administrator."""
    (tmp_path / "file").touch()
    with pytest.raises(ConfigurationError, match="cannot be written to") as caught:
        check_writable(tmp_path / "file" / below)
    assert str(caught.value) == f"{tmp_path / 'file' / below}: cannot be written to (Not a directory)"


@pytest.mark.skipif(sys.platform == "win32", reason="there nobody can ask whether a process has ended")
def test_what_killed_processes_have_left_is_removed(tmp_path: Path) -> None:
    """Half-written files and probes; not those of processes that live, and nothing of the user's."""
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    gone = [tmp_path / f".copy_that_orch-{ended.pid}-1-tokens.css", tmp_path / f".copy_that_orch-{ended.pid}-2"]
    gone[0].touch()
    gone[1].mkdir()
    kept = {
        f".copy_that_orch-{os.getpid()}-1-tokens.css",  # ours
        ".copy_that_orch-1-1",  # perhaps another user's
        f".copy_that_orch-{10**30}-1",
        ".copy_that_orch-notes",
        ".copy-that-orch.sqlite",
        "tokens.css",
    }
    for name in kept:
        (tmp_path / name).touch()
    full = tmp_path / f".copy_that_orch-{ended.pid}-3"
    (full / "mine").mkdir(parents=True)
    check_writable(tmp_path / "missing")
    assert all(path.exists() for path in gone)
    check_writable(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {*kept, full.name}


def test_where_nobody_can_tell_nothing_is_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On Windows, to ask for a process is to end it."""
    monkeypatch.setattr(sys, "platform", "win32")
    (tmp_path / ".copy_that_orch-999999999-1").touch()
    check_writable(tmp_path)
    assert len(list(tmp_path.iterdir())) == 1
