"""Values written as JSON come back equal, and nothing else comes back."""

from __future__ import annotations

import enum
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from copy_that_orch import ConfigurationError, JsonCodec, TaskStatus


class Shade(enum.Enum):
    """An enum."""

    DARK = 1
    LIGHT = 2


@attrs.frozen
class Leaf:
    """Has a private field, a field that follows from another, and an enum."""

    shade: Shade
    _size: float = 1.0
    twice: float = attrs.field(init=False)

    @twice.default
    def _twice(self) -> float:
        return self._size * 2


@attrs.frozen
class Tree:
    """Is made of others, by its annotations."""

    leaves: tuple[Leaf, ...] = ()
    root: Leaf | None = None
    below: dict[str, list[Tree]] = attrs.field(factory=dict)


@attrs.frozen
class Picky:
    """Takes positive sizes only."""

    size: int = attrs.field(validator=attrs.validators.gt(0))


CODEC = JsonCodec([Tree, Picky, TaskStatus])

plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | st.binary(),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.lists(inner, max_size=4).map(tuple)
        | st.dictionaries(st.text() | st.integers(), inner, max_size=4)
        | st.sets(st.text() | st.booleans(), max_size=4)
        | st.frozensets(st.text(), max_size=4)
    ),
    max_leaves=10,
)


@given(plain)
def test_plain_values_come_back(value: Any) -> None:
    """Equal, and of the same types."""
    back = JsonCodec().decode(JsonCodec().encode(value))
    assert (back, type(back)) == (value, type(value))
    assert repr(back) == repr(value) or isinstance(value, (dict, set, frozenset, list, tuple))


@pytest.mark.parametrize(
    "value",
    [
        Leaf(Shade.DARK, 2.5),
        Tree((Leaf(Shade.LIGHT),), Leaf(Shade.DARK), {"a": [Tree()]}),
        TaskStatus.FAILED,
        {"$": "Leaf", "of": 1},
        {("a", 1): {Shade.DARK}},
        float("inf"),
        "\ud800",
    ],
)
def test_objects_come_back(value: Any) -> None:
    """Also those that only the annotations of the told classes name, and dicts that look like ours."""
    back = CODEC.decode(CODEC.encode(value))
    assert (back, type(back)) == (value, type(value))


@attrs.frozen
class Stranger:
    """Nobody was told of it."""


@pytest.mark.parametrize("value", [Stranger(), (Stranger(),), {"a": Stranger()}, object(), bytearray(), Shade])
def test_strangers_are_not_written(value: Any) -> None:
    """At any depth; it says which class."""
    with pytest.raises(TypeError, match=r"a value of type \w+ is of no class that the codec was told"):
        CODEC.encode(value)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "{}",
        '{"$": "Stranger"}',
        '{"$": "os.system", "of": "true"}',
        '{"$": ["list"]}',
        '{"$": "Leaf"}',
        '{"$": "Leaf", "shade": 1, "colour": 2}',
        '{"$": "Shade", "of": "BLUE"}',
        '{"$": "Picky", "size": -1}',
        '{"$": "bytes", "of": "?"}',
        "[" * 100_000,
    ],
)
def test_what_was_not_written_so_is_no_value(text: str) -> None:
    """Whatever it is, it makes nothing but a `ValueError`."""
    with pytest.raises(ValueError, match=r".+"):
        CODEC.decode(text)


def test_what_cannot_be_told_is_refused() -> None:
    """Classes of other kinds, and two of one name."""
    with pytest.raises(ConfigurationError, match="attrs classes and enums"):
        JsonCodec([dict])
    with pytest.raises(ConfigurationError, match="have one name"):
        JsonCodec([Leaf, attrs.make_class("Leaf", ["x"])])
