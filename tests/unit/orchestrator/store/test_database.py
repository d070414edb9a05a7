"""What cannot be brought about with a real file: locks at the wrong instant, and disks that are full."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest

from copy_that_orch.orchestrator.store import database


def trouble(code: int) -> sqlite3.OperationalError:
    """Return an error of SQLite's."""
    error = sqlite3.OperationalError("no more of this")
    error.sqlite_errorcode = code
    return error


class Connection:
    """A connection on which the journal's mode cannot be changed so many times."""

    def __init__(self, *errors: int) -> None:
        self.errors = list(errors)
        self.asked: list[str] = []

    def execute(self, statement: str) -> Any:
        """Do what the test wants."""
        self.asked.append(statement)
        if "=" in statement and self.errors:
            raise trouble(self.errors.pop(0))
        return self

    def fetchone(self) -> tuple[str]:
        """Say that the mode is another."""
        return ("delete",)


def test_the_mode_is_asked_for_until_it_is_given(tmp_path: Path) -> None:
    """Two that open a new file at once: one is told that it is busy, without being made to wait."""
    file = database.Database(tmp_path / "store", 5.0)
    connection: Any = Connection(sqlite3.SQLITE_BUSY, sqlite3.SQLITE_BUSY)
    file._write_ahead(connection)
    assert len(connection.asked) == 6
    for errors in ([sqlite3.SQLITE_FULL], [sqlite3.SQLITE_BUSY] * 2):
        file = database.Database(tmp_path / "store", 1e-9)
        connection = Connection(*errors)
        with pytest.raises(sqlite3.OperationalError):
            file._write_ahead(connection)


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (sqlite3.SQLITE_FULL, "the disk is full; make room"),
        (sqlite3.SQLITE_CANTOPEN, "it cannot be opened; check the path and its permissions"),
        (sqlite3.SQLITE_LOCKED, "another process keeps it locked"),
        (sqlite3.SQLITE_IOERR, "it cannot be used (no more of this)"),
    ],
)
def test_each_trouble_has_its_sentence(code: int, said: str) -> None:
    """It says what to do, where there is something to be done."""
    assert database._trouble(trouble(code)) == said
