"""What a run has of its result store: answers before calls are handed in, and a place for what came of them.

The store is asked in Trio tasks of their own, one for each item; what it says comes back as a letter, and the run's
loop acts on the letters of a pass in canonical order, as on everything else.
"""

from __future__ import annotations

import contextlib
import itertools
import logging
from typing import TYPE_CHECKING, Any, Final, TypeAlias, final

import attrs
import trio

from copy_that_orch.orchestrator.errors import PipelineError
from copy_that_orch.orchestrator.events import StoreFailed
from copy_that_orch.orchestrator.fingerprints import combined, content_fingerprint
from copy_that_orch.orchestrator.interfaces import BasePipelineAgent
from copy_that_orch.orchestrator.pool.tickets import NEW
from copy_that_orch.orchestrator.reports import COMPLETED
from copy_that_orch.orchestrator.result_store import Foretold, ResultKey, ResultStore
from copy_that_orch.orchestrator.runs.interruptions import is_meant_here, split_cancelled
from copy_that_orch.orchestrator.runs.passes import Mailbox, Passes
from copy_that_orch.orchestrator.runs.telling import error_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from copy_that_orch.orchestrator.interfaces import PipelineTask
    from copy_that_orch.orchestrator.runs.calls import Call, Item
    from copy_that_orch.orchestrator.runs.plan import AnyAgent
    from copy_that_orch.orchestrator.runs.run import PipelineRun
    from copy_that_orch.orchestrator.runs.stage_batch import StageBatch

_log = logging.getLogger(__name__)

_SOMEWHERE: Final = ""
"""Stands in stored results for the name of the item: the same bytes may have another name next time."""


Place: TypeAlias = "tuple[int, int, int, int]"


@attrs.frozen
class Recalled:
    """Stands for an output that was not made, because the store knows everything that the next stage makes of it.

    Attributes:
      name: Its name.
      results: Those of the next stage's agents.
    """

    name: str
    results: Sequence[Any]


@attrs.define(eq=False)
class _Answers:
    """What the store knows of an item's calls, and what it failed with."""

    place: Place
    item: Item
    results: dict[Call, Any]
    trouble: str = ""


@attrs.define(eq=False)
class _Receipt:
    """The store has the result of a call, or will not have it."""

    place: Place
    call: Call
    seconds: float
    trouble: str = ""


@final
class Recall:
    """Asks the store on behalf of a run."""

    __slots__ = ("_agents", "_broken", "_letters", "_next", "_run", "_store")

    def __init__(self, run: PipelineRun, store: ResultStore, passes: Passes) -> None:
        self._run = run
        self._store = store
        self._broken: set[str] = set()
        self._letters: Mailbox[_Answers | _Receipt] = Mailbox(passes)
        self._agents: dict[str, str] = {}
        self._next: dict[int, Sequence[AnyAgent]] = {}
        for segment in run.segments:
            for stage, following in itertools.pairwise(segment):
                self._next[stage.position] = [circuit.agent for circuit in following.circuits]
            for stage in segment:
                for circuit in stage.circuits:
                    agent: object = circuit.agent  # which need not derive from our base class
                    if isinstance(agent, BasePipelineAgent) and agent.storable:
                        self._agents[circuit.agent_type] = agent.fingerprint

    @property
    def has_fresh(self) -> bool:
        """Whether there are letters of this pass."""
        return self._letters.has_fresh

    def ask(self, item: Item, batch: StageBatch) -> None:
        """Hand in the calls of `item` that the store cannot answer, and answer the others."""
        results: dict[Call, Any] = {}
        place = min(call.place for call in item.calls)
        if isinstance(item.value, Recalled):
            results = dict(zip(item.calls, item.value.results, strict=True))
        if results or len(self._broken) == 2:
            self._letters.put(_Answers(place, item, results))
            self._run.wake()
        else:
            self._run.nursery.start_soon(self._look_up, item, batch, place)

    def keep(self, call: Call, seconds: float) -> bool:
        """Return whether the result of a call that has ended is being recorded; then it is concluded afterwards."""
        keys = call.work.keys
        key = keys[call.agent_index] if keys else None
        if key is None or call.result is None or "record" in self._broken:
            return False
        self._run.nursery.start_soon(self._record, call, key, seconds)
        return True

    def take_turn(self) -> None:
        """Act on what the store has said."""
        letters = self._letters.take_all()
        if len(letters) > 1:
            letters.sort(key=lambda letter: letter.place)
        for letter in letters:
            if letter.trouble:
                self._failed("record" if isinstance(letter, _Receipt) else "lookup", letter.trouble)
            if isinstance(letter, _Receipt):
                self._run.desk.conclude(letter.call, COMPLETED, letter.seconds)
                continue
            for call in list(letter.item.calls):
                if call.state is NEW:  # else it was withdrawn meanwhile
                    if call in letter.results:
                        self._run.desk.answer(call, letter.results[call])
                    else:
                        self._run.desk.hand_in(call)

    @trio.lowlevel.enable_ki_protection
    async def _look_up(self, item: Item, batch: StageBatch, place: Place) -> None:
        answers = _Answers(place, item, {})
        try:
            await self._fill(answers, item, batch)
        finally:
            self._letters.put(answers)
            self._run.wake()

    async def _fill(self, answers: _Answers, item: Item, batch: StageBatch) -> None:
        """Put the results of those calls of `item` that are known into `answers`, and the keys of all into `item`."""
        calls = list(item.calls)
        task = batch.task.task
        prints = [self._agents.get(call.circuit.agent_type) for call in calls]
        content = await self._content(task, item.value) if any(prints) else None
        item.keys = [
            None if content is None or one is None else await self._key(call, content, one)
            for call, one in zip(calls, prints, strict=True)
        ]
        name = _name_of(item.value)
        for call, key in zip(calls, item.keys, strict=True):
            if key is None:
                result = await self._ahead(call, item.value, task, answers)
            else:
                result = await self._lookup(key, name, answers)
            if result is not None:
                answers.results[call] = result

    async def _key(self, call: Call, content: str, agent: str) -> ResultKey | None:
        """Return the key of a call on an item of this content; None if it reads something of unknown content."""
        try:
            reads = call.circuit.agent.reads(call.batch.task.task, call.work.value)
        except Exception:  # the agent itself will say so when it is called
            return None
        if reads is None:
            return ResultKey(content, agent)
        more = await content_fingerprint(reads)
        return None if more is None else ResultKey(combined(content, more), agent)

    async def _ahead(self, call: Call, value: Any, task: PipelineTask[Any], answers: _Answers) -> Recalled | None:
        """Return what the next stage's agents would make of the output of a call that is not stored, if all is known.

        Then the call need not be made: nobody would look at its output.
        """
        agents = self._next.get(call.batch.position)
        foretell = getattr(call.circuit.agent, "foretell", None)
        if agents is None or foretell is None or any(agent.agent_type not in self._agents for agent in agents):
            return None
        foretold: Foretold | None = None
        with _noted(None):  # the agent itself will say so when it is called
            foretold = await foretell(task, value)
        content = None if foretold is None else await self._content(task, foretold)
        if content is None:
            return None
        results = []
        for agent in agents:
            result = await self._lookup(ResultKey(content, self._agents[agent.agent_type]), foretold.name, answers)
            if result is None:
                return None
            results.append(result)
        return Recalled(foretold.name, results)

    async def _content(self, task: PipelineTask[Any], value: Any) -> str | None:
        """Return the fingerprint of what an agent sees of an item: of the item, and of the task's context."""
        content = await content_fingerprint(value)
        if content is None or not task.context:
            return content
        context = await content_fingerprint(task.context)
        return None if context is None else combined(content, context)

    async def _lookup(self, key: ResultKey, name: str, answers: _Answers) -> Any:
        if answers.trouble or "lookup" in self._broken:
            return None
        found: list[Any] = [None]
        with _noted(answers):
            found.append(_renamed(await self._store.lookup(key), _SOMEWHERE, name))
        return found[-1]

    @trio.lowlevel.enable_ki_protection
    async def _record(self, call: Call, key: ResultKey, seconds: float) -> None:
        receipt = _Receipt(call.place, call, seconds)
        call.scope = trio.CancelScope()
        try:
            if not call.batch.cancelled:  # meanwhile; from now on its scope is
                with call.scope, _noted(receipt):
                    await self._store.record(key, _renamed(call.result, _name_of(call.work.value), _SOMEWHERE))
        finally:
            call.scope = None
            self._letters.put(receipt)
            self._run.wake()

    def _failed(self, operation: str, trouble: str) -> None:
        if operation not in self._broken:
            self._broken.add(operation)
            _log.warning("%s of the result store failed; the run goes on without: %s", operation, trouble)
            self._run.desk.emit(StoreFailed(time=trio.current_time(), operation=operation, error=trouble))


@contextlib.contextmanager
def _noted(letter: _Answers | _Receipt | None) -> Iterator[None]:
    """Note what is raised in the block as trouble, if there is a letter for it; only our own cancellation goes on."""
    try:
        yield
    except BaseException as error:
        cancelled, failed = split_cancelled(error)
        if cancelled is not None and not is_meant_here():
            cancelled, failed = (
                None,
                failed or RuntimeError("it raised a trio.Cancelled that was not meant for its call"),
            )
        if failed is not None and not isinstance(failed, Exception):
            raise
        if failed is not None and letter is not None:
            letter.trouble = _text_of(failed)
        if cancelled is not None:
            raise cancelled from None


def _text_of(error: Exception) -> str:
    return (str(error) if isinstance(error, PipelineError) else "") or error_text(error)


def _name_of(value: Any) -> str:
    try:
        name = getattr(value, "name", None)
    except Exception:  # it is broken: that is for its agent to say, if it minds
        name = None
    return name if isinstance(name, str) else _SOMEWHERE


def _renamed(result: Any, old: str, new: str) -> Any:
    """Return `result` with the item called `new` and not `old`, if it tells the item's name."""
    renamed = getattr(result, "renamed", None)
    return result if renamed is None or old == new else renamed(old, new)
