"""The command line: arguments in, exit code out.

Exit codes: 0 done, 1 the work failed (in part), 2 the command was wrong (in part), 130 interrupted, 143 terminated.
"""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
import trio
from rich.console import Console

import copy_that_orch
from copy_that_orch.assembly import screenshot_agents, screenshot_coordinator
from copy_that_orch.cli.batch import planned_calls, process
from copy_that_orch.cli.check import check
from copy_that_orch.cli.dead_letters import FILE_NAME as FAILED_NAME
from copy_that_orch.cli.dead_letters import Origin, failed_work, list_failed, work_of
from copy_that_orch.cli.demo import Demo
from copy_that_orch.cli.options import StageLimit, json_option, limits, number, out_option, quiet_option
from copy_that_orch.cli.output import check_writable
from copy_that_orch.cli.render import QuietView, make_view
from copy_that_orch.cli.report import Outcome, as_json, as_text
from copy_that_orch.cli.signals import Stop
from copy_that_orch.cli.storing import STORE_NAME, StoreNotes, store_for
from copy_that_orch.cli.streams import TellingGroup, abandon, printing, tell
from copy_that_orch.cli.summary import SummaryAgent
from copy_that_orch.cli.timelines import Timelines
from copy_that_orch.cli.wording import PREFIX, printable
from copy_that_orch.orchestrator.errors import ConfigurationError, PipelineError
from copy_that_orch.orchestrator.interfaces import PipelineStage
from copy_that_orch.orchestrator.policies import FailurePolicy
from copy_that_orch.tokens.formats import FORMATS

EXIT_DONE, EXIT_FAILED, EXIT_WRONG, EXIT_INTERRUPTED = 0, 1, 2, 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line with `arguments` (None: those of the process), and return its exit code.

    What is raised on purpose becomes one line on stderr. Anything else is a bug and goes on.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a terminal that lacks a letter must not end the program
            stream.reconfigure(errors="backslashreplace")
    try:
        # Not `commands.main`: it prints an empty line before it raises an interrupt.
        with commands.make_context("copy-that-orch", list(sys.argv[1:] if arguments is None else arguments)) as context:
            code = int(commands.invoke(context))
    except click.exceptions.Exit as done:  # after --help and --version
        code = done.exit_code
    except (click.ClickException, PipelineError) as error:
        return _refuse(error)
    except BrokenPipeError:  # the reader has seen enough
        abandon(sys.stdout)
        return EXIT_FAILED
    except (KeyboardInterrupt, BaseExceptionGroup) as error:
        if not _is_interrupt(error):
            raise
        return _complain("interrupted", EXIT_INTERRUPTED)
    return code


def _refuse(error: click.ClickException | PipelineError) -> int:
    """Say what is wrong with the command, or what went wrong with the work."""
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        error.show()
        return EXIT_WRONG
    if isinstance(error, click.ClickException):
        message = " ".join(error.format_message().split())
        context = error.ctx if isinstance(error, click.UsageError) else None
        return _complain(f"{message} Try: {context.command_path} --help" if context else message, EXIT_WRONG)
    return _complain(str(error), EXIT_WRONG if isinstance(error, ConfigurationError) else EXIT_FAILED)


def _is_interrupt(error: BaseException) -> bool:
    """Return whether `error` is an interrupt and nothing else; Trio's nurseries wrap it in groups."""
    if isinstance(error, BaseExceptionGroup):
        return all(_is_interrupt(member) for member in error.exceptions)
    return isinstance(error, KeyboardInterrupt)


def _complain(line: str, code: int) -> int:
    tell(PREFIX + printable(line))
    return code


@click.group(
    cls=TellingGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Exit codes: 0 done, 1 the work failed (in part), 2 the command was wrong (in part), 130 interrupted, "
    "143 terminated.",
)
@click.version_option(copy_that_orch.__version__, prog_name="copy_that_orch")
def commands() -> None:
    """Turn screenshots into design tokens.

    \b
    Examples:
      copy-that-orch demo                            see it work, on screens that come with it
      copy-that-orch run shots/ --out tokens/        one product per folder
      copy-that-orch run "shots/*.png" --out tokens/
      copy-that-orch check tokens.json               what is wrong with a file of tokens, anybody's
    """  # noqa: D301 -- click wants the character itself in front of what it must not wrap


commands.add_command(check)


@commands.command()
@out_option(default="copy-that-orch-demo", show_default=True)
@quiet_option
@json_option
def demo(out: Path, quiet: bool, json_: bool) -> int:
    """Show the pipeline at work, an outage included.

    Real screenshots that come with the package become tokens, while one agent fails for a while, as planned: its
    circuit opens, its calls wait, it recovers, and nothing is lost. Needs no network and no keys.
    """
    shown = Demo(out)
    outcomes = shown.run(quiet=quiet)
    code = _exit_code(outcomes, ())
    with printing():
        if json_:
            _print_json(outcomes, (), code, outage=shown.facts())
        else:
            _print_outcomes(outcomes, quiet=quiet, findings=1)
            if not quiet:
                click.echo(shown.conclusion(outcomes))
    return code


@commands.command(no_args_is_help=True)
@click.argument("paths", nargs=-1, metavar="PATH...")
@out_option(required=True)
@click.option("--one-product", is_flag=True, help="Everything is one product, whatever folder it is in.")
@click.option(
    "--concurrency",
    type=StageLimit(),
    multiple=True,
    callback=limits,
    help=f"Calls of a stage at once; may be repeated. Stages: {', '.join(PipelineStage)}.",
)
@click.option(
    "--format",
    "formats",
    type=click.Choice(tuple(FORMATS)),
    multiple=True,
    metavar="FORMAT",
    help=f"May be repeated; all, if none is given. Formats: {', '.join(FORMATS)}.",
)
@click.option(
    "--scale",
    type=click.FloatRange(min=0.5, max=8),
    callback=number,
    metavar="N",
    help="Device pixels per CSS pixel of all screenshots, such as 2. [default: as the file says, else as it looks]",
)
@click.option("--allow-private", is_flag=True, help="Let URLs lead to this machine and its own networks.")
@click.option("--ocr", is_flag=True, help="Read the text too, for surer font sizes; slow, needs the extra 'ocr'.")
@click.option("--fail-fast", is_flag=True, help="The first failure cancels everything else.")
@click.option(
    "--store",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help=f"Where results are kept for the next run. [default: {STORE_NAME} in DIR]",
)
@click.option("--fresh", is_flag=True, help="Use nothing that was kept before.")
@click.option(
    "--retry-failed", is_flag=True, help=f"Only products with a call in {FAILED_NAME}; without PATH all of them."
)
@click.option(
    "--grace",
    type=click.FloatRange(min=0),
    default=10.0,
    show_default=True,
    callback=number,
    metavar="SECONDS",
    help="How long running calls may take after Control-C or SIGTERM.",
)
@quiet_option
@json_option
def run(  # noqa: PLR0917 -- one for each option
    paths: Sequence[str],
    out: Path,
    one_product: bool,
    concurrency: dict[str, int],
    formats: Sequence[str],
    scale: float | None,
    allow_private: bool,
    ocr: bool,
    fail_fast: bool,
    store: Path | None,
    fresh: bool,
    retry_failed: bool,
    grace: float,
    quiet: bool,
    json_: bool,
) -> int:
    """Make design tokens of your screenshots.

    PATH is a folder, an image, its http(s) URL or a quoted pattern. Each folder that holds images is one product;
    images that are named one by one are one product together. With several products each one gets a folder below DIR.
    A broken image costs itself only, and a product that fails leaves its older files alone. What was done before, in a
    run that was repeated, interrupted or killed, is not done again; what failed for good is listed in DIR.

    \b
    Examples:
      copy-that-orch run shots/ --out tokens/
      copy-that-orch run login.png cart.png --out tokens/ --format css
      copy-that-orch run "shots/**/*.png" --one-product --out tokens/ --concurrency extract=2
      copy-that-orch run shots/ --out tokens/ --json > report.json
      copy-that-orch run --retry-failed --out tokens/
    """  # noqa: D301 -- as above
    if not paths and not retry_failed:
        raise click.UsageError("Missing argument 'PATH...'.")
    if fresh and retry_failed:
        raise click.UsageError("--fresh and --retry-failed: what did not fail is taken from what was kept.")
    origin = Origin(paths, one_product)
    work = failed_work(origin, out) if retry_failed else work_of(origin, out)
    for problem in work.problems:
        _complain(problem, EXIT_WRONG)
    outcomes: list[Outcome] = []
    code = _exit_code(outcomes, work.problems)
    if work.products and not (fail_fast and work.problems):
        for folder in {out: None, **dict.fromkeys(work.folders.values())}:
            check_writable(folder)
        agents = (
            *screenshot_agents(
                tuple(dict.fromkeys(formats)) or None, scale=scale, allow_private=allow_private, ocr=ocr
            ),
            SummaryAgent(),
        )
        calls = planned_calls(agents, work.products)
        view = QuietView() if quiet else make_view(calls, work.products, work.title)
        stop, timelines = Stop(grace, view.say), Timelines()
        with store_for(out, store, fresh=fresh) as results, stop.heeded():
            coordinator = screenshot_coordinator(
                agents,
                limits=concurrency,
                on_failure=FailurePolicy.CANCEL if fail_fast else FailurePolicy.ISOLATE,
                store=results,
                observers=[view, stop, timelines, StoreNotes(view.say)],
            )
            outcomes = trio.run(
                lambda: process(
                    coordinator,
                    work.products,
                    work.folders,
                    view,
                    timelines=timelines,
                    fail_fast=fail_fast,
                    stop=stop,
                )
            )
        list_failed(out, outcomes, origin, view.say, quiet=quiet)
        code = stop.conclude(outcomes, fresh=fresh) or _exit_code(outcomes, work.problems)
    elif retry_failed and not work.problems:
        tell(f"Nothing to do: no call is listed in {printable(out / FAILED_NAME)}.")
    with printing():
        if json_:
            _print_json(outcomes, work.problems, code)
        else:
            _print_outcomes(outcomes, quiet=quiet)
    return code


def _exit_code(outcomes: Sequence[Outcome], problems: Sequence[str]) -> int:
    if problems:
        return EXIT_WRONG
    return EXIT_FAILED if any(outcome.status != "completed" for outcome in outcomes) else EXIT_DONE


def _print_json(outcomes: Sequence[Outcome], problems: Sequence[str], code: int, **more: Any) -> None:
    click.echo(json.dumps(as_json(outcomes, problems, code, **more), indent=2))


def _print_outcomes(outcomes: Sequence[Outcome], *, quiet: bool, findings: int = 3) -> None:
    console = Console()
    width = console.width if console.is_terminal else None
    for outcome in outcomes:
        if quiet:
            for path in outcome.files:
                click.echo(printable(path))
        elif outcome.files:
            console.print(as_text(outcome, width, findings), soft_wrap=True)
