"""The observers that ship with the engine."""

from __future__ import annotations

import io
import json

import pytest
from trio.testing import MockClock

from copy_that_orch import (
    AgentPool,
    BasePipelineAgent,
    CallOutcome,
    CircuitBreaker,
    CircuitState,
    ConfigurationError,
    FailurePolicy,
    PipelineCoordinator,
    PipelineTask,
    Stage,
)
from copy_that_orch.orchestrator.observers import JsonLinesObserver, TimelineObserver
from copy_that_orch.orchestrator.policies import RetryPolicy
from copy_that_orch.testing import FakeAgent, MemoryResultStore


class Flaky(BasePipelineAgent[int, int]):
    """Fails on the first attempt of every odd number."""

    agent_type = "flaky"
    stage_name = "work"

    def __init__(self) -> None:
        self.seen: set[int] = set()

    async def process(self, task: PipelineTask[int], item: int) -> int:
        if item % 2 and item not in self.seen:
            self.seen.add(item)
            raise ValueError(f"not {item} yet")
        return item


def coordinator(
    *observers: JsonLinesObserver | TimelineObserver, threshold: int = 5, slots: int = 4
) -> PipelineCoordinator:
    """Return a pipeline of one stage that retries."""
    stage = Stage(
        name="work",
        retry=RetryPolicy(attempts=2, initial=1.0, jitter=0.0),
        on_failure=FailurePolicy.ISOLATE,
    )
    return PipelineCoordinator(
        [Flaky()],
        stages=[stage],
        pool=AgentPool({"work": slots}),
        breakers={"flaky": CircuitBreaker("flaky", failure_threshold=threshold, recovery_timeout=3.0)},
        observers=observers,
    )


async def test_json_lines_hold_every_event_in_order(autojump_clock: MockClock) -> None:
    """Each event is one line of JSON with its kind, its time and its ids."""
    sink = io.StringIO()

    await coordinator(JsonLinesObserver(sink)).execute(PipelineTask(task_id="t", items=[1]))

    lines = [json.loads(line) for line in sink.getvalue().splitlines()]
    assert [line["event"] for line in lines] == [
        "task_started",
        "stage_started",
        "call_queued",
        "call_started",
        "call_ended",
        "call_retried",
        "call_queued",
        "call_started",
        "call_ended",
        "stage_ended",
        "task_ended",
    ]
    assert lines[4] == {
        "event": "call_ended",
        "time": 0.0,
        "task_id": "t",
        "stage": "work",
        "agent": "flaky",
        "item": 0,
        "label": "1",
        "attempt": 1,
        "outcome": "failed",
        "seconds": 0.0,
        "error": "ValueError: not 1 yet",
    }
    assert lines[-1]["status"] == "completed"
    assert lines[-1]["time"] == 1.0


async def test_timeline_has_a_span_per_attempt(autojump_clock: MockClock) -> None:
    """The timeline tells when each attempt was queued, started and ended, and how."""
    observer = TimelineObserver()

    await coordinator(observer).execute(PipelineTask(task_id="t", items=[1, 2]))

    spans = observer.timeline().calls
    assert [(span.item, span.attempt, span.queued, span.ended, span.outcome) for span in spans] == [
        (0, 1, 0.0, 0.0, CallOutcome.FAILED),
        (1, 1, 0.0, 0.0, CallOutcome.COMPLETED),
        (0, 2, 1.0, 1.0, CallOutcome.COMPLETED),
    ]
    assert spans[0].error == "ValueError: not 1 yet"
    assert [span.started for span in spans] == [0.0, 0.0, 1.0]


async def test_timeline_has_the_states_of_a_circuit(autojump_clock: MockClock) -> None:
    """A circuit that opens and closes leaves one span per state, each ending where the next begins."""
    observer = TimelineObserver()

    await coordinator(observer, threshold=1).execute(PipelineTask(task_id="t", items=[1]))

    assert [(span.state, span.started, span.ended) for span in observer.timeline().circuits] == [
        (CircuitState.OPEN, 0.0, 3.0),
        (CircuitState.HALF_OPEN, 3.0, 3.0),
        (CircuitState.CLOSED, 3.0, None),
    ]


async def test_timeline_is_bounded(autojump_clock: MockClock) -> None:
    """Of more attempts than `max_spans` the newest are kept, and the others are counted."""
    observer = TimelineObserver(max_spans=2)

    await coordinator(observer).execute(PipelineTask(task_id="t", items=[2, 4, 6, 8, 10]))

    assert len(observer.timeline().calls) == 2
    assert observer.timeline().forgotten == 3


@pytest.mark.parametrize("slots", [1, 4])
async def test_timeline_survives_two_tasks_of_one_id(autojump_clock: MockClock, slots: int) -> None:
    """Calls that cannot be told apart are shown once, and the observer goes on."""
    observer = TimelineObserver()
    task = PipelineTask(task_id="twin", items=[2])

    await coordinator(observer, slots=slots).execute_batch([task, task], max_in_flight=2)

    assert [span.outcome for span in observer.timeline().calls] == [CallOutcome.COMPLETED]


async def test_timeline_has_calls_that_were_answered(autojump_clock: MockClock) -> None:
    """They have a span without length: nobody waited and nothing ran."""
    store = MemoryResultStore()
    for _ in range(2):
        observer = TimelineObserver()
        stage, agent = Stage(name="work"), FakeAgent("a", "work", latency=1.0)
        pipeline = PipelineCoordinator([agent], stages=[stage], store=store, observers=[observer])
        await pipeline.execute(PipelineTask(task_id="t", items=["x"]))
    (span,) = observer.timeline().calls
    assert (span.label, span.queued, span.started, span.ended) == ("x", 1.0, None, 1.0)
    assert span.outcome is CallOutcome.CACHED


def test_timeline_needs_room_for_a_span() -> None:
    """A timeline of nothing is a mistake."""
    with pytest.raises(ConfigurationError, match="max_spans"):
        TimelineObserver(max_spans=0)
