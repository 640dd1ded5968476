"""Routers: NAT-PMP, and UPnP with its XML."""

from __future__ import annotations

import ipaddress
import re
from functools import partial

from pystatus.errors import RemoteError
from pystatus.nat import pmp, upnp
from pystatus.nat.pmp import AddressAnswer, MappingAnswer
from pystatus.nat.ports import Protocol
from pystatus.nat.xml_text import parse_xml
from tests.fuzzing.target import RUNS, Target, each, every
from tests.support import upnp_router
from tests.support.pmp_gateway import PmpGateway

HOST = ipaddress.IPv4Address("192.168.1.1")
LOCATION = f"http://{HOST}:5000/root.xml"
ACTIONS = ("GetExternalIPAddress", "GetSpecificPortMappingEntry")


def _pmp(data: bytes) -> None:
    answer = pmp.decode_answer(data)
    assert 0 <= answer.epoch < 1 << 32
    if isinstance(answer, AddressAnswer):
        assert answer.address.packed == data[8:12]
    if isinstance(answer, MappingAnswer):
        assert data[8:10] == answer.internal_port.to_bytes(2)


def _pmp_seeds() -> list[bytes]:
    gateway = PmpGateway()
    requests = [pmp.encode_address_request()]
    requests += [pmp.encode_mapping_request(one, 30303, 30304, 1_200) for one in Protocol]
    good = [gateway.honest(request) for request in requests]
    gateway.result = 2
    return [*good, *(gateway.honest(request) for request in requests), b"\x02\x80" + bytes(22)]


def _search(data: bytes) -> None:
    location = upnp.decode_location(data, HOST)
    assert re.match(rf"http://{re.escape(str(HOST))}([/:?#].*)?$", location, re.IGNORECASE)


def _url(data: bytes) -> None:
    upnp.check_url(data.decode("latin-1"), HOST)


def _description(data: bytes) -> None:
    for service in upnp.decode_description(data, LOCATION, HOST):
        assert str(HOST) in service.control_url
        headers, body = upnp.encode_action(service, "AddPortMapping", {"NewRemoteHost": service.control_url})
        assert parse_xml(body).all("NewRemoteHost")[0].text == service.control_url
        assert "\r" not in "".join(headers.values())


def _result(data: bytes) -> None:
    def read(action: str) -> None:
        found = upnp.decode_result(data, action)
        every(partial(upnp.read_address, found), partial(upnp.read_entry, found))

    every(*(partial(read, action) for action in ACTIONS), allowed=RemoteError)


def _pages() -> list[bytes]:
    services = "".join(
        upnp_router.ONE_SERVICE.format(kind=kind, url=url)
        for kind, url in ((upnp.SERVICES[1], "/control"), (upnp.SERVICES[2], f"http://{HOST}/ppp"))
    )
    answers = [
        upnp_router.result(ACTIONS[0], NewExternalIPAddress="45.9.0.1"),
        upnp_router.result(ACTIONS[1], NewInternalPort="30303", NewInternalClient="192.168.1.10"),
        upnp_router.fault(714),
        upnp_router.http('<!DOCTYPE a [<!ENTITY b "bb">]><a>&b;</a>'),
    ]
    return [
        upnp_router.DESCRIPTION.format(services=services).encode(),
        *(answer.partition(b"\r\n\r\n")[2] for answer in answers),
    ]


TARGETS = (
    Target("nat-pmp", _pmp, _pmp_seeds, ("nat/pmp.py:decode_answer",)),
    Target(
        "upnp-search",
        each(_search, _url),
        lambda: [
            f"HTTP/1.1 200 OK\r\nST: x\r\nLocation: {LOCATION}\r\n\r\n".encode(),
            b"HTTP/1.1 200 OK\r\nLOCATION: http://user@192.168.1.1/\r\n\r\n",
            LOCATION.encode(),
        ],
        ("nat/upnp.py:decode_location", "nat/upnp.py:check_url"),
    ),
    Target(
        "upnp",
        each(_description, _result, parse_xml),
        _pages,
        (
            "nat/upnp.py:decode_description",
            "nat/upnp.py:decode_result",
            "nat/upnp.py:read_address",
            "nat/upnp.py:read_entry",
            "nat/xml_text.py:_Reader.start",
            "nat/xml_text.py:_Reader.text",
            "nat/xml_text.py:parse_xml",
        ),
        runs=RUNS // 5,
    ),
)
