"""The public names, and the parameters that users pass by name."""

from __future__ import annotations

import inspect
import tomllib
from pathlib import Path
from typing import Any

import pytest

import copy_that_orch
from copy_that_orch import (
    AdaptiveLimit,
    AgentPool,
    BasePipelineAgent,
    CircuitBreaker,
    FailureRate,
    Observer,
    PipelineCoordinator,
    PipelineErrorGroup,
    PipelineTask,
    RateLimit,
    RetryPolicy,
    Stage,
)

PROMISED = [
    "AdaptiveLimit",
    "AgentHealth",
    "AgentPool",
    "AggregationError",
    "BasePipelineAgent",
    "CallOutcome",
    "CallRecord",
    "CircuitBreaker",
    "CircuitOpenError",
    "CircuitState",
    "ConfigurationError",
    "Event",
    "ExtractionError",
    "FIVE_STAGES",
    "FailurePolicy",
    "FailureRate",
    "GenerationError",
    "HealthReport",
    "Observer",
    "PipelineCoordinator",
    "PipelineError",
    "PipelineErrorGroup",
    "PipelineResult",
    "PipelineStage",
    "PipelineTask",
    "PoolClosedError",
    "PoolStatistics",
    "PreprocessingError",
    "RateLimit",
    "ResultStore",
    "RetryPolicy",
    "Stage",
    "TaskStatus",
    "ValidationError",
    "WhenOpen",
]

SIGNATURES: list[tuple[Any, str]] = [
    (Stage, "*, name, gather, on_failure, timeout, retry, rate_limit"),
    (PipelineTask, "*, task_id, items, priority, context"),
    (BasePipelineAgent.process, "self, task, item"),
    (BasePipelineAgent.health_check, "self"),
    (AgentPool, "limits, *, default_limit, total_limit, history"),
    (AgentPool.limiter, "self, stage"),
    (AgentPool.resize, "self, stage, limit"),
    (AgentPool.slot, "self, stage"),
    (AgentPool.run, "self, agent, task, item"),
    (AgentPool.statistics, "self, stage"),
    (AgentPool.drain, "self"),
    (AdaptiveLimit, "minimum, maximum, *, initial, window, increase, decrease, tolerance, failure_rate"),
    (
        CircuitBreaker,
        """name, failure_threshold, recovery_timeout, *, trip, half_open_max_calls, success_threshold, probe_timeout,
        call_timeout, slow_call_duration, excluded_exceptions, exclude, success_on, backoff_factor,
        max_recovery_timeout, jitter, seed, cancel_on_open, on_state_change""",
    ),
    (CircuitBreaker.call, "self, fn, *args"),
    (CircuitBreaker.wait, "self, timeout"),
    (CircuitBreaker.isolate, "self"),
    (CircuitBreaker.reset, "self"),
    (CircuitBreaker.statistics, "self"),
    (FailureRate, "rate, minimum_calls, window, slow_rate"),
    (PipelineCoordinator, "agents, *, stages, pool, breakers, when_open, patience, store, observers, seed"),
    (PipelineCoordinator.execute, "self, task"),
    (PipelineCoordinator.execute_batch, "self, tasks, *, on_failure, max_in_flight"),
    (PipelineCoordinator.stream, "self, tasks, *, on_failure, max_in_flight"),
    (PipelineCoordinator.health_check, "self, *, timeout"),
    (PipelineCoordinator.statistics, "self"),
    (PipelineCoordinator.drain, "self"),
    (PipelineErrorGroup, "message, exceptions, *, task_id, stage, failures, results"),
    (RetryPolicy, "*, attempts, initial, maximum, jitter, on"),
    (RateLimit, "*, calls, per"),
    (Observer.on_event, "self, event, /"),
]


def parameters(of: Any) -> str:
    """Return the names of the parameters of something, with `*` and `/` where they are in its signature."""
    bare = [one.replace(annotation=inspect.Parameter.empty) for one in inspect.signature(of).parameters.values()]
    required = [
        one if one.kind in {one.VAR_POSITIONAL, one.VAR_KEYWORD} else one.replace(default=inspect.Parameter.empty)
        for one in bare
    ]
    return str(inspect.Signature(required))[1:-1]


def test_what_is_promised_is_there() -> None:
    """Every name of the design can be imported from the package."""
    assert set(PROMISED) <= set(copy_that_orch.__all__)


def test_all_is_sorted_and_complete() -> None:
    """Constants first, then the rest; every public name of the package is listed, once."""
    listed = copy_that_orch.__all__
    assert listed == sorted(set(listed), key=lambda name: (not name.isupper(), name))
    bound = {name for name, value in vars(copy_that_orch).items() if name[0] != "_" and not inspect.ismodule(value)}
    assert bound == set(listed)


@pytest.mark.parametrize("name", [name for name in copy_that_orch.__all__ if not name.isupper()])
def test_every_name_is_documented(name: str) -> None:
    """A class that is public says what it is, and so do its public methods."""
    thing = getattr(copy_that_orch, name)
    assert inspect.getdoc(thing)
    for method, value in vars(thing).items():
        if method[0] != "_" and (inspect.isfunction(value) or isinstance(value, property)):
            assert inspect.getdoc(value), f"{name}.{method}"


@pytest.mark.parametrize(("of", "names"), SIGNATURES, ids=lambda value: getattr(value, "__qualname__", ""))
def test_parameters_are_as_promised(of: Any, names: str) -> None:
    """Users pass settings by name: names, their order and what is keyword-only are part of the promise."""
    assert parameters(of) == " ".join(names.split())


def test_the_version_is_that_of_the_project() -> None:
    """The package says what its packaging says."""
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert copy_that_orch.__version__ == project["version"]
