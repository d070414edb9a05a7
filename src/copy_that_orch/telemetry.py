"""Spans and metrics for OpenTelemetry, as an observer. Needs the extra `otel`.

Spans: one per task, below it one per stage, below that one per attempt that got a slot, with the time it waited. An
attempt that failed has its error's text as status; retries and changes of a circuit are events of the spans of their
stage.

Metrics, all by stage and agent:

- `copy_that_orch.calls`: attempts that have ended, also by outcome; calls that the result store answered are "cached".
- `copy_that_orch.calls.running`: attempts that run now.
- `copy_that_orch.call.duration`, `copy_that_orch.call.wait`: seconds that attempts ran, and waited for their slot.
- `copy_that_orch.circuit.changes`: by agent and new state.
"""

from __future__ import annotations

from typing import final

from opentelemetry import context, metrics, trace
from opentelemetry.trace import Span, Status, StatusCode

from copy_that_orch.orchestrator.events import (
    BreakerChanged,
    CallCached,
    CallEnded,
    CallQueued,
    CallRetried,
    CallStarted,
    Event,
    PoolResized,
    StageEnded,
    StageStarted,
    TaskEnded,
    TaskStarted,
)
from copy_that_orch.orchestrator.reports import CallOutcome, TaskStatus

_SCOPE = "copy_that_orch"
_FAILED = {CallOutcome.FAILED, CallOutcome.REJECTED}


@final
class OpenTelemetryObserver:
    """Turns events into spans and metrics.

    Args:
      tracer_provider: Makes the spans; None: the global one.
      meter_provider: Makes the metrics; None: the global one.

    A task id should be unique among the tasks in flight: by it a call finds the span of its task.
    """

    __slots__ = ("_calls", "_changes", "_durations", "_queued", "_running", "_spans", "_stages", "_tracer", "_waits")

    def __init__(
        self,
        tracer_provider: trace.TracerProvider | None = None,
        meter_provider: metrics.MeterProvider | None = None,
    ) -> None:
        self._tracer = trace.get_tracer(_SCOPE, tracer_provider=tracer_provider)
        meter = metrics.get_meter(_SCOPE, meter_provider=meter_provider)
        self._calls = meter.create_counter(f"{_SCOPE}.calls", "{call}", "Attempts that have ended")
        self._running = meter.create_up_down_counter(f"{_SCOPE}.calls.running", "{call}", "Attempts that run")
        self._durations = meter.create_histogram(f"{_SCOPE}.call.duration", "s", "Running time of an attempt")
        self._waits = meter.create_histogram(f"{_SCOPE}.call.wait", "s", "Time an attempt waited for its slot")
        self._changes = meter.create_counter(f"{_SCOPE}.circuit.changes", "{change}", "Changes of a circuit's state")
        self._spans: dict[tuple[object, ...], Span] = {}
        self._queued: dict[tuple[object, ...], float] = {}
        self._stages: dict[str, str] = {}  # by agent

    def on_event(self, event: Event) -> None:
        """Take note of `event`."""
        match event:
            case TaskStarted():
                self._begin((event.task_id,), None, f"task {event.task_id}", {"task.items": event.items})
            case StageStarted():
                self._begin((event.task_id, event.stage), (event.task_id,), f"stage {event.stage}", {})
            case CallQueued():
                self._stages[event.agent] = event.stage
                self._queued[_call(event)] = event.time
            case CallStarted():
                self._call_started(event)
            case CallEnded():
                self._call_ended(event)
            case CallRetried():
                self._note((event.task_id, event.stage), "retry", {**_labels(event), "delay": event.delay})
            case StageEnded():
                self._finish((event.task_id, event.stage), None)
            case TaskEnded():
                failed = event.status is TaskStatus.FAILED
                self._finish((event.task_id,), event.error if failed else None, {"task.status": event.status.value})
            case _:
                self._environment_changed(event)

    def _environment_changed(self, event: Event) -> None:
        if isinstance(event, CallCached):
            self._calls.add(1, {**_labels(event), "outcome": CallOutcome.CACHED.value})
        if isinstance(event, BreakerChanged):
            change: dict[str, str | float] = {"agent": event.agent, "state": event.new.value}
            self._changes.add(1, change)
            stage = self._stages.get(event.agent)
            for key in self._spans:
                if len(key) == 2 and key[1] == stage:
                    self._note(key, "circuit changed", change)
        if isinstance(event, PoolResized):
            trace.get_current_span().add_event("pool resized", {"stage": event.stage, "limit": event.new})

    def _call_started(self, event: CallStarted) -> None:
        waited = event.time - self._queued.pop(_call(event), event.time)
        self._waits.record(waited, _labels(event))
        self._running.add(1, _labels(event))
        attributes: dict[str, str | int | float] = {
            **_labels(event),
            "item": event.item,
            "item.label": event.label,
            "attempt": event.attempt,
            "waited": waited,
        }
        self._begin(_call(event), (event.task_id, event.stage), f"call {event.agent}", attributes)

    def _call_ended(self, event: CallEnded) -> None:
        self._calls.add(1, {**_labels(event), "outcome": event.outcome.value})
        if self._queued.pop(_call(event), None) is None:  # it had started
            self._running.add(-1, _labels(event))
            self._durations.record(event.seconds, _labels(event))
        failed = event.outcome in _FAILED
        self._finish(_call(event), (event.error or "") if failed else None, {"outcome": event.outcome.value})

    def _begin(
        self,
        key: tuple[object, ...],
        parent: tuple[object, ...] | None,
        name: str,
        attributes: dict[str, str | int | float],
    ) -> None:
        above = self._spans.get(parent) if parent is not None else trace.get_current_span()
        within = trace.set_span_in_context(above, context.get_current()) if above is not None else None
        self._spans[key] = self._tracer.start_span(name, context=within, attributes=attributes)

    def _finish(self, key: tuple[object, ...], error: str | None, attributes: dict[str, str] | None = None) -> None:
        span = self._spans.pop(key, None)
        if span is None:
            return
        span.set_attributes(attributes or {})
        if error is not None:
            span.set_status(Status(StatusCode.ERROR, error))
        span.end()

    def _note(self, key: tuple[object, ...], name: str, attributes: dict[str, str | float]) -> None:
        span = self._spans.get(key)
        if span is not None:
            span.add_event(name, attributes)


def _call(event: CallQueued | CallStarted | CallEnded) -> tuple[object, ...]:
    return event.task_id, event.stage, event.agent, event.item, event.attempt


def _labels(event: CallCached | CallStarted | CallEnded | CallRetried) -> dict[str, str]:
    return {"stage": event.stage, "agent": event.agent}
