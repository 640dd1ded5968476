"""The objects of 9/WAKU-RPC: criteria and messages to post come in, messages go out (waku.md §6.2).

Field names are the specification's. Fields that it does not name are ignored, as the reference does.
"""

from __future__ import annotations

from typing import Any

import msgspec

from pystatus.crypto.keys import PrivateKey, PublicKey
from pystatus.errors import RemoteError
from pystatus.records import dataclass
from pystatus.rpc.encoding import Encoding, from_hex, to_hex
from pystatus.rpc.errors import invalid_params
from pystatus.rpc.filters import Criteria, FilteredMessage
from pystatus.rpc.keys import KeyStore
from pystatus.waku.bloom import TOPIC_SIZE
from pystatus.waku.data import SealingKey

NO_TOPIC = bytes(TOPIC_SIZE)
"""What a message without a topic gets; only one to a public key may (waku.md §6.3)."""


class CriteriaObject(msgspec.Struct):
    """What a caller says about a filter."""

    symKeyID: str | None = None
    privateKeyID: str | None = None
    sig: str | None = None
    minPow: float | None = None
    topics: list[str] | None = None
    allowP2P: bool | None = None


class PostObject(msgspec.Struct):
    """What a caller says about a message to post."""

    symKeyID: str | None = None
    pubKey: str | None = None
    sig: str | None = None
    ttl: int | None = None
    topic: str | None = None
    payload: str | None = None
    padding: str | None = None
    powTime: float | None = None
    powTarget: float | None = None
    targetPeer: str | None = None


@dataclass(frozen=True, slots=True)
class Post:
    """A message to post, understood."""

    key: SealingKey
    signer: PrivateKey | None
    ttl: int
    topic: bytes
    payload: bytes
    padding: bytes | None
    pow_time: float
    """Seconds; 0 if the caller did not say."""
    pow_target: float
    target_peer: str | None


class Objects:
    """Reads and writes objects, with the keys and in the encoding of one server."""

    def __init__(self, keys: KeyStore, encoding: Encoding) -> None:
        self._keys = keys
        self._encoding = encoding

    def criteria(self, given: CriteriaObject) -> Criteria:
        """
        :raises RpcError: something is missing, contradictory or malformed.

        Implements: WR-4, WR-5
        """
        if bool(given.symKeyID) == bool(given.privateKeyID):
            raise invalid_params("specify either a symmetric or an asymmetric key: symKeyID or privateKeyID")
        topics = frozenset(from_hex(topic, "a topic", TOPIC_SIZE) for topic in given.topics or ())
        if given.symKeyID and not topics:
            raise invalid_params("missing topic(s): a filter with symKeyID needs topics")
        return Criteria(
            key=self._keys.shared(given.symKeyID) if given.symKeyID else self._keys.pair(given.privateKeyID or ""),
            topics=topics,
            signer=self._public_key(given.sig, "sig") if given.sig else None,
            min_pow=given.minPow or 0.0,
            allow_p2p=bool(given.allowP2P),
        )

    def post(self, given: PostObject) -> Post:
        """
        :raises RpcError: something is missing, contradictory or malformed.

        Implements: WR-11
        """
        if bool(given.symKeyID) == bool(given.pubKey):
            raise invalid_params("specify either a symmetric or an asymmetric key: symKeyID or pubKey")
        topic = from_hex(given.topic, "topic", TOPIC_SIZE) if given.topic else NO_TOPIC
        if given.symKeyID and topic == NO_TOPIC:
            raise invalid_params("missing topic(s): a message under symKeyID needs a topic that is not zero")
        ttl = given.ttl or 0
        if not 0 <= ttl < 1 << 32:
            raise invalid_params("ttl is a number of seconds of 32 bits")
        return Post(
            key=self._keys.shared(given.symKeyID) if given.symKeyID else self._public_key(given.pubKey or "", "pubKey"),
            signer=self._keys.pair(given.sig) if given.sig else None,
            ttl=ttl,
            topic=topic,
            payload=self._encoding.read(given.payload, "payload") if given.payload else b"",
            padding=self._encoding.read(given.padding, "padding") if given.padding else None,
            pow_time=given.powTime or 0.0,
            pow_target=given.powTarget or 0.0,
            target_peer=given.targetPeer or None,
        )

    def message(self, found: FilteredMessage) -> dict[str, Any]:
        """The object of a received message. Without a signer there is no ``sig``, without a recipient no
        ``recipientPublicKey``.
        """
        message, envelope, write = found.message, found.message.envelope, self._encoding.write
        fields: dict[str, Any] = {
            "ttl": envelope.ttl,
            "timestamp": envelope.sent,
            "topic": to_hex(envelope.topic),
            "payload": write(message.payload),
            "padding": write(message.padding),
            "pow": envelope.pow(),
            "hash": write(envelope.hash),
        }
        if message.signer is not None:
            fields["sig"] = write(message.signer.uncompressed)
        if isinstance(found.key, PrivateKey):
            fields["recipientPublicKey"] = write(found.key.public_key.uncompressed)
        if found.p2p and self._encoding.reference:
            fields["bool"] = True
        return fields

    def _public_key(self, text: str, name: str) -> PublicKey:
        try:
            return PublicKey.from_bytes(self._encoding.read(text, name))
        except RemoteError:
            raise invalid_params(f"{name} is not a public key of 65 or 33 bytes") from None
