"""Work that leaves the event loop."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import trio
import trio.lowlevel
from trio.testing import wait_all_tasks_blocked

from copy_that_orch import PipelineTask
from copy_that_orch.agents.aggregate import AggregateAgent
from copy_that_orch.agents.generate import GenerateAgent
from copy_that_orch.agents.offload import cpu_limiter, offload
from copy_that_orch.agents.processes import ProcessPool, WorkerDiedError
from copy_that_orch.agents.validate import ValidateAgent
from copy_that_orch.tokens.color import Color
from copy_that_orch.tokens.model import Provenance, Token, TokenSet
from copy_that_orch.tokens.values import TokenType

WHITE = Token(
    ("color", "w"), TokenType.COLOR, Color.from_hex("#ffffff"), provenance=[Provenance("a.png", "extract.color")]
)


def fails(text: str) -> None:
    """Raise an error."""
    raise KeyError(text)


def in_which() -> int:
    """Return the process that this is called in."""
    return os.getpid()


def ends(status: int) -> None:
    """End the process, as a crash would."""
    os._exit(status)


def takes_cpu(path: str | None = None) -> None:
    """Compute for ever, once told that it has begun."""
    if path:
        Path(path).write_text(str(os.getpid()))
    while True:
        sum(range(100_000))


def waits_for(path: str) -> str:
    """Return once there is a file at `path`."""
    Path(path).with_suffix(".begun").touch()
    while not Path(path).exists():
        time.sleep(0.001)
    return "done"


async def until(holds: Callable[[], bool]) -> None:
    """Return once something holds that happens in another process."""
    while not holds():  # noqa: ASYNC110 -- another process has no events for this one
        await trio.sleep(0.005)


def has_begun(pid_file: Path) -> bool:
    """Whether `takes_cpu` has said so."""
    return pid_file.exists() and bool(pid_file.read_text())


def lives(pid: int) -> bool:
    """Whether there is a process, and not only what is left of one."""
    stat = Path(f"/proc/{pid}/stat")
    return stat.exists() and stat.read_text().rsplit(")", 1)[1].split()[0] != "Z"


async def test_the_work_is_done_in_another_process() -> None:
    """What it returns comes back, and what it raises, with the place where it was raised; the worker lives on."""
    assert await offload(sum, [1, 2]) == 3
    with pytest.raises(KeyError, match="gone") as caught:
        await offload(fails, "gone")
    assert "in fails" in caught.value.__notes__[0]
    worker = await offload(in_which)
    assert worker != os.getpid()
    assert await offload(in_which) == worker
    assert cpu_limiter().borrowed_tokens == 0


async def test_no_more_processes_compute_than_there_are_cpus(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The others wait their turn; an unknown number of CPUs counts as one."""
    monkeypatch.setattr(os, "cpu_count", lambda: None)
    go = tmp_path / "go"
    async with trio.open_nursery() as nursery:
        for _ in range(3):
            nursery.start_soon(offload, waits_for, str(go))
        await wait_all_tasks_blocked()
        assert (cpu_limiter().borrowed_tokens, cpu_limiter().statistics().tasks_waiting) == (1, 2)
        go.touch()
    assert cpu_limiter().borrowed_tokens == 0


def test_workers_end_with_their_run() -> None:
    """Each Trio run has a limiter and workers of its own, and leaves no process behind."""

    async def run() -> tuple[trio.CapacityLimiter, int]:
        assert cpu_limiter() is cpu_limiter()
        return cpu_limiter(), await offload(in_which)

    (one, worker), (other, next_worker) = trio.run(run), trio.run(run)
    assert one is not other
    assert worker != next_worker
    assert not lives(worker)
    assert not lives(next_worker)


async def test_cancelled_while_waiting_it_is_never_called(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """And leaves at once, although the work before it goes on."""
    monkeypatch.setattr(os, "cpu_count", lambda: 1)
    late = tmp_path / "late"
    async with trio.open_nursery() as nursery:
        nursery.start_soon(offload, waits_for, str(tmp_path / "go"))
        await wait_all_tasks_blocked()
        with trio.CancelScope() as scope:
            scope.cancel()
            await offload(waits_for, str(late))
        assert scope.cancelled_caught
        assert (cpu_limiter().borrowed_tokens, cpu_limiter().statistics().tasks_waiting) == (1, 0)
        (tmp_path / "go").touch()
    assert not late.with_suffix(".begun").exists()


async def test_cancelled_while_it_computes_its_process_is_gone(tmp_path: Path) -> None:
    """When the call is over so is its work, and the next call gets a worker that answers."""
    pid_file = tmp_path / "pid"
    with trio.CancelScope() as scope:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(offload, takes_cpu, str(pid_file))
            await until(lambda: has_begun(pid_file))
            scope.cancel()
    assert scope.cancelled_caught
    assert not lives(int(pid_file.read_text()))
    assert cpu_limiter().borrowed_tokens == 0
    assert await offload(sum, [2]) == 2


async def test_work_that_ends_its_process_costs_that_call_only() -> None:
    """The caller is told, and the next call is answered."""
    with pytest.raises(WorkerDiedError, match="the worker process ended with status 3 and no answer"):
        await offload(ends, 3)
    assert await offload(sum, [2]) == 2


@pytest.mark.skipif(sys.platform == "win32", reason="the system has no such limit")
async def test_work_that_hangs_is_stopped() -> None:
    """CPU time is what counts, for a busy machine makes everything take long."""
    with pytest.raises(WorkerDiedError, match="took more CPU time than it may have"):
        await offload(takes_cpu, None, cpu_seconds=0.05)
    assert await offload(sum, [2], cpu_seconds=None) == 2


async def test_work_that_cannot_be_sent_is_refused() -> None:
    """By what cannot be pickled; the worker is not lost over it."""
    worker = await offload(in_which)
    with pytest.raises((AttributeError, TypeError)):  # which one depends on the version of Python
        await offload(lambda: None)
    assert await offload(in_which) == worker


def test_a_program_needs_no_guard(tmp_path: Path) -> None:
    """Unlike those of `multiprocessing`, workers do not run the main module again; and nothing is left behind."""
    program = tmp_path / "program.py"
    program.write_text(
        textwrap.dedent("""\
        import os, trio
        from copy_that_orch.agents.offload import offload

        print("once", trio.run(offload, sum, [1, 2]))
        """)
    )
    done = subprocess.run([sys.executable, program], capture_output=True, text=True, timeout=60, check=True)
    assert (done.stdout, done.stderr) == ("once 3\n", "")


def test_workers_import_nothing_from_the_current_folder(tmp_path: Path) -> None:
    """Unless the program does: a folder of somebody's screenshots may hold a `json.py` too."""
    (tmp_path / "json.py").write_text("raise SystemExit('run')")
    program = "import sys; sys.path.remove(''); import trio; from copy_that_orch.agents.offload import offload; "
    command = [sys.executable, "-c", program + "print(trio.run(offload, sum, [1, 2]))"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, cwd=tmp_path)
    assert (done.stdout, done.stderr) == ("3\n", "")


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="processes are looked up in /proc")
def test_workers_do_not_outlive_a_program_that_is_killed(tmp_path: Path) -> None:
    """Not even one that would compute for ever: who reads for it ends it."""
    program = (
        "import sys, trio; sys.path.insert(0, sys.argv[1]); "
        "from copy_that_orch.agents.offload import offload; from test_offload import takes_cpu; "
        "trio.run(offload, takes_cpu, sys.argv[2])"
    )
    pid_file = tmp_path / "pid"
    with subprocess.Popen([sys.executable, "-c", program, str(Path(__file__).parent), str(pid_file)]) as parent:
        trio.run(until, lambda: has_begun(pid_file))
        parent.kill()
    worker = int(pid_file.read_text())
    trio.run(until, lambda: not lives(worker))


@pytest.mark.parametrize(
    ("agent", "item"),
    [
        (AggregateAgent(), (TokenSet([WHITE]),)),
        (ValidateAgent(), TokenSet([WHITE])),
        (GenerateAgent("css"), TokenSet([WHITE])),
    ],
)
async def test_work_on_a_whole_product_has_no_limit(
    agent: AggregateAgent | ValidateAgent | GenerateAgent, item: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However long it takes: a product may have any number of screenshots, and would lose all its tokens."""
    limits: list[float | None] = []
    real = ProcessPool.call

    async def noting(pool: ProcessPool, fn: Any, args: Any, cpu_seconds: float | None) -> Any:
        limits.append(cpu_seconds)
        return await real(pool, fn, args, cpu_seconds)

    monkeypatch.setattr(ProcessPool, "call", noting)
    await agent.process(PipelineTask(task_id="shop", items=["a.png"]), item)

    assert limits == [None]
