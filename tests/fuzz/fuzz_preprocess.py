"""Damage real files for a while and preprocess them: no crash, no hang, no error that is not a `PreprocessingError`.

    python -m tests.fuzz.fuzz_preprocess SECONDS [FIRST_SEED]

Each seed is a batch of files. A batch that ends its worker process, or an exception of another kind, is printed with
its seed and number, which make the file again; the exit code is 1 then. Such a file belongs into the tests. What came
of it is written to docs/reliability.md.
"""

from __future__ import annotations

import sys
import time
from collections import Counter

import trio

from copy_that_orch.agents.offload import cpu_limiter, offload
from copy_that_orch.agents.processes import WorkerDiedError
from tests.fuzz.batches import BATCH, preprocess
from tests.reliability.page import table, write


async def fuzz(seconds: float, first_seed: int) -> int:
    """Run batches for `seconds` of real time, print what became of them, and return the exit code."""
    became: Counter[str] = Counter()
    bad: list[str] = []
    until = time.monotonic() + seconds
    next_seed = first_seed

    async def take_batches() -> None:
        nonlocal next_seed
        while time.monotonic() < until:
            seed, next_seed = next_seed, next_seed + 1
            try:
                counts, found = await offload(preprocess, seed)
            except WorkerDiedError as error:
                bad.append(f"seed {seed}: {error}")
            else:
                became.update(counts)
                bad.extend(found)

    async with trio.open_nursery() as nursery:
        for _ in range(int(cpu_limiter().total_tokens)):
            nursery.start_soon(take_batches)
    files = (next_seed - first_seed) * BATCH
    print(f"{files:,} files: {became['pictures']:,} pictures, {became['refused']:,} refused")
    print(*bad, f"{len(bad)} findings", sep="\n")
    write(
        "fuzz",
        table(
            {
                "Seconds": f"{seconds:g}",
                "Damaged files": f"{files:,}",
                "That could be read nevertheless": f"{became['pictures']:,}",
                "That were refused, with one sentence": f"{became['refused']:,}",
                "Crashes, hangs and errors of other kinds": len(bad),
            }
        ),
    )
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(trio.run(fuzz, float(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1))
