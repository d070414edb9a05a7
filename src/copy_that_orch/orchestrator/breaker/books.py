"""The books of a circuit breaker: calls by how they ended."""

from __future__ import annotations

from typing import TYPE_CHECKING, final

from copy_that_orch.orchestrator.breaker.state import BreakerStatistics, CircuitState
from copy_that_orch.orchestrator.breaker.verdicts import FAILURE, SUCCESS

if TYPE_CHECKING:
    from copy_that_orch.orchestrator.breaker.permits import Permit
    from copy_that_orch.orchestrator.breaker.verdicts import Judgement


@final
class Books:
    """What a breaker has seen since it was made; each attribute is that of `BreakerStatistics`."""

    __slots__ = (
        "admitted",
        "failed",
        "last_failure",
        "late_results",
        "neutral",
        "rejected",
        "slow",
        "succeeded",
        "times_opened",
    )

    def __init__(self) -> None:
        self.admitted = self.succeeded = self.failed = self.neutral = 0
        self.late_results = self.slow = self.rejected = self.times_opened = 0
        self.last_failure: str | None = None

    def end(self, permit: Permit, judgement: Judgement, now: float) -> None:
        """Book the end of a call that counts."""
        if now >= permit.slow_at:
            self.last_failure = _no_answer(permit.slow_at - permit.started)
            self.slow += not permit.hung  # else it is booked already
        if judgement.verdict is FAILURE:
            self.failed += 1
            self.last_failure = judgement.because
        elif judgement.verdict is SUCCESS:
            self.succeeded += 1
        else:
            self.neutral += 1

    def hang(self, permit: Permit) -> None:
        """Book that a call in flight has turned slow."""
        self.slow += 1
        self.last_failure = _no_answer(permit.slow_at - permit.started)

    def outlive(self, permit: Permit, now: float) -> None:
        """Book that a probe has not ended at the end of its lease."""
        self.slow += now >= permit.slow_at
        self.last_failure = _no_answer(permit.lease - permit.started)

    def statistics(self, name: str, state: CircuitState, generation: int) -> BreakerStatistics:
        """Return them as they stand."""
        settled = self.succeeded + self.failed + self.neutral + self.late_results
        return BreakerStatistics(
            name=name,
            state=state,
            generation=generation,
            admitted=self.admitted,
            in_flight=self.admitted - settled,
            succeeded=self.succeeded,
            failed=self.failed,
            neutral=self.neutral,
            late_results=self.late_results,
            slow=self.slow,
            rejected=self.rejected,
            times_opened=self.times_opened,
            last_failure=self.last_failure,
        )


def _no_answer(seconds: float) -> str:
    return f"no answer within {seconds:.6g} s"
