"""Measure, and write docs/benchmarks.md. `nox -s benchmarks` runs this."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

import breakers
import pipelines
from harness import Row, compare, machine

PAGE = Path(__file__).parents[1] / "docs" / "benchmarks.md"
BASELINE = "Trio channels, by hand"
BEGIN, END = "<!-- measured: begin -->\n", "<!-- measured: end -->\n"


def breaker_table() -> str:
    """Return the table of the breaker benchmark."""
    lines = ["| | call | block | refusal |", "| --- | --: | --: | --: |"]
    tables = []
    for contenders, baseline in (
        (breakers.CALLS, "bare await"),
        (breakers.BLOCKS, "bare await"),
        (breakers.REFUSALS, "bare raise"),
    ):
        loops = {name: breakers.synchronous(loop) for name, loop in contenders.items()}
        rows = compare(loops, baseline=baseline, operations=5000, rounds=21)
        tables.append({row.name: row for row in rows})
    for name in dict.fromkeys(name for table in tables for name in table):
        cells = [f"{table[name].ratio:.1f}" if name in table else "" for table in tables]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    bare = ", ".join(
        f"{table[name].microseconds:.2f} µs"
        for table, name in zip(tables, ("bare await", "bare await", "bare raise"), strict=True)
    )
    return "\n".join(lines) + f"\n\nOne is {bare} here.\n"


def pipeline_table(sizes: Iterable[tuple[int, int]]) -> str:
    """Return the table of the pipeline benchmark for `(images, rounds)` each."""
    columns: list[tuple[int, dict[str, Row]]] = []
    for images, rounds in sizes:
        rows = compare(pipelines.CONTENDERS, baseline=BASELINE, operations=images, rounds=rounds)
        columns.append((images, {row.name: row for row in rows}))
    largest = columns[-1][0]
    head = " | ".join(f"{images:,} images, µs each (ratio)" for images, _ in columns)
    lines = [f"| | {head} | MB more at {largest:,} |", "| --- |" + " --: |" * (len(columns) + 1)]
    for name in pipelines.CONTENDERS:
        cells = [f"{rows[name].microseconds:.0f} ({rows[name].ratio:.2f})" for _, rows in columns]
        lines.append(f"| {name} | {' | '.join(cells)} | {memory_growth(name, largest):.1f} |")
    return "\n".join(lines) + "\n"


def memory_growth(name: str, images: int) -> float:
    """Return how much the peak memory of a fresh process grows, in MB, from 500 images to `images`."""
    command = [sys.executable, __file__, "--memory", name, str(images)]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def measure_memory(contender: Callable[[int], None], images: int) -> float:
    """Do the work of `memory_growth` in this process."""
    contender(500)
    before = peak_kilobytes()
    contender(images)
    return (peak_kilobytes() - before) / 1024


def peak_kilobytes() -> int:
    """Return the peak of this process's memory; `getrusage` would count that of the process that started it, too."""
    [peak] = [line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM")]
    return int(peak.split()[1])


def main(arguments: list[str]) -> None:
    """Measure everything, or with --memory one contender's memory."""
    if arguments[:1] == ["--memory"]:
        print(measure_memory(pipelines.CONTENDERS[arguments[1]], int(arguments[2])))
        return
    today = dt.datetime.now(tz=dt.UTC).date()
    measured = (
        f"Measured on {today}: {machine()}.\n\n"
        f"### Breakers: times a bare await, or a bare raise\n\n{breaker_table()}\n"
        f"### Pipelines: CPU time per image of seven calls\n\n"
        f"{pipeline_table([(1_000, 7), (10_000, 3), (100_000, 1)])}"
    )
    page = PAGE.read_text()
    before, rest = page.split(BEGIN)
    PAGE.write_text(before + BEGIN + measured + END + rest.split(END)[1])
    print(measured)


if __name__ == "__main__":
    main(sys.argv[1:])
