"""Products in, files out: one run of the pipeline, written as it goes."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, final

import attrs
import trio

from copy_that_orch.assembly import GeneratedFile
from copy_that_orch.cli.output import write_files
from copy_that_orch.cli.render import View
from copy_that_orch.cli.report import Outcome, complaints
from copy_that_orch.cli.signals import Stop
from copy_that_orch.cli.sources import Product
from copy_that_orch.cli.summary import Summary
from copy_that_orch.cli.timelines import Timelines
from copy_that_orch.orchestrator.coordinator import PipelineCoordinator
from copy_that_orch.orchestrator.errors import GenerationError, PipelineErrorGroup
from copy_that_orch.orchestrator.interfaces import BasePipelineAgent, PipelineStage, PipelineTask
from copy_that_orch.orchestrator.observers import Timeline
from copy_that_orch.orchestrator.policies import FailurePolicy
from copy_that_orch.orchestrator.reports import PipelineResult, TaskStatus
from copy_that_orch.timeline import with_timeline
from copy_that_orch.tokens.formats import FORMATS


def folders_of(products: Sequence[Product], out: Path) -> dict[str, Path]:
    """Return the folder of each product by name: `out` itself for a single one, else one below it."""
    return {product.name: out if len(products) == 1 else out / product.name for product in products}


def planned_calls(agents: Iterable[BasePipelineAgent[Any, Any]], products: Sequence[Product]) -> dict[str, int]:
    """Return how many calls each stage of the screenshot pipeline will make if nothing fails."""
    agents_of = Counter(agent.stage_name for agent in agents)
    screenshots = sum(len(product.screenshots) for product in products)
    per_screenshot = (PipelineStage.PREPROCESS, PipelineStage.EXTRACT)
    return {
        stage: agents_of[stage] * (screenshots if stage in per_screenshot else len(products)) for stage in PipelineStage
    }


async def process(
    coordinator: PipelineCoordinator,
    products: Sequence[Product],
    folders: Mapping[str, Path],
    view: View,
    *,
    timelines: Timelines,
    fail_fast: bool,
    stop: Stop | None = None,
) -> list[Outcome]:
    """Run all products through the pipeline, write each one's files when it is done, and return what became of them.

    `folders` tells by name where each one's files go. What goes wrong is told through `view` as soon as it is known.
    With `fail_fast`, the first product that fails ends the rest, and so may `stop`; what was finished before is
    written. A product that failed leaves older files alone. A report gets the product's timeline from `timelines`, an
    observer of the coordinator.
    """
    by_name = {product.name: product for product in products}
    desk = _Desk(products=by_name, folders=folders, view=view, timelines=timelines, fail_fast=fail_fast)
    tasks = [PipelineTask(task_id=product.name, items=product.screenshots) for product in products]
    across = FailurePolicy.CANCEL if fail_fast else FailurePolicy.COLLECT
    async with view.shown(), contextlib.nullcontext() if stop is None else stop.ends(coordinator):
        try:
            async with coordinator.stream(tasks, on_failure=across) as results:
                async for result in results:
                    await desk.take(result)
                    if stop is not None:
                        stop.written()
        except PipelineErrorGroup as error:
            for result in error.results:
                await desk.take(result)
            desk.take_failures(error)
    return desk.outcomes(stopped=stop is not None and stop.received is not None)


@final
@attrs.define(eq=False, kw_only=True)
class _Desk:
    """Takes results, writes their files and tells what went wrong."""

    products: Mapping[str, Product]
    folders: Mapping[str, Path]
    view: View
    timelines: Timelines
    fail_fast: bool
    _outcomes: dict[str, Outcome] = attrs.field(init=False, factory=dict)

    async def take(self, result: PipelineResult) -> None:
        """Write what came of a product."""
        generated = (output for output in result.outputs if isinstance(output, GeneratedFile))
        files = {name: text for output in generated for name, text in output.texts.items()}
        summary = next((output for output in result.outputs if isinstance(output, Summary)), None)
        timeline = self.timelines.take(result.task_id)
        paths: tuple[Path, ...] = ()
        status, trouble = result.status, None
        if files:
            try:
                paths = await trio.to_thread.run_sync(_write, self.folders[result.task_id], files, timeline)
            except GenerationError as error:
                status, trouble = TaskStatus.FAILED, str(error)
        self._note(
            Outcome(
                product=self.products[result.task_id],
                status=status,
                seconds=result.seconds,
                files=paths,
                summary=summary,
                calls={
                    stage: {str(outcome): calls for outcome, calls in counts.items()}
                    for stage, counts in result.stages.items()
                },
                failures=result.error.failures if result.error else (),
                trouble=trouble,
            )
        )

    def take_failures(self, error: PipelineErrorGroup) -> None:
        """Note the products that failed when the first of them ended the rest."""
        for name in dict.fromkeys(failure.task_id for failure in error.failures):
            failures = tuple(failure for failure in error.failures if failure.task_id == name)
            self._note(Outcome(product=self.products[name], status=TaskStatus.FAILED, failures=failures))

    def outcomes(self, *, stopped: bool) -> list[Outcome]:
        """Return what became of all products, in their order; those of which nothing was heard were cancelled.

        That is told, unless the user wanted it so.
        """
        for name, product in self.products.items():
            outcome = Outcome(product=product, status=TaskStatus.CANCELLED)
            if stopped:
                self._outcomes.setdefault(name, outcome)
            elif name not in self._outcomes:
                self._note(outcome)
        return [self._outcomes[name] for name in self.products]

    def _note(self, outcome: Outcome) -> None:
        self._outcomes[outcome.product.name] = outcome
        for line in complaints(outcome, cancelled=self.fail_fast, alone=len(self.products) == 1):
            self.view.say(line)


def _write(folder: Path, files: Mapping[str, str], timeline: Timeline) -> tuple[Path, ...]:
    """Write the files of a product, the timeline of the run into its report; those of a dark mode that is gone go."""
    report = FORMATS["html"].file_name
    written = {name: with_timeline(text, timeline) if name == report else text for name, text in files.items()}
    possible = (name for target in FORMATS.values() if target.file_name in files for name in target.other_names)
    return write_files(folder, written, [name for name in possible if name not in files])
