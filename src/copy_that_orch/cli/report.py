"""What became of each product, in words and as JSON."""

from __future__ import annotations

import os
import textwrap
import traceback
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import attrs
import trio
from rich.console import Group
from rich.text import Text

from copy_that_orch.cli.sources import Product
from copy_that_orch.cli.summary import Summary
from copy_that_orch.cli.wording import PREFIX, count, printable
from copy_that_orch.orchestrator.errors import CallFailure, PipelineError
from copy_that_orch.orchestrator.interfaces import PipelineStage

_PALETTE = 10  # colours shown of a product
PER_SCREENSHOT = (PipelineStage.PREPROCESS, PipelineStage.EXTRACT)  # one agent preprocesses: items keep their index
_EXPECTED = (PipelineError, OSError, trio.TooSlowError)  # anything else that an agent raises is a bug


@attrs.frozen(kw_only=True)
class Outcome:
    """What became of one product.

    Attributes:
      product: The product.
      status: "completed"; "partial": with files, and with failures; "failed": without files; "cancelled": it has not
        failed itself, and was stopped when something else did.
      seconds: From its first call to its last; None if it was cancelled.
      files: What was written.
      summary: What the token set comes to; None without one.
      calls: How many calls of a stage ended how, by stage; "cached" are those that the result store answered.
      failures: The calls that failed.
      trouble: Why the files could not be written; None if they could, or if there were none.
    """

    product: Product
    status: str
    seconds: float | None = None
    files: tuple[Path, ...] = ()
    summary: Summary | None = None
    calls: Mapping[str, Mapping[str, int]] = attrs.field(factory=dict)
    failures: tuple[CallFailure, ...] = ()
    trouble: str | None = None

    @property
    def failed_screenshots(self) -> int:
        """How many screenshots have a failed call of their own."""
        return len({failure.item for failure in self.failures if failure.stage in PER_SCREENSHOT})


def complaints(outcome: Outcome, *, cancelled: bool, alone: bool) -> Iterator[str]:
    """Yield what went wrong with a product: a line for each failure, with its traceback if it is a bug; then a sum.

    Args:
      outcome: What became of it.
      cancelled: Whether a failure cancels the rest of the product.
      alone: Whether it is the only product, and need not be named.
    """
    for failure in outcome.failures:
        yield PREFIX + _failure_line(outcome.product, failure)
        if not isinstance(failure.exception, _EXPECTED):
            for line in "".join(traceback.format_exception(failure.exception)).splitlines():
                yield printable(line)
    if outcome.trouble:
        yield PREFIX + printable(outcome.trouble)
    if outcome.status != "completed":
        name = "" if alone else f"{printable(outcome.product.name)}: "
        yield PREFIX + name + ", ".join(_sum(outcome, cancelled=cancelled))


def _failure_line(product: Product, failure: CallFailure) -> str:
    error = failure.exception
    if failure.stage == PipelineStage.PREPROCESS and isinstance(error, PipelineError):
        return printable(error)  # begins with the path
    where = product.screenshots[failure.item] if failure.stage in PER_SCREENSHOT else product.name
    said = printable(error) if isinstance(error, PipelineError) else f"{type(error).__name__}: {printable(error)}"
    return f"{printable(where)}: {failure.agent}: {said}"


def _sum(outcome: Outcome, *, cancelled: bool) -> Iterator[str]:
    total, failed = len(outcome.product.screenshots), outcome.failed_screenshots
    if outcome.status == "cancelled":
        yield f"{count(total, 'screenshot')} cancelled"
    elif failed:
        yield f"{failed} of {count(total, 'screenshot')} failed"
        if cancelled and total > failed:
            yield f"{total - failed} {'was' if total - failed == 1 else 'were'} cancelled"
    else:
        stages = dict.fromkeys(failure.stage for failure in outcome.failures)
        yield f"{' and '.join(stages) or 'writing'} failed"
    if not outcome.files:
        yield "nothing was written"
    elif failed:
        yield f"the tokens are those of the other {total - failed}"
    else:
        yield f"only {', '.join(printable(path.name) for path in outcome.files)} could be written"


def as_text(outcome: Outcome, width: int | None, findings: int = 3) -> Group:
    """Return a product with tokens in a few lines; colours are shown where the terminal has them.

    Args:
      outcome: What became of it.
      width: Columns of the terminal; None: it is no terminal.
      findings: Most sentences shown of what validation said.
    """
    summary = outcome.summary
    head = Text.assemble((printable(outcome.product.name), "bold"))
    head.append(f"  {count(len(outcome.product.screenshots) - outcome.failed_screenshots, 'screenshot')}")
    if outcome.seconds is not None:
        head.append(f", {outcome.seconds:.1f} s")
    lines = [head]
    if summary:
        groups = ", ".join(f"{number} {printable(group)}" for group, number in summary.groups)
        lines += _labelled("tokens", f"{summary.tokens}: {groups}", width)
        palette = Text("  colours ")
        shown = _PALETTE if width is None else min(_PALETTE, (width - 10) // 13)
        for color in summary.palette[:shown]:
            swatch = Text("   ", style=f"on {color.hex}") if width else Text()
            palette.append("  ").append(swatch).append(f" {color.hex}" if width else color.hex)
        lines.append(palette)
        for finding in summary.findings[:findings]:
            path = f"{finding.path}: " if finding.path else ""
            lines += _labelled(finding.severity, printable(path + finding.message), width)
        more = len(summary.findings) - findings
        if more > 0:
            lines.append(Text(f"            and {count(more, 'finding')} more"))
    if outcome.files:
        lines += _labelled("written", _files(outcome.files), width)
    return Group(*lines)


def _labelled(label: str, said: str, width: int | None) -> list[Text]:
    """Return a label and what is said beside it; on a terminal in lines that fit it, broken between words."""
    first = f"  {label:<9} "
    if width is None:
        return [Text(first + said)]
    wrapper = textwrap.TextWrapper(max(width, 40), first, " " * len(first), break_long_words=False)
    wrapper.break_on_hyphens = False
    return [Text(line) for line in wrapper.wrap(said)]


def _files(paths: Sequence[Path]) -> str:
    """Return the path of a single file; of several, which are in one folder, the folder and their names."""
    if len(paths) == 1:
        return printable(paths[0])
    return f"{printable(paths[0].parent)}{os.sep} {', '.join(printable(path.name) for path in paths)}"


def as_json(outcomes: Sequence[Outcome], problems: Sequence[str], exit_code: int, **more: Any) -> dict[str, Any]:
    """Return everything as a JSON document: what `--json` prints.

    Args:
      outcomes: One per product.
      problems: Sentences about paths that led nowhere.
      exit_code: What the command returns.
      more: Further members.
    """
    return {
        "exit_code": exit_code,
        "problems": list(problems),
        "products": [_product(outcome) for outcome in outcomes],
        **more,
    }


def _product(outcome: Outcome) -> dict[str, Any]:
    summary = outcome.summary
    paths = [str(path) for path in outcome.product.screenshots]
    return {
        "product": outcome.product.name,
        "status": outcome.status,
        "screenshots": paths,
        "seconds": None if outcome.seconds is None else round(outcome.seconds, 3),
        "files": [str(path) for path in outcome.files],
        "tokens": dict(summary.groups) if summary else {},
        "palette": [color.hex for color in summary.palette] if summary else [],
        "findings": len(summary.findings) if summary else 0,
        "finding_details": [
            {"severity": finding.severity, "code": finding.code, "token": finding.path, "message": finding.message}
            for finding in (summary.findings if summary else ())
        ],
        "calls": {stage: dict(counts) for stage, counts in outcome.calls.items()},
        "failures": [
            {
                "task": failure.task_id,
                "stage": failure.stage,
                "agent": failure.agent,
                "item": failure.item,
                "screenshot": paths[failure.item] if failure.stage in PER_SCREENSHOT else None,
                "attempts": failure.attempts,
                "error": type(failure.exception).__name__,
                "message": str(failure.exception),
            }
            for failure in outcome.failures
        ],
        "trouble": outcome.trouble,
    }
