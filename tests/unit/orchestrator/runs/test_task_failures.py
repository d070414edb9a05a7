"""What failed in one task, and in which order it is told."""

from __future__ import annotations

import attrs

from copy_that_orch.orchestrator.runs.task_failures import TaskFailures


@attrs.frozen
class FrozenError(Exception):
    """Takes no notes."""


def test_failures_are_told_by_their_places_and_the_culprit_in_front() -> None:
    """By item, stage and agent, whatever order they came in; the first that ends the task stays to blame."""
    failures = TaskFailures("shop")
    assert not failures
    assert failures.group() is None
    last, other, second = (
        failures.add_unread("s", position, index, ValueError(index)) for index, position in ((3, 0), (1, 1), (2, 0))
    )
    assert failures
    assert failures.first_of(0) is second
    failures.blame(last)
    failures.blame(other)

    group = failures.group()

    assert group is not None
    assert group.task_id == "shop"
    assert [one.item for one in group.failures] == [3, 1, 2]
    assert group.exceptions[0].__notes__ == [last.note]


def test_an_exception_that_takes_no_notes_is_told_without() -> None:
    """It is a failure like any other."""
    failures = TaskFailures("shop")
    error = FrozenError()
    failures.add_unread("s", 0, 0, error)
    group = failures.group()
    assert group is not None
    assert group.exceptions == (error,)
