"""What a client is given of the network, as settings of its node and of its inbox."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from pystatus.client.inbox_config import HistoryTerms, InboxConfig
from pystatus.client.settings import MIN_CLIENT_PEERS
from pystatus.errors import LocalError
from pystatus.fleets.fleet import Fleet
from pystatus.mailserver.client.config import FetchConfig
from pystatus.mailserver.password import PUBLIC_PASSWORD
from pystatus.mailserver.timing import DAY, LONGEST_HISTORY
from pystatus.net.proxy import Proxy
from pystatus.node.config import NodeConfig

_SEVERAL = frozenset({"peers", "bootnodes", "rendezvous_nodes", "dns_lists", "time_servers"})


def node_config(*, has_mailserver: bool, enough_peers: int, **settings: Any) -> NodeConfig:
    """The node of a client.

    :param has_mailserver: one is named; else one is looked for where mailservers can be found.
    :param settings: of the node, as they were given.
    :raises LocalError: one of them is malformed, or they do not go together.

    Implements: CL-25
    """
    given: dict[str, Any] = {name: tuple(value) if name in _SEVERAL else value for name, value in settings.items()}
    if isinstance(proxy := given.get("proxy"), str):
        given["proxy"] = Proxy.parse(proxy)
    node = NodeConfig(full_node=False, enough_peers=enough_peers, **given)
    if not node.is_looking:
        return node
    finds_mailservers = bool(node.usable_bootnodes or node.rendezvous_nodes)
    return replace(
        node,
        min_peers=min(MIN_CLIENT_PEERS, enough_peers),
        enough_mailservers=1 if finds_mailservers and not has_mailserver else 0,
    )


def history_settings(
    fleet: Fleet | None,
    mailservers: Iterable[str],
    pinned: str | None,
    password: str,
    days: float,
    daily_bytes: int | None,
) -> tuple[HistoryTerms, InboxConfig | None]:
    """How mailservers are asked, whichever they are, and those that are, if any are named: here or by the fleet.

    :param password: of the mailservers; that of the fleet is taken instead of the one that everybody knows.
    :param days: of history that are fetched of a new chat.
    :param daily_bytes: that are fetched at most; ``None`` is no limit.
    :raises LocalError: a limit out of range, or a mailserver is malformed.
    """
    if not 0 <= days * DAY <= LONGEST_HISTORY:
        raise LocalError(f"The history of 0 to {LONGEST_HISTORY // DAY} days is fetched, not of {days:g}.")
    asked = tuple(mailservers)
    if fleet is not None:
        asked = tuple(dict.fromkeys((*asked, *fleet.mailservers)))
        if fleet.mailserver_password is not None and password == PUBLIC_PASSWORD:
            password = fleet.mailserver_password
    # The newest screen of messages is in the last day, and most servers give the newest first.
    fetch = FetchConfig(look_back=int(days * DAY), daily_bytes=daily_bytes, first_step=DAY)
    terms = HistoryTerms(password, fetch)
    if not asked and pinned is None:
        return terms, None
    return terms, InboxConfig(mailservers=asked, pinned=pinned, password=password, fetch=fetch)
