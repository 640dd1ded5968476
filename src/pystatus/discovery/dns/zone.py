"""A node list as lines of a zone file (RFC 1035 §5), for ``$INCLUDE`` in the zone of a server such as BIND."""

from __future__ import annotations

from pystatus.discovery.dns.signing import SignedTree

MAX_STRING = 255
"""Bytes of one string of a TXT record (RFC 1035 §3.3); readers join them."""
ROOT_TTL = 30 * 60
"""Seconds for which resolvers keep a root: as long as readers do before they look again (overlay.md §5.2)."""
ENTRY_TTL = 24 * 60 * 60
"""Seconds for which resolvers keep an entry. Its text never changes, for its name is the hash of it; after a
day what was taken out is forgotten."""


def zone_lines(tree: SignedTree) -> list[str]:
    """The records of ``tree``, one a line, with full names, so that they can be included anywhere."""
    domain = tree.link.domain
    lines = [f"; node list {domain}, version {tree.seq}: nodes {len(tree.nodes)}, links {len(tree.links)}"]
    for name, text in tree.records.items():
        lines.append(f"{name}. {ROOT_TTL if name == domain else ENTRY_TTL} IN TXT {_quoted(text)}")
    return lines


def _quoted(text: str) -> str:
    """Its strings. No text of a list has a quotation mark or a backslash in it."""
    return " ".join(f'"{text[start : start + MAX_STRING]}"' for start in range(0, len(text), MAX_STRING))
