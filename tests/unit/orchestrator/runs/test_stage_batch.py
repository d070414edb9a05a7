"""A stage batch whose nursery has closed before its run knows."""

from __future__ import annotations

import trio
from trio.testing import MockClock

from copy_that_orch import AgentPool, PipelineCoordinator, PipelineTask, Stage
from copy_that_orch.orchestrator.runs import stage_batch
from copy_that_orch.orchestrator.runs.calls import Call
from copy_that_orch.orchestrator.runs.run import PipelineRun
from copy_that_orch.testing import FakeAgent, assert_nothing_held


async def test_call_granted_into_a_closed_nursery_is_cancelled(autojump_clock: MockClock) -> None:
    """It ends as cancelled and gives its slot back; nobody waits for it for ever."""
    async with trio.open_nursery() as closed:
        pass
    launch = stage_batch._launch
    coordinator = PipelineCoordinator(
        [FakeAgent("a", "s", latency=1.0)], stages=[Stage(name="s")], pool=AgentPool({"s": 2})
    )

    def into_a_closed_one(nursery: trio.Nursery, run: PipelineRun, call: Call) -> None:
        launch(closed if call.item == 1 else nursery, run, call)

    stage_batch._launch = into_a_closed_one
    try:
        result = await coordinator.execute(PipelineTask(task_id="t", items=[1, 2, 3]))
    finally:
        stage_batch._launch = launch

    assert result.outputs == (1, 3)
    assert coordinator.pool.statistics("s").cancelled == 1
    assert_nothing_held(coordinator)
