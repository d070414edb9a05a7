"""Kill `run` with SIGKILL at random moments, run it again, and look for what was lost or done twice."""

from __future__ import annotations

import contextlib
import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import attrs

import copy_that_orch
from copy_that_orch.cli.storing import STORE_NAME
from copy_that_orch.timeline import without_timeline
from copy_that_orch.tokens.formats import FORMATS

ENVIRONMENT = {**os.environ, "PYTHONPATH": str(Path(copy_that_orch.__file__).parents[1])}
NOT_STORED = "preprocess"  # pixels are made again for screenshots of which something is missing
REPORT = FORMATS["html"].file_name

Rows = Mapping[tuple[str, str], int]
"""The results in a store, by key; the number of a row changes when its result is recorded again."""


Moment = float | int
"""When a run is killed: seconds after its start, or when so many results are safe."""


@attrs.frozen(kw_only=True)
class Killing:
    """One run that was killed.

    Attributes:
      moment: When it was to be killed.
      killed: Whether it was still running then.
      finished: Results that the store had when it was dead, those of earlier runs included.
    """

    moment: Moment
    killed: bool
    finished: int


@attrs.frozen(kw_only=True)
class Trial:
    """Runs into one folder that were killed, and the one after them that was not.

    Attributes:
      killings: Those that were.
      made: Calls that the last run made, without decoding, whose results are not kept.
      answered: Calls that the store answered it.
      troubles: What is wrong; nothing, or there is a bug.
    """

    killings: Sequence[Killing]
    made: int
    answered: int
    troubles: Sequence[str]


class Undisturbed:
    """A run of `shots` that nobody kills: what the others are compared with.

    Args:
      shots: A folder of screenshots.
      work: An empty folder.
      options: More of the command line.

    Attributes:
      files: What it wrote.
      seconds: How long it took.
    """

    def __init__(self, shots: Path, work: Path, *options: str) -> None:
        self._command = [sys.executable, "-m", "copy_that_orch", "run", str(shots), "--json", *options, "--out"]
        self._work = work
        began = time.perf_counter()
        self.run(work / "undisturbed")
        self.seconds = time.perf_counter() - began
        self.files = files_below(work / "undisturbed")
        self.rows = len(rows_of(work / "undisturbed"))

    def run(self, out: Path) -> Mapping[str, int]:
        """Run to the end, and return how many calls ended how."""
        done = subprocess.run([*self._command, str(out)], env=ENVIRONMENT, check=True, capture_output=True, text=True)
        counts: dict[str, int] = {}
        for product in json.loads(done.stdout)["products"]:
            for stage, outcomes in product["calls"].items():
                for outcome, calls in outcomes.items():
                    if stage != NOT_STORED:
                        counts[outcome] = counts.get(outcome, 0) + calls
        return counts

    def kill(self, out: Path, moment: Moment) -> bool:
        """Run until that moment, and return whether it had to be killed then."""
        process = subprocess.Popen(
            [*self._command, str(out)], env=ENVIRONMENT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        if isinstance(moment, int):
            while process.poll() is None and safe_results(out) < moment:
                time.sleep(0.005)
        else:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(timeout=moment)
        process.kill()
        return process.wait() == -signal.SIGKILL

    def trial(self, number: int, moments: Sequence[Moment]) -> Trial:
        """Kill a run at each of these moments, one after the other into the same folder, and then let one end."""
        out = self._work / f"trial-{number}"
        killings: list[Killing] = []
        troubles: list[str] = []
        known: Rows = {}
        for moment in moments:
            killed = self.kill(out, moment)
            troubles += half_written(out, self.files)
            before, known = known, rows_of(out)
            troubles += lost_or_repeated(before, known)
            killings.append(Killing(moment=moment, killed=killed, finished=len(known)))
        counts = self.run(out)
        made, after = counts.get("completed", 0), rows_of(out)
        troubles += lost_or_repeated(known, after)
        if made != len(after) - len(known) or len(after) != self.rows:
            troubles.append(
                f"{len(known)} results were known, {made} calls made, {len(after)} of {self.rows} known then"
            )
        written = files_below(out)
        troubles += [f"{name} differs" for name in {*written, *self.files} if written.get(name) != self.files.get(name)]
        troubles += [f"{path.name} was left behind" for path in out.rglob(".copy_that_orch-*")]
        shutil.rmtree(out)
        return Trial(killings=killings, made=made, answered=counts.get("cached", 0), troubles=troubles)

    def random_moments(self, rng: random.Random, number: int) -> list[float]:
        """Return moments of a run, evenly over the time that it takes."""
        return [rng.uniform(0.0, self.seconds) for _ in range(number)]


def files_below(out: Path) -> dict[str, bytes]:
    """Return what is in a folder, but for the store, what is there for an instant, and the times in reports."""
    files = [path for path in sorted(out.rglob("*")) if path.is_file() and not path.name.startswith(".")]
    return {path.relative_to(out).as_posix(): _without_times(path) for path in files}


def _without_times(path: Path) -> bytes:
    return without_timeline(path.read_text("utf-8")).encode() if path.name == REPORT else path.read_bytes()


def half_written(out: Path, whole: Mapping[str, bytes]) -> Iterator[str]:
    """Yield which files are there and not as they should be."""
    for name, content in files_below(out).items():
        if content != whole.get(name):
            yield f"{name} was half-written"


def safe_results(out: Path) -> int:
    """Return how many results are in the store of a run that goes on, which is not disturbed by that."""
    try:
        connection = sqlite3.connect(f"{(out / STORE_NAME).absolute().as_uri()}?mode=ro", uri=True)
    except sqlite3.OperationalError:  # there is none yet
        return 0
    try:
        return int(connection.execute("SELECT count(*) FROM results").fetchone()[0])
    except sqlite3.OperationalError:  # it is being made
        return 0
    finally:
        connection.close()


def rows_of(out: Path) -> Rows:
    """Return what is in the store beside the output, as the next run will find it.

    A copy is looked at: to open a store is to tidy it up, and that is the next run's business.

    Raises:
      AssertionError: if SQLite finds something wrong with it.
    """
    if not (out / STORE_NAME).exists():
        return {}
    with tempfile.TemporaryDirectory() as there:
        for path in out.glob(f"{STORE_NAME}*"):
            shutil.copy(path, there)
        connection = sqlite3.connect(Path(there, STORE_NAME))
        try:
            found = connection.execute("PRAGMA integrity_check").fetchall()
            if found != [("ok",)]:
                raise AssertionError(f"the store is damaged: {found}")
            if not connection.execute("SELECT name FROM sqlite_master WHERE name = 'results'").fetchall():
                return {}  # it was killed while the file was made
            return {
                (item, agent): row for item, agent, row in connection.execute("SELECT item, agent, rowid FROM results")
            }
        finally:
            connection.close()


def lost_or_repeated(before: Rows, after: Rows) -> Iterator[str]:
    """Yield what became of results that were known before and should be untouched."""
    for (item, agent), row in before.items():
        if (item, agent) not in after:
            yield f"the result of {agent} on {item} was lost"
        elif after[item, agent] != row:
            yield f"{agent} was called again on {item}"
