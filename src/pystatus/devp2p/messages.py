"""The messages of the base protocol (overlay.md §2.6)."""

from __future__ import annotations

from enum import IntEnum, unique

from pystatus.devp2p.capabilities import Capability
from pystatus.errors import RemoteError
from pystatus.records import dataclass
from pystatus.wire import rlp

BASE_PROTOCOL_VERSION = 5
"""The version that we announce: RLPx with Snappy."""
MIN_BASE_PROTOCOL_VERSION = 4
"""The oldest version that spoke RLPx as we know it. Newer ones than ours are accepted, as EIP-8 asks."""
NODE_ID_SIZE = 64
MAX_HELLO_SIZE = 2048
"""Bytes of the first message's payload (overlay.md §2.6)."""
MAX_BASE_MESSAGE_SIZE = 2048
"""Bytes of any other message of the base protocol: those that exist have fewer than ten (overlay.md §2.6)."""
MAX_CAPABILITIES = 64
"""Capabilities in one Hello (overlay.md §10.1, hardened). Real nodes announce fewer than ten."""
MAX_CAPABILITY_NAME = 8
"""ASCII characters of a capability's name (devp2p, overlay.md §10.1)."""
MAX_CLIENT_ID_SIZE = 256
"""Bytes of the client id (overlay.md §10.1, hardened)."""


@unique
class MessageId(IntEnum):
    """Ids of the base protocol; 4 to 15 are reserved and ignored."""

    HELLO = 0x00
    DISCONNECT = 0x01
    PING = 0x02
    PONG = 0x03


@unique
class DisconnectReason(IntEnum):
    """Why a connection ends."""

    REQUESTED = 0x00
    NETWORK_ERROR = 0x01
    BREACH_OF_PROTOCOL = 0x02
    USELESS_PEER = 0x03
    TOO_MANY_PEERS = 0x04
    ALREADY_CONNECTED = 0x05
    INCOMPATIBLE_VERSION = 0x06
    INVALID_IDENTITY = 0x07
    CLIENT_QUITTING = 0x08
    UNEXPECTED_IDENTITY = 0x09
    SELF = 0x0A
    READ_TIMEOUT = 0x0B
    SUBPROTOCOL_ERROR = 0x10


def reason_text(reason: int) -> str:
    """``reason`` in words; an unknown number is named as such."""
    try:
        return DisconnectReason(reason).name.lower().replace("_", " ")
    except ValueError:
        return f"unknown reason {reason:#04x}"


class HelloError(RemoteError):
    """A Hello that deserves an answer: the connection ends with a Disconnect of this reason."""

    def __init__(self, reason: DisconnectReason, message: str) -> None:
        super().__init__(message)
        self.reason = reason


EMPTY_PAYLOAD = rlp.EMPTY_LIST
"""Payload of Ping and Pong."""


@dataclass(frozen=True, slots=True)
class Hello:
    """Who a node is and what it speaks: the first message in both directions.

    ``client_id`` is whatever the peer likes to say; it is not cleaned here. ``node_id`` is 64 bytes X ‖ Y.
    """

    version: int
    client_id: str
    capabilities: tuple[Capability, ...]
    listen_port: int
    node_id: bytes

    def encode(self) -> bytes:
        """The payload: an RLP list."""
        capabilities: list[rlp.Encodable] = [[c.name.encode("ascii"), c.version] for c in sorted(self.capabilities)]
        return rlp.encode([self.version, self.client_id.encode(), capabilities, self.listen_port, self.node_id])

    @classmethod
    def decode(cls, payload: bytes) -> Hello:
        """Read a Hello. Further list elements are ignored (EIP-8).

        :raises HelloError: well-formed, but we do not talk to such a node.
        :raises RemoteError: not a Hello.
        """
        fields = rlp.as_list(rlp.decode(payload))
        if len(fields) < 5:
            raise RemoteError(f"Hello has {len(fields)} fields where 5 are needed")
        version = rlp.as_int(fields[0])
        client_id = rlp.as_bytes(fields[1])
        if len(client_id) > MAX_CLIENT_ID_SIZE:
            raise RemoteError(f"client id of {len(client_id)} bytes in a Hello")
        capabilities = rlp.as_list(fields[2])
        if len(capabilities) > MAX_CAPABILITIES:
            raise HelloError(DisconnectReason.BREACH_OF_PROTOCOL, f"Hello announces {len(capabilities)} capabilities")
        node_id = rlp.as_bytes(fields[4])
        hello = cls(
            version,
            client_id.decode("utf-8", "replace"),
            tuple(_capability(item) for item in capabilities),
            rlp.as_int(fields[3]),
            node_id,
        )
        if version < MIN_BASE_PROTOCOL_VERSION:
            raise HelloError(DisconnectReason.INCOMPATIBLE_VERSION, f"peer speaks version {version} of devp2p")
        if len(node_id) != NODE_ID_SIZE or not any(node_id):
            raise HelloError(DisconnectReason.INVALID_IDENTITY, "Hello carries no valid node id")
        return hello


def _capability(item: rlp.Item) -> Capability:
    name_item, version = rlp.as_list(item, 2)
    name = rlp.as_bytes(name_item)
    if not 0 < len(name) <= MAX_CAPABILITY_NAME or not name.isascii():
        raise RemoteError("capability name is not 1 to 8 ASCII characters")
    return Capability(name.decode("ascii"), rlp.as_int(version))


@dataclass(frozen=True, slots=True)
class Disconnect:
    """The last message of a connection. ``reason`` may be a number that we do not know."""

    reason: int

    def encode(self) -> bytes:
        """The payload ``[reason]``."""
        return rlp.encode([self.reason])

    @classmethod
    def decode(cls, payload: bytes) -> Disconnect:
        """Read leniently, as the reference does: ``[reason, …]``, a bare number, and anything else means reason 0."""
        try:
            item, _ = rlp.decode_first(payload)
            if isinstance(item, list):
                item = item[0] if item else b""
            return cls(rlp.as_int(item))
        except RemoteError:  # a peer that is leaving is not worth an argument about its last word
            return cls(DisconnectReason.REQUESTED)
