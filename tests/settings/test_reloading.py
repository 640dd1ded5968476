"""Reading settings again, beside callers of the RPC who change some as well."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from pystatus.node import Node
from pystatus.settings import mapping, sources
from pystatus.settings.reloader import Reloader
from pystatus.settings.sources import Effective
from pystatus.waku.bloom import topics_bloom
from pystatus.waku.interest import Interest
from pystatus.waku.status import RateLimits


def test_what_callers_have_changed_stays_unless_it_is_read_again(tmp_path: Path) -> None:
    file = tmp_path / "pystatus.toml"

    def read() -> Effective:
        return sources.read(file, {}, {})

    file.write_text("")
    node = Node(mapping.node_config(read().settings, None))
    reloader = Reloader(node, read(), read, set_levels=lambda wanted, former: None)
    interest = Interest.in_bloom(topics_bloom([b"mine"]))
    node.configure(replace(node.config, light=True, interest=interest, max_envelope_size=2_000_000, min_pow=0.5))
    file.write_text("[relay]\nmax_peers = 7\nconfirmations = true\n[limits]\npackets_per_peer = 11\n")
    reloader.reload()
    config, relay = node.config, node.relay.config
    assert (config.max_peers, node.network.config.max_peers) == (7, 7)
    assert relay.packet_rates == RateLimits(ip=10_000, peer=11)
    assert (relay.light, relay.interest, relay.max_envelope_size) == (True, interest, 2_000_000)
    assert relay.min_pow == 0.000002, "the file says it"
    assert not relay.confirmations, "it waits for a restart"


def test_a_mistake_in_the_file_changes_nothing(tmp_path: Path) -> None:
    file = tmp_path / "pystatus.toml"

    def read() -> Effective:
        return sources.read(file, {}, {})

    file.write_text("")
    node = Node(mapping.node_config(read().settings, None))
    before = node.config, node.relay.config
    reloader = Reloader(node, read(), read, set_levels=lambda wanted, former: None)
    file.write_text("[relay]\nmin_pow = 0.5\nmax_peers = 7\n[limits]\nbytes_per_peer = 1000\n")
    reloader.reload()
    assert (node.config, node.relay.config) == before
    assert reloader.settings.relay.max_peers == 50
