# ruff: noqa: INP001 -- a script, not a module
"""Draw docs/demo.svg: what the demo shows in a terminal, during its outage and at its end.

Run it with `python docs/make_demo_picture.py`. It plays the real demo on a pseudo-terminal (POSIX) and draws two
moments of what came out.
"""

from __future__ import annotations

import io
import os
import pty
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import MONOKAI
from rich.text import Text

WIDTH = 100
TARGET = Path(__file__).with_name("demo.svg")
PACKAGE = TARGET.parents[1] / "src"


def play() -> str:
    """Return everything that the demo writes to a terminal."""
    with tempfile.TemporaryDirectory() as folder:
        ours, theirs = pty.openpty()
        process = subprocess.Popen(
            [sys.executable, "-m", "copy_that_orch", "demo", "--out", "tokens"],
            cwd=folder,
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            env={
                **os.environ,
                "TERM": "xterm-256color",
                "COLORTERM": "truecolor",
                "COLUMNS": str(WIDTH),
                "LINES": "60",
                "PYTHONPATH": str(PACKAGE),
            },
        )
        os.close(theirs)
        shown = bytearray()
        try:
            while data := os.read(ours, 65536):
                shown += data
        except OSError:  # how Linux tells that the other side is closed
            pass
        os.close(ours)
        if process.wait():
            raise SystemExit(shown.decode())
    return shown.decode()


def moments(shown: str) -> tuple[Text, Text]:
    """Return a frame from the middle of the outage, and the last frame with what follows it."""
    plain = re.sub(r"\x1b\[(?:\?25[lh]|\d*[AK]|2K)", "", shown).replace("\r", "")
    title = "\x1b[1mcopy_that_orch demo"
    frames = [title + frame for frame in plain.split(title)[1:]]
    down = [frame for frame in frames if "open" in frame and "opened 1 time" in frame]
    return Text.from_ansi(down[len(down) // 2].rstrip()), Text.from_ansi(frames[-1].rstrip())


def main() -> None:
    """Play, draw, write."""
    during, after = moments(play())
    console = Console(record=True, width=WIDTH, file=io.StringIO(), force_terminal=True, color_system="truecolor")
    for part in (
        Text("$ python -m copy_that_orch demo", style="bold"),
        during,
        Text("\n… some seconds later\n", style="dim italic"),
        after,
    ):
        console.print(part, no_wrap=True, overflow="ellipsis", crop=True)
    picture = console.export_svg(title="copy_that_orch", theme=MONOKAI, unique_id="demo")
    # Without the fonts that it would fetch from elsewhere: a reader's own monospaced font will do.
    picture = re.sub(r"@font-face \{.*?\}\s*", "", picture, flags=re.DOTALL)
    # Not all programs that draw pictures keep the spaces at the ends of a text otherwise.
    picture = picture.replace("<svg ", '<svg xml:space="preserve" ', 1)
    TARGET.write_text("\n".join(line.rstrip() for line in picture.splitlines()) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
