"""Rendezvous in the form of Status: messages, a server's streams, and what a client reads."""

from __future__ import annotations

from functools import partial

from pystatus.discovery.rendezvous import client
from pystatus.discovery.rendezvous.client import AnswerReader
from pystatus.discovery.rendezvous.messages import (
    Discover,
    DiscoverResponse,
    ItemReader,
    MessageType,
    Register,
    RegisterResponse,
    RemoteIpResponse,
    read_type,
)
from tests.discovery.rendezvous.support import NOW, ip, record, stream
from tests.fuzzing.corpus import hexes
from tests.fuzzing.target import Target, every

SERVER = ip("51.1.1.1")
LONGEST = 4_096


def _messages(data: bytes) -> None:
    kinds = (Register, RegisterResponse, Discover, DiscoverResponse, RemoteIpResponse)
    every(
        *(partial(kind.decode, data) for kind in kinds),
        partial(read_type, data),
        partial(client.check_registered, data),
        partial(client.read_records, data, SERVER),
        partial(client.read_remote_ip, data),
    )


def _items(data: bytes) -> None:
    reader = ItemReader()
    for start in range(0, len(data), 50):
        reader.receive_data(data[start : start + 50])
        while reader.next_item() is not None:
            pass


def _answers(data: bytes) -> None:
    every(*(partial(AnswerReader(kind).receive_data, data) for kind in MessageType))


def _server(data: bytes) -> None:
    """A stream from an address that records may have: as a whole, and byte by byte at the beginning."""
    whole, cut = stream("8.8.8.8"), stream("8.8.8.8")
    every(partial(whole.receive_data, data, NOW), *(partial(cut.receive_data, data[n : n + 1], NOW) for n in range(9)))
    whole.end()


def _requests() -> list[bytes]:
    register = client.register_request("whisper", record(2, "8.8.8.8"))
    return [register, client.discover_request("whisper"), client.remote_ip_request(), register * 2]


def _bodies() -> list[bytes]:
    return [*hexes("rendezvous", longest=LONGEST), *(one[1:] for one in _requests())]


TARGETS = (
    Target(
        "rendezvous-message",
        _messages,
        _bodies,
        tuple(
            f"discovery/rendezvous/{name}"
            for name in (
                "messages.py:Register.decode", "messages.py:RegisterResponse.decode", "messages.py:Discover.decode",
                "messages.py:DiscoverResponse.decode", "messages.py:RemoteIpResponse.decode", "messages.py:read_type",
                "client.py:check_registered", "client.py:read_records", "client.py:read_remote_ip",
            )
        ),
    ),
    Target(
        "rendezvous-answer",
        _answers,
        lambda: [*hexes("rendezvous", longest=LONGEST), *_requests()],
        ("discovery/rendezvous/client.py:AnswerReader.receive_data",),
    ),
    Target(
        "rendezvous-server",
        _server,
        lambda: [*_requests(), *hexes("rendezvous", longest=400)],
        ("discovery/rendezvous/server.py:ServerStream.receive_data",),
    ),
    Target(
        "rendezvous-items",
        _items,
        _requests,
        ("discovery/rendezvous/messages.py:ItemReader.receive_data",),
    ),
)  # fmt: skip
