"""Where a circuit stands, and what it has seen: values that a `CircuitBreaker` hands out."""

from __future__ import annotations

import enum

import attrs


class CircuitState(enum.StrEnum):
    """What a breaker does with the next call.

    CLOSED lets it through. OPEN refuses it until the recovery time is over. HALF_OPEN lets a few probes through and
    refuses the rest. ISOLATED refuses it until somebody calls `reset()`.
    """

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"
    ISOLATED = "isolated"


# A global is ten times as fast as an attribute of an enumeration (Python 3.11), and these are needed at every turn.
CLOSED, OPEN, HALF_OPEN, ISOLATED = CircuitState


@attrs.frozen(kw_only=True)
class BreakerStatistics:
    """What a breaker has seen since it was made.

    The books add up: admitted = succeeded + failed + neutral + late_results + in_flight.

    Attributes:
      name: The breaker's.
      state: The state now.
      generation: State changes so far, and resets; a result counts only in the generation that admitted its call.
      admitted: Calls let in.
      in_flight: Of these, the ones that have not ended, whatever generation admitted them.
      succeeded, failed, neutral: Verdicts on calls that ended in their own generation.
      late_results: Calls that ended in a later generation; they were not judged.
      slow: Calls that were found older than `slow_call_duration`, running or ended.
      rejected: Callers refused.
      times_opened: How often the circuit opened, failed probes included.
      last_failure: The last failure that counted, as text; None if there was none.
    """

    name: str
    state: CircuitState
    generation: int
    admitted: int
    in_flight: int
    succeeded: int
    failed: int
    neutral: int
    late_results: int
    slow: int
    rejected: int
    times_opened: int
    last_failure: str | None
