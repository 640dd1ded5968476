"""The network on the screen: the model of the faces, with what the client says at the moment."""

from __future__ import annotations

from collections import deque

from pystatus.apps.terminal.face import Face
from pystatus.client import ClockAgrees, ClockSuspected, Event, TimeServersHeard
from pystatus.faces.network_view import NetworkView
from pystatus.faces.sentences import as_sentence

SAID = 4
"""Lines about the network that are not repeated while there is no relay: that one is tried, that none is there, and
what is wrong. Ours."""


class Network:
    """Of one face."""

    def __init__(self, face: Face) -> None:
        self._face = face
        self._state = NetworkView(face.client.now)
        self._clock: ClockSuspected | TimeServersHeard | None = None
        self._said: deque[str] = deque(maxlen=SAID)

    def begin(self) -> None:
        """What there is before the first event."""
        now = self._face.client.network()
        self._clock = now.clock
        self._state.show(now, self._face.client.now)

    def count(self, waiting: int) -> None:
        """How many messages wait."""
        self._state.set_waiting(waiting)

    @property
    def relays(self) -> int:
        """How many are connected."""
        return self._state.connected

    @property
    def is_well(self) -> bool:
        """Whether there is a relay, and the clock is right."""
        return bool(self.relays) and self._clock is None

    def take(self, event: Event) -> bool:
        """Note an event; whether it was about the network."""
        match event:
            case ClockSuspected() | TimeServersHeard():
                self._clock = event
            case ClockAgrees():
                self._clock = None
        return self._state.note(event, self._face.client.now)

    def line(self) -> str:
        """One line for the bottom of the screen: how it is, or the worst that is wrong."""
        now, texts = self._face.client.now, self._face.texts
        trouble = self._state.trouble(now, texts)
        if trouble:
            more = texts.terminal_see_network(network=self._face.way("network", "state"))
            return f"{as_sentence(trouble[0]).rstrip('.')}. {more}"
        return self._state.status(now, texts)

    def news(self) -> str | None:
        """The line, where lines are only appended and it says something new. Without a relay nothing new is that one is
        tried again, and again was not reached."""
        line = self.line()
        if line in (list(self._said)[-1:] if self.relays else self._said):
            return None
        if self.relays:
            self._said.clear()
        self._said.append(line)
        return line

    def report(self) -> list[str]:
        """Everything that is known, and what to do."""
        client, texts = self._face.client, self._face.texts
        now = client.network()
        lines = [self._state.status(client.now, texts)]
        lines += [as_sentence(said) for said in self._state.trouble(client.now, texts)]
        lines.append("")
        for relay in now.relays:
            lines.append(f"{relay.address}  {relay.software}")
        known = {relay.node_id for relay in now.relays}
        lines += [f"{one.name}: {one.text(texts)}" for one in self._state.relays if one.node_id not in known]
        if now.lists_problem:
            lines.append(as_sentence(now.lists_problem))
        return lines
