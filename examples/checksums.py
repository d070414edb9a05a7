"""A custom pipeline of two stages that has nothing to do with images: checksums of files.

HASH reads files in worker threads, four at a time; GROUP gathers the checksums and finds files with equal content.
Run it with `python examples/checksums.py FILE...`.
"""

from __future__ import annotations

import collections
import hashlib
import sys
from pathlib import Path

import attrs
import trio

from copy_that_orch import AgentPool, BasePipelineAgent, FailurePolicy, PipelineCoordinator, PipelineTask, Stage

HASH = Stage(name="hash", on_failure=FailurePolicy.COLLECT)
GROUP = Stage(name="group", gather=True)


def checksum(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@attrs.frozen
class HashFile(BasePipelineAgent[Path, tuple[str, Path]]):
    """Reads a file in a thread, so that the event loop goes on."""

    agent_type = "hash.sha256"
    stage_name = HASH.name

    async def process(self, task: PipelineTask[Path], item: Path) -> tuple[str, Path]:
        """Return the checksum and the path."""
        return await trio.to_thread.run_sync(checksum, item), item


@attrs.frozen
class GroupEqual(BasePipelineAgent[tuple[tuple[str, Path], ...], list[list[Path]]]):
    """Finds files with equal checksums."""

    agent_type = "group.equal"
    stage_name = GROUP.name

    async def process(self, task: PipelineTask[Path], item: tuple[tuple[str, Path], ...]) -> list[list[Path]]:
        """Return the groups of two or more equal files."""
        groups: dict[str, list[Path]] = collections.defaultdict(list)
        for digest, path in item:
            groups[digest].append(path)
        return [paths for paths in groups.values() if len(paths) > 1]


async def main(paths: list[Path]) -> int:
    """Print groups of equal files, and what could not be read; return the exit code."""
    coordinator = PipelineCoordinator([HashFile(), GroupEqual()], stages=[HASH, GROUP], pool=AgentPool({"hash": 4}))
    [result] = await coordinator.execute_batch([PipelineTask(task_id="files", items=paths)])
    groups = result.outputs[0] if result.outputs else []  # none if no file could be read: then the task has failed
    for group in groups:
        print("equal:", ", ".join(map(str, group)))
    print(f"{len(paths)} files, {len(groups)} groups of equal ones")
    for failure in result.error.failures if result.error else ():
        print(f"not read: {failure.label}: {failure.exception}", file=sys.stderr)
    return 1 if result.error else 0


if __name__ == "__main__":
    if len(sys.argv) == 1:
        raise SystemExit("usage: checksums.py FILE...")
    raise SystemExit(trio.run(main, [Path(argument) for argument in sys.argv[1:]]))
