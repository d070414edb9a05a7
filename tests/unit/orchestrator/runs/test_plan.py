"""What a coordinator is told is checked before anything runs."""

from __future__ import annotations

from typing import Any

import pytest

from copy_that_orch import (
    FIVE_STAGES,
    AgentPool,
    CircuitBreaker,
    ConfigurationError,
    PipelineCoordinator,
    PipelineStage,
    PipelineTask,
    Stage,
)
from copy_that_orch.testing import FakeAgent, RecordingObserver

X = FakeAgent("x", "extract")


class NoAgent:
    """Has a type and a stage, and does nothing."""

    agent_type = "x"
    stage_name = "extract"


@pytest.mark.parametrize(
    ("agents", "settings", "sentence"),
    [
        ([FakeAgent("x", "extrakt")], {}, "agent 'x' works in stage 'extrakt'; the stages are 'aggregate', 'extract'"),
        ([X, FakeAgent("x", "generate")], {}, "two agents are of type 'x'"),
        ([FakeAgent("x", "aggregate"), FakeAgent("y", "aggregate")], {}, "'aggregate' gathers, so it takes one agent"),
        ([NoAgent()], {}, "is no agent: it needs agent_type, stage_name and process"),
        (["x"], {}, "'x' is no agent"),
        ([X], {"stages": [*FIVE_STAGES, Stage(name="extract")]}, "two stages are named 'extract'"),
        ([X], {"pool": AgentPool({"extrakt": 3})}, "the pool limits 'extrakt'; the stages are"),
        ([X], {"patience": 0}, "patience must be more than 0 seconds"),
        ([X], {"patience": float("nan")}, "patience must be more than 0 seconds"),
        ([X], {"patience": "300"}, "patience must be more than 0 seconds, not '300'"),
        (X, {}, "agents must be an iterable, not <copy_that_orch.testing.FakeAgent"),
        ([NoAgent], {}, "<class '.*NoAgent'> is a class; make an agent of it"),
        ([X], {"stages": ["extract"]}, "stages must be made with Stage\\(name=...\\), not 'extract'"),
        ([X], {"stages": Stage(name="extract")}, "stages must be an iterable, not Stage"),
        ([X], {"pool": 4}, "pool must be an AgentPool, not 4"),
        ([X], {"observers": RecordingObserver()}, "observers must be an iterable, not <copy_that_orch.testing"),
        ([X], {"breakers": 4}, "breakers must be a mapping by agent type or a function of one, not 4"),
        ([X], {"breakers": CircuitBreaker("api")}, "not <CircuitBreaker 'api' closed"),
    ],
)
def test_wrong_settings_are_refused(agents: Any, settings: Any, sentence: str) -> None:
    """Each has one sentence that says what is wrong."""
    with pytest.raises(ConfigurationError, match=sentence):
        PipelineCoordinator(agents, **settings)


def test_agents_may_be_any_iterable_and_stages_plain_texts() -> None:
    """A generator of agents is read once; a stage's name and a `PipelineStage` are the same."""
    coordinator = PipelineCoordinator(
        (FakeAgent(name, stage) for name, stage in [("y", PipelineStage.GENERATE), ("x", "extract")])
    )
    assert list(coordinator.breakers) == ["x", "y"]


async def test_stages_may_be_any_iterable_too() -> None:
    """A generator of stages is read once, and its stages run."""
    coordinator = PipelineCoordinator([X], stages=(Stage(name=name) for name in ("extract", "generate")))
    result = await coordinator.execute(PipelineTask(task_id="t", items=["a"]))
    assert list(result.stages) == ["extract"]
