"""Results in one file: what is recorded is there the next time, and whatever is wrong with the file is one sentence."""

from __future__ import annotations

import gc
import logging
import os
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
import trio

from copy_that_orch import (
    ConfigurationError,
    PipelineCoordinator,
    PipelineTask,
    ResultKey,
    ResultStore,
    ResultStoreError,
    SQLiteResultStore,
    Stage,
    StoreFailed,
)
from copy_that_orch.orchestrator.store import database
from copy_that_orch.testing import FakeAgent, RecordingObserver, assert_nothing_held

KEY = ResultKey("item", "agent")


def threads() -> list[str]:
    """The names of the stores' threads that live."""
    return [thread.name for thread in threading.enumerate() if thread.name.startswith("results of ")]


def is_intact(path: Path) -> bool:
    """Whether SQLite finds nothing wrong with a file."""
    connection = sqlite3.connect(path)
    try:
        return list(connection.execute("PRAGMA integrity_check")) == [("ok",)]
    finally:
        connection.close()


async def test_what_is_recorded_is_there_next_time(tmp_path: Path) -> None:
    """For the same store and for the next one; by both parts of the key."""
    path = tmp_path / "below" / "store.sqlite"
    with SQLiteResultStore(path) as store:
        assert isinstance(store, ResultStore)
        assert await store.lookup(KEY) is None
        assert not path.exists()  # nothing to keep yet
        await store.record(KEY, ("a", 1.5))
        assert await store.lookup(KEY) == ("a", 1.5)
    assert [one.name for one in path.parent.iterdir()] == [path.name]  # no log is left beside it
    with SQLiteResultStore(str(path)) as store:
        assert await store.lookup(KEY) == ("a", 1.5)
        assert await store.lookup(ResultKey("item", "another")) is None
        assert await store.lookup(ResultKey("another", "agent")) is None
        await store.record(KEY, "newer")
        assert await store.lookup(KEY) == "newer"
        assert repr(store) == f"<SQLiteResultStore {str(path)!r}>"
        assert store.path == path
    assert is_intact(path)
    assert threads() == []


async def test_generations_and_fresh_starts(tmp_path: Path) -> None:
    """Results of other code are not found, nor are old ones by who wants none; new ones replace them."""
    path = tmp_path / "store"
    with SQLiteResultStore(path, generation="1") as store:
        await store.record(KEY, "one")
    with SQLiteResultStore(path, generation="2") as store:
        assert await store.lookup(KEY) is None
    with SQLiteResultStore(path, generation="1", fresh=True) as store:
        assert await store.lookup(KEY) is None
        await store.record(KEY, "two")
        assert await store.lookup(KEY) == "two"
    with SQLiteResultStore(path, generation="1") as store:
        assert await store.lookup(KEY) == "two"


async def test_many_at_once(tmp_path: Path) -> None:
    """Five hundred at once come through, each with its own."""
    with SQLiteResultStore(tmp_path / "store") as store:

        async def one(number: int) -> None:
            key = ResultKey(str(number), "agent")
            await store.record(key, number)
            assert await store.lookup(key) == number

        async with trio.open_nursery() as nursery:
            for number in range(500):
                nursery.start_soon(one, number)


async def test_cancelled_while_it_waits(tmp_path: Path) -> None:
    """Whoever waits can go at once, while the file is locked by somebody else; what was asked for is done later."""
    path = tmp_path / "store"
    with SQLiteResultStore(path) as store:
        await store.record(KEY, "old")
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with trio.move_on_after(0.05) as scope:
            await store.record(KEY, "new")
        assert scope.cancelled_caught
        other.execute("ROLLBACK")
        other.close()
    with SQLiteResultStore(path) as store:
        assert await store.lookup(KEY) == "new"


async def test_locked_for_too_long(tmp_path: Path) -> None:
    """Reading goes on; writing gives up after the timeout."""
    path = tmp_path / "store"
    with SQLiteResultStore(path, timeout=0.05) as store:
        await store.record(KEY, "old")
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(ResultStoreError, match="another process keeps it locked"):
            await store.record(KEY, "new")
        assert await store.lookup(KEY) == "old"
        other.execute("ROLLBACK")
        other.close()
        await store.record(KEY, "new")
    fresh = tmp_path / "fresh"
    other = sqlite3.connect(fresh, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    with SQLiteResultStore(fresh, timeout=0.05) as store, pytest.raises(ResultStoreError, match="keeps it locked"):
        await store.record(KEY, "new")
    other.close()
    with pytest.raises(ConfigurationError):
        SQLiteResultStore(fresh, timeout=0)


def test_a_store_outlives_its_trio_run(tmp_path: Path) -> None:
    """It may be used in one run after the other, also if a run ended while it was waiting."""
    path = tmp_path / "store"
    with SQLiteResultStore(path) as store:

        async def cancelled() -> None:
            with trio.move_on_after(0):
                await store.record(KEY, "kept")

        trio.run(cancelled)
        trio.run(store.record, ResultKey("another", "agent"), 1)
        assert trio.run(store.lookup, KEY) == "kept"
    assert trio.run(store.lookup, KEY) == "kept"  # opened again
    store.close()
    store.close()


def test_one_that_is_dropped_ends_its_thread(tmp_path: Path) -> None:
    """And loses nothing."""
    store = SQLiteResultStore(tmp_path / "store")
    trio.run(store.record, KEY, 1)
    (thread,) = [thread for thread in threading.enumerate() if thread.name == "results of store"]
    del store
    gc.collect()
    thread.join(timeout=10)
    assert not thread.is_alive()
    with SQLiteResultStore(tmp_path / "store") as again:
        assert trio.run(again.lookup, KEY) == 1


async def test_what_cannot_be_written_is_told_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Results of unknown classes are not kept; the others are."""
    with SQLiteResultStore(tmp_path / "store") as store, caplog.at_level(logging.WARNING):
        for number in range(3):
            await store.record(ResultKey(str(number), "agent"), object())
        await store.record(KEY, 1)
        assert await store.lookup(ResultKey("0", "agent")) is None
        assert await store.lookup(KEY) == 1
    assert [record.getMessage() for record in caplog.records] == [
        f"{store.path}: results of agent are not kept: a value of type object is of no class that the codec was told"
    ]


async def test_what_was_written_by_others_is_no_result(tmp_path: Path) -> None:
    """A value that the codec does not know is a miss and no error."""
    path = tmp_path / "store"
    with SQLiteResultStore(path) as store:
        await store.record(KEY, 1)
        with sqlite3.connect(path) as other:
            other.execute("UPDATE results SET value = ?", ('{"$": "os.system", "of": "true"}',))
        other.close()
        assert await store.lookup(KEY) is None


async def test_a_codec_that_breaks_costs_its_caller_only(tmp_path: Path) -> None:
    """What it raises comes out where it was asked for; the thread goes on."""

    class Broken:
        def encode(self, value: Any) -> str:
            raise ZeroDivisionError

        def decode(self, text: str) -> Any:
            raise ZeroDivisionError

    path = tmp_path / "store"
    with SQLiteResultStore(path) as store:
        await store.record(KEY, 1)
    with SQLiteResultStore(path, codec=Broken()) as store:  # type: ignore[arg-type]
        for _ in range(2):
            with pytest.raises(ZeroDivisionError):
                await store.record(KEY, 2)
            with pytest.raises(ZeroDivisionError):
                await store.lookup(KEY)


def content(path: Path) -> bytes | None:
    """What is in a file, if it is one."""
    return path.read_bytes() if path.is_file() else None


async def refused(path: Path, match: str, *, reading: bool = True) -> None:
    """Check that a file is refused with one sentence that names it, each time, and left as it is."""
    before = content(path)
    with SQLiteResultStore(path) as store:
        for _ in range(2):
            if reading:
                with pytest.raises(ResultStoreError, match=match) as raised:
                    await store.lookup(KEY)
                assert str(raised.value).startswith(f"{path}: ")
                assert "\n" not in str(raised.value)
            with pytest.raises(ResultStoreError, match=match):
                await store.record(KEY, 1)
    assert content(path) == before


async def test_files_that_are_no_store(tmp_path: Path) -> None:
    """A text, a database of somebody else, a folder, one of a newer version, a damaged one."""
    (tmp_path / "text").write_text("Dear diary, " * 100)
    await refused(tmp_path / "text", "damaged, or no store of results; give another path")

    with sqlite3.connect(tmp_path / "other") as other:
        other.execute("CREATE TABLE diary (entry TEXT)")
    other.close()
    await refused(tmp_path / "other", "a database, and no store of results")

    (tmp_path / "folder").mkdir()
    await refused(tmp_path / "folder", "a folder; give the path of a file")

    await refused(tmp_path / "text" / "below", "Not a directory|File exists", reading=False)

    newer = tmp_path / "newer"
    with SQLiteResultStore(newer) as store:
        await store.record(KEY, 1)
    damaged = tmp_path / "damaged"
    damaged.write_bytes(newer.read_bytes())
    with sqlite3.connect(newer) as other:
        other.execute("PRAGMA user_version = 99")
    other.close()
    await refused(newer, "made by a newer version")

    with damaged.open("r+b") as file:
        file.seek(4096)
        file.write(os.urandom(8192))
    await refused(damaged, "damaged, or no store of results; give another path")


async def test_an_older_file_is_brought_up_to_date(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Migrations run once, in order, and what was kept stays."""
    path = tmp_path / "store"
    with SQLiteResultStore(path) as store:
        await store.record(KEY, 1)
    monkeypatch.setattr(database, "MIGRATIONS", (*database.MIGRATIONS, "ALTER TABLE results ADD COLUMN note TEXT"))
    for _ in range(2):
        with SQLiteResultStore(path) as store:
            assert await store.lookup(KEY) == 1
    connection = sqlite3.connect(path)
    assert connection.execute("PRAGMA user_version").fetchone() == (2,)
    assert connection.execute("SELECT note FROM results").fetchall() == [(None,)]
    connection.close()


async def test_a_migration_that_fails_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is tried again the next time."""
    path = tmp_path / "store"
    with SQLiteResultStore(path) as store:
        await store.record(KEY, 1)
    migrations = database.MIGRATIONS
    broken = (*migrations, "ALTER TABLE results ADD COLUMN note TEXT", "nonsense")
    monkeypatch.setattr(database, "MIGRATIONS", broken)
    with SQLiteResultStore(path) as store, pytest.raises(ResultStoreError, match=r"cannot be used .*syntax"):
        await store.lookup(KEY)
    monkeypatch.setattr(database, "MIGRATIONS", migrations)
    with SQLiteResultStore(path) as store:
        assert await store.lookup(KEY) == 1


@pytest.mark.parametrize("mode", ["WAL", "DELETE"])
async def test_a_store_that_can_only_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: str) -> None:
    """It answers, and refuses to record. Permissions do not hold back every user, so SQLite is told not to write."""
    path = tmp_path / "store"
    with SQLiteResultStore(path) as store:
        await store.record(KEY, 1)
    with sqlite3.connect(path) as other:
        other.execute(f"PRAGMA journal_mode = {mode}")
    other.close()
    connect = sqlite3.connect
    monkeypatch.setattr(sqlite3, "connect", lambda url, **rest: connect(url.replace("mode=rwc", "mode=ro"), **rest))
    before = path.read_bytes()
    with SQLiteResultStore(path) as store:
        assert await store.lookup(KEY) == 1
        with pytest.raises(ResultStoreError, match="it can only be read"):
            await store.record(KEY, 2)
        assert await store.lookup(KEY) == 1
    assert path.read_bytes() == before
    monkeypatch.setattr(database, "MIGRATIONS", (*database.MIGRATIONS, "ALTER TABLE results ADD COLUMN note TEXT"))
    with SQLiteResultStore(path) as store, pytest.raises(ResultStoreError, match="can only be read"):
        await store.lookup(KEY)


async def test_a_full_disk(tmp_path: Path) -> None:
    """What fits is kept, the rest is refused, a run goes on without it, and the file stays whole."""
    resource = pytest.importorskip("resource", reason="limits of POSIX")
    path = tmp_path / "store"
    store, observer = SQLiteResultStore(path), RecordingObserver()
    agent = FakeAgent("a", "s", result=lambda item: str(item) * 20_000)
    coordinator = PipelineCoordinator([agent], stages=[Stage(name="s")], store=store, observers=[observer])
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, before[1]))
    try:
        result = await coordinator.execute(PipelineTask(task_id="t", items=range(10, 40)))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert len(result.outputs) == 30
    (event,) = observer.of(StoreFailed)
    assert event.operation == "record"
    assert event.error.startswith(f"{path}: ")
    assert_nothing_held(coordinator)
    store.close()
    assert is_intact(path)
    with SQLiteResultStore(path) as again:
        coordinator = PipelineCoordinator([agent], stages=[Stage(name="s")], store=again)
        repeated = await coordinator.execute(PipelineTask(task_id="t", items=range(10, 40)))
    assert repeated.outputs == result.outputs
    assert 0 < coordinator.statistics().cached["s"] < 30


def test_two_processes_on_one_store(tmp_path: Path) -> None:
    """Both make the file at once and write and read it together: nothing is lost, and nobody waits for ever."""
    program = """
import sys, trio
from copy_that_orch import ResultKey, SQLiteResultStore
async def main():
    with SQLiteResultStore(sys.argv[1]) as store:
        async def one(number):
            await store.record(ResultKey(str(number), sys.argv[2]), number)
            await store.lookup(ResultKey(str(number), "0"))
        async with trio.open_nursery() as nursery:
            for number in range(100):
                nursery.start_soon(one, number)
trio.run(main)
"""
    path = tmp_path / "store"
    processes = [
        subprocess.Popen([sys.executable, "-c", program, str(path), str(number)], stderr=subprocess.PIPE)
        for number in range(2)
    ]
    assert [process.communicate(timeout=60)[1] for process in processes] == [b""] * 2
    assert is_intact(path)
    with SQLiteResultStore(path) as store:
        for agent in "01":
            assert [trio.run(store.lookup, ResultKey(str(number), agent)) for number in (0, 50, 99)] == [0, 50, 99]
