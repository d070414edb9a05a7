"""The built-in agents meet the orchestrator."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
import trio

import copy_that_orch
from copy_that_orch import (
    BasePipelineAgent,
    CircuitBreaker,
    CircuitState,
    ConfigurationError,
    ExtractionError,
    FailurePolicy,
    PipelineErrorGroup,
    PipelineStage,
    PipelineTask,
    PreprocessingError,
    RetryPolicy,
    TaskStatus,
    WhenOpen,
)
from copy_that_orch.agents.generate import GeneratedFile
from copy_that_orch.assembly import local_breaker, screenshot_agents, screenshot_coordinator, screenshot_stages
from copy_that_orch.tokens.formats import FORMATS

SCREEN = Path(copy_that_orch.__file__).parent / "demo_screens" / "kestrel" / "repository.png"


def test_there_is_an_agent_for_each_stage_and_format() -> None:
    """In the order of the stages, whose names they know."""
    agents = screenshot_agents()
    stages = [agent.stage_name for agent in agents]
    assert sorted(stages, key=[*map(str, PipelineStage)].index) == stages
    assert set(stages) == set(PipelineStage)
    types = [agent.agent_type for agent in agents]
    assert types[-len(FORMATS) :] == [f"generate.{name}" for name in FORMATS]
    assert [agent.agent_type for agent in screenshot_agents(["css"])][-2:] == ["validate.tokens", "generate.css"]


def test_settings_are_checked_when_they_are_given() -> None:
    """Formats, stages and limits."""
    with pytest.raises(ConfigurationError, match="less"):
        screenshot_agents(["less"])
    with pytest.raises(ConfigurationError, match="sing"):
        screenshot_coordinator(limits={"sing": 1})
    with pytest.raises(ConfigurationError):
        screenshot_coordinator(limits={PipelineStage.EXTRACT: 0})
    with pytest.raises(ConfigurationError, match="nobody"):
        screenshot_coordinator(breakers={"nobody": CircuitBreaker("nobody")})


def test_a_scale_that_is_given_reaches_the_first_agent() -> None:
    """It is part of what its results depend on."""
    assert "scale=2.0" in screenshot_agents(scale=2.0)[0].fingerprint


async def test_a_report_shows_what_was_fetched_and_fetches_nothing_again(nursery: trio.Nursery) -> None:
    """From private networks too, if these are allowed at all."""
    requests = 0

    async def serve(stream: trio.SocketStream) -> None:
        nonlocal requests
        requests += 1
        await stream.receive_some()
        body = SCREEN.read_bytes()
        await stream.send_all(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body)

    (listener,) = await trio.open_tcp_listeners(0, host="127.0.0.1")
    nursery.start_soon(trio.serve_listeners, serve, [listener])
    url = f"http://127.0.0.1:{listener.socket.getsockname()[1]}/repository.png"
    coordinator = screenshot_coordinator(screenshot_agents(["html"], allow_private=True))

    (report,) = (await coordinator.execute(PipelineTask(task_id="shop", items=[url]))).outputs

    assert "data:image/webp" in report.text
    assert requests == 1


@pytest.mark.parametrize("policy", FailurePolicy)
def test_a_failure_reaches_as_far_as_is_said(policy: FailurePolicy) -> None:
    """The same in all stages, but for ISOLATE in GENERATE: there it would cost the formats that succeeded."""
    policies = {stage.name: stage.on_failure for stage in screenshot_stages(policy)}
    generate = policies.pop(PipelineStage.GENERATE)
    assert set(policies.values()) == {policy}
    assert generate is (FailurePolicy.COLLECT if policy is FailurePolicy.ISOLATE else policy)


def test_only_extraction_is_repeated() -> None:
    """And only if it is asked for."""
    retry = RetryPolicy(attempts=2)
    assert {stage.name: stage.retry for stage in screenshot_stages(retry=retry) if stage.retry} == {
        PipelineStage.EXTRACT: retry
    }
    assert not any(stage.retry for stage in screenshot_stages())


def test_every_stage_has_a_slot_for_each_cpu() -> None:
    """At least four, and as many as are asked for where they are."""
    coordinator = screenshot_coordinator(limits={PipelineStage.EXTRACT: 2})
    assert coordinator.pool.limiter(PipelineStage.EXTRACT).total_tokens == 2
    assert coordinator.pool.limiter(PipelineStage.PREPROCESS).total_tokens == max(4, os.cpu_count() or 1)


@pytest.mark.parametrize("error", [PreprocessingError("no"), ExtractionError("no"), ZeroDivisionError()])
async def test_what_an_item_causes_says_nothing_of_a_local_agent(error: Exception) -> None:
    """However many items do."""
    breaker = local_breaker("preprocess.image")
    for _ in range(20):
        with pytest.raises(type(error)):
            await breaker.call(fail, error)
    assert breaker.state is CircuitState.CLOSED


@pytest.mark.parametrize("error", [OSError(24, "too many open files"), MemoryError()])
async def test_a_machine_that_is_short_of_something_opens_the_circuit(error: Exception) -> None:
    """Waiting may help there."""
    breaker = local_breaker("preprocess.image")
    for _ in range(5):
        with pytest.raises(type(error)):
            await breaker.call(fail, error)
    assert breaker.state is CircuitState.OPEN


async def fail(error: Exception) -> None:
    """Raise `error`."""
    raise error


async def test_many_broken_screenshots_in_a_row_never_cost_a_good_one() -> None:
    """No circuit opens, no call is refused, and the good one's tokens are there in every format."""
    coordinator = screenshot_coordinator(limits={PipelineStage.PREPROCESS: 1}, when_open=WhenOpen.FAIL)
    result = await coordinator.execute(PipelineTask(task_id="shop", items=[*([b"broken"] * 12), SCREEN]))
    assert result.status is TaskStatus.PARTIAL
    assert result.error is not None
    assert [failure.item for failure in result.error.failures] == list(range(12))
    assert all(isinstance(error, PreprocessingError) for error in result.error.exceptions)
    statistics = coordinator.statistics().breakers["preprocess.image"]
    assert (statistics.times_opened, statistics.rejected) == (0, 0)
    files = {file.name: file.text for file in result.outputs if isinstance(file, GeneratedFile)}
    assert set(files) == {target.file_name for target in FORMATS.values()}
    assert json.loads(files["tokens.json"])["color"]


async def test_under_cancel_the_first_broken_screenshot_ends_the_product() -> None:
    """With its own error."""
    coordinator = screenshot_coordinator(on_failure=FailurePolicy.CANCEL)
    with pytest.raises(PipelineErrorGroup) as caught:
        await coordinator.execute(PipelineTask(task_id="shop", items=[b"broken", SCREEN]))
    assert caught.group_contains(PreprocessingError)


class Remote(BasePipelineAgent[Any, Any]):
    """An agent of one's own, whose service is down."""

    agent_type = "extract.remote"
    stage_name = PipelineStage.EXTRACT

    async def process(self, task: PipelineTask[Any], item: Any) -> Any:
        raise ExtractionError("the service says no")


async def test_an_agent_of_ones_own_has_an_ordinary_breaker() -> None:
    """Every failure counts there, because it may be the service's."""
    coordinator = screenshot_coordinator([*screenshot_agents(["css"]), Remote()], when_open=WhenOpen.FAIL)
    result = await coordinator.execute_batch([PipelineTask(task_id="shop", items=[SCREEN] * 6)])
    assert result[0].status is TaskStatus.FAILED
    assert coordinator.statistics().breakers["extract.remote"].state is CircuitState.OPEN


def test_a_breaker_that_is_given_is_used() -> None:
    """Also for a built-in agent."""
    mine = CircuitBreaker("mine")
    coordinator = screenshot_coordinator(breakers={"extract.color": mine})
    assert coordinator.statistics().breakers["extract.color"].name == "mine"
    assert coordinator.statistics().breakers["extract.spacing"].name == "extract.spacing"
