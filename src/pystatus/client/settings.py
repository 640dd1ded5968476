"""What a client is opened with, beside the profile."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from pystatus.client.answering import AnswerLimits
from pystatus.client.inbox import InboxConfig
from pystatus.errors import LocalError
from pystatus.mailserver.client.actions import FetchConfig
from pystatus.mailserver.timing import DAY, LONGEST_HISTORY
from pystatus.messenger.config import MessengerConfig
from pystatus.node import NodeConfig


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientSettings:
    """See :meth:`pystatus.Client.open`, which makes them."""

    node: NodeConfig
    messenger: MessengerConfig
    inbox: InboxConfig | None
    """``None``: no mailserver is asked."""
    answers: AnswerLimits
    new_device: bool
    state_dir: Path | str | None


def inbox_config(
    mailservers: Iterable[str], pinned: str | None, password: str, days: float, daily_bytes: int | None
) -> InboxConfig | None:
    """The mailservers that are asked, if there are any.

    :param days: of history that are fetched of a new chat.
    :param daily_bytes: that are fetched at most; ``None`` is no limit.
    :raises LocalError: a mailserver is malformed, or a limit out of range.
    """
    if not 0 <= days * DAY <= LONGEST_HISTORY:
        raise LocalError(f"The history of 0 to {LONGEST_HISTORY // DAY} days is fetched, not of {days:g}.")
    asked = tuple(mailservers)
    if not asked and pinned is None:
        return None
    # The newest screen of messages is in the last day, and most servers give the newest first.
    fetch = FetchConfig(look_back=int(days * DAY), daily_bytes=daily_bytes, first_step=DAY)
    return InboxConfig(mailservers=asked, pinned=pinned, password=password, fetch=fetch)
