"""Waku packets and their codes (6/WAKU1 "Packets", waku.md §4). Status options have their own module.

Codes are relative to the start of the Waku capability. A body is what devp2p carries behind the code, before Snappy.

Implements: WK-15, WK-58
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, TypeAlias

from pystatus.crypto.hashing import KECCAK_SIZE
from pystatus.errors import LocalError, RemoteError
from pystatus.records import dataclass
from pystatus.waku.bloom import BLOOM_SIZE, TOPIC_SIZE
from pystatus.waku.envelope import Envelope
from pystatus.wire import rlp

STATUS: Final = 0
MESSAGES: Final = 1
BATCH_ACKNOWLEDGED: Final = 11
MESSAGE_RESPONSE: Final = 12
STATUS_UPDATE: Final = 22
"""Decimal (waku.md D1)."""
P2P_REQUEST_COMPLETE: Final = 125
P2P_REQUEST: Final = 126
P2P_MESSAGE: Final = 127

MAX_FRAME_SIZE: Final = (1 << 24) - 1
"""Bytes of the largest packet that can exist: a frame's length has 24 bits (overlay.md §2.4)."""
MAX_PACKET_SIZE: Final = MAX_FRAME_SIZE
"""Bytes of a packet that we accept: the reference sends what it has, its whole pool to a newcomer, up to the limit of a
frame, whatever its own limit of 1 MiB is (decisions.md "Waku"). With less we would hang up again and again until that
pool has expired.

Implements: WK-12
"""
MAX_SENT_PACKET_SIZE: Final = 1 << 20
"""Bytes of a packet that we send: more, and the reference disconnects (waku.md D10)."""
MAX_ACKNOWLEDGED_SIZE: Final = 64
"""Bytes of a Batch Acknowledged: a hash of 32, with a version at most."""
MAX_RESPONSE_SIZE: Final = 256 << 10
"""Bytes of a message response that we read: 2,048 errors with a short text each; more would take long to decode."""
MAX_COMPLETION_SIZE: Final = 4 << 10
"""Bytes of a P2P Request Complete that we read: at most 100 where all went well, else some text (waku.md §7.7)."""
MAX_REQUEST_SIZE: Final = 64 << 10
"""Bytes of a P2P Request: 10,000 topics take 50 kB, the reference's requests 1 kB (waku.md §7.3)."""
MAX_SIZES: Final[Mapping[int, int]] = {
    MESSAGES: MAX_FRAME_SIZE,
    P2P_MESSAGE: MAX_FRAME_SIZE,
    BATCH_ACKNOWLEDGED: MAX_ACKNOWLEDGED_SIZE,
    MESSAGE_RESPONSE: MAX_RESPONSE_SIZE,
    P2P_REQUEST_COMPLETE: MAX_COMPLETION_SIZE,
    P2P_REQUEST: MAX_REQUEST_SIZE,
}
"""Bytes of a packet that are taken, by its code; those of a Status and its changes are the dialects'. The limit is
known before a packet is inflated or decoded, so a small compressed packet cannot cost what a large one may (A50). Of
packets of envelopes the setting of :attr:`~pystatus.waku.relay.config.RelayConfig.max_packet_size` is the limit."""
LONGEST_LIST_HEADER: Final = 5
"""Bytes before the first envelope of a packet, at most."""
MAX_ENVELOPES_IN_PACKET: Final = 32_768
"""Envelopes that we send in one packet, and of one packet take: 8 MiB of the smallest that Status clients send (302
bytes) are 27,776. Together with the packet's size this bounds the work for one packet to about 0.2 s. What is behind
them is left out: a relay that passes on what somebody else made is not to blame for it (A51)."""
LEAST_CHARGE: Final = 300
"""Bytes that an envelope counts at least against limits of bytes a second: the work for a smaller one is not smaller,
and those of Status clients are larger. Senders and receivers count alike (A51)."""

TIME_NOT_SYNCED: Final = 1
"""Error code in a message response: expired long ago, or from the future. The reference says 21 for everything (waku.md
D8)."""
OTHER_ERROR: Final = 2


def charge(envelope: Envelope) -> int:
    """What an envelope counts in bytes: against limits of bytes a second, and of what waits for a peer (A51, A52)."""
    size = len(envelope.raw)
    return size if size > LEAST_CHARGE else LEAST_CHARGE


Bundle: TypeAlias = Sequence[Envelope]
"""Envelopes of one packet."""

_TOO_MANY = "a batch with more envelopes than are taken from one packet"
_RESPONSE_VERSION = 1
_MOST_COMPLETE_PARTS = 3


class TooManyEnvelopes(RemoteError):
    """More envelopes in a packet than the limit is."""


# Messages (1) and P2P Message (127): a list of envelopes


def encode_messages(envelopes: Bundle) -> bytes:
    """The body of a Messages or P2P Message packet."""
    raw = [envelope.raw for envelope in envelopes]
    return b"".join((rlp.list_header(sum(map(len, raw))), *raw))


def split_messages(payload: bytes, limit: int = MAX_ENVELOPES_IN_PACKET) -> list[bytes]:
    """The raw envelopes of a Messages or P2P Message packet, not yet decoded.

    :raises RemoteError: not a list of lists that fills ``payload``.
    :raises TooManyEnvelopes: more than ``limit`` of them.
    """
    position, end = _content(payload)
    raw, position = _split_some(payload, position, end, limit)
    if position < end:
        raise TooManyEnvelopes(_TOO_MANY)
    return raw


def split_in_steps(payload: bytes, step: int, limit: int = MAX_ENVELOPES_IN_PACKET) -> Iterator[list[bytes]]:
    """The same, ``step`` envelopes at a time; the error for too many comes after the last of them."""
    position, end = _content(payload)
    while position < end:
        if not limit:
            raise TooManyEnvelopes(_TOO_MANY)
        raw, position = _split_some(payload, position, end, min(step, limit))
        limit -= len(raw)
        yield raw


def _content(payload: bytes) -> tuple[int, int]:
    """Where the envelopes begin and end."""
    size = len(payload)
    if size > 258 and payload[0] == 0xF9 and payload[1] << 8 | payload[2] == size - 3:  # 256 to 65,535 bytes of them
        return 3, size
    is_list, position, end = rlp.header(payload)
    if not is_list or end != len(payload):
        raise RemoteError("a batch of envelopes is an RLP list and nothing behind it")
    return position, end


def _split_some(payload: bytes, position: int, end: int, count: int) -> tuple[list[bytes], int]:
    """The next envelopes, ``count`` at most, and where they end."""
    raw: list[bytes] = []
    while position < end and len(raw) < count:
        start = position
        # The usual envelope is a list of 256 to 65,535 bytes. Envelope.decode() checks what is skipped here.
        if payload[start] == 0xF9 and start + 3 <= end:
            position = start + 3 + (payload[start + 1] << 8 | payload[start + 2])
        else:
            _, _, position = rlp.header(payload, start, end)
        if position > end:
            raise RemoteError("a batch whose last envelope is cut off")
        raw.append(payload[start:position])
    return raw, position


def decode_messages(payload: bytes, limit: int = MAX_ENVELOPES_IN_PACKET) -> list[Envelope]:
    """The envelopes of a Messages or P2P Message packet. One that is malformed spoils the packet.

    :raises RemoteError: malformed, or more than ``limit`` envelopes.
    """
    return [Envelope.decode(raw) for raw in split_messages(payload, limit)]


def bundles(envelopes: Bundle) -> list[Bundle]:
    """Split into runs that fit one packet each, by :data:`MAX_SENT_PACKET_SIZE` and :data:`MAX_ENVELOPES_IN_PACKET`. An
    envelope that fits in none is left out.

    Implements: WK-8
    """
    room = MAX_SENT_PACKET_SIZE - LONGEST_LIST_HEADER
    if len(envelopes) == 1 and len(envelopes[0].raw) <= room:  # as a relay sends where little happens
        return [envelopes]
    if len(envelopes) <= MAX_ENVELOPES_IN_PACKET and sum([len(envelope.raw) for envelope in envelopes]) <= room:
        return [envelopes] if envelopes else []
    runs: list[Bundle] = []
    run: list[Envelope] = []
    size = 0
    for envelope in envelopes:
        length = len(envelope.raw)
        if length > room:
            continue
        if size + length > room or len(run) == MAX_ENVELOPES_IN_PACKET:
            runs.append(run)
            run, size = [], 0
        run.append(envelope)
        size += length
    return [*runs, run] if run else runs


# Confirmations: Message Response (12), then Batch Acknowledged (11)


@dataclass(frozen=True, slots=True)
class EnvelopeError:
    """Why one envelope of a batch was not taken."""

    envelope_hash: bytes
    code: int
    description: str = ""


@dataclass(frozen=True, slots=True)
class MessageResponse:
    """What became of a batch: ``[1, [batch hash, [[envelope hash, code, description], ...]]]``.

    Implements: WK-64
    """

    batch_hash: bytes
    """Keccak-256 of the whole body of the Messages packet."""
    errors: tuple[EnvelopeError, ...] = ()

    def encode(self) -> bytes:
        errors = [(error.envelope_hash, error.code, error.description.encode()) for error in self.errors]
        return rlp.encode((_RESPONSE_VERSION, (self.batch_hash, errors)))

    @classmethod
    def decode(cls, payload: bytes) -> MessageResponse | None:
        """Read the body of a packet; ``None`` if it is of a version that we do not know.

        :raises RemoteError: malformed.
        """
        version, response = rlp.as_list(rlp.decode(payload), 2)
        if rlp.as_int(version) != _RESPONSE_VERSION:
            return None
        batch_hash, listed = rlp.as_list(response, 2)
        errors = []
        for entry in rlp.as_list(listed):
            envelope_hash, code, description = rlp.as_list(entry, 3)
            text = rlp.as_bytes(description).decode("utf-8", "replace")
            errors.append(EnvelopeError(rlp.as_bytes(envelope_hash, KECCAK_SIZE), rlp.as_int(code), text))
        return cls(rlp.as_bytes(batch_hash, KECCAK_SIZE), tuple(errors))


def answered_batch(payload: bytes) -> bytes | None:
    """The hash of the batch that a Message Response is about, without a look at the rest, which may take long; ``None``
    if it is of a version that we do not know.

    :raises RemoteError: malformed so far.
    """
    is_list, position, end = rlp.header(payload)
    if not is_list or end != len(payload):
        raise RemoteError("a message response is an RLP list and nothing behind it")
    _, start, position = rlp.header(payload, position, end)
    if payload[start:position] != rlp.encode(_RESPONSE_VERSION):
        return None
    _, position, end = rlp.header(payload, position, end)
    _, position, end = rlp.header(payload, position, end)
    return payload[position:end]


def encode_batch_acknowledged(batch_hash: bytes) -> bytes:
    """The body of Batch Acknowledged: the bare hash (waku.md D3)."""
    return rlp.encode_bytes(batch_hash)


def decode_batch_acknowledged(payload: bytes) -> bytes:
    """The batch hash, bare as the reference sends it, or in the specification's ``[version, hash]``.

    :raises RemoteError: malformed.

    Implements: WK-64
    """
    item = rlp.decode(payload)
    if isinstance(item, list):
        _, item = rlp.as_list(item, 2)
    return rlp.as_bytes(item, KECCAK_SIZE)


# P2P Request (126) and P2P Request Complete (125)


@dataclass(frozen=True, slots=True)
class MessagesRequest:
    """The plain form of a history request: ``[id, from, to, limit, cursor, bloom, topics]`` (waku.md §4.8)."""

    request_id: bytes
    """32 bytes."""
    start: int
    """Unix second, inclusive."""
    end: int
    limit: int
    """Envelopes; 0 leaves it to the server."""
    cursor: bytes = b""
    bloom: bytes = b""
    """64 bytes, or empty."""
    topics: tuple[bytes, ...] = ()

    def encode(self) -> bytes:
        """
        :raises LocalError: a field of the wrong size.
        """
        if len(self.request_id) != KECCAK_SIZE or len(self.bloom) not in (0, BLOOM_SIZE):
            raise LocalError("A request has an id of 32 bytes and a bloom filter of 64, or none.")
        return rlp.encode(
            (self.request_id, self.start, self.end, self.limit, self.cursor, self.bloom, list(self.topics))
        )

    @classmethod
    def decode(cls, payload: bytes) -> MessagesRequest:
        """
        :raises RemoteError: malformed.
        """
        request_id, start, end, limit, cursor, bloom, *rest = _at_least(rlp.as_list(rlp.decode(payload)), 6)
        if len(rest) > 1:
            raise RemoteError("a history request has six or seven items")
        topics = rlp.as_list(rest[0]) if rest else []
        bloom = rlp.as_bytes(bloom)
        if len(bloom) not in (0, BLOOM_SIZE):
            raise RemoteError(f"a bloom filter of {len(bloom)} bytes")
        return cls(
            rlp.as_bytes(request_id, KECCAK_SIZE),
            rlp.as_int(start, 4),
            rlp.as_int(end, 4),
            rlp.as_int(limit, 4),
            rlp.as_bytes(cursor),
            bloom,
            tuple(rlp.as_bytes(topic, TOPIC_SIZE) for topic in topics),
        )


def decode_p2p_request(payload: bytes) -> Envelope | MessagesRequest:
    """The body of a P2P Request: a sealed request is the envelope itself, not a list of envelopes
    (tests/vectors/README.md fact 26).

    :raises RemoteError: neither form.

    Implements: WM-6
    """
    return MessagesRequest.decode(payload) if plain_request_id(payload) is not None else Envelope.decode(payload)


def plain_request_id(payload: bytes) -> bytes | None:
    """The id, 32 bytes, if this is a plain request, well-formed or not; the first item of an envelope has four at most.

    :raises RemoteError: not even that can be read.
    """
    is_list, start, end = rlp.header(payload)
    if not is_list:
        raise RemoteError("a history request is a list")
    is_list, start, end = rlp.header(payload, start, end)
    return None if is_list or end - start != KECCAK_SIZE else payload[start:end]


def encode_request_complete(content: bytes) -> bytes:
    """The body of a P2P Request Complete: one RLP string (waku.md D4)."""
    return rlp.encode_bytes(content)


def decode_request_complete(payload: bytes) -> bytes:
    """The content ``request id ‖ last hash ‖ cursor``, or ``ERROR= ‖ request id ‖ text``.

    It comes as one string, as a list of its parts, or as the bare parts behind each other (waku.md D4).

    :raises RemoteError: none of these.
    """
    parts: list[bytes] = []
    position = 0
    while position < len(payload):
        if len(parts) == _MOST_COMPLETE_PARTS:
            raise RemoteError("a completion of more than three parts")
        item, end = rlp.decode_first(payload[position:])
        if isinstance(item, list):
            if parts or position + end != len(payload) or len(item) > _MOST_COMPLETE_PARTS:
                raise RemoteError("a completion mixes its forms")
            return b"".join(rlp.as_bytes(part) for part in item)
        parts.append(item)
        position += end
    if not parts:
        raise RemoteError("a completion is empty")
    return b"".join(parts)


def _at_least(items: list[rlp.Item], count: int) -> list[rlp.Item]:
    if len(items) < count:
        raise RemoteError(f"a list of {len(items)} items where {count} were expected")
    return items
