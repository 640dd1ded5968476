"""Transactions where only text can be shown: what each of them is about. Nothing knows tokens yet, so an amount is in
base units, and a token is its contract."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pystatus import sanitise
from pystatus.faces.english import english

if TYPE_CHECKING:  # these bring protobuf with them, or are loaded late
    from pystatus.faces.catalogue import Catalogue
    from pystatus.messenger.transaction_records import Announcement, Transaction


def note(transaction: Transaction, texts: Catalogue | None = None) -> str:
    """``[2000 wei to 0x8bF7…, transaction 0xcbcb…]``, to be shown before the text of its message."""
    texts = texts or english()
    about = amount(transaction, texts)
    if transaction.address:
        about = texts.transaction_to(amount=about, address=transaction.address)
    if transaction.transaction_hash:
        about = texts.transaction_hash(about=about, hash=sanitise.one_line(transaction.transaction_hash))
    if transaction.as_asked is not None and not transaction.as_asked:
        about = texts.transaction_other_amount(about=about)
    if transaction.replaced:
        about = texts.transaction_answered(about=about)
    return texts.transaction_note(about=about)


def amount(transaction: Transaction, texts: Catalogue | None = None) -> str:
    """``2000 wei``, or ``2000 base units of the token 0x042c…``."""
    texts = texts or english()
    if transaction.value is None:
        has_token = bool(transaction.contract)
        return (
            texts.transaction_unknown_of_token(token=transaction.contract) if has_token else texts.transaction_unknown()
        )
    if not transaction.contract:
        return texts.transaction_wei(amount=str(transaction.value))
    return texts.transaction_of_token(amount=str(transaction.value), token=transaction.contract)


def announced(announcement: Announcement, texts: Catalogue | None = None) -> str:
    """``says that transaction 0xcbcb… pays you: unverified (…)``, to be shown after who says so."""
    from pystatus.messenger.transaction_records import AnnouncementState

    texts = texts or english()
    match announcement.state:
        case AnnouncementState.UNVERIFIED:
            state = texts.transaction_unverified()
        case AnnouncementState.RECEIVED:
            state = texts.transaction_received()
        case AnnouncementState.REFUSED:
            state = texts.transaction_refused(problem=str(announcement.problem))
        case _:
            state = texts.transaction_doubted(problem=str(announcement.problem))
    return texts.transaction_announced(hash=sanitise.one_line(announcement.transaction_hash), state=state)
