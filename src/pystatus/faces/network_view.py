"""The network in words: whether somebody is connected, how much of the history is there, why not, and what to try.

It follows the events of a client, and its clock is the caller's, so a face that draws once a second is told what is
true then.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum

from pystatus import sanitise
from pystatus.client.events import (
    ClockAgrees,
    ClockSuspected,
    DiscoveryStarted,
    DiscoveryStopped,
    Event,
    HistoryProgress,
    PeerConnected,
    PeerDialled,
    PeerDisconnected,
    PeerUnreachable,
    TimeServersHeard,
)
from pystatus.client.network_state import NetworkState
from pystatus.faces.catalogue import Catalogue
from pystatus.faces.moments import MINUTE, span_text
from pystatus.records import dataclass

PATIENCE = 20.0
"""Seconds without a relay after which it is said why, and with too few after which these count as all. Ours: a dial
takes 5 s at most, and a second one as long."""
MAX_RELAYS = 100
"""Relays of which is remembered how it went; of more, those are forgotten of which nothing was heard for longest.
Node lists bring ever new ones."""


class Link(Enum):
    """How a relay is doing."""

    DIALLED = "dialled"
    CONNECTED = "connected"
    LEFT = "left"
    UNREACHABLE = "unreachable"


class Cause(Enum):
    """Why nobody is connected."""

    NO_NAME = "no-name"
    """A name is not found: no network, or no answer of its name servers."""
    REFUSED = "refused"
    """Nobody listens there, or a firewall refuses it."""
    NO_ANSWER = "no-answer"
    """Packets vanish."""
    NO_ROUTE = "no-route"
    """This machine has no network."""
    CLOCK = "clock"
    """The clock of this machine is wrong, so nothing that it sends is taken."""
    NOBODY_KNOWN = "nobody-known"
    """There is no relay to dial, and none was found."""
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class RelayEntry:
    """One relay. ``address`` is empty for one that has dialled us; ``reason`` is safe to show."""

    node_id: str
    address: str
    link: Link
    reason: str = ""
    since: float = 0.0
    """When that began, seconds on the caller's clock."""
    tries: int = 0
    """Attempts since the last success."""

    @property
    def name(self) -> str:
        """What a person knows it by."""
        return self.address or f"{self.node_id[:16]}…"

    def text(self, texts: Catalogue) -> str:
        """``connected``, ``cannot be reached: refused (3 tries)``."""
        match self.link:
            case Link.CONNECTED:
                return texts.network_relay_connected()
            case Link.DIALLED:
                return texts.network_relay_dialled()
            case Link.LEFT:
                return texts.network_relay_left(reason=self.reason)
            case _:
                return texts.network_relay_unreachable(n=self.tries, reason=self.reason)


class NetworkView:
    """What is known. ``revision`` changes whenever it does."""

    def __init__(self, now: float, wanted: int | None = None) -> None:
        """
        :param now: seconds, on a clock that goes on steadily.
        :param wanted: relays that the client was given, or as many as it looks for; None: that is not known.
        """
        self.revision = 0
        self.mailservers = 0
        """How many are known."""
        self.waiting = 0
        """Messages of ours that no relay has: see :meth:`set_waiting`."""
        self._wanted = wanted
        self._relays: dict[str, RelayEntry] = {}
        self._alone_since: float | None = now
        self._is_searching = False
        self._history: HistoryProgress | None = None
        self._complete_at: float | None = None
        self._clock: ClockSuspected | TimeServersHeard | None = None
        self._lists_problem = ""

    # what there is

    @property
    def relays(self) -> Sequence[RelayEntry]:
        """Those that are connected first, then by when something happened."""
        return sorted(self._relays.values(), key=lambda one: (one.link is not Link.CONNECTED, -one.since))

    @property
    def connected(self) -> int:
        """How many relays are connected."""
        return sum(relay.link is Link.CONNECTED for relay in self._relays.values())

    @property
    def missing(self) -> int | None:
        """How much of the history is there, in per cent; None: all that can be had, or nobody looks."""
        progress = self._history
        if progress is None or not progress.missing or not progress.total:
            return None
        return max(0, min(99, 100 * (progress.total - progress.missing) // progress.total))

    def status(self, now: float, texts: Catalogue) -> str:
        """The line: ``offline``, ``connecting 2 of 3 relays``, ``online, 3 relays, 1 mailserver``, ``history 64 %``."""
        parts = [self._link_text(now, texts)]
        if self.connected and self.mailservers:
            parts.append(texts.network_mailservers(n=self.mailservers))
        percent = self.missing
        if percent is not None:
            parts.append(texts.network_history(percent=percent))
        if self.waiting:
            parts.append(texts.network_waiting(n=self.waiting))
        if self._complete_at is not None and percent is None and now - self._complete_at >= MINUTE:
            parts.append(texts.network_complete(span=span_text(now - self._complete_at, texts)))
        return ", ".join(parts)

    def _link_text(self, now: float, texts: Catalogue) -> str:
        connected = self.connected
        if self._wanted and 0 < connected < self._wanted and self._is_searching and not self._is_settled(now):
            return texts.network_connecting_of(n=connected, wanted=self._wanted)
        if connected:
            return texts.network_online(n=connected)
        if self._is_searching or any(relay.link is Link.DIALLED for relay in self._relays.values()):
            if self._wanted:
                return texts.network_connecting_of(n=0, wanted=self._wanted)
            return texts.network_connecting()
        return texts.network_offline()

    def _is_settled(self, now: float) -> bool:
        """Whether relays have been connected for so long that there may be no more: small networks have one, and what
        somebody writes goes out."""
        since = min(relay.since for relay in self._relays.values() if relay.link is Link.CONNECTED)
        return now - since >= PATIENCE

    @property
    def cause(self) -> Cause | None:
        """Why nothing goes out; None: there is a relay, and the clock is right."""
        if isinstance(self._clock, ClockSuspected) and not self._clock.relays_are_wrong:
            return Cause.CLOCK
        if self.connected:
            return None
        failed = [relay for relay in self.relays if relay.reason]
        if failed:
            return cause_of(failed[0].reason)
        if any(relay.link is Link.DIALLED for relay in self._relays.values()):
            return None
        return Cause.OTHER if self._relays else Cause.NOBODY_KNOWN

    def trouble(self, now: float, texts: Catalogue, *, nobody_known: str = "") -> Sequence[str]:
        """What to say beside the line: why it does not work, and what to try; empty while there is hope.

        :param nobody_known: what somebody does who knows no relay; without it, what to start a command with.
        """
        said = []
        if self._clock is not None:
            said += [sanitise.one_line(self._clock.sentence), sanitise.one_line(self._clock.advice)]
        alone = 0.0 if self._alone_since is None else now - self._alone_since
        cause = self.cause
        if cause is not None and cause is not Cause.CLOCK and alone >= PATIENCE:
            tried = [relay for relay in self.relays if relay.link is Link.UNREACHABLE]
            last = tried[0].reason if tried else ""
            said.append(texts.network_no_relay(n=len(tried), last=last) if tried else texts.network_no_relay_known())
            said.append(sanitise.one_line(self._lists_problem))
            said.append((nobody_known if cause is Cause.NOBODY_KNOWN else "") or _REMEDIES[cause](texts))
            said.append(texts.network_kept())
        if self._history is not None and self._history.problem and self.connected:
            said.append(sanitise.one_line(self._history.problem))
        return [sentence for sentence in said if sentence]

    # what happens

    def show(self, state: NetworkState, now: float) -> None:
        """What :meth:`pystatus.Client.network` says: at the start, and whenever events were lost."""
        self._wanted = state.wanted or None
        self.mailservers = max(int(state.has_mailserver), sum(relay.is_mailserver for relay in state.relays))
        self._clock = state.clock
        self._lists_problem = state.lists_problem
        there = {relay.node_id for relay in state.relays}
        for relay in list(self._relays.values()):
            if relay.link is Link.CONNECTED and relay.node_id not in there:
                self._heard(relay.node_id, now, Link.LEFT)
        for one in state.relays:
            known = self._relays.get(one.node_id)
            if known is None or known.link is not Link.CONNECTED or known.address != one.address:
                self._heard(one.node_id, now, Link.CONNECTED, one.address)
        self.revision += 1

    def set_waiting(self, messages: int) -> None:
        """So many messages of ours no relay has."""
        self.waiting = messages
        self.revision += 1

    def note(self, event: Event, now: float) -> bool:
        """Something has happened. Whether it is anything of the network."""
        match event:
            case PeerDialled(node_id, address):
                self._heard(node_id, now, Link.DIALLED, address)
            case PeerUnreachable(node_id, address, reason):
                self._heard(node_id, now, Link.UNREACHABLE, address, reason)
            case PeerConnected(node_id):
                self._heard(node_id, now, Link.CONNECTED)
            case PeerDisconnected(node_id, reason):
                self._heard(node_id, now, Link.LEFT, reason=reason)
            case DiscoveryStarted():
                self._is_searching = True
            case DiscoveryStopped():
                self._is_searching = False
            case HistoryProgress():
                self._history = event
                self._complete_at = now if not event.missing and not event.lacking else self._complete_at
            case ClockSuspected() | TimeServersHeard():
                self._clock = event
            case ClockAgrees():
                self._clock = None
            case _:
                return False
        self.revision += 1
        return True

    def _heard(self, node_id: str, now: float, link: Link, address: str = "", reason: str = "") -> None:
        before = self._relays.pop(node_id, None)
        tries = 0 if before is None or link is Link.CONNECTED else before.tries
        self._relays[node_id] = RelayEntry(
            node_id,
            sanitise.one_line(address) or ("" if before is None else before.address),
            link,
            sanitise.one_line(reason) or ("" if before is None or link is not Link.DIALLED else before.reason),
            now,
            tries + (link is Link.UNREACHABLE),
        )
        if len(self._relays) > MAX_RELAYS:
            gone = [one for one in self._relays.values() if one.link is not Link.CONNECTED] or [*self._relays.values()]
            del self._relays[gone[0].node_id]
        if self.connected:
            self._alone_since = None
        elif self._alone_since is None:
            self._alone_since = now


def cause_of(reason: str) -> Cause:
    """What the words of a system or of our own say why a relay cannot be reached."""
    lowered = reason.lower()
    return next((cause for words, cause in _WORDS if any(word in lowered for word in words)), Cause.OTHER)


_WORDS: Sequence[tuple[Sequence[str], Cause]] = (
    (("no such name", "cannot be looked up", "name or service", "name resolution"), Cause.NO_NAME),
    (("unreachable", "no route", "network is down"), Cause.NO_ROUTE),
    (("refused",), Cause.REFUSED),
    (("no answer", "not answer", "timed out", "timeout"), Cause.NO_ANSWER),
)
"""What stands in the reasons of :class:`PeerUnreachable`: ours (``net/connecting.py``), and those of Linux, macOS and
Windows in English. In other languages it is :attr:`Cause.OTHER`."""
_REMEDIES = {
    Cause.NO_NAME: Catalogue.network_remedy_no_name,
    Cause.REFUSED: Catalogue.network_remedy_refused,
    Cause.NO_ANSWER: Catalogue.network_remedy_no_answer,
    Cause.NO_ROUTE: Catalogue.network_remedy_no_route,
    Cause.NOBODY_KNOWN: Catalogue.network_remedy_nobody_known,
    Cause.OTHER: Catalogue.network_remedy_other,
}
