"""What is shown of stickers: fields for programs, lines for people. Prices for programs are texts in base units."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pystatus import sanitise
from pystatus.account.address import checksummed
from pystatus.apps.cli.output import Fields
from pystatus.ethereum.quantities import to_hex
from pystatus.ethereum.tokens import shown_amount

if TYPE_CHECKING:
    from pystatus.client.sticker_values import StickerOffer
    from pystatus.ethereum.drafts import TransactionDraft
    from pystatus.messenger.sent_records import SentTransaction
    from pystatus.messenger.sticker_records import StickerPack


def offer_fields(offer: StickerOffer) -> Fields:
    """A pack of the market."""
    return {
        "event": "offer",
        "chain_id": offer.chain_id,
        "pack": offer.number,
        "name": offer.name or None,
        "author": offer.author or None,
        "price": str(offer.price),
        "token": offer.token,
        "symbol": offer.symbol,
        "decimals": offer.decimals,
        "is_sold": offer.is_sold,
        "is_owned": offer.is_owned,
        "is_installed": offer.is_installed,
        "stickers": list(offer.stickers),
        "problem": offer.problem or None,
    }


def offer_text(offer: StickerOffer) -> str:
    """The same for people."""
    price = f"{shown_amount(offer.price, offer.decimals)} {offer.symbol}" if offer.price else "costs nothing"
    marks = (
        (offer.is_installed, "installed"),
        (offer.is_owned, "yours"),
        (not offer.is_sold, "not sold any more"),
    )
    said = "".join(f", {mark}" for is_so, mark in marks if is_so)
    if offer.problem:
        return f"{offer.number:>4}  {price}{said}. {sanitise.one_line(offer.problem)}"
    made = f"{_called(offer.name, offer.author)}, {len(offer.stickers)} stickers, " if offer.name else ""
    return f"{offer.number:>4}  {made}{price}{said}"


def pack_fields(pack: StickerPack, event: str) -> Fields:
    """A pack that is installed."""
    return {
        "event": event,
        "chain_id": pack.chain_id,
        "pack": pack.number,
        "name": pack.name,
        "author": pack.author or None,
        "stickers": list(pack.stickers),
    }


def pack_text(pack: StickerPack) -> str:
    """The same for people."""
    return f"{pack.number:>4}  {_called(pack.name, pack.author)}, {len(pack.stickers)} stickers"


def draft_fields(draft: TransactionDraft, pack: int) -> Fields:
    """What would be signed."""
    return {
        "event": "tried",
        "pack": pack,
        "chain_id": draft.chain_id,
        "from": checksummed(draft.sender),
        "to": None if draft.to is None else checksummed(draft.to),
        "data": to_hex(draft.data),
        "gas": draft.gas,
        "max_fee": str(draft.max_fee),
    }


def draft_text(draft: TransactionDraft) -> str:
    """What will be signed, in words."""
    return " ".join((draft.words, *draft.warnings))


def sent_fields(sent: SentTransaction, pack: int) -> Fields:
    """What was sent."""
    return {
        "event": "sent",
        "pack": pack,
        "chain_id": sent.chain_id,
        "from": checksummed(sent.sender),
        "transaction": to_hex(sent.hash),
        "state": sent.state.value,
    }


def _called(name: str, author: str) -> str:
    return f"{sanitise.one_line(name)}{f' by {sanitise.one_line(author)}' if author else ''}"
