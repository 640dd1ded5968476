"""A node list in DNS and the lists that it refers to, without the DNS (EIP-1459, overlay.md §5.2).

It says which name to resolve next, and takes the answer::

    nodes = NodeList(Link.parse("enrtree://…@nodes.example.org"), os.urandom)
    while (name := nodes.next_name()) is not None:
        record = nodes.answered(name, await texts_of(name))

Whoever has enough nodes just stops asking; nothing is fetched in advance.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import field
from typing import Protocol

from pystatus.crypto.random import RandomSource
from pystatus.devp2p.enr import NodeRecord
from pystatus.discovery.dns.entries import (
    MAX_TEXT,
    ROOT_PREFIX,
    Branch,
    Entry,
    Link,
    Root,
    decode_entry,
    is_named,
)
from pystatus.errors import LocalError, RemoteError
from pystatus.records import dataclass


@dataclass(frozen=True, slots=True)
class TreeLimits:
    """How much of a list is looked at. Whoever publishes it may be hostile."""

    lists: int = 16
    """Lists in all, the first one included (overlay.md §5.2)."""
    link_depth: int = 4
    """Links from list to list. Whoever is further away was chosen by strangers of strangers."""
    depth: int = 32
    """Branches from the root to a leaf (overlay.md §5.2); with ten names in each, three reach a thousand nodes."""
    entries: int = 10_000
    """Entries of all lists (overlay.md §5.2), about 20 MB if all are nodes. What is beyond is not looked at."""
    link_entries: int = 100
    """Entries of one list that lead to other lists: they are all resolved before the first node."""
    texts: int = 16
    """TXT records of one name that are looked at. Domains have some for other purposes, too."""


class ListVersions(Protocol):
    """Keeps the highest version of each list from one run to the next (overlay.md §5.2: persist seq)."""

    def list_version(self, url: str) -> int:
        """The version that was seen last of a list, ``enrtree://…``; 0: none is known."""

    def keep_list_version(self, url: str, seq: int) -> None:
        """A root of this version was seen. It is none of an older one than :meth:`list_version` says."""


class _NoVersions:
    """For who reads a list once."""

    def list_version(self, url: str) -> int:
        return 0

    def keep_list_version(self, url: str, seq: int) -> None:
        """Nothing."""


@dataclass(frozen=True, slots=True)
class _Place:
    """Where an entry stands in its list."""

    name: str
    depth: int
    is_link: bool
    """Below the links, not below the nodes."""


@dataclass(slots=True)
class _Tree:
    """One list."""

    link: Link
    link_depth: int
    root: Root | None = None
    is_root_due: bool = True
    known: dict[tuple[str, bool], Entry | None] = field(default_factory=dict)
    """What was resolved, by name and by whether it is below the links; ``None``: it is of no use."""
    earlier: dict[tuple[str, bool], Entry | None] = field(default_factory=dict)
    """The same of the version before, as far as this one has not named it yet."""
    seen: dict[bool, set[str]] = field(default_factory=lambda: {True: set(), False: set()})
    """What the entries name, below the links and below the nodes."""
    links_due: list[_Place] = field(default_factory=list)
    nodes_due: list[_Place] = field(default_factory=list)
    failed: list[_Place] = field(default_factory=list)

    @property
    def lacks_links(self) -> bool:
        return bool(self.links_due) or any(place.is_link for place in self.failed)


class NodeList:
    """A list, everything that is known of it, and what is to be resolved next.

    Implements: EI-21, WK-60
    """

    def __init__(
        self,
        link: Link,
        random: RandomSource,
        limits: TreeLimits | None = None,
        *,
        versions: ListVersions | None = None,
    ) -> None:
        """
        :param versions: what earlier runs have seen of this list, and of those that it refers to.
        """
        self.link = link
        self._versions = versions or _NoVersions()
        self._random = random
        self._limits = limits or TreeLimits()
        self._trees = {link: _Tree(link, 0)}
        self._asked: tuple[str, _Tree, _Place | None] | None = None

    @property
    def is_known(self) -> bool:
        """Whether a root was seen that its owner has signed."""
        return self._trees[self.link].root is not None

    @property
    def domains(self) -> tuple[str, ...]:
        """The list itself, and those it refers to."""
        return tuple(dict.fromkeys(link.domain for link in self._trees))

    @property
    def nodes(self) -> tuple[NodeRecord, ...]:
        """The nodes that were seen so far, of each its newest record."""
        newest: dict[bytes, NodeRecord] = {}
        for tree in self._trees.values():
            for entry in tree.known.values():
                if isinstance(entry, NodeRecord):
                    before = newest.get(entry.node_id)
                    if before is None or before.seq < entry.seq:
                        newest[entry.node_id] = entry
        return tuple(newest.values())

    def refresh(self) -> None:
        """Look at the roots again, and for what did not come. What is known stays until a root says otherwise."""
        self._forget_unlinked()
        for tree in self._trees.values():
            tree.is_root_due = True
            if not (tree.links_due or tree.nodes_due):
                tree.earlier = {}  # nothing more can name it
            failed, tree.failed = tree.failed, []
            for place in failed:
                (tree.links_due if place.is_link else tree.nodes_due).append(place)

    def next_name(self) -> str | None:
        """The DNS name whose TXT records are wanted next; ``None``: nothing more before :meth:`refresh`. Roots come
        first, then links, then nodes in random order. A name that was not answered yet counts as unanswered."""
        if self._asked is not None:
            self.unanswered(self._asked[0])
        for tree in self._trees.values():
            if tree.is_root_due:
                tree.is_root_due = False
                return self._ask(tree, None)
        for tree in self._trees.values():
            if tree.links_due:
                return self._ask(tree, tree.links_due.pop())
        # First a list, then one of its entries: else the largest list would decide who is found.
        trees = [tree for tree in self._trees.values() if tree.nodes_due]
        if not trees:
            return None
        tree = trees[self._below(len(trees))]
        due = tree.nodes_due
        index = self._below(len(due))
        due[index], due[-1] = due[-1], due[index]
        return self._ask(tree, due.pop())

    def unanswered(self, name: str) -> None:
        """Nothing came for a name of :meth:`next_name`: it is asked for again after :meth:`refresh`."""
        tree, place = self._answer_to(name)
        if place is not None:
            tree.failed.append(place)

    def answered(self, name: str, texts: Sequence[bytes]) -> NodeRecord | None:
        """The TXT records of a name of :meth:`next_name`, the strings of each joined.

        :returns: the node, where it is one.
        :raises RemoteError: nothing there is what this list may say. All else stays as it was.
        """
        tree, place = self._answer_to(name)
        readable = [text.decode() for text in texts[: self._limits.texts] if text.isascii() and len(text) <= MAX_TEXT]
        if place is None:
            self._take_root(tree, readable)
            return None
        fitting = [text for text in readable if is_named(text, place.name)]
        if not fitting:
            tree.failed.append(place)
            raise RemoteError(f"no TXT record of {name} has the hash that is its name")
        tree.known[place.name, place.is_link] = None
        entry = decode_entry(fitting[0])
        self._take(tree, place, entry)
        tree.known[place.name, place.is_link] = entry
        return entry if isinstance(entry, NodeRecord) else None

    def _ask(self, tree: _Tree, place: _Place | None) -> str:
        name = tree.link.domain if place is None else f"{place.name}.{tree.link.domain}"
        self._asked = name, tree, place
        return name

    def _answer_to(self, name: str) -> tuple[_Tree, _Place | None]:
        if self._asked is None or self._asked[0] != name:
            raise LocalError(f"Nobody has asked for {name}.")
        _, tree, place = self._asked
        self._asked = None
        return tree, place

    def _take_root(self, tree: _Tree, texts: Sequence[str]) -> None:
        found: list[Root] = []
        problem = f"there is no node list at {tree.link.domain}"
        for text in texts:
            if text.startswith(ROOT_PREFIX):
                try:
                    found.append(Root.decode(text, tree.link.public_key))
                except RemoteError as error:
                    problem = f"{tree.link.domain}: {error}"
        if not found:
            raise RemoteError(problem)
        root = max(found, key=lambda one: one.seq)
        url = str(tree.link)
        known = self._versions.list_version(url) if tree.root is None else tree.root.seq
        if root.seq < known:
            raise RemoteError(f"{tree.link.domain}: version {root.seq} is older than {known}, which was there")
        self._versions.keep_list_version(url, root.seq)
        if root == tree.root:
            return
        tree.root = root
        tree.earlier, tree.known = tree.known, {}
        self._bound_earlier()
        tree.seen = {True: set(), False: set()}
        tree.links_due, tree.nodes_due, tree.failed = [], [], []
        self._name(tree, _Place(root.links, 0, is_link=True))
        self._name(tree, _Place(root.nodes, 0, is_link=False))

    def _bound_earlier(self) -> None:
        """All lists together remember of their earlier versions no more than they may have now: owners of several could
        let one after another grow and shrink. The one with most of it forgets it; its entries are resolved anew."""
        limits = self._limits
        while (
            sum(len(tree.earlier) for tree in self._trees.values())
            > limits.entries + limits.lists * limits.link_entries
        ):
            max(self._trees.values(), key=lambda tree: len(tree.earlier)).earlier = {}

    def _name(self, tree: _Tree, place: _Place) -> None:
        """An entry is named by another one, or by the root: it is due, unless the version before had it, too."""
        seen, limits = tree.seen[place.is_link], self._limits
        if place.name in seen or place.depth > limits.depth:
            return
        if len(seen) >= (limits.link_entries if place.is_link else self._left(tree)):
            return
        seen.add(place.name)
        key = place.name, place.is_link
        if key not in tree.earlier:
            (tree.links_due if place.is_link else tree.nodes_due).append(place)
            return
        entry = tree.known[key] = tree.earlier.pop(key)
        for name in entry.names if isinstance(entry, Branch) else ():
            self._name(tree, _Place(name, place.depth + 1, place.is_link))

    def _left(self, tree: _Tree) -> int:
        """How many nodes and branches this list may have."""
        others = sum(len(other.seen[False]) for other in self._trees.values() if other is not tree)
        return max(0, self._limits.entries - others)

    def _take(self, tree: _Tree, place: _Place, entry: Entry | None) -> None:
        if isinstance(entry, Branch):
            for name in entry.names:
                self._name(tree, _Place(name, place.depth + 1, place.is_link))
        elif isinstance(entry, Link):
            if not place.is_link:
                raise RemoteError("a link to another list stands among the nodes")
            self._follow(tree, entry)
        elif isinstance(entry, NodeRecord) and place.is_link:
            raise RemoteError("a node stands among the links to other lists")

    def _follow(self, tree: _Tree, link: Link) -> None:
        # Of two keys for one domain each is a list of its own: else a wrong one, named first, would hide the right one.
        if link in self._trees:
            return
        if tree.link_depth >= self._limits.link_depth or len(self._trees) >= self._limits.lists:
            raise RemoteError(f"{link.domain} is one list too many")
        self._trees[link] = _Tree(link, tree.link_depth + 1)

    def _forget_unlinked(self) -> None:
        """Drop the lists that no list refers to any more, once it is certain: all links were seen."""
        if any(tree.lacks_links for tree in self._trees.values()):
            return
        linked = [self.link]
        for link in linked:
            found = self._trees[link].known.values()
            linked += [
                entry for entry in found if isinstance(entry, Link) and entry in self._trees and entry not in linked
            ]
        self._trees = {link: tree for link, tree in self._trees.items() if link in linked}

    def _below(self, end: int) -> int:
        return int.from_bytes(self._random(8), "big") % end
