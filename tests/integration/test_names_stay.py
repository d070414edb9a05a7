"""What tokens of real screens are called, with one screen and with one more."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import trio

import copy_that_orch
from copy_that_orch.assembly import screenshot_agents, screenshot_coordinator
from copy_that_orch.orchestrator.interfaces import PipelineTask
from copy_that_orch.tokens.dtcg.check import check_text
from copy_that_orch.tokens.model import Severity

SCREENS = Path(copy_that_orch.__file__).parent / "demo_screens" / "cobalt-labs"
LIGHT, DARK = SCREENS / "profile.png", SCREENS / "runs-dark.png"


def files_of(*screens: Path) -> dict[str, str]:
    """What a run writes for one product of these screens, by the names of the files."""

    async def run() -> dict[str, str]:
        coordinator = screenshot_coordinator(screenshot_agents(["dtcg"]))
        result = await coordinator.execute(PipelineTask(task_id="cobalt", items=screens))
        (file,) = result.outputs
        return dict(file.texts)

    return trio.run(run)


def values(group: Any, path: tuple[str, ...] = ()) -> dict[str, str]:
    """Values by name, as they are written."""
    if "$value" in group:
        return {".".join(path): json.dumps(group["$value"])}
    found: dict[str, str] = {}
    for name, child in group.items():
        if not name.startswith("$"):
            found |= values(child, (*path, name))
    return found


def test_a_dark_screen_more_adds_a_mode_and_renames_nothing() -> None:
    """What was told of the light screen stays, names and meanings; the document for both themes is sound."""
    few, many = files_of(LIGHT), files_of(LIGHT, DARK)
    before, after = (values(json.loads(files["tokens.json"])) for files in (few, many))
    meanings = {name: value for name, value in before.items() if name.startswith("color.") and value.startswith('"{')}
    assert len(meanings) >= 8
    assert meanings.items() <= after.items()
    assert {name for name in before if name.startswith("color.")} <= after.keys()  # a near colour may take the place
    assert len(before.keys() & after.keys()) >= 0.9 * len(before)
    assert few.keys() == {"tokens.json"}
    in_dark = values(json.loads(many["tokens.dark.json"]))
    assert {"color.background.default", "color.text.default"} <= in_dark.keys() <= after.keys()
    tokens, findings = check_text(many["tokens.resolver.json"], lambda name: many[name])
    assert tokens == len(after)
    assert {finding.severity for finding in findings} <= {Severity.WARNING}
