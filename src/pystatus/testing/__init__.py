"""For the tests of bots: people and a network in memory, and a clock that passes when everybody waits.

See docs/testing.md. Nothing here opens a socket, and nothing waits in real time.
"""

from pystatus.simulation.clock import VirtualClock
from pystatus.simulation.settings import Conditions
from pystatus.testing.network import Network, Person, run

__all__ = ["Conditions", "Network", "Person", "VirtualClock", "run"]
