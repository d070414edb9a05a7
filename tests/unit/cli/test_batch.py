"""One run of the pipeline, written as it goes."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

import pytest
import trio
from trio.testing import wait_all_tasks_blocked

from copy_that_orch import (
    CallFailure,
    FailurePolicy,
    PipelineCoordinator,
    PipelineErrorGroup,
    PipelineResult,
    PipelineTask,
    PreprocessingError,
    TaskStatus,
)
from copy_that_orch.agents.generate import GeneratedFile
from copy_that_orch.cli.batch import folders_of, process
from copy_that_orch.cli.output import write_files
from copy_that_orch.cli.render import QuietView
from copy_that_orch.cli.sources import Product
from copy_that_orch.cli.timelines import Timelines

PRODUCTS = [
    Product(name=name, screenshots=(Path(f"{name}.png"),)) for name in ("late", "bad", "worse", "early", "never")
]


def result(name: str) -> PipelineResult:
    """The result of a product that is complete."""
    return PipelineResult(
        task_id=name,
        status=TaskStatus.COMPLETED,
        outputs=(GeneratedFile("tokens.css", name),),
        error=None,
        started=0,
        ended=1,
        stages={},
    )


def failed(name: str) -> PipelineErrorGroup:
    """The failure of a product's only screenshot."""
    failure = CallFailure(
        task_id=name, stage="preprocess", agent="p", item=0, label="x", attempts=1, seconds=0,
        exception=PreprocessingError(f"{name}.png: empty"),
    )  # fmt: skip
    return PipelineErrorGroup.of_task(name, [failure])


class Script:
    """Stands for a coordinator whose batch is ended by failures while a result waits to be taken."""

    policy: FailurePolicy

    @contextlib.asynccontextmanager
    async def stream(
        self, tasks: Sequence[PipelineTask[Any]], *, on_failure: FailurePolicy
    ) -> AsyncIterator[AsyncIterator[PipelineResult]]:
        """One result, then the end."""
        self.policy = on_failure

        async def results() -> AsyncIterator[PipelineResult]:
            yield result("early")
            raise PipelineErrorGroup.of_batch([failed("worse"), failed("bad")], [result("late")])

        yield results()


def written(folder: Path) -> list[str]:
    """What is in a folder."""
    return sorted(path.name for path in folder.iterdir())


async def test_what_was_finished_is_written_when_the_rest_is_cancelled(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Also what nobody had taken yet; the outcomes stand in the order of the products."""
    script = Script()
    coordinator = cast("PipelineCoordinator", script)
    outcomes = await process(
        coordinator, PRODUCTS, folders_of(PRODUCTS, tmp_path), QuietView(), timelines=Timelines(), fail_fast=True
    )
    assert script.policy is FailurePolicy.CANCEL
    assert [(outcome.product.name, str(outcome.status)) for outcome in outcomes] == [
        ("late", "completed"),
        ("bad", "failed"),
        ("worse", "failed"),
        ("early", "completed"),
        ("never", "cancelled"),
    ]
    assert written(tmp_path) == ["early", "late"]
    assert capsys.readouterr().err.splitlines() == [
        "copy_that_orch: worse.png: empty",
        "copy_that_orch: worse: 1 of 1 screenshot failed, nothing was written",
        "copy_that_orch: bad.png: empty",
        "copy_that_orch: bad: 1 of 1 screenshot failed, nothing was written",
        "copy_that_orch: never: 1 screenshot cancelled, nothing was written",
    ]


async def test_cancelled_while_it_writes_it_leaves_whole_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The thread that writes is awaited, not left behind; after it nothing more is written."""
    started, release = threading.Event(), threading.Event()

    def write_slowly(folder: Path, files: Mapping[str, str], obsolete: Iterable[str]) -> tuple[Path, ...]:
        started.set()
        assert release.wait(timeout=60)
        return write_files(folder, files, obsolete)

    async def run(scope: trio.CancelScope) -> None:
        with scope:
            await process(
                cast("PipelineCoordinator", Script()),
                PRODUCTS,
                folders_of(PRODUCTS, tmp_path),
                QuietView(),
                timelines=Timelines(),
                fail_fast=True,
            )

    monkeypatch.setattr("copy_that_orch.cli.batch.write_files", write_slowly)
    scope = trio.CancelScope()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(run, scope)
        assert await trio.to_thread.run_sync(started.wait, 60)
        scope.cancel()
        await wait_all_tasks_blocked()
        assert written(tmp_path) == []
        release.set()
    assert scope.cancelled_caught
    assert written(tmp_path) == ["early"]
    assert (tmp_path / "early" / "tokens.css").read_text() == "early"


def test_a_single_product_needs_no_folder_of_its_own() -> None:
    """Several do."""
    assert folders_of(PRODUCTS[:1], Path("out")) == {"late": Path("out")}
    assert folders_of(PRODUCTS[:2], Path("out")) == {"late": Path("out/late"), "bad": Path("out/bad")}
