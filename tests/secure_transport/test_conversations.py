"""double_ratchet.json through the whole layer: sessions found, begun, confirmed and kept, in both stores."""

from __future__ import annotations

from typing import Any

import pytest

from pystatus.crypto.keys import PrivateKey
from pystatus.secure_transport.errors import (
    DuplicateMessage,
    EncryptionProblem,
    TooManySkipped,
    Undecryptable,
    UnknownSession,
)
from pystatus.secure_transport.messages import DirectMessage, ProtocolMessage, X3dhHeader
from pystatus.secure_transport.store import OwnPreKey
from tests.secure_transport.party import NOW, Party
from tests.secure_transport.test_ratchet import CONVERSATIONS, header_of, other, state_of, without_count
from tests.support.vectors import Case, case_id, unhex

EXPECTED_PROBLEMS: dict[tuple[int, int], type[EncryptionProblem]] = {(8, 1001): TooManySkipped, (10, 0): Undecryptable}
"""By case and message; otherwise :class:`Undecryptable` or what the note says."""


class Actor(Party):
    """One of the two of a case."""

    def __init__(self, values: Case, kind_of_store: str) -> None:
        super().__init__(
            values["installation_id"], kind_of_store, identity=PrivateKey(unhex(values["identity_private_key"]))
        )
        self.pre_keys = [values, *values.get("later_signed_pre_keys", [])]
        self.use_pre_key(1)

    def use_pre_key(self, version: int) -> None:
        entry = self.pre_keys[version - 1]
        self.now = NOW + version
        self.store.add_own_pre_key(
            self.name,
            OwnPreKey(unhex(entry["signed_pre_key"]), unhex(entry["signed_pre_key_private"]), version, self.now),
        )

    def has_pre_key(self, public: bytes) -> bool:
        return self.store.own_pre_key_named(self.name, public) is not None


@pytest.mark.requirement("ST-20", "ST-21", "ST-22")
@pytest.mark.parametrize("case", CONVERSATIONS, ids=case_id)
def test_conversation(case: Case, kind_of_store: str) -> None:
    people = {name: Actor(case[name], kind_of_store) for name in ("alice", "bob")}
    people["alice"].meets(people["bob"])
    if case["id"] != 9:  # there Bob begins a session of his own
        people["bob"].meets(people["alice"])
    sent: dict[int, Case] = {}
    opened: set[int] = set()
    for event in case["events"]:
        if event["op"] == "send":
            sent[event["message"]] = event
            if plays_sender(case, event):
                play_send(event, people[event["from"]], people[other(event["from"])])
        elif event["op"] == "receive" and plays_receiver(case, event):
            message = {**sent[event["message"]], **(event.get("tampered") or {})}
            play_receive(case, event, message, people[event["to"]], people[other(event["to"])], opened)


def plays_sender(case: Case, event: Case) -> bool:
    # 9: we converge on one session instead (decisions.md, double_ratchet 9). 10: our Bob keeps nothing of a session
    # whose first message was damaged (secure-transport.md A4), so he cannot send in it. Alice reads it here, and
    # test_ratchet.py plays his side.
    return case["id"] != 9 and not (case["id"] == 10 and event["from"] == "bob")


def plays_receiver(case: Case, event: Case) -> bool:
    return not (case["id"] == 10 and event["to"] == "bob" and event["message"] > 0)


def play_send(event: Case, sender: Actor, recipient: Actor) -> None:
    bundle_id = unhex(event["dr_header"]["id"])
    if not (sender.has_pre_key(bundle_id) or recipient.has_pre_key(bundle_id)):  # a new one, of which the sender hears
        recipient.use_pre_key(2)
        sender.now = recipient.now
        sender.meets(recipient)
    sender.random.add(*map(unhex, event["generated_private_keys"]))
    sealed = sender.send(recipient, unhex(event["plaintext"]))
    entry = ProtocolMessage.decode(sealed.data).direct[recipient.name]
    while entry.ratchet is not None and entry.ratchet.n < event["dr_header"]["n"]:  # messages that are not listed
        sealed = sender.send(recipient, unhex(event["plaintext"]))
        entry = ProtocolMessage.decode(sealed.data).direct[recipient.name]
    assert sender.random.left == 0
    assert entry == direct_of(event)
    assert entry.encode() == unhex(event["direct_message_protobuf"])
    (session,) = sender.sessions(recipient, bundle_id)
    assert without_count(session.state) == state_of(event["sender_state_after"])
    assert session.shared_key == unhex(event["shared_secret"])


def direct_of(event: dict[str, Any]) -> DirectMessage:
    x3dh_header = event["x3dh_header"]
    return DirectMessage(
        unhex(event["payload"]),
        X3dhHeader(unhex(x3dh_header["key"]), unhex(x3dh_header["id"])) if x3dh_header else None,
        header_of(event),
        unhex(event["dr_header"]["id"]),
    )


def play_receive(
    case: Case, event: Case, message: Case, recipient: Actor, sender: Actor, opened_before: set[int]
) -> None:
    data = ProtocolMessage(sender.name, direct={recipient.name: direct_of(message)}).encode()
    bundle_id = unhex(message["dr_header"]["id"])
    repeated = case["id"] == 6 and event["message"] in opened_before
    if event["must_fail"] or repeated:
        problem = recipient.refuse(sender, data)
        if repeated:  # confirmed or not (decisions.md, double_ratchet 6)
            assert isinstance(problem, DuplicateMessage)
        elif event["note"] == "unknown bundle id":
            assert isinstance(problem, UnknownSession)
        else:
            assert isinstance(problem, EXPECTED_PROBLEMS.get((case["id"], event["message"]), Undecryptable))
    else:
        recipient.random.add(*map(unhex, event["generated_private_keys"]))
        opened = recipient.receive(sender, data)
        assert opened.problem is None
        assert opened.payload == unhex(event["plaintext"])
        assert recipient.random.left == 0
        assert recipient.identity.agree(sender.identity.public_key) == unhex(event["negotiated_secret"])
        opened_before.add(event["message"])
    sessions = recipient.sessions(sender, bundle_id)
    if sessions:
        assert without_count(sessions[0].state) == state_of(event["receiver_state_after"])
