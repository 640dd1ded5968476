"""Transactions where only text can be shown: what each of them is about. Nothing knows tokens yet, so an amount is in
base units, and a token is its contract."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pystatus import sanitise

if TYPE_CHECKING:  # these bring protobuf with them
    from pystatus.messenger.transaction_records import Announcement, Transaction


def note(transaction: Transaction) -> str:
    """``[2000 wei to 0x8bF7…, transaction 0xcbcb…]``, to be shown before the text of its message."""
    parts = [amount(transaction)]
    if transaction.address:
        parts.append(f"to {transaction.address}")
    about = [" ".join(parts)]
    if transaction.transaction_hash:
        about.append(f"transaction {sanitise.one_line(transaction.transaction_hash)}")
    if transaction.as_asked is not None and not transaction.as_asked:
        about.append("not the amount that was asked for")
    if transaction.replaced:
        about.append("answered since")
    return f"[{', '.join(about)}]"


def amount(transaction: Transaction) -> str:
    """``2000 wei``, or ``2000 base units of the token 0x042c…``."""
    if transaction.value is None:
        return f"an amount of the token {transaction.contract}" if transaction.contract else "an unknown amount"
    if not transaction.contract:
        return f"{transaction.value} wei"
    return f"{transaction.value} base units of the token {transaction.contract}"


def announced(announcement: Announcement) -> str:
    """``says that transaction 0xcbcb… pays you: unverified (…)``, to be shown after who says so."""
    from pystatus.messenger.transaction_records import AnnouncementState

    what = f"says that transaction {sanitise.one_line(announcement.transaction_hash)} pays you"
    match announcement.state:
        case AnnouncementState.UNVERIFIED:
            return f"{what}: unverified, no chain has confirmed it"
        case AnnouncementState.RECEIVED:
            return f"{what}: confirmed by the chain"
        case AnnouncementState.REFUSED:
            return f"{what}: wrong, as {announcement.problem}"
        case _:
            return f"{what}: unverified, as {announcement.problem}"
