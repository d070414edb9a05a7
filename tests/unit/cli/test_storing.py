"""The store of a run, and what is said of it."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from copy_that_orch import StoreFailed, TaskStarted
from copy_that_orch.cli.storing import STORE_NAME, StoreNotes, store_for


def test_it_is_beside_the_output_or_where_the_user_wants_it() -> None:
    """Nothing is opened for that."""
    assert store_for(Path("out"), None, fresh=False).path == Path("out", STORE_NAME)
    assert store_for(Path("out"), Path("there"), fresh=True).path == Path("there")


def test_what_is_wrong_with_it_is_a_line() -> None:
    """With what that costs; the same trouble is not told twice, and file names steer no terminal."""
    said: list[str] = []
    notes = StoreNotes(said.append)
    notes.on_event(TaskStarted(time=0, task_id="shop", items=1))
    for operation, error in (("lookup", "a\x1b: damaged"), ("record", "a\x1b: damaged"), ("record", "a: full")):
        notes.on_event(StoreFailed(time=0, operation=operation, error=error))
    assert said == [
        "copy_that_orch: a\\x1b: damaged; what was kept before is not used",
        "copy_that_orch: a: full; what this run makes is not kept",
    ]


def test_what_the_engine_logs_of_it_is_not_told_twice(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without a handler, a warning goes to standard error, beside our line."""
    monkeypatch.setattr(logging.getLogger(), "handlers", [])
    StoreNotes(print)
    logging.getLogger("copy_that_orch.orchestrator.runs.recall").warning("the store failed")
    logging.getLogger("copy_that_orch.orchestrator.runs.broadcast").warning("an observer failed")
    assert capsys.readouterr().err == "an observer failed\n"
