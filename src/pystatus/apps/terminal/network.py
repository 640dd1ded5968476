"""Whether anybody is there, and if not, why and what can be done."""

from __future__ import annotations

from dataclasses import dataclass

from pystatus.apps.terminal.face import Face
from pystatus.client import (
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
from pystatus.faces.sentences import as_sentence

PATIENCE = 20.0
"""Seconds without a relay after which the status line says why (faces.md F)."""
MAX_TRIED = 200
"""Addresses that are remembered with why they could not be reached, the newest ones. Ours."""


@dataclass(slots=True)
class Tried:
    """One address, and what came of it."""

    address: str
    problem: str = ""
    is_connected: bool = False


class NetworkState:
    """What the events of a client say about its connections."""

    def __init__(self, face: Face) -> None:
        self._face = face
        self.tried: dict[str, Tried] = {}
        """By node id, the newest ones at the end."""
        self._connected: set[str] = {peer.id.hex() for peer in face.client.node.peers}
        self._alone_since: float | None = None if self._connected else face.client.now
        self.is_looking = False
        self.history: HistoryProgress | None = None
        self.clock: ClockSuspected | TimeServersHeard | None = None

    @property
    def relays(self) -> int:
        """How many are connected."""
        return len(self._connected)

    def take(self, event: Event) -> bool:
        """Note an event; whether it was about the network."""
        match event:
            case PeerDialled(node_id, address):
                self._note(node_id, address)
            case PeerUnreachable(node_id, address, reason):
                self._note(node_id, address).problem = reason
            case PeerConnected(node_id):
                self._connected.add(node_id)
                self._alone_since = None
                if node_id in self.tried:
                    self.tried[node_id].is_connected, self.tried[node_id].problem = True, ""
            case PeerDisconnected(node_id, reason):
                self._connected.discard(node_id)
                if not self._connected:
                    self._alone_since = self._face.client.now
                if node_id in self.tried:
                    self.tried[node_id].is_connected, self.tried[node_id].problem = False, reason
            case DiscoveryStarted():
                self.is_looking = True
            case DiscoveryStopped():
                self.is_looking = False
            case HistoryProgress():
                self.history = event
            case ClockSuspected() | TimeServersHeard():
                self.clock = event
            case ClockAgrees():
                self.clock = None
            case _:
                return False
        return True

    def _note(self, node_id: str, address: str) -> Tried:
        found = self.tried.pop(node_id, None) or Tried(address)
        found.address = address
        self.tried[node_id] = found
        while len(self.tried) > MAX_TRIED:
            self.tried.pop(next(iter(self.tried)))
        return found

    @property
    def last_problem(self) -> str:
        """Why the address that was tried last could not be reached; empty: there was none."""
        problems = [one.problem for one in self.tried.values() if one.problem]
        return problems[-1] if problems else ""

    def line(self) -> str:
        """One line for the bottom of the screen."""
        texts = self._face.texts
        if self.clock is not None:
            return f"{as_sentence(self.clock.sentence)}. {texts.terminal_see_network()}"
        if self._connected:
            return " · ".join(filter(None, (texts.terminal_online(n=self.relays), self.history_line())))
        alone = 0.0 if self._alone_since is None else self._face.client.now - self._alone_since
        failed = sum(bool(one.problem) for one in self.tried.values())
        if alone >= PATIENCE and failed:
            return texts.terminal_still_offline(n=failed, reason=self.last_problem)
        return texts.terminal_looking() if self.is_looking else texts.terminal_connecting()

    def history_line(self) -> str:
        """How far the fetching of history is; empty: nothing is missing."""
        texts, progress = self._face.texts, self.history
        if progress is None:
            return ""
        if progress.problem is not None:
            return texts.terminal_history_waits()
        if not progress.missing or not progress.total:
            return ""
        percent = 100 * (progress.total - progress.missing) // progress.total
        return texts.terminal_history_percent(percent=max(0, min(99, percent)))

    def report(self) -> list[str]:
        """Everything that is known, each with what to do."""
        texts, client = self._face.texts, self._face.client
        lines = [self.line(), ""]
        if self.clock is not None:
            lines += [f"{as_sentence(self.clock.sentence)}. {self.clock.advice}", ""]
        for peer in client.node.peers:
            waiting = peer.pending_bytes
            lines.append(texts.terminal_relay(name=peer.client_id, address=peer.remote_address, n=waiting))
        for one in reversed(self.tried.values()):
            if not one.is_connected:
                why = one.problem or texts.terminal_being_tried()
                lines.append(f"{one.address}: {why}. {self._remedy(one.problem)}".rstrip())
        if client.node.lists_problem:
            lines.append(as_sentence(client.node.lists_problem))
        if not client.node.peers and not self.tried:
            lines.append(texts.terminal_nobody_known())
        if self.history is not None and self.history.problem:
            lines += ["", as_sentence(self.history.problem)]
        return lines

    def _remedy(self, problem: str) -> str:
        """What can be done about a reason, as a sentence; empty: to wait."""
        texts, said = self._face.texts, problem.lower()
        if not problem:
            return ""
        if "refused" in said:
            return texts.terminal_remedy_refused()
        if "time" in said and "out" in said:
            return texts.terminal_remedy_timeout()
        if "name" in said or "resolve" in said or "dns" in said:
            return texts.terminal_remedy_name()
        if "unreachable" in said or "no route" in said:
            return texts.terminal_remedy_unreachable()
        if "too many peers" in said:
            return texts.terminal_remedy_full()
        return texts.terminal_remedy_other()
