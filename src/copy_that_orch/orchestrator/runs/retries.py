"""Whether a failed attempt is repeated, and after how long."""

from __future__ import annotations

from typing import TYPE_CHECKING

from copy_that_orch.orchestrator.errors import PoolClosedError

if TYPE_CHECKING:
    import random

    from copy_that_orch.orchestrator.runs.calls import Call


def back_off(call: Call, error: Exception, rng: random.Random) -> float | None:
    """Return the seconds before the next attempt of `call`, whose last one raised `error`; None if there is none.

    A refusal by a pool that drains is final, and so is a failure when nobody wants the answer any more. Raises what the
    error's own `retry_after` raises.
    """
    policy = call.batch.settings.retry
    if (
        policy is None
        or call.attempt >= policy.attempts
        or call.batch.task.ending
        or call.work.dropped
        or isinstance(error, PoolClosedError)
        or not isinstance(error, policy.on)
    ):
        return None
    return policy.backoff(call.attempt, error, rng)
