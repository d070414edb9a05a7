"""Design tokens from a folder of screenshots, with the built-in agents (extra `images`).

Run it with `python examples/tokens_from_folder.py FOLDER OUT`: it writes OUT/tokens.json and OUT/tokens.css.
"""

from __future__ import annotations

import sys
from pathlib import Path

import trio

from copy_that_orch import PipelineErrorGroup, PipelineTask
from copy_that_orch.assembly import screenshot_coordinator


async def main(screenshots: list[Path], out: Path) -> int:
    """Write the tokens of `screenshots` into the folder `out`; return the exit code."""
    coordinator = screenshot_coordinator(limits={"extract": 2})
    try:
        result = await coordinator.execute(PipelineTask(task_id="screenshots", items=screenshots))
    except PipelineErrorGroup as group:
        for failure in group.failures:
            print(f"{failure.agent}: {failure.exception}", file=sys.stderr)
        return 1
    await trio.Path(out).mkdir(parents=True, exist_ok=True)
    for file in result.outputs:
        await trio.Path(out / file.name).write_text(file.text)
        print(f"{out / file.name}: {len(file.text.splitlines())} lines")
    for failure in result.error.failures if result.error else ():
        print(f"left out {failure.label}: {failure.exception}", file=sys.stderr)
    return 1 if result.error else 0


if __name__ == "__main__":
    if len(sys.argv) != 3:
        raise SystemExit("usage: tokens_from_folder.py FOLDER OUT")
    raise SystemExit(trio.run(main, sorted(Path(sys.argv[1]).glob("*.png")), Path(sys.argv[2])))
