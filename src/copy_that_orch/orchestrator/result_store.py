"""What a store of results must fit: the results of finished calls, by what they were made of and by whom."""

from __future__ import annotations

from typing import Any, NamedTuple, Protocol, runtime_checkable

import attrs


class ResultKey(NamedTuple):
    """Tells a call by its content: equal keys, equal results.

    Attributes:
      item: Fingerprint of the item, see `content_fingerprint`, and of the task's context if it has any.
      agent: The agent's `fingerprint`: type, version and configuration.
    """

    item: str
    agent: str


@runtime_checkable
class ResultStore(Protocol):
    """Keeps results of finished calls; give it to a `PipelineCoordinator`.

    A call whose key is known is not made: it takes no slot, no breaker and no rate limit, and is told as `CallCached`.
    A call that is made counts as finished only when `record` has returned, so what was told as finished is not made
    twice, even if the process is killed. Failures are not stored.

    Both functions may wait. They are cancelled there when the run is, and `record` when its task fails: the result,
    though told as finished, is then kept or not. What they raise costs no result: the run goes on without the
    store, and tells so with `StoreFailed`.
    """

    async def lookup(self, key: ResultKey, /) -> Any:
        """Return the result of the call, or None if it is not known; so a result that is None is never stored."""

    async def record(self, key: ResultKey, value: Any, /) -> None:
        """Keep `value`, in place of an older one, and return when it would survive the end of this process."""


@attrs.frozen
class Foretold:
    """What an agent would return, told without making it; see `BasePipelineAgent.foretell`.

    Attributes:
      fingerprint: That of the output, as its attribute `fingerprint`.
      name: That of the output, as its attribute `name`.
    """

    fingerprint: str
    name: str
