"""The demo, in virtual time and without pixels."""

from __future__ import annotations

import contextlib
import functools
import importlib.resources
import json
from pathlib import Path
from typing import Any

import pytest
import trio
from trio.testing import MockClock

from copy_that_orch import BasePipelineAgent, PipelineStage, PipelineTask
from copy_that_orch.cli import demo
from copy_that_orch.cli.demo import CALLS_BEFORE, LATENCY, OUTAGE, RemoteService, ServiceDownError, bundled_products
from copy_that_orch.cli.main import main
from copy_that_orch.tokens.formats import FORMATS

TASK: PipelineTask[Any] = PipelineTask(task_id="shop", items=())


class Echo(BasePipelineAgent[str, str]):
    """Returns what it gets, as the built-in agent for colours would."""

    agent_type = "extract.fake"
    stage_name = PipelineStage.EXTRACT

    async def process(self, task: PipelineTask[Any], item: str) -> str:
        return item


async def test_the_service_is_down_once_for_a_while(autojump_clock: MockClock) -> None:
    """After some answers, until the outage is over; then it answers for good, and is counted on throughout."""
    service = RemoteService(agent=Echo())
    assert (service.agent_type, service.stage_name) == ("extract.fake", "extract")
    for _ in range(CALLS_BEFORE):
        assert await service.process(TASK, "a") == "a"
    assert not service.is_down
    went_down = trio.current_time() + LATENCY
    refused = 0
    while trio.current_time() + LATENCY < went_down + OUTAGE:
        with pytest.raises(ServiceDownError, match="staged"):
            await service.process(TASK, "a")
        refused += 1
        assert service.is_down
    for _ in range(10):
        assert await service.process(TASK, "a") == "a"
    assert not service.is_down
    assert service.refused == refused


def test_the_screenshots_come_with_the_package() -> None:
    """Several of at least three products, in natural order, with a notice of where they are from."""
    with contextlib.ExitStack() as files:
        products = bundled_products(files)
        assert [product.name for product in products] == ["cobalt-labs", "kestrel", "ledgerly", "marlow"]
        assert sum(len(product.screenshots) for product in products) == 7
        sizes = [Path(path).stat().st_size for product in products for path in product.screenshots]
    assert sum(sizes) < 700_000
    notice = (importlib.resources.files("copy_that_orch") / "demo_screens" / "NOTICE.md").read_text("utf-8")
    assert all(f"`{product.name}/`" in notice for product in products)


@pytest.fixture
def stage(fakes: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The demo with fakes, on a clock that jumps; the current folder is empty."""
    monkeypatch.setattr(demo, "SERVICE", Echo.agent_type)
    monkeypatch.setattr(demo, "RemoteService", lambda agent: RemoteService(agent=Echo()))
    # A loop that never rests keeps the worker threads, which write the files, from the interpreter.
    monkeypatch.setattr(trio, "run", functools.partial(trio.run, clock=MockClock(autojump_threshold=0.001)))
    return fakes


def test_an_outage_is_seen_and_costs_nothing(stage: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The circuit opens, fails a probe, recovers; every line that tells of it says that it is staged."""
    assert main(["demo"]) == 0
    out, err = capsys.readouterr()
    states = [line.split(": ")[1] for line in err.splitlines() if "circuit of extract.fake" in line]
    assert states[:2] == ["closed -> open", "open -> half_open"]
    assert states[-2:] == ["open -> half_open", "half_open -> closed"]
    assert "half_open -> open" in states
    assert "Staged outage: extract.fake plays a remote service that is down; its calls wait." in err
    assert "The staged outage is over" in err
    assert "\x1b" not in out + err
    *_, outage, total = out.splitlines()
    assert outage.startswith("The outage of extract.fake was staged: ")
    assert total == "7 of 7 screenshots came through, nothing was lost. The tokens are in copy-that-orch-demo."
    assert sorted(path.name for path in Path("copy-that-orch-demo").iterdir()) == [
        "cobalt-labs", "kestrel", "ledgerly", "marlow",
    ]  # fmt: skip


def test_quiet_names_the_files_only(stage: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing is told of the outage, nothing on stderr."""
    assert main(["demo", "--quiet", "--out", "out"]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    assert out.splitlines()[0] == str(Path("out/cobalt-labs/tokens.json"))
    assert len(out.splitlines()) == 4 * len(FORMATS)


def test_json_tells_of_the_outage(stage: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """In numbers, beside what `run` tells."""
    assert main(["demo", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert len(document["products"]) == 4
    outage = document["outage"]
    assert (outage["staged"], outage["agent"], outage["state"]) == (True, "extract.fake", "closed")
    assert outage["calls"] == outage["refused"] + 7
    assert outage["opened"] >= 2


def test_what_is_lost_is_told(stage: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """If the demo goes wrong, it says so, and the exit code does."""

    async def fail_on_one(self: Echo, task: PipelineTask[Any], item: str) -> str:
        if item == "profile.png":
            raise ZeroDivisionError("a bug")
        return item

    monkeypatch.setattr(Echo, "process", fail_on_one)
    assert main(["demo"]) == 1
    assert "6 of 7 screenshots came through, 1 screenshot lost." in capsys.readouterr().out


def test_the_folder_is_checked_before_the_curtain(stage: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Here a file is in the way."""
    Path("file").touch()
    assert main(["demo", "--out", "file"]) == 2
    assert capsys.readouterr() == ("", "copy_that_orch: file: cannot be written to (Not a directory)\n")
