"""Every error raised on purpose.

PipelineError
├── ConfigurationError      what was asked for cannot be done; nothing ran
├── PreprocessingError  ┐
├── ExtractionError     │
├── AggregationError    ├   raised by agents, one per stage of the screenshot pipeline
├── ValidationError     │
├── GenerationError     ┘
├── AttemptTimeoutError     an attempt took longer than its stage's `timeout`; also a `trio.TooSlowError`
├── CircuitOpenError        a call was refused; what is behind the circuit was not called
├── PoolClosedError         a call was refused, because its pool is draining
└── ResultStoreError        results cannot be looked up or kept

PipelineErrorGroup          an `ExceptionGroup` of what agents raised, with who, where and on what
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Self, cast

import attrs
import trio

if TYPE_CHECKING:
    from copy_that_orch.orchestrator.reports import PipelineResult


class PipelineError(Exception):
    """Root of the errors that are raised on purpose."""


class ConfigurationError(PipelineError):
    """What was asked for cannot be done; nothing ran."""


class PreprocessingError(PipelineError):
    """An item could not be made ready, e.g. it is not an image."""


class ExtractionError(PipelineError):
    """Nothing could be extracted from an item."""


class AggregationError(PipelineError):
    """The results of the items could not be made one."""


class ValidationError(PipelineError):
    """A result breaks a rule that it must keep."""


class GenerationError(PipelineError):
    """An output could not be written."""


class AttemptTimeoutError(PipelineError, trio.TooSlowError):
    """An attempt took longer than its stage's `timeout`."""


class PoolClosedError(PipelineError):
    """A call was refused, because its pool is draining."""


class ResultStoreError(PipelineError):
    """Results cannot be looked up or kept: the file is damaged, full, locked, or not ours to write."""


@attrs.define(eq=False, slots=False)  # slots would lose notes in pickle, and errors cross processes
class CircuitOpenError(PipelineError):
    """A call was refused; what is behind the circuit was not called."""

    name: str  #: Name of the `CircuitBreaker`.
    retry_after: float | None = None  #: Seconds until a probe is let in; None while one runs, or until a `reset()`.
    last_failure: str | None = None  #: The failure that opened the circuit, as text.

    def __str__(self) -> str:
        when = "wait for its probe or a reset" if self.retry_after is None else f"retry in {self.retry_after:.1f} s"
        because = f" after {self.last_failure}" if self.last_failure else ""
        return f"circuit {self.name!r} is open{because}; {when}"


@attrs.frozen(kw_only=True)
class CallFailure:
    """Who failed, where, on what, and how.

    Attributes:
      task_id: The task.
      stage: The stage.
      agent: The agent's `agent_type`; "" if the task's items raised when this one was read, so no agent got it.
      item: Index of the item among the stage's items; a gathering stage has one item, 0.
      label: Short text that tells the item.
      attempts: Attempts made; 0 if the agent was never called.
      seconds: Running time of the last attempt.
      exception: What the agent, or the sequence of items, raised, the same object.
    """

    task_id: str
    stage: str
    agent: str
    item: int
    label: str
    attempts: int
    seconds: float
    exception: Exception

    @property
    def note(self) -> str:
        """The same for a reader, in one line."""
        where = f"task {self.task_id!r}, stage {self.stage!r}"
        if not self.agent:
            return f"{where}, item {self.item} could not be read"
        attempts = "never called" if not self.attempts else f"attempt {self.attempts}, {self.seconds:.3g} s"
        return f"{where}, agent {self.agent!r}, item {self.item} ({self.label}), {attempts}"


class PipelineErrorGroup(ExceptionGroup[Exception]):
    """The failures of one task, or of a batch: then each member is the group of one task.

    The leaves are the agents' own exceptions: the one that set off the cancellation first, then by item, stage and
    agent. Cancelled siblings are never in it. Attributes survive `split`, `subgroup`, `derive` and pickle.

    Attributes:
      task_id: The failed task; None for a batch.
      stage: The stage of the first failure; None for a batch.
      failures: One `CallFailure` per leaf, in the order of the leaves.
      results: Of a cancelled batch: the results that were finished before, in input order.
    """

    task_id: str | None
    stage: str | None
    failures: tuple[CallFailure, ...]
    results: tuple[PipelineResult, ...]

    def __new__(
        cls,
        message: str,
        exceptions: Sequence[Exception],
        *,
        task_id: str | None = None,
        stage: str | None = None,
        failures: Iterable[CallFailure] = (),
        results: Iterable[PipelineResult] = (),
    ) -> Self:
        """Make the group; the keywords become the attributes of the same name."""
        self = super().__new__(cls, message, exceptions)
        self.task_id = task_id
        self.stage = stage
        self.failures = tuple(failures)
        self.results = tuple(results)
        return self

    def __init__(self, message: str, exceptions: Sequence[Exception], **_attributes: Any) -> None:
        super().__init__(message, exceptions)  # `ExceptionGroup` takes no keywords

    @classmethod
    def of_task(cls, task_id: str, failures: Sequence[CallFailure]) -> PipelineErrorGroup:
        """Return the group of one failed task; its stage is that of the first failure."""
        first = failures[0]
        count = "1 call" if len(failures) == 1 else f"{len(failures)} calls"
        return cls(
            f"task {task_id!r}: {count} failed in stage {first.stage!r}",
            [failure.exception for failure in failures],
            task_id=task_id,
            stage=first.stage,
            failures=failures,
        )

    @classmethod
    def of_batch(
        cls, groups: Sequence[PipelineErrorGroup], results: Iterable[PipelineResult] = ()
    ) -> PipelineErrorGroup:
        """Return the group of the groups of the failed tasks of a batch."""
        failures = [failure for group in groups for failure in group.failures]
        count = "1 task" if len(groups) == 1 else f"{len(groups)} tasks"
        return cls(f"{count} failed", groups, failures=failures, results=results)

    def derive(self, excs: Sequence[BaseException], /) -> PipelineErrorGroup:  # type: ignore[override]  # not generic
        """Return a group of `excs` with this one's attributes and the failures that belong to them."""
        exceptions = cast("Sequence[Exception]", excs)  # what is taken from an `ExceptionGroup` is an `Exception`
        kept = {id(leaf) for leaf in _leaves(exceptions)}
        failures = [one for one in self.failures if any(id(leaf) in kept for leaf in _leaves([one.exception]))]
        return PipelineErrorGroup(
            self.message, exceptions, task_id=self.task_id, stage=self.stage, failures=failures, results=self.results
        )


def _leaves(exceptions: Iterable[BaseException]) -> Iterator[BaseException]:
    """Yield what is no group: an agent may itself raise a group, and taking it apart makes a new one of its leaves."""
    for exception in exceptions:
        if isinstance(exception, BaseExceptionGroup):
            yield from _leaves(exception.exceptions)
        else:
            yield exception
