"""Interleaved measurements in one process, as ratios to a baseline of the same round."""

from __future__ import annotations

import gc
import platform
import random
import statistics
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import attrs

WARM_UP = 1000
"""Operations of each contender before the rounds that count."""


@attrs.frozen(kw_only=True)
class Row:
    """One contender.

    Attributes:
      name: What it is called.
      microseconds: Median CPU time per operation.
      ratio: Median over the rounds of its time by the baseline's in the same round.
    """

    name: str
    microseconds: float
    ratio: float


def compare(
    contenders: Mapping[str, Callable[[int], None]], *, baseline: str, operations: int, rounds: int, seed: int = 1
) -> list[Row]:
    """Run every contender in every round, in an order drawn anew, and return one row each.

    Args:
      contenders: By name: a function that carries out as many operations as it is told.
      baseline: The contender that the ratios refer to.
      operations: Operations per round and contender.
      rounds: Rounds that count; one more goes before them to warm up.
      seed: Of the orders.
    """
    order = list(contenders)
    rng = random.Random(seed)
    times: dict[str, list[float]] = {name: [] for name in order}
    for number in range(rounds + 1):
        rng.shuffle(order)
        for name in order:
            gc.collect()
            started = time.process_time()
            contenders[name](operations if number else min(operations, WARM_UP))
            if number:
                times[name].append((time.process_time() - started) / operations * 1e6)
    return [
        Row(
            name=name,
            microseconds=statistics.median(times[name]),
            ratio=statistics.median(one / base for one, base in zip(times[name], times[baseline], strict=True)),
        )
        for name in contenders
    ]


def publish(page: Path, measured: str, section: str = "measured") -> None:
    """Put what was measured in the place of its section on a page of docs/, instead of what stood there, and print it.

    A section stands between `<!-- NAME: begin -->` and `<!-- NAME: end -->`, each a line of its own.
    """
    begin, end = f"<!-- {section}: begin -->\n", f"<!-- {section}: end -->\n"
    before, rest = page.read_text("utf-8").split(begin)
    _old, after = rest.split(end)
    page.write_text(before + begin + measured + end + after, "utf-8")
    print(measured)


def machine() -> str:
    """Return what the figures were measured on, in one line."""
    model = next(
        (line.split(":")[1].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")), "unknown CPU"
    )
    cores = sum(line.startswith("processor") for line in _lines("/proc/cpuinfo"))
    return f"{model}, {cores} cores, {platform.system()}, CPython {platform.python_version()}"


def _lines(path: str) -> list[str]:
    try:
        return Path(path).read_text().splitlines()
    except OSError:
        return []
