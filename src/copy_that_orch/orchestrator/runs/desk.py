"""What becomes of a call in one run: handed in, held back, started, settled, tried again.

Plain functions: everything here happens in a turn of the run's loop or, when a slot is granted, in that of whoever gave
one back, and nothing waits.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, final

import trio

from copy_that_orch.orchestrator.agent_pool import outcome_of
from copy_that_orch.orchestrator.errors import PoolClosedError
from copy_that_orch.orchestrator.pool.tickets import ENDED, NEW, RUNNING, running_in, still_held
from copy_that_orch.orchestrator.reports import CACHED, CANCELLED, COMPLETED, FAILED, REJECTED
from copy_that_orch.orchestrator.runs import telling
from copy_that_orch.orchestrator.runs.calls import Call, Stopped
from copy_that_orch.orchestrator.runs.circuits import Circuit
from copy_that_orch.orchestrator.runs.interruptions import is_cancellation
from copy_that_orch.orchestrator.runs.passes import Mailbox
from copy_that_orch.orchestrator.runs.rate_gate import RateGate
from copy_that_orch.orchestrator.runs.retries import back_off
from copy_that_orch.orchestrator.runs.timers import Timers

if TYPE_CHECKING:
    from collections.abc import Callable

    from copy_that_orch.orchestrator.reports import CallOutcome
    from copy_that_orch.orchestrator.runs.passes import Passes
    from copy_that_orch.orchestrator.runs.plan import Plan
    from copy_that_orch.orchestrator.runs.recall import Recall
    from copy_that_orch.orchestrator.runs.task_run import TaskRun


@final
class Desk:
    """Where the calls of one run are handed in and settled.

    Args:
      plan: What the coordinator was told.
      passes: Tells which calls ended in the same scheduler pass.
      wake: Has the run take a turn soon.
      halt: Ends the run with a reason that its caller is to see as it is.

    Attributes:
      pool: The slots.
      emit, watched: The coordinator's observers, and whether there are any.
      recall: Asks the result store, if there is one.
      circuits: Each agent behind its breaker.
      timers: What is to be done later.
      now: Time of this turn.
      outer: The slot, of another pool, in which whoever began the run runs.
      next_order: Returns the place in line of a new call.
      returned: Has a call whose agent has ended settled, together with the others of this pass.
      touched: The tasks in which something has changed since they were last looked at.
    """

    __slots__ = (
        "_freed",
        "_gates",
        "_granted",
        "_halt",
        "_in_turn",
        "_plan",
        "_posted",
        "_returned",
        "_rng",
        "_wake",
        "circuits",
        "emit",
        "next_order",
        "now",
        "outer",
        "pool",
        "recall",
        "returned",
        "timers",
        "touched",
        "watched",
    )

    def __init__(
        self, plan: Plan, passes: Passes, wake: Callable[[], None], halt: Callable[[BaseException], None]
    ) -> None:
        self._plan = plan
        self.pool = plan.pool
        self.emit = plan.observers.emit
        self.watched = bool(plan.observers)
        self.circuits = [
            Circuit(agent, breaker, self, plan.when_open, plan.patience) for agent, breaker in plan.guarded_agents
        ]
        self.recall: Recall | None = None
        self.timers = Timers()
        self.now = trio.current_time()
        self.outer = still_held(running_in.get())
        self.next_order = plan.pool.next_order
        self.touched: dict[TaskRun, None] = {}
        self._gates = {name: RateGate(pace, self) for name, pace in plan.paces.items()}
        self._wake = wake
        self._halt = halt
        self._rng = plan.new_rng()
        self._returned: Mailbox[Call] = Mailbox(passes, wake)
        self.returned = self._returned.put
        self._posted: list[Call] = []
        self._freed: list[tuple[Call, CallOutcome]] = []
        self._granted: list[Call] = []
        self._in_turn = False

    def close(self) -> None:
        """Forget what refers to the run: cycles, and whatever it has delivered in them."""
        self.circuits, self._gates, self.timers, self.recall = [], {}, Timers(), None
        del self._wake, self._halt, self._returned, self.returned

    # What the parts of a run ask of it.

    def at(self, when: float, action: Callable[[], None]) -> None:
        """Do `action` in the first turn at or after Trio time `when`."""
        self.timers.add(when, action)
        self._wake()

    def hand_in(self, call: Call) -> None:
        """Hand in `call` to the pool."""
        if self.watched:
            self.emit(telling.queued(call))
        call.announced = True
        call.circuit.queued[call] = None
        try:
            self.pool.submit(call, self.now)
        except PoolClosedError as error:
            self._end_unrun(call, error.with_traceback(None))

    def start(self, call: Call) -> None:
        """Let a call that was granted its slot pass the stage's rate limit and the breaker, and run."""
        gate = self._gate_of(call) if self._gates else None
        if gate is not None and not gate.admits(call):
            return
        try:
            admitted = call.circuit.admit(call)
        except BaseException as exit_:  # a listener of the breaker ends the program: not whoever gave back a slot
            self._halt(exit_)
            self.withdraw(call)
            return
        if admitted:
            if gate is not None:
                gate.started()
            if self.watched:
                self.emit(telling.started(call))
            if self._in_turn:
                call.batch.crew.run(call)
            else:  # by somebody else, maybe after a failure that is yet to be settled: that comes first
                self._granted.append(call)
                self._wake()

    def park(self, call: Call) -> None:
        """Take `call` out of the pool's line, or off its slot, while its circuit holds it back."""
        self.pool.park(call)
        gate = self._gate_of(call)
        if gate is not None:
            gate.leave(call)
            gate.look_again()

    def reject(self, call: Call) -> None:
        """End a call that its circuit refuses."""
        call.rejected = True
        self.pool.end(call, REJECTED)
        self._end_unrun(call, call.circuit.breaker.refusal())

    def withdraw(self, call: Call) -> None:
        """End a call that does not run."""
        if call.state is ENDED:
            return
        if call.state is not NEW:
            self.pool.end(call, CANCELLED)
        self._end_unrun(call, Stopped())

    def stop(self, call: Call) -> None:
        """End a call, running or not."""
        if call.state is not RUNNING:
            self.withdraw(call)
        else:
            call.cancel("another call on the same item failed")

    def answer(self, call: Call, result: Any) -> None:
        """Settle a call that was not handed in: the store knows its result."""
        call.state = ENDED
        call.result = result
        self._plan.cached[call.stage.name] += 1
        if self.watched:
            self.emit(telling.cached(call))
        call.batch.task.settle(call, CACHED, 0.0)
        self.touched[call.batch.task] = None

    def conclude(self, call: Call, outcome: CallOutcome, seconds: float) -> None:
        """Tell that an attempt has ended, and repeat it or settle its call."""
        error = call.error
        if self.watched and call.announced:
            self.emit(telling.ended(call, outcome, seconds))
        call.announced = False
        if not (outcome is FAILED and isinstance(error, Exception) and self._will_retry(call, error)):
            call.batch.task.settle(call, outcome, seconds)
            self.touched[call.batch.task] = None

    # What the run's loop does with it.

    @property
    def has_news(self) -> bool:
        """Whether there is something to do now."""
        return bool(self._posted or self.touched or self.timers.is_due())

    @property
    def has_fresh(self) -> bool:
        """Whether calls have ended in this pass; they can be settled from the next one on."""
        return self._returned.has_fresh or (self.recall is not None and self.recall.has_fresh)

    def settle_all(self) -> None:
        """Settle the calls that have ended, in the order of their tasks, stages, items and agents."""
        self._in_turn = True
        self.timers.ring()
        posted = self._returned.take_all()
        if self._posted:
            posted += self._posted
            self._posted = []
        if len(posted) > 1:
            posted.sort(key=_place)
        for call in posted:
            self._settle(call)
        granted, self._granted = self._granted, []
        for call in granted:
            call.batch.crew.run(call)
        if self.recall is not None:
            self.recall.take_turn()

    def end_turn(self) -> None:
        """Note that others run from now on."""
        self._in_turn = False

    def free_slots(self) -> None:
        """Give back the slots of calls that have ended.

        Last of all: what a failure cancels must not be granted one first, and what may come in now must be in line.
        """
        freed, self._freed = self._freed, []
        for call, outcome in freed:
            self.pool.end(call, outcome, self.now)

    def _gate_of(self, call: Call) -> RateGate | None:
        return self._gates.get(call.stage.name)

    def _end_unrun(self, call: Call, error: BaseException) -> None:
        """Take `call`, which has not begun, out of every place where it waits, and have it settled in this turn."""
        call.state = ENDED
        call.error = error
        call.circuit.leave(call)
        gate = self._gate_of(call)
        if gate is not None:
            gate.leave(call)
        self._posted.append(call)
        self._wake()

    def _settle(self, call: Call) -> None:
        error = call.error
        seconds = 0.0
        if call.state is RUNNING:
            try:
                call.circuit.breaker.settle(call.permit, error)
            except BaseException as bug:  # a predicate of the breaker raised: a bug that its author must see
                self._halt(bug)
            outcome = COMPLETED if error is None else outcome_of(error)
            seconds = self.now - call.started
            call.stage.vacate(call)
            self._freed.append((call, outcome))
            if call.circuit.parked:
                call.circuit.ran(outcome)
            if error is not None and not isinstance(error, (Exception, Stopped)) and not is_cancellation(error):
                self._halt(error)  # neither a failure nor a cancellation, such as KeyboardInterrupt
        else:
            outcome = REJECTED if call.rejected else outcome_of(error)
            self._replace(call)
        if self.watched or error is not None or self.recall is not None:
            if self.recall is None or outcome is not COMPLETED or not self.recall.keep(call, seconds):
                self.conclude(call, outcome, seconds)
        else:  # the same in short
            task = call.batch.task
            task.settle(call, outcome, seconds)
            self.touched[task] = None

    def _replace(self, call: Call) -> None:
        """Send the next one if it was `call`'s turn to find out whether its circuit is whole, or to use its time."""
        call.circuit.look_again()
        gate = self._gate_of(call)
        if gate is not None:
            gate.look_again()

    def _will_retry(self, call: Call, error: Exception) -> bool:
        now = trio.current_time()
        try:
            delay = back_off(call, error, self._rng)
        except BaseException as bug:  # the error's own `retry_after` raised: a bug that its author must see
            self._halt(bug)
            return False
        if delay is None:
            return False
        if self.watched:
            self.emit(telling.retried(call, delay))
        again = call.next_attempt()
        self.at(now + delay, lambda: self._try_again(again))
        return True

    def _try_again(self, call: Call) -> None:
        if call.state is NEW:
            self.hand_in(call)


def _place(call: Call) -> tuple[int, int, int, int]:
    return call.place
