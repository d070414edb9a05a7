"""What options take."""

from __future__ import annotations

from pathlib import Path

import pytest

from copy_that_orch.cli.main import main


@pytest.mark.parametrize(
    ("options", "line"),
    [
        (["--concurrency", "4"], "'4' is not of the form STAGE=N, for instance extract=4."),
        (["--concurrency", "sing=4"], "unknown stage 'sing'; the stages are preprocess,"),
        (["--concurrency", "extract=0"], "'0' is not a number of calls, 1 or more."),
        (["--concurrency", "extract=-1"], "'-1' is not a number of calls, 1 or more."),
        (["--concurrency", "extract=many"], "'many' is not a number of calls, 1 or"),
        (["--concurrency", "extract=9999999"], "'9999999' is not a number of calls"),
        (["--concurrency", "extract=²"], "'²' is not a number of calls, 1 or more."),
        (["--concurrency", "extract=1", "--concurrency", "extract=2"], "stage extract is given twice."),
        (["--grace", "-1"], "-1.0 is not in the range x>=0."),
        (["--grace", "nan"], "Invalid value for '--grace': not a number."),
        (["--scale", "0"], "0.0 is not in the range 0.5<=x<=8."),
        (["--scale", "nan"], "Invalid value for '--scale': not a number."),
        (["--scale", "2x"], "'2x' is not a valid float"),
        (["--out", ""], "Invalid value for '--out': the name of the folder is empty."),
    ],
)
def test_what_an_option_does_not_take_is_one_line(
    fakes: Path, capsys: pytest.CaptureFixture[str], options: list[str], line: str
) -> None:
    """Which says what it takes, before any work, with exit code 2."""
    Path("shop").mkdir()
    Path("shop", "a.png").touch()
    assert main(["run", "shop", "--out", "out", *options]) == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert err.startswith("copy_that_orch: ")
    assert line in err
    assert not Path("out").exists()
