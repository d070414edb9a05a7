"""`python -m copy_that_orch`, also where the command line is not installed."""

from __future__ import annotations

import importlib.util
import sys
import types

import pytest

from copy_that_orch.__main__ import main


def test_without_the_extra_one_line_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """With what is missing, on stderr, and exit code 2; none of our modules is touched."""
    find_spec = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name in {"rich", "cv2"} else find_spec(name))
    monkeypatch.setitem(sys.modules, "copy_that_orch.cli.main", None)
    with pytest.raises(SystemExit) as caught:
        main()
    assert caught.value.code == 2
    assert capsys.readouterr() == (
        "",
        "copy_that_orch: not installed: rich, cv2; run: pip install 'copy_that_orch[images]'\n",
    )


def test_a_bug_of_ours_is_not_taken_for_a_missing_package(monkeypatch: pytest.MonkeyPatch) -> None:
    """An import that fails for another reason keeps its error."""
    monkeypatch.setitem(sys.modules, "copy_that_orch.cli.main", None)
    with pytest.raises(ImportError, match=r"copy_that_orch\.cli\.main"):
        main()


def test_the_exit_code_is_that_of_the_command_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever it returns."""
    command_line = types.ModuleType("main")
    command_line.main = lambda: 7  # type: ignore[attr-defined]  # a module of one function
    monkeypatch.setitem(sys.modules, "copy_that_orch.cli.main", command_line)
    with pytest.raises(SystemExit) as caught:
        main()
    assert caught.value.code == 7


def test_an_interrupt_while_it_is_loaded_is_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """As one that comes later."""

    class Interrupted(types.ModuleType):
        @property
        def main(self) -> object:
            raise KeyboardInterrupt

    monkeypatch.setitem(sys.modules, "copy_that_orch.cli.main", Interrupted("main"))
    with pytest.raises(SystemExit) as caught:
        main()
    assert caught.value.code == 130
    assert capsys.readouterr() == ("", "copy_that_orch: interrupted\n")
