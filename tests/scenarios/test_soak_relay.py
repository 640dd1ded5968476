"""Two relays carry 2,000 envelopes a second over TCP between honest peers while others come and go: nothing is lost,
memory and file descriptors stay flat.

A quarter of a minute here. ``make soak`` takes an hour; ``PYSTATUS_SOAK_MINUTES`` says how long.
"""

from __future__ import annotations

import os
from pathlib import Path

from bench.support.soak import RATE, Soak
from bench.support.watch import Watched
from pystatus.devp2p.enode import Enode
from pystatus.net.loop import run
from tests.support.processes import Relay

IS_LONG = "PYSTATUS_SOAK_MINUTES" in os.environ
SECONDS = 60 * float(os.environ.get("PYSTATUS_SOAK_MINUTES", "0.25"))
GROWTH = 16 << 20
"""Bytes by which a relay's memory may be more in the last quarter of the time than in the first, in the median: what
the allocator does. In an hour this is two bytes an envelope, or 9 kB a visitor: whatever is kept for one is found."""
SWING = 48 << 20
"""Bytes between the smallest and the largest: two visitors at a time may each be given the pool, of 17 MB."""
VISITING = 16
"""File descriptors that visitors may take at any one time."""
LEAST_RATE = 0.95
"""Share of the rate that must have been reached: else it was no test."""


def test_an_hour_between_honest_peers(tmp_path: Path) -> None:
    first = Relay(tmp_path / "first")
    second = Relay(tmp_path / "second", "127.0.0.1:0", "--peer", first.enode)
    relays = [first, second]
    processes = [Watched.of(relay.pid) for relay in relays]
    soak = Soak([Enode.parse(relay.enode) for relay in relays], processes, SECONDS)

    run(soak.run())
    print(soak.line())
    for watched in processes:
        print(f"memory grew by {watched.growth / 1e6:.2f} MB; CPU: {watched.cpu_seconds:.1f} s")

    assert soak.gone == []
    assert (soak.lost, soak.repeated) == (0, 0)
    assert soak.written == RATE * SECONDS
    if IS_LONG:  # else a machine that has more to do is no failure
        assert soak.written / soak.took > LEAST_RATE * RATE
    for watched, left in zip(processes, soak.descriptors_left, strict=True):
        assert left <= 0
        assert max(watched.descriptors) - min(watched.descriptors) <= VISITING
        assert watched.growth < GROWTH
        assert max(watched.memory) - min(watched.memory) < SWING
    assert [relay.stop() for relay in relays] == [0, 0]
