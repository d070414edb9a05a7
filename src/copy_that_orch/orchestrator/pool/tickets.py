"""A ticket: the claim of one attempt to one slot, and who holds the slot that a Trio task runs in."""

from __future__ import annotations

import contextvars
import enum
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from copy_that_orch.orchestrator.agent_pool import AgentPool
    from copy_that_orch.orchestrator.pool.admission import StageQueue

Holder: TypeAlias = "tuple[AgentPool, Ticket]"
"""A ticket that holds or held a slot, and its pool."""

running_in: contextvars.ContextVar[Holder | None] = contextvars.ContextVar("running_in", default=None)
"""The innermost slot that the current Trio task, or one that started it, runs in or ran in."""


class TicketState(enum.Enum):
    """Where a ticket is."""

    NEW = enum.auto()
    QUEUED = enum.auto()
    PARKED = enum.auto()
    RUNNING = enum.auto()
    ENDED = enum.auto()


# A global is ten times as fast as an attribute of an enumeration (Python 3.11), and these are needed at every turn.
NEW, QUEUED, PARKED, RUNNING, ENDED = TicketState


class Slot:
    """A token that the pool has borrowed from a stage's limiter, on behalf of the ticket that runs.

    Attributes:
      ticket: Who has it; None for a moment between two.
    """

    __slots__ = ("ticket",)

    def __init__(self) -> None:
        self.ticket: Ticket | None = None

    def __repr__(self) -> str:
        return repr(self.ticket)


class Ticket:
    """The claim of one attempt to one slot; a subclass says what to do when it is granted.

    Attributes:
      stage: The books of its stage.
      state: Where it is.
      priority, order: Higher priority first, then lower order; a ticket that is handed in again keeps its order.
      outer: The slot, of another pool, in which whoever made the ticket runs.
      entry: Number of its entry in the line; an older entry is void.
      task_id, agent_type, item, label, attempt: Tell the attempt in records.
      slot: While it runs, until the slot is free for others.
      queued, started: When it began to wait for a slot, and when it got one.
    """

    __slots__ = (
        "agent_type",
        "attempt",
        "entry",
        "item",
        "label",
        "order",
        "outer",
        "priority",
        "queued",
        "slot",
        "stage",
        "started",
        "state",
        "task_id",
    )

    def __init__(self, stage: StageQueue, order: int, priority: int = 0) -> None:
        self.stage = stage
        self.order = order
        self.priority = priority
        self.state = NEW
        self.slot: Slot | None = None
        self.outer: Holder | None = None
        self.entry = -1
        self.queued = self.started = 0.0
        self.task_id: str | None = None
        self.agent_type: str | None = None
        self.item: int | None = None
        self.label = ""
        self.attempt = 1

    def granted(self) -> None:
        """Use the slot; called once per grant, must not wait or raise."""
        raise NotImplementedError

    def __repr__(self) -> str:
        who = "a block" if self.agent_type is None else f"agent {self.agent_type!r} on {self.label}"
        return f"<{who} in stage {self.stage.name!r}, {self.state.name.lower()}>"


def still_held(holder: Holder | None) -> Holder | None:
    """Return `holder` or the nearest one around it whose slot has not been given back."""
    while holder is not None and holder[1].state is not RUNNING:
        holder = holder[1].outer
    return holder


def slot_held_of(pool: AgentPool) -> Ticket | None:
    """Return the ticket of `pool` in whose slot the current Trio task runs, if it does, however deep inside."""
    holder = still_held(running_in.get())
    while holder is not None and holder[0] is not pool:
        ticket = holder[1]
        holder = ticket.outer = still_held(ticket.outer)  # forget who has ended: a chain must not grow for ever
    return None if holder is None else holder[1]
