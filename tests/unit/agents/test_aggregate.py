"""AGGREGATE."""

from __future__ import annotations

import pytest
import trio
import trio.lowlevel

from copy_that_orch.agents.aggregate import AggregateAgent
from copy_that_orch.orchestrator.errors import AggregationError
from copy_that_orch.orchestrator.interfaces import PipelineStage, PipelineTask
from copy_that_orch.tokens.color import Color
from copy_that_orch.tokens.merge import merge
from copy_that_orch.tokens.model import ContrastPair, Provenance, Token, TokenSet, TokenType

TASK = PipelineTask(task_id="shop", items=("a.png", "b.png"))


def colors(image: int, number: int) -> TokenSet:
    """A set of that many colours, other ones for other images."""
    return TokenSet(
        Token(
            ("color", str(index)),
            TokenType.COLOR,
            Color.from_bytes(index * 97 % 256, index * 31 % 256, (image * 7 + index) % 256),
            0.5,
            [Provenance(f"{image}.png", "extract.color")],
        )
        for index in range(number)
    )


async def test_sets_of_all_screenshots_become_one() -> None:
    """As `merge` does it, with the tolerance that is asked for."""
    sets = (colors(1, 20), colors(2, 20), TokenSet())
    assert await AggregateAgent().process(TASK, sets) == merge(sets)
    assert await AggregateAgent(tolerance=0).process(TASK, sets) == merge(sets, 0)
    assert len(merge(sets, 0)) > len(merge(sets))


@pytest.mark.parametrize("sets", [(), (TokenSet(),), (TokenSet(pairs=[ContrastPair(Color(0, 0, 0), Color(1, 1, 1))]),)])
async def test_without_any_token_there_is_nothing_to_merge(sets: tuple[TokenSet, ...]) -> None:
    """It says of how many screenshots, and what to do."""
    with pytest.raises(AggregationError, match=r"^no token was found in 2 screenshots; give larger"):
        await AggregateAgent().process(TASK, sets)
    with pytest.raises(AggregationError, match="in 1 screenshot;"):
        await AggregateAgent().process(PipelineTask(task_id="shop", items=["a.png"]), sets)


async def test_the_event_loop_goes_on_meanwhile() -> None:
    """Merging takes long enough for the loop's heart to beat many times; in the loop it would beat once or twice."""
    beats = 0

    async def beat() -> None:
        nonlocal beats
        while True:
            await trio.lowlevel.checkpoint()
            beats += 1

    async with trio.open_nursery() as nursery:
        nursery.start_soon(beat)
        await AggregateAgent().process(TASK, tuple(colors(image, 60) for image in range(10)))
        nursery.cancel_scope.cancel()
    assert beats > 10


def test_who_it_is() -> None:
    """The tolerance is part of what tells stored results apart."""
    agent = AggregateAgent()
    assert (agent.agent_type, agent.stage_name) == ("aggregate.tokens", PipelineStage.AGGREGATE)
    assert agent.fingerprint == "aggregate.tokens@1(tolerance=2.0)"
    with pytest.raises(ValueError, match="tolerance"):
        AggregateAgent(tolerance=-1)
