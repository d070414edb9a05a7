"""The thread that works on a store's file: what comes together is done together."""

from __future__ import annotations

import contextlib
import logging
import queue
import threading
from collections.abc import Sequence
from typing import Any, Final, final

import attrs
import trio

from copy_that_orch.orchestrator.store.codec import JsonCodec
from copy_that_orch.orchestrator.store.database import Database

_log = logging.getLogger(__name__)

_MOST: Final = 256
"""Jobs that are done together; more would make the first of them wait."""


@final
@attrs.define(eq=False)
class Job:
    """Something to be looked up, or to be recorded.

    Attributes:
      item, agent: The key.
      value: What is to be recorded; what was found.
      records: Whether it is to be recorded.
      error: Why it was not done.
      done: Is set when it has been, or was not.
    """

    item: str
    agent: str
    value: Any
    records: bool
    error: Exception | None = None
    done: trio.Event = attrs.field(factory=trio.Event)
    _token: trio.lowlevel.TrioToken = attrs.field(factory=trio.lowlevel.current_trio_token)

    def tell(self) -> None:
        """Set `done`, from another thread."""
        with contextlib.suppress(trio.RunFinishedError):  # whoever asked was cancelled, and its Trio run has ended
            self._token.run_sync_soon(self.done.set)


@final
class Worker:
    """A thread, from the first job to `stop`.

    It refers to its queue and not to the store, so that a store that was never closed can go, and the thread with it.
    """

    __slots__ = ("_jobs", "_thread")

    def __init__(self, database: Database, codec: JsonCodec) -> None:
        self._jobs: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._thread = threading.Thread(
            target=_work, args=(self._jobs, database, codec), name=f"results of {database.path.name}", daemon=True
        )
        self._thread.start()

    def give(self, job: Job) -> None:
        """Have `job` done."""
        self._jobs.put(job)

    def stop(self) -> None:
        """Have the thread end, when everything that it was given is done."""
        self._jobs.put(None)

    def join(self) -> None:
        """Wait until it has ended."""
        self._thread.join()


def _work(jobs: queue.SimpleQueue[Job | None], database: Database, codec: JsonCodec) -> None:
    strangers: set[str] = set()
    go_on = True
    while go_on:
        batch = [jobs.get()]
        while len(batch) < _MOST and not jobs.empty():
            batch.append(jobs.get())
        go_on = None not in batch
        given = [job for job in batch if job is not None]
        _find([job for job in given if not job.records], database, codec)  # first: these never wait for others' locks
        _keep([job for job in given if job.records], database, codec, strangers)
        del batch, given  # what was recorded must not live until the next job comes
    database.close()


def _find(jobs: Sequence[Job], database: Database, codec: JsonCodec) -> None:
    for job in jobs:
        try:
            text = database.find(job.item, job.agent)
            job.value = None if text is None else codec.decode(text)
        except ValueError:  # written by another version of its classes, or not by us: as if it were not there
            job.value = None
        except Exception as error:
            job.error = error
        job.tell()


def _keep(jobs: Sequence[Job], database: Database, codec: JsonCodec, strangers: set[str]) -> None:
    rows = []
    for job in jobs:
        try:
            rows.append((job.item, job.agent, codec.encode(job.value)))
        except TypeError as error:
            if str(error) not in strangers:
                strangers.add(str(error))
                _log.warning("%s: results of %s are not kept: %s", database.path, job.agent, error)
        except Exception as error:
            job.error = error
    if rows:
        try:
            database.keep(rows)
        except Exception as error:
            for job in jobs:
                job.error = error
    for job in jobs:
        job.tell()
