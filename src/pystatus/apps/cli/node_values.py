"""How the options and arguments that name nodes are read: what :mod:`~pystatus.apps.cli.values` makes kinds of. Each
raises ValueError, or LocalError where there is more to say."""

from __future__ import annotations

from typing import Any

from pystatus import typed
from pystatus.settings.kinds import PATH


def relay(text: str) -> Any:
    """The enode URL of a relay."""
    from pystatus.node.config import complete_enode

    return complete_enode(text)


def source(text: str) -> Any:
    """A relay, or the path of a capture."""
    from pystatus.devp2p.enode import SCHEME

    return relay(text) if typed.token(text).startswith(SCHEME) else PATH.from_text(text)


def topic(text: str) -> str:
    """A topic of Discovery v5."""
    from pystatus.discovery.discv5.limits import MAX_TOPIC_SIZE

    text = typed.token(text)
    if not text.isprintable() or not 0 < len(text.encode()) <= MAX_TOPIC_SIZE:
        raise ValueError
    return text


def node_list(text: str) -> str:
    """A node list in DNS."""
    from pystatus.discovery.dns.entries import Link

    Link.parse(text)
    return typed.token(text)


def domain(text: str) -> str:
    """A domain, which the command itself checks."""
    return typed.token(text)


def record(text: str) -> Any:
    """A node record."""
    from pystatus.devp2p.enr import NodeRecord

    return NodeRecord.from_person(text)


def url(text: str) -> str:
    """Where a node offers HTTP."""
    from urllib.parse import urlsplit

    text = typed.token(text)
    parts = urlsplit(text)  # raises ValueError
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.port == 0:
        raise ValueError
    return text
