"""Node lists in DNS."""

from __future__ import annotations

import os
from functools import partial

from pystatus.crypto.hashing import keccak256
from pystatus.devp2p.enr import NodeRecord
from pystatus.discovery.dns.checking import TreeCheck
from pystatus.discovery.dns.entries import ROOT_PREFIX, Link, Root, checked_name, decode_entry, is_named
from pystatus.discovery.dns.tree import NodeList
from pystatus.errors import RemoteError
from pystatus.wire.base_text import to_base64url
from tests.fuzzing.corpus import texts
from tests.fuzzing.target import Target, as_text, each, every
from tests.support.dns_zone import key, link, publish, record

HOME = "nodes.example.org"
OWNER = key(1)


def _entry(text: str) -> None:
    entry = decode_entry(text)
    if isinstance(entry, Link):
        assert Link.decode(str(entry)) == entry
    if isinstance(entry, NodeRecord):
        assert str(entry) == text


def _root(text: str) -> None:
    """The root as it came, and with a signature that fits."""

    def signed() -> None:
        content = text.partition(" sig=")[0]
        signature = to_base64url(OWNER.sign(keccak256(content.encode())))
        Root.decode(f"{content} sig={signature}", OWNER.public_key)

    every(partial(Root.decode, text, OWNER.public_key), signed)


def _name(text: str) -> None:
    assert not is_named("", checked_name(text)) or text


def _list(data: bytes) -> None:
    """The answers, one a line, whatever was asked: first with the name that they have, then with any."""
    answers = data.split(b"\n")
    nodes, check = NodeList(link(OWNER, HOME), os.urandom), TreeCheck(link(OWNER, HOME))
    for answer in answers:
        records = answer.split(b"\0")
        asked = (nodes.next_name(), nodes.answered), (check.next_name(), check.answered)
        every(*(partial(take, name, records) for name, take in asked if name is not None))
    nodes.refresh()
    assert len(nodes.nodes) <= len(answers)


def _lists() -> list[bytes]:
    zones = [publish(OWNER, HOME, [record(2), record(3)], [link(key(4), "b.example.org")]), publish(OWNER, HOME, [])]
    found = []
    for zone in zones:
        nodes = NodeList(link(OWNER, HOME), lambda size: bytes(size))
        lines = []
        while (name := nodes.next_name()) is not None:
            answer = [text.encode() for text in zone.get(name, ["x"])]
            lines.append(b"\0".join(answer))
            try:
                nodes.answered(name, answer)
            except RemoteError:
                continue
        found.append(b"\n".join(lines))
    return found


TARGETS = (
    Target(
        "dns-entry",
        each(as_text(_entry), as_text(Link.decode)),
        lambda: texts("dnsdisc", prefix="en", longest=1100),
        ("discovery/dns/entries.py:decode_entry", "discovery/dns/entries.py:Link.decode"),
    ),
    Target(
        "dns-root",
        as_text(_root),
        lambda: texts("dnsdisc", prefix=ROOT_PREFIX),
        ("discovery/dns/entries.py:Root.decode",),
    ),
    Target(
        "dns-name",
        as_text(_name),
        lambda: [b"JWXYDBPXYWG6FX3GMDIBFA6CJ4", b"A" * 20, b"A" * 52],
        ("discovery/dns/entries.py:checked_name",),
    ),
    Target(
        "dns-list",
        _list,
        _lists,
        ("discovery/dns/tree.py:NodeList.answered", "discovery/dns/checking.py:TreeCheck.answered"),
    ),
)
