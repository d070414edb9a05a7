"""A real process, killed at any moment and run again; `nox -s reliability` does the same many times more."""

from __future__ import annotations

import random
import shutil
import sys
from pathlib import Path

import pytest

import copy_that_orch
from tests.reliability.kills import Undisturbed

SCREENS = Path(copy_that_orch.__file__).parent / "demo_screens"


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
def test_a_run_that_was_killed_goes_on_where_it_was(tmp_path: Path) -> None:
    """Output to the byte as if it had never been; no finished call made twice; the store whole at each moment."""
    for name in ("kestrel", "marlow"):
        shutil.copytree(SCREENS / name, tmp_path / "shots" / name)
    undisturbed = Undisturbed(tmp_path / "shots", tmp_path / "work", "--format", "css", "--format", "dtcg")
    moments = sorted(random.Random(6).sample(range(1, undisturbed.rows), 3))
    trial = undisturbed.trial(0, moments)
    assert trial.troubles == []
    assert any(killing.killed for killing in trial.killings)
    assert trial.made + trial.answered == undisturbed.rows
