"""Which mailservers a client asks, and how: apart from the inbox, which is loaded where there is one to ask."""

from __future__ import annotations

from dataclasses import field

from pystatus.errors import LocalError
from pystatus.mailserver.client.config import FetchConfig
from pystatus.mailserver.password import PUBLIC_PASSWORD
from pystatus.node.config import complete_enode
from pystatus.records import dataclass


@dataclass(frozen=True, slots=True)
class HistoryTerms:
    """How mailservers are asked."""

    password: str = PUBLIC_PASSWORD
    """What requests are sealed with."""
    fetch: FetchConfig = field(default_factory=FetchConfig)


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxConfig:
    """Which mailservers are asked, and how much."""

    mailservers: tuple[str, ...]
    """Enode URLs."""
    pinned: str | None = None
    """The one of them that is asked, and no other: an enode URL."""
    password: str = PUBLIC_PASSWORD
    """What requests are sealed with."""
    fetch: FetchConfig = field(default_factory=FetchConfig)

    def __post_init__(self) -> None:
        """
        :raises LocalError: a malformed enode, none at all, or a pinned one that is not among them.
        """
        ids = {complete_enode(enode).node_id for enode in self.mailservers}
        if not ids:
            raise LocalError("No mailserver is given. Name one, or do without history.")
        if self.pinned is not None and complete_enode(self.pinned).node_id not in ids:
            raise LocalError("The pinned mailserver is none of those that are given. Name it there, too.")
