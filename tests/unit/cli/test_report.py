"""What became of each product."""

from __future__ import annotations

import io
import json
import os
from pathlib import Path

import attrs
import pytest
from rich.console import Console

from copy_that_orch.cli.report import Outcome, as_json, as_text, complaints
from copy_that_orch.cli.sources import Product
from copy_that_orch.cli.summary import Summary
from copy_that_orch.orchestrator.errors import (
    AggregationError,
    CallFailure,
    ExtractionError,
    GenerationError,
    PreprocessingError,
)
from copy_that_orch.tokens.color import Color
from copy_that_orch.tokens.model import Finding, Severity

SHOP = Product(name="shop", screenshots=tuple(Path(f"shots/{number}.png") for number in range(4)))
SUMMARY = Summary(
    groups=(("color", 2), ("spacing", 5)),
    palette=(Color.from_hex("#ffffff"), Color.from_hex("#0d6efd")),
    findings=tuple(Finding(Severity.WARNING, "contrast", path, "hard to read") for path in ("a.b", "", "c\x1b", "d")),
)


def failure(stage: str, error: Exception, item: int = 0, agent: str = "extract.color") -> CallFailure:
    """A call of the shop that failed."""
    return CallFailure(
        task_id="shop", stage=stage, agent=agent, item=item, label="x", attempts=1, seconds=0.5, exception=error
    )


def lines(outcome: Outcome, *, cancelled: bool, alone: bool) -> list[str]:
    """What is told of a product, without what begins each line."""
    told = list(complaints(outcome, cancelled=cancelled, alone=alone))
    assert all(line.startswith("copy_that_orch: ") for line in told)
    return [line.removeprefix("copy_that_orch: ") for line in told]


def test_a_completed_product_has_nothing_to_complain_of() -> None:
    """Silence is success."""
    assert lines(Outcome(product=SHOP, status="completed"), cancelled=False, alone=True) == []


def test_a_broken_image_is_told_by_its_own_sentence_and_costs_itself_only() -> None:
    """The sentence of preprocessing begins with the path."""
    error = PreprocessingError("shots/1.png: the PNG is cut off; save it again")
    outcome = Outcome(
        product=SHOP, status="partial", files=(Path("tokens.css"),), failures=(failure("preprocess", error, 1),)
    )
    assert lines(outcome, cancelled=False, alone=True) == [
        "shots/1.png: the PNG is cut off; save it again",
        "1 of 4 screenshots failed, the tokens are those of the other 3",
    ]


def test_under_fail_fast_the_others_were_cancelled() -> None:
    """And nothing was written; with several products the line names its own."""
    error = ExtractionError("nothing\nto see")
    outcome = Outcome(product=SHOP, status="failed", failures=(failure("extract", error, 1),))
    assert lines(outcome, cancelled=True, alone=False) == [
        r"shots/1.png: extract.color: nothing\nto see",
        "shop: 1 of 4 screenshots failed, 3 were cancelled, nothing was written",
    ]
    two = Product(name="two", screenshots=SHOP.screenshots[:2])
    *_, last = lines(attrs.evolve(outcome, product=two), cancelled=True, alone=True)
    assert last == "1 of 2 screenshots failed, 1 was cancelled, nothing was written"


def test_a_screenshot_that_fails_twice_counts_once() -> None:
    """Two of its extractors may fail at the same instant."""
    failures = tuple(failure("extract", ExtractionError("no"), 3, agent) for agent in ("extract.a", "extract.b"))
    outcome = Outcome(product=SHOP, status="partial", files=(Path("t"),), failures=failures)
    assert outcome.failed_screenshots == 1
    assert len(lines(outcome, cancelled=False, alone=True)) == 3


def test_if_every_screenshot_failed_nothing_was_written() -> None:
    """There is no rest to speak of."""
    failures = tuple(failure("preprocess", PreprocessingError(f"{n}: empty"), n) for n in range(4))
    outcome = Outcome(product=SHOP, status="failed", failures=failures)
    for cancelled in (True, False):
        *_, last = lines(outcome, cancelled=cancelled, alone=True)
        assert last == "4 of 4 screenshots failed, nothing was written"


def test_later_stages_are_told_by_name() -> None:
    """They work on the whole product, not on a screenshot."""
    outcome = Outcome(
        product=SHOP,
        status="failed",
        failures=(failure("aggregate", AggregationError("no two agree"), 0, "aggregate"),),
    )
    assert lines(outcome, cancelled=False, alone=True) == [
        "shop: aggregate: no two agree",
        "aggregate failed, nothing was written",
    ]


def test_a_lost_format_costs_the_others_nothing() -> None:
    """What could be written is named."""
    outcome = Outcome(
        product=SHOP,
        status="partial",
        files=(Path("out/tokens.json"),),
        failures=(failure("generate", GenerationError("no"), 0, "generate.css"),),
    )
    assert lines(outcome, cancelled=False, alone=True) == [
        "shop: generate.css: no",
        "generate failed, only tokens.json could be written",
    ]


def test_files_that_cannot_be_written_are_told() -> None:
    """With the sentence of the one who tried."""
    outcome = Outcome(product=SHOP, status="failed", trouble="out/tokens.css: cannot be written (No space left)")
    assert lines(outcome, cancelled=False, alone=True) == [
        "out/tokens.css: cannot be written (No space left)",
        "writing failed, nothing was written",
    ]


def test_a_cancelled_product_is_told() -> None:
    """It has no failure of its own."""
    assert lines(Outcome(product=SHOP, status="cancelled"), cancelled=True, alone=False) == [
        "shop: 4 screenshots cancelled, nothing was written"
    ]


def test_the_environment_of_an_agent_is_no_bug() -> None:
    """An OSError gets its kind and one line."""
    outcome = Outcome(product=SHOP, status="failed", failures=(failure("extract", ConnectionError("503"), 0),))
    first, *rest = lines(outcome, cancelled=False, alone=True)
    assert first == "shots/0.png: extract.color: ConnectionError: 503"
    assert len(rest) == 1


def test_a_bug_keeps_its_traceback() -> None:
    """What nobody raised on purpose needs its place in the code."""
    try:
        raise ZeroDivisionError("division by zero")
    except ZeroDivisionError as error:
        outcome = Outcome(product=SHOP, status="failed", failures=(failure("extract", error, 0),))
    first, second, *rest = complaints(outcome, cancelled=False, alone=True)
    assert first == "copy_that_orch: shots/0.png: extract.color: ZeroDivisionError: division by zero"
    assert second == "Traceback (most recent call last):"
    assert any("test_report.py" in line for line in rest)


def shown(outcome: Outcome, width: int | None = None) -> str:
    """How a product looks on a terminal of this width, or elsewhere."""
    console = Console(
        file=io.StringIO(), width=200, force_terminal=bool(width), color_system="truecolor" if width else None
    )
    console.print(as_text(outcome, width))
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_a_product_is_shown_in_a_few_lines() -> None:
    """Its size, its groups, its colours, the first findings, its files; markup in names is text."""
    product = Product(name="[red]sh\x1bop", screenshots=SHOP.screenshots)
    outcome = Outcome(
        product=product,
        status="completed",
        seconds=2.345,
        files=(Path("out/[b]tokens.json"), Path("out/tokens.css")),
        summary=SUMMARY,
    )
    assert shown(outcome).splitlines() == [
        r"[red]sh\x1bop  4 screenshots, 2.3 s",
        "  tokens    7: 2 color, 5 spacing",
        "  colours   #ffffff  #0d6efd",
        "  warning   a.b: hard to read",
        "  warning   hard to read",
        r"  warning   c\x1b: hard to read",
        "            and 1 finding more",
        f"  written   out{os.sep} [b]tokens.json, tokens.css",
    ]


def test_colours_are_shown_in_their_colour() -> None:
    """On a terminal that can."""
    summary = attrs.evolve(SUMMARY, findings=())
    lines = shown(Outcome(product=SHOP, status="completed", summary=summary), 80).splitlines()
    assert len(lines) == 3
    assert "\x1b[48;2;13;110;253m" in lines[2]


@pytest.mark.parametrize(("width", "colours"), [(None, 10), (200, 10), (80, 5), (30, 1), (10, 0)])
def test_the_palette_fits_the_terminal(width: int | None, colours: int) -> None:
    """And is never longer than a glance."""
    summary = attrs.evolve(SUMMARY, palette=tuple(Color.from_bytes(n, 0, 0) for n in range(20)))
    assert shown(Outcome(product=SHOP, status="completed", summary=summary), width).count("#") == colours


def test_long_lines_are_broken_between_words() -> None:
    """On a terminal, more lines follow below the first name."""
    files = tuple(Path("out", name) for name in ("tokens.json", "tokens.css", "tokens-studio.json", "report.html"))
    lines = shown(Outcome(product=SHOP, status="completed", files=files), 46).splitlines()
    assert [line.rstrip() for line in lines[1:]] == [
        f"  written   out{os.sep} tokens.json, tokens.css,",
        "            tokens-studio.json, report.html",
    ]


def test_without_a_summary_the_files_remain() -> None:
    """For instance when only its agent failed."""
    outcome = Outcome(product=SHOP, status="partial", files=(Path("tokens.css"),))
    assert shown(outcome).splitlines() == ["shop  4 screenshots", "  written   tokens.css"]


@pytest.mark.parametrize("summary", [SUMMARY, None])
def test_the_json_document_tells_everything(summary: Summary | None) -> None:
    """It is plain JSON; a failure has agent, item, stage and task."""
    outcome = Outcome(
        product=SHOP,
        status="partial",
        seconds=1.23456,
        files=(Path("tokens.json"),),
        summary=summary,
        failures=(
            failure("preprocess", PreprocessingError("shots/1.png: empty"), 1, "preprocess.image"),
            failure("generate", GenerationError("no"), 0, "generate.css"),
        ),
    )
    document = json.loads(json.dumps(as_json([outcome], ["gone: no such file"], 1, extra=True)))
    (product,) = document.pop("products")
    assert document == {"exit_code": 1, "problems": ["gone: no such file"], "extra": True}
    assert product["failures"] == [
        {
            "task": "shop",
            "stage": "preprocess",
            "agent": "preprocess.image",
            "item": 1,
            "screenshot": str(Path("shots/1.png")),
            "attempts": 1,
            "error": "PreprocessingError",
            "message": "shots/1.png: empty",
        },
        {
            "task": "shop",
            "stage": "generate",
            "agent": "generate.css",
            "item": 0,
            "screenshot": None,
            "attempts": 1,
            "error": "GenerationError",
            "message": "no",
        },
    ]
    assert product["seconds"] == 1.235
    assert product["findings"] == len(product["finding_details"]) == (4 if summary else 0)
    detail = {"severity": "warning", "code": "contrast", "token": "a.b", "message": "hard to read"}
    assert product["finding_details"][:1] == ([detail] if summary else [])
    assert product["tokens"] == ({"color": 2, "spacing": 5} if summary else {})
    assert product["palette"] == (["#ffffff", "#0d6efd"] if summary else [])
    assert product["files"] == ["tokens.json"]


def test_a_product_that_was_cancelled_has_no_time() -> None:
    """It may never have begun."""
    (product,) = as_json([Outcome(product=SHOP, status="cancelled")], [], 1)["products"]
    assert product["seconds"] is None
