"""A50 inside an envelope: messages and payloads with lists of thousands of empty entries, many of them in one.

Expected: none is turned into values before it is known whether its author may send it, and what anybody may send is
short.
"""

from __future__ import annotations

import pytest

from pystatus.datasync.codec import MAX_MESSAGES, Payload, SyncMessage
from pystatus.datasync.config import MAX_MESSAGES_OF_STRANGER
from pystatus.datasync.ids import one_to_one_group_id
from pystatus.messenger.features.chats import Chats
from pystatus.payloads.codec import MAX_REPEATED, WirePayload
from pystatus.payloads.kinds import PayloadType
from pystatus.payloads.wrapper import wrap
from pystatus.secure_transport.bundles import Bundle
from pystatus.secure_transport.config import MAX_BUNDLES, MAX_MESSAGE_FIELDS
from pystatus.secure_transport.messages import DirectMessage
from pystatus.wire.proto import payloads_pb2, secure_transport_pb2
from tests.adversary.hostile import Stranger
from tests.support.people import Network, Person

MESSAGES = 64


@pytest.fixture
def alice(network: Network) -> Person:
    return network.add("alice")


def contacts() -> bytes:
    wire = payloads_pb2.SyncInstallation()
    for _ in range(MAX_REPEATED):
        wire.contacts.add()
    return wire.SerializeToString()


def push_servers() -> bytes:
    wire = payloads_pb2.ContactCodeAdvertisement()
    for _ in range(MAX_REPEATED):
        wire.push_notification_info.add()
    return wire.SerializeToString()


@pytest.mark.parametrize("known", [True, False], ids=["known", "stranger"])
@pytest.mark.parametrize(
    ("payload", "kind"),
    [
        (contacts(), PayloadType.SYNC_INSTALLATION),
        (push_servers(), PayloadType.CONTACT_CODE_ADVERTISEMENT),
    ],
    ids=["contacts", "push servers"],
)
def test_an_envelope_of_long_lists_becomes_few_values(
    network: Network, alice: Person, payload: bytes, kind: PayloadType, known: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    stranger = Stranger(network.now)
    stranger.meets(alice.secure)
    if known:
        alice.do(lambda: alice.messenger.feature(Chats).open_one_to_one(stranger.key, network.now))
    group = one_to_one_group_id(stranger.key, alice.key)
    messages = [SyncMessage(group, number, wrap(payload, kind, stranger.identity)) for number in range(1, MESSAGES + 1)]
    envelope = stranger.private(alice.key, Payload(messages=tuple(messages)).encode())
    values = 0
    read = WirePayload._from_wire.__func__  # type: ignore[attr-defined]

    def counted(cls: type[WirePayload], message: object) -> WirePayload:
        nonlocal values
        values += 1
        made: WirePayload = read(cls, message)
        return made

    monkeypatch.setattr(WirePayload, "_from_wire", classmethod(counted))
    alice.receive(envelope)
    assert values <= MESSAGES
    assert alice.heard == []


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[type]:
    """What was made of the parts of a message, in the order in which it was."""
    values: list[type] = []

    def watch(kind: type, name: str) -> None:
        make = vars(kind)[name].__func__

        def watched(cls: type, *arguments: object) -> object:
            values.append(cls)
            return make(cls, *arguments)

        monkeypatch.setattr(kind, name, classmethod(watched))

    for kind, name in ((Bundle, "from_protobuf"), (DirectMessage, "from_protobuf"), (SyncMessage, "_from_wire")):
        watch(kind, name)
    return values


def wire_bundle(entries: int) -> secure_transport_pb2.Bundle:
    keys = {str(number): secure_transport_pb2.SignedPreKey(version=1) for number in range(entries)}
    return secure_transport_pb2.Bundle(signed_pre_keys=keys)


@pytest.mark.parametrize(
    "message",
    [
        secure_transport_pb2.ProtocolMessage(bundles=[secure_transport_pb2.Bundle()] * MAX_MESSAGE_FIELDS),
        secure_transport_pb2.ProtocolMessage(bundles=[secure_transport_pb2.Bundle()] * 65_000),
        secure_transport_pb2.ProtocolMessage(bundles=[wire_bundle(10_000)]),
        secure_transport_pb2.ProtocolMessage(bundles=[wire_bundle(100)] * 50),
    ],
    ids=["as many as fields", "an envelope of bundles", "an envelope of entries", "both"],
)
def test_an_envelope_of_bundles_becomes_few_values(
    network: Network, alice: Person, message: secure_transport_pb2.ProtocolMessage, made: list[type]
) -> None:
    stranger = Stranger(network.now)
    alice.receive(stranger.envelope(alice.key, message.SerializeToString()))
    assert len(made) <= MAX_BUNDLES + 1
    assert alice.heard == []


def test_of_what_a_stranger_sends_at_once_no_more_becomes_values_than_is_taken(
    network: Network, alice: Person, made: list[type]
) -> None:
    stranger = Stranger(network.now)
    stranger.meets(alice.secure)
    group = one_to_one_group_id(stranger.key, alice.key)
    messages = tuple(SyncMessage(group, number, b"") for number in range(1, MAX_MESSAGES + 1))
    alice.receive(stranger.private(alice.key, Payload(messages=messages).encode()))
    assert made.count(SyncMessage) == MAX_MESSAGES_OF_STRANGER
