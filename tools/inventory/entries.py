"""What is written about the things in the source: who can cause each, and what bounds it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Final

LISTS: Final = Path(__file__).parent / "lists"

WHO: Final = {
    "stranger": "anybody who sends a message to this account, or in a public chat that it is in",
    "peer": "a node that is connected, or tries to be",
    "relays": "what any node brings into the network",
    "mailserver": "a mailserver that is asked",
    "caller": "anybody who reaches a port of HTTP or the RPC",
    "person": "a person that the user knows, or another device of the account",
    "endpoint": "the node of Ethereum that the user has named, or somebody on the way to it",
    "router": "the router before this machine, or whoever in its network says that it is one",
    "proxy": "the proxy that the settings name, through which everything goes then",
    "asked node": "the node that a command asks over its RPC, or somebody on the way to it",
    "node list": "whoever signs a list of nodes, or answers for its names in DNS",
    "time server": "a time server that the operator has named, or somebody on the way to it",
}
"""Who can make something grow: the words of the lists, and what they mean."""

FIXED: Final = {
    "settings": "as large as the settings of its operator, or what the program that uses the library asks for",
    "code": "one entry for each of a set of names in the code",
    "call": "lives as long as one call that takes one turn, and is no larger than what it was given, which is bounded",
    "one": "one at a time, or one value that replaces the one before",
    "owner": "only the user of the account or the program on top makes it grow",
    "start": "made when the program or one of its parts starts or ends",
    "debug": "a line at the level debug, which an operator sets to look for something",
    "fault": "a line about a fault of ours, of the disk or of the user's own code",
    "of listed": "one for each entry of something that is listed here, or as large as it",
    "not a node": "part of a command that talks to nodes of its own, or of a simulation without any",
    "tool": "part of a command that ends by itself, or with the terminal of its user",
}
"""Why something cannot be made to grow by others: the words of the lists, and what they mean."""

OUTSIDE: Final = frozenset({"not a node", "tool"})
"""The reasons by which whole files and folders may be left out, with ``*``. Elsewhere that would hide what comes later.
"""


class Fault(Exception):
    """A list says something that is not so; a sentence."""


@dataclass(frozen=True)
class Bounded:
    """Things that others can make grow, and what bounds them together."""

    what: str
    things: tuple[str, ...]
    who: tuple[str, ...]
    count: str
    size: str
    gives_way: str
    tests: tuple[str, ...]


@dataclass(frozen=True)
class Fixed:
    """Things that others cannot make grow."""

    why: str
    things: tuple[str, ...]


@dataclass(frozen=True)
class Area:
    """One list: a part of the source, or of what happens."""

    title: str
    about: str
    bounded: tuple[Bounded, ...]
    fixed: tuple[Fixed, ...]


def areas(folder: Path = LISTS) -> list[Area]:
    """All lists, in the order of their file names.

    :raises Fault: a list is not written as lists are.
    """
    return [_area(path) for path in sorted(folder.glob("*.toml"))]


def _area(path: Path) -> Area:
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8"))
        bounded = tuple(
            Bounded(
                one["what"], _things(one["things"]), tuple(one["who"]), one["count"], one["size"], one["gives_way"],
                tuple(one["tests"]),
            )
            for one in told.get("bounded", [])
        )  # fmt: skip
        fixed = tuple(Fixed(why, _things(things)) for why, things in told.get("fixed", {}).items())
        area = Area(told["title"], told["about"], bounded, fixed)
    except tomllib.TOMLDecodeError as error:
        raise Fault(f"{path.name} is no TOML: {error}") from error
    except KeyError as error:
        raise Fault(f"{path.name} has an entry without {error}") from error
    for entry in bounded:
        for who in entry.who:
            if who not in WHO:
                raise Fault(f"{path.name}: {entry.what}: {who!r} is none of {', '.join(WHO)}")
        if not (entry.tests and entry.gives_way and entry.who and entry.count and entry.size):
            raise Fault(f"{path.name}: {entry.what}: nothing may be left empty")
        if "{" not in entry.count + entry.size:
            raise Fault(f"{path.name}: {entry.what}: no constant of the code bounds it")
    for reason in fixed:
        if reason.why not in FIXED:
            raise Fault(f"{path.name}: {reason.why!r} is none of {', '.join(FIXED)}")
    return area


def _things(by_file: dict[str, list[str]]) -> tuple[str, ...]:
    """``path: name`` of each."""
    return tuple(f"{path}: {name}" for path, names in by_file.items() for name in names)


def unlisted(found: Iterable[str], lists: Iterable[Area]) -> Iterator[str]:
    """A sentence for each thing that is in no list or in several, and for what lists have and the source has not."""
    names = set(found)
    seen: set[str] = set()
    for area in lists:
        outside = {pattern for one in area.fixed if one.why in OUTSIDE for pattern in one.things}
        entries: list[Bounded | Fixed] = [*area.bounded, *area.fixed]
        for pattern in [pattern for entry in entries for pattern in entry.things]:
            matched = {pattern} & names
            if "*" in pattern:
                matched = {name for name in names if fnmatchcase(name, pattern)}
            if not matched:
                yield f"{area.title}: {pattern} is listed, and is not in the source any more"
            elif "*" in pattern and pattern not in outside:
                meant = ", ".join(f'"{name.partition(": ")[2]}"' for name in sorted(matched))
                yield f"{area.title}: {pattern} is for whatever comes there, too: name what is meant: {meant}"
            for name in sorted(matched & seen):
                yield f"{area.title}: {name} is listed twice"
            seen |= matched
    for name in sorted(names - seen):
        yield f"{name} is in no list: say in tools/inventory/lists who can make it grow and what bounds it"


REFERENCE = re.compile(r"\{([^}|]+)(?:\|(\w+))?\}")
"""``{waku/relay/peer.py:BAN_SCORE|bytes}``: a constant, and how its value is shown."""
