"""The receiver's table of payloads.md §4: every row accepted once, and refused for each reason."""

from collections.abc import Iterator
from dataclasses import fields, replace
from typing import Any

import pytest

from pystatus.payloads.checks import (
    MAX_AUDIO_MS,
    MAX_CLOCK_AHEAD_MS,
    MAX_LINE,
    MAX_PROFILE_IMAGE,
    MAX_TEXT,
    MAX_TIME_MS,
    InvalidPayload,
    clock_ok,
)
from pystatus.payloads.codec import WirePayload
from pystatus.payloads.contacts import ContactCodeAdvertisement, ContactUpdate
from pystatus.payloads.devices import (
    PairInstallation,
    SyncInstallation,
    SyncInstallationAccount,
    SyncInstallationContact,
    SyncInstallationPublicChat,
)
from pystatus.payloads.groups import GroupChatInvitation, MembershipUpdateEvent, MembershipUpdateMessage, SignedEvent
from pystatus.payloads.kinds import AudioType, ContentType, ImageType, MessageType, PayloadType
from pystatus.payloads.messages import Audio, ChatMessage, EmojiReaction, Image, Sticker
from pystatus.payloads.payload import Author, Payload
from pystatus.payloads.registry import PAYLOADS
from pystatus.payloads.transactions import (
    AcceptRequestAddressForTransaction,
    DeclineRequestAddressForTransaction,
    DeclineRequestTransaction,
    RequestAddressForTransaction,
    RequestTransaction,
    SendTransaction,
)
from pystatus.payloads.wrapper import unwrap, wrap
from tests.payloads.support import ALICE, BOB, CAROL

SENT = 1_600_000_000_000
NOW = SENT + 3_600_000
"""An hour later: the message waited at a mailserver."""

TEXT = ChatMessage(SENT, SENT, "hello", "", "", "status", MessageType.PUBLIC_GROUP, ContentType.TEXT_PLAIN)
STICKER = replace(TEXT, content_type=ContentType.STICKER, sticker=Sticker("e301", 4))
IMAGE = replace(TEXT, content_type=ContentType.IMAGE, image=Image(b"\xff\xd8\xff", ImageType.JPEG))
AUDIO = replace(TEXT, content_type=ContentType.AUDIO, audio=Audio(b"\xff\xf1", AudioType.AAC, 1500))
REACTION = EmojiReaction(NOW, "status", "0x65f6", MessageType.PUBLIC_GROUP, 1)
CONTACT = SyncInstallationContact(SENT, BOB.public_key.hex, "data:,", "bob.eth", SENT, (":contact/added",), "Bob")
CHAT = SyncInstallationPublicChat(SENT, "status")
ACCOUNT = SyncInstallationAccount(SENT, "data:,", SENT)
INVITATION = GroupChatInvitation(SENT, "group", "let me in", 1)
PAIR = PairInstallation(SENT, "71dd6a47", "desktop", "laptop")
CONTACT_UPDATE = ContactUpdate(SENT, "bob.eth", "data:,")
ASK_ADDRESS = RequestAddressForTransaction(SENT, "1", "")
ACCEPT = AcceptRequestAddressForTransaction(SENT, "0x01", "0x0e21")
DECLINE_ADDRESS = DeclineRequestAddressForTransaction(SENT, "0x01")
REQUEST = RequestTransaction(SENT, "0x0e21", "0.1", "")
DECLINE = DeclineRequestTransaction(SENT, "0x01")
PAID = SendTransaction(SENT, "", "0xb2a1", b"signature")

GOOD: list[Payload] = [
    TEXT,
    STICKER,
    IMAGE,
    AUDIO,
    REACTION,
    CONTACT,
    CHAT,
    ACCOUNT,
    SyncInstallation((CONTACT,), (CHAT,), ACCOUNT),
    SyncInstallation(),
    INVITATION,
    PAIR,
    CONTACT_UPDATE,
    ContactCodeAdvertisement(),
    MembershipUpdateMessage("group"),
    ASK_ADDRESS,
    ACCEPT,
    DECLINE_ADDRESS,
    REQUEST,
    DECLINE,
    PAID,
]

LONG_LINE = "x" * (MAX_LINE + 1)
BAD: list[tuple[Payload, dict[str, Any]]] = [
    (TEXT, {"timestamp": 0}),
    (TEXT, {"timestamp": MAX_TIME_MS + 1}),
    (TEXT, {"text": ""}),
    (TEXT, {"text": " \n\t\u00a0\u3000"}),
    (TEXT, {"chat_id": ""}),
    (TEXT, {"text": "\x85\u1680\u2000\u200a\u2028\u2029\u202f\u205f"}),
    (TEXT, {"response_to": "x" * (MAX_TEXT + 1)}),
    (TEXT, {"ens_name": "x" * (MAX_TEXT + 1)}),
    (TEXT, {"message_type": MessageType.UNKNOWN}),
    (TEXT, {"message_type": MessageType.SYSTEM_PRIVATE_GROUP}),
    (TEXT, {"content_type": ContentType.UNKNOWN}),
    (TEXT, {"content_type": ContentType.TRANSACTION_COMMAND}),
    (TEXT, {"content_type": ContentType.SYSTEM_PRIVATE_GROUP}),
    (STICKER, {"text": ""}),
    (STICKER, {"sticker": None}),
    (STICKER, {"sticker": Sticker("", 4)}),
    (STICKER, {"sticker": Sticker(LONG_LINE, 4)}),
    (IMAGE, {"image": None}),
    (IMAGE, {"image": Image(b"", ImageType.PNG)}),
    (IMAGE, {"image": Image(b"x", ImageType.UNKNOWN)}),
    (IMAGE, {"image": Image(b"x", 5)}),
    (IMAGE, {"image": Image(b"x", -1)}),
    (AUDIO, {"audio": None}),
    (AUDIO, {"audio": Audio(b"", AudioType.AAC, 1)}),
    (AUDIO, {"audio": Audio(b"x", AudioType.UNKNOWN, 1)}),
    (AUDIO, {"audio": Audio(b"x", 3, 1)}),
    (AUDIO, {"audio": Audio(b"x", -1, 1)}),
    (AUDIO, {"audio": Audio(b"x", AudioType.AAC, MAX_AUDIO_MS + 1)}),
    (REACTION, {"message_id": ""}),
    (REACTION, {"message_id": LONG_LINE}),
    (REACTION, {"chat_id": ""}),
    (REACTION, {"type": 0}),
    (REACTION, {"message_type": MessageType.UNKNOWN}),
    (CONTACT, {"id": ""}),
    (CONTACT, {"id": BOB.public_key.hex[:-2]}),
    (CONTACT, {"last_updated": MAX_TIME_MS + 1}),
    (CONTACT, {"profile_image": "x" * (MAX_PROFILE_IMAGE + 1)}),
    (CONTACT, {"ens_name": LONG_LINE}),
    (CONTACT, {"local_nickname": LONG_LINE}),
    (CONTACT, {"system_tags": (":contact/added", LONG_LINE)}),
    (CHAT, {"id": ""}),
    (CHAT, {"id": "Not A Name"}),
    (ACCOUNT, {"last_updated": 2**63}),
    (ACCOUNT, {"profile_image": "x" * (MAX_PROFILE_IMAGE + 1)}),
    (INVITATION, {"chat_id": ""}),
    (INVITATION, {"chat_id": LONG_LINE}),
    (INVITATION, {"introduction_message": "x" * (MAX_TEXT + 1)}),
    (PAIR, {"installation_id": " "}),
    (PAIR, {"device_type": ""}),
    (PAIR, {"name": "\t"}),
    (PAIR, {"name": LONG_LINE}),
    (CONTACT_UPDATE, {"ens_name": LONG_LINE}),
    (CONTACT_UPDATE, {"profile_image": "x" * (MAX_PROFILE_IMAGE + 1)}),
    (ASK_ADDRESS, {"value": ""}),
    (ASK_ADDRESS, {"contract": LONG_LINE}),
    (ACCEPT, {"id": ""}),
    (ACCEPT, {"address": " "}),
    (DECLINE_ADDRESS, {"id": ""}),
    (REQUEST, {"value": "abc"}),
    (REQUEST, {"address": ""}),
    (REQUEST, {"contract": LONG_LINE}),
    (DECLINE, {"id": ""}),
    (PAID, {"id": LONG_LINE}),
    (PAID, {"transaction_hash": ""}),
    (PAID, {"signature": b""}),
]
MUST_HAVE_A_CLOCK = [TEXT, REACTION, PAIR, ASK_ADDRESS, ACCEPT, DECLINE_ADDRESS, REQUEST, DECLINE, PAID]
MAY_HAVE_NO_CLOCK = [CONTACT_UPDATE, CONTACT, CHAT, ACCOUNT, INVITATION]


def title(value: object) -> str:
    return type(value).__name__ if not isinstance(value, dict) else ",".join(value)


@pytest.mark.requirement("PL-20")
@pytest.mark.parametrize("payload", GOOD, ids=title)
def test_accepted(payload: Payload) -> None:
    payload.check(SENT, NOW)


@pytest.mark.requirement("PL-20")
@pytest.mark.parametrize(("payload", "change"), BAD, ids=title)
def test_refused(payload: Any, change: dict[str, Any]) -> None:
    with pytest.raises(InvalidPayload):
        replace(payload, **change).check(SENT, NOW)


@pytest.mark.requirement("PL-20")
@pytest.mark.parametrize("payload", MUST_HAVE_A_CLOCK, ids=title)
def test_clock_of_zero_is_refused(payload: Any) -> None:
    with pytest.raises(InvalidPayload):
        replace(payload, clock=0).check(SENT, NOW)


@pytest.mark.parametrize("payload", MAY_HAVE_NO_CLOCK, ids=title)
def test_clock_of_zero_has_no_effect_but_is_no_error(payload: Any) -> None:
    replace(payload, clock=0).check(SENT, NOW)


@pytest.mark.requirement("PL-11", "PL-20")
@pytest.mark.parametrize("payload", MUST_HAVE_A_CLOCK + MAY_HAVE_NO_CLOCK, ids=title)
def test_the_future_is_bounded_and_the_past_is_free(payload: Any) -> None:
    reference = NOW if payload is REACTION else SENT
    for clock in (1, reference, reference + 119_999, reference + 120_000):
        replace(payload, clock=clock).check(SENT, NOW)
    for clock in (reference + 120_001, 2**63, 2**64 - 1):
        with pytest.raises(InvalidPayload):
            replace(payload, clock=clock).check(SENT, NOW)


def enlarged(payload: WirePayload) -> Iterator[WirePayload]:
    """The payload with each of its numbers in turn beyond what a database can hold."""
    for field in fields(payload):
        value = getattr(payload, field.name)
        number = payload.WIRE.DESCRIPTOR.fields_by_name[field.name]
        if number.type == number.TYPE_UINT64:
            yield replace(payload, **{field.name: 2**63})
        elif isinstance(value, WirePayload):
            yield from (replace(payload, **{field.name: one}) for one in enlarged(value))
        elif value and isinstance(value, tuple) and isinstance(value[0], WirePayload):
            yield from (replace(payload, **{field.name: (one,)}) for one in enlarged(value[0]))


LARGE = [(payload, one) for payload in GOOD for one in enlarged(payload)]


@pytest.mark.requirement("PL-20")
@pytest.mark.parametrize(("payload", "large"), LARGE, ids=title)
def test_no_number_is_beyond_a_database(payload: Payload, large: Payload) -> None:
    """In the reference such a number costs everything that came with it."""
    payload.check(SENT, NOW)
    with pytest.raises(InvalidPayload):
        large.check(SENT, NOW)


def test_every_number_of_64_bits_was_tried() -> None:
    kinds = {type(payload) for payload, _ in LARGE}
    assert kinds == {type(payload) for payload in GOOD} - {ContactCodeAdvertisement, MembershipUpdateMessage}


def test_clock_edges() -> None:
    assert MAX_CLOCK_AHEAD_MS == 120_000
    assert [clock_ok(clock, 1000) for clock in (0, 1, 121_000, 121_001)] == [False, True, True, False]


@pytest.mark.parametrize("character", ["x", "я", "\U0001f30d"])
def test_text_is_counted_in_code_points(character: str) -> None:
    replace(TEXT, text=character * 4096).check(SENT, NOW)
    with pytest.raises(InvalidPayload):
        replace(TEXT, text=character * 4097).check(SENT, NOW)


@pytest.mark.requirement("PL-19")
def test_content_of_newer_clients_is_accepted_with_its_text() -> None:
    replace(TEXT, content_type=42).check(SENT, NOW)
    replace(REACTION, type=42).check(SENT, NOW)


@pytest.mark.parametrize("value", ["0", "1", "0.5", ".5", "5.", "1e3", "1E-18", "+2", "9" * 200])
def test_amounts(value: str) -> None:
    replace(ASK_ADDRESS, value=value).check(SENT, NOW)


@pytest.mark.parametrize(
    "value", ["", " ", ".", "-1", "1 ", "0x10", "1_000", "inf", "nan", "1e", "e5", "1e400", "٣", "1\n", "9" * 256]
)
def test_not_amounts(value: str) -> None:
    with pytest.raises(InvalidPayload):
        replace(REQUEST, value=value).check(SENT, NOW)


def test_group_events_are_held_against_our_own_time() -> None:
    def update(*clocks: int) -> MembershipUpdateMessage:
        events = [SignedEvent.sign(MembershipUpdateEvent(clock, (), "name", 2), "group", ALICE) for clock in clocks]
        return MembershipUpdateMessage("group", tuple(event.raw for event in events))

    update(1, NOW, NOW + 120_000).check(SENT, NOW)
    for clocks in ((NOW + 120_001,), (1, 2**63), (0,)):
        with pytest.raises(InvalidPayload):
            update(*clocks).check(SENT, NOW)


def test_an_unreadable_group_event_does_not_spoil_the_others() -> None:
    readable = SignedEvent.sign(MembershipUpdateEvent(1, (), "name", 2), "group", ALICE).raw
    MembershipUpdateMessage("group", (bytes(65) + b"\xff", readable)).check(SENT, NOW)


def test_a_message_within_an_update_is_validated_by_itself() -> None:
    update = MembershipUpdateMessage("group", (), replace(TEXT, clock=2**63))
    update.check(SENT, NOW)
    assert update.message is not None
    with pytest.raises(InvalidPayload):
        update.message.check(SENT, NOW)


@pytest.mark.parametrize(
    "sync",
    [
        SyncInstallation((CONTACT, replace(CONTACT, id="bob")), (), None),
        SyncInstallation((), (CHAT, replace(CHAT, id="#")), None),
        SyncInstallation((), (), replace(ACCOUNT, clock=2**63)),
    ],
)
def test_every_part_of_a_batch_is_validated(sync: SyncInstallation) -> None:
    with pytest.raises(InvalidPayload):
        sync.check(SENT, NOW)


@pytest.mark.requirement("PL-20")
@pytest.mark.parametrize("payload_type", sorted(PAYLOADS))
def test_who_may_say_what(payload_type: int) -> None:
    """A38: Alice's message, sent by herself, passed on by Carol, received by Alice's other device or by Bob, and
    brought by one device of Bob to another."""
    message = unwrap(wrap(b"", payload_type, ALICE), transport_signer=CAROL.public_key)

    def allowed(sender: Any, receiver: Any) -> bool:
        try:
            PAYLOADS[message.type].check_author(message.author, sender.public_key, receiver.public_key)
        except InvalidPayload:
            return False
        return True

    same_signer = payload_type in {1, 2, 6, 7, 8, 9, 10, 11, 22, 23}
    own_devices = payload_type in {4, 5, 12, 13, 14}
    assert allowed(sender=ALICE, receiver=ALICE)
    assert allowed(sender=ALICE, receiver=BOB) == (not own_devices)
    assert allowed(sender=CAROL, receiver=BOB) == (not same_signer and not own_devices)
    assert allowed(sender=CAROL, receiver=ALICE) == (not same_signer and payload_type not in {5, 12, 13, 14})
    assert allowed(sender=BOB, receiver=BOB) == (payload_type == 1 or not (same_signer or own_devices))


def test_whose_word_each_type_is() -> None:
    by_author = {author: {number for number, one in PAYLOADS.items() if one.AUTHOR is author} for author in Author}
    assert by_author == {
        Author.SENDER: {1, 2, 6, 7, 8, 9, 10, 11, 22, 23},
        Author.OURSELVES: {4},
        Author.OUR_ENVELOPES: {5, 12, 13, 14},
        Author.ANYONE: {3, 15},
    }


def test_a_number_belongs_to_one_payload() -> None:
    with pytest.raises(TypeError, match="Another has the number of ChatMessage"):
        type("Another", (Payload,), {"TYPE": PayloadType.CHAT_MESSAGE})
    assert PAYLOADS[PayloadType.CHAT_MESSAGE] is ChatMessage
