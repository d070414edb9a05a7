"""Equal content, equal fingerprint; different content, a different one."""

from __future__ import annotations

import dataclasses
import enum
import os
import subprocess
import sys
from pathlib import Path
from types import MappingProxyType
from typing import Any

import attrs
import pytest
import trio

from copy_that_orch import content_fingerprint
from copy_that_orch.orchestrator.fingerprints import combined


class Color(enum.Enum):
    """One of two."""

    RED = 1
    BLUE = 2


@attrs.frozen
class Point:
    """An attrs class with a field that does not count."""

    x: int
    note: str = attrs.field(default="", eq=False)


@dataclasses.dataclass(frozen=True)
class Pair:
    """The same as a dataclass."""

    x: int
    note: str = dataclasses.field(default="", compare=False)


@attrs.frozen
class Told:
    """Tells its own."""

    fingerprint: Any


VALUES: list[Any] = [
    None,
    False,
    0,
    0.0,
    -0.0,
    "",
    "0",
    b"",
    b"0",
    (),
    ("",),
    ("a", "b"),
    ("ab",),
    (("a",), "b"),
    {},
    {"a": 1},
    {"a": 2},
    {1: "a"},
    frozenset(),
    frozenset({"a"}),
    Color.RED,
    Color.BLUE,
    Point(0),
    Point(1),
    Pair(0),
    Pair(1),
    Told("x"),
    Told("y"),
    10**5000,
    "\ud800",
]


async def test_what_differs_has_another_fingerprint() -> None:
    """Types, values and how they are nested all count."""
    prints = [await content_fingerprint(value) for value in VALUES]
    assert None not in prints
    assert len(set(prints)) == len(VALUES)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
        ({"a": 1}, MappingProxyType({"a": 1})),
        ({"a", "b", "c"}, frozenset({"c", "b", "a"})),
        ([1, 2], (1, 2)),
        (Point(1, "seen"), Point(1)),
        (Pair(1, "seen"), Pair(1)),
    ],
)
async def test_what_is_equal_has_the_same(one: Any, other: Any) -> None:
    """Order of mappings and sets, and fields that do not count, make no difference."""
    assert await content_fingerprint(one) == await content_fingerprint(other)


@pytest.mark.parametrize("value", [object(), Told(""), Told(3), print, (1, object()), {"a": object()}, {1j}])
async def test_unknown_content_has_none(value: Any) -> None:
    """At any depth."""
    assert await content_fingerprint(value) is None


async def test_a_broken_attribute_is_unknown_content() -> None:
    """The agent will say so, if it minds."""

    class Broken:
        @property
        def fingerprint(self) -> str:
            raise ZeroDivisionError

    assert await content_fingerprint(Broken()) is None


async def test_endless_content_has_none() -> None:
    """A list that holds itself is not looked through for ever."""
    endless: list[Any] = []
    endless.append(endless)
    assert await content_fingerprint(endless) is None


@pytest.mark.parametrize(
    "value", [[0] * 4000, dict.fromkeys(range(4000)), set(range(4000)), b"x" * 9_000_000, ["x" * 9_000_000, 1]]
)
async def test_large_values_give_others_their_turn(value: Any) -> None:
    """They are looked through to their end, bit by bit."""
    turns = 0

    async def others() -> None:
        nonlocal turns
        while True:
            turns += 1
            await trio.lowlevel.checkpoint()

    async with trio.open_nursery() as nursery:
        nursery.start_soon(others)
        found = await content_fingerprint(value)
        nursery.cancel_scope.cancel()
    assert turns >= 2
    changed = value[:-1] if isinstance(value, (list, bytes)) else set(value) - {3999}
    assert found not in (None, await content_fingerprint(changed))


async def test_files_count_by_their_bytes_and_their_names(tmp_path: Path) -> None:
    """An agent sees both. A folder, a pipe or nothing has no content that is known."""
    seen = set()
    for name, data in (("a", b"1"), ("a", b"2"), ("b", b"2")):
        (tmp_path / name).write_bytes(data)
        seen.add(await content_fingerprint(tmp_path / name))
    assert len(seen) == 3
    assert await content_fingerprint(tmp_path / "b") in seen
    assert await content_fingerprint(tmp_path) is None
    assert await content_fingerprint(tmp_path / "missing") is None
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe")
        assert await content_fingerprint(tmp_path / "pipe") is None


def test_the_same_in_every_process() -> None:
    """Hash seeds have no part in it."""
    program = (
        "import trio, copy_that_orch\n"
        "print(trio.run(copy_that_orch.content_fingerprint, ({'a', 'b', 'c'}, {'x': 1.5, 'y': None})))"
    )
    seen = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
            text=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(seen) == 1


def test_combined_keeps_order() -> None:
    """The parts are told apart."""
    assert len({combined("a", "b"), combined("b", "a"), combined("a\nb", ""), combined("ab")}) == 4
