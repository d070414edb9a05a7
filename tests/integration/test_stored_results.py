"""The screenshot pipeline with a result store: what is not made again, and what is."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import attrs
import pytest
import trio
from hypothesis import given

import copy_that_orch
from copy_that_orch import (
    CallOutcome,
    JsonCodec,
    PipelineResult,
    PipelineTask,
    ResultKey,
    assembly,
    content_fingerprint,
)
from copy_that_orch.assembly import GeneratedFile, result_store, screenshot_agents, screenshot_coordinator
from copy_that_orch.tokens.model import TokenSet
from tests.unit.tokens.strategies import extracted_sets

SCREENS = Path(copy_that_orch.__file__).parent / "demo_screens" / "kestrel"
FORMATS = ["css", "dtcg"]
KEY = ResultKey("item", "agent")


def contents(folder: Path) -> list[Path]:
    """What is in a folder, sorted."""
    return sorted(folder.iterdir())


async def run(shots: Path, store: Any, **settings: Any) -> PipelineResult:
    """Make tokens of a folder."""
    coordinator = screenshot_coordinator(screenshot_agents(FORMATS, **settings), store=store)
    return await coordinator.execute(PipelineTask(task_id="shop", items=contents(shots)))


def made(result: PipelineResult) -> dict[str, int]:
    """How many calls of each stage were made."""
    return {stage: counts.get(CallOutcome.COMPLETED, 0) for stage, counts in result.stages.items()}


async def test_what_is_known_is_not_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Unchanged screens: nothing at all. A renamed one: no extraction. A new one: itself only. New code: everything."""
    shots = tmp_path / "shots"
    shots.mkdir()
    shutil.copy(SCREENS / "settings.png", shots / "one.png")
    with result_store(tmp_path / "store") as store:
        first = await run(shots, store)
        extractors = sum(agent.stage_name == "extract" for agent in screenshot_agents())
        assert made(first) == {"preprocess": 1, "extract": extractors, "aggregate": 1, "validate": 1, "generate": 2}
        again = await run(shots, store)
        assert made(again) == dict.fromkeys(made(first), 0)
        assert again.outputs == first.outputs

    with result_store(tmp_path / "store") as store:
        (shots / "one.png").rename(shots / "zwei.png")
        renamed = await run(shots, store)
        assert made(renamed) == {"preprocess": 0, "extract": 0, "aggregate": 1, "validate": 1, "generate": 2}
        assert renamed.outputs == (await run(shots, None)).outputs  # it tells the new name, not the old one
        assert "shots/zwei.png" in renamed.outputs[1].text

        (shots / "zwei.png").rename(shots / "zwei@2x.png")  # a name that says how large a pixel is
        assert made(await run(shots, store))["extract"] == extractors
        assert made(await run(shots, store, scale=3.0))["extract"] == extractors

        shutil.copy(SCREENS / "repository.png", shots / "new.png")
        more = await run(shots, store)
        assert made(more) == {"preprocess": 1, "extract": extractors, "aggregate": 1, "validate": 1, "generate": 2}

    monkeypatch.setattr(assembly, "_generation", lambda: "another")
    with result_store(tmp_path / "store") as store:
        twice = {"preprocess": 2, "extract": 2 * extractors}
        assert made(await run(shots, store)) == {**made(more), **twice}


async def test_results_of_own_classes_can_be_kept(tmp_path: Path) -> None:
    """Those that are named, and what they are made of."""

    @attrs.frozen
    class Own:
        file: GeneratedFile

    with result_store(tmp_path / "store", classes=[Own]) as store:
        await store.record(KEY, Own(GeneratedFile("a", "b")))
        assert await store.lookup(KEY) == Own(GeneratedFile("a", "b"))


@given(extracted_sets())
def test_every_token_set_can_be_kept(tokens: TokenSet) -> None:
    """With whatever values, modes, sightings and screens; equal, and found to be equal by its fingerprint."""
    codec = JsonCodec([TokenSet])
    back = codec.decode(codec.encode(tokens))
    assert back == tokens
    assert trio.run(content_fingerprint, back) == trio.run(content_fingerprint, tokens) is not None


def test_another_code_is_another_generation() -> None:
    """It tells the version, for who looks into the file, and the code."""
    generation = assembly._generation()
    assert generation.startswith(f"{copy_that_orch.__version__}-")
    assert generation == assembly._generation()
