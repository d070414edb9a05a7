"""How far work is."""

from __future__ import annotations

import pytest

from copy_that_orch import CallOutcome, CircuitState, PoolResized, StageStarted, TaskStatus
from copy_that_orch.cli.progress import Circuit, Progress
from tests.unit.cli.happenings import (
    ended,
    feed,
    opened,
    queued,
    retried,
    stage_ended,
    started,
    task_ended,
    task_started,
)


def numbers(progress: Progress) -> tuple[int, int, int, int, int]:
    """Waiting, running, completed, failed, cancelled calls of the stage."""
    row = progress.rows["extract"]
    return row.waiting, row.running, row.completed, row.failed, row.cancelled


@pytest.fixture
def progress() -> Progress:
    """Two stages of one product."""
    return Progress({"extract": 3, "generate": 1}, products=1)


def test_each_call_is_counted_where_it_is(progress: Progress) -> None:
    """It waits, runs and ends, in one of three ways."""
    assert progress.rows["extract"].state == "waiting"
    feed(progress, queued(0), queued(1), queued(2))
    assert numbers(progress) == (3, 0, 0, 0, 0)
    feed(progress, started(0), started(1), started(2))
    assert numbers(progress) == (0, 3, 0, 0, 0)
    feed(progress, ended(CallOutcome.COMPLETED, 0), ended(CallOutcome.FAILED, 1), ended(CallOutcome.CANCELLED, 2))
    assert numbers(progress) == (0, 0, 1, 1, 1)
    assert progress.rows["extract"].ended == 3


def test_calls_that_never_got_a_slot_end_too(progress: Progress) -> None:
    """A call that is rejected or cancelled while it waits is no more waiting."""
    feed(progress, queued(0), queued(1), ended(CallOutcome.REJECTED, 0), ended(CallOutcome.CANCELLED, 1))
    assert numbers(progress) == (0, 0, 0, 1, 1)


def test_a_repeated_attempt_is_no_failure(progress: Progress) -> None:
    """From its failure to its next start the call waits, once."""
    feed(progress, task_started(), queued(), started(), ended(CallOutcome.FAILED), retried())
    assert numbers(progress) == (1, 0, 0, 0, 0)
    feed(progress, queued(attempt=2))
    assert numbers(progress) == (1, 0, 0, 0, 0)
    feed(progress, started(attempt=2), ended(CallOutcome.COMPLETED, attempt=2))
    assert numbers(progress) == (0, 0, 1, 0, 0)


def test_a_call_that_is_cancelled_between_two_attempts_waits_no_more(progress: Progress) -> None:
    """Nothing tells of it but the end of its product."""
    feed(progress, task_started(), queued(), started(), ended(CallOutcome.FAILED), retried())
    feed(progress, task_ended(status=TaskStatus.FAILED))
    assert numbers(progress) == (0, 0, 0, 0, 1)


def test_a_stage_ends_when_all_products_are_through() -> None:
    """One product of two is not enough, and a failed product leaves all its stages."""
    progress = Progress({"extract": 2, "generate": 2}, products=2)
    feed(progress, task_started("one"), task_started("two"), queued(), stage_ended(task_id="one"))
    assert progress.rows["extract"].state == "running"
    feed(progress, started(), ended(CallOutcome.COMPLETED), stage_ended(task_id="two"))
    assert progress.rows["extract"].state == "completed"
    assert progress.rows["generate"].state == "waiting"
    feed(progress, stage_ended("generate", "one"), task_ended("one"), task_ended("two", TaskStatus.FAILED))
    assert progress.rows["generate"].state == "cancelled"  # there was nothing for it to do


def test_a_stage_with_failures_says_so(progress: Progress) -> None:
    """Also when most of it succeeded."""
    feed(progress, task_started(), queued(), ended(CallOutcome.REJECTED), stage_ended())
    assert progress.rows["extract"].state == "failed"


def test_other_events_change_nothing(progress: Progress) -> None:
    """An observer gets everything."""
    feed(
        progress, PoolResized(time=1, stage="extract", old=1, new=2), StageStarted(time=1, task_id="s", stage="extract")
    )
    assert numbers(progress) == (0, 0, 0, 0, 0)


def test_a_circuit_is_told_with_how_often_it_opened(progress: Progress) -> None:
    """A probe that fails opens it again."""
    feed(progress, opened(), opened(CircuitState.HALF_OPEN), opened(), opened(CircuitState.HALF_OPEN))
    assert progress.circuits == {"a": Circuit(state="half_open", since=2, times_opened=2)}
