"""Checks of settings return what they were given or say what is wrong with it."""

from __future__ import annotations

import enum
from collections.abc import Callable
from typing import Any

import pytest

from copy_that_orch import ConfigurationError, PipelineCoordinator, PipelineStage, WhenOpen
from copy_that_orch.orchestrator.checks import member, number, seconds, text, whole


class Level(enum.IntEnum):
    """A whole number with a name."""

    HIGH = 9


@pytest.mark.parametrize(
    ("check", "value"),
    [
        (lambda value: whole("n", value), -3),
        (lambda value: whole("n", value, 1), 1),
        (lambda value: whole("n", value), Level.HIGH),
        (lambda value: number("n", value, 0.0), 0),
        (lambda value: number("n", value, 0.0, 1.0), 1.0),
        (lambda value: seconds("n", value), 1e-9),
        (lambda value: text("n", value), "a"),
        (lambda value: text("n", value), PipelineStage.EXTRACT),
    ],
)
def test_what_fits_is_returned(check: Callable[[Any], Any], value: Any) -> None:
    """The value itself; a `StrEnum` as a plain text."""
    assert check(value) == value
    assert type(check(PipelineStage.EXTRACT)) is str if isinstance(value, str) else True


@pytest.mark.parametrize(
    ("check", "value", "complaint"),
    [
        (lambda value: whole("n", value), "3", "n must be a whole number, not '3'"),
        (lambda value: whole("n", value, 1), 0, "n must be a whole number from 1, not 0"),
        (lambda value: whole("n", value, 1), True, "n must be a whole number from 1, not True"),
        (lambda value: number("n", value, 0.5), 0.4, "n must be a number from 0.5, not 0.4"),
        (lambda value: number("n", value, 0.0, 1.0), 1.1, "n must be a number from 0 to 1, not 1.1"),
        (lambda value: number("n", value, 0.0), False, "n must be a number from 0, not False"),
        (lambda value: number("n", value, 0.0), float("inf"), "n must be a number from 0, not inf"),
        (lambda value: seconds("n", value), 0, "n must be more than 0 seconds, not 0"),
        (lambda value: seconds("n", value), None, "n must be more than 0 seconds, not None"),
        (lambda value: text("n", value), "", "n must be a text that is not empty, not ''"),
        (lambda value: text("n", value), 3, "n must be a text that is not empty, not 3"),
    ],
)
def test_what_does_not_fit_is_told(check: Callable[[Any], Any], value: Any, complaint: str) -> None:
    """By name, with what it must be and what it is."""
    with pytest.raises(ConfigurationError) as caught:
        check(value)
    assert str(caught.value) == complaint


def test_members_are_found_by_value_everywhere() -> None:
    """A policy may be given as its text; any other text is a mistake, told in one sentence wherever it is given."""
    assert member("when_open", WhenOpen, "fail") is WhenOpen.FAIL
    with pytest.raises(ConfigurationError, match="when_open must be one of 'wait', 'fail', not 'never'"):
        PipelineCoordinator([], when_open="never")  # type: ignore[arg-type]


async def test_a_wrong_policy_is_told_before_anything_runs() -> None:
    """`execute_batch` checks its policy first."""
    with pytest.raises(ConfigurationError, match="on_failure must be one of"):
        await PipelineCoordinator([]).execute_batch([], on_failure="ignore")  # type: ignore[arg-type]
