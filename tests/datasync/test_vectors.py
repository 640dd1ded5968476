"""mvds.json and the data sync layer of stack.json."""

import pytest

from pystatus.crypto.keys import PublicKey
from pystatus.datasync.codec import ForeignGroup, Payload, SyncMessage, check_group, unwrap
from pystatus.datasync.ids import message_id, one_to_one_group_id, peer_id
from tests.support.vectors import Case, case_id, cases, load, unhex

MESSAGES = cases("mvds", "message")
STACK = [case for case in cases("stack") if case["mvds"]]
PARTIES = load("stack")["parties"]


def key(text: str) -> PublicKey:
    return PublicKey.from_bytes(unhex(text))


def sync_message(fields: Case) -> SyncMessage:
    return SyncMessage(unhex(fields["group_id"]), fields["timestamp"], unhex(fields["body"]))


@pytest.mark.parametrize("case", cases("mvds", "one_to_one_group_id"), ids=case_id)
def test_one_to_one_group_id(case: Case) -> None:
    a, b = key(case["public_key_a"]), key(case["public_key_b"])
    assert (a.compressed, b.compressed) == (unhex(case["compressed_a"]), unhex(case["compressed_b"]))
    assert one_to_one_group_id(a, b) == one_to_one_group_id(b, a) == unhex(case["group_id"])
    assert peer_id(a) == unhex(case["peer_id_a"])


@pytest.mark.parametrize("case", MESSAGES, ids=case_id)
def test_message(case: Case) -> None:
    message = sync_message(case)
    assert message.encode() == unhex(case["protobuf"])
    assert SyncMessage.decode(unhex(case["protobuf"])) == message
    assert message.id == unhex(case["message_id"])
    assert message_id(message.group_id, message.timestamp, message.body) == message.id


def test_short_group_id_is_refused_by_the_node() -> None:
    """Case 11 (decisions.md, mvds 11): the codec takes three bytes as a group id, the check for the node does not."""
    case = next(case for case in MESSAGES if case["name"] == "short group id")
    alice = key(load("mvds")["cases"][0]["public_key_a"])
    with pytest.raises(ForeignGroup):
        check_group(SyncMessage.decode(unhex(case["protobuf"])), alice, alice)


@pytest.mark.parametrize("case", cases("mvds", "payload"), ids=case_id)
def test_payload(case: Case) -> None:
    payload = Payload(
        acks=tuple(map(unhex, case["acks"])),
        offers=tuple(map(unhex, case["offers"])),
        requests=tuple(map(unhex, case["requests"])),
        messages=tuple(map(sync_message, case["messages"])),
    )
    assert payload.encode() == unhex(case["protobuf"])
    assert Payload.decode(unhex(case["protobuf"])) == payload
    assert payload.is_empty == (not case["is_valid"])
    assert [message.id for message in payload.messages] == [unhex(entry["message_id"]) for entry in case["messages"]]


@pytest.mark.parametrize("case", STACK, ids=case_id)
def test_data_sync_layer_of_the_whole_stack(case: Case) -> None:
    layer, wrapped = case["mvds"], unhex(case["application"]["wrapped"])
    sender, receiver = (key(PARTIES[case[role]]["identity_public_key"]) for role in ("from", "to"))

    message = SyncMessage(one_to_one_group_id(sender, receiver), layer["timestamp"], wrapped)
    assert message.group_id == unhex(layer["group_id"])
    assert message.id == unhex(layer["message_id"])
    assert Payload(messages=(message,)).encode() == unhex(layer["payload"])

    assert unwrap(unhex(layer["payload"]), own=receiver, signer=sender) == [wrapped]
    check_group(message, own=receiver, signer=sender)


@pytest.mark.parametrize("case", cases("application", "message", "wrapper"), ids=case_id)
def test_a_bare_application_message_is_not_data_sync(case: Case) -> None:
    alice = key(PARTIES["alice"]["identity_public_key"])
    assert unwrap(unhex(case["wrapped"]), own=alice, signer=alice) is None
