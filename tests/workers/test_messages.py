"""What the supervisor says to workers arrives as it was said."""

import os

import pytest

from pystatus import NodeConfig, PrivateKey
from pystatus.net.proxy import Proxy
from pystatus.node import NodeSettings
from pystatus.waku.bloom import topics_bloom
from pystatus.waku.interest import Interest
from pystatus.waku.status import RateLimits
from pystatus.workers.messages import Configure, Start, decode_to_worker, encode

PROXY = Proxy("127.0.0.1", 9050, "me", "secret")


@pytest.mark.parametrize(
    "interest", [None, Interest.in_topics([b"one ", b"othe"]), Interest.in_bloom(topics_bloom([b"one "]))]
)
def test_settings_reach_a_worker(interest: Interest | None) -> None:
    """All of them when it starts; later those that may change, and nothing else."""
    settings = NodeSettings(
        max_peers=7, max_inbound_peers=3, min_pow=0.5, interest=interest, light=True, byte_rates=RateLimits()
    )
    config = NodeConfig(key=PrivateKey.generate(os.urandom), max_topics=5, proxy=PROXY).changed(settings)
    start = decode_to_worker(encode(Start(1, config, "info", "text")))
    assert isinstance(start, Start)
    assert start.config == config
    configure = decode_to_worker(encode(Configure(config, "info")))
    assert isinstance(configure, Configure)
    assert configure.settings == settings
