"""A49: thousands of silent messages (bundles, no text) from fresh keys, live or from an archive, so that the client
listens to a topic for each, exceeds what relays take, ends, and never starts again.

Expected: what strangers can create is bounded and pruned; we listen for people we wrote to or accepted; reaching a
limit degrades, never raises after a commit, never keeps a profile from opening.
"""

from __future__ import annotations

import asyncio
import os
import random
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from sqlcipher3 import dbapi2 as sqlcipher

from pystatus import Account, Client, MessageReceived, Node, NodeConfig, PrivateKey, Profiles
from pystatus.crypto.keys import PublicKey
from pystatus.errors import LocalError
from pystatus.messenger.answers import AnswerConfig
from pystatus.messenger.config import MessengerConfig
from pystatus.messenger.features.chats import Chats
from pystatus.messenger.features.devices import Devices
from pystatus.messenger.people import Budget, People, StrangerConfig
from pystatus.messenger.records import MessageState, OutboxEntry
from pystatus.payloads.chats import ChatKind
from pystatus.storage import people as stored_people
from pystatus.transport import topics
from pystatus.transport.channels import ChannelKind
from pystatus.transport.sealing import MAX_PAYLOAD_SIZE
from pystatus.waku.envelope import Envelope
from pystatus.waku.relay.subscriptions import Watch
from tests.adversary.hostile import Stranger, count, crowd, feed, steps
from tests.support.older_profile import made_older
from tests.support.people import KEY, Network, Person

PATIENCE = 60.0
LIMIT = Budget(20, 40_000)
SMALL = MessengerConfig(strangers=StrangerConfig(writers=LIMIT, silent=LIMIT, seen=30), answers=AnswerConfig(at_once=5))
STRANGERS = 80


def bundles(alice: Person, now: float) -> Iterable[Envelope]:
    """As described."""
    return (stranger.bundle(alice.key) for stranger in crowd(STRANGERS, now))


def bundles_on_contact_codes(alice: Person, now: float) -> Iterable[Envelope]:
    """On the channel where alice publishes hers: everybody can compute its key."""
    key = topics.symmetric_key(topics.contact_code(alice.key))
    return (stranger.contact_code(alice.key, key) for stranger in crowd(STRANGERS, now))


def unknown_devices(alice: Person, now: float) -> Iterable[Envelope]:
    return (stranger.for_unknown_device(alice.key) for stranger in crowd(STRANGERS, now))


def offers(alice: Person, now: float) -> Iterable[Envelope]:
    return (stranger.offers(alice.key, 5) for stranger in crowd(STRANGERS, now))


def texts(alice: Person, now: float) -> Iterable[Envelope]:
    """Not silent: each opens a chat."""
    return (stranger.text(alice.key, "hello") for stranger in crowd(STRANGERS, now))


ATTACKS = [bundles, bundles_on_contact_codes, unknown_devices, offers, texts]


def negotiated(one: Person, other: PublicKey) -> bytes:
    return topics.topic(topics.negotiated(one.identity.agree(other)))


@pytest.mark.parametrize("archived", [False, True], ids=["live", "archived"])
@pytest.mark.parametrize("attack", ATTACKS)
def test_no_stranger_makes_us_listen_and_little_is_kept(
    network: Network, attack: Callable[[Person, float], Iterable[Envelope]], archived: bool
) -> None:
    alice = network.add("alice", config=SMALL)
    bob = network.contact(alice, "bob")
    listened = alice.topics
    alice.restart()
    quiet = steps(alice, alice.restart_in_place)

    feed(alice, attack(alice, network.now), archived=archived)
    network.wait(60)

    assert alice.topics == listened
    assert count(alice, "strangers") <= 2 * LIMIT.people
    assert count(alice, "installations") <= 2 * LIMIT.people + 1
    assert count(alice, "seen_from_strangers") <= SMALL.strangers.seen
    assert len(alice.store.chats()) <= LIMIT.people + 1
    assert steps(alice, alice.restart_in_place) <= quiet + 10 + LIMIT.people  # the chats are read
    alice.restart()
    assert alice.topics == listened
    bob.say(alice.key.hex, "are you still there?")
    assert alice.heard[-1] == "are you still there?"


def test_two_hundred_new_contacts_in_a_day(network: Network) -> None:
    """The budgets are no trouble to anybody: every message is there in the evening, whoever is answered is known."""
    alice = network.add("alice")
    strangers = list(crowd(200, network.now))
    feed(alice, (stranger.text(alice.key, f"{number}") for stranger in strangers for number in range(3)))
    assert len(alice.heard) == 600
    for stranger in strangers:
        assert {message.text for message in alice.store.messages(stranger.key.hex, 10, None)} == {"0", "1", "2"}
    assert count(alice, "strangers") == 200

    first = strangers[0]
    alice.say(first.key.hex, "welcome")
    assert negotiated(alice, first.key) in alice.topics
    assert topics.topic(topics.contact_code(first.key)) in alice.topics
    assert count(alice, "strangers") == 199


def test_the_chat_that_the_user_opens_is_that_of_somebody_known(network: Network) -> None:
    """They need not have been written to."""
    alice = network.add("alice", config=SMALL)
    stranger = Stranger(network.now)
    alice.receive(stranger.text(alice.key, "hello"))
    assert negotiated(alice, stranger.key) not in alice.topics
    alice.do(lambda: alice.messenger.feature(Chats).leave(stranger.key.hex))
    alice.do(lambda: alice.messenger.feature(Chats).open_one_to_one(stranger.key, network.now))
    assert negotiated(alice, stranger.key) in alice.topics
    feed(alice, texts(alice, network.now))
    assert [message.text for message in alice.store.messages(stranger.key.hex, 10, None)] == ["hello"]
    alice.restart()
    assert negotiated(alice, stranger.key) in alice.topics


def test_one_stranger_cannot_fill_the_budget_of_all(network: Network) -> None:
    """One who writes without end loses their own first messages, never the last one."""
    alice = network.add("alice", config=MessengerConfig(strangers=StrangerConfig(message_bytes=8_000)))
    quiet, loud = Stranger(network.now), Stranger(network.now)
    alice.receive(quiet.text(alice.key, "hello"))
    feed(alice, (loud.text(alice.key, f"{number} " + "x" * 500) for number in range(50)))
    kept = [message.text.split()[0] for message in alice.store.messages(loud.key.hex, 100, None)]
    assert "49" in kept
    assert "0" not in kept
    assert len(kept) < 10
    assert len(alice.store.messages(quiet.key.hex, 10, None)) == 1
    alice.receive(loud.text(alice.key, "y" * 4_000))
    assert [message.text for message in alice.store.messages(loud.key.hex, 100, None)] == ["y" * 4_000]


def test_what_a_long_message_of_a_stranger_says_is_kept_and_the_rest_is_not(network: Network) -> None:
    alice = network.add("alice", config=MessengerConfig(strangers=StrangerConfig(payload_bytes=500)))
    stranger = Stranger(network.now)
    for text in ("short", "x" * 1_000):
        alice.receive(stranger.text(alice.key, text))
    messages = alice.store.messages(stranger.key.hex, 10, None)
    assert {(len(message.text), bool(message.payload)) for message in messages} == {(5, True), (1_000, False)}


def test_what_is_left_of_long_messages_is_counted(network: Network) -> None:
    """The text of one may have 16 KiB, though nothing else of it is kept."""
    strangers = StrangerConfig(payload_bytes=500, message_bytes=40_000, public_bytes=400_000)
    alice = network.add("alice", config=MessengerConfig(strangers=strangers))
    alice.join("status")
    stranger = Stranger(network.now)
    long = "\N{GRINNING FACE}" * 4_000
    feed(alice, (stranger.text(alice.key, f"{number} {long}") for number in range(10)))
    feed(alice, (stranger.public(stranger.wrap(stranger.message(text=f"{number} {long}"))) for number in range(40)))
    for chat, most in ((stranger.key.hex, 3), ("status", 14)):  # of a public chat those leave that are drawn
        kept = alice.store.messages(chat, 100, None)
        assert not any(message.payload for message in kept)
        assert 1 <= len(kept) <= most


def test_nobody_can_tell_who_gives_way(network: Network) -> None:
    """Neither the oldest nor the youngest: it is a lot."""
    alice = network.add("alice", config=SMALL)
    gone = set()
    for _ in range(5):
        alice.do(lambda: alice.store.people.forget([one for one, _ in alice.store.people.strangers(writes=False)]))
        strangers = list(crowd(LIMIT.people + 1, network.now))
        feed(alice, (stranger.bundle(alice.key) for stranger in strangers))
        left = {identity for identity, _ in alice.store.people.strangers(writes=False)}
        assert strangers[-1].key.compressed in left  # what has just come is not thrown away at once
        gone.add(frozenset(number for number, one in enumerate(strangers) if one.key.compressed not in left))
    assert len(gone) > 1
    assert {len(numbers) for numbers in gone} == {4}  # some room is made, not for one alone


def test_who_has_ten_times_as_much_is_ten_times_as_likely_to_give_way(network: Network) -> None:
    alice = network.add("alice")
    people = People(alice.key, alice.store.people, random.Random(1).randbytes, StrangerConfig())
    candidates = [(b"large", 10_000), *((b"%d" % number, 1_000) for number in range(10))]
    first = [people.drawn(candidates, by_bytes=True)[0][0] for _ in range(1_000)]
    assert 420 < first.count(b"large") < 580
    equal = [people.drawn(candidates, by_bytes=False)[0][0] for _ in range(1_100)]
    assert 60 < equal.count(b"large") < 150


# limits that are reached


def test_an_envelope_that_cannot_be_made_does_not_stop_the_client(network: Network) -> None:
    """Neither now nor at each start, which would find it in the outbox again."""
    alice = network.add("alice", online=False)
    message = alice.say(alice.join("status"), "hello")
    too_large = OutboxEntry(0, (message.id,), ChannelKind.PUBLIC, "status", bytes(MAX_PAYLOAD_SIZE + 1))
    alice.do(lambda: alice.store.add_to_outbox(too_large))
    alice.restart()
    alice.connect()
    assert alice.states(message)[-1] is MessageState.FAILED
    assert alice.say("status", "next").state is MessageState.SENDING
    assert [envelope.topic for envelope in network.envelopes].count(topics.topic("status")) == 2


async def test_an_effect_that_fails_does_not_stop_the_client(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    profiles = Profiles(tmp_path)
    profiles.create(Account.from_private_key(PrivateKey.generate(os.urandom)), "correct horse", "alice")
    async with asyncio.timeout(PATIENCE), Client.open("alice", "correct horse", data_dir=tmp_path) as alice:

        def refuse(*_: object) -> None:
            raise LocalError("the node refuses")

        with monkeypatch.context() as patch:
            patch.setattr(Watch, "set_topics", refuse)
            chat = await alice.join("status")
        assert "the node refuses" in caplog.text
        await alice.send_text(chat, "still here")


async def test_the_client_goes_on_and_opens_again(tmp_path: Path) -> None:
    """With sockets: what relays are asked for stays what it was, whoever comes."""
    profiles = Profiles(tmp_path)
    for name in ("alice", "bob"):
        profiles.create(Account.from_private_key(PrivateKey.generate(os.urandom)), "correct horse", name)
    async with asyncio.timeout(PATIENCE), Node(NodeConfig(listen="127.0.0.1:0")) as relay:

        def open_client(name: str) -> Client:
            return Client.open(name, "correct horse", data_dir=tmp_path, peers=[str(relay.enode)])

        async with open_client("bob") as bob:
            async with open_client("alice") as alice:
                await alice.wait_for_peer()
                await bob.wait_for_peer()
                await (await alice.send_text(await alice.open_chat(bob.public_key), "hello")).delivered()
                (she,) = [peer for peer in relay.peers if peer.id == alice.node.enode.node_id]
                asked = relay.relay.peer(she).interest.topics
                for stranger in crowd(100, time.time()):
                    relay.post(stranger.bundle(alice.public_key))
                await heard(alice, bob, "after the attack")
                assert relay.relay.peer(she).interest.topics == asked
            async with open_client("alice") as alice:
                await alice.wait_for_peer()
                await heard(alice, bob, "after the restart")


async def heard(alice: Client, bob: Client, text: str) -> None:
    events = alice.events()
    await bob.send_text(alice.public_key.hex, text)
    async for event in events:
        if isinstance(event, MessageReceived) and event.message.text == text:
            return


# profiles of before

OLD = 4
"""The last schema under which strangers were listened to."""


def brick(connection: sqlcipher.Connection, strangers: int, *, texts: bool) -> list[PublicKey]:
    """What an earlier version stored of so many strangers: more topics than relays take."""
    keys = [PrivateKey.generate(os.urandom).public_key for _ in range(strangers)]
    connection.execute("BEGIN")
    for number, key in enumerate(keys):
        connection.execute("INSERT INTO negotiated_peers VALUES (?)", (key.compressed,))
        connection.execute(
            "INSERT INTO installations VALUES (?, 'phone', ?, 1, 1, ?, 1, ?, 1)",
            (key.compressed, number, key.compressed, number),
        )
        connection.execute("INSERT INTO channel_keys VALUES (?, ?)", (os.urandom(32).hex(), bytes(32)))
        connection.execute("INSERT INTO history_starts VALUES (?, 1)", (number.to_bytes(4, "big"),))
        if texts:
            connection.execute("INSERT INTO chats VALUES (?, ?, 1, 1, 1, ?)", (key.hex, ChatKind.ONE_TO_ONE, number))
            connection.execute(
                "INSERT INTO messages VALUES (?, ?, ?, 1, 1, 1, 1, 'hello', NULL, x'00', NULL, 0)",
                (os.urandom(32), key.hex, key.uncompressed),
            )
    connection.execute("COMMIT")
    return keys


@pytest.mark.parametrize("texts", [False, True], ids=["silent", "texts"])
def test_a_profile_that_could_not_be_opened_any_more_opens_and_is_clean(
    network: Network, monkeypatch: pytest.MonkeyPatch, texts: bool
) -> None:
    """As 10,300 strangers left it; a contact, an own device and a new chat are as they were."""
    monkeypatch.setattr(stored_people, "LISTENED_STRANGERS", 100)
    alice = network.add("alice")
    laptop = network.add("laptop", identity=alice.identity)
    bob = network.contact(alice, "bob")
    carol = network.add("carol")
    alice.meet(carol)
    devices = [device.installation_id for device in alice.messenger.feature(Devices).all()]
    assert laptop.messenger.feature(Devices).all()[0].installation_id in devices
    before = alice.topics

    alice.close()
    connection = made_older(alice.path, KEY, OLD)
    strangers = brick(connection, 10_300, texts=texts)
    connection.close()
    alice.reopen()

    assert before <= alice.topics
    wrote_last = {negotiated(alice, stranger) for stranger in strangers[-100:]} if texts else set()
    listened = alice.topics - before
    assert listened <= wrote_last  # they may write there; of some nothing is left
    assert bool(listened) == texts
    kept = count(alice, "strangers")
    assert kept <= 2_000
    assert bool(kept) == texts
    assert count(alice, "installations") <= kept + 3
    for table in ("negotiated_peers", "channel_keys", "history_starts"):
        assert count(alice, table) <= 100 + len(before)
    assert [device.installation_id for device in alice.messenger.feature(Devices).all()] == devices
    assert alice.store.people.is_known(carol.key.compressed)
    bob.say(alice.key.hex, "welcome back")
    assert alice.heard[-1] == "welcome back"
    alice.restart()
    assert count(alice, "strangers") == kept


def test_a_healthy_profile_of_before_keeps_everything(network: Network) -> None:
    """Strangers whom it answered write on the negotiated topic, and are heard there."""
    alice, bob, dave = network.add("alice"), network.add("bob"), network.add("dave")
    alice.say(alice.meet(bob), "hello")
    dave.say(dave.meet(alice), "I am new")
    network.wait(1)
    alice.close()
    connection = made_older(alice.path, KEY, OLD)
    connection.execute("INSERT INTO negotiated_peers VALUES (?)", (dave.key.compressed,))
    connection.execute("UPDATE installations SET answered = 1 WHERE identity = ?", (dave.key.compressed,))
    connection.close()
    alice.reopen()
    assert alice.store.people.is_known(bob.key.compressed)
    assert not alice.store.people.is_known(dave.key.compressed)
    assert negotiated(alice, dave.key) in alice.topics
    assert [message.text for message in alice.store.messages(dave.key.hex, 10, None)] == ["I am new"]
    assert count(alice, "installations") == 2
    dave.say(alice.key.hex, "do you hear me?")
    assert alice.heard[-1] == "do you hear me?"
