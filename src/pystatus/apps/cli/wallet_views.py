"""What the wallet shows: fields for programs, lines for people. Amounts for programs are texts in base units."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pystatus.account.address import checksummed
from pystatus.apps.cli.output import Fields
from pystatus.ethereum.quantities import to_hex
from pystatus.ethereum.tokens import ETHER_DECIMALS, shown_amount
from pystatus.ethereum.transfers import Asset

if TYPE_CHECKING:
    from pystatus.chain.wallet import Draft
    from pystatus.ethereum.blocks import Header
    from pystatus.ethereum.tokens import Balance, Token
    from pystatus.ethereum.transfers import Transfer


def ether_fields(account: bytes, wei: int, head: Header) -> Fields:
    """What an account has of ether."""
    return {
        "asset": "ether",
        "account": checksummed(account),
        "amount": str(wei),
        "decimals": ETHER_DECIMALS,
        "block": head.number,
    }


def ether_text(account: bytes, wei: int) -> str:
    """The same for people."""
    return f"{checksummed(account)}  {shown_amount(wei, ETHER_DECIMALS)} ether"


def token_fields(token: Token, balance: Balance) -> Fields:
    """What an account has of a token."""
    return {
        "asset": "token",
        "account": checksummed(balance.account),
        "amount": str(balance.amount),
        "decimals": token.decimals,
        "symbol": token.symbol,
        "name": token.name,
        "contract": token.shown_address,
    }


def token_text(token: Token, balance: Balance) -> str:
    """The same for people. What a token calls itself proves nothing; its address does."""
    return f"{token.shown_address}  {shown_amount(balance.amount, token.decimals)} {token.symbol}"


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


def transfer_text(transfer: Transfer) -> str:
    """The same for people."""
    moment = datetime.fromtimestamp(min(transfer.timestamp, 2**33), UTC).strftime("%Y-%m-%d %H:%M")
    other = transfer.sender if transfer.is_inbound else transfer.recipient
    whom = "a new contract" if other is None else checksummed(other)
    way = "from" if transfer.is_inbound else "to"
    failed = "" if transfer.succeeded else "  (failed)"
    return f"{moment}  {_moved(transfer)}  {way} {whom}{failed}"


def _moved(transfer: Transfer) -> str:
    if transfer.asset is Asset.ETHER:
        return f"{shown_amount(transfer.amount or 0, ETHER_DECIMALS)} ether"
    contract = "" if transfer.contract is None else checksummed(transfer.contract)
    if transfer.asset is Asset.COLLECTIBLE:
        return f"no. {transfer.amount} of {contract}"
    return f"{'?' if transfer.amount is None else transfer.amount} base units of {contract}"


def draft_fields(draft: Draft, to: str, token: Token | None, chain_id: int) -> Fields:
    """What would be sent."""
    payment = draft.transaction.payment
    return {
        "event": "tried",
        "chain_id": chain_id,
        "from": checksummed(draft.sender),
        "to": to,
        "contract": None if token is None else token.shown_address,
        "value": str(payment.value),
        "data": to_hex(payment.data),
        "gas": draft.transaction.gas,
        "max_fee": str(draft.transaction.max_fee),
    }


def draft_text(draft: Draft, to: str, amount: str, token: Token | None, chain_id: int) -> str:
    """What will be signed, in words."""
    what = f"{amount} ether" if token is None else f"{amount} {token.symbol} ({token.shown_address})"
    fee = shown_amount(draft.transaction.max_fee, ETHER_DECIMALS)
    return f"{checksummed(draft.sender)} pays {what} to {to} on the chain {chain_id}; the fee is at most {fee} ether."


def sent_fields(name: bytes, draft: Draft, to: str, token: Token | None, chain_id: int) -> Fields:
    """What was sent."""
    return {**draft_fields(draft, to, token, chain_id), "event": "sent", "transaction": to_hex(name)}


def sent_text(name: bytes) -> str:
    """The same for people."""
    return f"Sent: {to_hex(name)}"
