"""An envelope on its way up: key, encryption layer, data sync, wrapper, payload, chat (secure-transport.md §8.4).

A failure in one place ends that message alone. Nothing is stored of what is refused but the envelope's hash.
"""

from __future__ import annotations

from pystatus.crypto.keys import PublicKey
from pystatus.datasync.codec import Payload as SyncPayload
from pystatus.errors import RemoteError
from pystatus.log_texts import get_logger
from pystatus.messenger.answers import Answers
from pystatus.messenger.batch import Batch
from pystatus.messenger.channels import Channels, Received
from pystatus.messenger.copies import Copies
from pystatus.messenger.decryption_failures import DecryptionFailures
from pystatus.messenger.effects import Continue, Notify
from pystatus.messenger.events import (
    DeviceFound,
    MessageStateChanged,
)
from pystatus.messenger.features.feature import Incoming
from pystatus.messenger.features.registry import Features
from pystatus.messenger.one_to_one import OneToOne, ReceivedPayload
from pystatus.messenger.people import People
from pystatus.messenger.records import MessageState
from pystatus.messenger.session_repair import SessionRepair
from pystatus.messenger.store import MessengerStore
from pystatus.payloads.messages import ChatMessage
from pystatus.payloads.payload import Payload
from pystatus.payloads.registry import check_author, decode_payload
from pystatus.payloads.wrapper import ApplicationMessage, unwrap
from pystatus.secure_transport.errors import DuplicateMessage, NoPayload
from pystatus.secure_transport.secure_transport import Kind, Opened, SecureTransport
from pystatus.waku.envelope import Envelope

log = get_logger(__name__)


class Receiver:
    """Takes received envelopes apart and stores what is in them."""

    def __init__(
        self,
        own: PublicKey,
        store: MessengerStore,
        secure: SecureTransport,
        channels: Channels,
        people: People,
        answers: Answers,
        healing: SessionRepair,
        failures: DecryptionFailures,
        copies: Copies,
        features: Features,
        private: OneToOne,
        batch: Batch,
    ) -> None:
        self._own = own
        self._store = store
        self._secure = secure
        self._channels = channels
        self._people = people
        self._answers = answers
        self._healing = healing
        self._failures = failures
        self._copies = copies
        self._features = features
        self._private = private
        self._batch = batch

    def receive(self, envelope: Envelope, now: float) -> None:
        """Handle one envelope; one that was seen before is nothing new."""
        received = self._channels.open(envelope)
        if received is None:
            return
        if self._people.is_known(received.signer):
            if self._store.mark_seen(envelope.hash, int(now)):
                self._take(received, envelope, now, known=True)
        elif self._store.mark_seen_of_stranger(envelope.hash, self._people.config.seen):
            self._answers.received(envelope.size)
            self._take(received, envelope, now, known=False)
            self._people.heard(received.signer)

    def _take(self, received: Received, envelope: Envelope, now: float, *, known: bool) -> None:
        signer = received.signer
        try:
            opened = self._secure.open(signer, received.payload, now, known=known)
        except RemoteError as error:
            # What is not encrypted is push traffic at best (secure-transport.md §8.4 step 5), and that is for another
            # layer.
            log.debug("no protocol message in envelope %s: %s", envelope.hash.hex()[:16], error)
            return
        if opened.new_shared_secret is not None:
            self._channels.listen_to_negotiated(signer)
        if signer != self._own and (opened.new_installations or received.is_contact_code):
            self._private.heard_from(signer, now, new_device=bool(opened.new_installations))
        if signer == self._own:
            self._copies.own_payload(opened, received.payload, now)
            for installation_id in opened.new_installations:
                self._batch.add(Notify(DeviceFound(installation_id)))
        for bundle_problem in opened.rejected_bundles:
            log.info("a bundle was refused: %s", bundle_problem)
        if opened.payload is None:
            self._take_problem(signer, opened, envelope, now)
        elif (opened.kind is Kind.PUBLIC) != (received.public_name is not None):
            log.info("a public message came in private, or the other way round: refused")
        else:
            self._take_payload(signer, opened, received.public_name, envelope, now)

    def _take_problem(self, signer: PublicKey, opened: Opened, envelope: Envelope, now: float) -> None:
        if isinstance(opened.problem, (NoPayload, DuplicateMessage)) or signer == self._own:
            log.debug("nothing for this device: %s", opened.problem)
            return
        log.info("a message could not be opened: %s", opened.problem)
        self._healing.failed(signer, opened, now)
        self._failures.failed(signer, opened, envelope.sent, now)

    def _take_payload(
        self, signer: PublicKey, opened: Opened, channel: str | None, envelope: Envelope, now: float
    ) -> None:
        assert opened.payload is not None
        if opened.kind is Kind.RATCHET:
            self._healing.worked(signer, opened.installation_id)
        if not opened.payload:  # a bundle advertisement: its bundle is stored already
            if signer != self._own:  # something of ours did not open there: it may be sent again under that bundle
                self._private.heard_from(signer, now, new_device=False)
            return
        received = ReceivedPayload((opened.payload,))
        if channel is None:
            try:
                received = self._private.receive(signer, opened.payload, now)
            except RemoteError as error:
                log.info("a data sync payload was refused: %s", error)
                return
        self._take_part(received, signer, opened, channel, envelope, now)

    def _take_rest(
        self, parts: tuple[SyncPayload, ...], signer: PublicKey, opened: Opened, envelope: Envelope, now: float
    ) -> None:
        """The next part of a private payload that is too long for one transaction."""
        received = self._private.receive_rest(signer, parts, now)
        self._take_part(received, signer, opened, None, envelope, now)
        if not self._people.is_known(signer):
            self._people.heard(signer)

    def _take_part(
        self,
        received: ReceivedPayload,
        signer: PublicKey,
        opened: Opened,
        channel: str | None,
        envelope: Envelope,
        now: float,
    ) -> None:
        for message_id in received.acknowledged:
            self._delivered(message_id)
        if received.unknown_acks and opened.for_this_device_alone:
            self._copies.unknown_acknowledgement(signer, now)
        written = [] if received.written_s is None else [received.written_s]
        for body in received.bodies:
            try:
                message = unwrap(body, signer)
                payload = self._take_message(message, signer, opened, channel, envelope, now)
            except RemoteError as error:
                log.info("a message was refused: %s", error)
                continue
            if isinstance(payload, ChatMessage):
                written.append(payload.timestamp // 1000)  # sent again by hand, it is new to data sync
        if channel is None and written and signer != self._own:
            self._failures.opened(signer, opened.installation_id, min(written), envelope.sent)
        if received.rest:
            self._batch.add(Continue(lambda then: self._take_rest(received.rest, signer, opened, envelope, then)))

    def _delivered(self, message_id: bytes) -> None:
        if self._store.set_message_state(message_id, MessageState.DELIVERED):
            self._batch.add(Notify(MessageStateChanged(message_id, MessageState.DELIVERED)))

    def _take_message(
        self,
        message: ApplicationMessage,
        signer: PublicKey,
        opened: Opened,
        channel: str | None,
        envelope: Envelope,
        now: float,
    ) -> Payload | None:
        """Its payload; None if it is of a type that we do not know."""
        # Before it is decoded: what our own devices send has lists, which take strangers few bytes and us long.
        check_author(message, signer, self._own)
        payload = decode_payload(message.type, message.payload)
        if payload is None:
            return None
        sent_ms, now_ms = envelope.sent * 1000, int(now * 1000)
        # Nobody vouches for an envelope's time. Were a message refused because somebody dated its envelope back, the
        # genuine one would be a duplicate by now. So what is refused is ahead of the envelope and of ourselves.
        payload.check(max(sent_ms, now_ms), now_ms)
        self._features.receive(payload, Incoming(message, channel, opened.kind is Kind.RATCHET, now_ms))
        return payload
