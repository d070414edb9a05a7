"""The stages of one run."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import attrs

from copy_that_orch.orchestrator.runs.crew import Crew

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from copy_that_orch.orchestrator.interfaces import Stage
    from copy_that_orch.orchestrator.pool.admission import StageQueue
    from copy_that_orch.orchestrator.runs.calls import Call
    from copy_that_orch.orchestrator.runs.circuits import Circuit
    from copy_that_orch.orchestrator.runs.plan import Plan


@attrs.frozen
class RunStage:
    """One stage in one run: its place, its settings, its agents, its queue, and the Trio tasks for its calls."""

    position: int
    settings: Stage
    circuits: Sequence[Circuit]
    queue: StageQueue
    crew: Crew


def stages_of(plan: Plan, circuits: Iterable[Circuit], ended: Callable[[Call], None]) -> list[list[RunStage]]:
    """Return the stages of a new run, cut as those of its plan; `ended` is given every call whose agent has ended."""
    by_agent = {circuit.agent_type: circuit for circuit in circuits}
    positions = itertools.count()
    return [
        [
            RunStage(
                next(positions),
                stage,
                [by_agent[name] for name in names],
                plan.pool.stage(stage.name),
                Crew(stage.name, plan.pool, ended),
            )
            for stage, names in segment
        ]
        for segment in plan.segments
    ]
