"""Topics between whole nodes: registered by one, found by another."""

from __future__ import annotations

import pytest

from pystatus.discovery.discv5.outbox import TYPE_NAMES
from pystatus.discovery.discv5.packets import PacketType
from tests.discovery.discv5.small_network import Host, SmallNetwork

REGISTER = TYPE_NAMES[PacketType.TOPIC_REGISTER]


@pytest.mark.requirement("CL-21")
def test_a_node_registers_a_topic_and_is_found_by_it() -> None:
    network = SmallNetwork(4)
    bootnode, relay, bystander, client = network.hosts
    relay.node.register("whisper", network.now)
    network.run(65)
    assert {bootnode.enode, bystander.enode} <= set(relay.registrars("whisper"))
    for registrar in (bootnode, bystander):
        assert [node.enode for node in registrar.node.ads("whisper", network.now)] == [relay.enode]
    client.node.search("whisper", 3.0, network.now)
    network.run(1)
    assert client.found == {relay.enode}


@pytest.mark.requirement("CL-20")
def test_only_nodes_with_that_topic_are_found() -> None:
    network = SmallNetwork(4)
    _, relay, server, client = network.hosts
    relay.node.register("whisper", network.now)
    server.node.register("other", network.now)
    client.node.search("whisper", 3.0, network.now)
    network.run(130)
    assert client.found == {relay.enode}


@pytest.mark.requirement("CL-22")
def test_a_mailserver_is_found_under_both_topics_though_a_registrar_lists_one() -> None:
    network = SmallNetwork(5)
    *registrars, server, whispers, mails = network.hosts
    server.node.register("whisper", network.now)
    server.node.register("whispermail", network.now)
    network.run(65)
    listed = [
        [topic for topic in ("whisper", "whispermail") if host.node.ads(topic, network.now)]
        for host in (*registrars, whispers, mails)
    ]
    assert sorted(len(topics) for topics in listed) == [1, 1, 1, 1]
    assert sum(topics == ["whisper"] for topics in listed) == 2
    whispers.node.search("whisper", 3.0, network.now)
    mails.node.search("whispermail", 3.0, network.now)
    network.run(3)
    assert whispers.found == mails.found == {server.enode}


def test_an_ad_is_renewed_before_it_expires_and_ends_after_the_registration() -> None:
    network = SmallNetwork(2)
    bootnode, relay = network.hosts
    relay.node.register("whisper", network.now)
    network.run(4500)
    assert [node.enode for node in bootnode.node.ads("whisper", network.now)] == [relay.enode]
    relay.node.unregister("whisper")
    network.run(3601)
    assert bootnode.node.ads("whisper", network.now) == []


def test_a_datagram_that_is_lost_costs_a_while() -> None:
    network = SmallNetwork(2)
    bootnode, relay = network.hosts
    lost: list[bytes] = []

    def passes(sender: Host, datagram: bytes, receiver: Host) -> bool:
        if datagram[87] != PacketType.TOPIC_REGISTER or lost:
            return True
        lost.append(datagram)
        return False

    network.passes = passes
    relay.node.register("whisper", network.now)
    network.run(600)
    assert bootnode.node.ads("whisper", network.now) == []
    network.run(1000)
    assert [node.enode for node in bootnode.node.ads("whisper", network.now)] == [relay.enode]


def test_three_nodes_are_quiet() -> None:
    """decisions.md "Discovery": three nodes of the reference sent 4,700 datagrams in 120 s."""
    network = SmallNetwork(3)
    _, relay, client = network.hosts
    relay.node.register("whisper", network.now)
    client.node.search("whisper", 30.0, network.now)
    network.run(120)
    assert client.found == {relay.enode}
    assert network.sent < 300


def test_a_ticket_of_another_node_is_refused() -> None:
    network = SmallNetwork(3)
    bootnode, relay, thief = network.hosts
    stolen: list[bytes] = []

    def passes(sender: Host, datagram: bytes, receiver: Host) -> bool:
        """The thief presents the ticket of the relay, signed with its own key."""
        if datagram[87] == PacketType.TOPIC_REGISTER and sender is relay and receiver is bootnode:
            stolen.append(datagram)
            return False
        return True

    network.passes = passes
    relay.node.register("whisper", network.now)
    network.run(61)
    assert stolen
    from pystatus.discovery.discv5 import packets
    from pystatus.discovery.discv5.identity import Secp256k1Identity

    body = packets.decode_body(stolen[0])
    theirs = packets.encode(body, Secp256k1Identity(thief.key))
    bootnode.node.receive(theirs, (thief.address, 30303), network.now)
    assert bootnode.node.ads("whisper", network.now) == []
    assert bootnode.node.counters.refused["ticket"] == 1
    bootnode.node.receive(stolen[0], (relay.address, 30303), network.now)
    assert [node.enode for node in bootnode.node.ads("whisper", network.now)] == [relay.enode]


def test_a_searcher_that_registers_does_not_find_itself() -> None:
    network = SmallNetwork(3)
    _, relay, other = network.hosts
    for host in (relay, other):
        host.node.register("whisper", network.now)
        host.node.search("whisper", 3.0, network.now)
    network.run(125)
    assert relay.found == {other.enode}
    assert other.found == {relay.enode}
