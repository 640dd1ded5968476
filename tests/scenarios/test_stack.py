"""stack.json: the same message at every layer, as receiver and as sender, byte for byte."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pystatus.crypto.keys import PrivateKey
from pystatus.datasync.codec import Payload, SyncMessage
from pystatus.datasync.codec import unwrap as unwrap_datasync
from pystatus.datasync.ids import one_to_one_group_id
from pystatus.messenger.features.devices import Devices
from pystatus.payloads.registry import PAYLOADS
from pystatus.payloads.wrapper import message_id, unwrap, wrap
from pystatus.secure_transport.messages import ProtocolMessage
from pystatus.secure_transport.store import OwnPreKey
from pystatus.transport import channels, topics
from pystatus.transport.channels import Channel
from pystatus.transport.listener import Listener
from pystatus.waku.data import SymmetricKey
from pystatus.waku.envelope import Envelope
from tests.secure_transport.party import Party
from tests.support.people import Network
from tests.support.vectors import Case, load, unhex

VECTORS = load("stack")
PAIR_INSTALLATION = 4


def time_of(case: Case) -> float:
    """Unix seconds at which the sender signed its bundle."""
    return ProtocolMessage.decode(unhex(case["protocol_message"])).bundles[0].timestamp / 10**9


class Cast:
    """The parties, each with a store that lives through all cases."""

    def __init__(self) -> None:
        self.people: dict[str, Party] = {}
        began = time_of(VECTORS["cases"][0])
        for name, values in VECTORS["parties"].items():
            party = Party(
                values["installation_id"],
                "memory",
                identity=PrivateKey(unhex(values["identity_private_key"])),
                now=began,
            )
            pre_key = PrivateKey(unhex(values["signed_pre_key_private"]))
            party.store.add_own_pre_key(
                party.name, OwnPreKey(pre_key.public_key.compressed, pre_key.secret, 1, party.now)
            )
            self.people[name] = party

    def play(self, case: Case) -> None:
        message = ProtocolMessage.decode(unhex(case["protocol_message"]))
        for party in self.people.values():
            party.now = time_of(case)
        self.send(case, message)
        self.receive(case)

    def send(self, case: Case, expected: ProtocolMessage) -> None:
        sender, recipient = self.people[case["from"]], self.people[case["to"]]
        application = case["application"]
        payload = unhex(application["payload"])
        wrapped = wrap(payload, application["type"], sender.identity)
        assert wrapped == unhex(application["wrapped"])
        assert message_id(wrapped, sender.identity.public_key) == unhex(application["message_id"])

        body = wrapped
        if case["mvds"] is not None:
            group = one_to_one_group_id(sender.identity.public_key, recipient.identity.public_key)
            assert group == unhex(case["mvds"]["group_id"])
            sync = SyncMessage(group, case["mvds"]["timestamp"], wrapped)
            assert sync.id == unhex(case["mvds"]["message_id"])
            body = Payload(messages=(sync,)).encode()
            assert body == unhex(case["mvds"]["payload"])

        bundle = expected.bundles[0]
        (entry,) = bundle.signed_pre_keys
        sender.store.save_signed_bundle(sender.name, entry.public, bundle.encode(), sender.now)
        sender.random.add(*(unhex(key) for key in case["sender_generated_private_keys"]))
        if expected.public:
            sealed = sender.transport.seal_public(body, sender.now)
        elif application["type"] == PAIR_INSTALLATION:
            sealed = sender.transport.seal_for_any_device(recipient.identity.public_key, body, sender.now).data
        else:
            sealed = sender.transport.seal_direct(recipient.identity.public_key, body, sender.now).data
        assert sender.random.left == 0
        if application["type"] == PAIR_INSTALLATION:  # its GCM nonce is random: the key that was drawn is compared
            assert ProtocolMessage.decode(sealed).direct["none"].dh_key == expected.direct["none"].dh_key
        else:
            assert sealed == unhex(case["protocol_message"])

    def receive(self, case: Case) -> None:
        sender, recipient = self.people[case["from"]], self.people[case["to"]]
        transport = case["transport"]
        envelope = Envelope.decode(unhex(transport["envelope_rlp"]))
        assert envelope.hash == unhex(transport["envelope_hash"])

        channel = self.channel(case)
        assert envelope.topic == channel.topic == unhex(transport["topic"])
        listener = Listener()
        listener.listen(channel, recipient.identity)
        opening = listener.open(envelope)
        assert opening is not None
        (opened_channel,), received = opening
        assert opened_channel == channel
        assert received.signer == sender.identity.public_key
        assert received.payload == unhex(case["protocol_message"])

        recipient.random.add(*(unhex(key) for key in case["receiver_generated_private_keys"]))
        opened = recipient.transport.open(received.signer, received.payload, recipient.now)
        assert recipient.random.left == 0
        assert opened.problem is None
        assert opened.payload is not None

        bodies = unwrap_datasync(opened.payload, recipient.identity.public_key, received.signer)
        assert (bodies is None) == (case["mvds"] is None)
        (body,) = [opened.payload] if bodies is None else bodies
        message = unwrap(body, received.signer)
        assert body == unhex(case["application"]["wrapped"])
        assert message.author == sender.identity.public_key
        assert message.type == case["application"]["type"]
        assert message.payload == unhex(case["application"]["payload"])
        assert message.id == unhex(case["application"]["message_id"])
        payload = PAYLOADS[message.type].decode(message.payload)
        assert payload.encode() == message.payload

    def channel(self, case: Case) -> Channel:
        """The channel by its own rules; the vector's topic and key are compared with it."""
        transport = case["transport"]
        sender, recipient = self.people[case["from"]].identity, self.people[case["to"]].identity
        if "negotiated_secret" in transport:
            secret = recipient.agree(sender.public_key)
            assert secret == unhex(transport["negotiated_secret"])
            channel = channels.negotiated(sender.public_key, secret)
        elif transport["encryption"] == "asymmetric":
            return channels.partitioned(recipient.public_key)
        elif transport["topic_input"].endswith("-contact-code"):
            channel = channels.contact_code(sender.public_key)
        else:
            channel = channels.public_chat(transport["topic_input"])
        assert isinstance(channel.key, SymmetricKey)
        assert channel.key.raw == unhex(transport["sym_key"])
        return channel


@pytest.mark.requirement("ST-14", "ST-40")
def test_every_case_in_its_order() -> None:
    cast = Cast()
    for case in VECTORS["cases"]:
        try:
            cast.play(case)
        except AssertionError as error:
            raise AssertionError(f"case {case['id']} ({case['name']})") from error


@pytest.fixture
def network(tmp_path: Path) -> Iterator[Network]:
    network = Network(tmp_path)
    yield network
    network.close()


@pytest.mark.requirement("ST-43", "WU-15", "WU-22")
def test_first_contact_as_the_network_sees_it(network: Network) -> None:
    """10/WAKU-USAGE: look at the contact code, write to the partition, listen to the negotiated topic, then use it."""
    alice, bob = network.add("alice"), network.add("bob", online=False)
    contact_code = topics.topic(topics.contact_code(bob.key))
    negotiated = topics.topic(topics.negotiated(alice.identity.agree(bob.key)))
    chat = alice.meet(bob)
    assert contact_code in alice.topics
    bob.connect()
    assert network.envelopes[-1].topic == contact_code

    assert alice.say(chat, "hello").forward_secrecy  # by the bundle that came with the contact code
    assert network.envelopes[-1].topic == topics.topic(topics.partitioned(bob.key))
    assert negotiated in alice.topics
    assert bob.heard == ["hello"]
    network.wait(10)
    assert negotiated not in bob.topics  # as long as he has not answered, she goes on writing to his partition
    assert alice.say(chat, "are you there?").forward_secrecy
    assert network.envelopes[-1].topic == topics.topic(topics.partitioned(bob.key))
    network.wait(10)
    bob.say(alice.key.hex, "hi")
    network.wait(10)
    alice.say(chat, "how are you?")
    assert network.envelopes[-1].topic == negotiated
    assert negotiated in bob.topics
    assert bob.heard == ["hello", "are you there?", "how are you?"]


@pytest.mark.requirement("ST-12", "AC-6")
def test_the_bundle_is_broadcast_every_six_hours(network: Network) -> None:
    bob = network.add("bob")
    contact_code = topics.topic(topics.contact_code(bob.key))
    assert [envelope.topic for envelope in network.envelopes] == [contact_code]
    network.envelopes.clear()
    network.wait(12 * 3_600)
    assert [envelope.topic for envelope in network.envelopes] == [contact_code] * 2


@pytest.mark.requirement("ST-31")
def test_each_set_up_of_an_account_is_an_installation_of_its_own(network: Network) -> None:
    phone = network.add("phone")
    laptop = network.add("laptop", identity=phone.identity)

    def installation_ids() -> list[str]:
        return [device.messenger.feature(Devices).all()[0].installation_id for device in (phone, laptop)]

    before = installation_ids()
    assert len(set(before)) == 2
    phone.restart()
    laptop.restart()
    assert installation_ids() == before


def test_the_order_matters() -> None:
    """The answer cannot be opened by somebody who never began the conversation: the cases really share their state."""
    with pytest.raises(AssertionError):
        Cast().play(VECTORS["cases"][4])
