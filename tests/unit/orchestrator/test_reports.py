"""Reports are frozen values."""

from __future__ import annotations

import pickle

import attrs
import pytest

from copy_that_orch import AgentHealth, CallOutcome, CallRecord, HealthReport, PipelineResult, TaskStatus


def test_outcomes_and_statuses_are_texts() -> None:
    """They go into JSON as what they are called."""
    assert [str(outcome) for outcome in CallOutcome] == ["completed", "failed", "cancelled", "rejected", "cached"]
    assert [str(status) for status in TaskStatus] == ["completed", "partial", "failed", "cancelled"]


def test_a_result_tells_how_long_it_took() -> None:
    """From the first call handed in to the end of the last one."""
    result = PipelineResult(
        task_id="shop", status=TaskStatus.COMPLETED, outputs=(1,), error=None, started=2.0, ended=4.5, stages={}
    )
    assert result.seconds == 2.5
    assert pickle.loads(pickle.dumps(result)) == result
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        result.status = TaskStatus.FAILED  # type: ignore[misc]


def test_a_pipeline_is_healthy_if_all_agents_are() -> None:
    """One that is not spoils it; without agents there is nothing to be ill."""
    well, ill = AgentHealth(agent="a", healthy=True, reason=""), AgentHealth(agent="b", healthy=False, reason="no key")
    assert HealthReport(agents=()).healthy
    assert HealthReport(agents=(well, well)).healthy
    assert not HealthReport(agents=(well, ill)).healthy


def test_records_are_values() -> None:
    """Two records of the same are equal, and neither can be changed."""
    record = CallRecord(
        task_id="shop",
        stage="extract",
        agent="read",
        item=0,
        label="a.png",
        attempt=1,
        outcome=CallOutcome.FAILED,
        queued=0.0,
        started=1.0,
        ended=2.0,
    )
    assert attrs.evolve(record) == record
    assert hash(attrs.evolve(record)) == hash(record)
    assert attrs.evolve(record, attempt=2) != record
    assert pickle.loads(pickle.dumps(record)) == record
