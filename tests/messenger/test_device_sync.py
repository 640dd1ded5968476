"""Devices of one account in step: what was there before they were paired, and what only one of them decides."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from pystatus.errors import LocalError
from pystatus.messenger.device_journal import ItemKind
from pystatus.messenger.events import ChatOpened, Event, MessageReceived, MessageSynced
from pystatus.messenger.features.chats import Chats
from pystatus.messenger.features.contacts import ContactChanged, Contacts
from pystatus.messenger.features.conversations import Conversations
from pystatus.messenger.features.device_sync import DeviceSync, DeviceSynced, SyncProgress, SyncQueued
from pystatus.messenger.features.devices import Devices
from pystatus.messenger.features.groups import Groups
from pystatus.messenger.records import Chat, MessageState
from pystatus.payloads.devices import (
    PairInstallation,
    SyncInstallation,
    SyncInstallationAccount,
    SyncInstallationContact,
    SyncInstallationPublicChat,
)
from pystatus.payloads.kinds import ContentType, PayloadType
from pystatus.payloads.messages import ChatMessage, EmojiReaction
from pystatus.payloads.payload import Payload
from pystatus.payloads.wrapper import wrap
from tests.support.people import Network, Person

SETTLED = 600
"""Seconds in which everything has arrived on a network that loses nothing, or a third."""


class BadNetwork(Network):
    """Loses, and delivers twice, some of what each person is to get."""

    def __init__(self, directory: Path, loss: float, duplicates: float, seed: int) -> None:
        super().__init__(directory)
        self.loss = loss
        self.duplicates = duplicates
        self._chance = random.Random(seed)

    def hand_to(self, person: Person) -> int:
        if self._chance.random() < self.loss:
            return 0
        return 2 if self._chance.random() < self.duplicates else 1


def sync(device: Person) -> DeviceSync:
    return device.messenger.feature(DeviceSync)


def installation_id(device: Person) -> str:
    return device.messenger.feature(Devices).all()[0].installation_id


def pair(*devices: Person) -> None:
    """Each introduces itself, and each is enabled on each other."""
    for device in devices:
        device.do(lambda device=device: device.messenger.feature(Devices).pair(device.name, device.network.now))  # type: ignore[misc]
    for device in devices:
        for other in devices:
            if other is not device:
                enable(device, other)


def enable(device: Person, other: Person, enabled: bool = True) -> None:
    name = installation_id(other)
    device.do(lambda: device.messenger.feature(Devices).set_enabled(name, enabled, device.network.now))


def contacts(device: Person) -> dict[str, str]:
    """Those that were added, with their nicknames."""
    return {one.key.hex: one.nickname for one in device.messenger.feature(Contacts).all() if one.added}


def add(device: Person, other: Person, nickname: str) -> None:
    device.do(lambda: device.messenger.feature(Contacts).add(other.key, device.network.now, nickname))


def shown(device: Person, chat: Chat | str) -> list[tuple[str, str]]:
    """Who wrote what in a chat, in its order, as the names of the network have it."""
    names = {person.key: person.name for person in reversed(device.network.people)}
    messages = device.store.messages(chat if isinstance(chat, str) else chat.id, 500, None)
    return [
        (names[message.author], message.text)
        for message in reversed(messages)
        if message.content_type != ContentType.SYSTEM_PRIVATE_GROUP
    ]


def public_chats(device: Person) -> set[str]:
    return {chat.id for chat in device.store.chats() if chat.active and chat.kind.name == "PUBLIC"}


def events(device: Person, kind: type[Event]) -> list[Event]:
    return [event for event in device.events if isinstance(event, kind)]


class Life:
    """What a phone has done with two friends before there is another device."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.phone = network.add("phone")
        self.bob, self.carol = network.add("bob"), network.add("carol")
        for name in ("harbour", "market"):
            self.phone.join(name)
        self.bob.say(self.bob.meet(self.phone), "hello, I am Bob")
        self.phone.say(self.bob.key.hex, "hello Bob")
        self.bob.say(self.phone.key.hex, "how are you?")
        self.phone.say(self.phone.meet(self.carol), "hello Carol")
        self.carol.say(self.phone.key.hex, "hello yourself")
        add(self.phone, self.bob, "Bobby")
        network.wait(SETTLED)
        keys = [self.bob.key, self.carol.key]
        self.group = self.phone.do(lambda: self.phone.messenger.feature(Groups).create("boats", keys, network.now))
        network.wait(SETTLED)
        for person in (self.bob, self.carol):
            person.do(lambda person=person: person.messenger.feature(Groups).join(self.group.id, network.now))  # type: ignore[misc]
            network.wait(SETTLED)
        self.phone.say(self.group, "which one?")
        self.bob.say(self.group, "the blue one")
        network.wait(SETTLED)
        self.chats = (self.bob.key.hex, self.carol.key.hex, self.group.id)

    def has_all(self, device: Person) -> bool:
        return (
            contacts(device) == contacts(self.phone)
            and public_chats(device) == public_chats(self.phone)
            and all(shown(device, chat) == shown(self.phone, chat) for chat in self.chats)
            and self.members(device) == self.members(self.phone)
        )

    def members(self, device: Person) -> list[tuple[str, bool]]:
        found = device.messenger.feature(Groups).members(self.group.id)
        return [(member.person.hex, member.has_joined) for member in found]


@pytest.fixture
def life(network: Network) -> Life:
    return Life(network)


def another(life: Life, name: str) -> Person:
    return life.network.add(name, identity=life.phone.identity)


@pytest.mark.requirement("PL-16")
def test_a_second_device_gets_what_was_there_before_it(life: Life) -> None:
    phone, laptop = life.phone, another(life, "laptop")
    assert contacts(laptop) == {}
    pair(phone, laptop)
    life.network.wait(SETTLED)

    assert shown(phone, life.bob.key.hex)[-3:] == [
        ("bob", "hello, I am Bob"),
        ("phone", "hello Bob"),
        ("bob", "how are you?"),
    ]
    assert contacts(laptop) == {life.bob.key.hex: "Bobby"}
    assert public_chats(laptop) == {"harbour", "market"}
    assert life.has_all(laptop)
    assert DeviceSynced(installation_id(laptop)) in phone.events
    (progress,) = sync(phone).progress()
    assert (progress.waiting, progress.unanswered, progress.refused) == (0, 0, 0)


def test_that_a_device_lacks_nothing_is_told_each_time_that_one_asks(life: Life) -> None:
    """Nothing is sent then, so nothing is acknowledged."""
    phone, laptop = life.phone, another(life, "laptop")
    pair(phone, laptop)
    life.network.wait(SETTLED)
    for _ in range(2):
        phone.events.clear()
        phone.do(lambda: sync(phone).sync_all(life.network.now))
        life.network.wait(SETTLED)
        assert DeviceSynced(installation_id(laptop)) in phone.events
        assert [one.waiting for one in sync(phone).progress()] == [0]


def test_what_is_brought_is_no_news_there(life: Life) -> None:
    """A bot answers nothing that was answered, nothing is unread, and chats stand where they stood."""
    laptop = another(life, "laptop")
    pair(life.phone, laptop)
    life.network.wait(SETTLED)
    assert events(laptop, MessageReceived) == []
    assert [chat.unread for chat in laptop.store.chats()] == [0] * len(laptop.store.chats())
    brought = [event.message for event in events(laptop, MessageSynced) if isinstance(event, MessageSynced)]
    assert sorted(message.id for message in brought) == sorted({message.id for message in brought})
    used = {chat.id: chat.updated_ms for chat in life.phone.store.chats()}
    there = {chat.id: chat.updated_ms for chat in laptop.store.chats()}
    assert abs(there[life.bob.key.hex] - used[life.bob.key.hex]) < 60_000


def test_the_two_go_on_together(life: Life) -> None:
    """With what was brought the new device can talk: it is in the group, and friends know it from its bundles."""
    phone, laptop = life.phone, another(life, "laptop")
    pair(phone, laptop)
    life.network.wait(SETTLED)
    laptop.say(life.bob.key.hex, "from the laptop")
    laptop.say(life.group.id, "the laptop likes the red one")
    life.network.wait(SETTLED)
    assert life.bob.heard[-2:] == ["from the laptop", "the laptop likes the red one"]
    life.bob.say(phone.key.hex, "to both")
    life.bob.say(life.group.id, "to all")
    life.network.wait(SETTLED)
    assert life.has_all(laptop)
    assert laptop.heard == ["to both", "to all"]
    life.bob.join("market")
    life.bob.say("market", "to everybody")
    assert laptop.heard[-1] == "to everybody"


def test_nothing_is_sent_twice(life: Life) -> None:
    phone, laptop = life.phone, another(life, "laptop")
    pair(phone, laptop)
    life.network.wait(SETTLED)
    assert sync(phone).progress()[0].waiting == 0
    before = len(life.network.envelopes)
    for device in (phone, laptop):
        queued = device.do(lambda device=device: sync(device).sync_all(life.network.now))  # type: ignore[misc]
        assert (queued.contacts, queued.public_chats, queued.groups) == (0, 0, 0)
    enable(phone, laptop, False)
    enable(phone, laptop)
    life.network.wait(5)
    assert life.network.envelopes[before:] == []


def test_what_the_other_device_has_brought_is_not_sent_back(life: Life) -> None:
    phone, laptop = life.phone, another(life, "laptop")
    pair(phone)
    pair(laptop)
    enable(phone, laptop)
    life.network.wait(SETTLED)
    assert life.has_all(laptop)
    enable(laptop, phone)
    before = len(life.network.envelopes)
    life.network.wait(5)
    assert sync(laptop).progress() == [SyncProgress(installation_id(phone), arrived=sync(laptop).progress()[0].arrived)]
    assert life.network.envelopes[before:] == []


def test_what_one_device_decides_reaches_the_other(life: Life) -> None:
    phone, laptop = life.phone, another(life, "laptop")
    pair(phone, laptop)
    life.network.wait(SETTLED)
    laptop.join("lighthouse")
    add(laptop, life.carol, "Caro")
    life.network.wait(5)
    assert "lighthouse" in public_chats(phone)
    assert contacts(phone)[life.carol.key.hex] == "Caro"
    assert any(isinstance(event, ContactChanged) and event.contact.nickname == "Caro" for event in phone.events)
    assert any(isinstance(event, ChatOpened) and event.chat.id == "lighthouse" for event in phone.events)

    phone.do(lambda: phone.messenger.feature(Contacts).set_nickname(life.carol.key, "Carolina", life.network.now))
    life.network.wait(5)
    assert contacts(laptop)[life.carol.key.hex] == "Carolina"


def test_of_two_decisions_the_later_one_counts_on_both_devices(life: Life) -> None:
    phone, laptop = life.phone, another(life, "laptop")
    pair(phone, laptop)
    life.network.wait(SETTLED)
    laptop.disconnect()
    laptop.do(lambda: laptop.messenger.feature(Contacts).set_nickname(life.bob.key, "early", life.network.now))
    life.network.wait(5)
    phone.do(lambda: phone.messenger.feature(Contacts).set_nickname(life.bob.key, "late", life.network.now))
    life.network.wait(5)
    laptop.connect()
    life.network.wait(SETTLED)
    assert contacts(phone)[life.bob.key.hex] == contacts(laptop)[life.bob.key.hex] == "late"


def test_a_chat_that_was_left_there_stays_left(life: Life) -> None:
    phone, laptop = life.phone, another(life, "laptop")
    laptop.join("harbour")
    laptop.do(lambda: laptop.messenger.feature(Chats).leave("harbour"))
    pair(phone, laptop)
    life.network.wait(SETTLED)
    assert public_chats(laptop) == {"market"}


def test_what_was_deleted_is_not_brought(life: Life) -> None:
    phone, laptop = life.phone, another(life, "laptop")
    secret = phone.say(life.bob.key.hex, "forget this")
    phone.do(lambda: phone.messenger.feature(Conversations).delete_message(secret.id))
    pair(phone, laptop)
    life.network.wait(SETTLED)
    assert laptop.store.message(secret.id) is None
    assert life.has_all(laptop)


def test_a_message_that_failed_stays_failed_though_another_device_has_it(life: Life) -> None:
    """What our own device acknowledges says nothing of the recipient."""
    phone = life.phone
    life.bob.disconnect()
    life.network.wait(1)
    message = phone.say(life.bob.key.hex, "is anybody there?")
    with phone.store.transaction():
        phone.store.set_message_state(message.id, MessageState.UNCONFIRMED)
    laptop = another(life, "laptop")
    pair(phone, laptop)
    life.network.wait(5)
    assert laptop.store.message(message.id) is not None
    kept = phone.store.message(message.id)
    assert kept is not None
    assert kept.state is MessageState.UNCONFIRMED


def test_a_third_device_and_no_fourth(life: Life) -> None:
    phone, laptop, tablet = life.phone, another(life, "laptop"), another(life, "tablet")
    pair(phone, laptop, tablet)
    life.network.wait(SETTLED)
    assert life.has_all(laptop)
    assert life.has_all(tablet)
    assert {event for event in phone.events if isinstance(event, DeviceSynced)} == {
        DeviceSynced(installation_id(laptop)),
        DeviceSynced(installation_id(tablet)),
    }
    fridge = another(life, "fridge")
    before = len(events(fridge, MessageSynced))
    with pytest.raises(LocalError, match="At most 3 devices can be enabled; disable another one first"):
        enable(phone, fridge)
    life.network.wait(5)
    assert len(events(fridge, MessageSynced)) == before == 0
    assert contacts(fridge) == {}


def test_a_disabled_device_gets_nothing_more(life: Life) -> None:
    phone, laptop = life.phone, another(life, "laptop")
    life.network.holding = True
    enable(phone, laptop)
    assert sync(phone).progress()[0].waiting > 0
    life.network.held.clear()  # nothing of it has left the phone
    life.network.holding = False
    enable(phone, laptop, False)
    phone.join("lighthouse")
    life.network.wait(SETTLED)
    assert contacts(laptop) == {}
    assert public_chats(laptop) == set()
    assert sync(phone).progress() == []
    enable(phone, laptop)
    life.network.wait(SETTLED)
    assert life.has_all(laptop)


def test_a_device_that_is_away_is_waited_for(life: Life) -> None:
    """What was sent while it was away is gone with its envelopes; when it shows itself, everything comes."""
    phone, laptop = life.phone, another(life, "laptop")
    pair(phone, laptop)
    life.network.wait(SETTLED)
    laptop.disconnect()
    for number in range(40):
        phone.join(f"chat-{number}")
    life.network.wait(3 * 86_400)
    quiet = len(life.network.envelopes)
    life.network.wait(3_600)
    assert len(life.network.envelopes) - quiet <= 2  # contact codes
    assert sync(phone).progress()[0].waiting == 40
    laptop.connect()
    laptop.say(life.bob.key.hex, "back again")
    life.network.wait(SETTLED)
    assert public_chats(laptop) == public_chats(phone)
    assert sync(phone).progress()[0].waiting == 0


def test_a_client_that_acknowledges_nothing_is_sent_everything_all_the_same(life: Life) -> None:
    phone = life.phone
    laptop = life.network.add("laptop", identity=phone.identity, datasync=False)
    pair(phone, laptop)
    life.network.wait(3_600)
    assert life.has_all(laptop)
    (progress,) = sync(phone).progress()
    assert (progress.waiting, progress.refused) == (0, 0)
    assert progress.unanswered > 0


def test_without_data_sync_everything_is_sent_once(tmp_path: Path) -> None:
    network = Network(tmp_path)
    phone = network.add("phone", datasync=False)
    phone.join("harbour")
    laptop = network.add("laptop", identity=phone.identity, datasync=False)
    enable(phone, laptop)
    network.wait(SETTLED)
    assert public_chats(laptop) == {"harbour"}
    assert sync(phone).progress() == [SyncProgress(installation_id(laptop), unanswered=1)]
    network.close()


def test_how_much_is_brought_is_bounded(life: Life, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pystatus.messenger.features.device_sync.HISTORY_MESSAGES", 3)
    phone, laptop = life.phone, another(life, "laptop")
    texts = [phone.say(life.bob.key.hex, f"number {number}").text for number in range(6)]
    pair(phone, laptop)
    life.network.wait(SETTLED)
    assert [text for _, text in shown(laptop, life.bob.key.hex)] == texts[-3:]


def test_what_is_old_or_large_stays_where_it_is(life: Life, monkeypatch: pytest.MonkeyPatch) -> None:
    phone, laptop = life.phone, another(life, "laptop")
    life.network.now += 31 * 86_400
    new = phone.say(life.bob.key.hex, "a month later")
    long = phone.say(life.carol.key.hex, "x" * 3_000)
    monkeypatch.setattr("pystatus.messenger.features.device_sync.HISTORY_CHAT_BYTES", 2_000)
    pair(phone, laptop)
    life.network.wait(SETTLED)
    assert [text for _, text in shown(laptop, life.bob.key.hex)] == [new.text]
    assert laptop.store.message(long.id) is None
    assert public_chats(laptop) == {"harbour", "market"}


def test_the_journal_is_bounded(life: Life, monkeypatch: pytest.MonkeyPatch) -> None:
    """Messages that have arrived are forgotten; what is forgotten would be sent once more, and shown once."""
    monkeypatch.setattr("pystatus.messenger.features.device_sync.MAX_ITEMS", 16)
    monkeypatch.setattr("pystatus.messenger.features.device_sync.LOOK_SHARE", 16)
    phone, laptop = life.phone, another(life, "laptop")
    pair(phone, laptop)
    for number in range(40):
        laptop.say(life.bob.key.hex, f"number {number}")
    life.network.wait(SETTLED)
    noted = phone.database.connection.execute("SELECT count(*) FROM device_items").fetchone()[0]
    assert noted <= 16


def test_the_signatures_are_bounded(life: Life, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pystatus.messenger.features.device_sync.MAX_SIGNATURES", 8)
    monkeypatch.setattr("pystatus.messenger.features.device_sync.LOOK_SHARE", 8)
    phone = life.phone
    for number in range(20):
        life.bob.say(phone.key.hex, f"number {number}")
    kept = phone.database.connection.execute("SELECT count(*) FROM message_signatures WHERE known = 1").fetchone()[0]
    assert kept == 8
    laptop = another(life, "laptop")
    pair(phone, laptop)
    life.network.wait(SETTLED)
    theirs = [text for name, text in shown(laptop, life.bob.key.hex) if name == "bob"]
    # What came while they were a stranger counts with the messages of strangers instead.
    assert theirs == ["hello, I am Bob", *(f"number {number}" for number in range(12, 20))]


def test_what_is_bounded_is_bounded_for_programs_that_run_for_a_moment_each(
    life: Life, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever has a command fetch what came, again and again, never gets as far as the next look in one run."""
    monkeypatch.setattr("pystatus.messenger.features.device_sync.MAX_SIGNATURES", 8)
    monkeypatch.setattr("pystatus.messenger.features.device_sync.MAX_ITEMS", 16)
    monkeypatch.setattr("pystatus.messenger.features.device_sync.LOOK_SHARE", 1)
    phone, laptop = life.phone, another(life, "laptop")
    pair(phone, laptop)
    for number in range(40):
        life.bob.say(phone.key.hex, f"number {number}")
        laptop.say(life.bob.key.hex, f"answer {number}")
        if number % 4 == 3:
            phone.restart()
    execute = phone.database.connection.execute
    (kept,) = execute("SELECT count(*) FROM message_signatures WHERE known = 1").fetchone()
    assert 0 < kept <= 8 + 4
    life.network.wait(SETTLED)
    (noted,) = execute("SELECT count(*) FROM device_items").fetchone()
    assert 0 < noted <= 16 + 8


def test_each_device_has_its_own_bound(life: Life, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else one of two that take turns would never be looked at."""
    monkeypatch.setattr("pystatus.messenger.features.device_sync.MAX_ITEMS", 16)
    monkeypatch.setattr("pystatus.messenger.features.device_sync.LOOK_SHARE", 4)
    trimmed: list[str] = []
    device_sync = sync(life.phone)
    monkeypatch.setattr(device_sync._tables, "trim", lambda device, most: trimmed.append(device))
    for _ in range(16):
        for device in ("laptop", "tablet"):
            device_sync._count(device)
    assert {"laptop", "tablet"} == set(trimmed)
    assert trimmed.count("laptop") == trimmed.count("tablet") == 4


# a bad network, and processes that are killed


@pytest.fixture
def bad(tmp_path: Path) -> Iterator[BadNetwork]:
    network = BadNetwork(tmp_path, loss=0.3, duplicates=0.2, seed=16)
    yield network
    network.close()


def test_though_a_third_is_lost_and_some_comes_twice(bad: BadNetwork) -> None:
    loss, bad.loss = bad.loss, 0.0
    life = Life(bad)
    laptop, tablet = another(life, "laptop"), another(life, "tablet")
    pair(life.phone, laptop, tablet)
    bad.loss = loss
    bad.wait(86_400)
    for device in (laptop, tablet):
        assert life.has_all(device)
        ids = [event.message.id for event in device.events if isinstance(event, MessageSynced)]
        assert len(ids) == len(set(ids))
    assert [progress.waiting for progress in sync(life.phone).progress()] == [0, 0]


@pytest.mark.parametrize("killed", ["phone", "laptop"])
def test_a_device_that_is_killed_in_the_middle_goes_on(bad: BadNetwork, killed: str) -> None:
    """Between the commit and the sending: what was sealed and never left is sent by the next run."""
    loss, bad.loss = bad.loss, 0.0
    life = Life(bad)
    laptop = another(life, "laptop")
    pair(life.phone, laptop)
    bad.loss = loss
    victim = life.phone if killed == "phone" else laptop
    for _ in range(6):
        bad.holding = True
        bad.wait(2)
        bad.held.clear()  # the process ends with what it was about to send
        bad.holding = False
        victim.restart()
        bad.wait(20)
    bad.wait(86_400)
    assert life.has_all(laptop)
    assert sync(life.phone).progress()[0].waiting == 0
    ids = [event.message.id for event in laptop.events if isinstance(event, MessageSynced)]
    assert len(ids) == len(set(ids))


# who may say so


def test_a_device_that_was_not_enabled_is_brought_nothing(life: Life) -> None:
    laptop = another(life, "laptop")
    life.network.wait(SETTLED)
    assert contacts(laptop) == {}
    assert public_chats(laptop) == set()
    assert events(laptop, MessageSynced) == []


def test_the_result_says_what_will_be_sent(life: Life) -> None:
    phone, laptop = life.phone, another(life, "laptop")
    assert phone.do(lambda: sync(phone).sync_all(life.network.now)) == SyncQueued()
    life.network.holding = True
    phone.disconnect()
    enable(phone, laptop)
    counted = phone.database.connection.execute(
        "SELECT kind, count(*) FROM device_items WHERE device <> '' GROUP BY kind ORDER BY kind"
    )
    assert dict(counted.fetchall()) == {
        ItemKind.CONTACT: 1,
        ItemKind.PUBLIC_CHAT: 2,
        ItemKind.GROUP: 1,
        ItemKind.HISTORY: 3,
    }
    again = phone.do(lambda: sync(phone).sync_all(life.network.now))
    assert again == SyncQueued(devices=1)  # all of it is noted already


def test_a_device_that_is_gone_is_forgotten(life: Life) -> None:
    phone, laptop = life.phone, another(life, "laptop")
    pair(phone, laptop)
    life.network.wait(5)
    with phone.store.transaction():
        phone.store.encryption.drop_installation(phone.key.compressed, installation_id(laptop))
    phone.restart()
    assert phone.database.connection.execute("SELECT count(*) FROM device_items WHERE device <> ''").fetchone() == (0,)


def test_what_is_too_large_for_an_envelope_is_refused_alone(life: Life, monkeypatch: pytest.MonkeyPatch) -> None:
    phone, laptop = life.phone, another(life, "laptop")
    long = phone.say(life.carol.key.hex, "x" * 4_000)
    monkeypatch.setattr("pystatus.messenger.one_to_one.payload_limit", lambda targets: 3_000)
    pair(phone, laptop)
    life.network.wait(SETTLED)
    assert laptop.store.message(long.id) is None
    assert sync(phone).progress()[0].refused == 1
    assert public_chats(laptop) == public_chats(phone)


def test_what_cannot_be_made_again_is_not_brought(life: Life) -> None:
    """Of words of Bob whose signature was lost nobody can make his message."""
    phone = life.phone
    with phone.store.transaction():
        phone.database.connection.execute("UPDATE message_signatures SET signature = zeroblob(65)")
    laptop = another(life, "laptop")
    pair(phone, laptop)
    life.network.wait(SETTLED)
    assert {name for chat in life.chats for name, _ in shown(laptop, chat)} == {"phone"}
    assert sync(phone).progress()[0].refused == 4


# who is believed


def hostile_payloads(life: Life) -> list[Payload]:
    clock = int(life.network.now * 1000)
    chat = SyncInstallationPublicChat(clock, "trap")
    contact = SyncInstallationContact(clock=clock, id=life.carol.key.hex, local_nickname="Mallory")
    return [
        chat,
        contact,
        SyncInstallationAccount(clock, "data:,", clock),
        SyncInstallation((contact,), (chat,)),
        PairInstallation(clock, installation_id(life.phone), "ios", "owned"),
    ]


@pytest.mark.requirement("PL-16")
def test_a_contact_cannot_speak_as_a_device_of_ours(life: Life) -> None:
    """Not in their own name; and not with what we have signed for them, which says nothing about its type."""
    phone, bob = life.phone, life.bob
    before = (contacts(phone), public_chats(phone), len(phone.events))
    for payload in hostile_payloads(life):
        bob.do(lambda payload=payload: bob.messenger._parts.sender.send_to([phone.key], payload, life.network.now))  # type: ignore[misc]
        life.network.wait(1)
    assert (contacts(phone), public_chats(phone), len(phone.events)) == before

    reaction = EmojiReaction(int(life.network.now * 1000), life.carol.key.hex, f"0x{bytes(32).hex()}", 1, 1)
    SyncInstallationContact.decode(reaction.encode()).check(reaction.clock, reaction.clock)  # it would be one of Carol
    stolen = wrap(reaction.encode(), PayloadType.SYNC_INSTALLATION_CONTACT, phone.identity)
    bob.do(lambda: bob.messenger._parts.private.send(phone.key, stolen, b"", life.network.now))
    life.network.wait(1)
    assert (contacts(phone), public_chats(phone), len(phone.events)) == before


def test_a_contact_cannot_bring_what_somebody_else_has_said(life: Life) -> None:
    """Only our own devices may, since nobody else signs in our name."""
    phone, bob, carol = life.phone, life.bob, life.carol
    content = ChatMessage(
        int(life.network.now * 1000), int(life.network.now * 1000), "I owe Bob a boat", chat_id=phone.key.hex
    )
    content = replace(content, message_type=1, content_type=1)
    words = wrap(content.encode(), PayloadType.CHAT_MESSAGE, carol.identity)
    bob.do(lambda: bob.messenger._parts.private.send(phone.key, words, b"", life.network.now))
    life.network.wait(1)
    assert "I owe Bob a boat" not in phone.heard
    laptop = another(life, "laptop")
    pair(phone, laptop)
    laptop.do(lambda: laptop.messenger._parts.private.send(laptop.key, words, b"", life.network.now))
    life.network.wait(SETTLED)
    assert shown(phone, carol.key.hex)[-1] == ("carol", "I owe Bob a boat")
