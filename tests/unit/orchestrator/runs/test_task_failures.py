"""What failed in one task, and in which order it is told."""

from __future__ import annotations

import attrs

from copy_that_orch.orchestrator.errors import CallFailure
from copy_that_orch.orchestrator.runs.task_failures import TaskFailures


def failure(item: int, error: Exception | None = None) -> CallFailure:
    """The failure of a call on an item."""
    return CallFailure(
        task_id="shop",
        stage="s",
        agent="x",
        item=item,
        label=str(item),
        attempts=1,
        seconds=0.0,
        exception=error or ValueError(item),
    )


@attrs.frozen
class FrozenError(Exception):
    """Takes no notes."""


def test_failures_are_told_by_their_places_and_the_culprit_in_front() -> None:
    """By item, stage and agent, whatever order they came in; the first that ends the task stays to blame."""
    failures = TaskFailures()
    assert not failures
    assert failures.group("shop") is None
    placed = {(3, 0, 0): failure(3), (1, 1, 0): failure(1), (2, 0, 1): failure(2)}
    for place, one in placed.items():
        failures.note(one, place)
    assert failures
    assert failures.first_of(0) is placed[2, 0, 1]
    failures.blame(placed[3, 0, 0])
    failures.blame(placed[1, 1, 0])

    group = failures.group("shop")

    assert group is not None
    assert group.task_id == "shop"
    assert [one.item for one in group.failures] == [3, 1, 2]
    assert group.exceptions[0].__notes__ == [placed[3, 0, 0].note]


def test_an_exception_that_takes_no_notes_is_told_without() -> None:
    """It is a failure like any other."""
    failures = TaskFailures()
    error = FrozenError()
    failures.note(failure(0, error), (0, 0, 0))
    group = failures.group("shop")
    assert group is not None
    assert group.exceptions == (error,)
