"""Which addresses a URL may lead to.

The lists are written out, because those of `ipaddress` differ between patch releases of Python and none of them knows
the metadata services of clouds.

Sources: IANA IPv4 and IPv6 Special-Purpose Address Registries (RFC 6890 and what has been added since); RFC 4291 2.5.5
(IPv4 in IPv6), RFC 3056 (6to4), RFC 6052 and 8215 (NAT64), RFC 5214 (ISATAP).
"""

from __future__ import annotations

import enum
import ipaddress
import re
from collections.abc import Iterator
from typing import Final

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class Reach(enum.Enum):
    """Who may be behind an address."""

    PUBLIC = "public"
    PRIVATE = "private"
    """This machine or its own network; let through only if the user says so."""
    FORBIDDEN = "forbidden"
    """Nobody who serves pictures: link-local with the metadata services of clouds, multicast, unassigned."""


_FORBIDDEN: Final = tuple(
    ipaddress.ip_network(network)
    for network in (
        "0.0.0.0/8",  # "this host"
        "169.254.0.0/16",  # link-local; metadata of AWS, Google, Azure, ...
        "168.63.129.16/32",  # Azure's own services for its machines
        "100.100.100.200/32",  # metadata of Alibaba
        "192.0.0.0/24",  # protocol assignments; metadata of Oracle
        "192.0.2.0/24",  # documentation
        "198.51.100.0/24",
        "203.0.113.0/24",
        "192.88.99.0/24",  # 6to4 relays, no longer in use
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, and broadcast
        "::/128",
        "100::/64",  # discard
        "2001::/23",  # protocol assignments, Teredo among them
        "2001:db8::/32",  # documentation
        "3fff::/20",
        "5f00::/16",  # segment routing
        "fe80::/10",  # link-local
        "fec0::/10",  # site-local, no longer in use
        "fd00:ec2::254/128",  # metadata of AWS
        "ff00::/8",  # multicast
    )
)
_PRIVATE: Final = tuple(
    ipaddress.ip_network(network)
    for network in (
        "10.0.0.0/8",
        "100.64.0.0/10",  # carrier-grade NAT
        "127.0.0.0/8",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "198.18.0.0/15",  # benchmarks of network devices
        "::1/128",
        "fc00::/7",  # unique local
    )
)
_NAT64: Final = (ipaddress.IPv6Network("64:ff9b::/96"), ipaddress.IPv6Network("64:ff9b:1::/48"))
_COMPATIBLE: Final = ipaddress.IPv6Network("::/96")
_ISATAP: Final = (0x00005EFE, 0x02005EFE)


def reach_of(address: Address) -> Reach:
    """Return who may be behind `address`: the worst that it, or an IPv4 address inside it, can mean."""
    reaches = {_reach_of_one(one) for one in (address, *_inside(address))}
    return next(reach for reach in (Reach.FORBIDDEN, Reach.PRIVATE, Reach.PUBLIC) if reach in reaches)


def _reach_of_one(address: Address) -> Reach:
    if any(address in network for network in _FORBIDDEN):
        return Reach.FORBIDDEN
    return Reach.PRIVATE if any(address in network for network in _PRIVATE) else Reach.PUBLIC


def _inside(address: Address) -> Iterator[ipaddress.IPv4Address]:
    """Yield the IPv4 addresses that an IPv6 address is another way to write, or that it is tunnelled to."""
    if isinstance(address, ipaddress.IPv4Address):
        return
    last = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    if address.ipv4_mapped is not None:
        yield address.ipv4_mapped
    if address.sixtofour is not None:
        yield address.sixtofour
    if any(address in network for network in _NAT64) or int(address) >> 32 & 0xFFFFFFFF in _ISATAP:
        yield last
    if address in _COMPATIBLE and int(address) > 1:
        yield last


def is_plain_host(host: str) -> bool:
    """Return whether `host` is an address in its usual form, or a name that no system takes for an address.

    `2130706433`, `0x7f.1`, `127.1` and `0177.0.0.1` are all 127.0.0.1 to some, and nothing that a person writes.

    Source:
      WHATWG URL Standard, "ends in a number checker", https://url.spec.whatwg.org/#ends-in-a-number-checker
    """
    try:
        ipaddress.ip_address(host)
    except ValueError:
        last = host.removesuffix(".").rpartition(".")[2]
        return bool(last) and not re.fullmatch(r"[0-9]+|0x[0-9a-f]*", last, re.IGNORECASE)
    return True
