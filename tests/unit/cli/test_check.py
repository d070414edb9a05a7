"""The command that checks files of tokens."""

from __future__ import annotations

import io
import json
import os
import sys
from pathlib import Path

import pytest

from copy_that_orch.cli.main import main

SOUND = '{"n": {"$type": "number", "$value": 1}, "a": {"$value": "{n}"}}'
DOUBTFUL = '{"n": {"$type": "number", "$value": 1}, "N": {"$value": "{n}"}}'
BROKEN = '{"a": {"$type": "number", "$value": "{b}"}, "c\\u001b": 5}'


@pytest.fixture(autouse=True)
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with files of all kinds, which is the current one."""
    monkeypatch.chdir(tmp_path)
    for name, text in (("sound", SOUND), ("doubtful", DOUBTFUL), ("broken", BROKEN), ("list", "[]"), ("torn", '{"a":')):
        Path(f"{name}.json").write_text(text, encoding="utf-8")
    Path("long.json").write_text(f'{{"a": {"9" * 5000}}}', encoding="utf-8")
    Path("large.json").write_text('{"a": -1e999}', encoding="utf-8")
    Path("latin.json").write_bytes('{"ü": {}}'.encode("latin-1"))
    return tmp_path


def test_a_sound_file_is_told_so(capsys: pytest.CaptureFixture[str]) -> None:
    """In a line, with exit code 0."""
    assert main(["check", "sound.json"]) == 0
    assert capsys.readouterr() == ("sound.json: 2 tokens, nothing to say\n", "")


def test_warnings_are_no_failure(capsys: pytest.CaptureFixture[str]) -> None:
    """They are told, and the exit code is 0."""
    assert main(["check", "doubtful.json"]) == 0
    assert capsys.readouterr().out == (
        "doubtful.json: warning: N: it differs from 'n' by case only [name-case]\ndoubtful.json: 2 tokens, 1 warning\n"
    )


def test_errors_are_told_one_in_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    """With path, sentence and code; nothing in a file can steer the terminal, and the exit code is 1."""
    assert main(["check", "broken.json", "sound.json"]) == 1
    out, err = capsys.readouterr()
    assert out.splitlines() == [
        "broken.json: error: a: {b} leads nowhere: there is no token 'b' [alias-dangling]",
        "broken.json: error: c\\x1b: it is the number 5, neither a token, which has $value, nor a group [not-a-token]",
        "broken.json: 1 token, 2 errors",
        "sound.json: 2 tokens, nothing to say",
    ]
    assert err == ""


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("nix.json", "cannot be read (No such file or directory)"),
        (".", "cannot be read (Is a directory)"),
        ("list.json", "the file is a list of 0, not an object with tokens"),
        ("torn.json", "not JSON: Expecting value in line 1, column 6"),
        ("latin.json", "not JSON: no UTF-8 from byte 2 on"),
        ("long.json", "a number of 5000 digits is larger than programs can hold"),
        ("large.json", "the number -1e999 is larger than programs can hold"),
    ],
)
def test_what_cannot_be_read_is_told_in_a_line(name: str, problem: str, capsys: pytest.CaptureFixture[str]) -> None:
    """On stderr, with exit code 2; other files are checked all the same."""
    assert main(["check", name, "broken.json", "sound.json"]) == 2
    out, err = capsys.readouterr()
    assert err == f"copy_that_orch: {name}: {problem}\n"
    assert out.splitlines()[-2:] == ["broken.json: 1 token, 2 errors", "sound.json: 2 tokens, nothing to say"]


def test_programs_get_json(capsys: pytest.CaptureFixture[str]) -> None:
    """One document with all files, those that cannot be read as well."""
    assert main(["check", "--json", "doubtful.json", "torn.json"]) == 2
    assert json.loads(capsys.readouterr().out) == {
        "exit_code": 2,
        "files": [
            {
                "file": "doubtful.json",
                "problem": None,
                "tokens": 2,
                "errors": 0,
                "warnings": 1,
                "findings": [
                    {
                        "severity": "warning",
                        "code": "name-case",
                        "path": "N",
                        "message": "it differs from 'n' by case only",
                    }
                ],
            },
            {
                "file": "torn.json",
                "problem": "not JSON: Expecting value in line 1, column 6",
                "tokens": 0,
                "errors": 0,
                "warnings": 0,
                "findings": [],
            },
        ],
    }


def test_the_files_of_a_resolver_document_are_looked_for_beside_it(capsys: pytest.CaptureFixture[str]) -> None:
    """Wherever the command is run."""
    Path("sub").mkdir()
    Path("sub/base.json").write_text(SOUND, encoding="utf-8")
    order = [{"type": "set", "name": "a", "sources": [{"$ref": "base.json"}, {"$ref": "../doubtful.json"}]}]
    text = json.dumps({"version": "2025.10", "resolutionOrder": order})
    Path("sub/all.resolver.json").write_text(text, encoding="utf-8")
    assert main(["check", "sub/all.resolver.json"]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "sub/all.resolver.json: 3 tokens, 1 warning"


@pytest.mark.skipif(sys.platform == "win32", reason="no such devices")
def test_a_resolver_document_leads_to_files_only(capsys: pytest.CaptureFixture[str]) -> None:
    """A pipe would be waited for, and a device read, for ever."""
    os.mkfifo("pipe")
    order = [{"name": "a", "sources": [{"$ref": "pipe"}, {"$ref": "/dev/zero"}]}]
    Path("all.resolver.json").write_text(json.dumps({"version": "2025.10", "resolutionOrder": order}), encoding="utf-8")
    assert main(["check", "all.resolver.json"]) == 1
    assert capsys.readouterr().out.splitlines()[:2] == [
        "all.resolver.json: error: /dev/zero cannot be read (not a regular file) [source-missing]",
        "all.resolver.json: error: pipe cannot be read (not a regular file) [source-missing]",
    ]


def test_a_hyphen_is_standard_input(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """For pipes."""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(SOUND.encode())))
    assert main(["check", "-"]) == 0
    assert capsys.readouterr().out == "-: 2 tokens, nothing to say\n"


def test_an_empty_path_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    """As of a variable that is not set; it does not stand for the current folder."""
    assert main(["check", ""]) == 2
    assert capsys.readouterr() == ("", "copy_that_orch: an empty path: no such file; check the path\n")


def test_standard_input_that_is_closed_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """As by a service that starts it without."""
    monkeypatch.setattr(sys, "stdin", None)
    assert main(["check", "-"]) == 2
    assert capsys.readouterr() == ("", "copy_that_orch: -: cannot be read (standard input is closed)\n")


def test_no_file_at_all_shows_the_help(capsys: pytest.CaptureFixture[str]) -> None:
    """With exit code 2."""
    assert main(["check"]) == 2
    assert "TOKENS_JSON..." in capsys.readouterr().err
