"""protocol_messages.json: whole messages of the encryption layer, as receiver and, where it can be, as sender."""

from __future__ import annotations

from typing import Any

import pytest

from pystatus.crypto.keys import PrivateKey
from pystatus.secure_transport.bundles import Bundle, SignedPreKey
from pystatus.secure_transport.errors import BadBundle, NoPayload, NotForThisDevice, UnknownPreKey
from pystatus.secure_transport.messages import DirectMessage, ProtocolMessage, X3dhHeader
from pystatus.secure_transport.ratchet import RatchetHeader
from pystatus.secure_transport.secure_transport import Kind, Opened
from pystatus.secure_transport.store import OwnPreKey
from tests.secure_transport.party import Party
from tests.secure_transport.test_ratchet import state_of, without_count
from tests.support.vectors import Case, case_id, cases, unhex

CASES = cases("protocol_messages")
CONVERSATION = ("x3dh_dr", "dr")
KINDS = {"public": Kind.PUBLIC, "dh": Kind.ANY_DEVICE, "x3dh_dr": Kind.RATCHET, "dr": Kind.RATCHET}
PRE_KEYS: dict[str, bytes] = {
    receiver["receiver"]["signed_pre_key"]: unhex(receiver["receiver"]["signed_pre_key_private"])
    for case in CASES
    for receiver in case["receivers"]
    if "signed_pre_key" in receiver["receiver"]
}
"""The private half of every prekey that is known."""


def bundle_of(values: Case) -> Bundle:
    return Bundle.decode(unhex(values["protobuf"]))


def direct_of(values: dict[str, Any]) -> DirectMessage:
    x3dh, ratchet, dh = values["x3dh_header"], values["dr_header"], values["dh_header"]
    return DirectMessage(
        unhex(values["payload"]),
        X3dhHeader(unhex(x3dh["key"]), unhex(x3dh["id"])) if x3dh else None,
        RatchetHeader(unhex(ratchet["key"]), ratchet["n"], ratchet["pn"]) if ratchet else None,
        unhex(ratchet["id"]) if ratchet else b"",
        unhex(dh["key"]) if dh else None,
    )


@pytest.mark.parametrize("case", CASES, ids=case_id)
def test_bytes(case: Case) -> None:
    message = ProtocolMessage.decode(unhex(case["protobuf"]))
    assert message == ProtocolMessage(
        case["installation_id"],
        tuple(bundle_of(bundle) for bundle in case["bundles"]),
        {key: direct_of(entry) for key, entry in case["direct_message"].items()},
        unhex(case["public_message"] or "0x"),
    )
    assert len(unhex(case["protobuf"])) == case["protobuf_length"]
    assert ProtocolMessage.decode(message.encode()) == message
    if len(message.direct) < 2 and all(len(bundle.signed_pre_keys) < 2 for bundle in message.bundles):
        assert message.encode() == unhex(case["protobuf"])


class Cast:
    """The people of the file, each with one store for the conversation that runs through it."""

    def __init__(self, kind_of_store: str) -> None:
        self.kind_of_store = kind_of_store
        self.people: dict[tuple[str, str], Party] = {}

    def fresh(self, identity_private_key: str, installation_id: str, pre_key: str | None, case: Case) -> Party:
        """Somebody at the moment of ``case``, who has the prekey given."""
        party = Party(installation_id, self.kind_of_store, identity=PrivateKey(unhex(identity_private_key)))
        party.now = seconds(case)
        if pre_key is not None:
            party.store.add_own_pre_key(installation_id, OwnPreKey(unhex(pre_key), PRE_KEYS[pre_key], 1, party.now))
        return party

    def of_conversation(self, identity_private_key: str, installation_id: str, pre_key: str, case: Case) -> Party:
        name = (identity_private_key, installation_id)
        if name not in self.people:
            self.people[name] = self.fresh(*name, pre_key, case)
        self.people[name].now = seconds(case)
        return self.people[name]

    def receiver(self, values: Case, case: Case) -> Party:
        who = values["receiver"]
        if case["kind"] in CONVERSATION:
            return self.of_conversation(
                who["identity_private_key"], who["installation_id"], who["signed_pre_key"], case
            )
        return self.fresh(who["identity_private_key"], who["installation_id"], who.get("signed_pre_key"), case)

    def sender(self, case: Case) -> Party:
        """The sender, whose bundle is signed with the timestamp of the case."""
        bundle = case["bundles"][0]
        entry = next(e for e in bundle["signed_pre_keys"] if e["installation_id"] == case["installation_id"])
        name = (case["sender_identity_private_key"], case["installation_id"])
        build = self.of_conversation if case["kind"] in CONVERSATION else self.fresh
        party = build(*name, entry["signed_pre_key"], case)
        party.store.save_signed_bundle(party.name, unhex(entry["signed_pre_key"]), unhex(bundle["protobuf"]), party.now)
        return party

    def play(self, case: Case) -> None:
        """Send as far as the case allows it, and receive."""
        if case["kind"] in CONVERSATION:
            self.introduce(case)
            if case["id"] != 21:  # the keys that its sender drew are not told
                self.send(case)
        for values in case["receivers"]:
            self.receive(values, case)

    def introduce(self, case: Case) -> None:
        """The sender of the first message knows the recipient's bundle."""
        sender = self.sender(case)
        if "recipient_bundle" in case:
            bundle = bundle_of(case["recipient_bundle"])
        elif case["id"] == 9:
            who = case["receivers"][0]["receiver"]
            entry = SignedPreKey(who["installation_id"], unhex(who["signed_pre_key"]), 1)
            identity = PrivateKey(unhex(who["identity_private_key"]))
            bundle = Bundle.sign(identity, [entry], case["bundles"][0]["timestamp"])
        else:
            return
        opened = sender.transport.open(
            bundle.verify(), ProtocolMessage("elsewhere", (bundle,), public=b"hello").encode(), sender.now
        )
        assert set(opened.new_installations) == {entry.installation_id for entry in bundle.signed_pre_keys}

    def send(self, case: Case) -> None:
        sender = self.sender(case)
        drawn = {
            PrivateKey(unhex(key)).public_key.compressed: unhex(key)
            for key in case.get("sender_generated_private_keys", [])
        }
        for _, entry in sorted(case["direct_message"].items()):  # of each target, the ephemeral key comes first
            keys = (entry["x3dh_header"], entry["dr_header"])
            sender.random.add(*(drawn[unhex(key["key"])] for key in keys if key and unhex(key["key"]) in drawn))
        recipient = PrivateKey(unhex(case["receivers"][0]["receiver"]["identity_private_key"])).public_key
        sealed = sender.transport.seal_direct(recipient, unhex(case["receivers"][0]["plaintext"]), sender.now)
        assert sender.random.left == 0
        assert ProtocolMessage.decode(sealed.data) == ProtocolMessage.decode(unhex(case["protobuf"]))
        if len(case["direct_message"]) == 1 and len(case["bundles"][0]["signed_pre_keys"]) == 1:
            assert sealed.data == unhex(case["protobuf"])
        assert set(sealed.installation_ids) == set(case["direct_message"])
        assert sealed.forward_secrecy
        assert sealed.agreed == case.get("agreed_secret", sealed.agreed)
        assert sealed.shared_secret == sender.identity.agree(recipient)
        if "shared_secret" in case:
            assert sealed.shared_secret == unhex(case["shared_secret"])

    def receive(self, values: Case, case: Case) -> None:
        party = self.receiver(values, case)
        party.random.add(*map(unhex, values["generated_private_keys"]))
        sender = PrivateKey(unhex(case["sender_identity_private_key"])).public_key
        opened = party.transport.open(sender, unhex(case["protobuf"]), party.now)
        if values["must_fail"]:
            self.refused(opened, case)
            return
        assert opened.problem is None
        assert opened.payload == unhex(values["plaintext"])
        assert opened.kind is KINDS[case["kind"]]
        assert opened.installation_id == case["installation_id"]
        assert opened.new_installations == tuple(values["new_installations"])
        assert opened.rejected_bundles == ()
        assert party.random.left == 0
        known = {secret.peer: secret.secret for secret in party.transport.shared_secrets()}
        if values["negotiated_secret"] is None:
            assert known == {}
        else:
            assert known[sender] == unhex(values["negotiated_secret"])
        if "receiver_state_after" in values:
            header = case["direct_message"][party.name]["dr_header"]
            sessions = party.store.sessions(sender.compressed, case["installation_id"], [unhex(header["id"])])
            assert [session.shared_key for session in sessions] == [unhex(values["x3dh_shared_key"])]
            assert without_count(sessions[0].state) == state_of(values["receiver_state_after"])

    def refused(self, opened: Opened, case: Case) -> None:
        assert opened.payload is None
        expected = {4: NoPayload, 15: NotForThisDevice, 16: UnknownPreKey, 17: NoPayload}[case["id"]]
        assert isinstance(opened.problem, expected)


def seconds(case: Case) -> float:
    bundles = case["bundles"] or CASES[0]["bundles"]
    return float(bundles[0]["timestamp"]) / 1e9


@pytest.mark.requirement("ST-13", "ST-24", "AC-7")
@pytest.mark.parametrize("case", CASES, ids=case_id)
def test_messages(case: Case, kind_of_store: str) -> None:
    actors = Cast(kind_of_store)
    if case["kind"] in CONVERSATION:
        for earlier in CASES[: case["id"]]:
            if earlier["kind"] in CONVERSATION:
                actors.play(earlier)
    actors.play(case)


@pytest.mark.parametrize("case", [case for case in CASES if case["kind"] == "public" and case["bundles"]], ids=case_id)
def test_public_messages_as_their_sender(case: Case, kind_of_store: str) -> None:
    sender = Cast(kind_of_store).sender(case)
    assert sender.transport.seal_public(unhex(case["public_message"]), sender.now) == unhex(case["protobuf"])


def test_a_bad_bundle_does_not_spoil_the_message(kind_of_store: str) -> None:
    """Our outcome (decisions.md, protocol_messages 16): the bundle is refused, the message itself is still tried."""
    first, damaged = CASES[9], CASES[16]
    actors = Cast(kind_of_store)
    who = first["receivers"][0]["receiver"]
    party = actors.fresh(who["identity_private_key"], who["installation_id"], who["signed_pre_key"], damaged)
    sender = PrivateKey(unhex(damaged["sender_identity_private_key"])).public_key
    opened = party.transport.open(sender, unhex(damaged["protobuf"]), party.now)
    assert opened.payload == unhex(first["receivers"][0]["plaintext"])
    assert opened.problem is None
    assert [type(problem) for problem in opened.rejected_bundles] == [BadBundle]
    assert opened.new_installations == ()
    assert opened.new_shared_secret is None  # nothing vouches for the sender's protocol version
    assert party.transport.installations(sender) == []
