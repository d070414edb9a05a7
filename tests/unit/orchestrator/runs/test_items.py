"""Items that misbehave when they are read or named: a failure of theirs, and of nobody else."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Sequence
from typing import Any

import pytest
from trio.testing import MockClock

from copy_that_orch import (
    AgentPool,
    FailurePolicy,
    PipelineCoordinator,
    PipelineErrorGroup,
    PipelineTask,
    Stage,
    TaskStarted,
)
from copy_that_orch.testing import FakeAgent, RecordingObserver, assert_nothing_held


class Torn(Sequence[int]):
    """Numbers, some of which are not there."""

    def __init__(self, count: int, *missing: int) -> None:
        self.length = count
        self.missing = missing

    def __len__(self) -> int:
        return self.length

    def __getitem__(self, index: Any) -> Any:
        if index in self.missing:
            raise OSError(f"{index} is torn")
        if index >= self.length:
            raise IndexError(index)
        return index


class Endless(Torn):
    """Does not know how many it has."""

    def __len__(self) -> int:
        raise OverflowError("who knows")


def coordinator(policy: FailurePolicy, *, gather: bool = False, **settings: Any) -> PipelineCoordinator:
    """Return one of one stage and one agent."""
    agent = FakeAgent("x", "s", latency=1.0, cleanup=3.0)
    stages = [Stage(name="s", on_failure=policy, gather=gather)]
    return PipelineCoordinator([agent], stages=stages, pool=AgentPool({"s": 2}), **settings)


@pytest.mark.parametrize("policy", [FailurePolicy.COLLECT, FailurePolicy.ISOLATE])
async def test_an_item_that_cannot_be_read_is_left_out(autojump_clock: MockClock, policy: FailurePolicy) -> None:
    """The others go on; what it raised is in `error`, with its place."""
    pipeline = coordinator(policy)
    result = await pipeline.execute(PipelineTask(task_id="t", items=Torn(5, 0, 3)))

    assert result.status == "partial"
    assert result.outputs == (1, 2, 4)
    assert result.error is not None
    assert [str(error) for error in result.error.exceptions] == ["0 is torn", "3 is torn"]
    failure = result.error.failures[1]
    assert (failure.stage, failure.agent, failure.item, failure.attempts) == ("s", "", 3, 0)
    assert failure.exception.__notes__ == ["task 't', stage 's', item 3 could not be read"]
    assert result.stages == {"s": {"completed": 3}}
    assert_nothing_held(pipeline)


async def test_under_cancel_it_fails_its_task_and_no_other(autojump_clock: MockClock) -> None:
    """The calls of its task are cancelled, cleanup included, and the rest of the batch goes on."""
    pipeline = coordinator(FailurePolicy.CANCEL)
    whole, torn = await pipeline.execute_batch(
        [PipelineTask(task_id="whole", items=[7, 8, 9]), PipelineTask(task_id="torn", items=Torn(9, 2))]
    )

    assert (whole.status, whole.outputs) == ("completed", (7, 8, 9))
    assert (torn.status, torn.outputs) == ("failed", ())
    assert torn.error is not None
    assert [type(error) for error in torn.error.exceptions] == [OSError]
    assert_nothing_held(pipeline)


@pytest.mark.parametrize("policy", list(FailurePolicy))
@pytest.mark.parametrize(
    ("items", "gather", "raised"),
    [(Torn(2, 0, 1), False, OSError), (Torn(3, 1), True, OSError), (Endless(3), False, OverflowError)],
)
async def test_a_task_without_a_readable_item_fails(
    autojump_clock: MockClock, policy: FailurePolicy, items: Torn, gather: bool, raised: type[Exception]
) -> None:
    """Whatever the policy: nothing of the stage succeeded."""
    observer = RecordingObserver()
    pipeline = coordinator(policy, gather=gather, observers=[observer])
    with pytest.raises(PipelineErrorGroup) as caught:
        await pipeline.execute(PipelineTask(task_id="t", items=items))

    assert {type(error) for error in caught.value.exceptions} == {raised}
    assert caught.value.stage == "s"
    assert len(observer.of(TaskStarted)) == 1
    assert_nothing_held(pipeline)


async def test_also_where_no_agent_would_read_it(autojump_clock: MockClock) -> None:
    """Without agents the items are the outputs; a sequence that raises fails its task then."""
    with pytest.raises(PipelineErrorGroup) as caught:
        await PipelineCoordinator([]).execute(PipelineTask(task_id="t", items=Torn(3, 1)))
    assert [str(error) for error in caught.value.exceptions] == ["1 is torn"]
    assert caught.value.stage == ""


async def test_it_leaves_no_garbage(autojump_clock: MockClock) -> None:
    """What a sequence raised holds the task no longer than the result is held."""
    pipeline = coordinator(FailurePolicy.COLLECT)
    items = Torn(3, 1)
    alive = weakref.ref(items)
    task = PipelineTask(task_id="t", items=items)
    gc.disable()
    try:
        result = await pipeline.execute(task)
        assert result.error is not None
        del items, task, result, pipeline
        assert alive() is None
    finally:
        gc.enable()


class Nameless:
    """An item that cannot say what it is."""

    @property
    def name(self) -> str:
        """Raise."""
        raise OSError("no name")

    def __str__(self) -> str:
        raise ValueError("no text")


async def test_an_item_that_cannot_be_named_is_told_by_its_type(autojump_clock: MockClock) -> None:
    """Its agent gets it all the same."""
    item = Nameless()
    pipeline = coordinator(FailurePolicy.CANCEL)
    result = await pipeline.execute(PipelineTask(task_id="t", items=[item]))
    assert result.outputs == (item,)
    assert pipeline.pool.recent[-1].label == "Nameless"
