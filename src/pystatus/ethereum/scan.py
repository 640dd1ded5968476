"""The history of an account, brought up to date with the chain (ethereum.md §3.3).

Reorganisations of any depth are seen: beside the blocks with transfers, the last blocks of what was searched are kept
as anchors. One that is no longer part of the chain, with or without transfers in it, makes everything above the newest
anchor that still is be searched again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pystatus.ethereum import history
from pystatus.ethereum.blocks import Header
from pystatus.ethereum.consistency import Contradiction
from pystatus.ethereum.history import Loaded
from pystatus.ethereum.plan import Plan, ask
from pystatus.ethereum.quantities import BadAnswer, to_hex

MAX_ANCHORS = 64
"""Anchors of one account: with every other one left out towards the past they reach back to its beginning. Ours."""

Block = tuple[int, bytes]
"""Number and hash of a block."""


@dataclass(frozen=True, slots=True)
class Searched:
    """What of a chain was searched for one account."""

    low: int
    """Blocks above this one."""
    high: int
    """Up to this one."""
    anchors: tuple[Block, ...]
    """Blocks of the chain as it was, the newest last; the last of them is ``high``."""


@dataclass(frozen=True, slots=True)
class Update:
    """What has changed since the last time."""

    searched: Searched
    loaded: tuple[Loaded, ...]
    """Blocks with transfers, to be saved."""
    gone: tuple[Block, ...]
    """Saved blocks that are no longer part of the chain: they go, with their transfers, before others are saved."""
    head: Header


def update(account: bytes, searched: Searched | None, saved: Sequence[Block]) -> Plan[Update]:
    """Search what came since the last time, or the recent part of the history for the first time.

    :param saved: blocks with transfers of the account.
    :raises Contradiction: the chain has changed in the meantime: try again.
    :raises BadAnswer: the endpoint answers nonsense, or is behind what it has answered before.

    Implements: ET-5
    """
    head = yield from history.head()
    if searched is None:
        start = yield from history.first_range(account, head.number)
        loaded, low = yield from _search(account, start, head, history.MAX_RANGES)
        yield from _check_head(head)
        return Update(Searched(low, head.number, _anchors((), head)), loaded, (), head)
    gone = yield from history.vanished([*saved, *searched.anchors])
    if gone and head.number < searched.high and not any(number <= head.number for number, _ in gone):
        raise BadAnswer(f"the endpoint is behind: it has block {head.number}, and had {searched.high} before")
    first_gone = min((number for number, _ in gone), default=searched.high + 1)
    below = tuple(anchor for anchor in searched.anchors if anchor[0] < first_gone)
    start = below[-1][0] if below else min(searched.low, head.number)
    loaded, _ = yield from _search(account, start, head, None)
    yield from _check_head(head)
    return Update(
        Searched(min(searched.low, head.number), head.number, _anchors(below, head)),
        loaded,
        tuple(block for block in gone if block in saved),
        head,
    )


def older(account: bytes, searched: Searched) -> Plan[Update]:
    """Search the part of the history that lies before what was searched: ten times as much as the first time.

    Implements: ET-5
    """
    head = yield from history.head()
    top = Header.of((yield from ask("eth_getBlockByNumber", to_hex(searched.low), False)))
    start = yield from history.first_range(account, searched.low, history.OLDER, history.OLDER_SLACK)
    loaded, low = yield from _search(account, start, top, history.OLDER_RANGES)
    return Update(Searched(low, searched.high, searched.anchors), loaded, (), head)


def _search(account: bytes, start: int, head: Header, limit: int | None) -> Plan[tuple[tuple[Loaded, ...], int]]:
    """The blocks with transfers above ``start``, and above which block everything was searched."""
    if start >= head.number:
        return (), head.number
    found = yield from history.changed_blocks(account, start, head.number, limit=limit)
    logs = yield from history.transfer_logs(account, found.searched_from, head.number)
    numbers = [*(block for block in found.blocks if block > found.searched_from), *(log.block_number for log in logs)]
    loaded = yield from history.load_blocks(account, numbers, logs, found.changes)
    return tuple(one for one in loaded if one.transfers), found.searched_from


def _check_head(head: Header) -> Plan[None]:
    """
    :raises Contradiction: the chain that was searched is another one by now.
    """
    answer = yield from ask("eth_getBlockByNumber", to_hex(head.number), False)
    if answer is None or Header.of(answer).hash != head.hash:
        raise Contradiction("the chain has changed while it was asked for")


def _anchors(before: tuple[Block, ...], head: Header) -> tuple[Block, ...]:
    """The anchors with the new one. Of too many, every other one of the older half goes."""
    anchors = (*(anchor for anchor in before if anchor[0] != head.number), (head.number, head.hash))
    if len(anchors) <= MAX_ANCHORS:
        return anchors
    half = MAX_ANCHORS // 2
    return (*anchors[:-half:2], *anchors[-half:])
