"""Errors tell what happened, travel between processes, and keep who, where and on what."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from typing import Any

import pytest
import trio

from copy_that_orch import (
    AggregationError,
    AttemptTimeoutError,
    CallFailure,
    CircuitOpenError,
    ConfigurationError,
    ExtractionError,
    GenerationError,
    PipelineError,
    PipelineErrorGroup,
    PipelineResult,
    PoolClosedError,
    PreprocessingError,
    TaskStatus,
    ValidationError,
)

PLAIN = [
    PipelineError,
    ConfigurationError,
    PreprocessingError,
    ExtractionError,
    AggregationError,
    ValidationError,
    GenerationError,
    AttemptTimeoutError,
    PoolClosedError,
]

ERRORS = [
    *(kind("a.png: not an image") for kind in PLAIN),
    CircuitOpenError("api", 2.5, "ConnectionError: refused"),
    CircuitOpenError("api"),
]


def pickled(error: Any) -> Any:
    """Return what another process gets."""
    return pickle.loads(pickle.dumps(error))


@pytest.mark.parametrize("through", [pickled, copy.copy, copy.deepcopy])
@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_every_error_travels(error: PipelineError, through: Callable[[Any], Any]) -> None:
    """Its type, its text, its fields and its notes arrive."""
    error.add_note("on item 3")
    arrived = through(error)
    assert type(arrived) is type(error)
    assert str(arrived) == str(error)
    assert vars(arrived) == vars(error)
    assert arrived.args == error.args
    assert arrived.__notes__[-1] == "on item 3"


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_every_error_is_a_pipeline_error(error: PipelineError) -> None:
    """One `except` catches what is raised on purpose; errors compare by identity and can be put into sets."""
    assert isinstance(error, PipelineError)
    assert len({error, copy.copy(error)}) == 2


def test_a_timeout_is_also_trios() -> None:
    """Code that knows Trio only catches it as `trio.TooSlowError`."""
    assert isinstance(AttemptTimeoutError("too slow"), trio.TooSlowError)


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (
            CircuitOpenError("api", 2.5, "ConnectionError: refused"),
            "circuit 'api' is open after ConnectionError: refused; retry in 2.5 s",
        ),
        (CircuitOpenError("api", 0.0), "circuit 'api' is open; retry in 0.0 s"),
        (CircuitOpenError("api", None, "503"), "circuit 'api' is open after 503; wait for its probe or a reset"),
    ],
)
def test_an_open_circuit_makes_its_own_sentence(error: CircuitOpenError, sentence: str) -> None:
    """What happened, why, and when to come back."""
    assert str(error) == sentence


def failure(exception: Exception, item: int = 0, agent: str = "extract.color", **values: Any) -> CallFailure:
    """Return a failure of the task "shop"."""
    known = {"task_id": "shop", "stage": "extract", "label": f"{item}.png", "attempts": 2, "seconds": 1.5}
    return CallFailure(agent=agent, item=item, exception=exception, **{**known, **values})


def test_a_note_says_who_where_and_on_what() -> None:
    """In one line; an agent that was never called took no attempt."""
    error = ExtractionError("no pixels")
    assert failure(error).note == (
        "task 'shop', stage 'extract', agent 'extract.color', item 0 (0.png), attempt 2, 1.5 s"
    )
    assert failure(error, attempts=0, seconds=0.0).note.endswith("item 0 (0.png), never called")


@pytest.fixture
def errors() -> list[Exception]:
    """Return what the agents of one task raised."""
    return [ExtractionError("no pixels"), ValueError("bad answer"), ConnectionError("refused")]


@pytest.fixture
def group(errors: list[Exception]) -> PipelineErrorGroup:
    """Return the group of that task."""
    return PipelineErrorGroup.of_task("shop", [failure(error, item) for item, error in enumerate(errors)])


@pytest.fixture
def batch(group: PipelineErrorGroup) -> PipelineErrorGroup:
    """Return the group of a batch with that task, another failed one, and one that was finished."""
    other = PipelineErrorGroup.of_task("bank", [failure(ValueError("other"), 7, task_id="bank", stage="validate")])
    finished = PipelineResult(
        task_id="news", status=TaskStatus.COMPLETED, outputs=(1, 2), error=None, started=0.0, ended=1.0, stages={}
    )
    return PipelineErrorGroup.of_batch([group, other], [finished])


def items_of(group: BaseExceptionGroup[Any] | None) -> list[int]:
    """Return the items of a group's failures."""
    assert isinstance(group, PipelineErrorGroup)
    return [one.item for one in group.failures]


def test_the_group_of_a_task(group: PipelineErrorGroup, errors: list[Exception]) -> None:
    """Its leaves are what the agents raised, its stage is that of the first."""
    assert str(group) == "task 'shop': 3 calls failed in stage 'extract' (3 sub-exceptions)"
    assert all(leaf is error for leaf, error in zip(group.exceptions, errors, strict=True))
    assert (group.task_id, group.stage, group.results) == ("shop", "extract", ())
    one = PipelineErrorGroup.of_task("shop", [failure(errors[0])])
    assert str(one) == "task 'shop': 1 call failed in stage 'extract' (1 sub-exception)"


def test_the_group_of_a_batch(batch: PipelineErrorGroup, group: PipelineErrorGroup) -> None:
    """It holds one group per task, all their failures, and what was finished."""
    assert str(batch) == "2 tasks failed (2 sub-exceptions)"
    assert str(PipelineErrorGroup.of_batch([group])) == "1 task failed (1 sub-exception)"
    assert batch.exceptions[0] is group
    assert (batch.task_id, batch.stage) == (None, None)
    assert [(one.task_id, one.item) for one in batch.failures] == [("shop", 0), ("shop", 1), ("shop", 2), ("bank", 7)]
    assert [result.task_id for result in batch.results] == ["news"]


def test_split_and_subgroup_keep_what_belongs_to_the_leaves(group: PipelineErrorGroup, errors: list[Exception]) -> None:
    """Each half has the task, the stage and its own failures; notes stay."""
    group.add_note("of the demo")
    matching, rest = group.split(ValueError)
    assert isinstance(matching, PipelineErrorGroup)
    assert isinstance(rest, PipelineErrorGroup)
    assert (items_of(matching), items_of(rest)) == ([1], [0, 2])
    assert matching.exceptions[0] is errors[1]
    assert (matching.task_id, rest.task_id, matching.stage) == ("shop", "shop", "extract")
    assert matching.__notes__ == rest.__notes__ == ["of the demo"]
    assert items_of(group.subgroup(lambda error: error in errors[:2])) == [0, 1]
    assert group.subgroup(KeyError) is None


def test_split_goes_through_the_groups_of_a_batch(batch: PipelineErrorGroup) -> None:
    """The shape stays: a group per task, each with what is left of it; results go with both halves."""
    matching, rest = batch.split(ValueError)
    assert isinstance(matching, PipelineErrorGroup)
    assert isinstance(rest, PipelineErrorGroup)
    assert (items_of(matching), items_of(rest)) == ([1, 7], [0, 2])
    assert [(one.task_id, items_of(one)) for one in matching.exceptions if isinstance(one, PipelineErrorGroup)] == [
        ("shop", [1]),
        ("bank", [7]),
    ]
    assert matching.results == rest.results == batch.results


def test_a_group_that_an_agent_raised_keeps_its_failure_in_both_halves() -> None:
    """An agent's own nursery makes a group: taken apart, each part still tells whose it is."""
    raised = ExceptionGroup("two requests", [ValueError("bad answer"), ConnectionError("refused")])
    group = PipelineErrorGroup.of_task("shop", [failure(raised, 0), failure(KeyError("other"), 1)])
    matching, rest = group.split(ValueError)
    assert (items_of(matching), items_of(rest)) == ([0], [0, 1])
    assert items_of(group.subgroup(KeyError)) == [1]
    assert group.failures[0].exception is raised


def test_one_object_raised_twice_is_two_failures() -> None:
    """An agent that raises the same object for two items has failed on both."""
    error = ValueError("always the same")
    group = PipelineErrorGroup.of_task("shop", [failure(error, 0), failure(error, 1)])
    assert items_of(group.subgroup(ValueError)) == [0, 1]


def test_except_star_hands_out_the_parts(batch: PipelineErrorGroup) -> None:
    """Users pick what they know; what they do not goes on, with its failures."""
    seen: list[list[int]] = []

    def pick() -> None:
        try:
            raise batch
        except* ExtractionError as known:
            seen.append(items_of(known))
        except* ValueError as known:
            seen.append(items_of(known))

    with pytest.raises(PipelineErrorGroup) as rest:
        pick()
    assert seen == [[0], [1, 7]]
    assert items_of(rest.value) == [2]
    assert rest.value.exceptions[0].args[0] == "task 'shop': 3 calls failed in stage 'extract'"


def test_a_group_travels_whole(batch: PipelineErrorGroup) -> None:
    """Shape, failures, results and notes arrive, and a failure's exception still is the leaf, the same object."""
    batch.exceptions[0].add_note("of the demo")
    arrived = pickled(batch)
    assert repr(arrived) == repr(batch)
    assert [one.note for one in arrived.failures] == [one.note for one in batch.failures]
    shop = arrived.exceptions[0]
    assert all(one.exception is leaf for one, leaf in zip(shop.failures, shop.exceptions, strict=True))
    assert arrived.failures[0].exception is shop.exceptions[0]
    assert shop.__notes__ == ["of the demo"]
    assert (shop.task_id, shop.stage) == ("shop", "extract")
    assert arrived.results == batch.results
    assert items_of(arrived.subgroup(ValueError)) == [1, 7]
