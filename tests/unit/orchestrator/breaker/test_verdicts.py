"""What the end of a call says about what was called."""

from __future__ import annotations

import math

import pytest
import trio

from copy_that_orch.orchestrator.breaker.verdicts import TEXT_LENGTH, Judge, Judgement, Verdict, as_text, failure
from copy_that_orch.orchestrator.errors import CircuitOpenError, PipelineErrorGroup


class NotFoundError(Exception):
    """The service answered: there is nothing."""


class BusyError(Exception):
    """Asks to be left alone for a while."""

    def __init__(self, retry_after: object) -> None:
        super().__init__("busy")
        self.retry_after = retry_after


async def cancelled() -> trio.Cancelled:
    """Return a real cancellation; Trio lets nobody make one."""
    caught: list[trio.Cancelled] = []
    with trio.CancelScope() as scope:
        scope.cancel()
        try:
            await trio.lowlevel.checkpoint()
        except trio.Cancelled as error:
            caught.append(error)
            raise
    return caught[0]


def verdict(judge: Judge, error: BaseException) -> Verdict:
    """Return the verdict of `judge` on `error`."""
    return judge.judge(error).verdict


@pytest.mark.parametrize("error", [ValueError("x"), trio.TooSlowError(), OSError(), ExceptionGroup("g", [KeyError()])])
def test_an_exception_is_a_failure(error: Exception) -> None:
    """Any `Exception` counts against what was called, unless the settings say otherwise."""
    assert verdict(Judge(), error) is Verdict.FAILURE


@pytest.mark.parametrize("error", [KeyboardInterrupt(), SystemExit(1), GeneratorExit(), BaseException()])
def test_other_ends_say_nothing(error: BaseException) -> None:
    """What is not an `Exception` has nothing to do with what was called."""
    assert verdict(Judge(), error) is Verdict.NEUTRAL


async def test_a_cancellation_says_nothing() -> None:
    """Who cancels has lost interest in the answer; that tells nothing of it."""
    assert verdict(Judge(), await cancelled()) is Verdict.NEUTRAL


def test_a_refusal_by_a_circuit_says_nothing() -> None:
    """Behind an inner circuit nothing was reached, so an outer one learns nothing, however it reads its exceptions."""
    refusal = CircuitOpenError("inner")
    assert verdict(Judge(), refusal) is Verdict.NEUTRAL
    assert verdict(Judge(successes=(Exception,)), refusal) is Verdict.NEUTRAL
    assert verdict(Judge(), ExceptionGroup("g", [refusal])) is Verdict.NEUTRAL
    assert verdict(Judge(), ExceptionGroup("g", [refusal, ValueError()])) is Verdict.FAILURE


def test_excluded_types_and_their_subclasses_say_nothing() -> None:
    """An excluded type stands for its subclasses too."""
    judge = Judge(excluded=(LookupError,))
    assert verdict(judge, KeyError()) is Verdict.NEUTRAL
    assert verdict(judge, ValueError()) is Verdict.FAILURE


def test_exclusion_by_predicate() -> None:
    """A predicate picks out exceptions one by one."""
    judge = Judge(exclude=lambda error: "404" in str(error))
    assert verdict(judge, ValueError("404")) is Verdict.NEUTRAL
    assert verdict(judge, ValueError("500")) is Verdict.FAILURE


def test_good_ends_by_type_and_by_predicate() -> None:
    """An exception may show that the service works."""
    assert verdict(Judge(successes=(NotFoundError,)), NotFoundError()) is Verdict.SUCCESS
    by_predicate = Judge(is_success=lambda error: "404" in str(error))
    assert verdict(by_predicate, ValueError("404")) is Verdict.SUCCESS
    assert verdict(by_predicate, ValueError("500")) is Verdict.FAILURE


def test_exclusion_goes_before_success() -> None:
    """What is both excluded and a good end says nothing."""
    assert verdict(Judge(excluded=(NotFoundError,), successes=(Exception,)), NotFoundError()) is Verdict.NEUTRAL
    assert verdict(Judge(exclude=lambda _: True, is_success=lambda _: True), NotFoundError()) is Verdict.NEUTRAL


async def test_groups_are_judged_by_their_leaves() -> None:
    """Cancelled and excluded leaves are looked past, at any depth; one failure among them is a failure."""
    judge = Judge(excluded=(KeyError,), successes=(NotFoundError,))
    stop = await cancelled()
    assert verdict(judge, BaseExceptionGroup("g", [stop, stop])) is Verdict.NEUTRAL
    assert verdict(judge, ExceptionGroup("g", [KeyError(), ExceptionGroup("h", [KeyError()])])) is Verdict.NEUTRAL
    assert verdict(judge, BaseExceptionGroup("g", [stop, KeyError(), ValueError()])) is Verdict.FAILURE
    assert verdict(judge, BaseExceptionGroup("g", [stop, NotFoundError()])) is Verdict.SUCCESS
    assert verdict(judge, BaseExceptionGroup("g", [NotFoundError(), ValueError()])) is Verdict.FAILURE
    deep = BaseExceptionGroup("g", [stop, ExceptionGroup("h", [KeyError(), ExceptionGroup("i", [ValueError()])])])
    assert verdict(judge, deep) is Verdict.FAILURE


def test_a_group_type_that_is_given_stands_for_the_whole_group() -> None:
    """An explicit exclusion of a group's own type wins over its leaves, and so does one of a good end."""
    group = PipelineErrorGroup("inner run", [ValueError()])
    assert verdict(Judge(excluded=(PipelineErrorGroup,)), group) is Verdict.NEUTRAL
    assert verdict(Judge(successes=(PipelineErrorGroup,)), ExceptionGroup("g", [group])) is Verdict.SUCCESS


def test_predicates_are_asked_about_leaves_only() -> None:
    """A predicate that counts one kind of error only finds that kind in a group, too."""
    asked: list[Exception] = []

    def everything_but_lost_connections(error: Exception) -> bool:
        asked.append(error)
        return not isinstance(error, ConnectionError)

    lost = ConnectionError()
    other = ValueError()
    group = ExceptionGroup("g", [other, ExceptionGroup("h", [lost])])
    assert verdict(Judge(exclude=everything_but_lost_connections), group) is Verdict.FAILURE
    assert asked == [other, lost]


def test_a_raising_predicate_is_heard_of() -> None:
    """A predicate that raises is a bug of the program."""
    with pytest.raises(ZeroDivisionError):
        Judge(exclude=lambda _: 1 // 0 == 1).judge(ValueError())


def test_a_failure_tells_its_first_failed_leaf() -> None:
    """Of a group, the first leaf that counts is told, not the first one."""
    judge = Judge(excluded=(KeyError,))
    group = ExceptionGroup("g", [KeyError("no"), ExceptionGroup("h", [ValueError("first")]), OSError("second")])
    assert judge.judge(group) == Judgement(Verdict.FAILURE, "ValueError: first", 0.0)


@pytest.mark.parametrize(
    ("asked", "seconds"),
    [(7, 7.0), (2.5, 2.5), (0, 0.0), (-1, 0.0), (math.nan, 0.0), (math.inf, 0.0), (True, 0.0), ("7", 0.0), (None, 0.0)],
)
def test_the_wait_that_a_failure_asks_for(asked: object, seconds: float) -> None:
    """A finite number of seconds above 0 is taken, anything else is not one."""
    assert failure(BusyError(asked)).retry_after == seconds


def test_the_longest_wait_of_a_group_is_taken() -> None:
    """Each failed leaf may ask; the longest wait satisfies all."""
    assert Judge().judge(ExceptionGroup("g", [BusyError(3), BusyError(9), ValueError()])).retry_after == 9.0


def test_text_of_an_error_is_short_and_always_there() -> None:
    """The text names the type, is cut, and does without a message that cannot be made."""

    class SpeechlessError(Exception):
        def __str__(self) -> str:
            raise RuntimeError

    assert as_text(ValueError("why")) == "ValueError: why"
    assert as_text(ValueError()) == "ValueError"
    assert as_text(SpeechlessError()) == "SpeechlessError"
    long = as_text(ValueError("x" * 10_000))
    assert len(long) == TEXT_LENGTH
    assert long.endswith("x…")
