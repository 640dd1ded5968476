"""What a client says to a Rendezvous server, and what it makes of the answer (overlay.md §4.4, §10.4)."""

from __future__ import annotations

from collections.abc import Iterable

from pystatus.devp2p.enr import NodeRecord
from pystatus.discovery.addresses import IPAddress, may_dial
from pystatus.discovery.rendezvous.messages import (
    MAX_RECORDS,
    MAX_TOPIC_SIZE,
    Discover,
    DiscoverResponse,
    ItemReader,
    MessageType,
    Register,
    RegisterResponse,
    RemoteIp,
    RemoteIpResponse,
    Status,
    read_type,
)
from pystatus.errors import LocalError, RemoteError
from pystatus.records import dataclass
from pystatus.sanitise import one_line

TTL = 10_000_000_000
"""Nanoseconds for which we register (overlay.md §4.4)."""
REGISTRATION_PERIOD = 5.0
"""Seconds between two registrations under a topic (overlay.md §4.4)."""

_MAX_SHOWN = 200
_TOPIC_END = b"\xff"


class RequestRefused(RemoteError):
    """The server understood and said no."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(_refusal(status, message))
        self.status = status


def _refusal(status: int, message: str) -> str:
    known = {known.value: known.name.replace("_", " ").lower() for known in Status}
    name = known.get(status, "of unknown meaning")
    text = f": {one_line(message, _MAX_SHOWN)}" if message else ""
    return f"Rendezvous node answers with status {status}, {name}{text}"


def topic_bytes(topic: str) -> bytes:
    """A topic as it is sent.

    :raises LocalError: no server would take it.
    """
    encoded = topic.encode()
    if not 0 < len(encoded) <= MAX_TOPIC_SIZE or _TOPIC_END in encoded:
        raise LocalError(f"A topic for Rendezvous has 1 to {MAX_TOPIC_SIZE} bytes.")
    return encoded


def register_request(topic: str, record: NodeRecord) -> bytes:
    """Keep our record under a topic for :data:`TTL`."""
    return Register(topic_bytes(topic), record.encoded, TTL).encode()


def discover_request(topic: str) -> bytes:
    """As many records of a topic as a server gives."""
    return Discover(topic_bytes(topic)).encode()


def remote_ip_request() -> bytes:
    """Which address do we come from?"""
    return RemoteIp().encode()


class AnswerReader:
    """The answer to one request: its type, then its body."""

    __slots__ = ("_expected", "_is_expected", "_reader")

    def __init__(self, expected: MessageType) -> None:
        self._expected = expected
        self._is_expected = False
        self._reader = ItemReader()

    def receive_data(self, data: bytes) -> bytes | None:
        """Take bytes, cut in any way: the body once it is complete. What comes behind it is not looked at.

        :raises RemoteError: another type, or too large.
        """
        reader = self._reader
        reader.receive_data(data)
        if not self._is_expected:
            item = reader.next_item()
            if item is None:
                return None
            if (found := read_type(item)) != self._expected:
                raise RemoteError(f"Rendezvous node answers with type {found}, not {self._expected.value}")
            self._is_expected = True
        return reader.next_item()


def check_registered(body: bytes) -> None:
    """What became of a registration.

    :raises RemoteError: malformed; :class:`RequestRefused`: it was refused.
    """
    response = RegisterResponse.decode(body)
    if response.status != Status.OK:
        raise RequestRefused(response.status, response.message)


@dataclass(frozen=True, slots=True)
class Answer:
    """What one server said of a topic."""

    records: tuple[NodeRecord, ...]
    """Those that are signed, say where to dial, and may be dialled; each node once."""
    refused: int
    """Records that are left out: forged, of a node that was named already, or of addresses to which this server cannot
    send us."""


def read_records(body: bytes, server: IPAddress, limit: int = MAX_RECORDS) -> Answer:
    """The records of an answer. One that is wrong costs itself alone, and more than ``limit`` are not looked at.

    :param server: where the answer comes from: it may send us to its own network only (overlay.md §10.3).
    :raises RemoteError: malformed; :class:`RequestRefused`: the server gave no answer.

    Implements: CL-19
    """
    response = DiscoverResponse.decode(body)
    if response.status != Status.OK:
        raise RequestRefused(response.status, response.message)
    found: dict[bytes, NodeRecord] = {}
    refused = len(response.records) - len(response.records[:limit])
    for encoded in response.records[:limit]:
        try:
            record = NodeRecord.decode(encoded)
        except RemoteError:
            refused += 1
            continue
        address = record.address
        if address is None or not record.tcp_port or not may_dial(address, server) or record.node_address in found:
            refused += 1
        else:
            found[record.node_address] = record
    return Answer(tuple(found.values()), refused)


def merge(answers: Iterable[Answer]) -> list[NodeRecord]:
    """What several servers said of one topic: the newest record of each node, those first that most of them named."""
    newest: dict[bytes, NodeRecord] = {}
    named: dict[bytes, int] = {}
    for answer in answers:
        for record in answer.records:
            address = record.node_address
            known = newest.get(address)
            if known is None or record.seq > known.seq:
                newest[address] = record
            named[address] = named.get(address, 0) + 1
    return sorted(newest.values(), key=lambda record: -named[record.node_address])


def read_remote_ip(body: bytes) -> str:
    """The address from which the server sees us, as it writes it. It may say what it likes.

    :raises RemoteError: malformed; :class:`RequestRefused`: the server gave no answer.
    """
    response = RemoteIpResponse.decode(body)
    if response.status != Status.OK:
        raise RequestRefused(response.status, "")
    return response.address
