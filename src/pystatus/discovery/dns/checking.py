"""Checking a whole node list: every entry is looked at, and all that a reader might stumble over is reported.

A reader (:class:`~pystatus.discovery.dns.tree.NodeList`) wants nodes, and passes over what is of no use. This wants the
faults, for the owner of the list. It goes on below an entry that is not what its name says, so that a list which was
published badly is seen whole, and so that circles are found: names are hashes, so only a false entry can close one.

Implements: WK-60
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import field

from pystatus.devp2p.enr import NodeRecord
from pystatus.discovery.dns.entries import (
    MAX_TEXT,
    ROOT_PREFIX,
    Branch,
    Link,
    Root,
    checked_name,
    decode_entry,
    is_named,
)
from pystatus.discovery.dns.signing import MAX_CHILDREN
from pystatus.discovery.dns.tree import TreeLimits
from pystatus.errors import LocalError, RemoteError
from pystatus.records import dataclass

MAX_PROBLEMS = 200
"""Problems that are kept with their words. Of a list that is wrong everywhere nobody reads more; the number goes on."""
LONGEST_TEXT = 8 * MAX_TEXT
"""Characters of a text that is looked at, so that what is wrong in one that is too long for readers is seen, and a list
of nothing but giant texts costs nothing."""

Texts = dict[str, list[bytes]]
"""The TXT records of each name; names are in lower case."""


@dataclass(slots=True)
class TreeReport:
    """What was found so far."""

    link: Link
    seq: int | None = None
    """``None``: there is no root that the key of the link has signed."""
    nodes: list[NodeRecord] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    branches: int = 0
    depth: int = 0
    """Branches above the deepest entry."""
    largest: int = 0
    """Characters of the longest text."""
    problems: list[str] = field(default_factory=list)
    """Each the end of a sentence that begins with a name; at most :data:`MAX_PROBLEMS`."""
    problem_count: int = 0
    remarks: list[str] = field(default_factory=list)
    """What readers take, and is not as it could be."""

    def complain(self, problem: str) -> None:
        """Add a problem."""
        self.problem_count += 1
        if len(self.problems) < MAX_PROBLEMS:
            self.problems.append(problem)

    def remark(self, remark: str) -> None:
        """Add a remark."""
        if len(self.remarks) < MAX_PROBLEMS:
            self.remarks.append(remark)


@dataclass(frozen=True, slots=True)
class _Due:
    """An entry that was named."""

    name: str
    is_link: bool
    above: tuple[str, ...]
    """The branches on the way to it."""


class TreeCheck:
    """One list, from its root to its leaves; the lists that it refers to are not followed.

    ::

        check = TreeCheck(link)
        while (name := check.next_name()) is not None:
            check.answered(name, await texts_of(name))  # or check.missing(name, why)
        check.report.problems
    """

    def __init__(self, link: Link, limits: TreeLimits | None = None) -> None:
        self.report = TreeReport(link)
        self._limits = limits or TreeLimits()
        self._due: list[_Due] = []
        self._seen: dict[bool, set[str]] = {True: set(), False: set()}
        self._node_ids: set[bytes] = set()
        self._asked: _Due | None = None
        self._is_begun = False
        self._is_cut = False

    def next_name(self) -> str | None:
        """The DNS name whose TXT records are wanted next; ``None``: everything was looked at, or the limits are
        reached, which the report says."""
        domain = self.report.link.domain
        if not self._is_begun:
            self._is_begun = True
            return domain
        if not self._due:
            return None
        self._asked = self._due.pop()
        return f"{self._asked.name}.{domain}"

    def missing(self, name: str, why: str) -> None:
        """There is no answer to :meth:`next_name`."""
        self._place_of(name)
        self.report.complain(f"{name}: {why}")

    def answered(self, name: str, texts: Sequence[bytes]) -> None:
        """The TXT records of a name of :meth:`next_name`, the strings of each joined."""
        place = self._place_of(name)
        looked_at = texts[: self._limits.texts]
        readable = [text.decode() for text in looked_at if len(text) <= LONGEST_TEXT and text.isascii()]
        longest = max(map(len, looked_at), default=0)
        if longest > LONGEST_TEXT:
            self.report.complain(f"{name}: a text of {longest} characters; readers take {MAX_TEXT}")
        if len(texts) > self._limits.texts:
            self.report.complain(f"{name}: {len(texts)} TXT records; readers look at {self._limits.texts}")
        try:
            if place is None:
                self._take_root(name, readable)
            else:
                self._take(name, place, readable)
        except RemoteError as error:
            self.report.complain(f"{name}: {error}")

    def unreachable(self, names: Iterable[str]) -> None:
        """Of a list in a file: all names that it has, in any case. Entries that nothing leads to are problems: a reader
        never asks for them, and after a change they are what was forgotten. Other names of a zone are passed over."""
        for name in sorted(names):
            entry, _, rest = name.partition(".")
            try:
                is_entry = rest.lower() == self.report.link.domain and bool(checked_name(entry.upper()))
            except RemoteError:
                continue
            if is_entry and not any(entry.upper() in seen for seen in self._seen.values()):
                self.report.complain(f"{name}: nothing leads to this entry")

    def _place_of(self, name: str) -> _Due | None:
        place, self._asked = self._asked, None
        domain = self.report.link.domain
        if name != (domain if place is None else f"{place.name}.{domain}"):
            raise LocalError(f"Nobody has asked for {name}.")
        return place

    def _take_root(self, name: str, texts: Sequence[str]) -> None:
        candidates = [text for text in texts if text.startswith(ROOT_PREFIX)]
        if not candidates:
            raise RemoteError("there is no root of a node list")
        if len(candidates) > 1:
            self.report.complain(f"{name}: {len(candidates)} roots; some readers take the wrong one")
        root = max((self._root(text) for text in candidates), key=lambda one: one.seq)
        self.report.seq = root.seq
        self._measure(name, candidates[0])
        self._name(root.nodes, (), is_link=False)
        self._name(root.links, (), is_link=True)

    def _root(self, text: str) -> Root:
        return Root.decode(text, self.report.link.public_key)

    def _take(self, name: str, place: _Due, texts: Sequence[str]) -> None:
        fitting = [text for text in texts if is_named(text, place.name)]
        if not fitting:
            self.report.complain(f"{name}: no TXT record has the hash that is its name")
        text = (fitting or [*texts, ""])[0]
        self._measure(name, text)
        try:
            entry = decode_entry(text)
        except RemoteError:
            if fitting:
                raise
            return  # one complaint of an entry is enough
        if isinstance(entry, Branch):
            self._take_branch(name, place, entry)
        elif isinstance(entry, Link):
            if not place.is_link:
                raise RemoteError("a link to another list stands among the nodes")
            self._take_link(name, entry)
        elif isinstance(entry, NodeRecord):
            if place.is_link:
                raise RemoteError("a node stands among the links to other lists")
            self._take_node(name, entry)
        elif fitting:
            raise RemoteError("it is neither a branch, a node nor a link")

    def _measure(self, name: str, text: str) -> None:
        self.report.largest = max(self.report.largest, len(text))
        if len(text) > MAX_TEXT:
            self.report.complain(f"{name}: a text of {len(text)} characters; readers take {MAX_TEXT}")

    def _take_branch(self, name: str, place: _Due, branch: Branch) -> None:
        self.report.branches += 1
        if len(branch.names) > MAX_CHILDREN:
            self.report.remark(f"{name}: {len(branch.names)} names in a branch; {MAX_CHILDREN} fit into a small answer")
        if len(set(branch.names)) < len(branch.names):
            self.report.remark(f"{name}: the branch has a name twice")
        for child in dict.fromkeys(branch.names):
            self._name(child, (*place.above, place.name), is_link=place.is_link)

    def _take_link(self, name: str, link: Link) -> None:
        for other in (self.report.link, *self.report.links):
            if other.domain == link.domain:
                if other.public_key == link.public_key:
                    self.report.remark(f"{name}: the link to {link.domain} leads back, or stands there twice")
                else:
                    self.report.complain(f"{name}: two keys are given for {link.domain}")
                return
        self.report.links.append(link)

    def _take_node(self, name: str, record: NodeRecord) -> None:
        if not record.enode.is_complete:
            self.report.remark(f"{name}: the node does not say where to connect to")
        if record.node_id in self._node_ids:
            self.report.remark(f"{name}: a node that stands there twice, as version {record.seq}, too")
        self._node_ids.add(record.node_id)
        self.report.nodes.append(record)

    def _name(self, name: str, above: tuple[str, ...], *, is_link: bool) -> None:
        report, domain, limits, seen = self.report, self.report.link.domain, self._limits, self._seen[is_link]
        if name in above:
            report.complain(f"{name}.{domain}: the branch leads back to itself")
            return
        if name in seen:
            report.remark(f"{name}.{domain}: is named by two branches")
            return
        if len(above) > limits.depth:
            report.complain(f"{name}.{domain}: {len(above)} branches deep; readers follow {limits.depth}")
            return
        if len(seen) >= (limits.link_entries if is_link else limits.entries):
            if not self._is_cut:
                report.complain(f"{domain}: it has more entries than readers look at, and the check ends there")
            self._is_cut = True
            return
        seen.add(name)
        report.depth = max(report.depth, len(above))
        self._due.append(_Due(name, is_link, above))
