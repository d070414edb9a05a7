"""Screenshots to design tokens, on a Trio orchestrator for pipelines of agents.

Importing this loads the engine, which needs trio and attrs only. The agents that read screenshots are in
`copy_that_orch.agents`, put together by `copy_that_orch.assembly`; they need the extra `images`.
"""

from copy_that_orch.orchestrator.agent_pool import AgentPool
from copy_that_orch.orchestrator.circuit_breaker import BreakerStatistics, CircuitBreaker, CircuitState, FailureRate
from copy_that_orch.orchestrator.coordinator import PipelineCoordinator, ResultStream
from copy_that_orch.orchestrator.errors import (
    AggregationError,
    AttemptTimeoutError,
    CallFailure,
    CircuitOpenError,
    ConfigurationError,
    ExtractionError,
    GenerationError,
    PipelineError,
    PipelineErrorGroup,
    PoolClosedError,
    PreprocessingError,
    ResultStoreError,
    ValidationError,
)
from copy_that_orch.orchestrator.events import (
    BreakerChanged,
    CallCached,
    CallEnded,
    CallQueued,
    CallRetried,
    CallStarted,
    Event,
    Observer,
    PoolResized,
    StageEnded,
    StageStarted,
    StoreFailed,
    TaskEnded,
    TaskStarted,
)
from copy_that_orch.orchestrator.fingerprints import content_fingerprint
from copy_that_orch.orchestrator.interfaces import (
    FIVE_STAGES,
    BasePipelineAgent,
    PipelineStage,
    PipelineTask,
    Stage,
)
from copy_that_orch.orchestrator.observers import (
    CallSpan,
    CircuitSpan,
    JsonLinesObserver,
    Timeline,
    TimelineObserver,
)
from copy_that_orch.orchestrator.policies import FailurePolicy, RateLimit, RetryPolicy, WhenOpen
from copy_that_orch.orchestrator.pool.adaptive import AdaptiveLimit
from copy_that_orch.orchestrator.reports import (
    AgentHealth,
    CallOutcome,
    CallRecord,
    CoordinatorStatistics,
    HealthReport,
    PipelineResult,
    PoolStatistics,
    TaskStatus,
)
from copy_that_orch.orchestrator.result_store import Foretold, ResultKey, ResultStore
from copy_that_orch.orchestrator.sqlite_store import JsonCodec, SQLiteResultStore

__version__ = "0.1.0"

__all__ = [
    "FIVE_STAGES",
    "AdaptiveLimit",
    "AgentHealth",
    "AgentPool",
    "AggregationError",
    "AttemptTimeoutError",
    "BasePipelineAgent",
    "BreakerChanged",
    "BreakerStatistics",
    "CallCached",
    "CallEnded",
    "CallFailure",
    "CallOutcome",
    "CallQueued",
    "CallRecord",
    "CallRetried",
    "CallSpan",
    "CallStarted",
    "CircuitBreaker",
    "CircuitOpenError",
    "CircuitSpan",
    "CircuitState",
    "ConfigurationError",
    "CoordinatorStatistics",
    "Event",
    "ExtractionError",
    "FailurePolicy",
    "FailureRate",
    "Foretold",
    "GenerationError",
    "HealthReport",
    "JsonCodec",
    "JsonLinesObserver",
    "Observer",
    "PipelineCoordinator",
    "PipelineError",
    "PipelineErrorGroup",
    "PipelineResult",
    "PipelineStage",
    "PipelineTask",
    "PoolClosedError",
    "PoolResized",
    "PoolStatistics",
    "PreprocessingError",
    "RateLimit",
    "ResultKey",
    "ResultStore",
    "ResultStoreError",
    "ResultStream",
    "RetryPolicy",
    "SQLiteResultStore",
    "Stage",
    "StageEnded",
    "StageStarted",
    "StoreFailed",
    "TaskEnded",
    "TaskStarted",
    "TaskStatus",
    "Timeline",
    "TimelineObserver",
    "ValidationError",
    "WhenOpen",
    "content_fingerprint",
]
