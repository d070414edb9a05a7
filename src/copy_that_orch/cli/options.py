"""What the options of the command line take, and the options that several commands have."""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from copy_that_orch.orchestrator.interfaces import PipelineStage


class StageLimit(click.ParamType[tuple[PipelineStage, int]]):
    """A pair of a stage and its number of calls at once, written `STAGE=N`."""

    name = "STAGE=N"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[PipelineStage, int]:
        """Return the pair, or fail with what is wrong with it."""
        stage, equals, number = str(value).partition("=")
        stages = ", ".join(PipelineStage)
        if not equals:
            self.fail(f"{value!r} is not of the form STAGE=N, for instance extract=4.", param, ctx)
        if stage not in tuple(PipelineStage):
            self.fail(f"unknown stage {stage!r}; the stages are {stages}.", param, ctx)
        if not (number.isascii() and number.isdecimal() and 1 <= len(number) <= 6 and int(number) >= 1):
            self.fail(f"{number!r} is not a number of calls, 1 or more.", param, ctx)
        return PipelineStage(stage), int(number)


def limits(
    context: click.Context, parameter: click.Parameter, value: Sequence[tuple[PipelineStage, int]]
) -> dict[str, int]:
    """Return pairs of stages and numbers of calls by stage, each of which may be given once."""
    found: dict[str, int] = {}
    for stage, calls in value:
        if stage in found:
            raise click.BadParameter(f"stage {stage} is given twice.", context, parameter)
        found[stage] = calls
    return found


def number(context: click.Context, parameter: click.Parameter, value: float | None) -> float | None:
    """Return `value`, which is a number if it is given."""
    if value is not None and math.isnan(value):  # which is below no minimum
        raise click.BadParameter("not a number.", context, parameter)
    return value


def folder(context: click.Context, parameter: click.Parameter, value: str) -> Path:
    """Return the path of a folder, which has a name."""
    if not value:  # `--out "$OUT"` with OUT unset must not write to the current folder
        raise click.BadParameter("the name of the folder is empty.", context, parameter)
    return Path(value)


out_option = functools.partial(click.option, "--out", metavar="DIR", callback=folder, help="Where the tokens go.")
quiet_option = click.option(
    "-q", "--quiet", is_flag=True, help="No progress; on stdout only the paths of the written files."
)
json_option = click.option("--json", "json_", is_flag=True, help="One JSON document on stdout, and nothing else there.")
