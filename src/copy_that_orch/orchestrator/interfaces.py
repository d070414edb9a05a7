"""What the outside must fit: agents, stages and tasks."""

from __future__ import annotations

import abc
import enum
import numbers
import types
from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import attrs

from copy_that_orch.orchestrator.checks import member, seconds, text, truth, whole
from copy_that_orch.orchestrator.errors import ConfigurationError
from copy_that_orch.orchestrator.policies import FailurePolicy, RateLimit, RetryPolicy
from copy_that_orch.orchestrator.result_store import Foretold

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


def _name(_instance: object, attribute: attrs.Attribute[str], value: object) -> None:
    text(attribute.name, value)


def _stage_name(name: str) -> str:
    return text("name", name)


def _policy(value: object) -> FailurePolicy:
    return member("on_failure", FailurePolicy, value)


def _timeout(_instance: object, attribute: attrs.Attribute[float | None], value: object) -> None:
    if value is not None:
        seconds(attribute.name, value)


def _truth(_instance: object, attribute: attrs.Attribute[bool], value: object) -> None:
    truth(attribute.name, value)


def _rule_or_none(_instance: object, attribute: attrs.Attribute[Any], value: object) -> None:
    rule = RetryPolicy if attribute.name == "retry" else RateLimit
    if value is not None and not isinstance(value, rule):
        raise ConfigurationError(f"{attribute.name} must be a {rule.__name__}, not {value!r}")


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
      ConfigurationError: if the name is empty, the timeout is not above 0, or something is not of its type.
    """

    name: str = attrs.field(converter=_stage_name)
    gather: bool = attrs.field(default=False, validator=_truth)
    on_failure: FailurePolicy = attrs.field(default=FailurePolicy.CANCEL, converter=_policy)
    timeout: float | None = attrs.field(default=None, validator=_timeout)
    retry: RetryPolicy | None = attrs.field(default=None, validator=_rule_or_none)
    rate_limit: RateLimit | None = attrs.field(default=None, validator=_rule_or_none)


FIVE_STAGES: tuple[Stage, ...] = tuple(
    Stage(name=name, gather=name is PipelineStage.AGGREGATE) for name in PipelineStage
)
"""PREPROCESS, EXTRACT, AGGREGATE, VALIDATE and GENERATE; AGGREGATE gathers."""


def _sequence(_instance: object, _attribute: attrs.Attribute[Any], value: object) -> None:
    is_series = hasattr(value, "__len__") and hasattr(value, "__getitem__")
    if not is_series or isinstance(value, (str, bytes, bytearray, Mapping)):
        raise ConfigurationError(f"items must be a sequence such as a list or a tuple, not {type(value).__name__}")


def _whole(_instance: object, attribute: attrs.Attribute[int], value: object) -> None:
    whole(attribute.name, value)


def _read_only(context: Mapping[str, Any]) -> Mapping[str, Any]:
    if not isinstance(context, Mapping):
        raise ConfigurationError(f"context must be a mapping, not {type(context).__name__}")
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
      ConfigurationError: if the id is empty, the items are not a sequence, the priority is not a whole number or the
        context is not a mapping.
    """

    task_id: str = attrs.field(validator=_name)
    items: Sequence[ItemT] = attrs.field(validator=_sequence)
    priority: int = attrs.field(default=0, validator=_whole)
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
      storable: Whether a result store may keep its results. Not those that depend on more than the item's content,
        `fingerprint` and `reads`, such as the time of day, and not those that are too large to be worth it.
    """

    version: str = "1"
    storable: bool = True

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

    def reads(self, task: PipelineTask[Any], item: InT) -> object:
        """Return what `process` looks at besides `item` and the task's context; None, as here, if that is nothing.

        Its content is part of what a result is stored under, see `content_fingerprint`: of files give the paths.
        """
        return None

    async def foretell(self, task: PipelineTask[Any], item: InT) -> Foretold | None:
        """Tell what `process` would return without making it; None, as here, if that cannot be done.

        For an agent whose results are not stored and cost more than to tell which they will be, such as pixels: if the
        store has everything that the next stage makes of them, `process` is not called.
        """
        return None

    @property
    def fingerprint(self) -> str:
        """Version and configuration as a text: equal fingerprints promise equal results for equal items.

        The configuration is that of the attrs fields that can be given to the constructor, but for those that are
        hidden (`repr=False`, such as a key) or say nothing of what the agent does (`eq=False`, such as a client). An
        agent that is no attrs class and has settings overrides this.
        """
        fields: tuple[attrs.Attribute[Any], ...] = getattr(type(self), "__attrs_attrs__", ())
        settings = [field for field in fields if field.init and field.repr and field.eq]
        configuration = ", ".join(f"{field.name}={self._shown(field)}" for field in settings)
        return f"{self.agent_type}@{self.version}({configuration})"

    def _shown(self, field: attrs.Attribute[Any]) -> str:
        value = getattr(self, field.name)
        return field.repr(value) if callable(field.repr) else repr(value)


def label_of(item: object) -> str:
    """Return a short text that tells `item` to a reader, never its content; never raise.

    Its `name` if it has one, else its `str` if that is a text, a number or a text of its own making, else (bytes,
    containers, arrays, plain objects) the name of its type. One line of at most `LABEL_LENGTH` characters.
    """
    try:
        long = _long_label_of(item)
    except Exception:  # its own `name` or `__str__` is broken: that is for its agent to say, if it minds
        long = type(item).__name__
    short = " ".join(long[-LABEL_LENGTH:].split())
    return short if len(long) <= LABEL_LENGTH else "…" + short[1 - LABEL_LENGTH :]


def _long_label_of(item: object) -> str:
    name = getattr(item, "name", None)
    if isinstance(name, str) and name:
        return name
    if isinstance(item, (str, int, float, numbers.Number)):  # to ask an abstract class takes long: last
        return str(item)
    if isinstance(item, Collection) or type(item).__str__ is object.__str__:
        return type(item).__name__
    return str(item)
