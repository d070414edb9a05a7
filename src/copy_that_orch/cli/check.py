"""`check`: what is wrong with files of the Design Tokens format, anybody's."""

from __future__ import annotations

import errno
import json
import stat
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import attrs
import click

from copy_that_orch.cli.streams import TellingCommand, printing, tell
from copy_that_orch.cli.wording import PREFIX, count, printable
from copy_that_orch.tokens.dtcg.check import check_text
from copy_that_orch.tokens.dtcg.json_text import UnreadableError
from copy_that_orch.tokens.model import Finding, Severity


@attrs.frozen
class Report:
    """What was found in one file.

    Attributes:
      file: As it was named.
      tokens: How many it has.
      findings: Errors first.
      problem: Why it could not be read at all; None if it could.
    """

    file: str
    tokens: int = 0
    findings: tuple[Finding, ...] = ()
    problem: str | None = None

    def number_of(self, severity: Severity) -> int:
        """Return how many findings there are of a severity."""
        return sum(finding.severity is severity for finding in self.findings)


def _check_file(name: str) -> Report:
    if not name:
        return Report("an empty path", problem="no such file; check the path")
    try:
        data = _standard_input() if name == "-" else Path(name).read_bytes()
        folder = Path() if name == "-" else Path(name).parent
        tokens, findings = check_text(data.decode("utf-8"), lambda named: _text_of_file(folder / named))
    except OSError as error:
        return Report(name, problem=f"cannot be read ({error.strerror})")
    except UnicodeDecodeError as error:
        return Report(name, problem=f"not JSON: no UTF-8 from byte {error.start} on")
    except UnreadableError as error:
        return Report(name, problem=str(error))
    return Report(name, tokens, findings)


def _standard_input() -> bytes:
    if sys.stdin is None:  # as started by a service
        raise OSError(errno.EBADF, "standard input is closed")
    return sys.stdin.buffer.read()


def _text_of_file(path: Path) -> str:
    """Return what is in a file that another file names; from a pipe or a device that could take for ever."""
    if not stat.S_ISREG(path.stat().st_mode):
        raise OSError(errno.EINVAL, "not a regular file")
    return path.read_text(encoding="utf-8")


def _as_lines(reports: Sequence[Report]) -> list[str]:
    """Return what people read: a line for each finding, and one for each file that could be read."""
    lines = []
    for report in reports:
        for finding in report.findings:
            where = f"{finding.path}: " if finding.path else ""
            lines.append(f"{report.file}: {finding.severity}: {where}{finding.message} [{finding.code}]")
        if report.problem is None:
            lines.append(f"{report.file}: {count(report.tokens, 'token')}, {_verdict(report)}")
    return [printable(line) for line in lines]


def _verdict(report: Report) -> str:
    numbers = [(report.number_of(severity), severity.value) for severity in Severity]
    return ", ".join(count(number, severity) for number, severity in numbers if number) or "nothing to say"


def _as_json(reports: Sequence[Report], code: int) -> dict[str, Any]:
    """Return what programs read."""
    return {"exit_code": code, "files": [_file_as_json(report) for report in reports]}


def _file_as_json(report: Report) -> dict[str, Any]:
    return {
        "file": report.file,
        "problem": report.problem,
        "tokens": report.tokens,
        "errors": report.number_of(Severity.ERROR),
        "warnings": report.number_of(Severity.WARNING),
        "findings": [attrs.asdict(finding) for finding in report.findings],
    }


@click.command(cls=TellingCommand, no_args_is_help=True)
@click.argument("files", nargs=-1, required=True, metavar="TOKENS_JSON...")
@click.option("--json", "json_", is_flag=True, help="One JSON document on stdout, and nothing else there.")
def check(files: Sequence[str], json_: bool) -> int:
    """Check files of the Design Tokens format, anybody's.

    Errors are what the format 2025.10 forbids, also what its JSON schema cannot see: references that lead nowhere or
    in a circle, types that do not agree along them, values under inherited types. Warnings are what it allows and tools
    trip over. Of a resolver document, every set is checked that it makes. A file named - is standard input.

    Exit codes: 0 no errors, 1 errors, 2 a file that cannot be read or is not JSON.

    \b
    Examples:
      copy-that-orch check tokens.json
      copy-that-orch check design/*.tokens.json --json > findings.json
    """  # noqa: D301 -- click wants the character itself in front of what it must not wrap
    reports = [_check_file(name) for name in files]
    for report in reports:
        if report.problem is not None:
            tell(PREFIX + printable(f"{report.file}: {report.problem}"))
    code = _exit_code(reports)
    with printing():
        if json_:
            click.echo(json.dumps(_as_json(reports, code), indent=2))
        else:
            for line in _as_lines(reports):
                click.echo(line)
    return code


def _exit_code(reports: Iterable[Report]) -> int:
    """Return 2 if a file could not be read, else 1 if there is an error in one, else 0."""
    return max(2 if one.problem is not None else int(one.number_of(Severity.ERROR) > 0) for one in reports)
