"""A50 inside an envelope: payloads with lists of thousands of empty entries, many of them in one envelope.

Expected: none is turned into values before it is known whether its author may send it, and what anybody may send is
short.
"""

from __future__ import annotations

import pytest

from pystatus.datasync.codec import Payload, SyncMessage
from pystatus.datasync.ids import one_to_one_group_id
from pystatus.messenger.features.chats import Chats
from pystatus.payloads.codec import MAX_REPEATED, WirePayload
from pystatus.payloads.kinds import PayloadType
from pystatus.payloads.wrapper import wrap
from pystatus.wire.proto import payloads_pb2
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
