"""Which channels this account listens on, and the keys of the channels that it sends on (waku.md §8.1, §8.3).

Always: our own partition and our own contact code. For each public chat its channel, for each one-to-one chat with
somebody we know their contact code and the negotiated channel, and that for everybody else to whom we said that we can
use it. For strangers nothing: they write to our partition as long as we do not say so, and topics are scarce (A49).
"""

from __future__ import annotations

from collections.abc import Iterable

from pystatus.crypto.keys import PrivateKey, PublicKey
from pystatus.messenger.batch import Batch
from pystatus.messenger.effects import InterestChanged
from pystatus.messenger.people import People
from pystatus.messenger.records import Chat
from pystatus.messenger.store import MessengerStore
from pystatus.payloads.chats import PUBLIC_KINDS, ChatKind, key_from_text
from pystatus.transport import topics
from pystatus.transport.channels import Channel, ChannelKind, contact_code, negotiated, partitioned, public_chat
from pystatus.transport.listener import Listener
from pystatus.waku.data import SymmetricKey

DERIVED_AT_ONCE = 4
"""People whose keys are derived in one transaction: some 80 ms. An admin may add a hundred with one update. Ours."""

_OF_PEOPLE = (ChannelKind.CONTACT_CODE, ChannelKind.NEGOTIATED)
"""Where we listen for somebody whom we know."""


class Channels:
    """The account's channels. The store's chats, secrets and known people decide what is in it, so nothing of it is
    stored."""

    def __init__(self, identity: PrivateKey, store: MessengerStore, people: People, batch: Batch) -> None:
        self._identity = identity
        self._store = store
        self._people = people
        self._batch = batch
        self.listener = Listener()
        """All of them: what opens envelopes."""
        self._known: dict[tuple[ChannelKind, str], Channel] = {}

    def listen_to_all(self, chats: Iterable[Chat], peers: Iterable[PublicKey]) -> None:
        """What a client listens to from its start: everything said above."""
        own = self._identity.public_key
        self.listener.listen(partitioned(own), self._identity)
        self.listener.listen(self.channel(ChannelKind.CONTACT_CODE, own.hex))
        for chat in chats:
            if chat.active:
                self._listen_to_chat(chat)
        for peer in peers:
            self.listener.listen(self.channel(ChannelKind.NEGOTIATED, peer.hex))
        self._changed()

    def listen_to(self, chat: Chat) -> None:
        """A chat became active, or we know by now whom it is with. Of a stranger's nothing is listened to."""
        if chat.kind == ChatKind.ONE_TO_ONE and all(self._is_listened_to(kind, chat.id) for kind in _OF_PEOPLE):
            return
        if self._listen_to_chat(chat):
            self._changed()

    def stop_listening_to(self, chat: Chat) -> None:
        """A chat was left."""
        if self._is_of_stranger(chat) or chat.kind == ChatKind.PRIVATE_GROUP:
            return
        self.listener.remove(self._channel_of(chat))
        self._changed()

    def listen_to_people(self, people: Iterable[PublicKey]) -> None:
        """There are people whom we know by something else than a chat with them: their contact codes and negotiated
        channels."""
        listened = [self._listen(self.channel(kind, person.hex)) for person in people for kind in _OF_PEOPLE]
        if any(listened):
            self._changed()

    def derive(self, people: Iterable[PublicKey]) -> bool:
        """Before :meth:`listen_to_people`, as each key takes 10 ms: derive those of some of these people. Whether there
        are others, for another transaction."""
        lacking = [one for one in people if not all((kind, one.hex) in self._known for kind in _OF_PEOPLE)]
        for person in lacking[:DERIVED_AT_ONCE]:
            for kind in _OF_PEOPLE:
                self.channel(kind, person.hex)
        return len(lacking) > DERIVED_AT_ONCE

    def stop_listening_to_people(self, people: Iterable[PublicKey]) -> None:
        """Nothing but a chat with them, or what they have written, makes us listen for these people any more."""
        peers = frozenset(self._store.encryption.peers())
        for person in people:
            chat = self._store.chat(person.hex)
            if chat is not None and chat.active:
                continue
            for kind in _OF_PEOPLE:
                is_left = kind is ChannelKind.NEGOTIATED and person.compressed in peers
                if self._is_listened_to(kind, person.hex) and not is_left:
                    self.listener.remove(self.channel(kind, person.hex))
        self._changed()

    def listen_to_negotiated(self, peer: PublicKey) -> None:
        """There is a shared secret with ``peer``; with a stranger there is none that would be used."""
        if self._is_listened_to(ChannelKind.NEGOTIATED, peer.hex):
            return  # as before each message to them: nothing is asked of the database
        if self._people.is_known(peer) and self._listen(self.channel(ChannelKind.NEGOTIATED, peer.hex)):
            self._changed()

    def contact_code_topic(self, person: PublicKey) -> bytes:
        """The topic (4 bytes) on which ``person`` publishes bundles."""
        return self.channel(ChannelKind.CONTACT_CODE, person.hex).topic

    def topics_of(self, chat: Chat, people: Iterable[PublicKey]) -> frozenset[bytes]:
        """The topics (4 bytes each) on which messages of a chat may come.

        :param people: of a group.
        """
        if chat.kind in PUBLIC_KINDS:
            return frozenset({self._channel_of(chat).topic})
        own = partitioned(self._identity.public_key).topic
        if chat.kind == ChatKind.PRIVATE_GROUP:
            return frozenset({own, *(self.channel(ChannelKind.NEGOTIATED, person.hex).topic for person in people)})
        if self._is_of_stranger(chat):
            return frozenset({own})
        return frozenset({own, self._channel_of(chat).topic, self.channel(ChannelKind.NEGOTIATED, chat.id).topic})

    @property
    def topics(self) -> frozenset[bytes]:
        """All topics that are listened to."""
        return self.listener.topics

    def _listen_to_chat(self, chat: Chat) -> bool:
        """Whether anything is listened to that was not before.

        Implements: ST-41, ST-43, WU-15
        """
        if self._is_of_stranger(chat) or chat.kind == ChatKind.PRIVATE_GROUP:
            return False  # of a group people are listened to
        is_new = self._listen(self._channel_of(chat))
        if chat.kind == ChatKind.ONE_TO_ONE:
            # They may know us from another device, or from one that was lost, and write where they wrote to that.
            is_new |= self._listen(self.channel(ChannelKind.NEGOTIATED, chat.id))
        return is_new

    def _is_listened_to(self, kind: ChannelKind, target: str) -> bool:
        """Without deriving the key of a channel that nobody has asked for yet."""
        channel = self._known.get((kind, target))
        return channel is not None and channel in self.listener

    def _listen(self, channel: Channel) -> bool:
        if channel in self.listener:
            return False
        self.listener.listen(channel)
        return True

    def _is_of_stranger(self, chat: Chat) -> bool:
        return chat.kind == ChatKind.ONE_TO_ONE and not self._people.is_known(key_from_text(chat.id))

    def channel(self, kind: ChannelKind, target: str) -> Channel:
        """The channel of that kind for a public chat's name or a person's key text. It is remembered, as its key is
        derived; a partition has no such key, and may be that of any stranger whom we answer."""
        if kind is ChannelKind.PARTITIONED:
            return partitioned(key_from_text(target))
        known = self._known.get((kind, target))
        if known is None:
            known = self._known[kind, target] = self._make(kind, target)
        return known

    def _channel_of(self, chat: Chat) -> Channel:
        return self.channel(ChannelKind.PUBLIC if chat.kind in PUBLIC_KINDS else ChannelKind.CONTACT_CODE, chat.id)

    def _make(self, kind: ChannelKind, target: str) -> Channel:
        if kind is ChannelKind.PUBLIC:
            return public_chat(target, self._key(target))
        person = key_from_text(target)
        if kind is ChannelKind.CONTACT_CODE:
            return contact_code(person, self._key(topics.contact_code(person)))
        secret = self._identity.agree(person)
        return negotiated(person, secret, self._key(topics.negotiated(secret)))

    def _key(self, name: str) -> SymmetricKey:
        stored = self._store.channel_key(name)
        if stored is not None:
            return SymmetricKey(stored)
        key = topics.symmetric_key(name)
        self._store.save_channel_key(name, key.raw)
        return key

    def _changed(self) -> None:
        self._batch.add(InterestChanged(self.listener.topics))
