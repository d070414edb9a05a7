"""Stages, tasks, agents and labels: what the outside must fit."""

from __future__ import annotations

import copy
import decimal
import enum
import fractions
import io
import pickle
from pathlib import Path, PurePosixPath
from typing import Any

import attrs
import pytest
import trio

from copy_that_orch import (
    FIVE_STAGES,
    BasePipelineAgent,
    ConfigurationError,
    FailurePolicy,
    PipelineStage,
    PipelineTask,
    RateLimit,
    RetryPolicy,
    Stage,
)
from copy_that_orch.orchestrator.interfaces import LABEL_LENGTH, label_of


def test_the_five_stages() -> None:
    """In their order; AGGREGATE gathers, all have the defaults."""
    assert [stage.name for stage in FIVE_STAGES] == ["preprocess", "extract", "aggregate", "validate", "generate"]
    assert [stage.name for stage in FIVE_STAGES if stage.gather] == [PipelineStage.AGGREGATE]
    assert {stage.on_failure for stage in FIVE_STAGES} == {FailurePolicy.CANCEL}


def test_a_stage_has_a_plain_name() -> None:
    """A `PipelineStage` shows as the text that it is."""
    assert repr(Stage(name=PipelineStage.EXTRACT).name) == "'extract'"


def test_a_policy_may_be_given_as_text() -> None:
    """As from a configuration file."""
    assert Stage(name="read", on_failure="isolate").on_failure is FailurePolicy.ISOLATE


@pytest.mark.parametrize(
    ("settings", "complaint"),
    [
        ({"name": ""}, "name must be a text that is not empty, not ''"),
        ({"name": None}, "not None"),
        ({"gather": "no"}, "gather must be True or False, not 'no'"),
        ({"timeout": 0}, "timeout must be more than 0 seconds, not 0"),
        ({"timeout": -1.0}, "not -1.0"),
        ({"timeout": float("nan")}, "not nan"),
        ({"timeout": float("inf")}, "not inf"),
        ({"timeout": "10"}, "not '10'"),
        ({"timeout": True}, "not True"),
        ({"on_failure": "explode"}, "on_failure must be one of 'cancel', 'isolate', 'collect', not 'explode'"),
        ({"retry": 3}, "retry must be a RetryPolicy, not 3"),
        ({"retry": RateLimit(calls=1, per=1)}, "retry must be a RetryPolicy"),
        ({"rate_limit": RetryPolicy()}, "rate_limit must be a RateLimit"),
    ],
)
def test_a_stage_is_checked(settings: dict[str, Any], complaint: str) -> None:
    """What could only fail in the middle of a run is refused before."""
    with pytest.raises(ConfigurationError, match=complaint):
        Stage(**{"name": "read", **settings})


@pytest.mark.parametrize(
    ("settings", "complaint"),
    [
        ({"task_id": ""}, "task_id must be a text that is not empty"),
        ({"task_id": 7}, "task_id must be a text that is not empty, not 7"),
        ({"items": "login.png"}, "items must be a sequence such as a list or a tuple, not str"),
        ({"items": b"login.png"}, "not bytes"),
        ({"items": bytearray(b"login.png")}, "not bytearray"),
        ({"items": {"a": 1}}, "not dict"),
        ({"items": {1, 2}}, "not set"),
        ({"items": iter([1])}, "not list_iterator"),
        ({"items": None}, "not NoneType"),
        ({"priority": "high"}, "priority must be a whole number, not 'high'"),
        ({"priority": 1.5}, "not 1.5"),
        ({"priority": None}, "not None"),
        ({"context": None}, "context must be a mapping, not NoneType"),
        ({"context": [("a", 1)]}, "context must be a mapping, not list"),
    ],
)
def test_a_task_is_checked(settings: dict[str, Any], complaint: str) -> None:
    """A task that could break the order of calls, or whose items cannot be counted, is refused."""
    with pytest.raises(ConfigurationError, match=complaint):
        PipelineTask(**{"task_id": "shop", "items": [], **settings})


@pytest.mark.parametrize(
    "items", [[], [1], (1, 2), range(10**9), memoryview(b"ab")], ids=lambda items: type(items).__name__
)
def test_items_may_be_any_sequence(items: Any) -> None:
    """Lazy ones too, which are never copied."""
    assert PipelineTask(task_id="shop", items=items).items is items


def test_context_is_a_read_only_copy() -> None:
    """Agents that run side by side cannot talk through it, and the caller's mapping may change."""
    given = {"brand": "acme"}
    task = PipelineTask(task_id="shop", items=["a.png"], context=given)
    given["brand"] = "other"
    assert task.context == {"brand": "acme"}
    with pytest.raises(TypeError):
        task.context["leak"] = 1  # type: ignore[index]
    assert dict(PipelineTask(task_id="shop", items=[]).context) == {}


@pytest.mark.parametrize("through", [copy.copy, copy.deepcopy, lambda task: pickle.loads(pickle.dumps(task))])
def test_a_task_travels(through: Any) -> None:
    """To another process and back, with all that it has."""
    task = PipelineTask(task_id="shop", items=["a.png"], priority=-3, context={"brand": "acme"})
    assert through(task) == task
    assert through(task).context == {"brand": "acme"}


class Text:
    """Has a text of its own."""

    def __str__(self) -> str:
        return "own text"


class Plain:
    """Has none."""


class Named:
    """Has a name."""

    def __init__(self, name: Any) -> None:
        self.name = name


class Broken:
    """Cannot be asked."""

    @property
    def name(self) -> str:
        """Fail."""
        raise RuntimeError("not now")


class BrokenText:
    """Cannot be shown."""

    def __str__(self) -> str:
        raise ValueError("not now")


@attrs.frozen
class Value:
    """Shows what it holds in its repr."""

    secret: str


class Size(enum.Enum):
    """Has names by nature."""

    LARGE = 3


@pytest.mark.parametrize(
    ("item", "label"),
    [
        (Path("shots/login.png"), "login.png"),
        (PurePosixPath("/"), "/"),
        (Named("home"), "home"),
        (Named(""), "Named"),
        (Named(7), "Named"),
        (Size.LARGE, "LARGE"),
        ("shots/login.png", "shots/login.png"),
        ("", ""),
        ("two\nlines\tand  blanks", "two lines and blanks"),
        (7, "7"),
        (2.5, "2.5"),
        (True, "True"),
        (fractions.Fraction(1, 3), "1/3"),
        (decimal.Decimal("1.50"), "1.50"),
        (10**5000, "int"),
        (None, "NoneType"),
        (b"\x89PNG", "bytes"),
        (bytearray(b"x"), "bytearray"),
        ([1, 2], "list"),
        ({"a": 1}, "dict"),
        ((1,), "tuple"),
        (range(3), "range"),
        (io.BytesIO(b"x"), "BytesIO"),
        (Plain(), "Plain"),
        (Text(), "own text"),
        (Value("content"), "Value"),
        (Broken(), "Broken"),
        (BrokenText(), "BrokenText"),
        (ValueError("no pixels"), "no pixels"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_labels_tell_an_item_and_never_its_content(item: object, label: str) -> None:
    """Its name, else its own text if that is short by nature, else its type; never an exception."""
    assert label_of(item) == label


@pytest.mark.parametrize("length", [LABEL_LENGTH - 1, LABEL_LENGTH, LABEL_LENGTH + 1, 10_000_000])
def test_long_labels_keep_their_end(length: int) -> None:
    """The end of a path says more than its beginning; an ellipsis says that something is missing."""
    path = "x" * (length - 4) + ".png"
    label = label_of(path)
    assert len(label) == min(length, LABEL_LENGTH)
    assert label.endswith("x.png")
    assert label.startswith("…") == (length > LABEL_LENGTH)


class Reader(BasePipelineAgent[str, int]):
    """An agent without settings."""

    agent_type = "read"
    stage_name = "extract"

    async def process(self, task: PipelineTask[Any], item: str) -> int:
        """Return how long the item is."""
        await trio.lowlevel.checkpoint()
        return len(item)


@attrs.define(eq=False)
class Model(BasePipelineAgent[str, str]):
    """An agent with settings, a key and a client."""

    agent_type = "model"
    stage_name = "extract"
    version = "7"

    temperature: float = 0.0
    key: str = attrs.field(default="sesame", repr=False)
    client: object = attrs.field(default=None, eq=False)
    palette: tuple[str, ...] = attrs.field(default=(), repr=lambda colors: f"{len(colors)} colours")
    calls: int = attrs.field(default=0, init=False)

    async def process(self, task: PipelineTask[Any], item: str) -> str:
        """Return the item."""
        await trio.lowlevel.checkpoint()
        return item


def test_fingerprints_tell_settings_apart() -> None:
    """Version and settings count; working state, clients and keys do not, and a key is never shown."""
    assert Reader().fingerprint == "read@1()"
    assert Model().fingerprint == "model@7(temperature=0.0, palette=0 colours)"
    assert Model(temperature=0.5).fingerprint != Model().fingerprint
    assert Model(key="other", client=object()).fingerprint == Model().fingerprint
    used = Model()
    used.calls = 9
    assert used.fingerprint == Model().fingerprint


async def test_an_agent_works_and_is_healthy_unless_it_knows_better() -> None:
    """The base class answers for agents that have nothing to check."""
    assert await Reader().process(PipelineTask(task_id="shop", items=[]), "abc") == 3
    assert await Model().process(PipelineTask(task_id="shop", items=[]), "abc") == "abc"
    assert await Reader().health_check() is True


def test_an_agent_must_have_work() -> None:
    """Without `process` there is no agent."""

    class Idle(BasePipelineAgent[str, str]):
        agent_type = "idle"
        stage_name = "extract"

    with pytest.raises(TypeError, match="process"):
        Idle()  # type: ignore[abstract]
