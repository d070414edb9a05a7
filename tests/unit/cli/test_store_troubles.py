"""Stores that cannot be used cost no tokens: a line on stderr, and the run goes on; with real files and disks."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from copy_that_orch.cli.main import main
from copy_that_orch.cli.storing import STORE_NAME

MOUNTS = pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root may mount a small disk")


@pytest.fixture
def shop(fakes: Path) -> Path:
    """Forty screens, and fake agents, whose results are a line each."""
    folder = fakes / "shop"
    folder.mkdir()
    for number in range(40):
        (folder / f"{number:0200}.png").touch()
    return folder


@pytest.fixture
def disk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A disk of 64 kB."""
    folder = tmp_path_factory.mktemp("disk")
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(folder)]
    if subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("this root may not mount")
    yield folder
    subprocess.run(["umount", folder], check=True)


def complaints(capsys: pytest.CaptureFixture[str], store: Path | None, *more: str) -> list[str]:
    """Run with this store, check the tokens, and return what was said to be wrong."""
    shutil.rmtree("out", ignore_errors=True)
    options = [] if store is None else ["--store", str(store)]
    assert main(["run", "shop", "--out", "out", "--format", "css", *options, *more]) == 0
    assert Path("out/tokens.css").read_text() == "40 tokens\n"
    return [line for line in capsys.readouterr().err.splitlines() if line.startswith("copy_that_orch: ")]


def is_intact(path: Path) -> bool:
    """Whether SQLite finds nothing wrong with a file."""
    connection = sqlite3.connect(path)
    try:
        return connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    finally:
        connection.close()


def test_files_that_are_no_store_of_ours(shop: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Of a newer version, damaged, a folder: the line says what to do, and the file stays as it is."""
    assert complaints(capsys, tmp_path / "newer") == []
    connection = sqlite3.connect(tmp_path / "newer")
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    (tmp_path / "text").write_text("Dear diary, " * 1000)
    (tmp_path / "folder").mkdir()
    for name, said in (
        ("newer", "made by a newer version of this package (its version is 99, ours 1); upgrade, or give another path"),
        ("text", "damaged, or no store of results; give another path, or delete it if it is one"),
        ("folder", "a folder; give the path of a file"),
    ):
        before = (tmp_path / name).read_bytes() if name != "folder" else b""
        assert complaints(capsys, tmp_path / name) == [
            f"copy_that_orch: {tmp_path / name}: {said}; what was kept before is not used"
        ]
        assert name == "folder" or (tmp_path / name).read_bytes() == before


def test_where_no_file_can_be(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What is new is not kept."""
    Path("file").touch()
    (complaint,) = complaints(capsys, Path("file/store"))
    assert complaint.startswith("copy_that_orch: file/store: ")
    assert complaint.endswith("; what this run makes is not kept")


def test_a_limit_on_the_size_of_files(shop: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What fits is kept, and what is there is whole."""
    resource = pytest.importorskip("resource", reason="limits of POSIX")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    index_of_log = 32_768  # without this file beside it SQLite can neither read nor write
    resource.setrlimit(resource.RLIMIT_FSIZE, (index_of_log + 8_192, before[1]))
    try:
        (complaint,) = complaints(capsys, tmp_path / "store")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert complaint.startswith(f"copy_that_orch: {tmp_path / 'store'}: ")
    assert complaint.endswith("; what this run makes is not kept")
    assert is_intact(tmp_path / "store")


@MOUNTS
def test_a_store_on_a_full_disk(shop: Path, disk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The output, which is elsewhere, is complete; what fitted is used the next time."""
    for _ in range(2):
        assert complaints(capsys, disk / "store") == [
            f"copy_that_orch: {disk / 'store'}: the disk is full; make room; what this run makes is not kept"
        ]
    assert is_intact(disk / "store")


@MOUNTS
@pytest.mark.parametrize("room", [0, 4096])
def test_output_on_a_full_disk(shop: Path, disk: Path, capsys: pytest.CaptureFixture[str], room: int) -> None:
    """Whole files or none: the older one stays if the new one does not fit."""
    (disk / "tokens.css").write_text("old\n")
    (disk / "ballast").write_bytes(bytes(64 * 1024 - 4096 - room))
    code = main(["run", "shop", "--out", str(disk), "--format", "css"])
    written = (disk / "tokens.css").read_text()
    assert (code, written) in {(0, "40 tokens\n"), (1, "old\n"), (2, "old\n")}
    assert {path.name for path in disk.iterdir()} <= {"tokens.css", "ballast", STORE_NAME, f"{STORE_NAME}-wal"}
    assert "Traceback" not in capsys.readouterr().err


@MOUNTS
def test_a_store_on_a_disk_that_can_only_be_read(shop: Path, disk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What is kept there is used; what is new is not kept."""
    for path in sorted(shop.iterdir())[1:]:
        path.unlink()
    store = disk / "store"
    subprocess.run(["mount", "-o", "remount,size=8m", disk], check=True)
    assert main(["run", "shop", "--out", "out", "--store", str(store), "--quiet"]) == 0
    subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
    assert main(["run", "shop", "--out", "again", "--store", str(store)]) == 0
    err = capsys.readouterr().err
    assert "copy_that_orch: " not in err
    assert "stage preprocess: 1 call completed (1 known before)" in err
    (shop / "new.png").touch()
    assert main(["run", "shop", "--out", "again", "--store", str(store)]) == 0
    err = capsys.readouterr().err
    assert f"copy_that_orch: {store}: it can only be read; what this run makes is not kept\n" in err
    assert "stage preprocess: 2 calls completed (1 known before)" in err
