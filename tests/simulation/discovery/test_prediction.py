"""What Kademlia predicts, by a formula and by a network with perfect tables."""

from __future__ import annotations

import math
from random import Random

import pytest

from pystatus.simulation.discovery.prediction import IdealNetwork, bits_per_hop, hops, ideal


def test_the_nearest_of_more_nodes_shares_more_bits() -> None:
    assert bits_per_hop(1) == pytest.approx(2.0)  # one bit of the bucket, and one of a coin thrown until it falls
    # The nearest of many: log2(k), Euler's constant, and half a bit less (the largest of k geometric numbers).
    assert bits_per_hop(1024) == pytest.approx(1 + 10 + 0.5772 / math.log(2) - 0.5, abs=0.01)
    assert bits_per_hop(16) == pytest.approx(5.38, abs=0.01)


@pytest.mark.parametrize("nodes", [100, 400, 2_000])
def test_the_formula_is_what_perfect_tables_need(nodes: int) -> None:
    measured, asked = ideal(nodes, 100, Random(1))
    assert hops(nodes) == pytest.approx(measured, abs=0.4)
    assert 16 > asked - 5 > 10  # the sixteen nearest, and who led to them


def test_a_lookup_with_perfect_tables_finds_the_nearest() -> None:
    network = IdealNetwork(300, Random(2))
    for _ in range(20):
        found, asked = network.lookup()
        assert 1 <= found <= 4
        assert asked >= 15


def test_ten_times_as_many_nodes_cost_the_same_each_time() -> None:
    steps = [hops(10**power) - hops(10 ** (power - 1)) for power in range(2, 7)]
    assert steps == pytest.approx([steps[0]] * 5)
