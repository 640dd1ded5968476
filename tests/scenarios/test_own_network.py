"""A small network of somebody's own: a bootnode, three to six relays, and what happens when one of them dies.

As ``make netns`` has it with processes, here without sockets and on a clock that jumps.
"""

from __future__ import annotations

import pytest

from pystatus.discovery.discv5.limits import BUCKET_REFRESH_SECONDS
from pystatus.peers.limits import MOBILE_RELAYS, TopicLimits
from pystatus.peers.pool import PAUSES
from pystatus.peers.topic_search import SLOW_PERIOD
from tests.discovery.discv5.small_network import Host
from tests.scenarios.own_network import UNNOTICED, Client, OwnNetwork

SETTLED = 5.0
"""Seconds in which the hosts of a new network have found each other."""
MORE_THAN_THERE_ARE = TopicLimits(2, 4)
"""So it is where one of four counts as the mailserver."""
LOOKUP = 5.0
"""Seconds that a search takes that finds somebody, with the dials."""


@pytest.mark.requirement("CL-27")
@pytest.mark.parametrize(
    ("relays", "limits", "phase"),
    [
        *((3, MORE_THAN_THERE_ARE, phase) for phase in range(0, int(SLOW_PERIOD), 6)),
        *((3, MOBILE_RELAYS, phase) for phase in (0, 15)),
        (6, TopicLimits(2, 6), 0),
    ],
)
def test_each_relay_that_dies_is_replaced(relays: int, limits: TopicLimits, phase: float) -> None:
    """Whether its death or its replacement is noticed first depends on when the lookups are."""
    network = OwnNetwork(relays)
    network.wait(SETTLED)
    client = Client(network, limits)
    network.wait(20 + phase)
    assert client.peers == {relay.enode for relay in network.relays}
    for _ in range(3):
        network.replace(network.relays[0])
        network.wait(UNNOTICED + SLOW_PERIOD + LOOKUP)
        assert client.peers == {relay.enode for relay in network.relays}


AWAY = 300.0
"""Seconds for which somebody is away: in them all others have found out."""
MET_AGAIN = 2 * BUCKET_REFRESH_SECONDS
"""Seconds in which all know each other again."""


@pytest.mark.parametrize("away", ["a relay", "the bootnode", "half of them"])
def test_who_was_away_for_some_minutes_is_known_to_all_again(away: str) -> None:
    network = OwnNetwork(5)
    network.wait(BUCKET_REFRESH_SECONDS)
    match away:
        case "a relay":
            side = set(network.relays[:1])
        case "the bootnode":
            side = {network.bootnode}
        case _:
            side = set(network.relays[:3])
    network.passes = lambda sender, _, receiver: (sender in side) == (receiver in side)
    network.wait(AWAY)
    assert not any(knows(one, other) for one in side for other in set(network.hosts) - side)
    network.passes = lambda *_: True
    network.wait(MET_AGAIN)
    assert all(knows(one, other) for one in network.hosts for other in network.hosts if one is not other)


def test_also_when_all_were_away_and_the_bootnode_stays_so() -> None:
    """The switch has lost its power, and the machine of the bootnode does not start any more."""
    network = OwnNetwork(4)
    network.wait(BUCKET_REFRESH_SECONDS)
    relays = network.relays
    network.cut.update(network.hosts)
    network.wait(AWAY)
    assert not any(len(host.node.table) for host in network.hosts)
    network.cut.difference_update(relays)
    network.wait(MET_AGAIN)
    assert all(knows(one, other) for one in relays for other in relays if one is not other)


def test_a_relay_that_was_away_is_found_again_by_a_client() -> None:
    network = OwnNetwork(3)
    network.wait(SETTLED)
    client = Client(network, MOBILE_RELAYS)
    network.wait(BUCKET_REFRESH_SECONDS)
    away = network.relays[0]
    network.cut.add(away)
    network.wait(UNNOTICED + AWAY)
    assert client.peers == {relay.enode for relay in network.relays}
    network.cut.clear()
    network.wait(MET_AGAIN + PAUSES[1] + LOOKUP)
    assert away.enode in client.peers


def knows(one: Host, other: Host) -> bool:
    """Whether one has the other in its table, and names it to whoever asks."""
    return any(contact.id == other.node.own_id for contact in one.node.table.nodes())
