"""Settings of a breaker are checked when they are given."""

from __future__ import annotations

import math
from typing import Any

import pytest

from copy_that_orch.orchestrator.circuit_breaker import CircuitBreaker, FailureRate
from copy_that_orch.orchestrator.errors import ConfigurationError


async def asynchronous(_error: Exception) -> bool:
    """Cannot be asked by something that does not wait."""
    raise NotImplementedError


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"name": ""}, "name must be a text"),
        ({"name": 7}, "name must be a text"),
        ({"failure_threshold": 0}, "failure_threshold must be a whole number from 1 on, not 0"),
        ({"failure_threshold": 2.5}, "failure_threshold must be a whole number"),
        ({"failure_threshold": True}, "failure_threshold must be a whole number"),
        ({"recovery_timeout": 0}, "recovery_timeout must be a number of seconds above 0, not 0"),
        ({"recovery_timeout": -1.0}, "recovery_timeout must be"),
        ({"recovery_timeout": math.nan}, "recovery_timeout must be"),
        ({"recovery_timeout": math.inf}, "recovery_timeout must be"),
        ({"recovery_timeout": "30"}, "recovery_timeout must be"),
        ({"recovery_timeout": True}, "recovery_timeout must be"),
        ({"trip": 0.5}, "trip must be a FailureRate"),
        ({"half_open_max_calls": 0}, "half_open_max_calls must be"),
        ({"success_threshold": 0}, "success_threshold must be"),
        ({"probe_timeout": 0}, "probe_timeout must be"),
        ({"call_timeout": -1}, "call_timeout must be"),
        ({"slow_call_duration": 0.0}, "slow_call_duration must be"),
        ({"backoff_factor": 0.5}, "backoff_factor must be a number from 1 on"),
        ({"backoff_factor": math.inf}, "backoff_factor must be a number from 1 on"),
        ({"max_recovery_timeout": 29.0}, "max_recovery_timeout, 29.0 s, is below recovery_timeout, 30.0 s"),
        ({"jitter": 1.5}, "jitter is a share from 0 to 1"),
        ({"trip": FailureRate(0.5, 1, 10, slow_rate=0.5)}, "slow_rate needs slow_call_duration"),
        ({"excluded_exceptions": (ValueError, "KeyError")}, "excluded_exceptions must be exception types"),
        ({"excluded_exceptions": int}, "excluded_exceptions must be exception types"),
        ({"excluded_exceptions": 404}, "excluded_exceptions must be exception types, not 404"),
        ({"exclude": ValueError}, "exclude must be a function of one exception"),
        ({"exclude": asynchronous}, "exclude must be a function of one exception"),
        ({"success_on": "KeyError"}, "success_on must be exception types"),
        ({"success_on": 404}, "success_on must be exception types or a function of one"),
        ({"success_on": asynchronous}, "success_on must be exception types or a function of one"),
        ({"cancel_on_open": "no"}, "cancel_on_open must be True or False, not 'no'"),
        ({"on_state_change": "print"}, "on_state_change must be callable"),
    ],
)
def test_a_bad_setting_is_refused(settings: dict[str, Any], sentence: str) -> None:
    """What cannot be meant is refused in words that name the setting."""
    with pytest.raises(ConfigurationError, match=sentence):
        CircuitBreaker(**{"name": "api", **settings})


def test_good_settings_are_taken_in_every_form() -> None:
    """Types may be given singly or together, whole seconds as int, the extremes of each range too."""
    CircuitBreaker(
        "api",
        1,
        30,
        half_open_max_calls=1,
        probe_timeout=1,
        slow_call_duration=1,
        trip=FailureRate(1.0, 1, 1, slow_rate=1.0),
        excluded_exceptions=KeyError,
        success_on=[ValueError],
        backoff_factor=1,
        max_recovery_timeout=30,
        jitter=1,
        seed="seed",
    )
