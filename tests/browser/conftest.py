"""A real browser, and reports to look at: those of the screens that come with the package, and a made-up one."""

from __future__ import annotations

import base64
import io
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import trio
from PIL import Image
from playwright.sync_api import Browser, sync_playwright

import copy_that_orch
from copy_that_orch import CallOutcome, CallSpan, CircuitSpan, CircuitState, PipelineTask, Timeline, TimelineObserver
from copy_that_orch.assembly import GeneratedFile, screenshot_agents, screenshot_coordinator
from copy_that_orch.timeline import with_timeline
from copy_that_orch.tokens.color import Color
from copy_that_orch.tokens.formats.html.page import illustrate
from copy_that_orch.tokens.formats.html.pictures import Picture, Pictures, Sighting
from copy_that_orch.tokens.formats.w3c import write
from copy_that_orch.tokens.model import (
    ContrastPair,
    Finding,
    Provenance,
    Screen,
    Severity,
    Theme,
    Token,
    TokenSet,
    TokenType,
)
from tests.unit.tokens import samples

SCREENS = Path(copy_that_orch.__file__).parent / "demo_screens"
NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
SWITCHES = [
    *("--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update"),
    "--disable-sync",
    *(["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []),
]


def chromium() -> str:
    """Return the path of Chromium; end the tests with a line that says how to get it if it is not there."""
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        pytest.exit("Chromium is not there: apt-get install chromium, or set CHROMIUM to its path", returncode=2)
    return found


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, without a window."""
    path = chromium()
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=SWITCHES)
        yield running
        running.close()


@pytest.fixture(scope="session", params=["ledgerly", "made-up"])
def report(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The path of a report, with the tokens.json of the same set beside it."""
    folder = tmp_path_factory.mktemp(request.param)
    texts = made_up() if request.param == "made-up" else trio.run(made_of_screens, request.param)
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder / "report.html"


async def made_of_screens(product: str) -> dict[str, str]:
    """Return the files of a product, as the command line writes them."""
    observer = TimelineObserver()
    coordinator = screenshot_coordinator(screenshot_agents(["dtcg", "html"]), observers=[observer])
    result = await coordinator.execute(PipelineTask(task_id=product, items=sorted((SCREENS / product).glob("*.png"))))
    files = {file.name: file.text for file in result.outputs if isinstance(file, GeneratedFile)}
    return {**files, "report.html": with_timeline(files["report.html"], observer.timeline())}


def made_up() -> dict[str, str]:
    """Return the files of a set with everything that a report can show, and with texts that mean harm."""
    harm = "</script><img src=x onerror=document.title='harmed'>\"'" + "longword" * 30
    place = Sighting("a.png", (10, 10, 60, 40))
    seen = [
        Provenance("a.png", "extract.color", 500, "accent", place.box),
        Provenance(harm, "extract.color", 3, "text"),
    ]
    dark = {"dark": Color.from_hex("#60a5fa")}
    tokens = TokenSet(
        [
            *samples.EVERY_TYPE.tokens,
            Token(("color", "seen", "500"), TokenType.COLOR, Color.from_hex("#767676"), 0.4, seen, harm, dark),
            Token(("color", "white"), TokenType.COLOR, Color(1, 1, 1), provenance=[Provenance("a.png", "x", 9000)]),
            Token((harm.replace(".", ""), "odd"), TokenType.COLOR, Color.from_hex("#12345678"), description=harm),
        ],
        pairs=[
            ContrastPair(Color.from_hex(text), Color.from_hex(ground), seen, size)
            for text in ("#767676", "#777777", "#949494", "#111111", "#eeeeee")
            for ground, size in (("#ffffff", 16), ("#2563eb", 30), ("#fef3c7", None), ("#0f172a", 12))
        ],
        findings=[
            Finding(Severity.WARNING, "contrast", "color.seen.500", harm),
            Finding(Severity.WARNING, harm, harm, "It is about nothing."),
        ],
        screens=[Screen("a.png", Theme.LIGHT, 1280, 800), Screen(harm, Theme.DARK, 780, 1688, 2)],
    )
    picture = Picture(uri=data_uri(), width=160, height=64, mark=(55, 17, 105, 47))
    pictures = Pictures(title="Harm " + harm, crops={place: picture}, screens={"a.png": picture, harm: picture})
    return {"tokens.json": write(tokens), "report.html": with_timeline(illustrate(tokens, pictures), eventful(harm))}


def eventful(text: str) -> Timeline:
    """Return the timeline of a run in which everything happened."""

    def call(item: int, attempt: int, queued: float, started: float | None, outcome: CallOutcome) -> CallSpan:
        ended = None if started is None else started + 1
        return CallSpan(
            task_id=text, stage="extract", agent="extract.color", item=item, label=text, attempt=attempt,
            queued=queued, started=started, ended=ended, outcome=outcome, error=text,
        )  # fmt: skip

    return Timeline(
        calls=(
            call(0, 1, 0, 1, CallOutcome.FAILED),
            call(0, 2, 5, 6, CallOutcome.COMPLETED),
            call(1, 1, 0, 3, CallOutcome.CANCELLED),
            call(2, 1, 1, None, CallOutcome.REJECTED),
        ),
        circuits=(
            CircuitSpan(agent="extract.color", state=CircuitState.OPEN, started=2, ended=4),
            CircuitSpan(agent="extract.color", state=CircuitState.HALF_OPEN, started=4, ended=6),
        ),
        forgotten=2,
    )


def data_uri() -> str:
    """Return a small picture."""
    file = io.BytesIO()
    Image.new("RGB", (160, 64), "teal").save(file, "WEBP")
    return "data:image/webp;base64," + base64.b64encode(file.getvalue()).decode("ascii")
