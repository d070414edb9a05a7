"""Calls that failed for good, and the runs that take them up."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from copy_that_orch import CallFailure, ConfigurationError, PreprocessingError
from copy_that_orch.cli.dead_letters import FILE_NAME, Origin, failed_work, list_failed, read_letters
from copy_that_orch.cli.main import main
from copy_that_orch.cli.report import Outcome
from copy_that_orch.cli.sources import Product


def touch(*names: str) -> None:
    """Make files that differ, and the folders above them."""
    for name in names:
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_text(name)


def letters(out: str = "out") -> list[dict[str, Any]]:
    """What is listed."""
    return [json.loads(line) for line in Path(out, FILE_NAME).read_text().splitlines()]


def outcome(name: str, *errors: Exception, stage: str = "preprocess") -> Outcome:
    """A product of one screenshot, on which calls failed so."""
    return Outcome(
        product=Product(name=name, screenshots=(Path(f"{name}.png"),)),
        status="failed" if errors else "completed",
        failures=tuple(
            CallFailure(
                task_id=name, stage=stage, agent="a", item=0, label="x", attempts=2, seconds=0.5, exception=error
            )
            for error in errors
        ),
    )


def test_each_failed_call_is_a_line(tmp_path: Path) -> None:
    """With task, item, stage, agent, attempts and everything that led to it."""
    deepest = KeyError("size")
    error = PreprocessingError("shop.png: broken")
    error.__cause__ = ExceptionGroup("two", [deepest, ValueError("\x1b")])
    deepest.__context__ = deepest.__cause__ = error  # round and round
    said: list[str] = []
    origin = Origin(["shop.png", "https://example.org/a.png"], one_product=True)
    list_failed(tmp_path, [outcome("shop", error), outcome("fine")], origin, said.append, quiet=False)
    (letter,) = read_letters(tmp_path)
    assert letter == {
        "task": "shop",
        "item": "shop.png",
        "index": 0,
        "stage": "preprocess",
        "agent": "a",
        "attempts": 2,
        "errors": [
            {"type": "PreprocessingError", "message": "shop.png: broken"},
            {"type": "ExceptionGroup", "message": "two (2 sub-exceptions)"},
            {"type": "KeyError", "message": "'size'"},
            {"type": "ValueError", "message": "\x1b"},
        ],
        "paths": [str(Path("shop.png").absolute()), "https://example.org/a.png"],
        "one_product": True,
    }
    assert "\x1b" not in (tmp_path / FILE_NAME).read_text()
    assert said == [f"What failed is listed in {tmp_path / FILE_NAME}; run --retry-failed takes it up."]


def test_what_hides_its_context_has_none(tmp_path: Path) -> None:
    """`raise ... from None` says that what came before does not matter. A product has no screenshot after the merge."""
    error = ValueError("no")
    error.__context__ = KeyError("beside the point")
    error.__suppress_context__ = True
    origin = Origin([], one_product=False)
    (tmp_path / FILE_NAME).write_text('{"task": "shop", "paths": ["/a"], "one_product": false}\n')
    list_failed(tmp_path, [outcome("shop", error, stage="generate")], origin, print, quiet=True)
    (letter,) = read_letters(tmp_path)
    assert letter["errors"] == [{"type": "ValueError", "message": "no"}]
    assert (letter["item"], letter["paths"]) == ("shop", ["/a"])  # those of the run that failed first


def test_each_product_is_listed_as_it_was_last(tmp_path: Path) -> None:
    """Others keep their lines, those that were cancelled too; with the last line the file goes."""
    origin, quiet = Origin(["a"], one_product=False), {"say": print, "quiet": True}
    list_failed(tmp_path, [outcome("one", ValueError()), outcome("two", ValueError(), ValueError())], origin, **quiet)  # type: ignore[arg-type]
    assert [letter["task"] for letter in read_letters(tmp_path)] == ["one", "two", "two"]
    cancelled = Outcome(product=Product(name="one", screenshots=()), status="cancelled")
    list_failed(tmp_path, [cancelled, outcome("two", ValueError())], origin, **quiet)  # type: ignore[arg-type]
    assert [letter["task"] for letter in read_letters(tmp_path)] == ["one", "two"]
    list_failed(tmp_path, [outcome("two")], origin, **quiet)  # type: ignore[arg-type]
    assert [letter["task"] for letter in read_letters(tmp_path)] == ["one"]
    list_failed(tmp_path, [outcome("one")], origin, **quiet)  # type: ignore[arg-type]
    assert list(tmp_path.iterdir()) == []
    list_failed(tmp_path, [outcome("one")], origin, **quiet)  # type: ignore[arg-type]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("line", ["", "nonsense", "[]", "{}", '{"task": "a", "paths": "b", "one_product": false}'])
def test_a_list_that_is_none_is_told(tmp_path: Path, line: str) -> None:
    """When it is to be read, and when it is to be written, which must not cost the user the tokens."""
    (tmp_path / FILE_NAME).write_text(f"{line}\n")
    with pytest.raises(ConfigurationError, match="line 1 tells no failed call; delete the file"):
        failed_work(Origin([], one_product=False), tmp_path)
    said: list[str] = []
    list_failed(tmp_path, [outcome("a", ValueError())], Origin(["a"], one_product=False), said.append, quiet=True)
    assert said == [f"copy_that_orch: {tmp_path / FILE_NAME}: line 1 tells no failed call; delete the file"]


def test_a_list_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    """With the system's reason, or that it is no text."""
    (tmp_path / FILE_NAME).mkdir()
    with pytest.raises(ConfigurationError, match="cannot be read"):
        read_letters(tmp_path)
    (tmp_path / FILE_NAME).rmdir()
    (tmp_path / FILE_NAME).write_bytes(b"\xff\n")
    with pytest.raises(ConfigurationError, match="cannot be read"):
        read_letters(tmp_path)


def test_what_failed_is_taken_up_again(fakes: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Only products in which something failed, each in its own folder; when it succeeds, its tokens are complete."""
    touch("shots/shop/a.png", "shots/shop/broken.png", "shots/blog/a.png")
    assert main(["run", "shots", "--out", "out", "--format", "css"]) == 1
    assert [(letter["task"], letter["index"]) for letter in letters()] == [("shop", 1)]
    assert "out/shop/tokens.css" in capsys.readouterr().out

    Path("out/blog/tokens.css").write_text("mine")
    assert main(["run", "--retry-failed", "--out", "out", "--format", "css", "--json"]) == 1  # still broken
    (product,) = json.loads(capsys.readouterr().out)["products"]
    assert product["product"] == "shop"
    assert product["calls"]["extract"] == {"cached": 1}  # what did not fail is not made again
    assert len(letters()) == 1

    Path("shots/shop/broken.png").rename("shots/shop/mended.png")
    assert main(["run", "shots", "--retry-failed", "--out", "out", "--format", "css"]) == 0
    assert Path("out/shop/tokens.css").read_text() == "2 tokens\n"
    assert Path("out/blog/tokens.css").read_text() == "mine"  # it did not fail
    assert not Path("out", FILE_NAME).exists()
    capsys.readouterr()

    for paths in ([], ["shots"]):
        assert main(["run", *paths, "--retry-failed", "--out", "out"]) == 0
        assert capsys.readouterr() == ("", f"Nothing to do: no call is listed in {Path('out', FILE_NAME)}.\n")


def test_products_of_several_runs_are_taken_up_together(fakes: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each to where it was written; a path that is gone is told."""
    touch("one/broken.png", "one/a.png", "shots/two/broken.png", "shots/three/a.png")
    for paths in (["one"], ["shots"]):
        assert main(["run", *paths, "--out", "out", "--format", "css"]) == 1
    assert {letter["task"] for letter in letters()} == {"one", "two"}
    for name in ("one/broken.png", "shots/two/broken.png"):
        Path(name).rename(Path(name).with_name("mended.png"))
    assert main(["run", "--retry-failed", "--out", "out", "--format", "css", "-q"]) == 0
    assert capsys.readouterr().out.splitlines()[-2:] == ["out/tokens.css", "out/two/tokens.css"]


def test_one_that_is_gone_is_told(fakes: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Its line stays."""
    touch("shop/broken.png")
    assert main(["run", "shop", "--out", "out"]) == 1
    Path("shop/broken.png").unlink()
    Path("shop").rmdir()
    capsys.readouterr()
    assert main(["run", "--retry-failed", "--out", "out"]) == 2
    assert "shop: no such file or folder" in capsys.readouterr().err
    assert len(letters()) == 1


def test_fresh_and_retry_do_not_go_together(fakes: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One of them would undo the other."""
    assert main(["run", "--retry-failed", "--fresh", "--out", "out"]) == 2
    assert "--fresh and --retry-failed" in capsys.readouterr().err


def test_without_a_path_there_must_be_something_to_take_up(fakes: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """As for every other argument that is missing."""
    assert main(["run", "--out", "out"]) == 2
    assert "Missing argument 'PATH...'" in capsys.readouterr().err
