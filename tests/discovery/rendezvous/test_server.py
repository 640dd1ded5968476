"""Streams of a server as conversations; the vectors have what each request is answered."""

from __future__ import annotations

import os

import pytest

from pystatus.discovery.rendezvous.messages import Discover, Register, RegisterResponse, RemoteIp, Status
from pystatus.discovery.rendezvous.registry import Registry
from pystatus.discovery.rendezvous.server import REQUEST_BURST, REQUESTS_PER_SECOND, ServerStream, TooManyRequests
from pystatus.errors import RemoteError
from pystatus.wire import rlp
from tests.discovery.rendezvous.support import NOW, SECOND, connection, record, stream

DISCOVER = Discover(b"whisper").encode()


def test_a_wrong_body_does_not_end_the_stream() -> None:
    server = stream("1.2.3.4")
    assert server.receive_data(b"\x01\xc0" + DISCOVER, NOW) == bytes.fromhex("02c2688004c38080c0")
    assert not server.is_over
    assert server.end() == b""
    assert server.is_over


def test_where_the_next_request_begins_nobody_knows() -> None:
    server = stream("1.2.3.4")
    answer = server.receive_data(b"\x03" + bytes.fromhex("ff4000000000000000") + DISCOVER, NOW)
    assert answer == bytes.fromhex("04c36880c0")
    assert server.is_over
    assert server.receive_data(DISCOVER, NOW) == b""
    assert server.end() == b""


def test_what_is_refused_though_the_reference_would_not_has_a_reason() -> None:
    server = stream("1.2.3.4")
    answer = server.receive_data(Register(b"whisper", record(1, "9.9.9.9").encoded, SECOND).encode(), NOW)
    refused = RegisterResponse.decode(answer[1:])
    assert refused.status == Status.NOT_AUTHORIZED
    assert "does not come from" in refused.message


def test_whoever_asks_is_told_its_address_only_where_the_operator_wants_it() -> None:
    """v0.64.0 resets the stream."""
    server = ServerStream(connection("1.2.3.4", tells_address=True))
    assert (
        server.receive_data(RemoteIp().encode() + DISCOVER, NOW) == b"\x06\xc9\x80\x871.2.3.4" + b"\x04\xc3\x80\x80\xc0"
    )
    with pytest.raises(RemoteError, match="unknown type 5"):
        stream("1.2.3.4").receive_data(RemoteIp().encode(), NOW)


def test_requests_of_one_connection_are_counted() -> None:
    """On however many streams."""
    client = connection("1.2.3.4")
    for _ in range(int(REQUEST_BURST)):
        ServerStream(client).receive_data(DISCOVER, NOW)
    with pytest.raises(TooManyRequests):
        ServerStream(client).receive_data(DISCOVER, NOW)
    ServerStream(client).receive_data(DISCOVER, NOW + 1 / REQUESTS_PER_SECOND)
    assert client.counters.answered == {("discover", Status.OK): REQUEST_BURST + 1}


def test_very_many_requests_at_once() -> None:
    server = stream("1.2.3.4")
    with pytest.raises(TooManyRequests):
        server.receive_data(DISCOVER * 10_000, NOW)


def test_counters() -> None:
    registry = Registry(os.urandom)
    client = connection("1.2.3.4", registry, tells_address=True)
    server = ServerStream(client)
    server.receive_data(Register(b"whisper", record(1, "1.2.3.4").encoded, SECOND).encode(), NOW)
    server.receive_data(DISCOVER + RemoteIp().encode() + b"\x03\x80", NOW)
    assert client.counters.answered == {
        ("register", 0): 1, ("discover", 0): 1, ("remote_ip", 0): 1, ("discover", 104): 1,
    }  # fmt: skip
    assert client.counters.records_out == 1


@pytest.mark.parametrize("size", [0, 1, 63, 65])
def test_signatures_of_another_size_are_none(size: int) -> None:
    _, *content = rlp.as_list(rlp.decode(record(1, "1.2.3.4").encoded))
    forged = rlp.encode([bytes(size), *content])
    answer = stream("1.2.3.4").receive_data(Register(b"whisper", forged, SECOND).encode(), NOW)
    assert RegisterResponse.decode(answer[1:]).status in (Status.INVALID_RECORD, Status.INVALID_CONTENT)
