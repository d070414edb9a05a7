"""The line of one stage: who comes first, and who is no longer in it."""

from __future__ import annotations

import pytest

from copy_that_orch import AdaptiveLimit
from copy_that_orch.orchestrator.pool.admission import SLACK, StageQueue, Ticket, TicketState
from copy_that_orch.orchestrator.reports import CallOutcome


def queued(queue: StageQueue, order: int, priority: int = 0) -> Ticket:
    """Return a ticket that was handed in."""
    ticket = Ticket(queue, order, priority)
    queue.submitted += 1
    queue.waiting += 1
    queue.push(ticket)
    return ticket


def started(queue: StageQueue, now: float) -> Ticket:
    """Give the first ticket its slot, and return it."""
    ticket = queue.pop()
    queue.start(ticket, now)
    return ticket


def test_the_head_is_the_highest_priority_then_the_oldest() -> None:
    """The place is (-priority, order): the smaller comes first."""
    queue = StageQueue("extract", 9)
    tickets = [queued(queue, 1), queued(queue, 2, priority=3), queued(queue, 0)]
    assert queue.head() == (-3, 2)
    assert [started(queue, 0.0) for _ in tickets if queue.head()] == [tickets[1], tickets[2], tickets[0]]


def test_no_head_without_a_slot_or_without_a_ticket() -> None:
    """Both must be there."""
    queue = StageQueue("extract", 1)
    assert queue.head() is None
    queued(queue, 0)
    queued(queue, 1)
    started(queue, 0.0)
    assert queue.head() is None
    queue.resize(2)
    assert queue.head() == (0, 1)


def test_a_parked_ticket_comes_back_at_its_old_place_once() -> None:
    """Parked in the line and pushed again, it has one valid entry, however often."""
    queue = StageQueue("extract", 9)
    first, second = queued(queue, 0), queued(queue, 1)
    for _ in range(3):
        first.state = TicketState.PARKED
        assert queue.head() == (0, 1)
        queue.push(first)
    assert queue.head() == (0, 0)
    assert [started(queue, 0.0), queue.head() and started(queue, 0.0), queue.head()] == [
        first,
        second,
        None,
    ]


def test_an_entry_of_an_earlier_attempt_is_void() -> None:
    """A ticket that was withdrawn and is handed in again is granted once."""
    queue = StageQueue("extract", 9)
    blocker, ticket = queued(queue, 0), queued(queue, 1)
    ticket.state = TicketState.ENDED
    queue.withdraw(ticket, 0.0)
    queue.waiting += 1
    queue.push(ticket)
    assert queue.head()
    assert started(queue, 0.0) is blocker
    assert queue.head()
    assert started(queue, 0.0) is ticket
    assert queue.head() is None


def test_books_of_one_ticket() -> None:
    """Waiting, running, given back, running again, ended: the counts follow, the seconds are those of the clock."""
    queue = StageQueue("extract", 1)
    ticket = queued(queue, 0)
    assert queue.head()
    started(queue, 1.0)
    queue.give_back(ticket)
    assert (queue.waiting, queue.running, queue.limiter.borrowed_tokens) == (1, 0, 0)
    queue.push(ticket)
    assert queue.head()
    started(queue, 4.0)
    assert queue.finish(ticket, 6.5) == 2.5
    queue.counts[CallOutcome.COMPLETED] += 1
    books = queue.statistics()
    assert (books.submitted, books.completed, books.waited_seconds, books.ran_seconds) == (1, 1, 4.0, 2.5)
    assert books.peak_running == 1


@pytest.mark.parametrize("waiting", [0, 1, 500])
def test_void_entries_do_not_pile_up(waiting: int) -> None:
    """The line is as long as those who wait, within a factor and a bit; with nobody waiting it is empty."""
    queue = StageQueue("extract", 1)
    for order in range(waiting):
        queued(queue, order)
    for order in range(1000, 5000):
        ticket = queued(queue, order)
        ticket.state = TicketState.ENDED
        queue.withdraw(ticket, 0.0)
        assert len(queue._line) <= 2 * waiting + (SLACK + 1 if waiting else 0)
    assert queue.waiting == waiting


def test_parking_over_and_over_does_not_pile_up() -> None:
    """A ticket has one entry in the line, whatever it went through."""
    queue = StageQueue("extract", 1)
    blocker, ticket = queued(queue, 0), queued(queue, 1)
    for _ in range(5000):
        ticket.state = TicketState.PARKED
        queue.push(ticket)
    assert len(queue._line) <= 2 * 2 + SLACK + 1
    assert queue.head()
    assert started(queue, 0.0) is blocker


def test_an_adaptive_limit_begins_where_it_says() -> None:
    """Its `initial`, or its `minimum`."""
    assert StageQueue("extract", AdaptiveLimit(3, 9)).limit == 3
    assert StageQueue("extract", AdaptiveLimit(3, 9, initial=5)).limit == 5
