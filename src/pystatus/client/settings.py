"""What a client is opened with, beside the profile."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from pystatus.records import dataclass

if TYPE_CHECKING:  # who is attached to another process needs none of them
    from pystatus.account.record import AccountRecord
    from pystatus.chain.endpoint import Endpoint
    from pystatus.chain.gateway import Gateway
    from pystatus.chain.prices import PriceService
    from pystatus.client.answering import AnswerLimits
    from pystatus.client.chain import Chain
    from pystatus.client.inbox_config import HistoryTerms, InboxConfig
    from pystatus.client.resolving import NameResolver
    from pystatus.messenger.config import MessengerConfig
    from pystatus.node import NodeConfig

CLIENT_PEERS = 3
"""Relays that a client looks for (1/CLIENT: two or three are enough for a phone)."""
MIN_CLIENT_PEERS = 2
"""Relays with fewer of which a client looks for more of them often, as the app does (overlay.md §6.2)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientSettings:
    """See :meth:`pystatus.Client.open`, which makes them."""

    node: NodeConfig
    messenger: MessengerConfig
    inbox: InboxConfig | None
    """``None``: no mailserver is named."""
    history: HistoryTerms
    """How a mailserver is asked that was found."""
    answers: AnswerLimits
    new_device: bool
    endpoint: Endpoint | None = None
    """``None``: no node of Ethereum is asked for the wallet."""
    registry: bytes | None = None
    """Of ENS; ``None``: that of the chain."""
    gateway: Gateway | None = None
    """``None``: nothing is fetched from IPFS."""
    sticker_market: bytes | None = None
    """The contract; ``None``: that of the chain."""
    prices: PriceService | None = None
    """``None``: nobody is asked for prices."""
    chain: Chain | None = None
    """``None``: nobody can be asked for transactions."""
    state_dir: Path | str | None
    names: NameResolver | None = None
    """``None``: no ENS name is looked up."""

    def of_messenger(self, account: AccountRecord) -> MessengerConfig:
        """What the messenger of an account has to know."""
        wallets = () if account.default_wallet is None else (account.default_wallet,)
        return replace(
            self.messenger,
            wallets=wallets,
            has_chain=self.chain is not None,
            follows_sent=self.endpoint is not None,
        )
