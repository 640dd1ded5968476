"""From envelopes to messages: which keys are tried on which topic (waku.md §3.5)."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Generic, TypeVar

from pystatus.crypto.keys import PublicKey
from pystatus.errors import LocalError, RemoteError
from pystatus.records import dataclass
from pystatus.waku.bloom import TOPIC_SIZE
from pystatus.waku.data import OpeningKey, SymmetricKey, unseal
from pystatus.waku.envelope import Envelope

Tag = TypeVar("Tag", bound=Hashable)
_Identity = tuple[int, bytes]
"""0 and a shared key, or 1 and a private key: they are tried in this order."""


@dataclass(frozen=True, slots=True)
class ReceivedMessage:
    """An envelope that one of our keys opened."""

    envelope: Envelope
    payload: bytes
    padding: bytes
    signer: PublicKey | None
    """Who signed the contents; ``None`` if nobody did."""

    @property
    def sent(self) -> int:
        """Unix second at which the sender says it was sent; the signature does not cover it."""
        return self.envelope.sent


_Keys = dict[_Identity, tuple[OpeningKey, list[Tag]]]


class Filters(Generic[Tag]):
    """Keys by topic. A tag is the caller's name for one key on one topic.

    Only the keys of an envelope's topic are tried, each distinct one once, shared keys before private ones: a failed
    symmetric decryption costs a microsecond, a failed asymmetric one sixty (A30).

    Implements: WU-14
    """

    def __init__(self, *, signed_only: bool = False) -> None:
        """
        :param signed_only: what nobody has signed is not opened.
        """
        self._signed_only = signed_only
        self._keys: dict[bytes | None, _Keys[Tag]] = {}
        self._places: dict[Tag, tuple[bytes | None, _Identity]] = {}

    @property
    def topics(self) -> frozenset[bytes]:
        """Every topic that has a key of its own."""
        return frozenset(topic for topic in self._keys if topic is not None)

    @property
    def any_topic(self) -> bool:
        """Whether a key is tried on the envelopes of every topic."""
        return None in self._keys

    @property
    def tags(self) -> frozenset[Tag]:
        return frozenset(self._places)

    def __len__(self) -> int:
        """Keys on topics, each as often as it was added."""
        return len(self._places)

    def __contains__(self, tag: Tag) -> bool:
        return tag in self._places

    def add(self, topic: bytes | None, key: OpeningKey, tag: Tag) -> None:
        """Try ``key`` on envelopes of ``topic``, or of every topic, which is for callers of the RPC and costs as much.

        :raises LocalError: not a topic, or the tag is in use.
        """
        if topic is not None and len(topic) != TOPIC_SIZE:
            raise LocalError(f"A topic has {TOPIC_SIZE} bytes, not {len(topic)}.")
        if tag in self._places:
            raise LocalError(f"There is a filter {tag!r} already.")
        identity = (0, key.raw) if isinstance(key, SymmetricKey) else (1, key.secret)
        keys = self._keys.get(topic, {})
        if identity in keys:
            keys[identity][1].append(tag)
        else:
            self._keys[topic] = dict(sorted([*keys.items(), (identity, (key, [tag]))]))
        self._places[tag] = topic, identity

    def remove(self, tag: Tag) -> None:
        """Stop trying the key of ``tag``, unless another tag has the same on this topic.

        :raises LocalError: no such tag.
        """
        if tag not in self._places:
            raise LocalError(f"There is no filter {tag!r}.")
        topic, identity = self._places.pop(tag)
        keys = self._keys[topic]
        tags = keys[identity][1]
        tags.remove(tag)
        if not tags:
            del keys[identity]
        if not keys:
            del self._keys[topic]

    def open(self, envelope: Envelope) -> tuple[tuple[Tag, ...], ReceivedMessage] | None:
        """The message in ``envelope`` and the tags of the key that opened it, or ``None`` if no key did."""
        keys = self._keys.get(envelope.topic, {})
        if None in self._keys:
            keys = _merged(keys, self._keys[None])
        for key, tags in keys.values():
            try:
                contents = unseal(key, envelope.data)
            except RemoteError:  # somebody else's: topics are shared
                continue
            if self._signed_only and contents.signer is None:
                return None
            return tuple(tags), ReceivedMessage(envelope, contents.payload, contents.padding, contents.signer)
        return None


def _merged(one: _Keys[Tag], other: _Keys[Tag]) -> _Keys[Tag]:
    """The keys of both, shared ones first, with the tags of both where the key is the same."""
    both = dict(one)
    for identity, (key, tags) in other.items():
        both[identity] = key, [*(one[identity][1] if identity in one else ()), *tags]
    return dict(sorted(both.items(), key=lambda item: item[0]))
