"""Devices of one account in step: contacts, chats, groups and messages from before they were paired (payloads.md §14).

What happens while a device is enabled reaches it by itself: messages are sealed for all devices. This feature brings it
what was there before, and what only one device decides: that a public chat was joined, that a contact was added or got
another name. All of it is noted in a journal, item by item and device by device, and sent in the order of the journal,
a window of it at a time, each item until the device has acknowledged it:

    noted ──► waiting ──► sent ──► arrived
                           │ ▲
                           └─┘ repeated, later each time; a device that is away is waited for

Data sync is not used for the repetitions, since it ends with the first of our devices that acknowledges anything.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pystatus.arguments import checked
from pystatus.errors import LocalError
from pystatus.log_texts import get_logger
from pystatus.messenger.contact_records import Contact
from pystatus.messenger.device_journal import MAX_ITEMS, DeviceJournal, Item, ItemKind, ItemState, MessageSignature
from pystatus.messenger.dispatch import Incoming
from pystatus.messenger.effects import Notify
from pystatus.messenger.events import ChatOpened, Event
from pystatus.messenger.features.device_parcels import DeviceParcels, is_message
from pystatus.messenger.features.feature import Core, Feature
from pystatus.messenger.own_profile import SharedProfile
from pystatus.messenger.records import Chat
from pystatus.payloads.chats import ChatKind, key_from_text
from pystatus.payloads.contacts import ContactUpdate
from pystatus.payloads.devices import SyncInstallation, SyncInstallationContact, SyncInstallationPublicChat
from pystatus.payloads.groups import MembershipUpdateMessage
from pystatus.payloads.payload import Payload
from pystatus.records import dataclass

log = get_logger(__name__)

WINDOW = 16
"""Items that are under way to one device at a time: some 30 ms of sealing, and a relay is not flooded. Ours."""
WINDOW_BYTES = 256 << 10
"""Bytes of them; one that is larger goes alone. Ours."""
FIRST_RETRY = 15.0
"""Seconds until an item is sent again that was not acknowledged, twice as long each time: as data sync does."""
MAX_RETRY = 6 * 3_600.0
"""The longest of these, seconds."""
MAX_ATTEMPTS = 12
"""Times that an item is sent: 14 hours. Then the device is away, and everything waits until it shows itself. Ours."""
MAX_ATTEMPTS_UNANSWERED = 4
"""The same for a device that has never acknowledged anything, and may be of a client that does not: two minutes, then
comes the next item. Ours."""
AWAKE = 60.0
"""Seconds: what is repeated later than this is repeated at once when the device shows itself. Ours."""
HISTORY_MESSAGES = 200
"""Messages of one chat that a device is brought, the last ones. Ours: ten pages of a chat."""
HISTORY_DAYS = 30
"""How old they may be, in days: as long as mailservers keep what everybody sends."""
HISTORY_CHAT_BYTES = 1 << 20
"""Bytes of one chat: 200 texts have some 60 kB. Ours."""
HISTORY_BYTES = 32 << 20
"""Bytes of the messages of all chats that one device is brought. Ours: 200 chats, and some hundred pictures."""
MAX_SIGNATURES = 20_000
"""Signatures of people we know that are kept, some 4 MB: 30 days at 660 messages a day. Without one a message of
somebody else cannot be brought to another device. Ours."""
LOOK_SHARE = 64
"""A 64th of a bound is written until it is looked whether there is too much."""

_DAY_MS = 86_400_000


@checked
@dataclass(frozen=True, slots=True)
class DeviceSynced(Event):
    """Everything that was noted for another device of ours has arrived there."""

    installation_id: str


@checked
@dataclass(frozen=True, slots=True)
class SyncQueued:
    """What will be sent to other devices of ours because of one call: the items that one of them lacks, each counted
    once for each device. ``devices`` is how many take part beside this one; ``chats`` how many chats are looked through
    for messages."""

    devices: int = 0
    contacts: int = 0
    public_chats: int = 0
    groups: int = 0
    chats: int = 0


@checked
@dataclass(frozen=True, slots=True)
class SyncProgress:
    """How much a device of ours has of what was noted for it: numbers of items.

    ``waiting``: not acknowledged yet. ``arrived``: it has them. ``unanswered``: sent to a device that does not
    acknowledge anything. ``refused``: cannot be sent, as too large, or because their bytes cannot be made again.
    """

    installation_id: str
    waiting: int = 0
    arrived: int = 0
    unanswered: int = 0
    refused: int = 0


class DeviceSync(Feature[DeviceJournal]):
    """What other devices of ours are told, and what they tell us.

    Implements: PL-16
    """

    PAYLOADS = (SyncInstallation, SyncInstallationPublicChat)

    def __init__(self, core: Core, tables: DeviceJournal, now: float) -> None:
        super().__init__(core, tables, now)
        self._parcels = DeviceParcels(core, tables)
        self._is_awake = True
        """Something may be due that :attr:`_due` does not know of."""
        self._due: float | None = None
        self._noted: dict[str, int] = {}
        """Items since the last look at those of a device. How many there were before is not known after a start, so the
        first one is a reason to look."""
        self._signatures: int | None = None
        """Signatures since the last look, likewise."""

    def started(self, now: float) -> None:
        """Go on where the last run ended."""
        self._tables.forget_others(one.installation_id for one in self._core.secure.installations(self._core.own))

    # what we tell

    def sync_all(self, now: float, device: str | None = None) -> SyncQueued:
        """Note everything that other devices are to know, and send what they lack. What was given up is tried again.

        :param device: the one that it is for; ``None``: all that are enabled.
        """
        queued = SyncQueued()
        for target in self._devices():
            if device is None or target == device:
                queued = self._note_all(target, queued, now)
        self._is_awake = True
        return queued

    def _note_all(self, device: str, queued: SyncQueued, now: float) -> SyncQueued:
        self._tables.try_again(device)
        for item in self._parcels.profile(device, now):
            self._note(item)
        contacts = sum(self._note(item) for item in self._parcels.contacts(device, now))
        public = sum(self._note(item) for item in self._parcels.public_chats(device, now))
        groups = sum(self._note(item) for item in self._parcels.groups(device, now))
        chats = sum(self._note(item) for item in self._parcels.histories(device, now))
        return SyncQueued(
            queued.devices + 1,
            queued.contacts + contacts,
            queued.public_chats + public,
            queued.groups + groups,
            queued.chats + chats,
        )

    def device_enabled(self, installation_id: str, now: float) -> None:
        """See :meth:`Feature.device_enabled`: it is brought what was there before."""
        self.sync_all(now, installation_id)

    def chat_joined(self, chat: Chat, now: float) -> None:
        """See :meth:`Feature.chat_joined`. That a chat is left is not told: no payload says so."""
        for device in self._devices():
            self._note(self._parcels.public_chat(device, chat.id, now))

    def contact_changed(self, contact: Contact, now: float) -> None:
        """See :meth:`Feature.contact_changed`: of a decision the time is kept, so that the last one counts on all
        devices. That somebody was removed or blocked is not told: no payload says so."""
        self._parcels.note_decision(contact, now)
        if contact.added and not contact.blocked:
            for device in self._devices():
                self._note(self._parcels.contact(device, contact, now))

    def profile_changed(self, profile: SharedProfile, now: float) -> None:
        """See :meth:`Feature.profile_changed`."""
        for device in self._devices():
            for item in self._parcels.profile(device, now):
                self._note(item)

    def progress(self) -> list[SyncProgress]:
        """Of each device that is enabled."""
        found = []
        for device in self._devices():
            counts = self._tables.counts(device)
            found.append(
                SyncProgress(
                    device,
                    counts.get(ItemState.WAITING, 0) + counts.get(ItemState.SENT, 0),
                    counts.get(ItemState.ARRIVED, 0),
                    counts.get(ItemState.UNCONFIRMED, 0),
                    counts.get(ItemState.REFUSED, 0),
                )
            )
        return found

    def _devices(self) -> list[str]:
        return [target.installation_id for target in self._core.secure.targets(self._core.own)]

    def _note(self, item: Item) -> bool:
        is_new = self._tables.note(item)
        if is_new:
            self._is_awake = True
            self._count(item.device)
        return is_new

    def _count(self, device: str) -> None:
        look = MAX_ITEMS // LOOK_SHARE
        noted = self._noted.get(device, look) + 1
        if noted >= look:
            noted = 0
            self._tables.trim(device, MAX_ITEMS)
        self._noted[device] = noted

    # the way out

    def next_flush(self) -> float | None:
        """See :meth:`Feature.next_flush`."""
        return 0.0 if self._is_awake else self._due

    def flush(self, now: float) -> None:
        """See :meth:`Feature.flush`: repeat what was not acknowledged, and fill the window of each device."""
        if not self._is_awake and (self._due is None or now < self._due):
            return
        self._is_awake = False
        devices = self._devices()
        for device in devices:
            for item in self._tables.to_repeat(device, now, WINDOW):
                self._repeat(item, now)
            self._fill(device, now)
        times = [self._tables.next_due(device) for device in devices]
        self._due = min((time for time in times if time is not None), default=None)

    def _repeat(self, item: Item, now: float) -> None:
        answers = self._tables.has_answered(item.device)
        if item.attempts < (MAX_ATTEMPTS if answers else MAX_ATTEMPTS_UNANSWERED):
            self._send(item, now)
        elif answers:
            self._tables.save(replace(item, due_s=None))
        else:
            self._tables.save(replace(item, state=ItemState.UNCONFIRMED, due_s=None))

    def _fill(self, device: str, now: float) -> None:
        count, size = self._tables.in_flight(device)
        settled = False
        for _ in range(WINDOW):
            item = self._tables.first_waiting(device)
            if item is None or count >= WINDOW or (count and size + item.size > WINDOW_BYTES):
                break
            if item.kind is ItemKind.HISTORY:
                self._tables.remove(item.number)
                self._note_messages(device, item.key.decode(), now)
                settled = True
            elif self._send(item, now):
                count, size = count + 1, size + item.size
            else:
                settled = True
        else:
            self._is_awake = True  # there may be more
        if settled:  # the last of it may be what is not sent, so nobody will acknowledge it
            self._look(device)

    def _note_messages(self, device: str, chat_id: str, now: float) -> None:
        """The last messages of a chat, the newest first, as far as they can be brought."""
        oldest_ms = int(now * 1000) - HISTORY_DAYS * _DAY_MS
        room = min(HISTORY_CHAT_BYTES, HISTORY_BYTES - self._tables.message_bytes(device))
        for item in self._parcels.messages(device, chat_id, HISTORY_MESSAGES, oldest_ms, now):
            room -= item.size
            if room < 0:
                return
            self._note(item)

    def _send(self, item: Item, now: float) -> bool:
        """Whether an item is under way."""
        wrapped = self._parcels.wrapped(item)
        if wrapped is None:
            if item.kind is ItemKind.MESSAGE and self._core.store.has_message(item.key):
                self._tables.save(replace(item, state=ItemState.REFUSED, due_s=None))
            else:  # it is not here any more
                self._tables.remove(item.number)
            return False
        try:
            written_s = item.queued_ms // 1000
            sync_id = self._core.sender.send_to_device(item.device, wrapped, written_s, now, copy_of=item.message_id)
        except LocalError as error:
            log.info("something cannot be brought to another device: %s", error)
            self._tables.save(replace(item, state=ItemState.REFUSED, due_s=None))
            return False
        if not sync_id:  # without data sync nobody acknowledges it
            self._tables.save(replace(item, state=ItemState.UNCONFIRMED, attempts=item.attempts + 1))
            return False
        due_s = now + min(MAX_RETRY, FIRST_RETRY * 2.0**item.attempts)
        sent = replace(item, state=ItemState.SENT, sync_id=sync_id, attempts=item.attempts + 1, due_s=due_s)
        self._tables.save(sent)
        return True

    # what comes back

    def acknowledged(self, sync_ids: tuple[bytes, ...], device: str) -> int:
        """A device of ours acknowledges messages of data sync: how many of them are items of the journal."""
        items = self._tables.sent_as(device, sync_ids)
        for item in items:
            self._tables.save(replace(item, state=ItemState.ARRIVED, due_s=None))
        if any(item.state is not ItemState.ARRIVED for item in items):
            self._is_awake = True
            self._look(device)
        return len(items)

    def _look(self, device: str) -> None:
        if self._tables.first_waiting(device) is None and not self._tables.in_flight(device)[0]:
            self._core.batch.add(Notify(DeviceSynced(device)))

    def heard_from(self, device: str, now: float) -> None:
        """A device of ours is there: what waits for it is tried."""
        if self._tables.hurry(device, now, now + AWAKE):
            self._is_awake = True

    # what we are told

    def receive(self, payload: Payload, incoming: Incoming) -> None:
        """Another device of ours has joined a public chat, or tells all at once, in the form of older clients."""
        if isinstance(payload, SyncInstallation):
            account = () if payload.account is None else (payload.account,)
            for part in (*payload.contacts, *payload.public_chats, *account):
                if not self.is_outdated(part):
                    self._core.dispatch.take(part, incoming)
                self.taken([(part, incoming)])
            return
        assert isinstance(payload, SyncInstallationPublicChat)
        core = self._core
        if core.store.chat(payload.id) is not None:  # also one that was left here
            return
        chat = Chat(payload.id, ChatKind.PUBLIC, updated_ms=incoming.now_ms)
        core.store.save_chat(chat)
        core.channels.listen_to(chat)
        core.batch.add(Notify(ChatOpened(chat)))

    def is_outdated(self, payload: Payload) -> bool:
        """Whether our user has decided otherwise on this device, and later."""
        return isinstance(payload, SyncInstallationContact) and self._parcels.is_outdated(payload)

    def taken(self, taken: Sequence[tuple[Payload, Incoming]]) -> None:
        """Payloads of one envelope were taken. If they came in private, a device of ours that has brought them knows
        them, and of messages of others the signatures are kept, for devices that are paired later."""
        private = [(payload, incoming) for payload, incoming in taken if incoming.public_name is None]
        is_known = self._core.people.is_known
        signatures = [
            MessageSignature(message.id, message.signature, is_known(message.author))
            for payload, message in ((payload, incoming.message) for payload, incoming in private)
            if message.author != self._core.own and message.signed and is_message(payload)
        ]
        if signatures:
            self._keep_signatures(signatures)
        for payload, incoming in private:
            self._note_brought(payload, incoming)

    def _note_brought(self, payload: Payload, incoming: Incoming) -> None:
        if incoming.device is None or all(
            one.installation_id != incoming.device for one in self._core.secure.installations(self._core.own)
        ):
            return
        item = self._brought(payload, incoming, incoming.device)
        if item is not None:
            self._tables.note_arrived(item)
            self._count(incoming.device)

    def _keep_signatures(self, signatures: Sequence[MessageSignature]) -> None:
        kept = self._tables.keep_signatures(signatures)
        if not kept:
            return
        look = MAX_SIGNATURES // LOOK_SHARE
        self._signatures = kept + (look if self._signatures is None else self._signatures)
        if self._signatures >= look:
            self._signatures = 0
            self._tables.trim_signatures(MAX_SIGNATURES)

    def _brought(self, payload: Payload, incoming: Incoming, device: str) -> Item | None:
        """The item that a payload of another device of ours is; ``None``: it is none that is kept in step."""
        now_ms = incoming.now_ms
        match payload:
            case SyncInstallationContact():
                key = key_from_text(f"0x{payload.id[2:]}").compressed
                return Item(device, ItemKind.CONTACT, key, now_ms, payload.clock)
            case SyncInstallationPublicChat():
                return Item(device, ItemKind.PUBLIC_CHAT, payload.id.encode(), now_ms)
            case ContactUpdate() if incoming.author == self._core.own:
                return Item(device, ItemKind.PROFILE, b"", now_ms, payload.clock)
            case MembershipUpdateMessage(message=None, emoji_reaction=None):
                version = self._parcels.group_version(payload.chat_id)
                return Item(device, ItemKind.GROUP, payload.chat_id.encode(), now_ms, version)
            case _ if is_message(payload):
                return Item(device, ItemKind.MESSAGE, incoming.message.id, now_ms)
        return None
