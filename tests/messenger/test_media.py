"""Pictures, sounds and stickers in conversations: sent, received, kept apart, counted, and gone with their messages."""

from __future__ import annotations

import os
from dataclasses import replace

import pytest

from pystatus.errors import LocalError
from pystatus.media.limits import MAX_MEDIA_BYTES
from pystatus.messenger.config import MessengerConfig
from pystatus.messenger.events import MessageReceived
from pystatus.messenger.features.media import Media
from pystatus.messenger.features.messages import Messages
from pystatus.messenger.media_keeping import GIVEN_UP, MAX_CHAT_BYTES, Attachment, MediaKeeping
from pystatus.messenger.people import StrangerConfig
from pystatus.messenger.records import Chat, Message, MessageState
from pystatus.payloads.attachments import attach, attached, detach
from pystatus.payloads.chats import ChatKind
from pystatus.payloads.kinds import AudioType, ContentType, ImageType, MessageType
from pystatus.payloads.messages import Audio, ChatMessage, Image, Sticker
from pystatus.wire import varint
from tests.adversary.hostile.strangers import Stranger
from tests.media.support import aac, amr, noise, picture, png, saved
from tests.support.people import Network, Person

JPEG = saved(picture(), "JPEG")
PICTURE = ChatMessage(text="a picture", content_type=ContentType.IMAGE, image=Image(JPEG, ImageType.JPEG))
SOUND = ChatMessage(
    text="a sound", content_type=ContentType.AUDIO, audio=Audio(amr(7, 7, 7), AudioType.AMR, duration_ms=60)
)


def send(person: Person, chat: Chat | str, content: ChatMessage) -> Message:
    chat_id = chat if isinstance(chat, str) else chat.id
    message = person.do(lambda: person.messenger.feature(Messages).send(chat_id, content, person.network.now))
    person.network.wait(1)
    return message


def about(person: Person, message_id: bytes) -> Attachment | None:
    return person.messenger.feature(Media).attachments([message_id]).get(message_id)


def data(person: Person, message_id: bytes) -> bytes:
    return person.messenger.feature(Media).data(message_id)


def last(person: Person, chat_id: str) -> Message:
    (message,) = person.store.messages(chat_id, 1, None)
    return message


def last_of(person: Person, message: Message) -> Message:
    """The message as it is stored."""
    stored = person.store.message(message.id)
    assert stored is not None
    return stored


@pytest.mark.requirement("PL-17")
def test_a_picture_arrives_and_is_kept_beside_its_message(network: Network) -> None:
    alice = network.add("alice")
    bob = network.contact(alice, "bob")
    sent = send(alice, bob.key.hex, PICTURE)

    for person, chat in ((alice, bob.key.hex), (bob, alice.key.hex)):
        message = last(person, chat)
        assert (message.id, message.text, message.content_type) == (sent.id, "a picture", ContentType.IMAGE)
        assert len(message.payload) < 300
        assert JPEG not in message.payload
        expected = Attachment(
            sent.id, chat, ContentType.IMAGE, ImageType.JPEG, len(JPEG), width=60, height=40, frames=1
        )
        assert about(person, sent.id) == expected
        assert data(person, sent.id) == JPEG
    (event,) = [event for event in bob.events if isinstance(event, MessageReceived) and event.message.id == sent.id]
    assert JPEG not in event.message.payload
    assert last(alice, bob.key.hex).state is MessageState.DELIVERED


@pytest.mark.requirement("PL-17")
def test_a_sound_arrives_with_its_true_length(network: Network) -> None:
    alice = network.add("alice")
    bob = network.contact(alice, "bob")
    assert SOUND.audio is not None
    sent = send(alice, bob.key.hex, replace(SOUND, audio=replace(SOUND.audio, duration_ms=7)))

    expected = Attachment(
        sent.id, alice.key.hex, ContentType.AUDIO, AudioType.AMR, len(SOUND.audio.payload), duration_ms=60
    )
    assert about(bob, sent.id) == expected
    assert data(bob, sent.id) == SOUND.audio.payload


@pytest.mark.requirement("PL-7")
def test_a_sticker_arrives_with_hash_and_pack(network: Network) -> None:
    alice = network.add("alice")
    bob = network.contact(alice, "bob")
    sticker = Sticker("e30101701220eab9a8ef", 4)
    sent = send(alice, bob.key.hex, ChatMessage(text="x", content_type=ContentType.STICKER, sticker=sticker))

    assert ChatMessage.decode(last(bob, alice.key.hex).payload).sticker == sticker
    assert about(bob, sent.id) is None


def test_a_picture_goes_with_its_message(network: Network) -> None:
    alice = network.add("alice")
    bob = network.contact(alice, "bob")
    sent = send(alice, bob.key.hex, PICTURE)
    bob.do(lambda: bob.store.people.forget_messages([sent.id]))

    assert about(bob, sent.id) is None
    assert data(bob, sent.id) == b""


@pytest.mark.requirement("PL-4", "PL-17")
def test_a_picture_that_is_sent_again_is_the_same_message(network: Network) -> None:
    alice = network.add("alice", datasync=False)
    bob = network.add("bob", online=False)
    chat = alice.meet(bob)
    network.losing = True
    sent = send(alice, chat, PICTURE)
    alice.do(lambda: alice.store.set_message_state(sent.id, MessageState.UNCONFIRMED))
    network.losing = False
    bob.connect()

    again = alice.do(lambda: alice.messenger.feature(Messages).resend(sent.id, network.now))
    network.wait(1)
    assert again.id == sent.id == last(bob, alice.key.hex).id
    assert data(bob, sent.id) == JPEG


def test_a_picture_that_is_not_kept_is_not_sent_again(network: Network) -> None:
    alice = network.add("alice", datasync=False)
    chat = alice.meet(network.add("bob", online=False))
    sent = send(alice, chat, PICTURE)
    alice.do(lambda: alice.store.tables(Media).make_room(chat.id, 0, 0, GIVEN_UP))
    alice.do(lambda: alice.store.set_message_state(sent.id, MessageState.UNCONFIRMED))

    with pytest.raises(LocalError, match="not kept any more"):
        alice.do(lambda: alice.messenger.feature(Messages).resend(sent.id, network.now))
    assert alice.store.message(sent.id).state is MessageState.UNCONFIRMED  # type: ignore[union-attr]
    alice.do(lambda: alice.messenger.feature(Messages).seal_anew([sent.id], network.now))


@pytest.mark.requirement("PL-17")
def test_the_largest_picture_reaches_every_member_of_a_group(network: Network) -> None:
    from tests.messenger.test_groups import group_of

    chat, people = group_of(network, "alice", "bob", "carol")
    jpeg = JPEG[:-2] + b"\xff\xfe\xff\xff" + bytes(65_533)  # a picture with a long comment, and another, and another
    jpeg += 2 * (b"\xff\xfe\xff\xff" + bytes(65_533))
    jpeg += b"\xff\xfe" + (MAX_MEDIA_BYTES - len(jpeg) - 4).to_bytes(2, "big")
    jpeg += bytes(MAX_MEDIA_BYTES - len(jpeg) - 2) + b"\xff\xd9"
    assert len(jpeg) == MAX_MEDIA_BYTES
    largest = ChatMessage(text="x" * 4_096, content_type=ContentType.IMAGE, image=Image(jpeg, ImageType.JPEG))
    sent = send(people[0], chat, largest)

    for person in people:
        assert data(person, sent.id) == jpeg
        assert len(last_of(person, sent).payload) < 5_000
    assert last_of(people[0], sent).state is MessageState.DELIVERED


@pytest.mark.requirement("PL-17")
def test_our_other_device_has_the_picture_too(network: Network) -> None:
    from tests.messenger.test_devices import enable_each_other, pair

    phone = network.add("phone")
    laptop = network.add("laptop", identity=phone.identity)
    pair(phone)
    bob = network.add("bob")
    enable_each_other(phone, laptop)
    bob.say(bob.meet(phone), "are you there?")
    sent = send(phone, bob.key.hex, PICTURE)

    assert data(laptop, sent.id) == data(bob, sent.id) == JPEG


def test_pictures_that_an_earlier_version_took_for_texts(network: Network) -> None:
    alice = network.add("alice")
    bob = network.contact(alice, "bob")
    seen, broken = send(alice, bob.key.hex, PICTURE), send(alice, bob.key.hex, SOUND)
    payloads = {
        seen.id: attach(last_of(bob, seen).payload, JPEG),
        broken.id: attach(last_of(bob, broken).payload, b"no sound"),
    }
    connection = bob.database.connection
    connection.execute("DELETE FROM media")
    connection.execute("DELETE FROM settings WHERE name = 'media_separated'")
    for message_id, payload in payloads.items():
        connection.execute(
            "UPDATE message_payloads SET payload = ? WHERE number = (SELECT number FROM messages WHERE id = ?)",
            (payload, message_id),
        )
    bob.restart()

    assert data(bob, seen.id) == JPEG
    assert JPEG not in last_of(bob, seen).payload
    assert attach(last_of(bob, seen).payload, JPEG) == payloads[seen.id]
    found = about(bob, broken.id)
    assert found is not None
    assert "no sound of the formats" in found.problem


# what is refused


def test_pictures_are_not_sent_to_public_chats(network: Network) -> None:
    alice = network.add("alice")
    chat = alice.join("status")
    with pytest.raises(LocalError, match="not sent to public chats"):
        send(alice, chat, PICTURE)
    assert not alice.store.messages("status", 1, None)


def test_pictures_in_public_chats_are_shown_all_the_same(network: Network) -> None:
    alice = network.add("alice")
    alice.join("status")
    stranger = Stranger(network.now)
    alice.receive(stranger.public(stranger.wrap(stranger.message(content_type=ContentType.IMAGE, image=PICTURE.image))))

    assert data(alice, last(alice, "status").id) == JPEG


@pytest.mark.requirement("PL-17")
@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (replace(PICTURE, image=Image(b"<svg/>", ImageType.PNG)), "no JPEG, PNG, GIF or WEBP"),
        (replace(PICTURE, image=Image(JPEG, ImageType.PNG)), "not the format that it was sent as"),
        (replace(PICTURE, image=None, sticker=Sticker("ab")), "it is missing"),
        (replace(SOUND, audio=Audio(b"RIFF", AudioType.AAC)), "no sound of the formats"),
        (replace(SOUND, audio=Audio(aac(5_169), AudioType.AAC)), "at most 120 seconds"),
    ],
    ids=["svg", "other format", "nothing", "wave", "too long"],
)
def test_what_is_no_picture_or_sound_is_not_sent(network: Network, content: ChatMessage, reason: str) -> None:
    alice = network.add("alice")
    bob = network.contact(alice, "bob")
    with pytest.raises(LocalError, match=reason):
        send(alice, bob.key.hex, content)
    assert len(bob.heard) == 1


@pytest.mark.requirement("PL-17")
@pytest.mark.parametrize(
    ("part", "reason"),
    [
        ({"image": Image(png(20_000, 20_000, b"x"), ImageType.PNG)}, "20000 x 20000 pixels"),
        ({"image": Image(b"<svg onload='alert(1)'/>", ImageType.PNG)}, "no JPEG, PNG, GIF or WEBP"),
        ({"image": Image(JPEG[:-9], ImageType.JPEG)}, "its end is missing"),
        ({"image": Image(JPEG, ImageType.WEBP)}, "but JPEG"),
        ({"audio": Audio(b"no audio", AudioType.AAC)}, "no sound of the formats"),
        ({"audio": Audio(aac(2), AudioType.AMR)}, "but AAC"),
    ],
)
def test_what_is_not_as_it_was_sent_is_shown_as_refused(network: Network, part: dict[str, object], reason: str) -> None:
    alice = network.add("alice")
    bob = network.contact(alice, "bob")
    hostile = Stranger(network.now, identity=bob.identity, device="hostile-2")
    hostile.meets(alice.secure)
    content_type = ContentType.IMAGE if "image" in part else ContentType.AUDIO
    message = replace(hostile.private_message(alice.key, "look"), content_type=content_type, **part)  # type: ignore[arg-type]
    alice.receive(hostile.private(alice.key, hostile.wrap(message)))

    shown = last(alice, bob.key.hex)
    found = about(alice, shown.id)
    assert shown.text == "look"
    assert found is not None
    assert reason in found.problem
    assert data(alice, shown.id) == b""
    assert len(shown.payload) < 300


# how much is kept


def test_a_large_picture_of_a_stranger_is_not_kept(network: Network) -> None:
    alice = network.add("alice")
    stranger = Stranger(network.now)
    large = saved(noise(300, 300), "JPEG", quality=95)
    assert len(large) > 40_000
    for image in (large, JPEG):
        message = replace(
            stranger.private_message(alice.key, "look"),
            content_type=ContentType.IMAGE,
            image=Image(image, ImageType.JPEG),
        )
        alice.receive(stranger.private(alice.key, stranger.wrap(message)))

    found = [about(alice, message.id) for message in alice.store.messages(stranger.key.hex, 5, None)]
    assert {(one.size, bool(one.problem)) for one in found if one} == {(len(large), True), (len(JPEG), False)}
    assert any("32768 bytes are kept" in one.problem for one in found if one)


def test_pictures_of_a_stranger_count_with_their_messages(network: Network) -> None:
    strangers = StrangerConfig(message_bytes=40_000)
    alice = network.add("alice", config=MessengerConfig(strangers=strangers))
    stranger = Stranger(network.now)
    image = saved(noise(120, 120), "JPEG", quality=95)
    assert 8_000 < len(image) < 32_000
    for number in range(10):
        message = replace(
            stranger.private_message(alice.key, f"{number}"),
            content_type=ContentType.IMAGE,
            image=Image(image, ImageType.JPEG),
        )
        alice.receive(stranger.private(alice.key, stranger.wrap(message)))

    kept = alice.store.messages(stranger.key.hex, 100, None)
    assert 1 <= len(kept) <= 40_000 // len(image)
    (total,) = alice.database.connection.execute("SELECT sum(kept) FROM media").fetchone()
    assert total == len(kept) * len(image)
    assert alice.store.people.kept(stranger.key.compressed, stranger.key.hex).messages > total


def test_pictures_of_strangers_in_a_public_chat_share_its_budget(network: Network) -> None:
    alice = network.add("alice", config=MessengerConfig(strangers=StrangerConfig(public_bytes=200_000)))
    alice.join("status")
    stranger = Stranger(network.now)
    image = saved(noise(120, 120), "JPEG", quality=95)
    for number in range(60):
        message = stranger.message(text=f"{number}", content_type=ContentType.IMAGE, image=Image(image, ImageType.JPEG))
        alice.receive(stranger.public(stranger.wrap(message)))

    (total,) = alice.database.connection.execute("SELECT sum(kept) FROM media").fetchone()
    assert 0 < total < 250_000


def test_a_chat_keeps_a_bounded_amount_the_newest(network: Network) -> None:
    alice = network.add("alice")
    bob = network.contact(alice, "bob")
    sent = [send(alice, bob.key.hex, PICTURE) for _ in range(10)]
    keeping = MediaKeeping(bob.store.tables(Media), most=8 * len(JPEG))
    bob.do(lambda: bob.store.people.forget_messages([sent[-1].id]))
    before = bob.store.message(sent[0].id)
    assert before is not None
    newest = replace(before, id=os.urandom(32))
    separated = keeping.separate(PICTURE, PICTURE.encode(), newest.id, newest.chat_id, 1 << 20)

    def store() -> None:
        bob.store.add_message(newest)
        keeping.add(separated)

    bob.do(store)
    kept = [bool(data(bob, message_id)) for message_id in (*(message.id for message in sent[:-1]), newest.id)]
    assert kept == [False] * 3 + [True] * 7
    found = about(bob, sent[0].id)
    assert found is not None
    assert (found.problem, found.width, found.size) == (GIVEN_UP, 60, len(JPEG))
    assert MAX_CHAT_BYTES >= 1_000 * (224 << 10)


# a message apart from its picture


def test_a_message_is_the_same_when_it_is_put_together_again() -> None:
    for message in (PICTURE, SOUND, ChatMessage(text="hello", content_type=ContentType.TEXT_PLAIN)):
        encoded = replace(message, clock=7, chat_id="x", message_type=MessageType.ONE_TO_ONE).encode()
        part = attached(message)
        apart = detach(encoded)
        if part is None:
            assert apart == encoded
        else:
            assert part.payload not in apart
            assert attach(apart, part.payload) == encoded


def test_fields_that_are_not_known_yet_stay() -> None:
    unknown = varint.encode(1_000 << 3 | 2) + varint.encode(3) + b"new"
    assert unknown in detach(PICTURE.encode() + unknown)


def test_pictures_go_to_no_public_chat_of_any_kind() -> None:
    keeping = MediaKeeping(None)  # type: ignore[arg-type]
    for kind in (ChatKind.PUBLIC, ChatKind.PROFILE):
        with pytest.raises(LocalError):
            keeping.check(Chat("x", kind), PICTURE)
        keeping.check(Chat("x", kind), SOUND)
