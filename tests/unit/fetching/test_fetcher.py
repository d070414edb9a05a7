"""URLs, against a hostile server on loopback."""

from __future__ import annotations

import functools
import gzip
import ssl
import sys
import threading
from collections.abc import Awaitable, Callable
from typing import Any

import httpx2
import pytest
import trio
import trustme
from trio.testing import MockClock

from copy_that_orch.fetching import addresses, fetcher
from copy_that_orch.fetching.fetcher import Fetcher, FetchError, Url, is_url, labels_of, resolve
from copy_that_orch.orchestrator.interfaces import label_of

PICTURE = b"\x89PNG and so on"
Serve = Callable[[trio.abc.Stream, bytes], Awaitable[None]]


def ok(body: bytes = PICTURE, *headers: str, length: int | None = None) -> bytes:
    """Return a whole answer."""
    told = len(body) if length is None else length
    return "\r\n".join(["HTTP/1.1 200 OK", f"Content-Length: {told}", *headers, "", ""]).encode() + body


def redirect(location: str, status: int = 302) -> bytes:
    """Return an answer that leads elsewhere."""
    return f"HTTP/1.1 {status} Found\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n".encode()


class Server:
    """Serves on a port of loopback; keeps the heads of the requests that it got."""

    def __init__(self) -> None:
        self.requests: list[str] = []
        self.answer: Serve = self.says(ok())
        self.port = 0
        self.closed = 0

    @staticmethod
    def says(*parts: bytes) -> Serve:
        """Return what sends `parts` and closes."""

        async def serve(stream: trio.abc.Stream, _: bytes) -> None:
            for part in parts:
                await stream.send_all(part)

        return serve

    async def handle(self, stream: trio.abc.Stream) -> None:
        """Read one request and answer it."""
        head = b""
        try:
            while not head.endswith(b"\r\n\r\n") and (part := await stream.receive_some()):
                head += bytes(part)
            self.requests.append(head.decode())
            if head:
                await self.answer(stream, head)
        except (trio.BrokenResourceError, ssl.SSLError):
            pass  # the client has had enough
        finally:
            self.closed += 1
            await trio.aclose_forcefully(stream)


@pytest.fixture
async def server(nursery: trio.Nursery) -> Server:
    """A server without encryption."""
    server = Server()
    (listener,) = await trio.open_tcp_listeners(0, host="127.0.0.1")
    server.port = listener.socket.getsockname()[1]
    nursery.start_soon(trio.serve_listeners, server.handle, [listener])
    return server


def names(*found: str, calls: list[str] | None = None) -> Any:
    """Return a resolver that knows every host under the addresses `found`."""

    async def look_up(host: str, port: int) -> list[str]:
        if calls is not None:
            calls.append(host)
        return list(found)

    return look_up


def local(**settings: Any) -> Fetcher:
    """Return a fetcher for servers on this machine."""
    return Fetcher(**{"allow_private": True, "max_bytes": 1000, **settings})


async def refused(url: str, by: Fetcher | None = None) -> str:
    """Return the sentence with which `url` is refused."""
    with pytest.raises(FetchError) as caught:
        await (by or local()).fetch(url)
    assert "\n" not in str(caught.value)
    return str(caught.value)


async def test_the_body_is_returned(server: Server) -> None:
    """Whatever the server says of its type, and whether or not it says the length."""
    server.answer = server.says(ok(PICTURE, "Content-Type: text/html"))
    assert await local().fetch(f"http://127.0.0.1:{server.port}/a.png#top") == PICTURE
    assert server.requests[0].startswith("GET /a.png HTTP/1.1\r\n")
    server.answer = server.says(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n", PICTURE)
    assert await local().fetch(f"http://127.0.0.1:{server.port}/") == PICTURE
    assert "#top" not in "".join(server.requests)
    assert "Accept-Encoding: identity\r\n" in server.requests[0]


async def test_the_connection_goes_to_the_address_that_was_checked(server: Server) -> None:
    """The name is looked up once; the server is told the name, not the address."""
    calls: list[str] = []
    by = local(resolve=names("127.0.0.1", calls=calls))
    assert await by.fetch(f"http://shop.example:{server.port}/a.png") == PICTURE
    assert calls == ["shop.example"]
    assert f"Host: shop.example:{server.port}\r\n" in server.requests[0]


async def test_a_name_that_changes_its_mind_changes_nothing(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """First a public address, then a private one: the second answer is never asked for."""
    monkeypatch.setattr(addresses, "_PRIVATE", ())  # stands for a public server, which a test has not got
    answers = [["127.0.0.1"], ["169.254.169.254"]]

    async def rebinding(host: str, port: int) -> list[str]:
        return answers.pop(0)

    assert await local(allow_private=False, resolve=rebinding).fetch(f"http://evil.example:{server.port}/") == PICTURE
    assert answers == [["169.254.169.254"]]


@pytest.mark.parametrize(
    ("found", "sentence"),
    [
        (["127.0.0.1"], "leads to the private address 127.0.0.1; to take it all the same: --allow-private"),
        (["93.184.215.14", "10.0.0.1"], "leads to the private address 10.0.0.1; to take it all the same"),
        (["93.184.215.14", "::ffff:169.254.169.254"], "leads to the forbidden address ::ffff:169.254.169.254"),
        ([], "has no address; check it"),
    ],
)
async def test_every_address_of_a_name_is_checked(server: Server, found: list[str], sentence: str) -> None:
    """One that is not public is enough to refuse them all, before anything is sent."""
    told = await refused(f"http://shop.example:{server.port}/", Fetcher(max_bytes=9, resolve=names(*found)))
    assert told.startswith("the host 'shop.example' ")
    assert sentence in told
    assert server.requests == []


async def test_metadata_services_are_out_of_reach_even_then() -> None:
    """What is private may be allowed, what is forbidden may not."""
    assert await refused("http://169.254.169.254/latest/meta-data/") == (
        "the host '169.254.169.254' leads to the forbidden address 169.254.169.254"
    )


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("http://user:secret@example.com/a.png", "it holds a user name or password"),
        ("http://2130706433/", "the host '2130706433' is an address in disguise"),
        ("http://0x7f.1/", "the host '0x7f.1' is an address in disguise"),
        ("http://0177.0.0.1/", "not a valid URL"),
        ("ftp://example.com/", "it leads to 'ftp', not to http or https"),
        ("http:///a.png", "it leads to 'http', not to http or https"),
        ("http://example.com:99999/", "there is no port 99999; check it"),
        ("http://exa\nmple.com/", "not a valid URL"),
        ("http://example.com/\udcff", "not a valid URL"),
    ],
)
async def test_odd_urls_are_refused(url: str, sentence: str) -> None:
    """In one sentence, and without looking anything up."""
    calls: list[str] = []
    assert (await refused(url, local(resolve=names("127.0.0.1", calls=calls)))).startswith(sentence)
    assert calls == []


async def test_redirects_are_followed_and_checked(server: Server) -> None:
    """Relative ones too; one to a metadata service ends there."""
    places = iter([redirect("/b.png"), redirect(f"http://127.0.0.1:{server.port}/c.png", 308), ok()])

    async def next_one(stream: trio.abc.Stream, _: bytes) -> None:
        await stream.send_all(next(places))

    server.answer = next_one
    assert await local().fetch(f"http://127.0.0.1:{server.port}/a.png") == PICTURE
    assert [request.split()[1] for request in server.requests] == ["/a.png", "/b.png", "/c.png"]

    server.answer = server.says(redirect("http://169.254.169.254/latest/meta-data/"))
    assert "forbidden address 169.254.169.254" in await refused(f"http://127.0.0.1:{server.port}/")
    server.answer = server.says(redirect("http://u:p@127.0.0.1/"))
    assert "user name or password" in await refused(f"http://127.0.0.1:{server.port}/")
    server.answer = server.says(redirect("file:///etc/passwd"))
    assert "it leads to 'file'" in await refused(f"http://127.0.0.1:{server.port}/")


async def test_few_redirects_are_followed(server: Server) -> None:
    """A circle ends."""
    server.answer = server.says(redirect("/again"))
    assert await refused(f"http://127.0.0.1:{server.port}/") == (
        "it is redirected more than 5 times; give the URL that it leads to"
    )
    assert len(server.requests) == 6


async def test_a_redirect_without_a_place_is_an_answer(server: Server) -> None:
    """And not one that is wanted."""
    server.answer = server.says(b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n")
    assert await refused(f"http://127.0.0.1:{server.port}/") == "the server answers 302 Found; check the URL"


async def endless(stream: trio.abc.Stream, _: bytes) -> None:
    """Send a body that has no end."""
    await stream.send_all(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    while True:
        await stream.send_all(b"400\r\n" + bytes(1024) + b"\r\n")


async def test_a_body_is_cut_at_the_limit(server: Server) -> None:
    """Told too large, it is not even begun; without an end, it is left."""
    url = f"http://127.0.0.1:{server.port}/"
    server.answer = server.says(ok(length=1001))
    assert await refused(url) == "it has more than the limit of 0.0 MB; make it smaller"
    server.answer = endless
    assert await refused(url) == "it has more than the limit of 0.0 MB; make it smaller"
    server.answer = server.says(ok(bytes(1000)))
    assert await local().fetch(url) == bytes(1000)


async def test_compression_is_refused(server: Server) -> None:
    """It was asked not to compress, and a bomb is never inflated."""
    bomb = gzip.compress(bytes(10_000_000))[:900]
    server.answer = server.says(ok(bomb, "Content-Encoding: gzip"))
    assert (await refused(f"http://127.0.0.1:{server.port}/")).startswith("the server sends it compressed")


@pytest.mark.parametrize(
    "answer",
    [
        ok(length=500),
        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        b"nonsense\r\n\r\n",
        b"",
        b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 40_000,
        b"HTTP/1.1 200 OK\r\nContent-Length: " + b"9" * 5000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"x" * 5000 + b"\r\n\r\n",
    ],
)
async def test_broken_answers_are_one_sentence(server: Server, answer: bytes) -> None:
    """Too short a body, two lengths, what is no HTTP, nothing at all, headers without end."""
    server.answer = server.says(answer)
    told = await refused(f"http://127.0.0.1:{server.port}/")
    assert told.startswith("it cannot be fetched (")
    assert told.endswith("); try again later")
    assert len(told) < 300


async def test_what_a_server_says_of_its_status_is_not_told(server: Server) -> None:
    """It may say anything, and for long; the number has a meaning, if it is a known one."""
    url = f"http://127.0.0.1:{server.port}/"
    for status, sentence in ((404, "404 Not Found"), (799, "799")):
        server.answer = server.says(b"HTTP/1.1 %d %s\r\n\r\n" % (status, b"Call 555 now! " * 99))
        assert await refused(url) == f"the server answers {sentence}; check the URL"


async def test_a_slow_server_is_left_at_the_deadline(server: Server, autojump_clock: MockClock) -> None:
    """However steadily it drips. The connection is closed then."""
    autojump_clock.autojump_threshold = 0.02  # what is under way on loopback arrives first

    async def drip(stream: trio.abc.Stream, _: bytes) -> None:
        await stream.send_all(b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n")
        while True:
            await stream.send_all(b".")
            await trio.sleep(2)

    server.answer = drip
    assert await refused(f"http://127.0.0.1:{server.port}/", local(timeout=5)) == (
        "no complete answer within 5 s; try again later"
    )
    with trio.fail_after(5):
        while not server.closed:  # noqa: ASYNC110 -- the other end of a connection
            await trio.sleep(0.01)


async def test_cancelled_it_leaves_at_once(server: Server) -> None:
    """While it waits for an answer that never comes; nothing is left open."""
    asked = trio.Event()

    async def silence(stream: trio.abc.Stream, _: bytes) -> None:
        asked.set()
        await stream.receive_some()  # until the client goes

    server.answer = silence
    with trio.CancelScope() as scope:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(local().fetch, f"http://127.0.0.1:{server.port}/")
            await asked.wait()
            scope.cancel()
    assert scope.cancelled_caught
    with trio.fail_after(5):
        while not server.closed:  # noqa: ASYNC110 -- as above
            await trio.sleep(0.01)


async def test_the_next_address_is_tried(server: Server) -> None:
    """If nobody listens at the first one; if nobody does at the last one either, that is told."""
    by = local(resolve=names("127.0.0.2", "127.0.0.1"))
    assert await by.fetch(f"http://shop.example:{server.port}/") == PICTURE
    none = local(resolve=names("127.0.0.2", "127.0.0.3"))
    assert (await refused(f"http://shop.example:{server.port}/", none)).startswith("it cannot be fetched (")


async def test_a_host_that_nobody_knows_is_told() -> None:
    """With the system's reason."""

    async def unknown(host: str, port: int) -> list[str]:
        raise OSError(-2, "Name or service not known")

    assert await refused("http://no.example/", local(resolve=unknown)) == (
        "the host 'no.example' cannot be found (Name or service not known); check it"
    )


@pytest.mark.parametrize("host", ["a..b", "a" * 64 + ".example"])
async def test_a_name_that_cannot_be_looked_up_is_told(server: Server, host: str) -> None:
    """With a part that is empty or too long; where a redirect leads there as well."""
    sentence = f"the host {host!r} cannot be found (no host can be called that); check it"
    assert await refused(f"http://{host}/") == sentence
    server.answer = server.says(redirect(f"http://{host}/"))
    assert await refused(f"http://127.0.0.1:{server.port}/") == sentence


async def test_the_system_is_asked_by_default() -> None:
    """It knows this machine."""
    assert await resolve("127.0.0.1", 80) == ["127.0.0.1"]


async def test_encrypted_servers_are_checked_by_name(nursery: trio.Nursery) -> None:
    """The name goes into the handshake and the certificate must be made for it, though an address is connected to."""
    authority = trustme.CA()
    asked: list[str | None] = []
    server_context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("shop.example").configure_cert(server_context)
    server_context.sni_callback = lambda _socket, name, _context: asked.append(name)
    server = Server()
    (listener,) = await trio.open_ssl_over_tcp_listeners(0, server_context, host="127.0.0.1", https_compatible=True)
    assert isinstance(listener.transport_listener, trio.SocketListener)
    server.port = listener.transport_listener.socket.getsockname()[1]
    nursery.start_soon(functools.partial(trio.serve_listeners, server.handle, [listener]))
    trusting = ssl.create_default_context()
    authority.configure_trust(trusting)
    by = local(resolve=names("127.0.0.1"), tls=trusting)

    assert await by.fetch(f"https://shop.example:{server.port}/") == PICTURE
    assert asked == ["shop.example"]
    assert f"Host: shop.example:{server.port}\r\n" in server.requests[0]
    assert "certificate" in (await refused(f"https://other.example:{server.port}/", by)).lower()
    server.answer = server.says(redirect("http://shop.example/"))
    assert await refused(f"https://shop.example:{server.port}/", by) == (
        "it is redirected from https to http; give the URL that it leads to"
    )
    stranger = local(resolve=names("127.0.0.1"))
    assert "certificate" in (await refused(f"https://shop.example:{server.port}/", stranger)).lower()


async def test_authorities_are_read_once(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not for every picture, and not on the event loop, which would stand still meanwhile."""
    read: list[int] = []

    def reading(**_: object) -> ssl.SSLContext:
        read.append(threading.get_ident())
        return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)

    monkeypatch.setattr(httpx2, "create_ssl_context", reading)
    fetcher._authorities.cache_clear()
    for _ in range(2):
        await local().fetch(f"http://127.0.0.1:{server.port}/")
    assert len(read) == 1
    assert read != [threading.get_ident()]
    fetcher._authorities.cache_clear()


async def test_without_the_extra_one_line_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """As for the other extras."""
    monkeypatch.setitem(sys.modules, "httpx2", None)
    assert await refused("http://example.com/") == "not installed: httpx2; run: pip install 'copy_that_orch[http]'"


def test_urls_are_told_from_paths() -> None:
    """By their scheme, in any case of letters."""
    assert [text for text in ("http://a", "HTTPS://a", "httpx", "a/http://b", "ftp://a", "C:/a") if is_url(text)] == [
        "http://a",
        "HTTPS://a",
    ]


@pytest.mark.parametrize(
    ("url", "shown", "name"),
    [
        ("https://me:key@cdn.example/shop/a.png?sig=1#x", "https://cdn.example/shop/a.png", "cdn.example/a.png"),
        ("http://cdn.example:8080", "http://cdn.example:8080", "cdn.example:8080"),
        ("http://cdn.example/?key=1", "http://cdn.example/", "cdn.example"),
    ],
)
def test_what_may_be_a_secret_is_not_told(url: str, shown: str, name: str) -> None:
    """Neither in messages nor in results, nor in what the engine says of an item."""
    assert labels_of(url) == (shown, name)
    assert label_of(Url(url)) == name
    assert Url(url) == url
