"""The three criteria that this project was founded on, each shown by a test named for it."""

from __future__ import annotations

import trio
from trio.testing import MockClock

from copy_that_orch import (
    AgentPool,
    CallEnded,
    CallStarted,
    CircuitBreaker,
    CircuitState,
    FailurePolicy,
    PipelineCoordinator,
    PipelineStage,
    PipelineTask,
    RetryPolicy,
    Stage,
    TaskStatus,
)
from copy_that_orch.testing import FakeAgent, RecordingObserver, assert_nothing_held


async def test_concurrency_limits_enforced(autojump_clock: MockClock) -> None:
    """At no instant do more calls of a stage run than its limit, nor more than the total; and no slot idles."""
    limits = {"preprocess": 2, "extract": 5}
    pool = AgentPool(limits, total_limit=6)
    observer = RecordingObserver()
    agents = [FakeAgent("preprocess", PipelineStage.PREPROCESS, latency=1.0)]
    agents += [FakeAgent(f"extract.{name}", PipelineStage.EXTRACT, latency=1.0) for name in ("color", "space", "type")]
    coordinator = PipelineCoordinator(agents, pool=pool, observers=[observer])
    tasks = [PipelineTask(task_id=f"product {n}", items=range(10)) for n in range(5)]

    results = await coordinator.execute_batch(tasks)

    running = dict.fromkeys(limits, 0)
    peaks = dict.fromkeys([*limits, "all"], 0)
    for event in observer.events:
        if isinstance(event, (CallStarted, CallEnded)):
            running[event.stage] += 1 if isinstance(event, CallStarted) else -1
            peaks[event.stage] = max(peaks[event.stage], running[event.stage])
            peaks["all"] = max(peaks["all"], sum(running.values()))
    assert peaks == {**limits, "all": 6}
    assert max(agent.peak for agent in agents) <= 5
    assert {result.status for result in results} == {TaskStatus.COMPLETED}
    # 150 extractions, five at a time, are 30 seconds; the first cannot begin before an image is ready.
    assert trio.current_time() <= 35
    assert_nothing_held(coordinator)


async def test_circuit_breaker_prevents_cascading_failures(autojump_clock: MockClock) -> None:
    """A dead dependency is left alone, costs the agents beside it nothing, and is used again when it is back."""
    api = FakeAgent("extract.api", PipelineStage.EXTRACT, latency=0.5, outages=[(10.0, 70.0)])
    local = FakeAgent("extract.local", PipelineStage.EXTRACT, latency=0.5)
    stages = [Stage(name=PipelineStage.EXTRACT, retry=RetryPolicy(attempts=5, initial=1.0))]
    pool = AgentPool({"extract": 4})
    coordinator = PipelineCoordinator(
        [api, local], stages=stages, pool=pool, breakers=lambda name: CircuitBreaker(name, 3, 15.0), seed=1
    )
    tasks = [PipelineTask(task_id=f"product {n}", items=range(20)) for n in range(20)]
    results = await coordinator.execute_batch(tasks, max_in_flight=20)

    assert [result.status for result in results] == [TaskStatus.COMPLETED] * 20
    assert [result.outputs for result in results] == [tuple(item for item in range(20) for _ in "12")] * 20
    probes = 60 // 15
    assert len(api.ended("failed")) <= 4 + probes  # in four slots, what had begun when the third one failed
    assert local.ended("failed") == []
    assert coordinator.breakers["extract.local"].statistics().times_opened == 0
    assert coordinator.breakers["extract.api"].state is CircuitState.CLOSED
    assert any(12 < call.started < 70 for call in local.calls)  # its slots serve the others meanwhile
    assert_nothing_held(coordinator)


async def test_full_pipeline_executes_correctly(autojump_clock: MockClock) -> None:
    """Five stages over many images: streamed, in parallel, gathered; outputs in order; one bad image costs itself."""
    spans: dict[str, list[float]] = {}

    def agent(name: str, stage: PipelineStage, seconds: float, **script: object) -> FakeAgent:
        return FakeAgent(name, stage, latency=lambda item: seconds + len(str(item)) % 3, **script)  # type: ignore[arg-type]

    agents = [
        agent("open", PipelineStage.PREPROCESS, 1.0, result=str.upper, fails=["bad.png"]),
        agent("color", PipelineStage.EXTRACT, 3.0, result=lambda image: f"colours of {image}"),
        agent("space", PipelineStage.EXTRACT, 1.0, result=lambda image: f"spacing of {image}"),
        agent("merge", PipelineStage.AGGREGATE, 1.0, result=list),
        agent("check", PipelineStage.VALIDATE, 1.0),
        agent("css", PipelineStage.GENERATE, 1.0, result=lambda tokens: ("css", len(tokens))),
        agent("json", PipelineStage.GENERATE, 2.0, result=lambda tokens: ("json", tokens)),
    ]
    stages = [
        Stage(
            name=stage,
            gather=stage is PipelineStage.AGGREGATE,
            on_failure=FailurePolicy.ISOLATE if stage is PipelineStage.PREPROCESS else FailurePolicy.CANCEL,
        )
        for stage in PipelineStage
    ]
    images = [*(f"{'x' * (n % 4)}{n}.png" for n in range(9)), "bad.png"]
    coordinator = PipelineCoordinator(agents, stages=stages, pool=AgentPool({"preprocess": 1}))

    result = await coordinator.execute(PipelineTask(task_id="shop", items=images))

    tokens = [f"{what} of {image.upper()}" for image in images[:-1] for what in ("colours", "spacing")]
    assert result.outputs == (("css", 18), ("json", tokens))
    assert result.status is TaskStatus.PARTIAL
    assert result.error is not None
    assert [failure.label for failure in result.error.failures] == ["bad.png"]
    for each in agents:
        spans[each.agent_type] = [each.calls[0].started, max(call.ended or 0.0 for call in each.calls)]
    assert spans["color"][0] < spans["open"][1]  # streamed
    assert spans["merge"][0] == spans["color"][1]  # gathered
    assert spans["css"][0] == spans["json"][0]  # side by side
    assert_nothing_held(coordinator)
