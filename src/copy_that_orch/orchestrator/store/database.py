"""The file of a result store: one SQLite database. Plain functions that may block; one thread at a time uses it."""

from __future__ import annotations

import contextlib
import sqlite3
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final, final

from copy_that_orch.orchestrator.errors import ResultStoreError

APPLICATION_ID: Final = 0x43746F31
"""Stands in the file's header and tells it from other SQLite databases: "Cto1"."""

MIGRATIONS: Final[Sequence[str]] = (
    """
    CREATE TABLE results (
      item TEXT NOT NULL,
      agent TEXT NOT NULL,
      value TEXT NOT NULL,
      recorded TEXT NOT NULL DEFAULT (datetime('now')),
      PRIMARY KEY (item, agent)
    )
    """,
)
"""Statement n makes a file of version n - 1 one of version n. Those that were published are never changed."""

_READ_ONLY: Final = "it can only be read"

Row = tuple[str, str, str]
"""Item, agent, value."""


@final
class Database:
    """The file at `path`; it is opened at first use, and made when there is something to keep.

    Args:
      path: Of the file.
      timeout: Seconds that another process may keep it locked.

    All functions raise `ResultStoreError`: one sentence that names the file.
    """

    __slots__ = ("_connection", "_read_only", "_timeout", "path")

    def __init__(self, path: Path, timeout: float) -> None:
        self.path = path
        self._timeout = timeout
        self._connection: sqlite3.Connection | None = None
        self._read_only = False

    def find(self, item: str, agent: str) -> str | None:
        """Return what is kept for these, if anything is."""
        with self._told():
            if self._connection is None and not self.path.exists():
                return None
            found = self._open().execute("SELECT value FROM results WHERE item = ? AND agent = ?", (item, agent))
            row = found.fetchone()
            return None if row is None else str(row[0])

    def keep(self, rows: Iterable[Row]) -> None:
        """Keep all of `rows`, in place of older ones, or none; when this returns they survive the process."""
        with self._told():
            if self._connection is None:
                self.path.parent.mkdir(parents=True, exist_ok=True)
            connection = self._open()
            if self._read_only:
                raise ResultStoreError(f"{self.path}: {_READ_ONLY}")
            with _transaction(connection, "IMMEDIATE"):  # one that reads first may find itself too late to write
                connection.executemany("INSERT OR REPLACE INTO results (item, agent, value) VALUES (?, ?, ?)", rows)

    def close(self) -> None:
        """Close the file; SQLite then folds its log into it."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with contextlib.suppress(sqlite3.Error):  # a full disk: the log stays beside it, and is read next time
                connection.close()

    def _open(self) -> sqlite3.Connection:
        if self._connection is None:
            if self.path.is_dir():
                raise ResultStoreError(f"{self.path}: a folder; give the path of a file")
            try:
                connection = self._connect("rwc")
                with _closed_if_it_fails(connection):
                    self._prepare(connection)
            except sqlite3.OperationalError as error:
                if not self.path.exists() or not _may_not_be_written(error):
                    raise
                connection = self._connect_to_read()
            self._connection = connection
        return self._connection

    def _connect(self, mode: str) -> sqlite3.Connection:
        return sqlite3.connect(
            f"{self.path.absolute().as_uri()}?mode={mode}",
            uri=True,
            timeout=self._timeout,
            isolation_level=None,  # transactions begin where we say so
            check_same_thread=False,  # one at a time is enough
        )

    def _connect_to_read(self) -> sqlite3.Connection:
        """Open a file that may not be written, so that nothing can be kept beside it while it is read either."""
        connection = self._connect("ro&immutable=1")
        with _closed_if_it_fails(connection):
            version = self._version(connection)
        if version != len(MIGRATIONS):
            connection.close()
            raise ResultStoreError(f"{self.path}: its version is an old one, and it can only be read")
        self._read_only = True
        return connection

    def _prepare(self, connection: sqlite3.Connection) -> None:
        """Bring the file to the newest version."""
        version = self._version(connection)
        self._write_ahead(connection)
        # In WAL mode this survives the end of the process at any instant; a power cut may take the last results.
        connection.execute("PRAGMA synchronous = NORMAL")
        if version < len(MIGRATIONS):
            with _transaction(connection, "IMMEDIATE"):
                for migration in MIGRATIONS[_numbers(connection)[1] :]:  # another process may have been quicker
                    connection.execute(migration)
                connection.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")
                connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")

    def _write_ahead(self, connection: sqlite3.Connection) -> None:
        """Have the file in WAL mode: readers and a writer then do not wait for each other."""
        deadline = time.monotonic() + self._timeout
        while connection.execute("PRAGMA journal_mode").fetchone() != ("wal",):
            try:
                connection.execute("PRAGMA journal_mode = WAL")
            except sqlite3.OperationalError as error:
                # Of two that do this at once, SQLite tells one at once, without waiting as it does elsewhere.
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                    raise
                time.sleep(0.01)
            else:
                return  # whatever mode it is now: some file systems do not take this one

    def _version(self, connection: sqlite3.Connection) -> int:
        with _transaction(connection, "DEFERRED"):  # all three of one instant: another process may be making the file
            application, version, tables = _numbers(connection)
        if application != APPLICATION_ID and (tables or version):
            raise ResultStoreError(f"{self.path}: a database, and no store of results; give another path")
        if version > len(MIGRATIONS):
            raise ResultStoreError(
                f"{self.path}: made by a newer version of this package (its version is {version}, ours "
                f"{len(MIGRATIONS)}); upgrade, or give another path"
            )
        return version

    @contextlib.contextmanager
    def _told(self) -> Iterator[None]:
        """Turn what SQLite and the system raise into one sentence."""
        try:
            yield
        except sqlite3.DatabaseError as error:
            raise ResultStoreError(f"{self.path}: {_trouble(error)}") from error
        except OSError as error:
            raise ResultStoreError(f"{self.path}: {error.strerror or error}") from error


def _numbers(connection: sqlite3.Connection) -> tuple[int, int, int]:
    """Return the file's application id, its version, and how many tables it has."""
    questions = ("PRAGMA application_id", "PRAGMA user_version", "SELECT count(*) FROM sqlite_master")
    application, version, tables = (int(connection.execute(question).fetchone()[0]) for question in questions)
    return application, version, tables


@contextlib.contextmanager
def _closed_if_it_fails(connection: sqlite3.Connection) -> Iterator[None]:
    try:
        yield
    except BaseException:
        connection.close()
        raise


@contextlib.contextmanager
def _transaction(connection: sqlite3.Connection, kind: str) -> Iterator[None]:
    """Do all of the block, or nothing."""
    connection.execute(f"BEGIN {kind}")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        with contextlib.suppress(sqlite3.Error):  # a full disk has rolled it back already
            connection.execute("ROLLBACK")
        raise


def _may_not_be_written(error: sqlite3.OperationalError) -> bool:
    return error.sqlite_errorcode & 0xFF in {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM}


def _trouble(error: sqlite3.DatabaseError) -> str:
    """Say what is wrong with the file, and what to do."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}:
        return "damaged, or no store of results; give another path, or delete it if it is one"
    if code == sqlite3.SQLITE_READONLY:
        return _READ_ONLY
    if code == sqlite3.SQLITE_FULL:
        return "the disk is full; make room"
    if code in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
        return "another process keeps it locked"
    if code == sqlite3.SQLITE_CANTOPEN:
        return "it cannot be opened; check the path and its permissions"
    return f"it cannot be used ({error})"
