"""What a coordinator was told, checked and put in order, and what all its runs share."""

from __future__ import annotations

import contextlib
import random
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias, final

import trio

from copy_that_orch.orchestrator.agent_pool import AgentPool
from copy_that_orch.orchestrator.checks import member, seconds, series
from copy_that_orch.orchestrator.circuit_breaker import CircuitBreaker
from copy_that_orch.orchestrator.errors import ConfigurationError
from copy_that_orch.orchestrator.events import BreakerChanged, Observer, PoolResized
from copy_that_orch.orchestrator.interfaces import BasePipelineAgent, Stage
from copy_that_orch.orchestrator.policies import WhenOpen
from copy_that_orch.orchestrator.pool.admission import UNLIMITED
from copy_that_orch.orchestrator.reports import TaskStatus
from copy_that_orch.orchestrator.result_store import ResultStore
from copy_that_orch.orchestrator.runs.broadcast import Broadcast
from copy_that_orch.orchestrator.runs.rate_gate import Pace

if TYPE_CHECKING:
    from copy_that_orch.orchestrator.breaker.state import CircuitState
    from copy_that_orch.orchestrator.runs.circuits import Circuit
    from copy_that_orch.orchestrator.runs.run import PipelineRun

WITHIN_REASON = 1000
"""Slots that a stage without a limit counts for: its source may have no end."""

AnyAgent: TypeAlias = BasePipelineAgent[Any, Any]
Breakers: TypeAlias = Mapping[str, CircuitBreaker] | Callable[[str], CircuitBreaker]


@final
class Plan:
    """Agents by stage, breakers by agent, and the state that runs share.

    Attributes:
      agents: All of them, in stage order.
      guarded_agents: Each with its breaker.
      segments: Stages that have agents, with their agents' types, cut before each gathering stage: inside a segment
        items stream from stage to stage.
      paces: The rate limits, by stage.
      tally: Tasks that have ended, by status.
      store: Keeps results of finished calls, if there is one.
      cached: Calls that it answered, by stage.
      draining: Whether no more task may be taken up.
      runs: The runs that are under way.
    """

    __slots__ = (
        "_listeners",
        "_seed",
        "agents",
        "cached",
        "draining",
        "guarded_agents",
        "idle",
        "observers",
        "paces",
        "patience",
        "pool",
        "runs",
        "segments",
        "store",
        "tally",
        "when_open",
    )

    def __init__(
        self,
        agents: Iterable[AnyAgent],
        stages: Iterable[Stage],
        pool: AgentPool,
        breakers: Breakers | None,
        when_open: WhenOpen,
        patience: float,
        store: ResultStore | None,
        observers: Iterable[Observer],
        seed: int | None,
    ) -> None:
        stages = series("stages", stages)
        by_stage = _place(series("agents", agents), stages)
        if not isinstance(pool, AgentPool):
            raise ConfigurationError(f"pool must be an AgentPool, not {pool!r}")
        unknown = set(pool.configured) - set(by_stage)
        if unknown:
            raise ConfigurationError(f"the pool limits {_names(unknown)}; the stages are {_names(by_stage)}")
        self.agents = [agent for placed in by_stage.values() for agent in placed]
        self.guarded_agents = list(zip(self.agents, _guards(self.agents, breakers), strict=True))
        self.segments: list[list[tuple[Stage, list[str]]]] = []
        for stage in stages:
            names = [agent.agent_type for agent in by_stage[stage.name]]
            if names and (stage.gather or not self.segments):
                self.segments.append([])
            if names:
                self.segments[-1].append((stage, names))
        self.paces = {stage.name: Pace(stage.rate_limit) for stage in stages if stage.rate_limit is not None}
        self.pool = pool
        self.when_open = member("when_open", WhenOpen, when_open)
        self.patience = seconds("patience", patience, endless=True)
        if store is not None and not isinstance(store, ResultStore):
            raise ConfigurationError(f"a result store needs lookup(key) and record(key, value); {store!r} lacks one")
        self.store = store
        self.observers = Broadcast(observers)
        self.cached = {stage.name: 0 for stage in stages if by_stage[stage.name]}
        self.tally = dict.fromkeys(TaskStatus, 0)
        self.draining = False
        self.runs: dict[PipelineRun, None] = {}
        self.idle = trio.lowlevel.ParkingLot()
        self._seed = seed
        self._listeners = [
            (breaker, self._listener(agent.agent_type)) for agent, breaker in self.guarded_agents if self.observers
        ]

    def new_rng(self) -> random.Random:
        """Return a random generator that begins at the seed."""
        return random.Random(self._seed)

    def default_in_flight(self) -> int:
        """Return how many tasks keep every slot of every stage busy, within reason."""
        limits = [self.pool.stage(stage.name).limit for segment in self.segments for stage, _ in segment]
        return max(1, sum(WITHIN_REASON if limit == UNLIMITED else limit for limit in limits))

    @contextlib.contextmanager
    def attended(self, run: PipelineRun, circuits: Sequence[Circuit]) -> Iterator[None]:
        """Pass on to `run`, and to the observers, what happens to the breakers and the pool."""
        if not self.runs:
            self.pool.watch(self._pool_resized)
            for breaker, listener in self._listeners:
                breaker.add_listener(listener)
        self.runs[run] = None
        for circuit in circuits:
            circuit.breaker.watch(circuit.changed)
        try:
            yield
        finally:
            for circuit in circuits:
                circuit.breaker.unwatch(circuit.changed)
            del self.runs[run]
            if not self.runs:
                self.pool.unwatch(self._pool_resized)
                for breaker, listener in self._listeners:
                    breaker.remove_listener(listener)
                self.idle.unpark_all()

    def _listener(self, agent_type: str) -> Callable[[str, CircuitState, CircuitState], None]:
        def tell(name: str, old: CircuitState, new: CircuitState) -> None:
            self.observers.emit(BreakerChanged(time=trio.current_time(), agent=agent_type, name=name, old=old, new=new))

        return tell

    def _pool_resized(self, stage: str, old: int, new: int) -> None:
        self.observers.emit(PoolResized(time=trio.current_time(), stage=stage, old=old, new=new))
        for run in self.runs:
            run.resized()


def _names(names: Iterable[str]) -> str:
    return ", ".join(repr(str(name)) for name in sorted(names))


def _place(agents: Sequence[AnyAgent], stages: Sequence[Stage]) -> dict[str, list[AnyAgent]]:
    """Return the agents of each stage, checked."""
    by_stage = _empty(stages)
    seen: set[str] = set()
    for agent in agents:
        if isinstance(agent, type):
            raise ConfigurationError(f"{agent!r} is a class; make an agent of it, and give that")
        agent_type = getattr(agent, "agent_type", None)
        stage_name = getattr(agent, "stage_name", None)
        if not isinstance(agent_type, str) or not isinstance(stage_name, str) or not hasattr(agent, "process"):
            raise ConfigurationError(f"{agent!r} is no agent: it needs agent_type, stage_name and process()")
        if agent_type in seen:
            raise ConfigurationError(f"two agents are of type {agent_type!r}; give each a type of its own")
        if stage_name not in by_stage:
            raise ConfigurationError(
                f"agent {agent_type!r} works in stage {stage_name!r}; the stages are {_names(by_stage)}"
            )
        seen.add(agent_type)
        by_stage[stage_name].append(agent)
    for stage in stages:
        if stage.gather and len(by_stage[stage.name]) > 1:
            raise ConfigurationError(
                f"stage {stage.name!r} gathers, so it takes one agent, not "
                f"{_names(agent.agent_type for agent in by_stage[stage.name])}"
            )
    return by_stage


def _empty(stages: Sequence[Stage]) -> dict[str, list[AnyAgent]]:
    """Return room for the agents of each stage."""
    by_stage: dict[str, list[AnyAgent]] = {}
    for stage in stages:
        if not isinstance(stage, Stage):
            raise ConfigurationError(f"stages must be made with Stage(name=...), not {stage!r}")
        if stage.name in by_stage:
            raise ConfigurationError(f"two stages are named {stage.name!r}")
        by_stage[stage.name] = []
    return by_stage


def _guards(agents: Sequence[AnyAgent], breakers: Breakers | None) -> list[CircuitBreaker]:
    """Return the breaker of each agent."""
    names = [agent.agent_type for agent in agents]
    if isinstance(breakers, Mapping):
        unknown = set(breakers) - set(names)
        if unknown:
            raise ConfigurationError(f"there are breakers for {_names(unknown)}; the agents are {_names(names)}")
        guards = [breakers[name] if name in breakers else CircuitBreaker(name) for name in names]
    else:
        make = _maker(breakers)
        guards = [make(name) for name in names]
    for name, guard in zip(names, guards, strict=True):
        if not isinstance(guard, CircuitBreaker):
            raise ConfigurationError(f"the breaker of agent {name!r} must be a CircuitBreaker, not {guard!r}")
    return guards


def _maker(breakers: object) -> Callable[[str], CircuitBreaker]:
    if breakers is None:
        return CircuitBreaker
    if isinstance(breakers, CircuitBreaker) or not callable(breakers):
        raise ConfigurationError(f"breakers must be a mapping by agent type or a function of one, not {breakers!r}")
    return breakers
