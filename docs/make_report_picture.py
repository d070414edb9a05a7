# ruff: noqa: INP001 -- a script, not a module
"""Make docs/report.png: the beginning of the report on one of the demo's products.

Run it with `python docs/make_report_picture.py`, with the dependency group `browser` installed. It needs Chromium, from
the search path or from the environment variable CHROMIUM.
"""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

PRODUCT = "ledgerly"
SIZE = (1280, 1120)
TARGET = Path(__file__).with_name("report.png")
PACKAGE = TARGET.parents[1] / "src"


def main() -> None:
    """Make the report, open it, take the picture, with few colours so that it is small."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        screens = PACKAGE / "copy_that_orch" / "demo_screens" / PRODUCT
        subprocess.run(  # noqa: S603 -- our own program
            [sys.executable, "-m", "copy_that_orch", "run", screens, "--out", folder, "--quiet"],
            env={**os.environ, "PYTHONPATH": str(PACKAGE)},
            check=True,
            stdout=subprocess.DEVNULL,
        )
        path = os.environ.get("CHROMIUM") or shutil.which("chromium")
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": SIZE[0], "height": SIZE[1]}, color_scheme="light")
        page.goto((Path(folder) / "report.html").as_uri())
        with Image.open(io.BytesIO(page.screenshot())) as picture:
            few = picture.convert("RGB").quantize(colors=256, dither=Image.Dither.NONE)
            few.save(TARGET, optimize=True)
        browser.close()


if __name__ == "__main__":
    main()
