"""No built-in agent works on the event loop: while any of them is busy, other Trio tasks go on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import trio

from copy_that_orch import BasePipelineAgent, PipelineStage, PipelineTask
from copy_that_orch.assembly import screenshot_agents

SCREEN = next((Path(__file__).parents[3] / "src" / "copy_that_orch" / "demo_screens").rglob("*.png"))


async def beats_during(agent: BasePipelineAgent[Any, Any], item: object) -> tuple[int, Any]:
    """Return how often another Trio task had its turn while `agent` worked on `item`, and what came of it."""
    beats = 0

    async def beat() -> None:
        nonlocal beats
        while True:
            await trio.lowlevel.checkpoint()
            beats += 1

    async with trio.open_nursery() as nursery:
        nursery.start_soon(beat)
        await trio.lowlevel.checkpoint()
        before = beats
        result = await agent.process(PipelineTask(task_id="t", items=[]), item)
        during = beats - before
        nursery.cancel_scope.cancel()
    return during, result


async def test_every_agent_leaves_the_event_loop_free() -> None:
    """Through all five stages, each on what the one before it made: others have their turns during every call."""
    turns: dict[str, int] = {}
    items: list[Any] = [SCREEN]
    for stage in PipelineStage:
        outputs = []
        for agent in (agent for agent in screenshot_agents() if agent.stage_name == stage):
            item = tuple(items) if stage is PipelineStage.AGGREGATE else items[0]
            turns[agent.agent_type], output = await beats_during(agent, item)
            outputs.append(output)
        items = outputs

    assert len(turns) == len(screenshot_agents())
    assert [name for name, count in turns.items() if not count] == []
