"""What a token set comes to."""

from __future__ import annotations

from copy_that_orch.cli.summary import Summary, SummaryAgent
from copy_that_orch.orchestrator.interfaces import PipelineTask
from copy_that_orch.tokens.alias import Alias
from copy_that_orch.tokens.color import Color
from copy_that_orch.tokens.dimension import Dimension
from copy_that_orch.tokens.model import Finding, Provenance, Severity, Token, TokenSet, TokenType

RED, BLUE = Color.from_hex("#ff0000"), Color.from_hex("#0000ff")
FINDING = Finding(Severity.WARNING, "contrast", "color.red", "too faint")


def color(name: str, value: Color | Alias, count: int) -> Token:
    """A colour that was seen `count` times."""
    return Token(("color", name), TokenType.COLOR, value, provenance=(Provenance("a.png", "extract.color", count),))


async def test_groups_are_counted_and_colours_stand_in_the_order_of_their_weight() -> None:
    """References and see-through colours are tokens, but no colours of the palette; equal ones count together."""
    tokens = TokenSet(
        (
            color("a", RED, 5),
            color("b", BLUE, 4),
            color("c", BLUE, 4),
            color("d", Alias(("color", "a")), 9),
            color("e", Color(0, 0, 0, 0.5), 9),
            Token(("spacing", "s"), TokenType.DIMENSION, Dimension(4, "px")),
        ),
        findings=(FINDING,),
    )
    summary = await SummaryAgent().process(PipelineTask(task_id="shop", items=()), tokens)
    assert summary == Summary(groups=(("color", 5), ("spacing", 1)), palette=(BLUE, RED), findings=(FINDING,))
    assert summary.tokens == 6
