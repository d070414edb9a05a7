"""The result store of a run: where it is, and what is said when it cannot be used."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Final, final

from copy_that_orch.assembly import result_store
from copy_that_orch.cli.summary import Summary
from copy_that_orch.cli.wording import PREFIX, printable
from copy_that_orch.orchestrator.events import Event, StoreFailed
from copy_that_orch.orchestrator.runs import recall
from copy_that_orch.orchestrator.sqlite_store import SQLiteResultStore

STORE_NAME: Final = ".copy-that-orch.sqlite"
"""What the file is called, in the output folder unless the user wants it elsewhere."""

_NOWHERE: Final = logging.NullHandler()
_COSTS: Final = {"lookup": "what was kept before is not used", "record": "what this run makes is not kept"}


def store_for(out: Path, path: Path | None, *, fresh: bool) -> SQLiteResultStore:
    """Return the store of a run that writes to `out`: the file at `path`, or one beside the output."""
    return result_store(out / STORE_NAME if path is None else path, fresh=fresh, classes=[Summary])


@final
class StoreNotes:
    """An observer that says, in a line each, what is wrong with the store; the run goes on without."""

    def __init__(self, say: Callable[[str], None]) -> None:
        """Tell `say`."""
        logging.getLogger(recall.__name__).addHandler(_NOWHERE)  # what is logged there without one goes to stderr, too
        self._say = say
        self._said: set[str] = set()

    def on_event(self, event: Event, /) -> None:
        """Say it, if it is news: a file that is damaged can be neither read nor written."""
        if isinstance(event, StoreFailed) and event.error not in self._said:
            self._said.add(event.error)
            self._say(f"{PREFIX}{printable(event.error)}; {_COSTS[event.operation]}")
