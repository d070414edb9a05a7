"""Measure, and write docs/benchmarks.md. `nox -s benchmarks` runs this."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import breakers
import pipelines
from harness import Row, compare, machine, publish

PAGE = Path(__file__).parents[1] / "docs" / "benchmarks.md"
BASELINE = "Trio channels, by hand"
INTERLEAVED = ((1_000, 7), (10_000, 3))
"""Images and rounds of the sizes at which all contenders take turns in one process."""

ALONE = ((100_000, tuple(pipelines.CONTENDERS)), (1_000_000, ("copy_that_orch", BASELINE)))
"""Images and contenders of the sizes at which each has a process to itself."""


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


def pipeline_table() -> str:
    """Return the table of the pipeline benchmark.

    Small sizes are measured interleaved in this process. At large ones every contender gets a fresh process and one
    round, so that what its memory grows by is its own; the ratio is to the baseline's process.
    """
    columns: list[tuple[int, dict[str, Row]]] = []
    for images, rounds in INTERLEAVED:
        rows = compare(pipelines.CONTENDERS, baseline=BASELINE, operations=images, rounds=rounds)
        columns.append((images, {row.name: row for row in rows}))
    growths: list[tuple[int, dict[str, float]]] = []
    for images, names in ALONE:
        measured = {name: measure_alone(name, images) for name in names}
        base = measured[BASELINE][0]
        columns.append(
            (images, {name: Row(name=name, microseconds=us, ratio=us / base) for name, (us, _) in measured.items()})
        )
        growths.append((images, {name: megabytes for name, (_, megabytes) in measured.items()}))
    heads = [f"{images:,} images, µs each (ratio)" for images, _ in columns]
    heads += [f"MB more at {images:,}" for images, _ in growths]
    lines = [f"| | {' | '.join(heads)} |", "| --- |" + " --: |" * len(heads)]
    for name in pipelines.CONTENDERS:
        cells = [
            f"{rows[name].microseconds:.0f} ({rows[name].ratio:.2f})" if name in rows else "" for _, rows in columns
        ]
        cells += [f"{megabytes[name]:.1f}" if name in megabytes else "" for _, megabytes in growths]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def measure_alone(name: str, images: int) -> tuple[float, float]:
    """Return µs of CPU time per image in a fresh process, and by how many MB its peak memory grows from 500 images."""
    command = [sys.executable, __file__, "--alone", name, str(images)]
    microseconds, megabytes = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    return float(microseconds), float(megabytes)


def run_alone(contender: Callable[[int], None], images: int) -> tuple[float, float]:
    """Do the work of `measure_alone` in this process."""
    contender(500)
    before, started = peak_kilobytes(), time.process_time()
    contender(images)
    seconds = time.process_time() - started
    return seconds / images * 1e6, (peak_kilobytes() - before) / 1024


def peak_kilobytes() -> int:
    """Return the peak of this process's memory; `getrusage` would count that of the process that started it, too."""
    [peak] = [line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM")]
    return int(peak.split()[1])


def main(arguments: list[str]) -> None:
    """Measure everything, or with --alone one contender."""
    if arguments[:1] == ["--alone"]:
        print(*run_alone(pipelines.CONTENDERS[arguments[1]], int(arguments[2])))
        return
    today = dt.datetime.now(tz=dt.UTC).date()
    measured = (
        f"Measured on {today}: {machine()}.\n\n"
        f"### Breakers: times a bare await, or a bare raise\n\n{breaker_table()}\n"
        f"### Pipelines: CPU time per image of seven calls\n\n{pipeline_table()}"
    )
    publish(PAGE, measured)


if __name__ == "__main__":
    main(sys.argv[1:])
