"""application.json: what the reference writes and how it judges (all kinds but `group`, the state machine)."""

import pytest

from pystatus.crypto.hashing import keccak256
from pystatus.crypto.keys import PrivateKey, PublicKey
from pystatus.errors import RemoteError
from pystatus.payloads.checks import InvalidPayload
from pystatus.payloads.clocks import next_clock
from pystatus.payloads.groups import MembershipUpdateEvent, MembershipUpdateMessage, SignedEvent
from pystatus.payloads.kinds import PayloadType
from pystatus.payloads.messages import EmojiReaction
from pystatus.payloads.registry import PAYLOADS
from pystatus.payloads.transactions import SendTransaction, recover_wallet, sign_transaction
from pystatus.payloads.wrapper import message_id, unwrap, wrap
from tests.payloads.support import BOB, build
from tests.support.vectors import Case, case_id, cases, load, unhex

VALIDATION_TIME_MS = load("application")["validation_timestamp_ms"]
MESSAGES = cases("application", "message")


def key(text: str) -> PublicKey:
    return PublicKey.from_bytes(unhex(text))


@pytest.mark.requirement("PL-5", "PL-7", "PL-20")
@pytest.mark.parametrize("case", MESSAGES, ids=case_id)
def test_receive_message(case: Case) -> None:
    message = unwrap(unhex(case["wrapped"]), transport_signer=BOB.public_key)

    assert message.signed == (case["author"] is not None)
    assert message.author == (key(case["author"]) if case["author"] else BOB.public_key)
    assert message.id == unhex(case["message_id"])
    assert message.type == case["type"]
    assert message.payload == unhex(case["payload"])
    kind = PAYLOADS[message.type]
    kind.check_author(message.author, transport_signer=message.author, own=message.author)

    payload = kind.decode(message.payload)
    assert type(payload).__name__ == case["message"]
    assert payload == build(type(payload), case["fields"])

    if case["valid"]:
        payload.check(VALIDATION_TIME_MS, VALIDATION_TIME_MS)
    else:
        with pytest.raises(InvalidPayload):
            payload.check(VALIDATION_TIME_MS, VALIDATION_TIME_MS)


@pytest.mark.requirement("PL-1", "PL-2", "PL-4")
@pytest.mark.parametrize("case", MESSAGES, ids=case_id)
def test_send_message(case: Case) -> None:
    payload_class = PAYLOADS[case["type"]]
    assert PayloadType(payload_class.TYPE).name == case["type_name"]
    payload = build(payload_class, case["fields"]).encode()
    assert payload == unhex(case["payload"])

    author = PrivateKey(unhex(case["author_private_key"])) if case["author"] else None
    wrapped = wrap(payload, case["type"], author)
    assert wrapped == unhex(case["wrapped"])
    assert message_id(wrapped, author.public_key if author else None) == unhex(case["message_id"])


@pytest.mark.parametrize("case", [case for case in MESSAGES if "emoji_reaction_id" in case], ids=case_id)
def test_reaction_id(case: Case) -> None:
    reaction = EmojiReaction.decode(unhex(case["payload"]))
    assert reaction.reaction_id(key(case["author"])) == unhex(case["emoji_reaction_id"])


@pytest.mark.parametrize("case", [case for case in MESSAGES if "event_authors" in case], ids=case_id)
def test_event_authors(case: Case) -> None:
    update = MembershipUpdateMessage.decode(unhex(case["payload"]))
    authors = [SignedEvent.decode(raw, update.chat_id).author for raw in update.events]
    assert authors == [key(author) for author in case["event_authors"]]


@pytest.mark.parametrize("case", [case for case in MESSAGES if "transaction_signature" in case], ids=case_id)
def test_transaction_signature(case: Case) -> None:
    expected = case["transaction_signature"]
    author, transaction_hash = key(expected["chat_public_key"]), unhex(expected["transaction_hash"])
    wallet = PrivateKey(unhex(expected["wallet_private_key"]))
    payload = SendTransaction.decode(unhex(case["payload"]))

    assert sign_transaction(wallet, author, transaction_hash) == unhex(expected["signature"]) == payload.signature
    signer = recover_wallet(author, transaction_hash, payload.signature)
    assert keccak256(signer.xy)[12:] == unhex(expected["wallet_address"])


@pytest.mark.requirement("PL-2")
@pytest.mark.parametrize("case", cases("application", "wrapper"), ids=case_id)
def test_wrapper(case: Case) -> None:
    wrapped = unhex(case["wrapped"])
    if case["must_fail"]:
        with pytest.raises(RemoteError):
            unwrap(wrapped, transport_signer=BOB.public_key)
        return
    message = unwrap(wrapped, transport_signer=BOB.public_key)
    assert message.signed == (case["author"] is not None)
    assert message.author == (key(case["author"]) if case["author"] else BOB.public_key)
    assert message.id == unhex(case["message_id"])
    assert message.type == case["type"]
    assert message.payload == unhex(case["payload"])


@pytest.mark.parametrize("case", cases("application", "membership_event"), ids=case_id)
def test_membership_event(case: Case) -> None:
    event = MembershipUpdateEvent(case["clock"], tuple(case["members"]), case["name"], case["type"])
    assert event.encode() == unhex(case["event_protobuf"])

    signed = SignedEvent.sign(event, case["chat_id"], PrivateKey(unhex(case["author_private_key"])))
    assert signed.encode() == unhex(case["encoded"])
    assert signed.encode()[:65] == unhex(case["signature"])

    received = SignedEvent.decode(unhex(case["encoded"]), case["chat_id"])
    assert received == signed
    assert received.author.hex == case["from"]


@pytest.mark.parametrize("case", cases("application", "membership_event_negative"), ids=case_id)
def test_membership_event_negative(case: Case) -> None:
    if "error" in case:
        with pytest.raises(RemoteError):
            SignedEvent.decode(unhex(case["encoded"]), case["chat_id"])
    else:
        assert SignedEvent.decode(unhex(case["encoded"]), case["chat_id"]).author.hex == case["from"]


@pytest.mark.requirement("PL-9", "PL-10")
@pytest.mark.parametrize("case", cases("application", "next_clock"), ids=case_id)
def test_next_clock(case: Case) -> None:
    assert next_clock(case["last_clock"], case["time_ms"]) == (case["clock"], case["timestamp"])


@pytest.mark.parametrize("case", cases("stack"), ids=case_id)
def test_application_layer_of_the_whole_stack(case: Case) -> None:
    author = PrivateKey(unhex(load("stack")["parties"][case["from"]]["identity_private_key"]))
    layer = case["application"]
    payload = build(PAYLOADS[layer["type"]], layer["fields"])
    assert payload.encode() == unhex(layer["payload"])
    assert wrap(payload.encode(), layer["type"], author) == unhex(layer["wrapped"])

    message = unwrap(unhex(layer["wrapped"]), author.public_key)
    assert message.id == unhex(layer["message_id"])
    assert message.author == author.public_key
    assert PAYLOADS[message.type].decode(message.payload) == payload
