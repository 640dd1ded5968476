"""The messenger of one account: every input of its user, its relays and its clock.

Each public method that changes anything is an input, to be called by :meth:`Messenger.run`: it writes through the store
and names its effects, which are due when the transaction has committed. ``now`` is Unix seconds.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import replace
from typing import Any

from pystatus.crypto.keys import PrivateKey, PublicKey
from pystatus.crypto.random import RandomSource
from pystatus.encryption.secure_transport import SecureTransport
from pystatus.errors import LocalError
from pystatus.log_texts import get_logger
from pystatus.messenger.answers import Answers
from pystatus.messenger.batch import Batch, Outcome, never
from pystatus.messenger.channels import Channels
from pystatus.messenger.chat_names import public_chat
from pystatus.messenger.config import MessengerConfig
from pystatus.messenger.copies import Copies, drop_installation_id, take_installation_id
from pystatus.messenger.decryption_failures import DecryptionFailures
from pystatus.messenger.effects import Effect, Notify, Publish, RequestHistory
from pystatus.messenger.events import ChatLeft, ChatOpened, DeviceRenewed, MessageStateChanged, RenewalReason
from pystatus.messenger.features.feature import Core
from pystatus.messenger.features.registry import AnyFeature, Features
from pystatus.messenger.one_to_one import OneToOne
from pystatus.messenger.outbox import Outbox
from pystatus.messenger.people import People
from pystatus.messenger.reading import mark_read
from pystatus.messenger.receiving import Receiver
from pystatus.messenger.records import Chat, Message, MessageState, OutboxEntry
from pystatus.messenger.sending import Sender
from pystatus.messenger.session_repair import SessionRepair
from pystatus.messenger.store import MessengerStore
from pystatus.payloads.chats import ChatKind, key_from_text
from pystatus.payloads.checks import MAX_CLOCK_AHEAD_MS
from pystatus.sanitise import quoted
from pystatus.transport.channels import ChannelKind
from pystatus.vouched_time import VouchedTime, is_due
from pystatus.waku.envelope import Envelope

log = get_logger(__name__)

SEEN_RETENTION = 31 * 86_400
"""Seconds that the hash of a received envelope is remembered: the 30 days of mailservers and one to spare
(secure-transport.md T7)."""
CONTACT_CODE_HISTORY = 30 * 86_400
"""Seconds of history that are asked for the contact code of somebody whose devices are unknown: as long as mailservers
keep it."""
HOUSEKEEPING = 600
"""Seconds between two rounds of forgetting what is too old: as long as it takes peers to confirm the time."""

_RENEWAL_SENTENCES = {
    RenewalReason.RESTORED: "This profile is older than the one that ran here last, as a restored backup is.",
    RenewalReason.COPIED: "This profile was copied from another machine or another user.",
    RenewalReason.USED_ELSEWHERE: "A copy of this profile has sent messages as this device.",
}
_VOUCHED_TIME = "vouched_time_s"
"""The setting with what the last run vouches for, Unix seconds."""


class Messenger:
    """Composes the layers below for one account. Does no I/O."""

    def __init__(
        self, identity: PrivateKey, store: MessengerStore, random: RandomSource, config: MessengerConfig | None = None
    ) -> None:
        self._batch = Batch(store)
        self._config = config or MessengerConfig()
        self._identity = identity
        self._store = store
        self._random = random
        self._relays: set[Hashable] = set()
        self._kept_house_at = -math.inf
        self._next_due: float | None = None

    def run(
        self, inputs: Sequence[Callable[[], Any]], now: float, is_enough: Callable[[], bool] = never
    ) -> tuple[list[Outcome], list[Effect]]:
        """Handle inputs in one transaction, and send what comes of them all together.

        :param is_enough: see :meth:`Batch.run`.
        :raises StorageError: nothing of it happened.
        """
        return self._batch.run(inputs, lambda: self._finish(now), is_enough)

    def start(self, now: float, *, renewal: RenewalReason | None = None) -> None:
        """The first input after opening a profile: takes up where the last run ended.

        ``renewal`` says why the profile has to become a device of its own, if it has to: it was restored from a backup
        or copied, and no ratchet key may be used twice (secure-transport.md A7).
        """
        store = self._store
        if renewal is not None:
            drop_installation_id(store, now)
        installation_id = take_installation_id(store, self._random)
        self._copies = Copies(self._identity.public_key, installation_id, store, self._batch, now)
        vouched = store.setting(_VOUCHED_TIME)
        self._vouched = VouchedTime(vouched if isinstance(vouched, int) else store.newest_envelope() or 0)
        secure = self._secure = SecureTransport(
            self._identity, installation_id, store.encryption, self._random, self._config.encryption
        )
        self._people = People(self._identity.public_key, store.people, self._random, self._config.strangers)
        self._people.start()
        answers = Answers(store, self._config.answers)
        self._channels = Channels(self._identity, store, self._people, self._batch)
        self._outbox = Outbox(store)
        self._private = OneToOne(
            self._identity,
            store,
            secure,
            self._people,
            answers,
            self._channels,
            self._outbox,
            self._random,
            self._config,
        )
        self._sender = Sender(
            self._identity, store, secure, self._channels, self._outbox, self._private, self._people, answers
        )
        core = Core(self._identity.public_key, store, secure, self._sender, self._channels, self._people, self._batch)
        self._features = Features(core, now)
        self._failures = DecryptionFailures(
            store.decryption_failures, self._people.is_known, lambda notice: self._batch.add(Notify(notice))
        )
        self._failures.relays_changed(bool(self._relays), now)
        self._receiver = Receiver(
            self._identity.public_key,
            store,
            secure,
            self._channels,
            self._people,
            answers,
            SessionRepair(store, self._sender, self._people, answers),
            self._failures,
            self._copies,
            self._features,
            self._private,
            self._batch,
        )
        chats = store.chats_without_strangers()
        self._channels.listen_to_all(chats, [secret.peer for secret in secure.shared_secrets()])
        for chat in chats:
            if chat.active:
                self._want_contact_code(chat, now)
        if renewal is not None:
            self._renewed(renewal, now)
        self.on_timer(now)

    def _renewed(self, reason: RenewalReason, now: float) -> None:
        """Say that this is a new device, and send anew what was waiting: sealed as the old one, it stays here.

        Implements: ST-53
        """
        installation_id = self._secure.installation_id
        if reason is not RenewalReason.ASKED:
            log.warning("%s It is a new device of the account now, %s.", _RENEWAL_SENTENCES[reason], installation_id)
        self._batch.add(Notify(DeviceRenewed(installation_id, reason)))
        self._private.begin_anew(now)
        for entry in self._store.outbox():
            if entry.channel is ChannelKind.PUBLIC:
                continue
            self._store.remove_from_outbox(entry.number)
            if not self._private.repeats:
                for message_id in entry.message_ids:
                    self._sender.seal_anew(message_id, now)
        self._features.device_renewed(now)

    # chats

    def join(self, name: str, now: float) -> Chat:
        """Join a public chat.

        :raises LocalError: not a name for a public chat; a chat key is none, in any form.
        """
        chat_id = public_chat(name)
        return self._activate(self._store.chat(chat_id) or Chat(chat_id, ChatKind.PUBLIC, active=False), now)

    def open_one_to_one(self, person: PublicKey, now: float) -> Chat:
        """Begin or find the chat with ``person``, whom we know thereby; their contact code is listened to from now on.

        :raises LocalError: ourselves.

        Implements: ST-43, WU-22
        """
        if person == self._identity.public_key:
            raise LocalError("This is your own chat key. Give the key of the person that you want to write to.")
        chat = self._store.chat(person.hex) or Chat(person.hex, ChatKind.ONE_TO_ONE, active=False)
        self._people.know(person)
        if chat.active:  # since a stranger wrote to us
            self._channels.listen_to(chat)
        return self._activate(chat, now)

    def _activate(self, chat: Chat, now: float) -> Chat:
        if not chat.active:
            chat = replace(chat, active=True, updated_ms=int(now * 1000))
            self._store.save_chat(chat)
            self._channels.listen_to(chat)
            self._want_contact_code(chat, now)
            self._batch.add(Notify(ChatOpened(chat)))
        return chat

    def _want_contact_code(self, chat: Chat, now: float) -> None:
        """Relays have the last contact code for some seconds only; whoever keeps history has it for long
        (secure-transport.md §2.4)."""
        if chat.kind != ChatKind.ONE_TO_ONE:
            return
        person = key_from_text(chat.id)
        if self._people.is_known(person) and not self._secure.installations(person):
            topics = frozenset({self._channels.contact_code_topic(person)})
            self._batch.add(RequestHistory(topics, now - CONTACT_CODE_HISTORY))

    def leave(self, chat_id: str) -> Chat:
        """Stop receiving a chat; its history stays.

        :raises LocalError: we are not in it.
        """
        chat = self._store.chat(chat_id)
        if chat is None or not chat.active:
            raise LocalError(f"You are not in the chat {quoted(chat_id)}.")
        chat = replace(chat, active=False)
        self._store.save_chat(chat)
        self._channels.stop_listening_to(chat)
        self._batch.add(Notify(ChatLeft(chat)))
        return chat

    def mark_read(self, chat_id: str, messages: int | None = None) -> Chat:
        """See :func:`~pystatus.messenger.reading.mark_read`."""
        return mark_read(self._store, chat_id, messages)

    def topics(self, chat_id: str | None = None) -> frozenset[bytes]:
        """The topics (4 bytes each) on which messages of a chat, or of any, may come.

        :raises LocalError: there is no such chat.
        """
        if chat_id is None:
            return self._channels.topics
        chat = self._store.chat(chat_id)
        if chat is None:
            raise LocalError(f"There is no chat {quoted(chat_id)}.")
        return self._channels.topics_of(chat)

    # messages

    def send_text(self, chat_id: str, text: str, *, response_to: bytes | None = None, now: float) -> Message:
        """Store a text and send it as soon as a relay is there.

        :raises LocalError: not in this chat, or the text is blank or too long.
        """
        return self._sender.send_text(chat_id, text, response_to, now)

    def resend(self, message_id: bytes, now: float) -> Message:
        """Send a failed message once more, with the same id.

        :raises LocalError: not one of our failed messages.
        """
        message = self._sender.resend(message_id, now)
        self._tell_state(message_id, MessageState.SENDING)
        return message

    def receive(self, envelope: Envelope, now: float) -> None:
        """An envelope of one of our topics arrived. Refusals leave no trace but the memory of the envelope."""
        self._receiver.receive(envelope, now)

    def receive_from_history(self, envelope: Envelope, now: float) -> None:
        """A mailserver has kept an envelope of one of our topics: the same, and proof that it is archived."""
        self._vouched.note(envelope.sent, now)
        self.envelope_archived(envelope.hash)
        if not self._store.is_seen(envelope.hash):
            self._receiver.receive(envelope, now)

    # features

    def feature(self, kind: type[AnyFeature]) -> AnyFeature:
        """One of :mod:`pystatus.messenger.features`; what of it changes anything is an input."""
        return self._features.of(kind)

    # relays

    def relay_ready(self, relay: Hashable, now: float) -> None:
        """A relay can take envelopes."""
        self._relays.add(relay)
        self._failures.relays_changed(True, now)

    def relay_lost(self, relay: Hashable, now: float) -> None:
        """A relay is gone; what it was handed last may be lost."""
        self._relays.discard(relay)
        self._failures.relays_changed(bool(self._relays), now)
        self._outbox.relay_lost(relay, now)

    def envelope_handed_over(
        self, envelope_hash: bytes, relay: Hashable, now: float, *, clock_agrees: bool = True
    ) -> None:
        """``relay`` was handed an envelope of ours.

        :param clock_agrees: peers agree with our clock, so none will refuse it for its time.
        """
        for message_id in self._outbox.handed_over(envelope_hash, relay, now, clock_agrees=clock_agrees):
            self._set_state(message_id, MessageState.SENT)

    def clock_judged(self, *, suspected: bool) -> None:
        """Peers suspect our clock, or no longer: meanwhile nothing counts as sent."""
        self._outbox.doubt(suspected)

    def envelope_confirmed(self, envelope_hash: bytes) -> None:
        """A relay says that it took an envelope of ours. A hint, no proof: nothing else depends on it."""
        for message_id in self._outbox.confirmed(envelope_hash):
            self._set_state(message_id, MessageState.SEEN)

    def envelope_archived(self, envelope_hash: bytes) -> None:
        """A mailserver has an envelope, perhaps one of ours."""
        for message_id in self._store.sent_in(envelope_hash):
            self._set_state(message_id, MessageState.ARCHIVED)

    def envelope_refused(self, envelope_hash: bytes, relay: Hashable, *, for_its_time: bool = False) -> None:
        """``relay`` says that it did not take an envelope of ours, perhaps because of its time."""
        self._outbox.refused(envelope_hash, relay, for_its_time=for_its_time)

    def envelope_expired(self, envelope_hash: bytes, now: float) -> None:
        """An envelope of ours is past its life."""
        given_up = self._outbox.expired(envelope_hash, connected=bool(self._relays))
        if given_up is not None and (given_up.channel is ChannelKind.PUBLIC or not self._private.repeats):
            self._give_up(given_up.message_ids)

    def _finish(self, now: float) -> None:
        """Make envelopes of everything that waits, and look when something is due."""
        if self._copies.found is not None:
            self.start(now, renewal=self._copies.found)
        self._next_due = None
        if not self._relays:
            return
        self._give_up(self._private.flush(now, self._vouched.for_deletion(now)))
        for entry in self._outbox.take_queued(lambda entry: self._is_ahead(entry, now)):
            try:
                envelope = self._sender.seal(entry, now, self._random)
            except LocalError as error:  # it would be the same at each start
                log.warning("something cannot be sent: %s", error)
                self._store.remove_from_outbox(entry.number)
                self._give_up(entry.message_ids)
                continue
            self._outbox.posted(entry, envelope.hash)
            self._copies.sent(entry.payload, now)
            if entry.message_ids:
                self._store.note_sent(envelope.hash, entry.message_ids, int(now))
            self._batch.add(Publish(envelope))
        waiting = [self._private.next_timer(), self._failures.next_timer()]
        self._next_due = min((due for due in waiting if due is not None), default=None)

    def _is_ahead(self, entry: OutboxEntry, now: float) -> bool:
        """Whether the messages were written with a clock so far ahead that their readers would refuse them now."""
        messages = [self._store.message(message_id) for message_id in entry.message_ids]
        return any(message is not None and message.clock > now * 1000 + MAX_CLOCK_AHEAD_MS for message in messages)

    def _give_up(self, message_ids: Iterable[bytes]) -> None:
        for message_id in message_ids:
            for state in (MessageState.FAILED, MessageState.UNCONFIRMED):  # whichever it can become
                self._set_state(message_id, state)

    def _set_state(self, message_id: bytes, state: MessageState) -> None:
        if self._store.set_message_state(message_id, state):
            self._tell_state(message_id, state)

    def _tell_state(self, message_id: bytes, state: MessageState) -> None:
        self._batch.add(Notify(MessageStateChanged(message_id, state)))

    # time

    def next_timer(self) -> float | None:
        """When :meth:`on_timer` is due, Unix seconds."""
        others = (self._next_due, self._outbox.next_timer(), self._features.next_timer())
        return min([self._kept_house_at + HOUSEKEEPING, *(time for time in others if time is not None)])

    def on_timer(self, now: float, *, confirmed: bool = False) -> None:
        """Say what is sent; publish the contact code when it is time; tell what stays unopened; forget what is too old.
        Early calls are harmless.

        :param confirmed: peers confirm that it is ``now``.
        """
        for message_id in self._outbox.settled(now):
            self._set_state(message_id, MessageState.SENT)
        self._features.on_timer(now)
        self._failures.on_timer(now)
        if is_due(self._kept_house_at, HOUSEKEEPING, now):
            self._kept_house_at = now
            self._keep_house(now, confirmed=confirmed)

    def _keep_house(self, now: float, *, confirmed: bool) -> None:
        """Forget what is too old, by a time that something beside the clock vouches for."""
        self._vouched.advance(now)
        if confirmed:
            self._vouched.confirm(now)
        self._store.save_setting(_VOUCHED_TIME, self._vouched.kept)
        until = self._vouched.for_deletion(now)
        self._store.forget_envelopes(int(until) - SEEN_RETENTION)
        self._copies.forgotten(int(until) - SEEN_RETENTION)
        self._secure.prune(until)
        self._private.prune(until)
