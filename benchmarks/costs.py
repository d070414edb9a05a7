"""What one screenshot costs: CPU time and memory from the file to what all extractors find on it, in one thread."""

from __future__ import annotations

import gc
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import attrs

from copy_that_orch.assembly import screenshot_agents
from copy_that_orch.imaging.decode import decode

SCREEN = 1280 * 900
"""Pixels of the screen that times are told for."""
ROUNDS = 3
ONE_THREAD = dict.fromkeys(("OPENCV_FOR_THREADS_NUM", "OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"), "1")
"""As the worker processes have it."""


@attrs.frozen(kw_only=True)
class Cost:
    """What one screenshot costs.

    Attributes:
      width, height: In device pixels.
      seconds: CPU time, the median of `ROUNDS` after one that warms up.
      megabytes: By how much the process grows at most meanwhile, its bytes included; 0 where the system does not tell.
    """

    width: int
    height: int
    seconds: float
    megabytes: float

    @property
    def milliseconds(self) -> float:
        """CPU time, for as many pixels as a screen of 1280 x 900 has."""
        return 1000 * self.seconds * SCREEN / (self.width * self.height)


def cost(picture: Path) -> Cost:
    """Measure one screenshot."""
    extractors = [agent for agent in screenshot_agents(["dtcg"]) if agent.stage_name == "extract"]
    data = picture.read_bytes()

    def work() -> tuple[int, int]:
        screenshot = decode(data, picture.name)
        for agent in extractors:
            extract: Callable[[Any], Any] = agent._extract  # type: ignore[attr-defined]  # noqa: SLF001
            extract(screenshot)
        return screenshot.width, screenshot.height

    width, height = work()
    gc.collect()
    before, times = _memory(reset=True), []
    for _ in range(ROUNDS):
        started = time.process_time()
        work()
        times.append(time.process_time() - started)
    return Cost(width=width, height=height, seconds=statistics.median(times), megabytes=_memory() - before)


def _memory(*, reset: bool = False) -> float:
    """Return the memory of this process in MB: the most since the last reset, or with `reset` what it has now."""
    status = Path("/proc/self/status")
    if not status.exists():
        return 0.0
    if reset:
        Path("/proc/self/clear_refs").write_text("5")
    name = "VmRSS" if reset else "VmHWM"
    line = next(line for line in status.read_text().splitlines() if line.startswith(name))
    return int(line.split()[1]) / 1024


def measure(pictures: Sequence[Path]) -> list[Cost]:
    """Measure each picture in a process of its own: what one leaves behind must not be there for the next."""
    answers = (
        subprocess.run(
            [sys.executable, __file__, picture], check=True, capture_output=True, text=True, env=os.environ | ONE_THREAD
        ).stdout
        for picture in pictures
    )
    return [Cost(**json.loads(answer)) for answer in answers]


def cost_table(products: dict[str, list[Path]]) -> str:
    """Return what the screens cost, in the middle and at most."""
    costs = measure([picture for pictures in products.values() for picture in pictures])
    wide = [one for one in costs if one.width >= 1280]
    lines = ["| | median | at most |", "| --- | --: | --: |"]
    for name, values in (
        ("ms of CPU per 1280 x 900 pixels, screens of that width", [one.milliseconds for one in wide or costs]),
        ("the same, all screens", [one.milliseconds for one in costs]),
        ("MB, all screens", [one.megabytes for one in costs]),
    ):
        lines.append(f"| {name} | {statistics.median(values):.0f} | {max(values):.0f} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    print(json.dumps(attrs.asdict(cost(Path(sys.argv[1])))))
