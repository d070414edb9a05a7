"""Tokens of what text is set in, on all screenshots together."""

from __future__ import annotations

import pytest

from copy_that_orch.agents.aggregate import AggregateAgent
from copy_that_orch.agents.typography_tokens import AGENT, typography_tokens, with_joint_typography
from copy_that_orch.imaging.lettering import Lettering
from copy_that_orch.imaging.text import TextLine
from copy_that_orch.imaging.text_styles import find_styles
from copy_that_orch.orchestrator.interfaces import PipelineTask
from copy_that_orch.tokens.dimension import Dimension
from copy_that_orch.tokens.model import Provenance, Token, TokenSet
from copy_that_orch.tokens.values import TokenType
from tests.unit.imaging.typeset import typeset

OWN = Token(("font-size", "21"), TokenType.DIMENSION, Dimension(21), 0.5, [Provenance("a.png", "mine")])


def lettering(image: str, *lines: TextLine) -> Lettering:
    """Return lines of one screenshot with a pixel per pixel."""
    return Lettering(image, 1.0, lines)


def extracted(one: Lettering, *more: Token) -> TokenSet:
    """Return what the extractor makes of one screenshot."""
    return TokenSet([*typography_tokens(find_styles([one])), *more], measurements=[one])


PARAGRAPHS = lettering("a.png", *(typeset(16, 60, baseline=40 + 24 * row) for row in range(8)))
WORD = lettering("b.png", typeset(17.5, 20, hinted=False, low=False))


def sizes(sets: list[TokenSet]) -> list[float]:
    """Return the font sizes in all of `sets`."""
    values = [token.value for tokens in sets for token in tokens if token.path[0] == "font-size"]
    return [value.value for value in values if isinstance(value, Dimension)]


def test_a_doubtful_word_is_of_the_size_that_another_screenshot_has() -> None:
    """Alone, it looks like 18 px; its token says where it was seen."""
    sets = [extracted(PARAGRAPHS), extracted(WORD)]

    joint = with_joint_typography(sets)

    assert sizes(sets) == [16, 18]
    assert sizes(joint) == [16]
    (size,) = (token for tokens in joint for token in tokens if token.path[0] == "font-size")
    assert [(seen.image, seen.agent, seen.count) for seen in size.provenance] == [
        ("a.png", AGENT, 8),
        ("b.png", AGENT, 1),
    ]
    assert not any(tokens.measurements for tokens in joint)


def test_tokens_of_other_agents_stay() -> None:
    """Only what was measured is measured anew."""
    other = TokenSet([OWN])

    joint = with_joint_typography([extracted(PARAGRAPHS, OWN), other, extracted(WORD)])

    assert joint[1] is other
    assert OWN in joint[0].tokens
    assert sizes(joint) == [21, 21, 16]


def test_one_screenshot_with_text_is_as_it_was() -> None:
    """Then nothing more is known."""
    sets = [extracted(PARAGRAPHS), extracted(lettering("blank.png")), TokenSet()]

    assert with_joint_typography(sets) == sets


@pytest.mark.parametrize("backwards", [False, True])
async def test_aggregation_looks_at_all_screenshots(*, backwards: bool) -> None:
    """In whatever order they come, and even if they have one name."""
    task: PipelineTask[str] = PipelineTask(task_id="shop", items=["a.png", "b.png"])
    sets = (extracted(PARAGRAPHS), extracted(WORD))
    twins = (extracted(PARAGRAPHS), extracted(lettering("a.png", *WORD.lines)))

    merged = await AggregateAgent().process(task, sets[::-1] if backwards else sets)
    of_twins = await AggregateAgent().process(task, twins[::-1] if backwards else twins)

    assert merged == await AggregateAgent().process(task, sets)
    assert of_twins == await AggregateAgent().process(task, twins)
    assert sizes([merged]) == sizes([of_twins]) == [16]
    assert merged.measurements == ()
