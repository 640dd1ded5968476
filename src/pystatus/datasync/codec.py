"""Payload and Message of data sync (datasync.md §2), and unwrapping what a peer sent through it.

The field numbers, 5001 and 6001 upwards, are how a data sync payload is told from a bare application message: whatever
does not parse, or parses to four empty lists, is not data sync and goes on unchanged.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Sized
from typing import TypeVar

from pystatus.crypto.keys import PublicKey
from pystatus.datasync.config import STEP_IDS, STEP_MESSAGES
from pystatus.datasync.ids import message_id, one_to_one_group_id
from pystatus.errors import LocalError, RemoteError
from pystatus.records import dataclass
from pystatus.wire.proto import datasync_pb2
from pystatus.wire.protobuf import NotProtobuf, parse

MAX_IDS = 32_768
"""Acks, offers or requests in one payload, each. Ours: an envelope of 1 MiB has room for 29,127 ids of 32 bytes."""
MAX_MESSAGES = 8_192
"""Messages in one payload. Ours: the reference splits at 786,432 bytes; a signed chat message takes more than 130."""
MAX_PARENTS = 1_024
"""Parents of one message. Ours: 4/MVDS-META has up to one for each participant."""

T = TypeVar("T")


class NotDataSync(RemoteError):
    """The bytes are no data sync payload; another layer may know them."""


class ForeignGroup(RemoteError):
    """A message for another group than the one in which its sender and we synchronise."""


@dataclass(frozen=True, slots=True)
class Metadata:
    """4/MVDS-META: not part of the message id, unknown to the reference.

    Implements: DS-18
    """

    parents: tuple[bytes, ...] = ()
    ephemeral: bool = False


@dataclass(frozen=True, slots=True)
class SyncMessage:
    """A message of a group. ``timestamp`` is Unix seconds, ``body`` a wrapped application message.

    ``group_id`` is whatever came; :func:`check_group` tells whether it is to be believed.

    Implements: DS-1
    """

    group_id: bytes
    timestamp: int
    body: bytes
    metadata: Metadata | None = None

    @property
    def id(self) -> bytes:
        """The 32-byte message id."""
        return message_id(self.group_id, self.timestamp, self.body)

    def encode(self) -> bytes:
        """
        :raises LocalError: ``timestamp`` is no 64-bit number.
        """
        return self._to_wire().SerializeToString()

    @classmethod
    def decode(cls, data: bytes) -> SyncMessage:
        """
        :raises RemoteError: not this protobuf, or too many parents.
        """
        return cls._from_wire(parse(datasync_pb2.Message, data))

    def _to_wire(self) -> datasync_pb2.Message:
        metadata = self.metadata
        try:
            return datasync_pb2.Message(
                group_id=self.group_id,
                timestamp=self.timestamp,
                body=self.body,
                metadata=datasync_pb2.Metadata(parents=metadata.parents, ephemeral=metadata.ephemeral)
                if metadata
                else None,
            )
        except ValueError as error:
            raise LocalError(f"This cannot be sent as a data sync message: {error}.") from error

    @classmethod
    def _from_wire(cls, message: datasync_pb2.Message) -> SyncMessage:
        metadata = None
        if message.HasField("metadata"):
            _bounded(message.metadata.parents, MAX_PARENTS, "parents")
            metadata = Metadata(tuple(message.metadata.parents), message.metadata.ephemeral)
        return cls(message.group_id, message.timestamp, message.body, metadata)


@dataclass(frozen=True, slots=True)
class Payload:
    """What one data sync node sends another at a time. Ids are as they came: one that is not 32 bytes means nothing.

    Implements: DS-1
    """

    acks: tuple[bytes, ...] = ()
    offers: tuple[bytes, ...] = ()
    requests: tuple[bytes, ...] = ()
    messages: tuple[SyncMessage, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether it says nothing; then it is not data sync at all."""
        return not (self.acks or self.offers or self.requests or self.messages)

    def steps(self) -> Iterator[Payload]:
        """The same in parts that may be handled one after the other, each in a transaction of its own, of at most
        :data:`~pystatus.datasync.config.STEP_MESSAGES` or :data:`~pystatus.datasync.config.STEP_IDS`; itself if it is
        no larger. Ids that are repeated are left out: what was acknowledged in one part is unknown in the next."""
        most = max(len(self.acks), len(self.requests), len(self.offers))
        if most <= STEP_IDS and len(self.messages) <= STEP_MESSAGES:
            yield self
            return
        for ids in _runs(tuple(dict.fromkeys(self.acks)), STEP_IDS):
            yield Payload(acks=ids)
        for ids in _runs(tuple(dict.fromkeys(self.requests)), STEP_IDS):
            yield Payload(requests=ids)
        for ids in _runs(tuple(dict.fromkeys(self.offers)), STEP_IDS):
            yield Payload(offers=ids)
        for messages in _runs(self.messages, STEP_MESSAGES):
            yield Payload(messages=messages)

    def encode(self) -> bytes:
        """
        :raises LocalError: a message of it cannot be encoded.
        """
        return datasync_pb2.Payload(
            acks=self.acks,
            offers=self.offers,
            requests=self.requests,
            messages=[message._to_wire() for message in self.messages],
        ).SerializeToString()

    @classmethod
    def decode(cls, data: bytes, most_messages: int = MAX_MESSAGES) -> Payload:
        """
        :param most_messages: what is behind them is left out: each costs some microseconds, wanted or not.
        :raises NotDataSync: not this protobuf. Other protobufs give an empty payload.
        :raises RemoteError: more ids or messages than any honest payload has.
        """
        try:
            payload = parse(datasync_pb2.Payload, data)
        except NotProtobuf as error:
            raise NotDataSync(f"not a data sync payload: {error}") from error
        for ids in (payload.acks, payload.offers, payload.requests):
            _bounded(ids, MAX_IDS, "ids")
        _bounded(payload.messages, MAX_MESSAGES, "messages")
        return cls(
            tuple(payload.acks),
            tuple(payload.offers),
            tuple(payload.requests),
            tuple(SyncMessage._from_wire(message) for message in payload.messages[:most_messages]),
        )


def check_group(message: SyncMessage, own: PublicKey, signer: PublicKey) -> None:
    """Refuse a message that is not of the one-to-one group of ``own`` and ``signer``, who signed the envelope
    (datasync.md §6.4).

    The reference takes any group, so that a third person can plant messages in the context of two others.

    :raises ForeignGroup: not that group; it is neither stored nor acknowledged nor offered.

    Implements: DS-26
    """
    if message.group_id != one_to_one_group_id(own, signer):
        raise ForeignGroup("data sync message of a group that its sender does not share with us")


def read(data: bytes, most_messages: int = MAX_MESSAGES) -> Payload | None:
    """A decrypted payload; None if it is not data sync and is handled unchanged.

    :param most_messages: see :meth:`Payload.decode`.
    :raises RemoteError: more ids or messages than any honest payload has.

    Implements: DS-24
    """
    try:
        payload = Payload.decode(data, most_messages)
    except NotDataSync:
        return None
    return None if payload.is_empty else payload


def unwrap(data: bytes, own: PublicKey, signer: PublicKey) -> list[bytes] | None:
    """The bodies in a decrypted payload from ``signer`` to ``own``; None if it is not data sync and goes on unchanged.

    Duplicates are included, messages of foreign groups left out. An empty list means that the payload was for the sync
    node alone (acknowledgements, offers, requests).

    :raises RemoteError: more ids or messages than any honest payload has.

    Implements: DS-24
    """
    payload = read(data)
    return None if payload is None else bodies(payload, own, signer)


def bodies(payload: Payload, own: PublicKey, signer: PublicKey) -> list[bytes]:
    """The same of a payload that was read."""
    group_id = one_to_one_group_id(own, signer)
    return [message.body for message in payload.messages if message.group_id == group_id]


def _runs(items: Sequence[T], size: int) -> Iterator[tuple[T, ...]]:
    for start in range(0, len(items), size):
        yield tuple(items[start : start + size])


def _bounded(values: Sized, limit: int, name: str) -> None:
    if len(values) > limit:
        raise RemoteError(f"{len(values)} {name} in a data sync payload, more than {limit}")
