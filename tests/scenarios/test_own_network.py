"""A small network of somebody's own: a bootnode, three to six relays, and what happens when one of them dies.

As ``make netns`` has it with processes, here without sockets and on a clock that jumps.
"""

from __future__ import annotations

import pytest

from pystatus.peers.limits import MOBILE_RELAYS, TopicLimits
from pystatus.peers.topic_search import SLOW_PERIOD
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
