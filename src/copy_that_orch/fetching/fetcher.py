"""The bytes behind a URL, from an address that was checked, within limits. Needs the extra `http`."""

from __future__ import annotations

import functools
import ipaddress
import re
import socket
import ssl
from collections.abc import Awaitable, Callable
from http.client import responses
from typing import TYPE_CHECKING, Final, final

import attrs
import trio

from copy_that_orch.fetching.addresses import Reach, is_plain_host, reach_of

if TYPE_CHECKING:
    import httpx2

MAX_REDIRECTS: Final = 5
TIMEOUT: Final = 30.0
"""Seconds for everything that one picture takes: looking up, connecting, redirects, the body."""

_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_LONGEST_REASON: Final = 200
"""Characters of what went wrong on the way that are told: some of it comes from the server."""
_DEFAULT_PORTS: Final = {"http": 80, "https": 443}

Resolve = Callable[[str, int], Awaitable[list[str]]]
"""From host and port to addresses, as texts."""


class FetchError(ValueError):
    """A URL gave no picture. The message says what is wrong and what to do, but not of which URL."""


def is_url(text: str) -> bool:
    """Return whether `text` is meant as a URL that a `Fetcher` takes."""
    return text[:8].lower().startswith(("http://", "https://"))


def labels_of(url: str) -> tuple[str, str]:
    """Return what to call `url` in messages and in results: without user, query and fragment, which may be secrets.

    For `https://me:key@cdn.example/shop/a.png?sig=1` they are `https://cdn.example/shop/a.png` and `cdn.example/a.png`.
    """
    scheme, _, rest = url.partition("://")
    rest = re.split("[?#]", rest, maxsplit=1)[0]
    host, slash, path = rest.partition("/")
    host = host.rpartition("@")[2]
    last = path.rstrip("/").rpartition("/")[2]
    return f"{scheme}://{host}{slash}{path}", f"{host}/{last}" if last else host


class Url(str):
    """A URL as the item of a task; in events and messages it is told by `name`, without what may be a secret."""

    __slots__ = ()

    @property
    def name(self) -> str:
        """Host and last part of the path."""
        return labels_of(self)[1]


async def resolve(host: str, port: int) -> list[str]:
    """Return the addresses of `host` as the system knows them.

    Raises:
      OSError: if it knows none.
    """
    found = await trio.socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(entry[4][0]).partition("%")[0] for entry in found]


@attrs.frozen
class _Hop:
    """One request: a URL that was checked, and the addresses that it leads to."""

    url: httpx2.URL
    host: str
    addresses: tuple[str, ...]


@final
@attrs.frozen(kw_only=True)
class Fetcher:
    """Fetches what is behind http and https URLs.

    A host is looked up once for each request, all its addresses are checked, and the connection goes to one of those:
    a name that means something else a moment later changes nothing. Each redirect is checked in the same way.
    Proxies and credentials of the environment are not used.

    Attributes:
      allow_private: Also take addresses of this machine and its own networks; never those of `Reach.FORBIDDEN`.
      max_bytes: Largest body that is taken.
      timeout: Seconds for everything.
      resolve: Looks hosts up.
      tls: Checks certificates; None: by the authorities that httpx2 knows.
    """

    allow_private: bool = False
    max_bytes: int = attrs.field(validator=attrs.validators.gt(0))
    timeout: float = attrs.field(default=TIMEOUT, validator=attrs.validators.gt(0))
    resolve: Resolve = attrs.field(default=resolve, repr=False)
    tls: ssl.SSLContext | None = attrs.field(default=None, repr=False)

    async def fetch(self, url: str) -> bytes:
        """Return the body that `url` leads to; what it says of its type is not looked at.

        Raises:
          FetchError: if that cannot be done.
        """
        try:
            import httpx2  # noqa: PLC0415 -- only who fetches needs the extra
        except ImportError:
            raise FetchError("not installed: httpx2; run: pip install 'copy_that_orch[http]'") from None
        try:
            with trio.fail_after(self.timeout):
                return await self._follow(httpx2.URL(url))
        except trio.TooSlowError:
            raise FetchError(f"no complete answer within {self.timeout:g} s; try again later") from None
        except (httpx2.InvalidURL, UnicodeEncodeError) as error:
            raise FetchError(f"not a valid URL ({error}); check it") from None
        except httpx2.TransportError as error:
            raise FetchError(f"{_in_words(error)}; try again later") from error

    async def _follow(self, url: httpx2.URL) -> bytes:
        for _ in range(MAX_REDIRECTS + 1):
            hop = await self._checked(url)
            answer = await self._from_any(hop)
            if isinstance(answer, bytes):
                return answer
            following = hop.url.join(answer)
            if hop.url.scheme == "https" and following.scheme == "http":
                raise FetchError("it is redirected from https to http; give the URL that it leads to")
            url = following
        raise FetchError(f"it is redirected more than {MAX_REDIRECTS} times; give the URL that it leads to")

    async def _checked(self, url: httpx2.URL) -> _Hop:
        """Return what to ask, and at which addresses, or refuse."""
        if url.scheme not in _DEFAULT_PORTS or not url.host:
            raise FetchError(f"it leads to {str(url.scheme) or 'no scheme'!r}, not to http or https; check it")
        if not 0 < (url.port or 1) < 65536:
            raise FetchError(f"there is no port {url.port}; check it")
        if url.userinfo:
            raise FetchError("it holds a user name or password, which would end up in logs; remove them")
        host = url.raw_host.decode("ascii").removeprefix("[").removesuffix("]")
        if not is_plain_host(host):
            raise FetchError(f"the host {host!r} is an address in disguise; write it in its usual form")
        try:
            found = await self.resolve(host, url.port or _DEFAULT_PORTS[url.scheme])
        except OSError as error:
            raise FetchError(f"the host {host!r} cannot be found ({error.strerror}); check it") from error
        except UnicodeError as error:  # it has a part that is empty, or longer than names may have
            raise FetchError(f"the host {host!r} cannot be found (no host can be called that); check it") from error
        for text in found:
            reach = reach_of(ipaddress.ip_address(text))
            if reach is Reach.FORBIDDEN or (reach is Reach.PRIVATE and not self.allow_private):
                hint = "; to take it all the same: --allow-private" if reach is Reach.PRIVATE else ""
                raise FetchError(f"the host {host!r} leads to the {reach.value} address {text}{hint}")
        if not found:
            raise FetchError(f"the host {host!r} has no address; check it")
        return _Hop(url.copy_with(fragment=None), host, tuple(dict.fromkeys(found)))

    async def _from_any(self, hop: _Hop) -> bytes | str:
        """Ask the first address that can be connected to; return the body, or where it is to be found."""
        import httpx2  # noqa: PLC0415 -- as above

        tls = self.tls
        if tls is None:
            tls = await trio.to_thread.run_sync(_authorities)
        async with httpx2.AsyncHTTPTransport(verify=tls, trust_env=False) as transport:
            for address in hop.addresses[:-1]:
                try:
                    return await self._ask(transport, hop, address)
                except httpx2.ConnectError:
                    continue
            return await self._ask(transport, hop, hop.addresses[-1])

    async def _ask(self, transport: httpx2.AsyncHTTPTransport, hop: _Hop, address: str) -> bytes | str:
        import httpx2  # noqa: PLC0415 -- as above

        request = httpx2.Request(
            "GET",
            hop.url.copy_with(host=address),
            headers={
                "Host": hop.url.netloc.decode("ascii"),
                "Accept": "image/png, image/webp, image/jpeg, image/gif;q=0.9",
                "Accept-Encoding": "identity",
                "User-Agent": "copy_that_orch",
            },
            extensions={"sni_hostname": hop.host},
        )
        response = await transport.handle_async_request(request)
        try:
            if response.status_code in _REDIRECTS and "Location" in response.headers:
                return response.headers["Location"]
            return await self._body(response)
        finally:
            await response.aclose()

    async def _body(self, response: httpx2.Response) -> bytes:
        if response.status_code != 200:
            answer = f"{response.status_code} {responses.get(response.status_code, '')}".strip()
            raise FetchError(f"the server answers {answer}; check the URL")
        if response.headers.get("Content-Encoding", "identity").lower() != "identity":
            raise FetchError("the server sends it compressed, though asked not to; save it as a file instead")
        told = response.headers.get("Content-Length", "")
        if told.isdecimal() and int(told) > self.max_bytes:
            raise FetchError(self._too_large())
        parts: list[bytes] = []
        size = 0
        with trio.CancelScope() as enough:
            async for part in response.aiter_raw():
                size += len(part)
                if size > self.max_bytes:
                    # Not `break`, which would leave generators behind, one inside the other, for the garbage collector.
                    enough.cancel(reason="the body is too large")
                else:
                    parts.append(part)
        if size > self.max_bytes:
            raise FetchError(self._too_large())
        return b"".join(parts)

    def _too_large(self) -> str:
        return f"it has more than the limit of {self.max_bytes / 1e6:,.1f} MB; make it smaller"


@functools.cache
def _authorities() -> ssl.SSLContext:
    """Return what checks certificates by the authorities that httpx2 knows; reading them takes some 250 ms."""
    import httpx2  # noqa: PLC0415 -- as above

    return httpx2.create_ssl_context(trust_env=False)


def _in_words(error: httpx2.TransportError) -> str:
    """Return what went wrong on the way, in one line: what was said first, and deepest, where the rest says nothing."""
    said = type(error).__name__
    cause: BaseException | None = error
    while cause is not None:
        said = " ".join(str(cause).split()) or said
        cause = cause.__cause__ or cause.__context__
    return f"it cannot be fetched ({said if len(said) <= _LONGEST_REASON else said[:_LONGEST_REASON] + '...'})"
