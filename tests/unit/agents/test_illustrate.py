"""What a report shows of the screens."""

from __future__ import annotations

import base64
import io
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import trio
from PIL import Image
from trio.testing import MockClock

from copy_that_orch import content_fingerprint
from copy_that_orch.agents import illustrate
from copy_that_orch.agents.generate import GenerateAgent
from copy_that_orch.agents.illustrate import pictures_of
from copy_that_orch.agents.offload import cpu_limiter
from copy_that_orch.agents.preprocess import PreprocessAgent, Source, labels_of
from copy_that_orch.agents.processes import WorkerDiedError
from copy_that_orch.orchestrator.interfaces import PipelineTask
from copy_that_orch.tokens.color import Color
from copy_that_orch.tokens.formats.html.pictures import Picture, Sighting
from copy_that_orch.tokens.model import Provenance, Screen, Theme, Token, TokenSet, TokenType

READER = PreprocessAgent()
BOX = (10, 10, 50, 30)


def png(color: str = "teal") -> bytes:
    """A small screenshot."""
    file = io.BytesIO()
    Image.new("RGB", (400, 200), color).save(file, "PNG")
    return file.getvalue()


def seen_on(*images: str, screens: bool = True) -> TokenSet:
    """A set with a colour for each image that it was seen on."""
    return TokenSet(
        [
            Token(
                ("color", str(index)), TokenType.COLOR, Color(0, 0, 0), provenance=[Provenance(image, "x", 1, box=BOX)]
            )
            for index, image in enumerate(images)
        ],
        screens=[Screen(image, Theme.LIGHT, 400, 200) for image in images] if screens else (),
    )


def color_of(picture: Picture) -> tuple[int, ...]:
    """The colour in the middle of a picture."""
    head, data = picture.uri.split(",")
    assert head == "data:image/webp;base64"
    with Image.open(io.BytesIO(base64.b64decode(data))) as image:
        return tuple(np.asarray(image.convert("RGB"))[picture.height // 2, picture.width // 2].tolist())


async def test_places_are_cut_from_the_files_of_the_task(tmp_path: Path) -> None:
    """Each from the screenshot of its name; the screens are there too, and the name of the product."""
    for name, color in (("a", "teal"), ("b", "red")):
        (tmp_path / f"{name}.png").write_bytes(png(color))
    names = [f"{tmp_path.name}/{name}.png" for name in "ab"]
    task = PipelineTask(task_id="shop", items=[tmp_path / "a.png", str(tmp_path / "b.png")])
    pictures = await pictures_of(task, seen_on(*names), READER)
    assert pictures.title == "shop"
    assert {sighting.image: color_of(one) for sighting, one in pictures.crops.items()} == {
        names[0]: (0, 128, 128),
        names[1]: (255, 0, 0),
    }
    assert list(pictures.screens) == names
    html = (await GenerateAgent("html").process(task, seen_on(*names))).text
    for picture in (*pictures.crops.values(), *pictures.screens.values()):
        assert picture.uri in html


async def test_what_cannot_be_shown_is_left_out(tmp_path: Path) -> None:
    """A file that is gone or no picture, a name that two files have, an item that is no file; the rest is shown."""
    for folder in ("x", "y"):
        (tmp_path / folder / "same").mkdir(parents=True)
        (tmp_path / folder / "same" / "a.png").write_bytes(png())
    (tmp_path / "text.png").write_bytes(b"Dear reader")
    data = png("red")
    items = [
        tmp_path / "x" / "same" / "a.png",
        tmp_path / "y" / "same" / "a.png",
        tmp_path / "gone.png",
        tmp_path / "text.png",
        7,
        data,
    ]
    by_digest = labels_of(data)[1]
    tokens = seen_on("same/a.png", f"{tmp_path.name}/gone.png", f"{tmp_path.name}/text.png", by_digest)
    pictures = await pictures_of(PipelineTask(task_id="shop", items=items), tokens, READER)
    assert list(pictures.crops) == [Sighting(by_digest, BOX)]
    assert list(pictures.screens) == [by_digest]


async def test_a_report_stays_small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Few screenshots are read again, fewer shown whole, and crops stop where there is no more room."""
    files = [png(f"#0000{number:02x}") for number in range(6)]
    names = [labels_of(data)[1] for data in files]
    monkeypatch.setattr(illustrate, "MOST_SCREENS", 4)
    monkeypatch.setattr(illustrate, "MOST_THUMBNAILS", 3)
    task = PipelineTask(task_id="shop", items=files)
    pictures = await pictures_of(task, seen_on(*names), READER)
    assert [place.image for place in pictures.crops] == names[:4]
    assert list(pictures.screens) == names[:3]
    monkeypatch.setattr(illustrate, "CROPS_SIZE", 2 * len(pictures.crops[Sighting(names[0], BOX)].uri))
    assert len((await pictures_of(task, seen_on(*names), READER)).crops) == 2
    monkeypatch.setattr(illustrate, "MOST_CROPS", 1)
    assert len((await pictures_of(task, seen_on(*names), READER)).crops) == 1
    assert (await pictures_of(task, seen_on(*names, screens=False), READER)).screens == {}


async def test_results_with_pictures_depend_on_the_screenshots(tmp_path: Path) -> None:
    """And on the product's name; what is behind a URL nobody knows, so they are not kept then."""
    file = tmp_path / "a.png"

    async def told(format_name: str, *items: object, task_id: str = "shop") -> str | None:
        task = PipelineTask(task_id=task_id, items=items)
        return await content_fingerprint(GenerateAgent(format_name).reads(task, TokenSet()))

    assert GenerateAgent("dtcg").reads(PipelineTask(task_id="shop", items=[file]), TokenSet()) is None
    assert await told("html", file) is None  # it is not there
    file.write_bytes(b"1")
    before = await told("html", file)
    assert before == await told("html", str(file)) == await told("html", file, 17)
    assert before not in {None, await told("html", file, task_id="blog"), await told("html", b"1"), await told("html")}
    file.write_bytes(b"2")
    assert await told("html", file) != before
    assert await told("html", file, "https://example.org/a.png") is None


async def test_as_many_screenshots_are_in_hand_as_there_are_cpus(
    monkeypatch: pytest.MonkeyPatch, autojump_clock: MockClock
) -> None:
    """And their pixels stay where that is done: what comes back is small. A worker that dies costs its own crops."""
    begun = trio.current_time()
    cpu_limiter().total_tokens = 2
    files = [png(f"#0000{number:02x}") for number in range(4)]
    running, most, results = 0, 0, []
    read_again = READER.read_again

    async def in_hand(source: Source) -> Any:
        nonlocal running, most
        running += 1
        most = max(most, running)
        return await read_again(source)

    async def watched(fn: Callable[..., Any], *args: Any) -> Any:
        nonlocal running
        await trio.sleep(1 + (args[0] != files[1]))  # one overtakes
        running -= 1
        if args[0] == files[2]:
            raise WorkerDiedError(-9)
        results.append(fn(*args))
        return results[-1]

    monkeypatch.setattr(illustrate, "offload", watched)
    reader = PreprocessAgent()
    monkeypatch.setattr(type(reader), "read_again", lambda _self, source: in_hand(source))
    names = [labels_of(data)[1] for data in files]
    pictures = await pictures_of(PipelineTask(task_id="shop", items=files), seen_on(*names), reader)
    assert (most, trio.current_time() - begun) == (2, 4)
    assert list(pictures.screens) == [place.image for place in pictures.crops] == [names[0], names[1], names[3]]
    assert all(len(pickle.dumps(result)) < 5_000 for result in results)


async def test_cancelled_while_it_cuts_it_holds_nothing(tmp_path: Path) -> None:
    """The worker's place is free again at once."""
    path = tmp_path / "a.png"
    path.write_bytes(png())
    task = PipelineTask(task_id="shop", items=[path])
    for cut_short_at in range(1, 6):
        with trio.CancelScope() as scope:

            async def cancel(scope: trio.CancelScope = scope, turns: int = cut_short_at) -> None:
                for _ in range(turns):
                    await trio.lowlevel.checkpoint()
                scope.cancel()

            async with trio.open_nursery() as nursery:
                nursery.start_soon(cancel)
                await pictures_of(task, seen_on(f"{tmp_path.name}/a.png"), READER)
        assert scope.cancelled_caught
        assert cpu_limiter().borrowed_tokens == 0
