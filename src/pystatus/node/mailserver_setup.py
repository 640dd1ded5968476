"""What makes a node a mailserver (8/WAKU-MAIL), joined to its relay and its connections."""

from __future__ import annotations

from collections.abc import Iterable

from pystatus.crypto.random import RandomSource
from pystatus.errors import LocalError
from pystatus.mailserver.server.archive import Archive
from pystatus.mailserver.server.server import Server
from pystatus.net.archiver import Archiver, Backlog
from pystatus.net.clock import Clock
from pystatus.net.mailserver import Mailserver
from pystatus.net.watched_archive import WatchedArchive
from pystatus.node.config import complete_enode
from pystatus.node.history_client import HistoryClient
from pystatus.node.mailserver_sync import MailserverSync, SyncedNode
from pystatus.node.waku_service import WakuService


def set_up(
    node: SyncedNode,
    service: WakuService,
    history: HistoryClient,
    archive: Archive,
    server: Server,
    *,
    clock: Clock,
    random: RandomSource,
    retention: float | None,
    catch_up_from: Iterable[str],
    backlog: Backlog | None,
) -> tuple[Mailserver, MailserverSync]:
    """Make both sides of a mailserver; see :meth:`pystatus.node.Node.keep_history`. The first is to be started before
    the connections of the node, the second after them.

    :raises LocalError: the node does not relay everything; a retention of no time; a malformed enode, or one that says
        not where to dial.
    """
    if not node.config.full_node or node.config.light:
        raise LocalError("A mailserver has to hear everything: make it a full node that is not light.")
    others = {complete_enode(text).node_id: text for text in catch_up_from}
    relay = service.relay
    watched = WatchedArchive(archive)
    archiver = Archiver(watched, clock, retention=retention, file=backlog, confirmed=relay.clock_offset.confirms)
    watched.waiting = lambda: (archiver.waiting, archiver.lost)
    mailserver = Mailserver(server, watched, archiver, clock, service.send_history, service.flush_soon)
    sync = MailserverSync(
        node, history.reserve(), watched, archiver, clock, random, key=server.key, others=others, retention=retention
    )
    relay.keeper = mailserver
    service.listeners.append(mailserver)
    server.holdings = sync.holdings
    return mailserver, sync
