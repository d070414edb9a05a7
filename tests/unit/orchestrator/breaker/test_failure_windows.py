"""When failures are too many."""

from __future__ import annotations

import math

import pytest

from copy_that_orch.orchestrator.breaker.windows import (
    ConsecutiveFailures,
    FailureRate,
    FailureWindow,
    RateOfCalls,
    RateOfSeconds,
    make_rate_window,
)
from copy_that_orch.orchestrator.errors import ConfigurationError


def end(window: FailureWindow, outcomes: str, now: float = 0.0) -> None:
    """Report calls: f failed, s slow, b both, h slow and found so before, anything else fast and good."""
    for outcome in outcomes:
        window.ended(failed=outcome in "fb", slow=outcome in "sbh", hung=outcome == "h", now=now)


def test_a_row_is_ended_by_a_success() -> None:
    """Failures must follow one another; a slow call is one."""
    row = ConsecutiveFailures(3)
    end(row, "ff.fs")
    assert not row.too_many(0.0)
    end(row, "b")
    assert row.too_many(0.0)
    row.clear()
    assert not row.too_many(0.0)


def test_a_hanging_call_has_one_place_in_a_row() -> None:
    """It is in the row from the moment it turns slow, and not again when it ends."""
    row = ConsecutiveFailures(2)
    row.hung()
    end(row, "h")
    assert not row.too_many(0.0)
    end(row, ".h")
    assert row.length == 0  # a success after it turned slow is younger news


@pytest.mark.parametrize("window", [4, 4.0])
def test_a_rate_needs_its_minimum_of_calls(window: float) -> None:
    """Below the minimum no rate means anything; from it on, reaching the rate is enough."""
    rate = make_rate_window(FailureRate(0.5, 4, window))
    end(rate, "ff.")
    assert not rate.too_many(0.0)
    end(rate, ".")
    assert rate.too_many(0.0)


def test_a_window_of_calls_holds_the_last_ones() -> None:
    """Older calls leave, and what they were leaves with them."""
    rate = RateOfCalls(FailureRate(0.5, 4, 4, slow_rate=0.75))
    end(rate, "fb..")
    assert rate.too_many(0.0)
    end(rate, ".")
    assert not rate.too_many(0.0)  # b...
    end(rate, "sss")
    assert rate.too_many(0.0)  # .sss
    end(rate, "....")
    assert not rate.too_many(0.0)
    end(rate, "f")
    assert not rate.too_many(0.0)  # ...f


def test_a_window_of_seconds_moves_in_tenths() -> None:
    """A call leaves once its tenth of the window is a window away."""
    rate = RateOfSeconds(FailureRate(0.5, 2, 10.0))
    end(rate, "f", now=0.9)
    end(rate, "f", now=1.0)
    assert rate.too_many(1.0)
    assert rate.too_many(9.9)
    assert not rate.too_many(10.0)  # the first one has left, so there is one call only
    end(rate, "..", now=10.5)
    assert not rate.too_many(10.5)  # 1 of 3
    end(rate, "f", now=10.6)
    assert rate.too_many(10.6)  # 2 of 4
    assert not rate.too_many(11.0)  # 1 of 3
    assert not rate.too_many(10_000.0)


def test_a_window_of_seconds_keeps_few_numbers() -> None:
    """However many calls end, a bucket holds their sums."""
    rate = RateOfSeconds(FailureRate(0.9, 1, 10.0))
    for tick in range(10_000):
        end(rate, ".", now=tick / 7)
    assert len(rate._buckets) <= 10


def test_a_clock_that_starts_over_clears_a_window_of_seconds() -> None:
    """Times of another Trio run are of no use; calls that hang stay."""
    rate = RateOfSeconds(FailureRate(0.5, 2, 10.0))
    end(rate, "ff", now=1000.0)
    rate.hung()
    assert not rate.too_many(5.0)
    end(rate, "f", now=5.0)
    assert rate.too_many(5.0)  # with the one that hangs


@pytest.mark.parametrize("window", [10, 10.0])
def test_without_a_slow_rate_a_slow_call_is_a_failure(window: float) -> None:
    """It counts once, even if it fails as well."""
    rate = make_rate_window(FailureRate(0.5, 4, window))
    end(rate, "b..")
    end(rate, ".")
    assert not rate.too_many(0.0)
    end(rate, "ss")
    assert rate.too_many(0.0)


@pytest.mark.parametrize("window", [10, 10.0])
def test_slow_calls_have_a_rate_of_their_own(window: float) -> None:
    """With a slow rate, slow successes are no failures, and either rate may be reached."""
    rate = make_rate_window(FailureRate(0.5, 4, window, slow_rate=0.75))
    end(rate, "ss..")
    assert not rate.too_many(0.0)
    end(rate, "ssss")
    assert rate.too_many(0.0)
    rate.clear()
    end(rate, "ff..")
    assert rate.too_many(0.0)


@pytest.mark.parametrize("window", [10, 10.0])
def test_a_hanging_call_counts_while_it_hangs_and_once_at_its_end(window: float) -> None:
    """It is in the rate as slow as long as it hangs, and then as what it has become."""
    rate = make_rate_window(FailureRate(0.6, 2, window, slow_rate=0.6))
    end(rate, ".")
    rate.hung()
    assert not rate.too_many(0.0)  # 1 of 2
    rate.hung()
    assert rate.too_many(0.0)  # 2 of 3
    end(rate, "h")
    assert rate.too_many(0.0)  # still 2 of 3, not 3 of 4
    end(rate, "..")
    assert not rate.too_many(0.0)  # 2 of 5
    rate.clear()
    end(rate, "..")
    assert not rate.too_many(0.0)


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ((0.0, 1, 10), "rate is a share above 0"),
        ((1.1, 1, 10), "rate is a share above 0"),
        ((math.nan, 1, 10), "rate is a share above 0"),
        ((0.5, 1, 10, 0.0), "slow_rate is a share above 0"),
        ((0.5, 0, 10), "minimum_calls must be a whole number"),
        ((0.5, 1.5, 10), "minimum_calls must be a whole number"),
        ((0.5, True, 10), "minimum_calls must be a whole number"),
        ((0.5, 1, 0), "window must be"),
        ((0.5, 1, 0.0), "window must be"),
        ((0.5, 1, math.inf), "window must be"),
        ((0.5, 1, math.nan), "window must be"),
        ((0.5, 11, 10), "never holds minimum_calls, 11"),
    ],
)
def test_a_bad_rate_is_refused(settings: tuple[float, int, float], sentence: str) -> None:
    """A rate that cannot be meant is refused when it is given."""
    with pytest.raises(ConfigurationError, match=sentence):
        FailureRate(*settings)
