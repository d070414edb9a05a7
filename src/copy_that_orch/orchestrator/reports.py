"""What ran, how long, and how it ended: frozen values. Times are seconds of Trio's clock."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import attrs

from copy_that_orch.orchestrator.errors import PipelineErrorGroup

if TYPE_CHECKING:
    from copy_that_orch.orchestrator.circuit_breaker import BreakerStatistics


class CallOutcome(enum.StrEnum):
    """How a call ended.

    REJECTED: by an open circuit; its agent was not called. CACHED: answered from the result store; neither was it then.
    """

    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"
    REJECTED = "rejected"
    CACHED = "cached"


# A global is ten times as fast as an attribute of an enumeration (Python 3.11), and these are needed for every call.
COMPLETED, FAILED, CANCELLED, REJECTED, CACHED = CallOutcome


class TaskStatus(enum.StrEnum):
    """How a task ended.

    PARTIAL: with outputs, and with failures that its stages' policies let pass. CANCELLED: it was ended from outside,
    or never taken up, because its batch failed or its coordinator drains.
    """

    COMPLETED = "completed"
    PARTIAL = "partial"
    FAILED = "failed"
    CANCELLED = "cancelled"


@attrs.frozen(kw_only=True)
class CallRecord:
    """One attempt of one call.

    Attributes:
      task_id: The task; None for a `pool.slot()` block.
      stage: The stage.
      agent: The agent's `agent_type`; None for a `pool.slot()` block.
      item: Index of the item among the stage's items; None where there is none.
      label: Short text that tells the item.
      attempt: Number of the attempt, from 1.
      outcome: How it ended.
      queued: When it began to wait for a slot.
      started: When it got the slot; None if it never did.
      ended: When it ended.
    """

    task_id: str | None
    stage: str
    agent: str | None
    item: int | None
    label: str
    attempt: int
    outcome: CallOutcome
    queued: float
    started: float | None
    ended: float


@attrs.frozen(kw_only=True)
class PoolStatistics:
    """The books of one stage, or of all: submitted = waiting + running + completed + failed + cancelled + rejected.

    Attributes:
      limit: Calls that may run at once; None if nothing limits them: over all stages without a total limit.
      submitted: Attempts handed in so far.
      waiting: Attempts that wait for a slot now, or hold their place while their circuit is open.
      running: Attempts that hold a slot now.
      completed, failed, cancelled, rejected: Attempts that ended so.
      peak_running: Most attempts that ran at once.
      waited_seconds: Time that attempts which have ended waited, for a slot or their circuit, added up.
      ran_seconds: Time that attempts which have ended held their slot, added up.
    """

    limit: int | None
    submitted: int
    waiting: int
    running: int
    completed: int
    failed: int
    cancelled: int
    rejected: int
    peak_running: int
    waited_seconds: float
    ran_seconds: float


@attrs.frozen(kw_only=True)
class PipelineResult:
    """What became of one task.

    Attributes:
      task_id: The task.
      status: How it ended.
      outputs: The last stage's outputs, in (item, agent) order whatever order they finished in; empty if the task
        FAILED or was CANCELLED.
      error: What failed, also in a PARTIAL result; None if nothing did.
      started, ended: When its first call was handed in, and when its last one had ended.
      stages: How often calls of a stage ended how, by stage: `{"extract": {"completed": 3, ...}}`.
    """

    task_id: str
    status: TaskStatus
    outputs: tuple[Any, ...]
    error: PipelineErrorGroup | None
    started: float
    ended: float
    stages: Mapping[str, Mapping[CallOutcome, int]]

    @property
    def seconds(self) -> float:
        """Time from start to end, waiting included."""
        return self.ended - self.started


@attrs.frozen(kw_only=True)
class AgentHealth:
    """What one agent says of itself; `reason` tells why it is not healthy."""

    agent: str
    healthy: bool
    reason: str


@attrs.frozen(kw_only=True)
class HealthReport:
    """What all agents say of themselves, in stage order."""

    agents: tuple[AgentHealth, ...]

    @property
    def healthy(self) -> bool:
        """Whether all of them are."""
        return all(agent.healthy for agent in self.agents)


@attrs.frozen(kw_only=True)
class CoordinatorStatistics:
    """The books of a coordinator.

    Attributes:
      tasks: Tasks that have ended, by status.
      in_flight: Tasks under way.
      cached: Calls that the result store answered, by stage. They never came to the pool and are not in its books.
      pool: The pool's books over all stages.
      stages: The pool's books by stage.
      breakers: The breakers' books by agent type.
    """

    tasks: Mapping[TaskStatus, int]
    in_flight: int
    cached: Mapping[str, int]
    pool: PoolStatistics
    stages: Mapping[str, PoolStatistics]
    breakers: Mapping[str, BreakerStatistics]
