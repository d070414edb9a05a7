"""SQLiteResultStore: results of finished calls in one file."""

from __future__ import annotations

import os
import weakref
from pathlib import Path
from typing import Any, Self, final

import trio

from copy_that_orch.orchestrator.checks import seconds
from copy_that_orch.orchestrator.errors import ResultStoreError
from copy_that_orch.orchestrator.result_store import ResultKey
from copy_that_orch.orchestrator.store.codec import JsonCodec
from copy_that_orch.orchestrator.store.database import Database
from copy_that_orch.orchestrator.store.worker import Job, Worker

__all__ = ["JsonCodec", "SQLiteResultStore"]


@final
class SQLiteResultStore:
    """A result store in one file, which several processes may use at once.

    The file is made when there is something to keep, its folder too. It is worked on in a thread of the store's own,
    and what is recorded at about the same time is written in one transaction. What `record` has returned for survives
    the end of the process at any instant. `close` it at the end, or use it as `with SQLiteResultStore(path) as store:`;
    one that is not closed loses nothing.

    Results are kept as JSON and not as pickles, which whoever can write the file could make run anything.

    Args:
      path: Of the file.
      codec: Writes results; None: plain values only. What it cannot write is not kept, and that is logged once.
      generation: Tells results of different code apart: only those of the same generation are found.
      fresh: Whether to act as if nothing were kept so far, and replace it.
      timeout: Seconds that another process may keep the file locked.

    Raises:
      ResultStoreError: by its functions, if the file cannot be used: damaged, locked, of a newer version, not a store.
        One that can only be read answers, and refuses to record.
    """

    __slots__ = ("__weakref__", "_codec", "_database", "_finalizer", "_fresh", "_generation", "_made", "_worker")

    def __init__(
        self,
        path: str | os.PathLike[str],
        *,
        codec: JsonCodec | None = None,
        generation: str = "",
        fresh: bool = False,
        timeout: float = 10.0,
    ) -> None:
        self._database = Database(Path(path), seconds("timeout", timeout))
        self._codec = JsonCodec() if codec is None else codec
        self._generation = generation
        self._fresh = fresh
        self._made: set[ResultKey] = set()
        self._worker: Worker | None = None
        self._finalizer: weakref.finalize[..., Any] | None = None

    @property
    def path(self) -> Path:
        """Of the file."""
        return self._database.path

    async def lookup(self, key: ResultKey, /) -> Any:
        """Return the result that is kept for `key`, else None.

        Raises:
          ResultStoreError: if the file cannot be used.
        """
        if self._fresh and key not in self._made:
            await trio.lowlevel.checkpoint()
            return None
        return await self._do(self._job(key, None, records=False))

    async def record(self, key: ResultKey, value: Any, /) -> None:
        """Keep `value`, in place of an older one, and return when it is safe. Cancelled, it may be kept or not.

        Raises:
          ResultStoreError: if the file cannot be used, or can only be read, or the disk is full.
        """
        await self._do(self._job(key, value, records=True))
        if self._fresh:
            self._made.add(key)

    def close(self) -> None:
        """Close the file, once everything that was asked for is done; a store that is used again opens it again."""
        worker, self._worker = self._worker, None
        if worker is not None and self._finalizer is not None:
            self._finalizer()
            worker.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<SQLiteResultStore {str(self.path)!r}>"

    def _job(self, key: ResultKey, value: Any, *, records: bool) -> Job:
        item, agent = key
        return Job(item, f"{agent} {self._generation}".rstrip(), value, records)

    async def _do(self, job: Job) -> Any:
        if self._worker is None:
            self._worker = Worker(self._database, self._codec)
            self._finalizer = weakref.finalize(self, self._worker.stop)
            self._finalizer.atexit = False
        self._worker.give(job)
        await job.done.wait()
        if isinstance(job.error, ResultStoreError):
            raise ResultStoreError(*job.error.args) from job.error.__cause__  # one that failed many raises for each
        if job.error is not None:
            raise job.error
        return job.value
