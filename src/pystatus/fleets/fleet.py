"""A fleet: the nodes of one network, by what they are for (overlay.md §8.1)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import field, fields
from typing import Any

from pystatus import typed
from pystatus.arguments import checked
from pystatus.devp2p.enode import Enode
from pystatus.errors import LocalError, Refused
from pystatus.records import dataclass
from pystatus.wording import counted

MAX_NODES = 64
"""Relays, mailservers and bootnodes of each kind. Ours: seven times what eth.prod had of any (overlay.md §8.2)."""
MAX_RENDEZVOUS_NODES = 16
"""Rendezvous nodes, as many as a node asks."""
MAX_DNS_LISTS = 16
"""Node lists in DNS, as many as a node reads."""
MAX_NAME = 64
"""Bytes of the name of a network in UTF-8. Ours: a line of a terminal has room for it."""
MAX_NOTICE = 500
"""Bytes of what a fleet says to those who use it, in UTF-8. Ours: some lines of a terminal."""
MAX_PASSWORD = 128
"""Bytes of the password of mailservers in UTF-8. Ours."""
MAX_LISTED = 4 * MAX_NODES
"""Entries of a list that are looked at, repetitions included. Ours."""
MAX_MISTAKES = 20
"""Mistakes that are told at once: a screen full. A file of another program would have hundreds."""

EXAMPLES = {
    "relays": "enode://…@host:port",
    "mailservers": "enode://…@host:port",
    "bootnodes": "enode://…@host:port",
    "rendezvous_nodes": "/ip4/<address>/tcp/<port>/ethv4/<peer id>",
    "dns_lists": "enrtree://<key>@<domain>",
}
"""What stands in each list."""
LISTS = tuple(EXAMPLES)
"""The fields of :class:`Fleet` that are lists."""
_TEXTS = {"name": MAX_NAME, "mailserver_password": MAX_PASSWORD, "notice": MAX_NOTICE}
"""The other fields, with the bytes that each may have."""


class FleetError(Refused):
    """A fleet is wrong: each sentence names where one mistake stands, and what is allowed."""

    def __init__(self, *sentences: str) -> None:
        super().__init__(" ".join(sentences))
        self.sentences = sentences


@checked
@dataclass(frozen=True, slots=True, kw_only=True)
class Fleet:
    """The nodes of one network: what a client, a bot and a node begin with.

    Each list has its entries in the form in which they are written by us, each once.

    :raises FleetError: an entry is malformed, or there are too many; all mistakes are told.

    Implements: CL-12
    """

    name: str = ""
    """Of the network. Without one it is a list of nodes, which may be added to those of any network."""
    relays: tuple[str, ...] = ()
    """Enode URLs of the relays that everybody stays connected to (static nodes)."""
    mailservers: tuple[str, ...] = ()
    """Enode URLs of the mailservers."""
    bootnodes: tuple[str, ...] = ()
    """Enode URLs of nodes of Discovery v5 to begin with."""
    rendezvous_nodes: tuple[str, ...] = ()
    """Rendezvous nodes, ``/ip4/<address>/tcp/<port>/ethv4/<peer id>``."""
    dns_lists: tuple[str, ...] = ()
    """Node lists in DNS, ``enrtree://<key>@<domain>``."""
    mailserver_password: str | None = field(default=None, repr=False)
    """What requests to the mailservers are sealed with; ``None``: the password that everybody knows."""
    notice: str = ""
    """What commands say to those who use the fleet."""

    def __post_init__(self) -> None:
        values = {one.name: getattr(self, one.name) for one in fields(self)}
        mistakes = list(take(values))
        if mistakes:
            raise FleetError(*told(mistakes))
        for name, value in values.items():
            object.__setattr__(self, name, value)

    @property
    def is_empty(self) -> bool:
        """Whether it names no node and no list."""
        return not any(getattr(self, name) for name in LISTS)

    @property
    def title(self) -> str:
        """What it is called in a sentence."""
        return f'the network "{self.name}"' if self.name else "a list of nodes"

    def with_nodes_of(self, other: Fleet) -> Fleet:
        """The nodes of both, which are of one network or lists without a name.

        :raises Refused: they are of two networks, or their mailservers have different passwords.
        :raises FleetError: together they are too many.
        """
        if self.name and other.name and self.name != other.name:
            raise Refused(
                f'These are two networks, "{self.name}" and "{other.name}". Who is in one hears nothing of the other: '
                "name one of them, and leave the other out."
            )
        passwords = {
            one.mailserver_password for one in (self, other) if one.mailservers or one.mailserver_password is not None
        }
        if len(passwords) > 1:
            raise Refused(
                "The mailservers that are named have different passwords, and a client uses one: leave some out."
            )
        lists = {name: (*getattr(self, name), *getattr(other, name)) for name in LISTS}
        return Fleet(
            name=self.name or other.name,
            mailserver_password=next(iter(passwords), None),
            notice=self.notice if self.notice else other.notice,
            **lists,
        )


def together(fleets: Iterable[Fleet]) -> Fleet:
    """The nodes of all of them; of none, an empty fleet.

    :raises Refused: see :meth:`Fleet.with_nodes_of`.
    """
    whole = Fleet()
    for one in fleets:
        whole = whole.with_nodes_of(one)
    return whole


def take(values: dict[str, Any]) -> Iterator[str]:
    """Bring the values of a fleet, by the names of its fields, into their form, in place.

    :returns: a sentence about each mistake; values with one stay as they are.
    """
    for name, most in _TEXTS.items():
        if values.get(name):
            try:
                values[name] = _text(name, values[name], most)
            except Refused as error:
                yield str(error)
        elif name == "mailserver_password" and name in values and values[name] is not None:
            yield "mailserver_password: it is empty. Take it out, or say what the mailservers have."
    for name, (read, most) in _READERS.items():
        entries: dict[str, None] = {}
        is_whole = True
        for number, text in enumerate(values.get(name, ()), start=1):
            if number > MAX_LISTED:
                break
            try:
                entries[read(text)] = None
            except LocalError as error:
                is_whole = False
                yield f"{name}, number {number}: {error}"
        if len(entries) > most or len(values.get(name, ())) > MAX_LISTED:
            yield f"{name}: there are {len(values[name])}. Name {most} at most."
        elif is_whole and name in values:
            values[name] = tuple(entries)


def told(mistakes: list[str]) -> tuple[str, ...]:
    """The sentences of an error with all of these, bounded by :data:`MAX_MISTAKES`."""
    more = len(mistakes) - MAX_MISTAKES
    return (*mistakes[:MAX_MISTAKES], *([f"And {counted(more, 'more mistake')}."] if more > 0 else ()))


def _text(name: str, text: str, most: int) -> str:
    found = typed.line(text) if name == "mailserver_password" else typed.name(text)
    if not found or not found.isprintable():  # half characters are not printable
        raise Refused(f"{name}: it must be one line of text without control characters.")
    if len(found.encode()) > most:
        raise Refused(f"{name}: it has more than {most} bytes. Shorten it.")
    return found


def _node(text: str) -> str:
    enode = Enode.parse(text)
    if not enode.is_complete:
        raise Refused(f'"{text[:200]}" says not where to dial. Add @host:port to the node id.')
    return str(enode)


def _bootnode(text: str) -> str:
    enode = Enode.parse(text)
    if enode.host is None or not enode.udp_port:
        raise Refused(
            f'"{text[:200]}" does not say where to send to. Add @host:port to the node id, with the UDP port.'
        )
    return str(enode)


def _rendezvous_node(text: str) -> str:
    from pystatus.libp2p.multiaddr import PeerAddress  # a node without any loads nothing of it

    return str(PeerAddress.parse(text))


def _dns_list(text: str) -> str:
    from pystatus.discovery.dns.entries import Link  # likewise

    return str(Link.parse(text))


_READERS: Mapping[str, tuple[Callable[[str], str], int]] = {
    "relays": (_node, MAX_NODES),
    "mailservers": (_node, MAX_NODES),
    "bootnodes": (_bootnode, MAX_NODES),
    "rendezvous_nodes": (_rendezvous_node, MAX_RENDEZVOUS_NODES),
    "dns_lists": (_dns_list, MAX_DNS_LISTS),
}
"""How the entries of each list are read, and how many there may be."""
