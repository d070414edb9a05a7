"""Spans and metrics, seen through OpenTelemetry's in-memory exporters."""

from __future__ import annotations

import trio
from opentelemetry import trace
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import StatusCode
from trio.testing import MockClock

from copy_that_orch import (
    AgentPool,
    BasePipelineAgent,
    CallQueued,
    CallRetried,
    CircuitBreaker,
    FailurePolicy,
    PipelineCoordinator,
    PipelineTask,
    RetryPolicy,
    Stage,
    StageEnded,
    WhenOpen,
)
from copy_that_orch.telemetry import OpenTelemetryObserver
from copy_that_orch.testing import FakeAgent, MemoryResultStore


class Exporters:
    """An observer, and what it exported."""

    def __init__(self) -> None:
        self.spans = InMemorySpanExporter()
        self.tracer_provider = TracerProvider()
        self.tracer_provider.add_span_processor(SimpleSpanProcessor(self.spans))
        self.reader = InMemoryMetricReader()
        self.observer = OpenTelemetryObserver(self.tracer_provider, MeterProvider([self.reader]))

    def finished(self) -> dict[str, list[ReadableSpan]]:
        """Return the finished spans by name."""
        by_name: dict[str, list[ReadableSpan]] = {}
        for span in self.spans.get_finished_spans():
            by_name.setdefault(span.name, []).append(span)
        return by_name

    def points(self, metric: str) -> dict[tuple[tuple[str, object], ...], object]:
        """Return the values of a metric by attributes; of a histogram, its sum."""
        data = self.reader.get_metrics_data()
        assert data is not None
        return {
            tuple(sorted((point.attributes or {}).items())): getattr(point, "value", getattr(point, "sum", None))
            for resource in data.resource_metrics
            for scope in resource.scope_metrics
            for found in scope.metrics
            if found.name == metric
            for point in found.data.data_points
        }


class Flaky(BasePipelineAgent[int, int]):
    """Takes a second; fails whenever the item is odd."""

    agent_type = "flaky"
    stage_name = "work"

    async def process(self, task: PipelineTask[int], item: int) -> int:
        await trio.sleep(1)
        if item % 2:
            raise ValueError(f"{item} is odd")
        return item


def pipeline(exporters: Exporters, threshold: int = 5) -> PipelineCoordinator:
    """Return one stage with two attempts and one slot, behind a breaker."""
    return PipelineCoordinator(
        [Flaky()],
        stages=[Stage(name="work", on_failure=FailurePolicy.COLLECT, retry=RetryPolicy(attempts=2, jitter=0.0))],
        pool=AgentPool({"work": 1}),
        breakers={"flaky": CircuitBreaker("flaky", threshold)},
        when_open=WhenOpen.FAIL,
        observers=[exporters.observer],
    )


async def test_spans_nest_as_calls_in_stages_in_tasks(autojump_clock: MockClock) -> None:
    """Each task has a span, its stages below it, the attempts below those, and errors where they happened."""
    exporters = Exporters()
    tracer = exporters.tracer_provider.get_tracer("the caller's")

    with tracer.start_as_current_span("request"):
        await pipeline(exporters).execute(PipelineTask(task_id="t", items=[2, 3]))

    spans = exporters.finished()
    [task], [stage], calls = spans["task t"], spans["stage work"], spans["call flaky"]
    [request] = spans["request"]
    assert task.parent is not None
    assert stage.parent is not None
    assert task.parent.span_id == request.context.span_id
    assert stage.parent.span_id == task.context.span_id
    assert {call.parent.span_id for call in calls if call.parent} == {stage.context.span_id}
    assert [(call.attributes or {})["outcome"] for call in calls] == ["completed", "failed", "failed"]
    assert [call.status.status_code for call in calls] == [StatusCode.UNSET, StatusCode.ERROR, StatusCode.ERROR]
    assert calls[1].status.description == "ValueError: 3 is odd"
    assert [(call.attributes or {})["item"] for call in calls] == [0, 1, 1]
    assert [event.name for event in stage.events] == ["retry"]
    assert (task.attributes or {})["task.status"] == "partial"


async def test_metrics_count_calls_by_outcome(autojump_clock: MockClock) -> None:
    """Counters and histograms add up to what ran and waited; nothing is left running."""
    exporters = Exporters()
    tasks = [PipelineTask(task_id="even", items=[2]), PipelineTask(task_id="odd", items=[3])]

    await pipeline(exporters).execute_batch(tasks, max_in_flight=2)

    labels = (("agent", "flaky"), ("stage", "work"))
    assert exporters.points("copy_that_orch.calls") == {
        (("agent", "flaky"), ("outcome", "completed"), ("stage", "work")): 1,
        (("agent", "flaky"), ("outcome", "failed"), ("stage", "work")): 2,
    }
    assert exporters.points("copy_that_orch.calls.running") == {labels: 0}
    assert exporters.points("copy_that_orch.call.duration") == {labels: 3.0}
    assert exporters.points("copy_that_orch.call.wait") == {labels: 1.0}  # the second task's call waited for the slot


async def test_calls_that_were_answered_are_counted(autojump_clock: MockClock) -> None:
    """They did not run, so they have no span and no duration."""
    exporters, store = Exporters(), MemoryResultStore()
    for observers in ([], [exporters.observer]):
        agents, stages = [FakeAgent("a", "work")], [Stage(name="work")]
        coordinator = PipelineCoordinator(agents, stages=stages, store=store, observers=observers)
        await coordinator.execute(PipelineTask(task_id="t", items=[1]))
    assert exporters.points("copy_that_orch.calls") == {(("agent", "a"), ("outcome", "cached"), ("stage", "work")): 1}
    assert exporters.points("copy_that_orch.call.duration") == {}


async def test_rejected_calls_have_no_span(autojump_clock: MockClock) -> None:
    """A call that its circuit refused never ran: it is counted, and that is all; the circuit's change is counted."""
    exporters = Exporters()

    result = await pipeline(exporters, threshold=2).execute_batch([PipelineTask(task_id="t", items=[3, 2])])

    assert result[0].status == "failed"
    assert len(exporters.finished()["call flaky"]) == 2
    assert exporters.points("copy_that_orch.circuit.changes") == {(("agent", "flaky"), ("state", "open")): 1}
    [task] = exporters.finished()["task t"]
    assert task.status.status_code is StatusCode.ERROR


async def test_a_change_of_a_circuit_is_an_event_of_the_stages_that_it_holds_up(autojump_clock: MockClock) -> None:
    """Of those that are under way, and of no other stage."""
    exporters = Exporters()
    coordinator = PipelineCoordinator(
        [FakeAgent("ask", "ask", latency=1.0, outages=[(0, 5)]), FakeAgent("look", "look", latency=1.0)],
        stages=[Stage(name="ask", retry=RetryPolicy()), Stage(name="look")],
        breakers=lambda agent: CircuitBreaker(agent, 2, 10.0),
        observers=[exporters.observer],
    )

    await coordinator.execute_batch([PipelineTask(task_id=name, items=[1]) for name in "ab"])

    spans = exporters.finished()
    for span in spans["stage ask"]:
        changes = [dict(event.attributes or {}) for event in span.events if event.name == "circuit changed"]
        assert changes == [{"agent": "ask", "state": state} for state in ("open", "half_open", "closed")]
    assert [len(span.events) for span in spans["stage look"]] == [0, 0]


async def test_a_resized_pool_is_an_event_of_the_current_span(autojump_clock: MockClock) -> None:
    """Whoever resizes the pool sees it in the span that is current there."""
    exporters = Exporters()
    coordinator = pipeline(exporters)
    tracer = exporters.tracer_provider.get_tracer("the caller's")

    async with trio.open_nursery() as nursery:
        nursery.start_soon(coordinator.execute, PipelineTask(task_id="t", items=[2, 4]))
        await trio.sleep(0.5)
        with tracer.start_as_current_span("tune"):
            coordinator.pool.resize("work", 2)

    [tune] = exporters.finished()["tune"]
    assert [event.name for event in tune.events] == ["pool resized"]


def test_events_of_unknown_tasks_are_let_go() -> None:
    """Events without their beginning, as of two tasks with one id, do no harm."""
    exporters = Exporters()

    exporters.observer.on_event(StageEnded(time=0.0, task_id="t", stage="work"))
    exporters.observer.on_event(
        CallRetried(time=0.0, task_id="t", stage="work", agent="a", item=0, label="", attempt=1, delay=1.0)
    )
    exporters.observer.on_event(CallQueued(time=0.0, task_id="t", stage="work", agent="a", item=0, label="", attempt=1))

    assert exporters.finished() == {}


def test_global_providers_serve_by_default() -> None:
    """Without providers the global ones are taken, which do nothing until the program sets them."""
    assert isinstance(trace.get_tracer_provider(), trace.ProxyTracerProvider)
    OpenTelemetryObserver().on_event(StageEnded(time=0.0, task_id="t", stage="work"))
