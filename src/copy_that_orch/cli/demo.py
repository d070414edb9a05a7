"""The demo: real screenshots, the real pipeline, and an outage that is staged.

One agent stands for a remote service that is down for a while. What it returns when it is up is what the built-in
agent returns, so the tokens are those of `run` on the same screenshots.
"""

from __future__ import annotations

import contextlib
import importlib.resources
from collections.abc import Sequence
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, Final, final

import attrs
import trio

from copy_that_orch.assembly import screenshot_agents, screenshot_coordinator
from copy_that_orch.cli.batch import folders_of, planned_calls, process
from copy_that_orch.cli.output import check_writable
from copy_that_orch.cli.render import QuietView, make_view
from copy_that_orch.cli.report import Outcome
from copy_that_orch.cli.sources import Product
from copy_that_orch.cli.summary import SummaryAgent
from copy_that_orch.cli.timelines import Timelines
from copy_that_orch.cli.wording import count, natural_key, printable
from copy_that_orch.orchestrator.circuit_breaker import CircuitBreaker
from copy_that_orch.orchestrator.interfaces import BasePipelineAgent, PipelineTask
from copy_that_orch.orchestrator.policies import FailurePolicy, RetryPolicy

SERVICE: Final = "extract.color"
"""The agent that plays a remote service."""

CALLS_BEFORE: Final = 2
"""Calls that the service answers before it goes down."""

OUTAGE: Final = 3.0
"""Seconds that it is down."""

LATENCY: Final = 0.15
"""Seconds that the way to the service and back takes."""

RECOVERY_TIMEOUT: Final = 1.2
"""Seconds from the opening of the circuit to its probe: shorter than the outage, so that the first probes fail."""


class ServiceDownError(ConnectionError):
    """The service that the demo plays does not answer, as planned."""


@final
@attrs.define(eq=False, kw_only=True)
class RemoteService(BasePipelineAgent[Any, Any]):
    """Plays a remote service that does the work of `agent`, and is down for `OUTAGE` seconds.

    Attributes:
      agent: Does the work.
      refused: Calls that it did not answer.
      is_down: Whether it is down.
    """

    agent: BasePipelineAgent[Any, Any]
    refused: int = attrs.field(init=False, default=0)
    _answered: int = attrs.field(init=False, default=0)
    _back_at: float | None = attrs.field(init=False, default=None)

    @property
    def agent_type(self) -> str:
        """That of the agent."""
        return self.agent.agent_type

    @property
    def stage_name(self) -> str:
        """That of the agent."""
        return self.agent.stage_name

    @property
    def is_down(self) -> bool:
        """Whether it does not answer now."""
        return self._back_at is not None and trio.current_time() < self._back_at

    async def process(self, task: PipelineTask[Any], item: Any) -> Any:
        """Return what the agent makes of `item`, unless the service is down.

        Raises:
          ServiceDownError: if it is.
        """
        await trio.sleep(LATENCY)
        if self._back_at is None and self._answered == CALLS_BEFORE:
            self._back_at = trio.current_time() + OUTAGE
        if self.is_down:
            self.refused += 1
            raise ServiceDownError("503 service unavailable (staged)")
        self._answered += 1
        return await self.agent.process(task, item)


@final
class Demo:
    """One performance, which writes to the folder `out`."""

    def __init__(self, out: Path) -> None:
        """Prepare it."""
        self._out = out
        by_type = {agent.agent_type: agent for agent in screenshot_agents()}
        self._service = RemoteService(agent=by_type[SERVICE])
        self._agents = (*{**by_type, SERVICE: self._service}.values(), SummaryAgent())
        self._breaker = CircuitBreaker(self._service.agent_type, failure_threshold=2, recovery_timeout=RECOVERY_TIMEOUT)

    def run(self, *, quiet: bool) -> list[Outcome]:
        """Show it, and return what became of the products.

        Raises:
          ConfigurationError: if the folder cannot be written to.
        """
        with contextlib.ExitStack() as files:
            products = bundled_products(files)
            folders = folders_of(products, self._out)
            for folder in (self._out, *folders.values()):
                check_writable(folder)
            screenshots = sum(len(product.screenshots) for product in products)
            title = f"copy_that_orch demo: {screenshots} screenshots of {len(products)} products"
            planned = planned_calls(self._agents, products)
            view = QuietView() if quiet else make_view(planned, products, title, note=self.note)
            timelines = Timelines()
            coordinator = screenshot_coordinator(
                self._agents,
                on_failure=FailurePolicy.ISOLATE,
                retry=RetryPolicy(attempts=6, initial=0.2, maximum=0.4, on=(ServiceDownError,)),
                breakers={self._breaker.name: self._breaker},
                observers=[view, timelines],
                seed=1,
            )
            return trio.run(lambda: process(coordinator, products, folders, view, timelines=timelines, fail_fast=False))

    def note(self) -> str:
        """Return a sentence about what can be seen now."""
        name = self._service.agent_type
        if self._service.is_down:
            return f"Staged outage: {name} plays a remote service that is down; its calls wait."
        if self._service.refused:
            return "The staged outage is over: the calls that waited for the circuit go on."
        return f"{name} plays a remote service here; an outage of it is staged."

    def conclusion(self, outcomes: Sequence[Outcome]) -> str:
        """Return what there was to be seen."""
        facts = self.facts()
        total = sum(len(outcome.product.screenshots) for outcome in outcomes)
        failed = sum(outcome.failed_screenshots for outcome in outcomes)
        lost = "nothing was lost" if not failed else f"{count(failed, 'screenshot')} lost"
        return (
            f"The outage of {facts['agent']} was staged: {count(facts['refused'], 'call')} failed, its circuit opened "
            f"{count(facts['opened'], 'time')}, the rest waited.\n"
            f"{total - failed} of {total} screenshots came through, {lost}. The tokens are in {printable(self._out)}."
        )

    def facts(self) -> dict[str, Any]:
        """Return the outage in numbers: agent, calls refused by the service, times its circuit opened, calls let in."""
        statistics = self._breaker.statistics()
        return {
            "staged": True,
            "agent": self._service.agent_type,
            "seconds": OUTAGE,
            "refused": self._service.refused,
            "opened": statistics.times_opened,
            "calls": statistics.admitted,
            "state": str(statistics.state),
        }


def bundled_products(files: contextlib.ExitStack) -> list[Product]:
    """Return the products whose screenshots come with the package; they can be read until `files` is closed."""
    top = importlib.resources.files("copy_that_orch") / "demo_screens"
    return [
        Product(
            name=folder.name,
            screenshots=tuple(
                files.enter_context(importlib.resources.as_file(image))
                for image in sorted(folder.iterdir(), key=_name)
                if image.name.endswith(".png")
            ),
        )
        for folder in sorted(top.iterdir(), key=_name)
        if folder.is_dir()
    ]


def _name(entry: Traversable) -> tuple[Any, ...]:
    return natural_key(entry.name)
