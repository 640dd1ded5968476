"""What the wallet shows: fields for programs, lines for people. Amounts for programs are texts in base units."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pystatus.account.address import checksummed
from pystatus.apps.cli.output import Fields
from pystatus.ethereum.quantities import to_hex
from pystatus.ethereum.tokens import ETHER_DECIMALS, shown_amount
from pystatus.ethereum.transfers import Asset

if TYPE_CHECKING:
    from pystatus.ethereum.collectibles import Collection
    from pystatus.ethereum.drafts import Holding, TransactionDraft, WalletBalances
    from pystatus.ethereum.tokens import Token
    from pystatus.ethereum.transfers import Transfer
    from pystatus.messenger.sent_records import SentTransaction
    from pystatus.messenger.wallet_records import Favourite


def holding_fields(holding: Holding, found: WalletBalances) -> Fields:
    """What an account has of ether, or of a token."""
    token = holding.token
    fields: Fields = {
        "asset": "ether" if token is None else "token",
        "account": checksummed(holding.account),
        "amount": str(holding.amount),
        "decimals": ETHER_DECIMALS if token is None else token.decimals,
        "block": found.block_number,
        "chain_id": found.chain_id,
    }
    return fields if token is None else {**fields, **_token_names(token)}


def holding_text(holding: Holding) -> str:
    """The same for people. What a token calls itself proves nothing; its address does."""
    token = holding.token
    if token is None:
        return f"{checksummed(holding.account)}  {shown_amount(holding.amount, ETHER_DECIMALS)} ether"
    return (
        f"{checksummed(holding.account)}  {shown_amount(holding.amount, token.decimals)} {token.symbol}"
        f"  ({token.shown_address})"
    )


def _token_names(token: Token) -> Fields:
    return {"symbol": token.symbol, "name": token.name, "contract": token.shown_address}


def known_token_fields(token: Token) -> Fields:
    """A token that is asked for."""
    return {"chain_id": token.chain_id, **_token_names(token), "decimals": token.decimals, "own": token.is_own}


def known_token_text(token: Token) -> str:
    """The same for people."""
    name = f"  {token.name}" if token.name else ""
    return f"{token.shown_address}  {token.symbol}{name}{'  (added by you)' if token.is_own else ''}"


def collection_fields(found: Collection) -> Fields:
    """Collectibles of one contract."""
    return {
        "contract": checksummed(found.contract),
        "count": str(found.count),
        "listed": [{"number": str(one.number), "described_at": one.described_at or None} for one in found.listed],
    }


def collection_text(found: Collection) -> str:
    """The same for people."""
    numbers = ", ".join(f"no. {one.number}" for one in found.listed)
    return f"{checksummed(found.contract)}  {found.count}{f': {numbers}' if numbers else ''}"


def favourite_fields(favourite: Favourite) -> Fields:
    """An address with a name."""
    return {"address": favourite.shown_address, "name": favourite.name}


def favourite_text(favourite: Favourite) -> str:
    """The same for people."""
    return f"{favourite.shown_address}  {favourite.name}"


def transfer_fields(transfer: Transfer) -> Fields:
    """A transfer of the history."""
    return {
        "id": to_hex(transfer.id),
        "type": transfer.asset.value,
        "direction": "in" if transfer.is_inbound else "out",
        "from": checksummed(transfer.sender),
        "to": None if transfer.recipient is None else checksummed(transfer.recipient),
        "amount": None if transfer.amount is None else str(transfer.amount),
        "contract": None if transfer.contract is None else checksummed(transfer.contract),
        "block": transfer.block_number,
        "timestamp": transfer.timestamp,
        "transaction": to_hex(transfer.transaction_hash),
        "succeeded": transfer.succeeded,
        "fee": str(transfer.fee),
    }


def transfer_text(transfer: Transfer, known: Mapping[bytes, Token]) -> str:
    """The same for people.

    :param known: tokens of this chain by their contracts.
    """
    moment = datetime.fromtimestamp(min(transfer.timestamp, 2**33), UTC).strftime("%Y-%m-%d %H:%M")
    other = transfer.sender if transfer.is_inbound else transfer.recipient
    whom = "a new contract" if other is None else checksummed(other)
    way = "from" if transfer.is_inbound else "to"
    failed = "" if transfer.succeeded else "  (failed)"
    return f"{moment}  {_moved(transfer, known)}  {way} {whom}{failed}"


def _moved(transfer: Transfer, known: Mapping[bytes, Token]) -> str:
    if transfer.asset is Asset.ETHER:
        return f"{shown_amount(transfer.amount or 0, ETHER_DECIMALS)} ether"
    contract = "" if transfer.contract is None else checksummed(transfer.contract)
    if transfer.asset is Asset.COLLECTIBLE:
        return f"no. {transfer.amount} of {contract}"
    token = None if transfer.contract is None else known.get(transfer.contract)
    if token is not None and transfer.amount is not None:
        return f"{shown_amount(transfer.amount, token.decimals)} {token.symbol} ({contract})"
    return f"{'?' if transfer.amount is None else transfer.amount} base units of {contract}"


def draft_fields(draft: TransactionDraft) -> Fields:
    """What would be sent."""
    it = draft.meaning
    return {
        "event": "tried",
        **_transaction_fields(draft),
        "kind": it.kind.value,
        "recipient": None if it.recipient is None else checksummed(it.recipient),
        "amount": None if it.amount is None else str(it.amount),
        "token": None if it.token is None else it.token.symbol,
        "unlimited": it.is_unlimited,
        "warnings": list(draft.warnings),
    }


def _transaction_fields(it: TransactionDraft | SentTransaction) -> Fields:
    return {
        "chain_id": it.chain_id,
        "from": checksummed(it.sender),
        "to": None if it.to is None else checksummed(it.to),
        "value": str(it.value),
        "data": to_hex(it.data),
        "nonce": it.nonce,
        "gas": it.gas,
        "max_fee": str(it.gas * it.max_fee_per_gas),
        "words": it.words,
        "replaces": None if it.replaces is None else to_hex(it.replaces),
    }


def draft_text(draft: TransactionDraft) -> str:
    """What will be signed, in words, and what a person may overlook."""
    return " ".join((draft.words, *draft.warnings))


def sent_fields(sent: SentTransaction, event: str) -> Fields:
    """What was sent."""
    return {
        "event": event,
        "transaction": to_hex(sent.hash),
        "state": sent.state.value,
        "block": sent.block_number,
        "sent_at": int(sent.sent_at),
        **_transaction_fields(sent),
    }


def sent_text(sent: SentTransaction) -> str:
    """The same for people."""
    moment = datetime.fromtimestamp(min(sent.sent_at, 2**33), UTC).strftime("%Y-%m-%d %H:%M")
    return f"{moment}  {to_hex(sent.hash)}  {sent.state.value}\n    {sent.words}"
