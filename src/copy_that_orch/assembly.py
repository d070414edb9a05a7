"""Which agents, in which order: the one place where agents meet the orchestrator.

    coordinator = screenshot_coordinator()
    result = await coordinator.execute(PipelineTask(task_id="shop", items=sorted(Path("shots").glob("*.png"))))

`result.outputs` holds one `GeneratedFile` per format.
"""

from __future__ import annotations

import functools
import hashlib
import importlib.metadata
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

import attrs
import cv2
import numpy as np
import PIL

from copy_that_orch import __version__
from copy_that_orch.agents.aggregate import AggregateAgent
from copy_that_orch.agents.extract_border import ExtractBorderAgent
from copy_that_orch.agents.extract_color import ExtractColorAgent
from copy_that_orch.agents.extract_gradient import ExtractGradientAgent
from copy_that_orch.agents.extract_radius import ExtractRadiusAgent
from copy_that_orch.agents.extract_shadow import ExtractShadowAgent
from copy_that_orch.agents.extract_spacing import ExtractSpacingAgent
from copy_that_orch.agents.extract_typography import ExtractTypographyAgent
from copy_that_orch.agents.generate import GenerateAgent, GeneratedFile
from copy_that_orch.agents.preprocess import PreprocessAgent
from copy_that_orch.agents.typography_tokens import MEASUREMENTS
from copy_that_orch.agents.validate import ValidateAgent
from copy_that_orch.orchestrator.agent_pool import AgentPool
from copy_that_orch.orchestrator.circuit_breaker import CircuitBreaker
from copy_that_orch.orchestrator.coordinator import PipelineCoordinator
from copy_that_orch.orchestrator.events import Observer
from copy_that_orch.orchestrator.interfaces import FIVE_STAGES, BasePipelineAgent, PipelineStage, Stage
from copy_that_orch.orchestrator.policies import FailurePolicy, RetryPolicy, WhenOpen
from copy_that_orch.orchestrator.result_store import ResultStore
from copy_that_orch.orchestrator.sqlite_store import JsonCodec, SQLiteResultStore
from copy_that_orch.tokens.formats import FORMATS
from copy_that_orch.tokens.model import TokenSet

__all__ = [
    "LEAST_SLOTS",
    "GeneratedFile",
    "local_breaker",
    "result_store",
    "screenshot_agents",
    "screenshot_coordinator",
    "screenshot_stages",
]

EXACT: Final = 1.0
"""CIEDE2000 difference up to which colours of different screens are one: half of what `merge` takes for extractors that
it knows nothing of. The built-in ones find colours exactly, so what differs by more was meant to; see decision 2."""
LEAST_SLOTS: Final = 4
"""Slots of each stage on a small machine; on a larger one there are as many as CPUs."""


def screenshot_agents(
    formats: Iterable[str] | None = None, *, scale: float | None = None, allow_private: bool = False, ocr: bool = False
) -> tuple[BasePipelineAgent[Any, Any], ...]:
    """Return the built-in agents, in the order of their stages: paths of images in, one `GeneratedFile` per format out.

    They run on this machine and need no network.

    Args:
      formats: Names in `tokens.formats.FORMATS`; None: all of them.
      scale: Device pixels per CSS pixel of the screenshots; None: what each file says, else what is seen on it.
      allow_private: Whether URLs among the items may lead to this machine and its own networks.
      ocr: Whether text is also read, see `ExtractTypographyAgent`; needs the extra `ocr`.

    Raises:
      ConfigurationError: if there is no such format, or the extra `ocr` is missing.
    """
    chosen = tuple(FORMATS if formats is None else formats)
    reader = PreprocessAgent(scale=scale, allow_private=allow_private, keep_fetched="html" in chosen)
    return (
        reader,
        ExtractColorAgent(),
        ExtractSpacingAgent(),
        ExtractTypographyAgent(ocr=ocr),
        ExtractRadiusAgent(),
        ExtractBorderAgent(),
        ExtractShadowAgent(),
        ExtractGradientAgent(),
        AggregateAgent(tolerance=EXACT),
        ValidateAgent(),
        *(GenerateAgent(name, reader=reader) for name in chosen),
    )


def screenshot_stages(
    on_failure: FailurePolicy = FailurePolicy.ISOLATE, *, retry: RetryPolicy | None = None
) -> tuple[Stage, ...]:
    """Return the five stages.

    Args:
      on_failure: How far a failure reaches. Under ISOLATE a failed call costs its screenshot, and where there are no
        screenshots any more, in GENERATE, its own format only.
      retry: For EXTRACT, where agents may ask remote services; to read a file again would not help.
    """
    per_stage = {stage.name: attrs.evolve(stage, on_failure=on_failure) for stage in FIVE_STAGES}
    per_stage[PipelineStage.EXTRACT] = attrs.evolve(per_stage[PipelineStage.EXTRACT], retry=retry)
    if on_failure is FailurePolicy.ISOLATE:
        generate = PipelineStage.GENERATE
        per_stage[generate] = attrs.evolve(per_stage[generate], on_failure=FailurePolicy.COLLECT)
    return tuple(per_stage.values())


def local_breaker(agent_type: str) -> CircuitBreaker:
    """Return a breaker for an agent that works on this machine: it opens when the machine is short of something.

    Whatever else such an agent raises is about the screenshot in its hands: five broken ones in a row say nothing of
    the sixth, and waiting would heal none of them.
    """
    return CircuitBreaker(agent_type, recovery_timeout=1.0, exclude=_is_about_the_item)


def _is_about_the_item(error: Exception) -> bool:
    return not isinstance(error, (OSError, MemoryError))


def screenshot_coordinator(
    agents: Iterable[BasePipelineAgent[Any, Any]] | None = None,
    *,
    limits: Mapping[str, int] | None = None,
    on_failure: FailurePolicy = FailurePolicy.ISOLATE,
    retry: RetryPolicy | None = None,
    breakers: Mapping[str, CircuitBreaker] | None = None,
    when_open: WhenOpen = WhenOpen.WAIT,
    patience: float = 300.0,
    store: ResultStore | None = None,
    observers: Iterable[Observer] = (),
    seed: int | None = None,
) -> PipelineCoordinator:
    """Return a coordinator for tasks whose items are paths of screenshots, one task per product.

    Args:
      agents: None: `screenshot_agents()`. Your own may stand beside them, or instead of one.
      limits: Calls at once by stage; a stage that is not named has as many slots as there are CPUs, at least 4.
      on_failure: How far a failure reaches, see `screenshot_stages`.
      retry: For EXTRACT, see `screenshot_stages`.
      breakers: By agent type; built-in agents that are not named have a `local_breaker`, others a `CircuitBreaker` with
        its defaults.
      when_open: What becomes of calls whose agent's circuit is open.
      patience: Seconds that a call waits for its circuit.
      store: Keeps results, such as a `result_store`; None: every call is made.
      observers: Get every event.
      seed: Where the randomness of retries begins.

    Raises:
      ConfigurationError: if a stage, an agent type or a limit is wrong.
    """
    chosen = tuple(screenshot_agents() if agents is None else agents)
    local = {agent.agent_type: local_breaker(agent.agent_type) for agent in chosen if isinstance(agent, _BUILT_IN)}
    return PipelineCoordinator(
        chosen,
        stages=screenshot_stages(on_failure, retry=retry),
        pool=AgentPool(limits, default_limit=max(LEAST_SLOTS, os.cpu_count() or 1)),
        breakers={**local, **(breakers or {})},
        when_open=when_open,
        patience=patience,
        store=store,
        observers=observers,
        seed=seed,
    )


def result_store(
    path: str | os.PathLike[str], *, fresh: bool = False, classes: Iterable[type] = ()
) -> SQLiteResultStore:
    """Return a store for results of the screenshot pipeline, in the file at `path`; close it at the end.

    It answers with what this very code has made: results of another version of this package, or of the libraries that
    measure pictures, are not found. Screenshots are not kept, but what was extracted from them.

    Args:
      path: Of the file; it is made when there is something to keep.
      fresh: Whether to act as if nothing were kept so far, and replace it.
      classes: Attrs classes and enums of results of your own agents.
    """
    return SQLiteResultStore(
        path, codec=JsonCodec([TokenSet, GeneratedFile, *MEASUREMENTS, *classes]), generation=_generation(), fresh=fresh
    )


@functools.cache
def _generation() -> str:
    """Return what tells the code that makes results from any other: nobody forgets to change it."""
    package = Path(__file__).parent
    versions = [cv2.__version__, np.__version__, PIL.__version__, *map(_version, _LIBRARIES)]
    digest = hashlib.sha256(" ".join(versions).encode())
    for source in sorted(package.rglob("*.*")):  # templates too
        if source.is_file() and source.suffix not in {".pyc", ".png"}:
            digest.update(source.relative_to(package).as_posix().encode())
            digest.update(source.read_bytes())
    return f"{__version__}-{digest.hexdigest()[:16]}"


_LIBRARIES: Final = ("coloraide", "jinja2", "onnxruntime", "rapidocr")
"""Besides those that are loaded: what results depend on too."""


def _version(library: str) -> str:
    try:
        return importlib.metadata.version(library)
    except importlib.metadata.PackageNotFoundError:
        return "none"


_BUILT_IN: Final = (
    PreprocessAgent,
    ExtractColorAgent,
    ExtractSpacingAgent,
    ExtractTypographyAgent,
    ExtractRadiusAgent,
    ExtractBorderAgent,
    ExtractShadowAgent,
    ExtractGradientAgent,
    AggregateAgent,
    ValidateAgent,
    GenerateAgent,
)
