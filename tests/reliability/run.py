"""Measure how much a run survives, and write docs/reliability.md: `nox -s reliability` and `nox -s soak` call this."""

from __future__ import annotations

import argparse
import random
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.reliability.kills import Trial, Undisturbed
from tests.reliability.page import table, write
from tests.reliability.soak import OUTAGE_SECONDS, SLOTS, TIMEOUT, Leaks, Soak, real_soak, virtual_soak

ROOT = Path(__file__).parents[2]
BENCH = ROOT.parent / "shared" / "bench" / "ui"


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line asks for; 1 if anything was lost or left behind."""
    parser = argparse.ArgumentParser(prog="reliability", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    kills = commands.add_parser("kills", help="kill runs and run them again")
    kills.add_argument(
        "screens", nargs="?", type=Path, default=BENCH, help="folders of screenshots (default: %(default)s)"
    )
    kills.add_argument("--trials", type=int, default=24)
    kills.add_argument("--seed", type=int, default=6)
    soak = commands.add_parser("soak", help="send many items through the engine")
    soak.add_argument("items", nargs="?", type=int, default=1_000_000)
    soak.add_argument("minutes", nargs="?", type=float, default=3.0)
    given = parser.parse_args(arguments)
    return (
        run_kills(given.screens, given.trials, given.seed)
        if given.command == "kills"
        else run_soak(given.items, given.minutes)
    )


def run_kills(screens: Path, trials: int, seed: int) -> int:
    """Kill as many runs of the screens below a folder, and write down what came of it."""
    rng = random.Random(seed)
    with tempfile.TemporaryDirectory() as folder:
        shots = Path(folder, "shots")
        found = sorted(path for path in screens.rglob("*.png"))
        for path in found:
            target = shots / path.relative_to(screens)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, target)
        undisturbed = Undisturbed(shots, Path(folder))
        say(f"{len(found)} screens, {undisturbed.rows} results, {undisturbed.seconds:.1f} s undisturbed")
        done: list[Trial] = []
        for number in range(trials):
            # Every fourth is killed three times before it may end.
            done.append(undisturbed.trial(number, undisturbed.random_moments(rng, 3 if number % 4 == 3 else 1)))
            last = done[-1]
            verdict = "; ".join(last.troubles) or "as it should be"
            say(f"{number + 1}: {last.made} made, {last.answered} answered; {verdict}")
    troubles = [trouble for trial in done for trouble in trial.troubles]
    killings = [killing for trial in done for killing in trial.killings]
    killed = [killing for killing in killings if killing.killed]

    def told(*words: str) -> int:
        return sum(any(word in trouble for word in words) for trouble in troubles)

    safe = [killing.finished for killing in killed]
    rows = {
        "Screenshots": len(found),
        "Calls whose results are kept": undisturbed.rows,
        "Files that are written": len(undisturbed.files),
        "Runs": len(done),
        "Killed with SIGKILL, at moments evenly over a run": len(killed),
        "Results that were safe when a process was dead, fewest and most": f"{min(safe)} and {max(safe)}",
        "Calls that the runs after them made": f"{sum(trial.made for trial in done):,}",
        "Calls that the store answered them": f"{sum(trial.answered for trial in done):,}",
        "Finished calls that were lost or made twice": told("was lost", "called again", "results were known"),
        "Stores that were not intact": told("damaged"),
        "Files that were half-written, or differ from those of the undisturbed run": told("half-written", "differs"),
        "Files that were left behind": told("left behind"),
    }
    write("kills", table(rows))
    return bool(troubles)


def run_soak(items: int, minutes: float) -> int:
    """Soak the engine, and write down what came of it."""
    virtual = virtual_soak(items)
    say(str(virtual))
    write("virtual", virtual_table(virtual))
    leaks = real_soak(60 * minutes)
    say(str(leaks))
    write("real", leak_table(leaks))
    return bool(virtual.not_once or max(leaks.threads, leaks.descriptors, leaks.trio_tasks, leaks.processes) > 0)


def virtual_table(soak: Soak) -> str:
    """Return what came of a soak in virtual time."""
    failing = f"Failed: 5 % that the service refuses, 1 % that hang and are timed out after {TIMEOUT:g} s"
    return table(
        {
            "Items": f"{soak.items:,}",
            "Completed": f"{soak.ends.get('completed', 0):,}",
            failing: f"{soak.ends.get('failed', 0):,}",
            "Cancelled": soak.ends.get("cancelled", 0),
            "Of tasks beside these, given up midway: completed, failed, cancelled": ", ".join(
                f"{soak.given_up.get(how, 0):,}" for how in ("completed", "failed", "cancelled")
            ),
            "Items that ended not at all, or twice": soak.not_once,
            f"Attempts that met one of three outages of {OUTAGE_SECONDS:g} s, and were repeated": f"{soak.refused:,}",
            "Times that the circuit opened": soak.opened,
            "Calls at once": SLOTS,
            "Virtual time, and real": f"{soak.virtual_seconds:,.0f} s and {soak.real_seconds:,.0f} s",
            "Memory after each tenth, MB": ", ".join(f"{megabytes:.0f}" for megabytes in soak.memory),
        }
    )


def leak_table(leaks: Leaks) -> str:
    """Return what was left behind by a soak in real time."""

    def calls(where: str) -> str:
        return ", ".join(f"{leaks.calls.get(f'{where} {how}', 0):,}" for how in ("completed", "failed", "cancelled"))

    return table(
        {
            "Seconds": f"{leaks.seconds:.0f}",
            "Runs, and how many of them were cancelled midway": f"{leaks.runs} and {leaks.cancelled}",
            "Calls in threads: completed, failed, cancelled": calls("threads"),
            "Calls in processes: completed, failed, cancelled": calls("processes"),
            "Attempts that were timed out": leaks.calls.get("AttemptTimeoutError", 0),
            "Worker processes that died under a call": leaks.calls.get("WorkerDiedError", 0),
            "Threads left": max(0, leaks.threads),
            "File descriptors left": max(0, leaks.descriptors),
            "Slots left": 0,  # checked after each run
            "Trio tasks left": max(0, leaks.trio_tasks),
            "Processes left": max(0, leaks.processes),
        }
    )


def say(line: str) -> None:
    """Tell how far it is."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
