"""How relays are reached: what is tried, and why it fails, told at once."""

from __future__ import annotations

from types import TracebackType
from typing import TYPE_CHECKING, Self

from pystatus.apps.cli import status_line
from pystatus.apps.cli.output import Fields, Output

if TYPE_CHECKING:
    import asyncio

SILENT_FOR = 2.0
"""Seconds without an outcome after which those who see no status line are told what is tried. Most relays answer in a
tenth of it, and what works needs no words in a script."""
PROXY_FAILURES = 2
"""Attempts in a row that end at a proxy which is not there, until nobody waits any more. The second one comes after a
second."""
MAX_RELAYS = 100
"""Relays of which is remembered why they could not be reached; node lists bring ever new ones."""
MAX_NAMED = 3
"""Relays that are named in a sentence; of others it says how many there are."""


class ConnectionProgress:
    """Tells one command's user about connections: in a line that is written over where there is a terminal, and in
    lines or JSON objects. The same of the same relay is told once, to programs each time."""

    def __init__(self, out: Output, *, aside: bool) -> None:
        """
        :param aside: programs get their objects on standard error, as standard output is for the result alone.
        """
        self._out = out
        self._aside = aside
        self._doing = ""
        self._pending: dict[str, str] = {}
        self._timers: dict[str, asyncio.TimerHandle] = {}
        self._addresses: dict[str, str] = {}
        self._failures: dict[str, str] = {}
        self._connected: set[str] = set()
        self._proxy_failures = 0
        self._is_over = False

    def __enter__(self) -> Self:
        self._draw()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Tell nothing any more."""
        self._is_over = True
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()
        self._out.status("")

    def doing(self, text: str) -> None:
        """What the status line says while a relay is connected."""
        self._doing = text
        self._draw()

    def name(self, node_id: str) -> str:
        """What a person knows a relay by: where it was dialled, or the beginning of its id if it has dialled us."""
        return self._addresses.get(node_id, f"{node_id[:16]}…")

    @property
    def problem(self) -> str | None:
        """Why nothing works, as a sentence; None while a relay is connected, and before anything has failed."""
        if self._connected or not self._failures:
            return None
        told = [f"{self._addresses[node_id]} cannot be reached: {why}" for node_id, why in self._failures.items()]
        more = f"; {len(told) - MAX_NAMED} more likewise" if len(told) > MAX_NAMED else ""
        return f"{'; '.join(told[:MAX_NAMED])}{more}."

    @property
    def is_hopeless(self) -> bool:
        """Whether no relay can be reached as things are: the proxy is not there, and was not after a second either."""
        return not self._connected and self._proxy_failures >= PROXY_FAILURES

    def tell(self, event: object) -> None:
        """An event of the client; those of other kinds are none of this."""
        import asyncio

        from pystatus.client import PeerConnected, PeerDialled, PeerDisconnected, PeerUnreachable

        if self._is_over:
            return
        match event:
            case PeerDialled(node_id, address):
                self._addresses[node_id] = self._pending[node_id] = address
                self._timers[node_id] = asyncio.get_running_loop().call_later(SILENT_FOR, self._still, node_id)
            case PeerUnreachable(node_id, address, reason):
                self._settle(node_id)
                self._addresses[node_id] = address
                self._fail(node_id, reason)
            case PeerConnected(node_id):
                self._settle(node_id)
                self._failures.pop(node_id, None)
                self._connected.add(node_id)
            case PeerDisconnected(node_id, reason):
                self._connected.discard(node_id)
                if node_id in self._addresses:  # else it has dialled us
                    self._left(node_id, reason)
            case _:
                return
        self._draw()

    def _settle(self, node_id: str) -> None:
        """An attempt has come to its end."""
        self._pending.pop(node_id, None)
        timer = self._timers.pop(node_id, None)
        if timer is not None:
            timer.cancel()

    def _fail(self, node_id: str, reason: str) -> None:
        from pystatus.net.socks import is_proxy_away

        address = self._addresses[node_id]
        self._proxy_failures = self._proxy_failures + 1 if is_proxy_away(reason) else 0
        is_news = self._failures.get(node_id) != reason
        self._remember(node_id, reason)
        if is_news or self._out.as_json:
            self._say(
                {"event": "peer-unreachable", "node_id": node_id, "address": address, "reason": reason},
                f"{address} cannot be reached: {reason}. It is tried again.",
            )

    def _left(self, node_id: str, reason: str) -> None:
        """Who was connected is dialled again. A command whose user sees all events has said so already."""
        self._remember(node_id, f"the connection has ended ({reason})")
        if self._aside:
            self._say(
                {"event": "peer-disconnected", "node_id": node_id, "reason": reason},
                f"{self._addresses[node_id]} is not connected any more: {reason}. It is tried again.",
            )

    def _remember(self, node_id: str, reason: str) -> None:
        self._failures.pop(node_id, None)
        self._failures[node_id] = reason
        if len(self._failures) > MAX_RELAYS:
            oldest = next(iter(self._failures))
            del self._failures[oldest]
            if oldest not in self._pending and oldest not in self._connected:
                del self._addresses[oldest]

    def _still(self, node_id: str) -> None:
        """Nothing has come of an attempt yet."""
        del self._timers[node_id]
        address = self._pending[node_id]
        fields = {"event": "peer-dialled", "node_id": node_id, "address": address}
        if self._out.as_json or not status_line.is_watched():
            self._say(fields, f"Trying {address} …")

    def _say(self, fields: Fields, text: str) -> None:
        (self._out.aside if self._aside else self._out.event)(fields, text)

    def _draw(self) -> None:
        if self._is_over:
            return
        if self._connected:
            self._out.status(self._doing)
        elif self._pending:
            self._out.status(f"Connecting to {_some(list(self._pending.values()))} …")
        elif self._failures:
            self._out.status(
                f"Not connected; trying again: {_some([self._addresses[one] for one in self._failures])} …"
            )
        else:
            self._out.status("Connecting …")


def _some(names: list[str]) -> str:
    more = f" and {len(names) - MAX_NAMED} more" if len(names) > MAX_NAMED else ""
    return ", ".join(names[:MAX_NAMED]) + more
