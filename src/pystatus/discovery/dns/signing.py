"""Signing a node list: from records and links to the TXT records of a domain (EIP-1459, overlay.md §5.1).

Implements: WK-60
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import field
from types import MappingProxyType

from pystatus.crypto.hashing import keccak256
from pystatus.crypto.keys import PrivateKey
from pystatus.devp2p.enr import NodeRecord
from pystatus.discovery.dns.entries import BRANCH_PREFIX, MAX_SEQUENCE, ROOT_PREFIX, Link, entry_name
from pystatus.discovery.dns.tree import TreeLimits
from pystatus.errors import LocalError, RemoteError
from pystatus.records import dataclass
from pystatus.wire.base_text import to_base64url

MAX_CHILDREN = 13
"""Names in a branch, as go-ethereum has it since v1.10 (overlay.md §11): 366 characters, so that
an answer with them has less than 512 bytes."""


@dataclass(frozen=True)
class SignedTree:
    """A node list that its owner has signed."""

    link: Link
    """Where it will be found."""
    seq: int
    nodes: tuple[NodeRecord, ...]
    """In the order of their node addresses, each once."""
    links: tuple[Link, ...]
    root: str
    """The TXT record of the domain itself."""
    entries: MappingProxyType[str, str] = field(repr=False)
    """The TXT records below it: text by name."""

    @property
    def records(self) -> dict[str, str]:
        """All TXT records by their full names, the root first. The keys are like those that ``devp2p dns to-txt`` of
        go-ethereum writes."""
        below = {f"{name}.{self.link.domain}": self.entries[name] for name in sorted(self.entries)}
        return {self.link.domain: self.root, **below}


def sign_tree(
    key: PrivateKey,
    domain: str,
    nodes: Iterable[NodeRecord],
    links: Iterable[Link],
    seq: int,
    *,
    max_children: int = MAX_CHILDREN,
) -> SignedTree:
    """Make the list of ``nodes``, of each its newest record, and of the lists ``links``.

    :param domain: where it will be found, for example ``nodes.example.org``.
    :param seq: readers take no version that is below one they have seen.
    :raises LocalError: no domain, a version of more than 64 bits, more than readers look at, a link to this list, or
        two keys for one domain.
    """
    if not 0 <= seq <= MAX_SEQUENCE:
        raise LocalError("The version of a node list is a number of 64 bits.")
    own = _own_link(key, domain)
    records, others = _newest(nodes), tuple(dict.fromkeys(links))
    _check_links(own, others)
    limits = TreeLimits()
    entries: dict[str, str] = {}
    node_root = _build(entries, [str(record) for record in records], max_children)
    node_entries = len(entries)
    link_root = _build(entries, [str(link) for link in others], max_children)
    if node_entries > limits.entries:
        raise LocalError(f"A list of {node_entries} entries is too long: readers look at {limits.entries}.")
    if len(entries) - node_entries > limits.link_entries:
        raise LocalError(f"{len(others)} links are too many: readers look at {limits.link_entries} entries with links.")
    signed = f"{ROOT_PREFIX}e={node_root} l={link_root} seq={seq}"
    root = f"{signed} sig={to_base64url(key.sign(keccak256(signed.encode())))}"
    return SignedTree(own, seq, records, others, root, MappingProxyType(entries))


def _own_link(key: PrivateKey, domain: str) -> Link:
    try:
        return Link.decode(str(Link(key.public_key, domain)))
    except RemoteError:
        raise LocalError(
            f'"{domain[:200]}" is not a domain for a node list: give a name like nodes.example.org, of letters, '
            "digits, dashes and dots."
        ) from None


def _newest(nodes: Iterable[NodeRecord]) -> tuple[NodeRecord, ...]:
    found: dict[bytes, NodeRecord] = {}
    for record in nodes:
        before = found.get(record.node_address)
        if before is None or before.seq < record.seq:
            found[record.node_address] = record
    return tuple(found[address] for address in sorted(found))


def _check_links(own: Link, links: Sequence[Link]) -> None:
    for link in links:
        if link.domain == own.domain:
            raise LocalError(f"The list {own.domain} has a link to itself: take it out.")
    if len({link.domain for link in links}) < len(links):
        raise LocalError("Two links have the same domain and different keys: take one of them out.")


def _build(entries: dict[str, str], leaves: Sequence[str], max_children: int) -> str:
    """Add a subtree to ``entries``; the name of its first entry. One leaf needs no branch, none make an empty one."""
    names = [_add(entries, leaf) for leaf in leaves]
    if not names:
        return _add(entries, BRANCH_PREFIX)
    while len(names) > 1:
        parts = [names[start : start + max_children] for start in range(0, len(names), max_children)]
        names = [part[0] if len(part) == 1 else _add(entries, BRANCH_PREFIX + ",".join(part)) for part in parts]
    return names[0]


def _add(entries: dict[str, str], text: str) -> str:
    name = entry_name(text)
    entries[name] = text
    return name
