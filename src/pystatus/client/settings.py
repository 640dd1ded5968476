"""What a client is opened with, beside the profile."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from pystatus.account.record import AccountRecord
from pystatus.client.answering import AnswerLimits
from pystatus.client.chain import Chain
from pystatus.client.inbox_config import HistoryTerms, InboxConfig
from pystatus.client.resolving import NameResolver
from pystatus.errors import LocalError
from pystatus.mailserver.client.actions import FetchConfig
from pystatus.mailserver.timing import DAY, LONGEST_HISTORY
from pystatus.messenger.config import MessengerConfig
from pystatus.net.proxy import Proxy
from pystatus.node import NodeConfig

CLIENT_PEERS = 3
"""Relays that a client looks for (1/CLIENT: two or three are enough for a phone)."""
MIN_CLIENT_PEERS = 2
"""Relays with fewer of which a client looks for more of them often, as the app does (overlay.md §6.2)."""

_SEVERAL = frozenset({"peers", "bootnodes", "rendezvous_nodes", "dns_lists"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientSettings:
    """See :meth:`pystatus.Client.open`, which makes them."""

    node: NodeConfig
    messenger: MessengerConfig
    inbox: InboxConfig | None
    """``None``: no mailserver is named."""
    history: HistoryTerms = field(default_factory=HistoryTerms)
    """How a mailserver is asked that was found."""
    answers: AnswerLimits
    new_device: bool
    chain: Chain | None = None
    """``None``: nobody can be asked for transactions."""
    state_dir: Path | str | None
    names: NameResolver | None = None
    """``None``: no ENS name is looked up."""

    def of_messenger(self, account: AccountRecord) -> MessengerConfig:
        """What the messenger of an account has to know."""
        wallets = () if account.default_wallet is None else (account.default_wallet,)
        return replace(self.messenger, wallets=wallets, has_chain=self.chain is not None)


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


def history_terms(password: str, days: float, daily_bytes: int | None) -> HistoryTerms:
    """How mailservers are asked, whichever they are.

    :param days: of history that are fetched of a new chat.
    :param daily_bytes: that are fetched at most; ``None`` is no limit.
    :raises LocalError: a limit out of range.
    """
    if not 0 <= days * DAY <= LONGEST_HISTORY:
        raise LocalError(f"The history of 0 to {LONGEST_HISTORY // DAY} days is fetched, not of {days:g}.")
    # The newest screen of messages is in the last day, and most servers give the newest first.
    return HistoryTerms(password, FetchConfig(look_back=int(days * DAY), daily_bytes=daily_bytes, first_step=DAY))


def inbox_config(mailservers: Iterable[str], pinned: str | None, terms: HistoryTerms) -> InboxConfig | None:
    """The mailservers that are asked, if any are named.

    :raises LocalError: a mailserver is malformed.
    """
    asked = tuple(mailservers)
    if not asked and pinned is None:
        return None
    return InboxConfig(mailservers=asked, pinned=pinned, password=terms.password, fetch=terms.fetch)
