"""A plain model of a circuit breaker: the rules, written down as directly as possible, with no regard for speed.

It keeps every call and every result in lists, looks through all of them each time, and knows no Trio: time is a number
that is told to it. It shares no code with the breaker.
"""

from __future__ import annotations

import enum
import math
from collections import Counter

import attrs

CLOSED, OPEN, HALF_OPEN, ISOLATED = "closed", "open", "half_open", "isolated"


class End(enum.Enum):
    """How a call may end: what it says, what is raised, and the wait that is asked for."""

    ANSWER = ("success", "returned", 0.0)
    NOT_FOUND = ("success", "NotFoundError", 0.0)
    GROUP_OF_GOOD_ENDS = ("success", "BaseExceptionGroup", 0.0)
    ERROR = ("failure", "ConnectionError", 0.0)
    BUSY = ("failure", "BusyError", 50.0)
    GROUP_WITH_ERROR = ("failure", "BaseExceptionGroup", 0.0)
    EXCLUDED = ("neutral", "KeyError", 0.0)
    INNER_REFUSAL = ("neutral", "CircuitOpenError", 0.0)
    STOP = ("neutral", "StopError", 0.0)
    GROUP_OF_NOTHING = ("neutral", "BaseExceptionGroup", 0.0)
    CANCELLED = ("neutral", "Cancelled", 0.0)
    TOO_SLOW = ("failure", "TooSlowError", 0.0)


@attrs.frozen(kw_only=True)
class Settings:
    """The settings that the model knows; as of `CircuitBreaker`."""

    failure_threshold: int
    recovery_timeout: float
    rate: tuple[float, int, int | float, float | None] | None
    half_open_max_calls: int
    success_threshold: int
    probe_timeout: float | None
    call_timeout: float | None
    slow_call_duration: float | None
    backoff_factor: float
    max_recovery_timeout: float | None
    cancel_on_open: bool


@attrs.define(eq=False)
class Call:
    """A call in flight."""

    key: int
    generation: int
    probe: bool
    started: float
    deadline: float
    slow_at: float
    hung: bool = False
    cut: bool = False


@attrs.define(eq=False)
class Waiter:
    """Somebody in the queue."""

    key: int
    limit: float


class Model:
    """What a breaker with these settings should do."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.now = 0.0
        self.state = CLOSED
        self.generation = 0
        self.calls: list[Call] = []
        self.queue: list[Waiter] = []
        self.results: list[tuple[str, float, bool, bool]] = []  # of this generation: ended or hung, when, failed, slow
        self.good_probes = 0
        self.failed_rounds = 0
        self.recovery_at = 0.0
        self.books: Counter[str] = Counter()
        self.changes: list[tuple[str, str]] = []
        self.outcomes: dict[int, str] = {}  # what became of each caller: in flight is "running", queued is "waiting"
        self._told = True

    # What the outside does.

    def call(self, key: int) -> None:
        """Somebody calls."""
        if not self._try(key):
            self._refuse(key)
        self._serve()

    def wait(self, key: int, patience: float) -> None:
        """Somebody calls who is ready to wait for `patience` seconds."""
        if self.queue or not self._try(key):
            self.outcomes[key] = "waiting"
            self.queue.append(Waiter(key, self.now + patience))
        self._serve()
        self.let_time_pass(self.now)

    def end(self, key: int, how: End) -> None:
        """A call ends, or somebody who waits gives up."""
        waiting = [waiter for waiter in self.queue if waiter.key == key]
        if waiting:
            self.queue.remove(waiting[0])
            self.outcomes[key] = "Cancelled"
        else:
            self._end(next(call for call in self.calls if call.key == key), how)
        self._serve()

    def isolate(self) -> None:
        """An operator isolates it."""
        if self.state != ISOLATED:
            self._enter(ISOLATED)
        self._serve()

    def reset(self) -> None:
        """An operator resets it."""
        self._enter(CLOSED)
        self._serve()

    def let_time_pass(self, until: float) -> None:
        """Time goes on, from one thing that it brings about to the next."""
        while (event := self.next_event()) <= until:
            self.now = max(self.now, event)
            for waiter in [waiter for waiter in self.queue if waiter.limit <= self.now]:
                self.queue.remove(waiter)
                self._refuse(waiter.key)
            for call in [call for call in self.calls if call.deadline <= self.now]:
                self._end(call, End.TOO_SLOW)
            if self.queue and self._next_chance() <= self.now:
                self._told = False
            self._serve()
        self.now = until

    def next_event(self) -> float:
        """Return the time at which time alone changes something that can be seen."""
        times = [call.deadline for call in self.calls] + [waiter.limit for waiter in self.queue]
        return min([*times, self._next_chance() if self.queue else math.inf])

    # The rules.

    def _try(self, key: int) -> bool:
        if self.state == ISOLATED:
            return False
        self._see_what_hangs()
        if self.state == OPEN and self.now >= self.recovery_at:
            self._enter(HALF_OPEN)
        probe = self.state == HALF_OPEN
        if self.state == OPEN or (probe and len(self._probes()) >= self.settings.half_open_max_calls):
            return False
        limits = [self.settings.call_timeout, self.settings.probe_timeout if probe else None]
        deadline = min([self.now + limit for limit in limits if limit is not None], default=math.inf)
        slow = self.settings.slow_call_duration
        slow_at = math.inf if slow is None else self.now + slow
        self.calls.append(Call(key, self.generation, probe, self.now, deadline, slow_at))
        self.books["admitted"] += 1
        self.outcomes[key] = "running"
        return True

    def _refuse(self, key: int) -> None:
        self.books["rejected"] += 1
        self.outcomes[key] = "CircuitOpenError"

    def _end(self, call: Call, how: End) -> None:
        verdict, self.outcomes[call.key], asked = how.value
        self.calls.remove(call)
        if call.generation == self.generation:
            self._see_what_hangs()
        if call.generation != self.generation:
            self.books["late_results"] += 1
            return
        slow = call.slow_at <= self.now
        self.books[{"success": "succeeded", "failure": "failed", "neutral": "neutral"}[verdict]] += 1
        self.books["slow"] += slow and not call.hung
        if call.probe:
            if verdict == "failure" or slow or self.now > call.deadline:
                self._open(self.now, asked)
            elif verdict == "success" and self.good_probes + 1 == self.settings.success_threshold:
                self._enter(CLOSED)
            else:
                self.good_probes += verdict == "success"
                self._told = False
        elif verdict != "neutral" or slow:
            self.results.append(("ended hung" if call.hung else "ended", self.now, verdict == "failure", slow))
            if self._too_many():
                self._open(self.now, asked)

    def _see_what_hangs(self) -> None:
        for call in self.calls:
            if call.generation != self.generation:
                continue
            if self.state == CLOSED and not call.hung and call.slow_at <= self.now:
                call.hung = True
                self.books["slow"] += 1
                self.results.append(("hung", self.now, False, True))
                if self._too_many():
                    self._open(self.now, 0.0)
            lease = min(call.deadline, call.slow_at)
            if self.state == HALF_OPEN and lease < self.now:
                self.books["slow"] += call.slow_at <= self.now
                self._open(lease, 0.0)

    def _too_many(self) -> bool:
        if self.settings.rate is None:
            row = 0
            for what, _, failed, slow in self.results:
                if what != "ended hung":
                    row = row + 1 if failed or slow else 0
            return row >= self.settings.failure_threshold
        rate, minimum, window, slow_rate = self.settings.rate
        ended = [result for result in self.results if result[0] != "hung"]
        if isinstance(window, int):
            ended = ended[-window:]
        else:
            tenth = window / 10
            ended = [result for result in ended if result[1] // tenth > self.now // tenth - 10]
        whats = [result[0] for result in self.results]
        hanging = whats.count("hung") - whats.count("ended hung")
        calls = len(ended) + hanging
        if calls < minimum:
            return False
        slow_calls = sum(slow for *_, slow in ended) + hanging
        if slow_rate is None:
            return (sum(failed or slow for *_, failed, slow in ended) + hanging) / calls >= rate
        return sum(failed for *_, failed, _ in ended) / calls >= rate or slow_calls / calls >= slow_rate

    def _open(self, now: float, asked: float) -> None:
        settings = self.settings
        self.failed_rounds = self.failed_rounds + 1 if self.state == HALF_OPEN else 0
        wait = settings.recovery_timeout * settings.backoff_factor**self.failed_rounds
        if settings.max_recovery_timeout is not None:
            wait = min(wait, settings.max_recovery_timeout)
        self.recovery_at = now + max(wait, asked)
        self.books["times_opened"] += 1
        self._enter(OPEN)

    def _enter(self, new: str) -> None:
        if new != self.state:
            self.changes.append((self.state, new))
            self._told = False
        self.state = new
        self.generation += 1
        self.good_probes = 0
        self.results.clear()
        if new in {OPEN, ISOLATED} and self.settings.cancel_on_open:
            for call in self.calls:
                call.cut = True

    def _probes(self) -> list[Call]:
        return [call for call in self.calls if call.probe and call.generation == self.generation]

    def _next_chance(self) -> float:
        if self.state == OPEN:
            return self.recovery_at
        leases = [min(probe.deadline, probe.slow_at) for probe in self._probes()]
        return math.nextafter(min(leases), math.inf) if leases else math.inf

    def _serve(self) -> None:
        """Tell those who wait what has changed; then those who were cut off end."""
        while not self._told:
            self._told = True
            while self.queue and self._try(self.queue[0].key):
                del self.queue[0]
        for call in [call for call in self.calls if call.cut]:
            self.calls.remove(call)
            self.outcomes[call.key] = "CircuitOpenError"
            self.books["late_results"] += 1
