"""Which addresses are public."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copy_that_orch.fetching.addresses import Reach, is_plain_host, reach_of

PRIVATE = ["127.0.0.1", "127.255.255.254", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1", "100.64.0.1"]
FORBIDDEN = [
    "0.0.0.0",
    "169.254.169.254",
    "168.63.129.16",
    "100.100.100.200",
    "192.0.0.192",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
]
PUBLIC = ["1.1.1.1", "8.8.8.8", "93.184.215.14", "172.32.0.1", "100.128.0.1", "192.169.0.1", "11.0.0.1"]
V6 = {
    "::1": Reach.PRIVATE,
    "fc00::1": Reach.PRIVATE,
    "fd12:3456::1": Reach.PRIVATE,
    "::": Reach.FORBIDDEN,
    "fe80::1": Reach.FORBIDDEN,
    "fec0::1": Reach.FORBIDDEN,
    "ff02::1": Reach.FORBIDDEN,
    "fd00:ec2::254": Reach.FORBIDDEN,
    "2001:db8::1": Reach.FORBIDDEN,
    "2001:0:101:101::1": Reach.FORBIDDEN,
    "2606:4700:4700::1111": Reach.PUBLIC,
    "2a00:1450:4001:80e::200e": Reach.PUBLIC,
}


def forms_of(v4: str) -> list[str]:
    """Return the ways to write an IPv4 address, or a tunnel to it, as IPv6."""
    number = int(ipaddress.IPv4Address(v4))
    high, low = f"{number >> 16:x}", f"{number & 0xFFFF:x}"
    return [
        f"::ffff:{v4}",
        f"64:ff9b::{v4}",
        f"64:ff9b:1::{high}:{low}",
        f"2002:{high}:{low}::1",
        f"2a00::5efe:{high}:{low}",
        f"2a00::200:5efe:{high}:{low}",
    ]


@pytest.mark.parametrize("text", PRIVATE)
def test_one_s_own_networks_are_private(text: str) -> None:
    """Loopback, private networks and carrier-grade NAT, in whatever form they are written."""
    assert {form: reach_of(ipaddress.ip_address(form)) for form in [text, *forms_of(text)]} == dict.fromkeys(
        [text, *forms_of(text)], Reach.PRIVATE
    )


@pytest.mark.parametrize("text", FORBIDDEN)
def test_what_serves_no_pictures_is_forbidden(text: str) -> None:
    """Metadata services, multicast, what nobody has; in whatever form they are written."""
    assert {form: reach_of(ipaddress.ip_address(form)) for form in [text, *forms_of(text)]} == dict.fromkeys(
        [text, *forms_of(text)], Reach.FORBIDDEN
    )


@pytest.mark.parametrize("text", PUBLIC)
def test_the_rest_is_public(text: str) -> None:
    """Also neighbours of private networks; and a tunnel to a public address."""
    assert all(reach_of(ipaddress.ip_address(form)) is Reach.PUBLIC for form in [text, *forms_of(text)])


@pytest.mark.parametrize(("text", "reach"), V6.items())
def test_ipv6_has_such_networks_too(text: str, reach: Reach) -> None:
    """Addresses of its own kind, without IPv4 inside."""
    assert reach_of(ipaddress.ip_address(text)) is reach


def test_the_compatible_form_is_looked_into() -> None:
    """An old way to write IPv4 as IPv6, which some systems still take."""
    assert reach_of(ipaddress.ip_address("::7f00:1")) is Reach.PRIVATE


@given(st.ip_addresses())
def test_what_python_calls_private_is_never_public(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> None:
    """Two lists, made apart, agree in the direction that matters."""
    if address.is_private or address.is_loopback or address.is_link_local or address.is_multicast:
        assert reach_of(address) is not Reach.PUBLIC


@pytest.mark.parametrize(
    "host", ["example.com", "example.com.", "127.0.0.1", "::1", "a.b-1.co", "localhost", "1e100.net"]
)
def test_ordinary_hosts_are_plain(host: str) -> None:
    """Names, and addresses in their usual form."""
    assert is_plain_host(host)


@pytest.mark.parametrize(
    "host", ["2130706433", "0x7f000001", "0x7f.1", "127.1", "0177.0.0.1", "127.0.0.1.", "1.2.3.256", "0x", ".", ""]
)
def test_addresses_in_disguise_are_not(host: str) -> None:
    """Decimal, octal, hexadecimal and shortened ones."""
    assert not is_plain_host(host)
