"""Cancellation, exits and errors are told apart, in groups too."""

from __future__ import annotations

import pytest
import trio
from trio.testing import MockClock

from copy_that_orch.orchestrator.runs.interruptions import from_nursery, graver, is_cancellation, split_cancelled


async def cancelled() -> trio.Cancelled:
    """Return a cancellation; Trio lets nobody make one."""
    with trio.CancelScope() as scope:
        scope.cancel()
        try:
            await trio.lowlevel.checkpoint()
        except trio.Cancelled as error:
            return error
    raise AssertionError  # pragma: no cover -- a checkpoint in a cancelled scope raises


async def test_cancellations_are_split_off(autojump_clock: MockClock) -> None:
    """Of a bare error one part is None; of a group each part is what it says."""
    end, error = await cancelled(), ValueError("bad")
    assert split_cancelled(end) == (end, None)
    assert split_cancelled(error) == (None, error)
    of_end, of_error = split_cancelled(BaseExceptionGroup("mixed", [end, error]))
    assert isinstance(of_end, BaseExceptionGroup)
    assert isinstance(of_error, ExceptionGroup)
    assert (of_end.exceptions, of_error.exceptions) == ((end,), (error,))

    assert is_cancellation(end)
    assert is_cancellation(BaseExceptionGroup("all", [end, BaseExceptionGroup("inner", [end])]))
    assert not is_cancellation(BaseExceptionGroup("mixed", [end, error]))
    assert not is_cancellation(KeyboardInterrupt())


async def test_what_a_nursery_raised_comes_out_of_its_group_if_it_is_alone(autojump_clock: MockClock) -> None:
    """One error is bare, several stay a group, cancellations are nothing."""
    end, stop, error = await cancelled(), KeyboardInterrupt(), ValueError("bad")
    assert from_nursery(BaseExceptionGroup("nursery", [end, stop])) is stop
    both = from_nursery(BaseExceptionGroup("nursery", [end, stop, error]))
    assert isinstance(both, BaseExceptionGroup)
    assert both.exceptions == (stop, error)
    assert from_nursery(BaseExceptionGroup("nursery", [end])) is None
    assert from_nursery(error) is error


@pytest.mark.parametrize("first", range(3))
async def test_the_graver_reason_wins_and_else_the_first(autojump_clock: MockClock, first: int) -> None:
    """An exit weighs more than an error, an error more than a cancellation; of equals the first one counts."""
    reasons = [await cancelled(), ValueError("bad"), BaseExceptionGroup("exits", [SystemExit(1), ValueError("bad")])]
    equals = [await cancelled(), ExceptionGroup("errors", [OSError("worse")]), KeyboardInterrupt()]
    one = reasons[first]
    assert graver(None, one) is one
    assert graver(one, equals[first]) is one
    for second, other in enumerate(reasons):
        assert graver(one, other) is reasons[max(first, second)]
