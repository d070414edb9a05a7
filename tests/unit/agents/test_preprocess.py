"""PREPROCESS: from a file to pixels, or one sentence."""

from __future__ import annotations

import contextlib
import io
import os
import pickle
import signal
import socket
import threading
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import numpy as np
import pytest
import trio
from PIL import Image
from trio.testing import MockClock

from copy_that_orch.agents.offload import cpu_limiter
from copy_that_orch.agents.preprocess import PreprocessAgent, _trouble
from copy_that_orch.orchestrator.errors import PreprocessingError
from copy_that_orch.orchestrator.interfaces import PipelineTask, label_of

TASK: PipelineTask[object] = PipelineTask(task_id="shop", items=())


def png(size: tuple[int, int] = (6, 4)) -> bytes:
    """Return a small picture as a file."""
    file = io.BytesIO()
    Image.new("RGB", size, "teal").save(file, "PNG")
    return file.getvalue()


async def refused(item: object, agent: PreprocessAgent | None = None) -> str:
    """Return the sentence with which `item` is refused."""
    with pytest.raises(PreprocessingError) as caught:
        await (agent or PreprocessAgent()).process(TASK, item)  # type: ignore[arg-type]
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize("as_text", [True, False])
async def test_a_file_becomes_a_screenshot(tmp_path: Path, as_text: bool) -> None:
    """A path, as text or not, gives pixels, named by its last two parts."""
    path = tmp_path / "shots" / "login.txt"  # the content tells the format, not the name
    path.parent.mkdir()
    path.write_bytes(png())

    screenshot = await PreprocessAgent().process(TASK, str(path) if as_text else path)

    assert (screenshot.name, screenshot.width, screenshot.height) == ("shots/login.txt", 6, 4)
    assert label_of(screenshot) == "shots/login.txt"


async def test_bytes_become_a_screenshot() -> None:
    """Bytes have no name, so their digest names them."""
    screenshot = await PreprocessAgent(scale=2).process(TASK, png())

    assert screenshot.name == f"bytes {screenshot.digest[:12]}"
    assert screenshot.scale == 2


async def test_what_a_screenshot_will_be_is_told_by_its_bytes(tmp_path: Path) -> None:
    """Before it is decoded, and the same: under every name, but for one that says how large a pixel is."""
    for name in ("a.png", "b.png", "b@2x.png"):
        (tmp_path / name).write_bytes(png())
    (tmp_path / "c.png").write_bytes(png((7, 4)))
    told = {}
    for name in ("a.png", "b.png", "b@2x.png", "c.png"):
        foretold = await PreprocessAgent().foretell(TASK, tmp_path / name)
        assert foretold is not None
        screenshot = await PreprocessAgent().process(TASK, tmp_path / name)
        assert (foretold.fingerprint, foretold.name) == (screenshot.fingerprint, screenshot.name)
        told[name] = foretold.fingerprint
    assert told["a.png"] == told["b.png"]
    assert len(set(told.values())) == 3
    with_scale = await PreprocessAgent(scale=2).foretell(TASK, png())
    without = await PreprocessAgent().foretell(TASK, png())
    assert with_scale is not None
    assert without is not None
    assert with_scale.fingerprint != told["a.png"] == without.fingerprint
    with pytest.raises(PreprocessingError, match="no such file"):
        await PreprocessAgent().foretell(TASK, tmp_path / "no.png")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "the file is empty; save the screenshot again"),
        (b"Hello", "not an image this reads (starts with 48 65 6c 6c: plain text); give a PNG, JPEG, WebP or GIF"),
        (b"<svg xmlns='x'/>", "not an image this reads (starts with 3c 73 76 67: SVG); give a PNG, JPEG, WebP or GIF"),
        (png()[:-20], "the PNG is cut off; save or copy it again"),
    ],
)
async def test_bad_content_is_one_sentence(tmp_path: Path, content: bytes, sentence: str) -> None:
    """What happened, to what file, what to do."""
    path = tmp_path / "login.png"
    path.write_bytes(content)

    assert await refused(path) == f"{path}: {sentence}"


async def test_bad_bytes_are_told_by_their_digest() -> None:
    """Without a file there is still something to tell them by."""
    assert await refused(b"Hello") == (
        "bytes 185f8db32271: not an image this reads (starts with 48 65 6c 6c: plain text); "
        "give a PNG, JPEG, WebP or GIF"
    )


async def test_what_is_no_file_is_one_sentence(tmp_path: Path) -> None:
    """A missing file, a folder, a pipe and a path that no file can have are told apart; none of them hangs."""
    pipe = tmp_path / "pipe.png"
    os.mkfifo(pipe)

    assert await refused(tmp_path / "no.png") == f"{tmp_path}/no.png: no such file; check the path"
    assert await refused(tmp_path) == f"{tmp_path}: a folder, not an image; give the images in it"
    assert await refused(pipe) == f"{pipe}: not a regular file; give a PNG, JPEG, WebP or GIF"
    assert await refused("") == "an empty path: no such file; check the path"
    assert await refused("a\0b.png") == "a\\x00b.png: it cannot be read (embedded null byte); check the path"
    assert await refused("x" * 300) == f"{'x' * 300}: it cannot be read (File name too long); check the path"


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (PermissionError(13, "Permission denied"), "it may not be read; change its permissions"),
        (OSError(5, "Input/output error"), "it cannot be read (Input/output error); check the path"),
    ],
)
def test_what_a_disk_says_becomes_a_sentence(error: OSError, sentence: str) -> None:
    """Errors that a test cannot provoke for every user are put in words too."""
    assert _trouble(error) == sentence


async def test_a_name_cannot_steer_the_terminal(tmp_path: Path) -> None:
    """Control characters of a file name are escaped, in the sentence and in the screenshot's name."""
    path = tmp_path / "a\x1b[31m\nb.png"
    path.write_bytes(png())

    screenshot = await PreprocessAgent().process(TASK, path)
    path.write_bytes(b"")

    assert screenshot.name.endswith("/a\\x1b[31m\\nb.png")
    assert await refused(path) == f"{tmp_path}/a\\x1b[31m\\nb.png: the file is empty; save the screenshot again"


def crashes(*_: object) -> None:
    """End the process as a decoder that crashes does."""
    os.kill(os.getpid(), signal.SIGSEGV)


def leaves(*_: object) -> None:
    """End the process as one does that cannot work."""
    os._exit(7)


@pytest.mark.parametrize(
    ("dies", "told"),
    [
        (crashes, "the worker process was ended by SIGSEGV; the file may be made to do harm"),
        (leaves, "the worker process ended with status 7 and no answer; try it alone, or install again"),
    ],
)
async def test_a_file_that_ends_its_process_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, dies: Callable[..., None], told: str
) -> None:
    """A decoder that crashes takes its own process with it, and no more."""
    path = tmp_path / "login.png"
    path.write_bytes(png())
    with monkeypatch.context() as patch:
        patch.setattr(PreprocessAgent, "_prepared", staticmethod(dies))
        sentence = await refused(path)

    assert sentence == f"{path}: {told}"
    assert (await PreprocessAgent().process(TASK, path)).width == 6


async def test_limits_hold(tmp_path: Path) -> None:
    """Too many bytes are not read, too many pixels not decoded."""
    path = tmp_path / "big.png"
    path.write_bytes(png((50, 40)))
    size = path.stat().st_size

    assert await refused(path, PreprocessAgent(max_bytes=size - 1)) == (
        f"{path}: 0.0 MB are more than the limit of 0.0 MB; make it smaller"
    )
    assert await refused(path, PreprocessAgent(max_pixels=1999)) == (
        f"{path}: 50 x 40 pixels are more than the limit of 1,999; cut the picture into parts"
    )
    assert (await PreprocessAgent(max_bytes=size, max_pixels=2000).process(TASK, path)).width == 50


async def test_the_event_loop_goes_on_while_a_picture_is_decoded() -> None:
    """A Trio task that only takes turns gets many of them meanwhile."""
    noise = np.random.default_rng(1).integers(0, 256, (1500, 1500, 3), np.uint8)
    file = io.BytesIO()
    Image.fromarray(noise).save(file, "PNG", compress_level=1)
    beats = 0

    async def heartbeat() -> None:
        nonlocal beats
        while True:
            beats += 1
            await trio.lowlevel.checkpoint()

    async with trio.open_nursery() as nursery:
        nursery.start_soon(heartbeat)
        await PreprocessAgent().process(TASK, file.getvalue())
        nursery.cancel_scope.cancel()

    assert beats > 50


async def test_cancelled_while_a_drive_hangs_it_leaves_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, autojump_clock: MockClock
) -> None:
    """The thread that reads is left behind; nothing else is held."""
    started, release = threading.Event(), threading.Event()

    def hang(*_: object) -> bytes:
        started.set()
        release.wait(timeout=60)
        return b""

    async def read(scope: trio.CancelScope) -> None:
        with scope:
            await PreprocessAgent().process(TASK, tmp_path / "a.png")

    monkeypatch.setattr("copy_that_orch.agents.preprocess._read", hang)
    scope = trio.CancelScope()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(read, scope)
        await trio.to_thread.run_sync(started.wait)
        scope.cancel()
    assert scope.cancelled_caught
    assert not release.is_set()
    assert trio.current_time() == 0
    assert cpu_limiter().borrowed_tokens == 0
    release.set()


def test_settings_are_checked_and_told() -> None:
    """A limit below 1 is refused, and the fingerprint tells the settings."""
    assert PreprocessAgent(scale=2.0).fingerprint == (
        "preprocess.image@1(scale=2.0, max_bytes=50000000, max_pixels=50000000)"
    )
    with pytest.raises(ValueError, match="max_bytes"):
        PreprocessAgent(max_bytes=0)


def test_sockets_are_not_images(tmp_path: Path) -> None:
    """Anything that is not a regular file is refused without opening it."""
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "s"))
        sentence = trio.run(refused, tmp_path / "s")

    assert "not a regular file" in sentence


@contextlib.asynccontextmanager
async def served() -> AsyncIterator[tuple[str, list[bytes]]]:
    """Serve a small picture; yield the host, and the requests as they come."""
    requests: list[bytes] = []

    async def serve(stream: trio.SocketStream) -> None:
        requests.append(await stream.receive_some())
        body = png()
        await stream.send_all(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body)

    async with trio.open_nursery() as nursery:
        (listener,) = await trio.open_tcp_listeners(0, host="127.0.0.1")
        nursery.start_soon(trio.serve_listeners, serve, [listener])
        yield f"127.0.0.1:{listener.socket.getsockname()[1]}", requests
        nursery.cancel_scope.cancel()


async def test_a_url_is_read_like_a_file() -> None:
    """Its content tells the format; it is fetched once, and named by its host and the last part of its path."""
    async with served() as (host, requests):
        url = f"http://{host}/shots/login.png?key=1"

        assert await PreprocessAgent(allow_private=True).foretell(TASK, url) is None
        screenshot = await PreprocessAgent(allow_private=True).process(TASK, url)

        assert (screenshot.name, screenshot.width) == (f"{host}/login.png", 6)
        assert len(requests) == 1
        assert await refused(url) == (
            f"http://{host}/shots/login.png: the host '127.0.0.1' leads to the private address 127.0.0.1; "
            "to take it all the same: --allow-private"
        )
        assert len(requests) == 1


async def test_what_was_fetched_is_kept_to_be_read_again_where_that_is_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once, and the newest as far as there is room; the same URL in another task is fetched anew. Files are read."""
    path = tmp_path / "a.png"
    path.write_bytes(png())
    agent = PreprocessAgent(allow_private=True, keep_fetched=True)
    async with served() as (host, requests):
        urls = [f"http://{host}/{name}.png" for name in "abc"]

        async def read_again(*items: str | Path) -> list[int]:
            """Return how many requests each takes."""
            before, taken = len(requests), []
            for item in items:
                assert (await agent.read_again(item)).data == png()
                taken.append(len(requests) - before)
                before = len(requests)
            return taken

        for _ in range(2):
            await agent.process(TASK, urls[0])
        await agent.process(TASK, path)
        assert len(requests) == 2
        assert await read_again(urls[0], urls[0], path) == [0, 1, 0]
        monkeypatch.setattr("copy_that_orch.agents.preprocess.KEPT_BYTES", 2 * len(png()))
        for url in urls:
            await agent.process(TASK, url)
        assert await read_again(*urls) == [1, 0, 0]
        agent = PreprocessAgent(allow_private=True)
        await agent.process(TASK, urls[0])
        assert await read_again(urls[0]) == [1]
