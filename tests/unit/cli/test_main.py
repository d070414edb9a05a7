"""The command line, on the real engine with agents that only look at file names."""

from __future__ import annotations

import io
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

import copy_that_orch
from copy_that_orch import BasePipelineAgent, ConfigurationError, PipelineCoordinator, PipelineError
from copy_that_orch.assembly import screenshot_coordinator
from copy_that_orch.cli.dead_letters import FILE_NAME as FAILED_NAME
from copy_that_orch.cli.main import main
from copy_that_orch.cli.storing import STORE_NAME
from copy_that_orch.tokens.formats import FORMATS
from tests.unit.cli.conftest import fake_agents

NAMES = [target.file_name for target in FORMATS.values()]


def touch(*names: str) -> None:
    """Make empty files, and the folders above them."""
    for name in names:
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).touch()


def tree(top: Path) -> dict[str, str]:
    """All files of products below a folder, with their text."""
    others = {STORE_NAME, FAILED_NAME}
    files = [path for path in sorted(top.rglob("*")) if path.is_file() and path.name not in others]
    return {path.relative_to(top).as_posix(): path.read_text() for path in files}


def complaints(err: str) -> list[str]:
    """The lines about what went wrong."""
    return [line.removeprefix("copy_that_orch: ") for line in err.splitlines() if line.startswith("copy_that_orch: ")]


def test_one_product_is_written_to_the_folder_itself(fakes: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """In every format; results are on stdout, progress on stderr, and the exit code is 0."""
    touch("shop/a.png", "shop/b.png", "shop/notes.txt")
    assert main(["run", "shop", "--out", "out"]) == 0
    assert tree(fakes / "out") == dict.fromkeys(NAMES, "2 tokens\n")
    out, err = capsys.readouterr()
    assert out.splitlines()[1:] == [
        "  tokens    2: 2 color",
        "  colours   #0000ff  #0100ff",
        f"  written   out{os.sep} {', '.join(NAMES)}",
    ]
    assert out.startswith("shop  2 screenshots, ")
    assert err.startswith("2 screenshots of 1 product (1 other file ignored)\n")
    assert complaints(err) == []


def test_several_products_are_written_below_it(fakes: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each in a folder of its own name; quiet, stdout has the files only."""
    touch("shots/shop/a.png", "shots/blog/a.png")
    assert main(["run", "shots", "--out", "out", "--format", "css", "--quiet"]) == 0
    assert tree(fakes / "out") == {"blog/tokens.css": "1 tokens\n", "shop/tokens.css": "1 tokens\n"}
    assert capsys.readouterr() == (f"{Path('out/blog/tokens.css')}\n{Path('out/shop/tokens.css')}\n", "")


def test_everything_may_be_one_product(fakes: Path) -> None:
    """With `--one-product`."""
    touch("shots/shop/a.png", "shots/blog/a.png")
    assert main(["run", "shots", "--out", "out", "--one-product"]) == 0
    assert sorted(tree(fakes / "out")) == sorted(NAMES)


def test_a_broken_image_costs_itself_only(fakes: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The tokens of the other nine are written, the exit code is 1, and stderr says which and why."""
    touch(*(f"shop/{number}.png" for number in range(9)), "shop/broken.png")
    assert main(["run", "shop", "--out", "out"]) == 1
    assert tree(fakes / "out")["tokens.json"] == "9 tokens\n"
    assert complaints(capsys.readouterr().err) == [
        f"{Path('shop/broken.png')}: broken",
        "1 of 10 screenshots failed, the tokens are those of the other 9",
    ]


def test_what_a_dark_mode_left_goes_with_it(fakes: Path) -> None:
    """A resolver document would name tokens that are no longer there. Formats that are not written stay as they are."""
    touch("shop/a.png", "out/tokens.dark.json", "out/tokens.resolver.json", "out/figma.dark.json", "out/mine.dark.json")
    assert main(["run", "shop", "--out", "out", "--format", "dtcg"]) == 0
    assert sorted(tree(fakes / "out")) == ["figma.dark.json", "mine.dark.json", "tokens.json"]


def test_fail_fast_cancels_everything_else(fakes: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing of that product is written, older files stay, and other products that were under way are cancelled."""
    touch("shots/a/1slow.png", "shots/b/2broken.png", "shots/b/3slow.png")
    touch("out/b/tokens.css")
    assert main(["run", "shots", "--out", "out", "--fail-fast"]) == 1
    assert tree(fakes / "out") == {"b/tokens.css": ""}
    out, err = capsys.readouterr()
    assert out == ""
    assert complaints(err) == [
        f"{Path('shots/b/2broken.png')}: broken",
        "b: 1 of 2 screenshots failed, 1 was cancelled, nothing was written",
        "a: 1 screenshot cancelled, nothing was written",
    ]


def test_a_product_that_fails_costs_no_other_one(fakes: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Its older files stay, and stderr names it."""
    touch("quarrel/quarrel.png", "peace/a.png", "out/quarrel/tokens.json")
    assert main(["run", "quarrel", "peace", "--out", "out", "--format", "dtcg"]) == 1
    assert tree(fakes / "out") == {"quarrel/tokens.json": "", "peace/tokens.json": "1 tokens\n"}
    assert complaints(capsys.readouterr().err) == [
        "quarrel: aggregate.fake: no two agree",
        "quarrel: aggregate failed, nothing was written",
    ]


def test_a_format_that_fails_costs_no_other_one(fakes: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The JSON is there although the CSS is not."""
    touch("shop/no-css.png")
    assert main(["run", "shop", "--out", "out"]) == 1
    names = [target.file_name for name, target in FORMATS.items() if name != "css"]
    assert sorted(tree(fakes / "out")) == sorted(names)
    assert complaints(capsys.readouterr().err) == [
        "shop: generate.css: no words",
        f"generate failed, only {', '.join(names)} could be written",
    ]


def test_a_wrong_path_costs_nothing_else(fakes: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The rest is done, and the exit code says that the command was wrong."""
    touch("shop/a.png")
    assert main(["run", "missing", "shop", "--out", "out"]) == 2
    assert sorted(tree(fakes / "out")) == sorted(NAMES)
    assert complaints(capsys.readouterr().err) == ["missing: no such file or folder"]


@pytest.mark.parametrize("more", [["shop", "--fail-fast"], []])
def test_nothing_is_done_if_nothing_is_left_or_wanted(
    fakes: Path, capsys: pytest.CaptureFixture[str], more: list[str]
) -> None:
    """Without any source, or if `--fail-fast` asks for all or nothing."""
    touch("shop/a.png")
    assert main(["run", "missing", *more, "--out", "out"]) == 2
    assert not Path("out").exists()
    assert capsys.readouterr() == ("", "copy_that_orch: missing: no such file or folder\n")


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["run", "shop"], "Missing option '--out'. Try: copy-that-orch run --help"),
        (["run", "--out", "out"], "Missing argument 'PATH...'. Try: copy-that-orch run --help"),
        (["run", "shop", "--out", "out", "--format", "less"], "'less' is not one of 'dtcg', 'css', "),
        (["run", "shop", "--out", "file"], "file: cannot be written to (Not a directory)"),
        (["run", "shop", "--out", "file/below"], "cannot be written to (Not a directory)"),
        (["run", "shop", "blog", "--out", "taken"], "cannot be written to (Not a directory)"),
        (["run", "shop", "--out", "out", "--loud"], "No such option '--loud'."),
        (["run", "--retry-failed", "--out", "out"], "out: no such folder; --retry-failed wants the --out of the run"),
        (["dance"], "No such command 'dance'."),
        (["dem\x1bo"], r"No such command 'dem\x1bo'."),
    ],
)
def test_a_wrong_command_is_one_line_and_nothing_is_done(
    fakes: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], line: str
) -> None:
    """Before any work, with exit code 2."""
    touch("shop/a.png", "blog/a.png", "file", "taken/shop")
    assert main(arguments) == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert err.startswith("copy_that_orch: ")
    assert line in err
    assert not Path("out").exists()


@pytest.mark.parametrize(("more", "scale"), [([], None), (["--scale", "1.25"], 1.25)])
def test_the_device_scale_reaches_the_agents(
    fakes: Path, monkeypatch: pytest.MonkeyPatch, more: list[str], scale: float | None
) -> None:
    """Else each file tells it."""
    given: list[float | None] = []

    def agents(formats: Any = None, *, scale: float | None = None, **others: Any) -> tuple[Any, ...]:
        given.append(scale)
        return fake_agents(formats, **others)

    monkeypatch.setattr("copy_that_orch.cli.main.screenshot_agents", agents)
    touch("shop/a.png")
    assert main(["run", "shop", "--out", "out", *more]) == 0
    assert given == [scale]


def test_concurrency_and_formats_reach_the_pipeline(fakes: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A format that is given twice is made once."""
    given: dict[str, Any] = {}

    def coordinator(agents: Sequence[BasePipelineAgent[Any, Any]], **settings: Any) -> PipelineCoordinator:
        given.update(settings, agents=[agent.agent_type for agent in agents])
        return screenshot_coordinator(agents, **settings)

    monkeypatch.setattr("copy_that_orch.cli.main.screenshot_coordinator", coordinator)
    touch("shop/a.png")
    command = ["run", "shop", "--out", "out", "--concurrency", "extract=2", "--concurrency", "generate=1"]
    assert main([*command, "--format", "css", "--format", "dtcg", "--format", "css"]) == 0
    assert given["limits"] == {"extract": 2, "generate": 1}
    assert given["agents"][-3:] == ["generate.css", "generate.dtcg", "generate.summary"]


def test_json_is_the_only_thing_on_stdout(fakes: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Products in the order of the command line, with files, findings and failures; the exit code is in it."""
    touch("shop/a.png", "shop/broken.png", "blog/a.png")
    assert main(["run", "shop", "gone", "blog", "--out", "out", "--json"]) == 2
    document = json.loads(capsys.readouterr().out)
    assert (document["exit_code"], document["problems"]) == (2, ["gone: no such file or folder"])
    shop, blog = document["products"]
    assert (shop["product"], shop["status"], blog["product"], blog["status"]) == (
        "shop",
        "partial",
        "blog",
        "completed",
    )
    assert shop["files"] == [str(Path("out/shop", name)) for name in NAMES]
    (failure,) = shop["failures"]
    assert (failure["task"], failure["stage"], failure["agent"], failure["item"]) == (
        "shop", "preprocess", "preprocess.fake", 1,
    )  # fmt: skip
    assert shop["findings"] == 0


def test_files_that_cannot_be_written_are_told(
    fakes: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """For instance on a disk that became full meanwhile; other products are not concerned."""
    touch("shop/a.png", "blog/a.png")
    replace = Path.replace

    def full(path: Path, target: Path) -> Path:
        if "shop" in target.parts:
            raise OSError(28, "No space left on device")
        return replace(path, target)

    monkeypatch.setattr(Path, "replace", full)
    assert main(["run", "shop", "blog", "--out", "out", "--format", "css"]) == 1
    assert list(tree(fakes / "out")) == ["blog/tokens.css"]
    assert complaints(capsys.readouterr().err) == [
        f"{Path('out/shop/tokens.css')}: cannot be written (No space left on device)",
        "shop: writing failed, nothing was written",
    ]


def test_a_bug_of_an_agent_costs_its_image_and_keeps_its_traceback(
    fakes: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nobody can mend what leaves no trace."""
    touch("shop/a.png", "shop/bug.png")
    assert main(["run", "shop", "--out", "out"]) == 1
    err = capsys.readouterr().err
    assert complaints(err)[0] == f"{Path('shop/bug.png')}: preprocess.fake: ZeroDivisionError: a bug"
    assert "Traceback (most recent call last):" in err


def test_an_interrupt_is_one_line(fakes: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Also from the depth of the pipeline; nothing is written, and the exit code is that of shells."""
    touch("shop/interrupt.png", "shop/slow.png")
    assert main(["run", "shop", "--out", "out", "--quiet"]) == 130
    assert capsys.readouterr() == ("", "copy_that_orch: interrupted\n")
    assert not Path("out").exists()


@pytest.mark.parametrize(
    ("raised", "code"), [(KeyboardInterrupt(), 130), (ConfigurationError("no"), 2), (PipelineError("no"), 1)]
)
def test_what_is_raised_on_purpose_is_one_line(
    fakes: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, raised: BaseException, code: int
) -> None:
    """With the exit code of its kind."""

    def fail(*_: object, **__: object) -> None:
        raise raised

    monkeypatch.setattr("copy_that_orch.cli.dead_letters.collect", fail)
    assert main(["run", "shop", "--out", "out"]) == code
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)


@pytest.mark.parametrize("bug", [ZeroDivisionError(), ExceptionGroup("two", [ZeroDivisionError()])])
def test_a_bug_is_not_hidden(fakes: Path, monkeypatch: pytest.MonkeyPatch, bug: Exception) -> None:
    """It goes on, as it is."""

    def fail(*_: object, **__: object) -> None:
        raise bug

    monkeypatch.setattr("copy_that_orch.cli.dead_letters.collect", fail)
    with pytest.raises(type(bug)) as caught:
        main(["run", "shop", "--out", "out"])
    assert caught.value is bug


def test_a_reader_that_has_seen_enough_is_no_error_to_speak_of(
    fakes: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """As with `| head -1`: no traceback, also not when the interpreter flushes at its end."""

    class Closed(io.TextIOWrapper):
        def write(self, text: str) -> int:
            raise BrokenPipeError

    touch("shop/a.png")
    with (tmp_path / "pipe").open("wb") as raw:
        monkeypatch.setattr(sys, "stdout", Closed(raw))
        assert main(["run", "shop", "--out", "out", "--json"]) == 1
        monkeypatch.undo()
    assert "Traceback" not in capsys.readouterr().err


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
@pytest.mark.parametrize("more", [["--json"], ["--quiet"], []])
def test_results_that_cannot_be_printed_are_told(
    fakes: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], more: list[str]
) -> None:
    """In one line; the files are written nevertheless."""
    touch("shop/a.png")
    with open("/dev/full", "w", encoding="utf-8") as full:  # noqa: PTH123 -- a device, not a path
        monkeypatch.setattr(sys, "stdout", full)
        assert main(["run", "shop", "--out", "out", *more]) == 1
        monkeypatch.undo()
    assert capsys.readouterr().err.splitlines()[-1] == (
        "copy_that_orch: stdout: cannot be written to (No space left on device)"
    )
    assert len(tree(fakes / "out")) == len(NAMES)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
@pytest.mark.parametrize("asked", [["--help"], ["--version"], ["run", "--help"], ["demo", "-h"], ["check", "--help"]])
def test_help_that_cannot_be_printed_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], asked: list[str]
) -> None:
    """In one line, of every command."""
    with open("/dev/full", "w", encoding="utf-8") as full:  # noqa: PTH123 -- a device, not a path
        monkeypatch.setattr(sys, "stdout", full)
        assert main(asked) == 1
        monkeypatch.undo()
    assert capsys.readouterr().err == "copy_that_orch: stdout: cannot be written to (No space left on device)\n"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
@pytest.mark.parametrize("more", [["--quiet"], []])
def test_progress_that_nobody_can_read_costs_nothing(
    fakes: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], more: list[str]
) -> None:
    """A log that is full, or whose reader has gone; results come out, and the exit code is theirs."""
    touch("shop/a.png", "blog/broken.png")
    with open("/dev/full", "w", encoding="utf-8", buffering=1) as full:  # noqa: PTH123 -- a device, not a path
        monkeypatch.setattr(sys, "stderr", full)
        assert main(["run", "shop", "--out", "out", "--json", *more]) == 0
        assert main(["run", "blog", "--out", "out2", *more]) == 1
        assert main(["dance"]) == 2
        monkeypatch.undo()
    assert json.loads(capsys.readouterr().out)["exit_code"] == 0
    assert len(tree(fakes / "out")) == len(NAMES)


def test_without_stdout_the_work_is_done(fakes: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As started by a service that closes it."""
    touch("shop/a.png")
    monkeypatch.setattr(sys, "stdout", None)
    assert main(["run", "shop", "--out", "out"]) == 0
    assert len(tree(fakes / "out")) == len(NAMES)


def test_letters_that_the_terminal_lacks_are_escaped(fakes: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """They never end the program."""
    touch("日本/a.png")
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding="ascii", errors="strict"))
    assert main(["run", "日本", "--out", "out"]) == 0
    assert raw.getvalue().startswith(rb"\u65e5\u672c  1 screenshot, ")


def test_any_stream_will_do(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also one that has no encoding to speak of."""
    monkeypatch.setattr(sys, "stdout", io.StringIO())
    assert main(["--version"]) == 0
    assert isinstance(sys.stdout, io.StringIO)
    assert sys.stdout.getvalue()


def test_version_and_help(capsys: pytest.CaptureFixture[str]) -> None:
    """Both are results, with exit code 0; help has examples."""
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"copy_that_orch, version {copy_that_orch.__version__}\n"
    assert main(["run", "--help"]) == 0
    text = capsys.readouterr().out
    assert "copy-that-orch run shots/ --out tokens/\n" in text
    assert "preprocess, extract, aggregate, validate, generate" in text


@pytest.mark.parametrize("arguments", [[], ["run"]])
def test_without_arguments_there_is_help(capsys: pytest.CaptureFixture[str], arguments: list[str]) -> None:
    """On stderr, because it is not what was asked for."""
    assert main(arguments) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert "Examples:" in err
