"""One installation of an account at work: the parts of the messenger, each complete, and what they are when the profile
becomes another installation."""

from __future__ import annotations

from pystatus.crypto.keys import PrivateKey
from pystatus.crypto.random import RandomSource
from pystatus.log_texts import get_logger
from pystatus.messenger.answers import Answers
from pystatus.messenger.batch import Batch
from pystatus.messenger.channels import Channels
from pystatus.messenger.config import MessengerConfig
from pystatus.messenger.copies import Copies, take_installation_id
from pystatus.messenger.decryption_failures import DecryptionFailures
from pystatus.messenger.dispatch import Dispatch
from pystatus.messenger.effects import Notify
from pystatus.messenger.events import DeviceRenewed, RenewalReason
from pystatus.messenger.features.device_sync import DeviceSync
from pystatus.messenger.features.feature import Core
from pystatus.messenger.features.messages import Messages
from pystatus.messenger.features.registry import Features
from pystatus.messenger.features.unknown_payloads import UnknownPayloads
from pystatus.messenger.message_states import MessageStates
from pystatus.messenger.one_to_one import OneToOne
from pystatus.messenger.outbox import Outbox, Posting
from pystatus.messenger.people import People
from pystatus.messenger.receiving import Receiver
from pystatus.messenger.sending import Sender
from pystatus.messenger.session_repair import SessionRepair
from pystatus.messenger.store import MessengerStore
from pystatus.secure_transport.secure_transport import SecureTransport
from pystatus.transport.channels import ChannelKind
from pystatus.vouched_time import VouchedTime

log = get_logger(__name__)

VOUCHED_TIME = "vouched_time_s"
"""The setting with what the last run vouches for, Unix seconds."""

_RENEWAL_SENTENCES = {
    RenewalReason.RESTORED: "This profile is older than the one that ran here last, as a restored backup is.",
    RenewalReason.COPIED: "This profile was copied from another machine or another user.",
    RenewalReason.USED_ELSEWHERE: "A copy of this profile has sent messages as this device.",
}


class Installation:
    """All that one installation works with. Another installation of the profile is another object."""

    def __init__(
        self,
        identity: PrivateKey,
        store: MessengerStore,
        random: RandomSource,
        config: MessengerConfig,
        batch: Batch,
        now: float,
        *,
        connected: bool,
    ) -> None:
        """
        :param now: Unix seconds.
        :param connected: there is a relay.
        """
        own, installation_id = identity.public_key, take_installation_id(store, random)
        self._store = store
        self._batch = batch
        vouched = store.setting(VOUCHED_TIME)
        self.vouched = VouchedTime(vouched if isinstance(vouched, int) else store.newest_envelope() or 0)
        self.copies = Copies(own, installation_id, store, batch, now)
        self.secure = SecureTransport(identity, installation_id, store.encryption, random, config.encryption)
        people = People(own, store.people, random, config.strangers)
        people.start()
        answers = Answers(store, config.answers)
        self.channels = Channels(identity, store, people, batch)
        self.outbox = Outbox(store)
        self.private = OneToOne(
            identity, store, self.secure, people, answers, self.channels, self.outbox, random, config
        )
        dispatch = Dispatch()
        self.sender = Sender(identity, self.secure, self.channels, self.outbox, self.private, people, answers, dispatch)
        self.states = MessageStates(store, batch)
        self.posting = Posting(identity, store, self.outbox, self.channels, self.states, self.copies, batch, random)
        core = Core(
            own, store, self.secure, self.sender, self.channels, people, self.states, dispatch, batch, random, config
        )
        self.features = Features(core, now)
        self.failures = DecryptionFailures(
            store.decryption_failures, people.is_known, lambda notice: batch.add(Notify(notice))
        )
        self.failures.relays_changed(connected, now)
        self.receiver = Receiver(
            own,
            store,
            self.secure,
            self.channels,
            people,
            answers,
            SessionRepair(store, self.sender, people, answers),
            self.failures,
            self.copies,
            dispatch,
            self.features.of(UnknownPayloads),
            self.features.of(DeviceSync),
            self.private,
            self.states,
            batch,
        )

    def begin(self, renewal: RenewalReason | None, now: float) -> None:
        """Take up where the last run ended.

        :param renewal: why the profile has just become this installation, if it has.
        """
        self.features.started(now)
        self.features.of(UnknownPayloads).hand_over(now)
        if renewal is not None:
            self._renewed(renewal, now)

    def _renewed(self, reason: RenewalReason, now: float) -> None:
        """Say that this is a new device, and send anew what was waiting: sealed as the old one, it stays here.

        Implements: ST-53
        """
        installation_id = self.secure.installation_id
        if reason is not RenewalReason.ASKED:
            log.warning("%s It is a new device of the account now, %s.", _RENEWAL_SENTENCES[reason], installation_id)
        self._batch.add(Notify(DeviceRenewed(installation_id, reason)))
        self.private.begin_anew(now)
        for entry in self._store.outbox():
            if entry.channel is ChannelKind.PUBLIC:
                continue
            self._store.remove_from_outbox(entry.number)
            if not self.private.repeats:
                self.features.of(Messages).seal_anew(entry.message_ids, now)
        self.features.device_renewed(now)
