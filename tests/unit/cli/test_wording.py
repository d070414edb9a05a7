"""Words for people."""

from __future__ import annotations

import random

import pytest

from copy_that_orch.cli.wording import count, natural_key, printable


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("login screen é 日本.png", "login screen é 日本.png"),
        ("a\x1b[31mred\x07", r"a\x1b[31mred\x07"),
        ("two\nlines\r\t", r"two\nlines\r\t"),
        ("evil\u202egnp.exe", r"evil\u202egnp.exe"),
        ("\udcff.png", r"\udcff.png"),
        (ValueError("no\x00"), r"no\x00"),
    ],
)
def test_what_is_printed_cannot_steer_a_terminal(raw: object, shown: str) -> None:
    """Readable characters stay, everything else is escaped."""
    assert printable(raw) == shown


def test_counts_read_well() -> None:
    """One has no plural."""
    assert [count(number, "file") for number in range(3)] == ["0 files", "1 file", "2 files"]


def test_names_stand_in_natural_order() -> None:
    """Numbers count as numbers, case decides last, and the order never depends on the input's."""
    ordered = ["9.png", "10.png", "A2.png", "a2.png", "a10.png", "a.png", "B1.png", "²a"]
    for seed in range(10):
        shuffled = random.Random(seed).sample(ordered, len(ordered))
        assert sorted(shuffled, key=natural_key) == ordered
