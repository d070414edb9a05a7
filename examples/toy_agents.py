"""The engine on toy agents: three stages, one slow agent, one that fails, and what comes of it.

Run it with `python examples/toy_agents.py`.
"""

from __future__ import annotations

import attrs
import trio

from copy_that_orch import (
    AgentPool,
    BasePipelineAgent,
    FailurePolicy,
    PipelineCoordinator,
    PipelineTask,
    Stage,
)


@attrs.frozen
class Fetch(BasePipelineAgent[str, str]):
    """Pretends to fetch a page."""

    agent_type = "fetch"
    stage_name = "fetch"
    seconds: float = 0.05

    async def process(self, task: PipelineTask[str], item: str) -> str:
        """Return the text of the page."""
        await trio.sleep(self.seconds)
        if "broken" in item:
            raise ConnectionError(f"{item} does not answer")
        return f"the text of {item}"


@attrs.frozen
class CountWords(BasePipelineAgent[str, int]):
    """Counts words."""

    agent_type = "count.words"
    stage_name = "count"

    async def process(self, task: PipelineTask[str], item: str) -> int:
        """Return how many words `item` has."""
        return len(item.split())


@attrs.frozen
class Total(BasePipelineAgent[tuple[int, ...], int]):
    """Adds up what all items came to."""

    agent_type = "total"
    stage_name = "total"

    async def process(self, task: PipelineTask[str], item: tuple[int, ...]) -> int:
        """Return the sum."""
        return sum(item)


async def main() -> None:
    """Run two tasks: all pages answer in one, one page is broken in the other."""
    coordinator = PipelineCoordinator(
        [Fetch(), CountWords(), Total()],
        stages=[
            Stage(name="fetch", on_failure=FailurePolicy.ISOLATE, timeout=5.0),
            Stage(name="count"),
            Stage(name="total", gather=True),
        ],
        pool=AgentPool({"fetch": 8}),
    )
    tasks = [
        PipelineTask(task_id="docs", items=["docs/intro", "docs/install", "docs/usage"]),
        PipelineTask(task_id="blog", items=["blog/first", "blog/broken"]),
    ]
    for result in await coordinator.execute_batch(tasks):
        print(f"{result.task_id}: {result.status}, {result.outputs[0]} words")
        for failure in result.error.failures if result.error else ():
            print(f"  {failure.agent} failed on {failure.label}: {failure.exception}")


if __name__ == "__main__":
    trio.run(main)
