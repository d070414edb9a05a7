"""What to do when something fails: checked when given, exact when asked."""

from __future__ import annotations

import pickle
import random
from typing import Any

import pytest

from copy_that_orch import ConfigurationError, FailurePolicy, RateLimit, RetryPolicy, WhenOpen


def test_policies_are_texts() -> None:
    """They are given in configuration files as what they are called."""
    assert [str(policy) for policy in FailurePolicy] == ["cancel", "isolate", "collect"]
    assert [str(choice) for choice in WhenOpen] == ["wait", "fail"]


@pytest.mark.parametrize(
    ("settings", "complaint"),
    [
        ({"attempts": 0}, "attempts, the first one included, must be a whole number from 1, not 0"),
        ({"attempts": 2.5}, "not 2.5"),
        ({"attempts": True}, "not True"),
        ({"initial": -1.0}, "initial must be a number from 0 to 30, not -1.0"),
        ({"initial": 31.0}, "initial must be a number from 0 to 30, not 31.0"),
        ({"maximum": float("inf")}, "maximum must be a number from 0, not inf"),
        ({"maximum": float("nan")}, "not nan"),
        ({"jitter": 1.5}, "jitter must be a number from 0 to 1, not 1.5"),
        ({"jitter": "half"}, "not 'half'"),
        ({"on": ValueError}, "on must be a tuple of exception classes, not <class 'ValueError'>"),
        ({"on": ("ValueError",)}, "on must be a tuple of exception classes"),
        ({"on": (KeyboardInterrupt,)}, "on must be a tuple of exception classes"),
    ],
)
def test_a_retry_policy_is_checked(settings: dict[str, Any], complaint: str) -> None:
    """What could only fail in the middle of a run is refused before."""
    with pytest.raises(ConfigurationError, match=complaint):
        RetryPolicy(**settings)


def test_backoff_doubles_up_to_the_maximum() -> None:
    """Without jitter: initial, twice, four times, ... and never more than the maximum, however late."""
    policy = RetryPolicy(attempts=10_000, initial=0.5, maximum=30.0, jitter=0.0)
    delays = [policy.backoff(attempt, ValueError(), random.Random(0)) for attempt in (1, 2, 3, 6, 7, 8, 9_999)]
    assert delays == [0.5, 1.0, 2.0, 16.0, 30.0, 30.0, 30.0]
    assert RetryPolicy(initial=0.0, jitter=0.0).backoff(9, ValueError(), random.Random(0)) == 0.0


def test_jitter_shortens_by_its_share_at_most() -> None:
    """The same seed gives the same delays, spread between (1 - jitter) times the back-off and the back-off."""
    policy = RetryPolicy(initial=8.0, jitter=0.25)
    rngs = [random.Random(7), random.Random(7)]
    delays = [[policy.backoff(1, ValueError(), rng) for _ in range(1000)] for rng in rngs]
    assert delays[0] == delays[1]
    assert 6.0 <= min(delays[0]) < 6.1
    assert 7.9 < max(delays[0]) <= 8.0


@pytest.mark.parametrize(
    ("asked", "waited"),
    [(10.0, 10.0), (0.1, 1.0), (7, 7.0), (99.0, 99.0), (None, 1.0), ("soon", 1.0), (float("inf"), 1.0), (-5.0, 1.0)],
)
def test_an_error_may_ask_for_more_time(asked: Any, waited: float) -> None:
    """`retry_after` seconds are waited out at least; what is no finite time is passed over."""
    error = ConnectionError("busy")
    error.retry_after = asked  # type: ignore[attr-defined]
    assert RetryPolicy(initial=1.0, jitter=0.0).backoff(1, error, random.Random(0)) == waited


@pytest.mark.parametrize(
    ("settings", "complaint"),
    [
        ({"calls": 0, "per": 1.0}, "calls must be a whole number from 1, not 0"),
        ({"calls": 1.5, "per": 1.0}, "not 1.5"),
        ({"calls": 5, "per": 0.0}, "per must be more than 0 seconds, not 0.0"),
        ({"calls": 5, "per": float("inf")}, "not inf"),
        ({"calls": 5, "per": None}, "not None"),
    ],
)
def test_a_rate_limit_is_checked(settings: dict[str, Any], complaint: str) -> None:
    """A whole number of calls per a finite time above 0."""
    with pytest.raises(ConfigurationError, match=complaint):
        RateLimit(**settings)


def test_a_rate_limit_is_even() -> None:
    """Fifty calls per minute are one every 1.2 s."""
    assert RateLimit(calls=50, per=60.0).interval == 1.2


@pytest.mark.parametrize("value", [RetryPolicy(on=(OSError,)), RateLimit(calls=1, per=2)])
def test_rules_travel(value: object) -> None:
    """They are values: equal, hashable, and the same after pickle."""
    assert pickle.loads(pickle.dumps(value)) == value
    assert hash(value) == hash(pickle.loads(pickle.dumps(value)))
