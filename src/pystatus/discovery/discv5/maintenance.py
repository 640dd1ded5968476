"""Keeps a table filled: the first nodes, what is near to us, a place for those who answer, and a second chance for
those who did not (overlay.md §3.4)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

from pystatus.crypto.random import RandomSource
from pystatus.discovery.discv5.limits import BUCKET_REFRESH_SECONDS, REFRESH_SECONDS
from pystatus.discovery.discv5.lookup import Done
from pystatus.discovery.discv5.node import Contact, NodeId, Times
from pystatus.discovery.discv5.remote import RemoteNode
from pystatus.discovery.discv5.sessions import Sessions
from pystatus.discovery.discv5.states import State

FIRST_RETRY_SECONDS = 2.0
"""Seconds until a refresh that found nobody is tried again; twice as long each time after that. The reference tries at
once and for ever."""
LAST_RETRY_SECONDS = 300.0
"""The longest of these pauses."""
CHECK_SECONDS = 10.0
"""Seconds between two checks of a node of the table: as often as discovery v4 does in go-ethereum. Without them a node
that has left stays until it has been asked six times."""

MAX_RECALLED = 16
"""Nodes of before that are asked, besides bootnodes, when nobody is in the table: as many as a bucket has."""

BeginLookup: TypeAlias = Callable[[bytes, Sequence[RemoteNode], Done, Times], None]
"""Target, nodes to begin with besides those of the table, and what is called at the end."""


class Maintenance:
    """Three clocks: a refresh each hour, or after a growing pause while nobody is found; a lookup for one bucket each
    minute; a check of the oldest node of a bucket every ten seconds.

    Each minute those are pinged as well that have fallen silent: bootnodes, and one of the others. Else a network that
    was cut in two for some minutes would stay so, and a bootnode that was away would know nobody for an hour."""

    __slots__ = (
        "_attempts",
        "_begin_lookup",
        "_is_new",
        "_known",
        "_next_bucket",
        "_next_check",
        "_next_refresh",
        "_own",
        "_random",
        "_seeds",
        "_sessions",
        "is_refreshing",
    )

    def __init__(self, own: NodeId, sessions: Sessions, random: RandomSource, begin_lookup: BeginLookup) -> None:
        self._own = own
        self._sessions = sessions
        self._random = random
        self._begin_lookup = begin_lookup
        self._seeds: tuple[Contact, ...] = ()
        self._known: tuple[Contact, ...] = ()
        self._attempts = 0
        self._next_refresh: float | None = None
        self._next_bucket: float | None = None
        self._next_check: float | None = None
        self._is_new = False
        """Whether the own place is looked for once more before anything else is."""
        self.is_refreshing = False

    def set_seeds(self, seeds: Sequence[Contact], known: Sequence[Contact], now: Times) -> None:
        """Where to begin; a refresh is due at once.

        :param known: of an earlier run; they are asked as well as long as nobody is in the table.
        """
        self._seeds = tuple(seeds)
        self._known = tuple(known[:MAX_RECALLED])
        self._attempts = 0
        if not self.is_refreshing:
            self._next_refresh = now.monotonic
        self._next_check = now.monotonic + CHECK_SECONDS

    @property
    def next_timer(self) -> float | None:
        """Monotonic seconds; ``None`` before :meth:`set_seeds`."""
        soonest = self._next_check
        for other in (self._next_refresh, self._next_bucket):
            if other is not None and (soonest is None or other < soonest):
                soonest = other
        return soonest

    def on_timer(self, now: Times) -> None:
        """What is due."""
        if _is_due(self._next_refresh, now):
            self._refresh(now)
        if _is_due(self._next_bucket, now):
            self._next_bucket = None
            # Who joined when we did was not to be found then, and would not be for an hour.
            target = self._own.hash if self._is_new else self._sessions.table.refresh_target(self._random)
            self._is_new = False
            self._recall(now)
            self._begin_lookup(target, (), self._bucket_done, now)
        if _is_due(self._next_check, now):
            self._next_check = now.monotonic + CHECK_SECONDS
            oldest = self._sessions.table.oldest(self._random)
            if oldest is not None:
                self._sessions.contest(oldest, now)
            elif not self._attempts and not self.is_refreshing:
                self._next_refresh = now.monotonic  # the last one of the table has gone

    def _refresh(self, now: Times) -> None:
        self._next_refresh = None
        self.is_refreshing = True
        seeds = self._call(self._seeds, now)
        if not len(self._sessions.table):
            seeds += self._call(self._known, now)
            silent = self._sessions.nodes.silent(MAX_RECALLED)
            seeds += self._call([node.contact for node in silent if node not in seeds], now)
        self._begin_lookup(self._own.hash, seeds, self._refresh_done, now)

    def _call(self, contacts: Sequence[Contact], now: Times) -> list[RemoteNode]:
        """Ping those that are not verified, or have fallen silent: all of them, as far as there is room."""
        called = []
        for contact in contacts:
            node = self._sessions.find(contact.id, contact.endpoint, now)
            if node is not None:
                called.append(node)
                self._sessions.verify(node, now)
                if node.state is State.UNRESPONSIVE:  # it would be asked, and pinged by nobody
                    self._sessions.contest(node, now)
        return called

    def _recall(self, now: Times) -> None:
        if not len(self._sessions.table):
            return  # a refresh comes next, and calls them all
        self._call(self._seeds, now)
        silent = self._sessions.nodes.draw_silent()
        if silent is not None:
            self._sessions.contest(silent, now)

    def _refresh_done(self, _: object, now: Times) -> None:
        self.is_refreshing = False
        if len(self._sessions.table):
            self._attempts = 0
            self._next_refresh = now.monotonic + REFRESH_SECONDS
            self._is_new = True
            if self._next_bucket is None:
                self._next_bucket = now.monotonic + BUCKET_REFRESH_SECONDS
        else:
            pause = min(FIRST_RETRY_SECONDS * 2**self._attempts, LAST_RETRY_SECONDS)
            self._attempts = min(self._attempts + 1, 16)
            self._next_refresh = now.monotonic + pause

    def _bucket_done(self, _: object, now: Times) -> None:
        self._next_bucket = now.monotonic + BUCKET_REFRESH_SECONDS
        if not len(self._sessions.table) and not self.is_refreshing:
            self._next_refresh = now.monotonic


def _is_due(time: float | None, now: Times) -> bool:
    return time is not None and time <= now.monotonic
