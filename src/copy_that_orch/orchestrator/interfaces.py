"""What the outside must fit: agents, stages and tasks."""

from __future__ import annotations

import abc
import enum
import numbers
import types
from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import attrs

from copy_that_orch.orchestrator.errors import ConfigurationError
from copy_that_orch.orchestrator.policies import FailurePolicy, RateLimit, RetryPolicy

InT = TypeVar("InT")
OutT = TypeVar("OutT")
ItemT = TypeVar("ItemT")

LABEL_LENGTH = 60
"""Longest label of an item, in characters; the end of a path says more than its beginning and is kept."""


class PipelineStage(enum.StrEnum):
    """The five stages of the screenshot pipeline; any other string names a stage of a custom one."""

    PREPROCESS = "preprocess"
    EXTRACT = "extract"
    AGGREGATE = "aggregate"
    VALIDATE = "validate"
    GENERATE = "generate"


def _not_empty(_instance: object, attribute: attrs.Attribute[str], value: object) -> None:
    if not isinstance(value, str) or not value:
        raise ConfigurationError(f"{attribute.name} must be a text that is not empty, not {value!r}")


def _plain(text: Any) -> Any:
    """Return a `PipelineStage` as the plain text that it is, so that messages show it so."""
    return str(text) if isinstance(text, str) else text


def _positive_or_none(_instance: object, attribute: attrs.Attribute[float | None], value: float | None) -> None:
    if value is not None and not value > 0:
        raise ConfigurationError(f"{attribute.name} must be more than 0 seconds, not {value!r}")


@attrs.frozen(kw_only=True)
class Stage:
    """How one stage runs.

    Attributes:
      name: A `PipelineStage` or any other text; unique in a coordinator.
      gather: True: one call with the tuple of all items (a reduce). False: one call per item and agent.
      on_failure: How far a failure reaches inside a task.
      timeout: Seconds of running time per attempt; waiting for a slot is not counted.
      retry: Whether and when a failed attempt is repeated; None: it is not.
      rate_limit: How many attempts may start per period; None: as many as the pool lets in.

    Raises:
      ConfigurationError: if the name is empty or the timeout is not above 0.
    """

    name: str = attrs.field(converter=_plain, validator=_not_empty)
    gather: bool = False
    on_failure: FailurePolicy = attrs.field(default=FailurePolicy.CANCEL, converter=FailurePolicy)
    timeout: float | None = attrs.field(default=None, validator=_positive_or_none)
    retry: RetryPolicy | None = None
    rate_limit: RateLimit | None = None


FIVE_STAGES: tuple[Stage, ...] = tuple(
    Stage(name=name, gather=name is PipelineStage.AGGREGATE) for name in PipelineStage
)
"""PREPROCESS, EXTRACT, AGGREGATE, VALIDATE and GENERATE; AGGREGATE gathers."""


def _sequence(_instance: object, _attribute: attrs.Attribute[Any], value: object) -> None:
    if isinstance(value, (str, bytes)) or not (hasattr(value, "__len__") and hasattr(value, "__getitem__")):
        raise ConfigurationError(f"items must be a sequence such as a list or a tuple, not {type(value).__name__}")


def _read_only(context: Mapping[str, Any]) -> Mapping[str, Any]:
    return types.MappingProxyType(dict(context))


def _restore_task(
    task_id: str, items: Sequence[ItemT], priority: int, context: Mapping[str, Any]
) -> PipelineTask[ItemT]:
    return PipelineTask(task_id=task_id, items=items, priority=priority, context=context)


@attrs.frozen(kw_only=True)
class PipelineTask(Generic[ItemT]):
    """One product: its id and its items.

    Attributes:
      task_id: Names the product in results, errors and events.
      items: What flows through the stages, e.g. paths or URLs of screenshots. Read once, front to back; a lazy
        sequence such as a `range` is never copied.
      priority: Higher starts first among tasks and calls that wait.
      context: Read by agents, never written: agents that run side by side see the same one.

    Raises:
      ConfigurationError: if the id is empty or the items are not a sequence.
    """

    task_id: str = attrs.field(validator=_not_empty)
    items: Sequence[ItemT] = attrs.field(validator=_sequence)
    priority: int = 0
    context: Mapping[str, Any] = attrs.field(factory=dict, converter=_read_only, hash=False)

    def __reduce__(self) -> tuple[Any, ...]:  # a read-only view does not pickle; tasks cross processes
        return _restore_task, (self.task_id, self.items, self.priority, dict(self.context))


class BasePipelineAgent(abc.ABC, Generic[InT, OutT]):
    """Something that does one stage's work on one item.

    A subclass sets `agent_type` and `stage_name`, as class attributes, instance attributes or properties, and
    writes `process`. One instance serves many calls at once: what it keeps on `self`, it shares between them.

    Attributes:
      agent_type: Unique in a coordinator, e.g. "extract.color".
      stage_name: The stage that it works in: a `PipelineStage`, or any text for custom pipelines.
      version: Part of `fingerprint`; change it when the same input gives another output.
    """

    version: str = "1"

    if TYPE_CHECKING:  # read-only here, so that a subclass may choose between an attribute and a property

        @property
        def agent_type(self) -> str:
            """Unique in a coordinator."""
            ...

        @property
        def stage_name(self) -> str:
            """The stage that it works in."""
            ...

    @abc.abstractmethod
    async def process(self, task: PipelineTask[Any], item: InT) -> OutT:
        """Do this stage's work on `item`, and return what the next stage gets.

        Any `Exception` is a failure of this call. `trio.Cancelled` must go on.
        """

    async def health_check(self) -> bool:
        """Return whether the agent can work now; True unless a subclass knows better."""
        return True

    @property
    def fingerprint(self) -> str:
        """Version and configuration as a text: equal fingerprints promise equal results for equal items.

        The configuration is that of the attrs fields that can be given to the constructor.
        """
        fields: tuple[attrs.Attribute[Any], ...] = getattr(type(self), "__attrs_attrs__", ())
        configuration = ", ".join(f"{field.name}={getattr(self, field.name)!r}" for field in fields if field.init)
        return f"{self.agent_type}@{self.version}({configuration})"


def label_of(item: object) -> str:
    """Return a short text that tells `item` to a reader, never its content.

    Its `name` if it has one, else its `str` if that is a text, a number or a text of its own making, else (bytes,
    containers, arrays, plain objects) the name of its type. At most `LABEL_LENGTH` characters.
    """
    name = getattr(item, "name", None)
    if isinstance(name, str) and name:
        text = name
    elif isinstance(item, (str, numbers.Number)):
        text = str(item)
    elif isinstance(item, Collection) or type(item).__str__ is object.__str__:
        text = type(item).__name__
    else:
        text = str(item)
    return text if len(text) <= LABEL_LENGTH else "…" + text[1 - LABEL_LENGTH :]
