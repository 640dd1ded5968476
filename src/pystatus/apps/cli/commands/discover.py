"""``pystatus discover``: who is there under a topic, as the nodes of a network say."""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING, Annotated

from pystatus.apps.cli.options import AsJson, Bootnodes, some_bootnodes, timeout_option
from pystatus.apps.cli.output import Output
from pystatus.apps.cli.values import COUNT, TOPIC, argument, option
from pystatus.errors import LocalError
from pystatus.wording import counted

if TYPE_CHECKING:
    from collections.abc import Callable

    from pystatus.devp2p.enode import Enode
    from pystatus.discovery.discv5.events import Event

SUMMARY = "Find the nodes of a topic."
PLACE = 125

DEFAULT_TIMEOUT = 60.0
"""Seconds to look. In a network of the simulations nearly every topic is found in a tenth of that."""
PERIOD = 1.0
"""Seconds between two lookups: three times as often as clients do in their fast phase, for somebody waits."""
MAX_FOUND = 10_000
"""Nodes that are told apart; what is told after so many may be a repetition."""
DRAW_SECONDS = 0.25
"""Between two drawings of the line that says how far it is."""
"""Where answers are waited for."""


def discover(
    topic: Annotated[
        str, argument(TOPIC, metavar="TOPIC", help="For example whisper (relays) or whispermail (mailservers).")
    ],
    bootnode: Bootnodes = None,
    limit: Annotated[int | None, option(COUNT, metavar="N", help="End after N nodes.")] = None,
    timeout: Annotated[float, timeout_option("How long to look.")] = DEFAULT_TIMEOUT,
    as_json: AsJson = False,
) -> None:
    """Find the nodes of a topic in a network of Discovery v5, and print each as soon as it is found.

    The search ends after --limit nodes, or after --timeout seconds; the last line says how many nodes told of them.
    Without a single node the exit code is 1. --json: an object with "event": "node" for each, with the node that told
    of it ("registrar"), and one with "event": "done" at the end.
    """
    from pystatus.net.loop import run

    run(find(topic, some_bootnodes(bootnode), limit, timeout, Output(as_json=as_json)))


async def find(topic: str, bootnodes: list[Enode], limit: int | None, timeout: float, out: Output) -> None:
    """Print the nodes of a topic.

    :raises LocalError: there are none, or no socket can be bound.
    """
    import asyncio

    from pystatus.crypto.keys import PrivateKey
    from pystatus.discovery.addresses import EVERYWHERE
    from pystatus.net.discv5 import DiscoveryNode

    loop = asyncio.get_running_loop()
    search = Search(topic, limit, loop.time, out)
    node = DiscoveryNode(
        PrivateKey.generate(os.urandom), (EVERYWHERE, 0), bootnodes, os.urandom, search.hear, tcp_port=0, share=1.0
    )
    async with node:
        assert node.udp is not None, "it runs"
        node.discovery.search(topic, PERIOD, node.udp.now)
        node.udp.wake()
        until = loop.time() + timeout
        while not search.is_done and loop.time() < until:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout_at(min(until, loop.time() + DRAW_SECONDS)):
                    await search.news.wait()
            search.print_news()
            out.status(search.progress(len(node.discovery.table)))
        out.status("")
        known, problem = len(node.discovery.table), node.problem
    search.finish(known, problem, timeout)


class Search:
    """What a search has found."""

    def __init__(self, topic: str, limit: int | None, clock: Callable[[], float], out: Output) -> None:
        import asyncio

        self.news = asyncio.Event()
        """There is something to print."""
        self._topic = topic
        self._limit = limit
        self._clock = clock
        self._began = clock()
        self._out = out
        self._found: set[bytes] = set()
        self._registrars: dict[bytes, str] = {}
        self._unprinted: list[tuple[Enode, Enode, float]] = []
        self._printed = 0

    @property
    def is_done(self) -> bool:
        """Whether as many are printed as are wanted."""
        return self._limit is not None and self._printed >= self._limit

    def hear(self, event: Event) -> None:
        """Something happened in the network. Nothing is printed here: an error of the output has to end the command."""
        from pystatus.discovery.discv5.events import NodeFound

        if not isinstance(event, NodeFound) or event.topic != self._topic:
            return
        node, registrar = event.node.enode, event.registrar.enode
        if len(self._registrars) < MAX_FOUND:
            self._registrars.setdefault(registrar.node_id, str(registrar))
        if node.node_id not in self._found and len(self._found) < MAX_FOUND:
            self._found.add(node.node_id)
            self._unprinted.append((node, registrar, self._clock() - self._began))
            self.news.set()

    def print_news(self) -> None:
        """Print what was found meanwhile."""
        self.news.clear()
        for node, registrar, seconds in self._unprinted:
            if self.is_done:
                break
            self._printed += 1
            fields = {
                "event": "node",
                "enode": str(node),
                "registrar": str(registrar),
                "seconds": round(seconds, 3),
            }
            self._out.result(fields, str(node))
        self._unprinted.clear()

    def progress(self, known: int) -> str:
        """How far it is, as a line.

        :param known: nodes in the table, of any topic.
        """
        by = counted(len(self._registrars), "registrar")
        return f"Looking for {self._topic}: {counted(self._printed, 'node')} told by {by}; {known} are known …"

    def finish(self, known: int, problem: str | None, timeout: float) -> None:
        """Print how it ended.

        :raises LocalError: nothing was found.
        """
        if not self._printed:
            raise LocalError(self._nothing(known, problem, timeout))
        fields = {
            "event": "done",
            "nodes": self._printed,
            "registrars": list(self._registrars.values()),
            "known": known,
        }
        by = counted(len(self._registrars), "registrar")
        self._out.event(fields, f"{counted(self._printed, 'node')} of {self._topic}, told by {by}; {known} are known.")

    def _nothing(self, known: int, problem: str | None, timeout: float) -> str:
        if known:
            asked = f"{counted(known, 'node is', 'nodes are')} known, and none tells of one"
            return f"No node of {self._topic} was found within {counted(timeout, 'second')}: {asked}."
        why = f" ({problem})" if problem else ""
        return (
            f"No bootnode answered within {counted(timeout, 'second')}{why}. Check their addresses, and that UDP is "
            "let through."
        )
