"""Hostile peers: what an attack is made of, for every test that needs one and for ``make bench-attacks``.

==============  ========================================================================================
`Stranger`      an identity with a clock of its own: whatever a messenger can be sent, honest or not
`crowd`         many of them; `in_turns`: one envelope of each, of one sort after the other
`RelayPeer`     a peer of a relay in memory: any packet, any address; it comes again as somebody else
`HostilePeer`   the same over TCP: any packet, any identity, and it stops reading when it likes
`connect`       a connection to any port, which says something or nothing, and reads nothing
`junk`          the smallest envelope, of any time; `filled`: a packet of as many items as it can have
`feed`          hand envelopes to a messenger; `contents`, `count`, `steps`, `Memory`: what became of it
==============  ========================================================================================

Nothing here looks at a clock: who attacks says what time it is. A test reads::

    from pystatus.waku.relay.config import RelayConfig
    from pystatus.waku.relay.pool import PoolLimits
    from pystatus.waku.relay.relay import Relay
    from tests.adversary.hostile import RelayPeer, junk
    from tests.waku.network import NOW, envelope

    def test_junk_of_a_year_displaces_nothing() -> None:
        relay = Relay(RelayConfig(min_pow=0.0, pool=PoolLimits(max_envelopes=50)))
        honest, attacker = RelayPeer(relay, NOW), RelayPeer(relay, NOW)
        honest.give(envelope(1))
        attacker.give(*(junk(number, NOW, seconds=365 * 86_400) for number in range(1_000)))
        assert envelope(1).hash in relay.pool
"""

from tests.adversary.hostile.connections import connect, is_hung_up_on
from tests.adversary.hostile.packets import filled, junk
from tests.adversary.hostile.relay_peers import RelayPeer
from tests.adversary.hostile.sockets import HostilePeer, Refused
from tests.adversary.hostile.strangers import Attack, Stranger, crowd, in_turns
from tests.adversary.hostile.victims import Memory, contents, count, feed, steps

__all__ = [
    "Attack",
    "HostilePeer",
    "Memory",
    "Refused",
    "RelayPeer",
    "Stranger",
    "connect",
    "contents",
    "count",
    "crowd",
    "feed",
    "filled",
    "in_turns",
    "is_hung_up_on",
    "junk",
    "steps",
]
