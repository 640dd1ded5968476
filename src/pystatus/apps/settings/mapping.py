"""From settings to what the node is made of."""

from __future__ import annotations

from pystatus.apps.settings.model import Settings
from pystatus.crypto.keys import PrivateKey
from pystatus.node import NodeConfig


def node_config(settings: Settings, key: PrivateKey | None) -> NodeConfig:
    """The node that ``settings`` describe.

    :raises LocalError: values that do not go together.
    """
    return NodeConfig(
        listen=settings.listen,
        advertised_host=settings.advertise,
        peers=settings.peers,
        key=key,
        max_peers=settings.relay.max_peers,
        min_pow=settings.relay.min_pow,
    )
