"""NAT-PMP (RFC 6886): the packets by which a host asks its router for its address and for ports.

It is older and simpler than PCP, which says the same in larger packets; routers that speak PCP speak it, too.
"""

from __future__ import annotations

import enum
import ipaddress
import struct
from typing import TypeAlias

from pystatus.errors import RemoteError
from pystatus.nat.ports import Protocol
from pystatus.records import dataclass

PORT = 5351
"""UDP port of a gateway (RFC 6886 §1.1)."""
ANNOUNCEMENT_GROUP = "224.0.0.1"
"""Where a gateway announces that its address has changed, or that it has started anew (RFC 6886 §3.2.1)."""
ANNOUNCEMENT_PORT = 5350
"""UDP port of the announcements, likewise."""
MAX_SIZE = 1_100
"""Bytes of an answer that is looked at: those of RFC 6886 have 8 to 16, those of PCP, which are refused by their
version, at most this many (RFC 6887 §7)."""
EPOCH_SLACK = 2.0
"""Seconds by which the clock of a router may be behind what it has to be, before it counts as started anew (RFC 6886
§3.6)."""

VERSION = 0
_ANSWER = 0x80
_ADDRESS = 0
_OPCODES = {Protocol.UDP: 1, Protocol.TCP: 2}
_PROTOCOLS = {opcode: protocol for protocol, opcode in _OPCODES.items()}
_HEAD = struct.Struct("!BBHI")
_MAP_REQUEST = struct.Struct("!BBHHHI")
_MAPPED = struct.Struct("!HHI")


class Result(enum.IntEnum):
    """Why a router does not do it (RFC 6886 §3.5)."""

    SUCCESS = 0
    UNSUPPORTED_VERSION = 1
    REFUSED = 2
    NO_NETWORK = 3
    FULL = 4
    UNSUPPORTED_OPCODE = 5

    @property
    def words(self) -> str:
        """To go behind the name of a router."""
        return _WORDS[self]


_WORDS = {
    Result.SUCCESS: "has done it",
    Result.UNSUPPORTED_VERSION: "does not speak NAT-PMP",
    Result.REFUSED: "does not open ports by NAT-PMP: switch it on in its settings",
    Result.NO_NETWORK: "has no address on the internet at present",
    Result.FULL: "has no room for more ports",
    Result.UNSUPPORTED_OPCODE: "does not know this request of NAT-PMP",
}


@dataclass(frozen=True, slots=True)
class AddressAnswer:
    """Where the router is, as the internet sees it."""

    epoch: int
    """Seconds since it has started, or has lost its mappings."""
    address: ipaddress.IPv4Address


@dataclass(frozen=True, slots=True)
class MappingAnswer:
    """A port that the router has opened."""

    epoch: int
    protocol: Protocol
    internal_port: int
    external_port: int
    lifetime: int
    """Seconds; 0: it is closed."""


@dataclass(frozen=True, slots=True)
class RefusedAnswer:
    """The router does not do what was asked."""

    epoch: int
    protocol: Protocol | None
    """``None``: it was asked for its address."""
    result: Result


Answer: TypeAlias = AddressAnswer | MappingAnswer | RefusedAnswer


def encode_address_request() -> bytes:
    """Where are you on the internet?"""
    return bytes((VERSION, _ADDRESS))


def encode_mapping_request(protocol: Protocol, internal_port: int, external_port: int, lifetime: int) -> bytes:
    """Open a port, or keep it open.

    :param external_port: the one that is wanted; the router may give another one.
    :param lifetime: seconds; with 0 and an external port of 0 the mapping is closed.
    """
    return _MAP_REQUEST.pack(VERSION, _OPCODES[protocol], 0, internal_port, external_port, lifetime)


def decode_answer(datagram: bytes) -> Answer:
    """What a router answers, or announces. Bytes behind it are ignored, as RFC 6886 leaves them open.

    :raises RemoteError: no answer of NAT-PMP.
    """
    if len(datagram) > MAX_SIZE:
        raise RemoteError(f"answer of {len(datagram)} bytes: at most {MAX_SIZE} are allowed")
    if len(datagram) < _HEAD.size:
        raise RemoteError(f"answer of {len(datagram)} bytes: at least {_HEAD.size} are needed")
    version, opcode, code, epoch = _HEAD.unpack_from(datagram)
    if version != VERSION:
        raise RemoteError(f"answer of version {version}: NAT-PMP has version {VERSION}")
    if not opcode & _ANSWER:
        raise RemoteError("a request instead of an answer")
    asked = opcode & ~_ANSWER
    if asked != _ADDRESS and asked not in _PROTOCOLS:
        raise RemoteError(f"answer to the unknown request {asked}")
    try:
        result = Result(code)
    except ValueError:
        raise RemoteError(f"unknown result {code}") from None
    protocol = _PROTOCOLS.get(asked)
    if result is not Result.SUCCESS:
        return RefusedAnswer(epoch, protocol, result)
    body = datagram[_HEAD.size :]
    if protocol is None:
        if len(body) < 4:
            raise RemoteError("answer without an address")
        return AddressAnswer(epoch, ipaddress.IPv4Address(body[:4]))
    if len(body) < _MAPPED.size:
        raise RemoteError("answer without a port")
    internal, external, lifetime = _MAPPED.unpack_from(body)
    return MappingAnswer(epoch, protocol, internal, external, lifetime)


class EpochWatch:
    """Notices that a router has lost its mappings: its clock shows less than it has to (RFC 6886 §3.6)."""

    __slots__ = ("_at", "_epoch")

    def __init__(self) -> None:
        self._epoch: int | None = None
        self._at = 0.0

    def is_new(self, epoch: int, now: float) -> bool:
        """Whether the router has started anew since it was last heard.

        :param epoch: of an answer.
        :param now: monotonic seconds.
        """
        before, at = self._epoch, self._at
        self._epoch, self._at = epoch, now
        if before is None:
            return False
        # Its clock may run slower than ours by an eighth (RFC 6886 §3.6).
        return epoch < before + 7 / 8 * max(0.0, now - at) - EPOCH_SLACK
